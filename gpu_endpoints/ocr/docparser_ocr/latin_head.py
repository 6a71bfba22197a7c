"""The recogniser's output layer, pruned to the Latin script.

The full head scores 18,710 classes per time step; European documents need a few hundred. The
file shrinks from 21 to 12 MB. Instead of a large array of scores the graph returns, for each step,
the best class, its probability, and the probability of a space: spaces are what a recogniser
misses most, and what is missed is often the second best. The whole head, for pages in other
scripts, returns the same.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BLANK = ""
"""The class that says that no character ends here (CTC)."""

_LATIN_EXTENDED_B_END = 0x250
_ALSO = frozenset("–—‘’“”„•…‰€™₤№−×÷≤≥→←°□✓☐☑")  # noqa: RUF001 - these exact characters


def prune(model: onnx.ModelProto) -> list[str]:
    """Prune a PP-OCR recogniser in place.

    Returns
    -------
    list of str
        The character of each class that is left; the first is `BLANK`.

    Raises
    ------
    ValueError
        The model is no PP-OCR recogniser: it has no dictionary, or no layer that fits it.
    """
    characters = _dictionary(model)
    kept = [index for index, character in enumerate(characters) if _is_wanted(character)]
    weight, bias = _output_layer(model.graph, len(characters))
    for tensor, axis in ((weight, 1), (bias, 0)):
        values = np.take(numpy_helper.to_array(tensor), kept, axis=axis)
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), tensor.name))
    del model.graph.value_info[:]  # shapes of the full head
    left = [characters[index] for index in kept]
    _return_best_class(model.graph, left.index(" "))
    return left


def whole(model: onnx.ModelProto) -> list[str]:
    """Let a PP-OCR recogniser keep its classes and return the best, as the pruned one does.

    Returns
    -------
    list of str
        The character of each class; the first is `BLANK`.

    Raises
    ------
    ValueError
        The model is no PP-OCR recogniser: it has no dictionary.
    """
    characters = _dictionary(model)
    _return_best_class(model.graph, characters.index(" "))
    return characters


def _dictionary(model: onnx.ModelProto) -> list[str]:
    """Return the classes in order: blank, the characters of the model's metadata, and space."""
    for entry in model.metadata_props:
        if entry.key == "character":
            return [BLANK, *entry.value.splitlines(), " "]
    raise ValueError("the model names no characters")


def _is_wanted(character: str) -> bool:
    return character == BLANK or (
        len(character) == 1 and (ord(character) < _LATIN_EXTENDED_B_END or character in _ALSO)
    )


def _output_layer(
    graph: onnx.GraphProto, classes: int
) -> tuple[onnx.TensorProto, onnx.TensorProto]:
    found = {len(t.dims): t for t in graph.initializer if t.dims and t.dims[-1] == classes}
    if set(found) != {1, 2}:
        raise ValueError("the model has no output layer of the dictionary's size")
    return found[2], found[1]


def _return_best_class(graph: onnx.GraphProto, space: int) -> None:
    scores = graph.output[0].name
    graph.initializer.append(numpy_helper.from_array(np.array(space, np.int64), "space"))
    graph.node.append(helper.make_node("ArgMax", [scores], ["classes"], axis=2, keepdims=0))
    graph.node.append(
        helper.make_node("ReduceMax", [scores], ["probabilities"], axes=[2], keepdims=0)
    )
    graph.node.append(helper.make_node("Gather", [scores, "space"], ["spaces"], axis=2))
    del graph.output[:]
    for name, kind in (
        ("classes", TensorProto.INT64),
        ("probabilities", TensorProto.FLOAT),
        ("spaces", TensorProto.FLOAT),
    ):
        graph.output.append(helper.make_tensor_value_info(name, kind, ["batch", "step"]))
