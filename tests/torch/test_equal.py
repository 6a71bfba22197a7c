"""torch reads what ONNX Runtime reads: the same scores, the same lines, the same text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import numpy as np
import pytest
from docparser_ocr import backends
from docparser_ocr.backends import Backend
from docparser_ocr.deadline import Deadline
from docparser_ocr.detection import Detector
from docparser_ocr.engine import Engine, ReadPage
from docparser_ocr.weights import Weights

from tests.torch.conftest import Reference

torch = pytest.importorskip("torch", reason="torch is not installed")

from docparser_ocr.backends.torch import TorchModel  # noqa: E402 - after it was asked for


def texts(page: ReadPage) -> list[str]:
    return [" ".join(word.text for word in line.words) for line in page.lines]


def decoded(classes: np.ndarray) -> list[list[int]]:
    """Return each line's characters by CTC's rule: repetitions once, then no blanks."""
    return [[kind for kind, _ in groupby(row) if kind] for row in classes.tolist()]


@pytest.fixture(scope="module")
def models(prepared: Weights) -> backends.Models:
    return backends.opened(Backend.TORCH, prepared, at_once=1)


def test_pages_say_the_same(
    models: backends.Models, prepared: Weights, reference: Reference
) -> None:
    engine = Engine(models, prepared.characters, prepared.full_characters)
    read = [engine.read(picture, Deadline(600)) for picture in reference.pictures]
    assert [texts(page) for page in read] == [texts(page) for page in reference.pages]
    assert sum(len(text) for page in read for text in texts(page)) > 500


def test_lines_are_decoded_the_same(models: backends.Models, reference: Reference) -> None:
    lines = 0
    for batch, (classes, probabilities, *_) in reference.recogniser.calls:
        ours, certainties, *_ = models.recogniser(batch)
        assert decoded(ours) == decoded(classes)
        np.testing.assert_allclose(certainties, probabilities, atol=0.002)
        lines += len(batch)
    assert lines > 50


def test_pixels_are_scored_the_same(models: backends.Models, reference: Reference) -> None:
    for batch, (scores,) in reference.detector.calls:
        (ours,) = models.detector(batch)
        assert (ours.shape, ours.dtype) == (scores.shape, scores.dtype)
        np.testing.assert_allclose(ours, scores, atol=0.002)


def test_lines_are_found_at_the_same_places(
    models: backends.Models, prepared: Weights, reference: Reference
) -> None:
    theirs = backends.opened(Backend.ONNXRUNTIME, prepared, at_once=1)
    for picture in reference.pictures[:2]:
        found, expected = (Detector(one.detector)(picture) for one in (models, theirs))
        assert len(found) == len(expected) > 5
        # A pixel whose score is the threshold moves a corner by one pixel.
        for quad, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(quad, other, atol=2.5)


def test_directions_are_the_same(models: backends.Models, reference: Reference) -> None:
    assert reference.direction.calls
    for batch, answers in reference.direction.calls:
        np.testing.assert_allclose(models.direction(batch)[0], answers[0], atol=0.001)


def test_half_as_many_bits_read_the_same_lines(prepared: Weights, reference: Reference) -> None:
    # Given the numbers of the GPU
    model = TorchModel(prepared.recogniser, device="cpu", dtype=torch.float16)
    # When real lines are read, a batch of every second width
    widths = {batch.shape[2]: (batch, answer) for batch, answer in reference.recogniser.calls}
    lines, same = 0, 0
    for batch, (classes, *_) in list(widths.values())[::2]:
        ours, *_ = model(batch[:8])
        lines += len(ours)
        same += sum(
            one == other for one, other in zip(decoded(ours), decoded(classes[:8]), strict=True)
        )
    # Then one in thirty differs at most
    assert lines >= 15
    assert lines - same <= max(1, lines // 30)


def test_half_as_many_bits_score_pixels_alike(prepared: Weights, reference: Reference) -> None:
    model = TorchModel(prepared.detector, device="cpu", dtype=torch.float16, framed=True)
    batch, (scores,) = min(reference.detector.calls, key=lambda call: call[0].size)
    (ours,) = model(batch)
    differing = np.count_nonzero((ours > 0.3) != (scores > 0.3))
    assert differing < 0.001 * np.count_nonzero(scores > 0.3)


# ------------------------------------------------------------ frames and batches
@pytest.fixture(scope="module")
def piece(reference: Reference) -> np.ndarray:
    """A part of a page of which no side is a frame's."""
    batch, _ = reference.detector.calls[0]
    return np.ascontiguousarray(batch[:, :320, :416])


def test_a_frame_changes_nothing(prepared: Weights, piece: np.ndarray) -> None:
    # Given the model as it is, and in frames, of which this picture fills three quarters
    bare = TorchModel(prepared.detector, device="cpu")
    framed = TorchModel(prepared.detector, device="cpu", framed=True)
    (expected,) = bare(piece)
    assert expected.max() > 0.5
    (scores,) = framed(piece)
    assert scores.shape == expected.shape
    np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_without_its_mask_a_frame_would_change_what_is_found(
    prepared: Weights, piece: np.ndarray
) -> None:
    bare = TorchModel(prepared.detector, device="cpu")
    padded = np.full((1, 352, 480, 3), 127, np.uint8)
    padded[:, :320, :416] = piece
    difference = np.abs(bare(padded)[0][:, :, :320, :416] - bare(piece)[0])
    assert difference.max() > 0.01


def test_a_side_that_no_stride_divides_is_refused(models: backends.Models) -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        models.detector(np.zeros((1, 64, 100, 3), np.uint8))


@pytest.mark.parametrize("count", [1, 5, 67])
def test_a_batch_is_as_its_lines_are(
    models: backends.Models, reference: Reference, count: int
) -> None:
    # Given a line, so many times, between other ones
    batch, _ = reference.recogniser.calls[0]
    line = batch[:1, :, : 2 * batch.shape[1]]
    many = np.random.default_rng(count).integers(0, 256, (count, *line.shape[1:]), np.uint8)
    many[-1] = line[0]
    # When they are read together, then it is as if it were read alone.
    alone, together = models.recogniser(line)[0], models.recogniser(many)[0]
    assert together.shape == (count, alone.shape[1])
    assert decoded(together[-1:]) == decoded(alone)


def test_several_threads_may_ask_at_once(models: backends.Models, reference: Reference) -> None:
    calls = reference.recogniser.calls[:8]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda call: models.recogniser(call[0])[0], calls))
    assert [decoded(answer) for answer in answers] == [decoded(theirs[0]) for _, theirs in calls]
