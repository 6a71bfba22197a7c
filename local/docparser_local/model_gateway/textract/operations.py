"""Textract's synchronous operations: one page, read at once.

Our engine knows text, tables and layout. It has no fields of forms, expenses or identities, and no
answers to questions: whoever asks for them gets what Textract says of a page that has none.
"""

from __future__ import annotations

import asyncio
import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from docparser_local.model_gateway.json_protocol import ServiceError
from docparser_local.model_gateway.model_server import (
    BrokenConnectionError,
    InvocationTimeoutError,
    NotReadyError,
)
from docparser_local.model_gateway.textract.blocks import PageBlocks
from docparser_local.model_gateway.textract.document import (
    bad,
    document,
    invalid_parameter,
    too_large,
    unsupported,
)
from docparser_local.model_gateway.textract.quota import Quota

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docparser_local.model_gateway.exchange import Exchange
    from docparser_local.model_gateway.json_protocol import Operation
    from docparser_local.model_gateway.model_server import Answer, ModelServer

# A synchronous call ends before boto3's own patience of a minute does.
_PATIENCE_S = 50.0
_AGAIN_S = 0.2

_FEATURES = frozenset({"TABLES", "FORMS", "LAYOUT", "QUERIES", "SIGNATURES"})
_REFUSALS = {
    HTTPStatus.BAD_REQUEST: bad,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: too_large,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: unsupported,
}
_PAGE_ERRORS = {"PAGE_UNREADABLE": bad, "PAGE_TOO_LARGE": too_large}


def operations(
    server: ModelServer, exchange: Exchange, pages_per_second: float
) -> dict[str, Operation]:
    """Return Textract's operations by name, each with the same quota of its own.

    Parameters
    ----------
    server
        Reads the pages.
    exchange
        Fetches documents that lie in S3.
    pages_per_second
        The quota; 0 for none.
    """
    detections, analyses = Quota(pages_per_second), Quota(pages_per_second)
    expenses, identities = Quota(pages_per_second), Quota(pages_per_second)

    async def detect(members: dict[str, Any]) -> dict[str, Any]:
        detections.take()
        return {
            **await _read(server, exchange, members, ()),
            "DetectDocumentTextModelVersion": "1.0",
        }

    async def analyze(members: dict[str, Any]) -> dict[str, Any]:
        analyses.take()
        features = members.get("FeatureTypes")
        if not isinstance(features, list) or not features or not _FEATURES.issuperset(features):
            raise invalid_parameter()
        return {
            **await _read(server, exchange, members, features),
            "AnalyzeDocumentModelVersion": "1.0",
        }

    async def expense(members: dict[str, Any]) -> dict[str, Any]:
        expenses.take()
        read = await _read(server, exchange, members, ())
        found = {"ExpenseIndex": 1, "SummaryFields": [], "LineItemGroups": []}
        documents = [{**found, "Blocks": read["Blocks"]}]
        return {"DocumentMetadata": read["DocumentMetadata"], "ExpenseDocuments": documents}

    async def identity(members: dict[str, Any]) -> dict[str, Any]:
        identities.take()
        pages = members.get("DocumentPages")
        if not isinstance(pages, list) or len(pages) != 1:
            raise invalid_parameter()
        read = await _read(server, exchange, {"Document": pages[0]}, ())
        found = {"DocumentIndex": 1, "IdentityDocumentFields": [], "Blocks": read["Blocks"]}
        return {
            "DocumentMetadata": read["DocumentMetadata"],
            "IdentityDocuments": [found],
            "AnalyzeIDModelVersion": "1.0",
        }

    return {
        "Textract.DetectDocumentText": detect,
        "Textract.AnalyzeDocument": analyze,
        "Textract.AnalyzeExpense": expense,
        "Textract.AnalyzeID": identity,
    }


async def _read(
    server: ModelServer, exchange: Exchange, members: dict[str, Any], features: Sequence[str]
) -> dict[str, Any]:
    sent = await document(exchange, members)
    answer = await _asked(server, sent.content, {"Content-Type": sent.media_type})
    if not answer.ok:
        raise _REFUSALS.get(HTTPStatus(answer.status), _internal)()
    page = _only_page(json.loads(answer.body))
    turned = page["rotation"] - sent.turned
    return {
        "DocumentMetadata": {"Pages": 1},
        "Blocks": PageBlocks(page, turned).build(features),
    }


def _only_page(answer: Mapping[str, Any]) -> dict[str, Any]:
    page = dict(answer["pages"][0])
    if page["status"] != "OK":
        raise _PAGE_ERRORS.get(page["code"], _internal)()
    return page


async def _asked(server: ModelServer, content: bytes, headers: Mapping[str, str]) -> Answer:
    """Ask the server until it has loaded its models, as long as the caller waits."""
    until = time.monotonic() + _PATIENCE_S
    while (left := until - time.monotonic()) > 0:
        try:
            return await server.invoke(content, headers, left)
        except NotReadyError:
            await asyncio.sleep(_AGAIN_S)
        except (BrokenConnectionError, InvocationTimeoutError):
            break
    raise _internal()


def _internal() -> ServiceError:
    return ServiceError(
        "InternalServerError",
        "The service encountered an internal error",
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
