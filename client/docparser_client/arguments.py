"""What several commands take: their options, with the words that may be said."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

# The model's words, which takes too long to import for a --help.
Priority = Literal["standard", "high"]
Policy = Literal["quality", "cost", "fast"]
Beginning = Literal["read", "classify"]
Level = Literal["PUBLIC", "INTERNAL", "RESTRICTED", "CONFIDENTIAL"]
Type = Literal[
    "invoice",
    "credit_note",
    "receipt",
    "contract",
    "letter",
    "email",
    "report",
    "form",
    "payslip",
    "id_document",
    "bank_statement",
    "scientific_article",
    "other",
]
Lane = Literal["text", "cpu", "gpu", "textract"]
Format = Literal["json", "md", "txt", "pdf", "alto", "csv"]
Id = Annotated[str, typer.Argument(metavar="ID", help="A document.")]
Endpoint = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="The API of a deployed stack, https://<id>.execute-api.<region>.amazonaws.com/v1, "
        "with your AWS credentials; without it, the local stack.",
    ),
]
Redact = Annotated[
    bool,
    typer.Option(
        "--redact", help="Make text, Markdown and a PDF without the personal data as well."
    ),
]
Password = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="Opens the encrypted ones among the files. It goes along with the uploads and is kept "
        "nowhere else.",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        min=0,
        help="Seconds to wait for a document once it is worked on, however long it had to wait for "
        "its turn; without it, for as long as the service may work on it.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Env = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A stack on AWS, reached with your credentials; without it, the local one.",
    ),
]
