"""What runs the models: each backend says the same, and 8 bits cost next to nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openvino  # type: ignore[import-untyped]
import pytest
from docparser_ocr import backends, detection, quads, weights
from docparser_ocr.backends import Models, openvino_graph
from docparser_ocr.backends.openvino import OpenVinoModel
from docparser_ocr.deadline import Deadline
from docparser_ocr.recognition import LINE_HEIGHT, WIDTHS, Reading, Recogniser
from docparser_ocr.weights import Weights

from tests.unit.ocr_engine.drawn import LINES, page

PAGE = np.asarray(page(LINES * 3, size=(1100, 900)))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return weights.prepared(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def reference(prepared: Weights) -> Models:
    return backends.opened(backends.Backend.ONNXRUNTIME, prepared, at_once=1)


@pytest.fixture(scope="module")
def exact(prepared: Weights, reference: Models) -> Models:
    return reference._replace(
        detector=OpenVinoModel(prepared.detector, streams=1, role="detector", exact=True),
        recogniser=OpenVinoModel(prepared.recogniser, streams=1, role="recogniser", exact=True),
        direction=OpenVinoModel(prepared.direction, streams=1, exact=True),
    )


def read(models: Models, prepared: Weights, find: detection.Detector) -> list[Reading]:
    crops = [quads.crop(PAGE, quad, LINE_HEIGHT) for quad in find(PAGE)]
    return Recogniser(models.recogniser, prepared.characters)(crops, Deadline(60))


def test_onnx_runtime_and_openvino_read_the_same(
    prepared: Weights, reference: Models, exact: Models
) -> None:
    find = detection.Detector(reference.detector)
    ours, theirs = (read(models, prepared, find) for models in (reference, exact))
    assert sorted(reading.text for reading in ours) == sorted(LINES * 3)
    assert [reading.text for reading in theirs] == [reading.text for reading in ours]
    for one, other in zip(ours, theirs, strict=True):
        assert other.confidences == pytest.approx(one.confidences, abs=1e-3)


def test_the_detectors_end_is_the_same_by_convolutions(reference: Models, exact: Models) -> None:
    seen = detection.scaled(PAGE, 500_000)[None]
    (expected,), (scores,) = reference.detector(seen), exact.detector(seen)
    assert expected.max() > 0.9
    np.testing.assert_allclose(scores, expected, atol=2e-3)


def test_lines_upside_down_look_the_same_to_both(reference: Models, exact: Models) -> None:
    batch = np.full((1, LINE_HEIGHT, 192, 3), 127, np.uint8)
    np.testing.assert_allclose(exact.direction(batch)[0], reference.direction(batch)[0], atol=1e-3)


def test_8_bits_read_the_same(
    prepared: Weights, reference: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_graph, "is_fast_in_8_bits", lambda: True)
    small = backends.opened(backends.Backend.OPENVINO, prepared, at_once=1)
    monkeypatch.setattr(openvino_graph, "is_fast_in_8_bits", lambda: False)
    large = backends.opened(backends.Backend.OPENVINO, prepared, at_once=1)
    find = detection.Detector(reference.detector)
    expected, by_bytes, by_floats = (
        read(models, prepared, find) for models in (reference, small, large)
    )
    assert [reading.text for reading in by_bytes] == [reading.text for reading in expected]
    assert [reading.text for reading in by_floats] == [reading.text for reading in expected]
    for one, other in zip(expected, by_bytes, strict=True):
        assert other.confidence == pytest.approx(one.confidence, abs=0.03)
    assert [one.confidences for one in by_bytes] != [other.confidences for other in by_floats]


def test_ranges_are_taken_for_no_other_model(prepared: Weights) -> None:
    model = openvino.Core().read_model(str(prepared.detector))
    with pytest.raises(openvino_graph.OtherWeights):
        openvino_graph.quantise(model)


@pytest.mark.parametrize(
    ("flags", "fast"),
    [
        ("flags : sse2 avx2 avx512f", False),
        ("flags : sse2 avx512f avx512_vnni", True),
        ("flags : avx2 avx_vnni", True),
        (None, False),
    ],
)
def test_only_a_processor_that_adds_bytes_without_overflow_runs_8_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str | None, *, fast: bool
) -> None:
    if flags is not None:
        (tmp_path / "cpuinfo").write_text(flags)
    monkeypatch.setattr(openvino_graph, "_FLAGS", tmp_path / "cpuinfo")
    assert openvino_graph.is_fast_in_8_bits() is fast


def test_batches_have_few_widths_and_each_picture_its_own_reading(
    prepared: Weights, reference: Models
) -> None:
    shapes = []

    def noted(batch: np.ndarray) -> tuple[np.ndarray, ...]:
        shapes.append(batch.shape)
        return reference.recogniser(batch)

    line = quads.crop(PAGE, detection.Detector(reference.detector)(PAGE)[0], LINE_HEIGHT)
    whole = line.shape[1]
    pictures = [line[:, : round(whole * share)] for share in (1, 0.2, 1, 0.6, 0.1)]
    readings = Recogniser(noted, prepared.characters)(pictures, Deadline(60))
    assert {shape[2] for shape in shapes} <= set(WIDTHS)
    assert sum(shape[0] for shape in shapes) == len(pictures)
    assert readings[0].text == readings[2].text
    assert readings[0].text.startswith(readings[3].text[:5])
    assert len(readings[0].text) > len(readings[3].text) > len(readings[1].text)


@pytest.mark.parametrize("wide", [1, 64, 65, 3072, 9000])
def test_a_picture_of_any_width_is_read(prepared: Weights, reference: Models, wide: int) -> None:
    blank = np.full((LINE_HEIGHT, wide, 3), 255, np.uint8)
    (reading,) = Recogniser(reference.recogniser, prepared.characters)([blank], Deadline(60))
    assert reading.text == ""


def test_fine_print_is_looked_at_closer(reference: Models) -> None:
    sizes = []

    def noted(batch: np.ndarray) -> tuple[np.ndarray, ...]:
        sizes.append(batch.shape[1] * batch.shape[2])
        return reference.detector(batch)

    options = detection.DetectionOptions(pixels=300_000, closer_pixels=900_000)
    find = detection.Detector(noted, options)
    large = np.asarray(page(LINES, size=(1000, 1000), font_px=34))
    assert len(find(large)) == len(LINES)
    assert len(sizes) == 1
    fine = np.asarray(page(LINES, size=(1000, 1000), font_px=11))
    assert len(find(fine)) == len(LINES)
    assert len(sizes) == 3
    assert sizes[2] > 2 * sizes[1]
