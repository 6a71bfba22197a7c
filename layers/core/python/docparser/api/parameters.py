"""What several routes take, with the words of the reference."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

TENANT = "default"  # of every caller whom IAM lets in

# A malformed id is as unknown as any other: the form is told, and 404 is the answer either way.
DocumentIdPath = Annotated[
    str, Path(description="A document's id.", json_schema_extra={"pattern": "^d[0-9a-f]{32}$"})
]
Cursor = Annotated[
    str | None, Query(max_length=2048, description="`next_cursor` of the answer before.")
]
