"""The benchmark's own arithmetic, and that it scores as the shared helper does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.extract import converter
from benchmarks.extract.documents import DATA, labelled
from benchmarks.extract.fields import calibration
from benchmarks.extract.scores import Counts, scored, summary

HELPER = DATA.parent / "score" / "score_fields.py"


def field(name: str, kind: str, value: Any, raw: str = "") -> dict[str, Any]:
    return {"name": name, "type": kind, "value": value, "raw": raw}


def test_a_prediction_has_plain_values_and_lists_where_there_are_many() -> None:
    fields = [
        field("party", "text", "Aster Ltd"),
        field("party", "text", "Birch GmbH"),
        field("grand_total", "money", {"amount": "12.50", "currency": "EUR"}),
        field("address", "address", {"text": "1 High St, Town", "city": "Town"}),
        field("term", "duration", "P1Y6M"),
        field("iban", "iban", "DE89370400440532013000"),
        field("iban", "iban", "FR7630006000011234567890189"),
    ]
    assert converter.prediction({"fields": fields}) == {
        "party": ["Aster Ltd", "Birch GmbH"],
        "grand_total": "12.50",
        "address": "1 High St, Town",
        "term": "1 year 6 months",
        "iban": "DE89370400440532013000",
    }


def test_outputs_become_predictions_by_the_stem_of_their_source(tmp_path: Path) -> None:
    out, predictions = tmp_path / "out", tmp_path / "predictions"
    out.mkdir()
    result = {"fields": [field("total", "money", {"amount": "3.00"})]}
    (out / "till.jpg.json").write_text(json.dumps(result))
    assert converter.main([str(out), str(predictions)]) == 0
    assert json.loads((predictions / "till.json").read_text()) == {"total": "3.00"}
    (out / "till.png.json").write_text("{}")
    assert converter.main([str(out), str(predictions)]) == 2


def test_values_are_compared_by_what_they_mean() -> None:
    truth = {"date": "27/03/2018", "total": "$6.90", "company": "ACME, Ltd.", "party": ["A", "B"]}
    said = {"date": "2018-03-27", "total": "6,90", "company": "acme ltd", "party": ["B", "C"]}
    found = scored("acme", truth, truth, said)
    assert found.fields["party"] == Counts(1, 2, 2)
    assert found.counts == Counts(4, 5, 5)
    assert not found.complete


def test_what_has_no_truth_does_not_count() -> None:
    assert scored("acme", {"iban": None}, ("iban",), {"iban": "DE89"}).counts == Counts()


def test_a_seller_counts_once_however_many_documents_it_has() -> None:
    right = [scored("many", {"total": "1"}, ("total",), {"total": "1"})] * 9
    wrong = [scored("one", {"total": "1"}, ("total",), {"total": "2"})]
    found = summary([*right, *wrong])
    assert (found["complete"], found["complete_by_seller"]) == (0.9, 0.5)
    assert found["micro_f1_95"] == (0.0, 1.0)


def test_calibration_is_the_distance_of_what_is_said_from_what_holds() -> None:
    sure = [("total", 0.9, number < 9) for number in range(10)]
    assert calibration(sure * 10)["expected_error"] == 0.0
    assert calibration([("total", 0.9, False)] * 10) == {"values": 10, "expected_error": 0.9}


@pytest.mark.skipif(not HELPER.exists(), reason="the shared data is not there")
def test_the_shared_helper_scores_the_same(tmp_path: Path) -> None:
    sets = labelled()
    documents = [each for name, part in sets.items() if "without" not in name for each in part]
    ours = []
    for number, each in enumerate(documents):
        # Every third document lacks a value, and every fifth has another one.
        said = {key: value for key, value in each.truth.items() if number % 3 or key != "total"}
        if number % 5 == 0:
            said |= {"grand_total": "0.01", "date": "1 Jan 1999"}
        (tmp_path / f"{each.path.stem}.json").write_text(json.dumps(said))
        ours.append(scored(each.seller, each.truth, each.asked(), said))
    command = [sys.executable, HELPER, "--set", DATA, "--pred", tmp_path]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    complete = re.search(r"all-fields-right ([\d.]+)", told)
    assert complete
    assert float(complete[1]) == pytest.approx(summary(ours)["complete"], abs=5e-4)
    for name, kind in (("receipts", "receipt"), ("XML", "invoice-xml")):
        part = summary(
            [mine for mine, each in zip(ours, documents, strict=True) if each in sets[name]]
        )
        for key, held in part["fields"].items():
            line = re.search(rf"^{kind}:{re.escape(key)} .*F1=([\d.]+)", told, re.MULTILINE)
            assert line
            assert float(line[1]) == pytest.approx(held["f1"], abs=5e-4)
