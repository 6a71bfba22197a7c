"""An ONNX graph as a list of operators, rewritten to fewer and larger ones.

The exporter writes one operator for each arithmetic step, and every step would write its whole
result to the GPU's memory, which is what limits these models. The rewriting is exact in
mathematics: a bias or a batch normalisation goes into the convolution before it, and the steps of
GELU, SiLU, hard-swish, layer normalisation, attention and the output layer become one operator
each, which torch has kernels for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_SQRT_2 = 2**0.5


@dataclass(frozen=True)
class Operator:
    """One step: its kind, the names of what it takes and gives, and its attributes."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OnnxGraph:
    """Operators in an order in which each has its inputs, and the arrays that never change."""

    operators: tuple[Operator, ...]
    constants: dict[str, NDArray[Any]]
    input: str
    outputs: tuple[str, ...]


def read(path: Path) -> OnnxGraph:
    """Return a file's graph as it is, less what only gives another name.

    Numbers are cast where an operator asks for them, so that casts only rename, too.
    """
    proto = onnx.load(str(path)).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in proto.initializer}
    names: dict[str, str] = {}
    operators: list[Operator] = []
    for node in proto.node:
        inputs = tuple(names.get(name, name) for name in node.input)
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type in ("Identity", "Cast"):
            names[node.output[0]] = inputs[0]
        elif node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(attributes["value"])
        elif node.op_type == "Reshape" and all(name in constants for name in inputs):
            shape = constants[inputs[1]].tolist()
            constants[node.output[0]] = constants[inputs[0]].reshape(shape)
        else:
            operators.append(Operator(node.op_type, inputs, tuple(node.output), attributes))
    (given,) = (value.name for value in proto.input if value.name not in constants)
    outputs = tuple(names.get(value.name, value.name) for value in proto.output)
    return OnnxGraph(tuple(operators), constants, given, outputs)


def fused(graph: OnnxGraph) -> OnnxGraph:
    """Return a graph that computes the same in fewer operators."""
    constants = dict(graph.constants)
    operators: list[Operator] = []
    made: dict[str, Operator] = {}
    for operator in graph.operators:
        view = _View(made, constants)
        for rewrite in _REWRITES:
            operator = rewrite(view, operator) or operator
        operators.append(operator)
        made.update(dict.fromkeys(operator.outputs, operator))
    return OnnxGraph(_needed(operators, graph.outputs), constants, graph.input, graph.outputs)


def _needed(operators: list[Operator], outputs: tuple[str, ...]) -> tuple[Operator, ...]:
    wanted = set(outputs)
    kept = []
    for operator in reversed(operators):
        if wanted.intersection(operator.outputs):
            kept.append(operator)
            wanted.update(operator.inputs)
    return tuple(reversed(kept))


