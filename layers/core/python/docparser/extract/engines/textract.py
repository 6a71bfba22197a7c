"""Textract, asked for fields: AnalyzeExpense, AnalyzeID, and AnalyzeDocument's forms and questions.

It sees a document only where the deployment asks Textract, the tenant's policy names what for, and
the document's level is one that the policy lets it see. Each page is a call of its own, at the
account's pace, and paid for once: answers are kept until the walk has ended.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from docparser import aws
from docparser.model import DocumentType
from docparser.model.policy import TextractFeature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_textract import TextractClient
    from types_boto3_textract.type_defs import DocumentTypeDef

    from docparser.extract.engine import Document
    from docparser.store.pace import Pace
    from docparser.textract.pictures import Picture

    from .textract_reader import TextractReader

OPERATIONS = ("AnalyzeExpense", "AnalyzeID", "AnalyzeDocument")
"""What is called; each has a quota, and so a pace, of its own."""

# A function waits for its turn so long at a time; then others may have its place.
_PATIENCE_S = 30.0

# Pages that Textract does not take: they cost nothing, and are not sent again.
_REFUSALS = frozenset(
    {
        "DocumentTooLargeException",
        "BadDocumentException",
        "UnsupportedDocumentException",
        "InvalidParameterException",
    }
)
# The types whose fields AnalyzeExpense knows.
_EXPENSES = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_NOTE, DocumentType.RECEIPT})


class TextractFields:
    """An engine that asks the synchronous API.

    Parameters
    ----------
    client
        The API.
    paces
        The pace of each of `OPERATIONS`.
    """

    def __init__(self, client: TextractClient, paces: Mapping[str, Pace]) -> None:
        self._client = client
        self._paces = paces

    def reader(self, document: Document) -> TextractReader | None:
        """Return a reader, or None if Textract is not to see this document, or not asked for it."""
        rule = document.policy.extract
        asked = {feature for feature in rule.textract if _fits(feature, document)}
        if not asked or document.level not in rule.textract_levels:
            return None
        # It draws pages: what it takes for that is imported where it is needed.
        from .textract_reader import TextractReader

        return TextractReader(self, document, frozenset(asked))

    def ask(self, operation: str, picture: Picture, **options: Any) -> bytes:
        """Return the answer of an operation about a page, as JSON.

        Raises
        ------
        Retryable
            THROTTLED, DEPENDENCY: what AWS's error means; its words, which may quote, are dropped.
        Terminal
            INTERNAL: any other.
        """
        document: DocumentTypeDef = {"Bytes": picture.content}
        calls: dict[str, Callable[[], Any]] = {
            "AnalyzeExpense": lambda: self._client.analyze_expense(Document=document),
            "AnalyzeID": lambda: self._client.analyze_id(DocumentPages=[document]),
            "AnalyzeDocument": lambda: self._client.analyze_document(Document=document, **options),
        }
        self._paces[operation].take(_PATIENCE_S)
        try:
            answer: dict[str, Any] = dict(calls[operation]())
        except BotoCoreError as error:
            raise aws.translate(error) from None
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code not in _REFUSALS:
                raise aws.translate(error) from None
            return json.dumps({"refused": code}).encode()
        answer.pop("ResponseMetadata", None)
        return json.dumps(answer).encode()


def _fits(feature: TextractFeature, document: Document) -> bool:
    """Whether a document is of a kind that a feature is for."""
    if feature is TextractFeature.EXPENSE:
        return document.kind in _EXPENSES
    if feature is TextractFeature.ID:
        return document.kind is DocumentType.ID_DOCUMENT
    return feature is TextractFeature.FORMS or bool(document.policy.extract.queries)
