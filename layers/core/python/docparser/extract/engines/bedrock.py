"""A language model of Bedrock, asked for fields through Converse. Off by default.

It sees a document only where the deployment names the model, the tenant's policy names it too, and
the document's level is one that the policy lets it see, which CONFIDENTIAL never is. What the call
can cost at most is set aside before it is made; a model without a price is not asked. Whatever goes
wrong, the document goes on without it, and a warning says so. Nothing of what is asked or answered
is logged.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from docparser.extract.extractor import Found
from docparser.model import Level, WarningCode
from docparser.pricing import model_charge, model_price

from .bedrock_answer import proven, said
from .bedrock_request import Pages

if TYPE_CHECKING:
    from collections.abc import Collection

    from types_boto3_bedrock_runtime import BedrockRuntimeClient

    from docparser.extract.engine import Document
    from docparser.extract.view import PageView
    from docparser.model.policy import LlmRule
    from docparser.pricing import ModelPrice
    from docparser.store.spend import Spend

    from .bedrock_request import Request

ANSWER = "bedrock-converse-{kind}.json"
"""The answer among the outputs of Extract: it is paid for once, however often Extract is.

A document that a person says is of another type is asked for other fields.
"""

# Nothing was done for these, and nothing is charged. After any other error something may have been.
_REFUSALS = frozenset(
    {
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "ValidationException",
    }
)


class UnaskedError(Exception):
    """The model was not asked, or has not answered; it carries no words of anybody.

    ``usd`` is what that may have cost, in US dollars: whether a model has worked is not known where
    the service or the connection broke.
    """

    def __init__(self, usd: Decimal = Decimal(0)) -> None:
        super().__init__()
        self.usd = usd


class BedrockFields:
    """An engine that asks models of Bedrock.

    Parameters
    ----------
    client
        The API; with few tries and a short patience, since a document does without it.
    spend
        What tenants may still spend.
    models
        The ids of the models that the deployment may ask.
    """

    def __init__(self, client: BedrockRuntimeClient, spend: Spend, models: Collection[str]) -> None:
        self._client = client
        self._spend = spend
        self._models = frozenset(models)

    def reader(self, document: Document) -> BedrockReader | None:
        """Return a reader, or None if no model is to see this document."""
        rule = document.policy.extract.llm
        if rule is None or rule.model_id not in self._models:
            return None
        if document.level is Level.CONFIDENTIAL or document.level not in rule.levels:
            return None
        return BedrockReader(self, document, rule)

    def ask(self, document: Document, rule: LlmRule, price: ModelPrice, request: Request) -> bytes:
        """Return what a model puts into the tool, as JSON, with what that cost.

        Raises
        ------
        UnaskedError
            A cap would be passed, or the service refused or failed.
        """
        reserved = self._spend.reserve(
            document.ref,
            request.most_usd,
            per_day=rule.usd_per_day,
            per_document=rule.usd_per_document,
        )
        if reserved is None:
            raise UnaskedError
        try:
            answer: dict[str, Any] = dict(self._client.converse(**request.parameters))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "") in _REFUSALS:
                reserved.settle(Decimal(0))
            raise UnaskedError(reserved.usd) from None
        except BotoCoreError:
            raise UnaskedError(reserved.usd) from None
        usage = answer.get("usage", {})
        charge = model_charge(price, usage.get("inputTokens", 0), usage.get("outputTokens", 0))
        reserved.settle(min(charge, reserved.usd))
        kept = {"values": said(answer), "charge_usd": format(charge, "f")}
        return json.dumps(kept).encode()


class BedrockReader:
    """Asks for the fields of one document, once all its pages are known."""

    def __init__(self, bedrock: BedrockFields, document: Document, rule: LlmRule) -> None:
        self._bedrock = bedrock
        self._document = document
        self._rule = rule
        self._pages = Pages()
        self._charges = Decimal(0)

    @property
    def charges_usd(self) -> Decimal:
        """What the answer cost that it has used, or at most the one that never came, in dollars."""
        return self._charges

    def read(self, page: PageView) -> None:
        """Take one page in."""
        self._pages.read(page)

    def found(self) -> Found:
        """Ask for all fields at once, and return those whose quotations are on the pages.

        Returns
        -------
        Found
            With VALUES_UNPROVEN if any was not, and nothing but MODEL_SKIPPED if the model was not
            asked, or has not answered.
        """
        price = model_price(self._rule.model_id)
        request = price and self._pages.request(
            self._rule.model_id, price, self._document.schema, self._rule.usd_per_document
        )
        if price is None or request is None:
            return Found(warnings=frozenset({WarningCode.MODEL_SKIPPED}))
        name = ANSWER.format(kind=self._document.kind.value)
        try:
            answer: dict[str, Any] = json.loads(
                self._document.answers.once(
                    name, lambda: self._bedrock.ask(self._document, self._rule, price, request)
                )
            )
        except UnaskedError as error:
            self._charges = error.usd
            return Found(warnings=frozenset({WarningCode.MODEL_SKIPPED}))
        self._charges = Decimal(answer["charge_usd"])
        return proven(answer["values"], self._document.schema, self._document.locale, request.pages)
