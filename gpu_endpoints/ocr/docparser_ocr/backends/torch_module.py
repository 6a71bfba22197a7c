"""An ONNX graph as a torch module that takes pixels as they are.

The module is made by `torch.fx`: one Python function of a line for each operator, which frees what
no later line needs and which ``torch.compile`` can read. Shapes stay Python integers, so that no
operator waits for the GPU.

Convolutions and means see the whole picture, so a picture that is padded to a common size would be
seen differently. Where ``masked``, everything outside a picture's own extent is set to zero before
each operator that looks sideways, as if the picture ended there, and means are taken inside: what
comes out inside the extent is what the picture alone would give.
"""

from __future__ import annotations

import inspect
import operator
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from .onnx_graph import OnnxGraph, Operator

# Pixels are scaled to -1..1. Half of 255 is exact in 8 bits of mantissa, and so is its difference
# to every pixel; the division is left to the first convolution's weights.
_MIDDLE = 127.5

_END = 2**31 - 1

# Their constants are shapes, axes and scales, and stay numbers.
_TAKES_NUMBERS = frozenset(("Concat", "Reshape", "Resize", "Slice", "Squeeze", "Unsqueeze"))


class UnknownOperatorError(ValueError):
    """The graph has an operator, or an attribute of one, that is not known here."""


def module(graph: OnnxGraph, dtype: Any, *, masked: bool = False) -> Any:
    """Return a `torch.fx.GraphModule`.

    It takes a batch of images (batch, height, width, BGR; uint8) and, if ``masked``, their extents
    (batch, 2; height and width in pixels, which every stride of the model divides). It returns the
    graph's outputs, numbers as float32. The weights have the format of channels last, the output
    layer alone stays in 32 bits: in 16, the best two classes are often one number.

    Raises
    ------
    UnknownOperatorError
        An operator is not known here.
    """
    return _Builder(graph, dtype, masked=masked).built()


class _Builder:
    def __init__(self, graph: OnnxGraph, dtype: Any, *, masked: bool) -> None:
        self._source = graph
        self._dtype = dtype
        self._root = torch.nn.Module()
        self._graph = torch.fx.Graph()
        # How many pixels of the input an element of a value stands for, along either side.
        self._strides: dict[str, float] = {graph.input: 1}
        self._values: dict[str, Any] = {}
        self._cut: dict[str, Any] = {}
        self._masks: dict[float, Any] = {}
        batch = self._graph.placeholder("batch")
        self._extents = self._graph.placeholder("extents") if masked else None
        self._values[graph.input] = self._graph.call_function(_centred, (batch, dtype))

    def built(self) -> Any:
        for step in self._source.operators:
            self._emit(step)
        outputs = [self._values[name] for name in self._source.outputs]
        numbers = tuple(self._graph.call_function(_as_number, (value,)) for value in outputs)
        self._graph.output(numbers)
        made = torch.fx.GraphModule(self._root, self._graph)
        return made.eval().requires_grad_(requires_grad=False)

    def _emit(self, step: Operator) -> None:
        function = _OPERATORS.get(step.kind)
        if function is None:
            raise UnknownOperatorError(step.kind)
        options = {name: _plain(value) for name, value in step.attributes.items()}
        inputs = [self._value(step, index) for index in range(len(step.inputs))]
        while inputs and inputs[-1] is None:
            inputs.pop()
        if options:
            try:
                inspect.signature(function).bind(*inputs, **options)
            except TypeError as error:
                raise UnknownOperatorError(f"{step.kind}: {error}") from None
        (output,) = step.outputs
        self._strides[output] = self._stride_after(step)
        if self._extents is not None:
            first = step.inputs[0]
            if _looks_sideways(step):
                inputs[0] = self._inside(first)
            elif _is_mean(step):
                function, options = _mean_inside, {}
                inputs = [self._inside(first), self._extents, self._strides[first]]
        self._values[output] = self._graph.call_function(function, tuple(inputs), options)

    def _value(self, step: Operator, index: int) -> Any:
        """Return an input: a value, an array among the module's weights, or plain numbers."""
        name = step.inputs[index]
        if name in self._values:
            return self._values[name]
        if not name:
            return None
        array = self._source.constants[name]
        if array.ndim == 0 or step.kind in _TAKES_NUMBERS:
            return array.tolist()
        if array.size == 1 and step.kind not in ("Conv", "ConvTranspose"):
            return float(array.reshape(-1)[0])
        first = step.inputs[0] == self._source.input and index == 1
        tensor = torch.from_numpy(array / _MIDDLE if first else array.copy())
        if first and step.kind != "Conv":
            raise UnknownOperatorError(f"{step.kind} of pixels")
        if array.dtype.kind == "f":
            tensor = tensor.to(torch.float32 if step.kind == "Classifier" else self._dtype)
        form = torch.channels_last if array.ndim == 4 else torch.contiguous_format
        weight = f"weight_{len(self._values)}_{index}"
        self._root.register_buffer(weight, tensor.contiguous(memory_format=form))
        return self._graph.get_attr(weight)

    def _stride_after(self, step: Operator) -> float:
        known = [self._strides[name] for name in step.inputs if self._strides.get(name)]
        before = known[0] if known else 0.0
        if step.kind in ("Conv", "MaxPool", "AveragePool"):
            return float(before * step.attributes.get("strides", [1])[0])
        if step.kind == "ConvTranspose":
            return float(before / step.attributes.get("strides", [1])[0])
        if step.kind == "Resize":
            return before / float(self._source.constants[step.inputs[2]][-1])
        return 0.0 if _is_mean(step) else max(known, default=0.0)

    def _inside(self, name: str) -> Any:
        """Return a value that is zero outside of the extents."""
        if name not in self._cut:
            value, stride = self._values[name], self._strides.get(name, 0.0)
            if not stride:
                return value
            if stride not in self._masks:
                arguments = (value, self._extents, stride)
                self._masks[stride] = self._graph.call_function(_outside, arguments)
            self._cut[name] = self._graph.call_function(_zeroed, (value, self._masks[stride]))
        return self._cut[name]


