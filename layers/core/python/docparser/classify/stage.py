"""Classify: every page is shown to the classifier, one shard in memory at a time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from docparser.errors import Terminal
from docparser.model import (
    Classification,
    Manifest,
    PageStatus,
    Plan,
    Ref,
    Shard,
    Stage,
    TerminalCode,
)
from docparser.store import layout

from .classifier import Classifier

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Level
    from docparser.store.blobs import Blobs
    from docparser.store.records import Records


class Classify:
    """Decides type and sensitivity from what was read."""

    def __init__(self, *, work: Blobs, records: Records, min_confidence: float) -> None:
        self._work = work
        self._records = records
        self._min_confidence = min_confidence

    def run(self, ref: Ref, call: Call) -> Classification:
        """Return the decision, stored as ``classify/classification.json``.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: a shard holds other bytes than were assembled.
        """
        body = self._work.get(layout.stage_key(ref, Stage.ASSEMBLE, "manifest.json"))
        manifest = Manifest.model_validate_json(body)
        classifier = Classifier(self._min_confidence)
        for entry in manifest.shards:
            shard = self._work.get(layout.stage_key(ref, Stage.READ, entry.file.name))
            if hashlib.sha256(shard).hexdigest() != entry.file.sha256:
                # A level decided on other text than is routed would be no level.
                raise Terminal(TerminalCode.CHECKSUM_MISMATCH)
            for page in Shard.model_validate_json(shard).pages:
                if page.status is PageStatus.OK:
                    classifier.read(page)
        # The gaps name every page that was not read, those of a lost shard too, which no shard
        # shows: without them a document could be released for the pages that are left of it.
        for gap in manifest.gaps:
            classifier.miss(gap.page)
        stored = self._work.put_json_once(
            layout.stage_key(ref, Stage.CLASSIFY, "classification.json"),
            classifier.decide(self._declared(ref)).to_json(),
        )
        decision = Classification.model_validate_json(stored)
        self._records.advance(
            ref,
            Stage.CLASSIFY,
            gb_seconds=call.gb_seconds,
            type=decision.type.value,
            level=decision.level.value,
        )
        return decision

    def _declared(self, ref: Ref) -> Level | None:
        """Return the level that the document's owner named."""
        body = self._work.get(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"))
        return Plan.model_validate_json(body).declared_level
