"""Memory that two processes share without a name: it is gone with the last of them.

POSIX shared memory needs ``/dev/shm``, which Lambda has not.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

SIZE = 1 << 27
"""Bytes of a worker's memory; what was never written takes none. A page at 20 megapixels fits."""

# Arrays begin where a cache line does.
_ALIGNED = 64


def created(size: int = SIZE) -> int:
    """Return the descriptor of new memory; the caller closes it."""
    if hasattr(os, "memfd_create"):
        try:
            descriptor = os.memfd_create("pages", os.MFD_CLOEXEC)
        except OSError:
            descriptor = _unlinked()
    else:
        descriptor = _unlinked()
    try:
        os.ftruncate(descriptor, size)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _unlinked() -> int:
    """Return a file that no folder names any more; it lies in the page cache while it is used."""
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class SharedMemory:
    """Arrays one after the other in memory that another process sees, too."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size)

    def array(self, dtype: DTypeLike, shape: Sequence[int], offset: int) -> NDArray[Any]:
        """Return the array that lies at an offset, in bytes; it is no copy.

        Raises
        ------
        ValueError
            It would not lie within the memory.
        """
        kind = np.dtype(dtype)
        if offset < 0 or min(shape, default=1) < 0:
            raise ValueError("outside of the memory")
        if offset + prod(shape) * kind.itemsize > len(self._memory):
            raise ValueError("outside of the memory")
        return np.ndarray(tuple(shape), kind, self._memory, offset)

    def put(self, given: NDArray[Any], offset: int = 0) -> int:
        """Copy an array to an offset; return the next array's.

        Raises
        ------
        ValueError
            It is larger than the memory.
        """
        place = self.array(given.dtype, given.shape, offset)
        place[...] = given
        return -(-(offset + given.nbytes) // _ALIGNED) * _ALIGNED