@dataclass(frozen=True)
class _View:
    """What came before an operator."""

    made: dict[str, Operator]
    constants: dict[str, NDArray[Any]]

    def maker(self, name: str, *kinds: str) -> Operator | None:
        """Return the operator that makes a value, if it is of these kinds."""
        operator = self.made.get(name)
        return operator if operator is not None and operator.kind in kinds else None

    def ways(self, operator: Operator) -> Iterator[tuple[str, str]]:
        """Yield both orders of an operator's two inputs."""
        first, second = operator.inputs
        yield first, second
        yield second, first

    def number(self, name: str) -> float | None:
        """Return a constant of one element."""
        value = self.constants.get(name)
        return float(value.reshape(-1)[0]) if value is not None and value.size == 1 else None

    def is_near(self, name: str, value: float) -> bool:
        found = self.number(name)
        return found is not None and abs(found - value) < 1e-5 * max(1.0, abs(value))

    def keep(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = value
        return name


def _bias(view: _View, operator: Operator) -> Operator | None:
    """Add a constant of each channel within the convolution."""
    if operator.kind != "Add":
        return None
    for made, constant in view.ways(operator):
        before = view.maker(made, "Conv", "ConvTranspose")
        value = view.constants.get(constant)
        if before is None or value is None or value.ndim != 4 or value.size != value.shape[1]:
            continue
        bias = value.reshape(-1).astype(np.float32)
        if len(before.inputs) == 3:
            bias = bias + view.constants[before.inputs[2]]
        name = view.keep(f"{operator.outputs[0]}/bias", bias)
        return replace(before, inputs=(*before.inputs[:2], name), outputs=operator.outputs)
    return None


def _batch_normalisation(view: _View, operator: Operator) -> Operator | None:
    """Scale and shift each channel within the convolution."""
    if operator.kind != "BatchNormalization":
        return None
    before = view.maker(operator.inputs[0], "Conv")
    if before is None:
        return None
    scale, shift, mean, variance = (view.constants[name] for name in operator.inputs[1:])
    factor = scale / np.sqrt(variance.astype(np.float64) + operator.attributes["epsilon"])
    weight = view.constants[before.inputs[1]] * factor.reshape(-1, 1, 1, 1)
    bias = view.constants[before.inputs[2]] if len(before.inputs) == 3 else 0.0
    name = operator.outputs[0]
    inputs = (
        before.inputs[0],
        view.keep(f"{name}/weight", weight.astype(np.float32)),
        view.keep(f"{name}/bias", ((bias - mean) * factor + shift).astype(np.float32)),
    )
    return replace(before, inputs=inputs, outputs=operator.outputs)


def _gelu(view: _View, operator: Operator) -> Operator | None:
    """GELU: 0.5 x (1 + erf(x / sqrt 2))."""
    if operator.kind != "Mul" or not view.is_near(operator.inputs[1], 0.5):
        return None
    product = view.maker(operator.inputs[0], "Mul")
    for value, other in view.ways(product) if product else ():
        one = view.maker(other, "Add")
        erf = view.maker(one.inputs[0], "Erf") if one and view.is_near(one.inputs[1], 1) else None
        scaled = view.maker(erf.inputs[0], "Div") if erf else None
        if scaled and scaled.inputs[0] == value and view.is_near(scaled.inputs[1], _SQRT_2):
            return Operator("Gelu", (value,), operator.outputs)
    return None


def _silu(view: _View, operator: Operator) -> Operator | None:
    """SiLU: x sigmoid(x)."""
    if operator.kind != "Mul":
        return None
    for value, other in view.ways(operator):
        gate = view.maker(other, "Sigmoid")
        if gate and gate.inputs == (value,):
            return Operator("Silu", (value,), operator.outputs)
    return None


def _hard_swish(view: _View, operator: Operator) -> Operator | None:
    """Hard-swish: x min(max(x + 3, 0), 6) / 6."""
    if operator.kind != "Div" or not view.is_near(operator.inputs[1], 6):
        return None
    product = view.maker(operator.inputs[0], "Mul")
    for value, other in view.ways(product) if product else ():
        clip = view.maker(other, "Clip")
        if clip is None or not (
            view.is_near(clip.inputs[1], 0) and view.is_near(clip.inputs[2], 6)
        ):
            continue
        plus = view.maker(clip.inputs[0], "Add")
        if plus and plus.inputs[0] == value and view.is_near(plus.inputs[1], 3):
            return Operator("HardSwish", (value,), operator.outputs)
    return None


def _layer_normalisation(view: _View, operator: Operator) -> Operator | None:
    """Layer normalisation over the last axis, written out in nine operators."""
    if operator.kind != "Add" or operator.inputs[1] not in view.constants:
        return None
    scaled = view.maker(operator.inputs[0], "Mul")
    if scaled is None or scaled.inputs[1] not in view.constants:
        return None
    divided = view.maker(scaled.inputs[0], "Div")
    centred = view.maker(divided.inputs[0], "Sub") if divided else None
    root = view.maker(divided.inputs[1], "Sqrt") if divided else None
    sum_ = view.maker(root.inputs[0], "Add") if root else None
    variance = view.maker(sum_.inputs[0], "ReduceMean") if sum_ else None
    square = view.maker(variance.inputs[0], "Pow") if variance else None
    if centred is None or sum_ is None or square is None:
        return None
    mean = view.maker(centred.inputs[1], "ReduceMean")
    epsilon = view.number(sum_.inputs[1])
    if (
        mean is None
        or epsilon is None
        or mean.inputs[0] != centred.inputs[0]
        or square.inputs[0] != centred.outputs[0]
        or mean.attributes["axes"] != [-1]
    ):
        return None
    inputs = (centred.inputs[0], scaled.inputs[1], operator.inputs[1])
    return Operator("LayerNorm", inputs, operator.outputs, {"epsilon": epsilon})


def _attention(view: _View, operator: Operator) -> Operator | None:
    """Scaled dot-product attention: softmax(q k' s) v."""
    if operator.kind != "MatMul":
        return None
    weights = view.maker(operator.inputs[0], "Softmax")
    scores = view.maker(weights.inputs[0], "MatMul") if weights else None
    turned = view.maker(scores.inputs[1], "Transpose") if scores else None
    if scores is None or turned is None or turned.attributes["perm"] != [0, 1, 3, 2]:
        return None
    shifted = view.maker(scores.inputs[0], "Add")
    inner = (
        shifted.inputs[0] if shifted and view.is_near(shifted.inputs[1], 0) else scores.inputs[0]
    )
    scaled = view.maker(inner, "Mul")
    scale = view.number(scaled.inputs[1]) if scaled else None
    if scaled is None or scale is None:
        return None
    inputs = (scaled.inputs[0], turned.inputs[0], operator.inputs[1])
    return Operator("Attention", inputs, operator.outputs, {"scale": scale})


def _linear(view: _View, operator: Operator) -> Operator | None:
    """Multiply by a constant matrix and add a bias at once."""
    if operator.kind != "Add":
        return None
    for made, bias in view.ways(operator):
        product = view.maker(made, "MatMul")
        if product is None or bias not in view.constants:
            continue
        weight = view.constants.get(product.inputs[1])
        if weight is None or weight.ndim != 2 or view.constants[bias].shape != weight.shape[1:]:
            continue
        name = view.keep(f"{operator.outputs[0]}/weight", np.ascontiguousarray(weight.T))
        return Operator("Linear", (product.inputs[0], name, bias), operator.outputs)
    return None


def _classifier(view: _View, operator: Operator) -> Operator | None:
    """Take a linear layer and its softmax as one: the output layer."""
    if operator.kind != "Softmax":
        return None
    linear = view.maker(operator.inputs[0], "Linear")
    return Operator("Classifier", linear.inputs, operator.outputs) if linear else None


_REWRITES: tuple[Callable[[_View, Operator], Operator | None], ...] = (
    _bias,
    _batch_normalisation,
    _gelu,
    _silu,
    _hard_swish,
    _layer_normalisation,
    _attention,
    _linear,
    _classifier,
)
