"""The JSON Schema of every stored noun, generated from the model.

``python -m docparser.model.schema docs/schema`` writes them; a test holds the files to the code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .classification import Classification
from .document import Document, Exports, Manifest, Placement
from .extraction import Extraction, TableRows
from .page import OcrAnswer, Shard
from .pii import PiiShard
from .plan import Plan
from .policy import Policy, TenantPolicy
from .record import Event, Record
from .search import Hits

if TYPE_CHECKING:
    from .base import Noun

NOUNS: dict[str, type[Noun]] = {
    "classification/1": Classification,
    "document/1": Document,
    "event/1": Event,
    "exports/1": Exports,
    "extraction/1": Extraction,
    "hits/1": Hits,
    "manifest/1": Manifest,
    "ocr/1": OcrAnswer,
    "pii/1": PiiShard,
    "plan/1": Plan,
    "policy/1": Policy,
    "record/1": Record,
    "shard/1": Shard,
    "table/1": TableRows,
    "tenant_policy/1": TenantPolicy,
    "zones/1": Placement,
}


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a noun in the form in which it is stored."""
    body = NOUNS[name].model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:docparser:schema:{name.replace('/', ':')}",
        **body,
    }


def render(name: str) -> str:
    """Return a schema as it is committed."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


def file_name(name: str) -> str:
    """Return the file of a schema: ``document.1.json``."""
    return f"{name.replace('/', '.')}.json"


def main(folder: Path) -> None:
    """Write every schema into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NOUNS:
        (folder / file_name(name)).write_text(render(name), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
