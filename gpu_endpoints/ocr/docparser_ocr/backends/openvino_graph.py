"""What is changed in a graph before OpenVINO compiles it: the same results in less time."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from openvino import opset13  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import openvino
    from numpy.typing import NDArray

_LEVELS = 256
_WEIGHT_LEVELS = 255
_FLAGS = Path("/proc/cpuinfo")


class OtherWeights(Exception):  # noqa: N818 - it says what is the case
    """The ranges were measured with other weights than those of the model."""


def is_fast_in_8_bits() -> bool:
    """Tell whether the processor multiplies and adds bytes in one instruction, without overflow.

    Where it does not, sums of two products saturate at 16 bits: such a processor runs the models
    as they are.
    """
    try:
        flags = _FLAGS.read_text("ascii", "replace").split()
    except OSError:
        return False
    return not {"avx512_vnni", "avx_vnni"}.isdisjoint(flags)


class Range(NamedTuple):
    """What a convolution is fed: each channel by its share, ``low`` to ``high`` over all."""

    low: float
    high: float
    shares: list[float]


def ranges() -> dict[str, Range]:
    """Return the range of each of the recogniser's convolutions that is run in 8 bits."""
    return {name: Range(*measured) for name, measured in _measured()["ranges"].items()}


def quantise(model: openvino.Model) -> None:
    """Run the recogniser's convolutions whose ranges are known in 8 bits.

    B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic
    inference", CVPR 2018: one scale for each filter, one for each input. Channels are levelled
    before, and the filters hold what was taken from them: G. Xiao et al., "SmoothQuant", ICML 2023.

    Raises
    ------
    OtherWeights
        The ranges do not belong to this model.
    """
    known = ranges()
    if weights_sha256(model, known) != _measured()["weights_sha256"]:
        raise OtherWeights
    for op in list(_convolutions(model)):
        if op.get_friendly_name() not in known:
            continue
        low, high, shares = known[op.get_friendly_name()]
        share = np.reshape(shares, (1, -1, 1, 1))
        bounds = [_constant(value) for value in (low * share, high * share, low, high)]
        _feed(op, 0, opset13.fake_quantize(_source(op, 0), *bounds, _LEVELS))
        filters = _filters(op) * share
        most = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
        most = np.where(most == 0, 1, most)
        bounds = [_constant(value) for value in (-most, most) * 2]
        _feed(op, 1, opset13.fake_quantize(_constant(filters), *bounds, _WEIGHT_LEVELS))


def weights_sha256(model: openvino.Model, names: Mapping[str, object]) -> str:
    """Return the SHA-256 (hex) over the weights of these convolutions."""
    digest = hashlib.sha256()
    for op in sorted(_convolutions(model), key=lambda op: str(op.get_friendly_name())):
        if op.get_friendly_name() in names:
            digest.update(np.ascontiguousarray(_filters(op)).tobytes())
    return digest.hexdigest()


def enlarge_by_convolutions(model: openvino.Model) -> None:
    """Replace the detector's end, two transposed convolutions, by convolutions at a quarter.

    A transposed convolution whose stride is its size, 2, gives four pixels for each, which depend
    on nothing else: it is a convolution of size 1 with four times the channels, put side by side.
    OpenVINO's own, of one channel at full size, takes as long as a third of the whole model.
    """
    _skip_identities(model)
    first, second = (
        op for op in model.get_ordered_ops() if op.get_type_name() == "ConvolutionBackpropData"
    )
    first_bias = _consumer(first, "Add")
    second_bias = _consumer(second, "Add")
    scores = _consumer(second_bias, "Sigmoid")
    channels = first.input(1).get_partial_shape()[1].get_length()
    # Rows of the first: pixel down, pixel across, channel.
    once = _filters(first).transpose(2, 3, 1, 0).reshape(4 * channels, -1, 1, 1)
    twice = np.zeros((2, 2, 2, 2, 4, channels), np.float32)
    for down, across in np.ndindex(2, 2):
        twice[down, :, across, :, 2 * down + across] = _filters(second)[:, 0].transpose(1, 2, 0)
    found = _convolved(_source(first, 0), once)
    bias = np.tile(_bias(first_bias).ravel(), 4).reshape(1, -1, 1, 1)
    found = opset13.relu(opset13.add(found, _constant(bias)))
    found = _convolved(found.output(0), twice.reshape(16, 4 * channels, 1, 1))
    found = opset13.sigmoid(opset13.add(found, _constant(_bias(second_bias).ravel()[0])))
    found = opset13.depth_to_space(found, "blocks_first", 4)
    for target in scores.output(0).get_target_inputs():
        target.replace_source_output(found.output(0))


def _measured() -> Any:
    return json.loads(resources.files(__package__).joinpath("int8_ranges.json").read_text("utf-8"))


def _convolutions(model: openvino.Model) -> Iterator[Any]:
    return (op for op in model.get_ordered_ops() if op.get_type_name() == "Convolution")


def _source(op: Any, index: int) -> Any:
    return op.input(index).get_source_output()


def _feed(op: Any, index: int, source: Any) -> None:
    op.input(index).replace_source_output(source.output(0))


def _filters(op: Any) -> NDArray[np.float32]:
    return np.asarray(_source(op, 1).get_node().data, np.float32)


def _bias(op: Any) -> NDArray[np.float32]:
    return np.asarray(_source(op, 1).get_node().data, np.float32)


def _constant(value: Any) -> Any:
    return opset13.constant(np.ascontiguousarray(value, np.float32))


def _convolved(source: Any, filters: NDArray[np.float32]) -> Any:
    return opset13.convolution(source, _constant(filters), [1, 1], [0, 0], [0, 0], [1, 1])


def _consumer(op: Any, kind: str) -> Any:
    """Return the operation of a kind that takes an operation's result."""
    consumers = (target.get_node() for target in op.output(0).get_target_inputs())
    return next(node for node in consumers if node.get_type_name() == kind)


def _skip_identities(model: openvino.Model) -> None:
    for op in model.get_ordered_ops():
        if op.get_type_name() == "Identity":
            for target in op.output(0).get_target_inputs():
                target.replace_source_output(_source(op, 0))
