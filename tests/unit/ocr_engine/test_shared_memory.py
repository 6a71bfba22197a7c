"""Memory that the server shares with a worker."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from docparser_ocr import shared_memory
from docparser_ocr.shared_memory import SharedMemory


@pytest.mark.parametrize("named", [True, False], ids=["memfd", "unlinked file"])
def test_two_see_the_same(monkeypatch: pytest.MonkeyPatch, *, named: bool) -> None:
    # Where the system has no anonymous memory, as outside of Linux
    if not named:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    descriptor = shared_memory.created(1 << 16)
    ours, theirs = SharedMemory(descriptor), SharedMemory(descriptor)
    os.close(descriptor)
    pixels = np.arange(99, dtype=np.uint8).reshape(1, 11, 3, 3)
    scores = np.linspace(0, 1, 20, dtype=np.float32)
    second = ours.put(pixels)
    ours.put(scores, second)
    np.testing.assert_array_equal(theirs.array("u1", (1, 11, 3, 3), 0), pixels)
    np.testing.assert_array_equal(theirs.array(scores.dtype.str, [20], second), scores)


@pytest.mark.parametrize(
    ("shape", "offset"), [((4097,), 0), ((1,), 4096), ((4,), -4), ((-1,), 0), ((2**40, 2**40), 0)]
)
def test_nothing_lies_outside(shape: tuple[int, ...], offset: int) -> None:
    descriptor = shared_memory.created(4096)
    memory = SharedMemory(descriptor)
    os.close(descriptor)
    with pytest.raises(ValueError, match="outside"):
        memory.array("u1", shape, offset)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are counted in /proc")
def test_memory_that_cannot_be_had_leaves_no_descriptor() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="Invalid argument"):
        shared_memory.created(-1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