def _looks_sideways(step: Operator) -> bool:
    kinds = ("Conv", "MaxPool", "AveragePool")
    return step.kind in kinds and max(step.attributes["kernel_shape"]) > 1


def _is_mean(step: Operator) -> bool:
    return step.kind == "GlobalAveragePool" or (
        step.kind == "ReduceMean" and step.attributes["axes"] == [2, 3]
    )


def _plain(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


# ------------------------------------------------------------ pixels and extents
def _centred(batch: Any, dtype: Any) -> Any:
    return batch.permute(0, 3, 1, 2).to(dtype) - _MIDDLE


def _as_number(value: Any) -> Any:
    return value.float() if value.is_floating_point() else value


def _outside(value: Any, extents: Any, stride: float) -> Any:
    rows, columns = (
        torch.arange(value.shape[axis], device=value.device) * stride >= extents[:, axis - 2, None]
        for axis in (2, 3)
    )
    return (rows[:, :, None] | columns[:, None, :])[:, None]


def _zeroed(value: Any, outside: Any) -> Any:
    return value.masked_fill(outside, 0)


def _mean_inside(value: Any, extents: Any, stride: float) -> Any:
    count = extents.prod(1).view(-1, 1, 1, 1) / stride**2
    return (value.sum((2, 3), keepdim=True, dtype=torch.float32) / count).to(value.dtype)


# ------------------------------------------------------------ convolution and pooling
def _padded(
    value: Any, kernel: list[int], strides: list[int], pads: list[int], auto_pad: str, fill: float
) -> tuple[Any, list[int]]:
    """Pad where torch's operators cannot: more after than before."""
    if auto_pad == "SAME_UPPER":
        totals = [
            max((-(-size // stride) - 1) * stride + length - size, 0)
            for size, stride, length in zip(value.shape[-2:], strides, kernel, strict=True)
        ]
        pads = [total // 2 for total in totals] + [total - total // 2 for total in totals]
    top, left, bottom, right = pads
    if (top, left) == (bottom, right):
        return value, [top, left]
    return functional.pad(value, (left, right, top, bottom), value=fill), [0, 0]


def _conv(
    value: Any,
    weight: Any,
    bias: Any = None,
    *,
    kernel_shape: list[int],
    strides: list[int] = [1, 1],  # noqa: B006 - never changed, here and below
    pads: list[int] = [0, 0, 0, 0],  # noqa: B006
    dilations: list[int] = [1, 1],  # noqa: B006
    group: int = 1,
    auto_pad: str = "NOTSET",
) -> Any:
    value, around = _padded(value, kernel_shape, strides, pads, auto_pad, 0.0)
    return functional.conv2d(value, weight, bias, strides, around, dilations, group)


def _conv_transpose(
    value: Any,
    weight: Any,
    bias: Any = None,
    *,
    kernel_shape: list[int],  # noqa: ARG001 - the weight has it
    strides: list[int] = [1, 1],  # noqa: B006
    pads: list[int] = [0, 0, 0, 0],  # noqa: B006
    dilations: list[int] = [1, 1],  # noqa: B006
    group: int = 1,
) -> Any:
    return functional.conv_transpose2d(value, weight, bias, strides, pads[:2], 0, group, dilations)


def _max_pool(
    value: Any,
    *,
    kernel_shape: list[int],
    strides: list[int] = [1, 1],  # noqa: B006
    pads: list[int] = [0, 0, 0, 0],  # noqa: B006
    ceil_mode: int = 0,
    auto_pad: str = "NOTSET",
) -> Any:
    value, around = _padded(value, kernel_shape, strides, pads, auto_pad, float("-inf"))
    return functional.max_pool2d(value, kernel_shape, strides, around, ceil_mode=bool(ceil_mode))


def _average_pool(
    value: Any,
    *,
    kernel_shape: list[int],
    strides: list[int] = [1, 1],  # noqa: B006
    pads: list[int] = [0, 0, 0, 0],  # noqa: B006
    ceil_mode: int = 0,
    count_include_pad: int = 0,
) -> Any:
    options = bool(ceil_mode), bool(count_include_pad)
    return functional.avg_pool2d(value, kernel_shape, strides, pads[:2], *options)


def _global_mean(value: Any) -> Any:
    return value.mean((2, 3), keepdim=True)


def _resize(
    value: Any,
    _roi: Any,
    scales: list[float],
    *,
    mode: str,
    coordinate_transformation_mode: str,  # noqa: ARG001 - torch's nearest is asymmetric,
    nearest_mode: str,  # noqa: ARG001 - and takes the floor
) -> Any:
    return functional.interpolate(value, scale_factor=tuple(scales[-2:]), mode=mode)


# ------------------------------------------------------------ by element, by row
def _sigmoid(value: Any) -> Any:
    # Scores are compared with thresholds: they keep 32 bits.
    return torch.sigmoid(value.float())


def _hard_sigmoid(value: Any, *, alpha: float = 0.2, beta: float = 0.5) -> Any:
    return torch.clamp(value * alpha + beta, 0, 1)


def _layer_norm(value: Any, weight: Any, bias: Any, *, epsilon: float) -> Any:
    return functional.layer_norm(value, weight.shape, weight, bias, epsilon)


def _attention(queries: Any, keys: Any, values: Any, *, scale: float) -> Any:
    return functional.scaled_dot_product_attention(queries, keys, values, scale=scale)


def _classifier(value: Any, weight: Any, bias: Any, *, axis: int = -1) -> Any:  # noqa: ARG001
    return torch.softmax(functional.linear(value.float(), weight, bias), -1)


def _reduce_mean(value: Any, *, axes: list[int], keepdims: int = 1) -> Any:
    return value.mean(axes, keepdim=bool(keepdims))


def _reduce_max(value: Any, *, axes: list[int], keepdims: int = 1) -> Any:
    return value.amax(axes, keepdim=bool(keepdims))


def _arg_max(value: Any, *, axis: int = 0, keepdims: int = 1) -> Any:
    return value.argmax(axis, keepdim=bool(keepdims))


def _gather(value: Any, index: Any, *, axis: int = 0) -> Any:
    if isinstance(index, int):
        return value.select(axis, index)
    return value.index_select(axis, index)


# ------------------------------------------------------------ shapes: of tensors, or of lists
def _shape(value: Any) -> list[int]:
    return list(value.shape)


def _concat(*values: Any, axis: int) -> Any:
    if torch.is_tensor(values[0]):
        return torch.cat(values, axis)
    return [number for value in values for number in _listed(value)]


def _listed(value: Any) -> list[int]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _transpose(value: Any, *, perm: list[int]) -> Any:
    return value.permute(perm)


def _reshape(value: Any, shape: list[int]) -> Any:
    if not torch.is_tensor(value):
        return value
    return value.reshape([size or value.shape[axis] for axis, size in enumerate(shape)])


def _squeeze(value: Any, axes_: list[int] | None = None, *, axes: list[int] | None = None) -> Any:
    if not torch.is_tensor(value):
        return value[0]
    return value.squeeze(tuple(axes or axes_ or ()))


def _unsqueeze(value: Any, axes_: list[int] | None = None, *, axes: list[int] | None = None) -> Any:
    if torch.is_tensor(value):
        for axis in sorted(axes or axes_ or ()):
            value = value.unsqueeze(axis)
    return value


def _slice(
    value: Any,
    starts: list[int],
    ends: list[int],
    axes: list[int] | None = None,
    steps: list[int] | None = None,
) -> Any:
    index = [slice(None)] * (value.dim() if torch.is_tensor(value) else 1)
    axes = list(range(len(starts))) if axes is None else axes
    for axis, start, end, step in zip(axes, starts, ends, steps or [1] * len(starts), strict=True):
        index[axis] = slice(start, None if end >= _END else end, step)
    return value[tuple(index)] if torch.is_tensor(value) else value[index[0]]


_OPERATORS: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "ArgMax": _arg_max,
    "Attention": _attention,
    "AveragePool": _average_pool,
    "Classifier": _classifier,
    "Concat": _concat,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Gather": _gather,
    "Gelu": functional.gelu,
    "GlobalAveragePool": _global_mean,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": functional.hardswish,
    "LayerNorm": _layer_norm,
    "Linear": functional.linear,
    "MaxPool": _max_pool,
    "Mul": operator.mul,
    "ReduceMax": _reduce_max,
    "ReduceMean": _reduce_mean,
    "Relu": functional.relu,
    "Reshape": _reshape,
    "Resize": _resize,
    "Shape": _shape,
    "Sigmoid": _sigmoid,
    "Silu": functional.silu,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
