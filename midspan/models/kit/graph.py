"""A network's structure for inference, as an ONNX graph without weights.

Its initialisers bear the names of the network's state, so that whoever runs it hands them over from the
file of weights that torch reads too. Numbers without an axis, as counters of training, stay in the graph.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

OPSET = 20
LARGEST_CONSTANT = 4096
"""Bytes; what is larger is a weight that would be kept twice."""


def export_graph(
    network: nn.Module, inputs: Sequence[Tensor], names: Sequence[str], axes: Sequence[dict[int, str]]
) -> bytes:
    """The graph of a network in evaluation mode, shown some ``inputs``.

    ``names`` are those of the inputs, ``axes`` of each the axes whose length is free, by name. Raises
    ``ValueError`` where weights would be in the graph, or are not used in it.
    """
    free = {name: torch.export.Dim(name) for of_one in axes for name in of_one.values()}
    shapes = [{axis: free[name] for axis, name in of_one.items()} for of_one in axes]
    with _quiet():
        program = torch.onnx.export(
            network.eval(),
            tuple(inputs),
            input_names=list(names),
            output_names=["said"],
            dynamic_shapes=tuple(shapes),
            opset_version=OPSET,
            dynamo=True,
            optimize=False,  # which would give transposed weights names of its own
            verbose=False,
        )
    assert program is not None
    return _without_weights(program.model_proto, network.state_dict())


def text_graph(network: nn.Module) -> bytes:
    """The graph of a network of (batch, length) tokens and their mask."""
    tokens = torch.ones((2, 8), dtype=torch.int64)
    free = {0: "batch", 1: "length"}
    return export_graph(network, (tokens, tokens > 0), ("tokens", "mask"), (free, free))


def _without_weights(model: Any, state: dict[str, Tensor]) -> bytes:
    """As bytes; the tensors of the state that have an axis become initialisers that lie elsewhere."""
    graph = model.graph
    _drop_made_biases(graph)
    outside = {name: value for name, value in state.items() if value.ndim}
    kept = [one for one in graph.initializer if one.name not in outside]
    if large := [one.name for one in kept if len(one.raw_data) > LARGEST_CONSTANT]:
        raise ValueError(f"the graph would hold weights, as {large[0]!r}: are they in the network's state?")
    if unused := sorted(set(outside) - {one.name for one in graph.initializer}):
        raise ValueError(f"the answer does not depend on {', '.join(unused)}: leave that out of the network")
    del graph.initializer[:]
    graph.initializer.extend([*kept, *(_elsewhere(name, value) for name, value in sorted(outside.items()))])
    # where in whose files a node was written is no part of the structure
    for part in (model, graph, *graph.node, *graph.input, *graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    graph.ClearField("value_info")
    return bytes(model.SerializeToString(deterministic=True))


def _drop_made_biases(graph: Any) -> None:
    """The exporter gives a convolution that has no bias one of zeros, in a shape that no engine takes."""
    made = {name for node in graph.node if node.op_type == "Expand" for name in node.output}
    for node in graph.node:
        if node.op_type == "Conv" and len(node.input) == 3 and node.input[2] in made:
            del node.input[2]


def _elsewhere(name: str, value: Tensor) -> onnx.TensorProto:
    whole = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(str(value.dtype).removeprefix("torch.")))
    kind = onnx.TensorProto.FLOAT if value.is_floating_point() else whole
    proto = onnx.TensorProto(name=name, data_type=kind, dims=list(value.shape))
    proto.data_location = onnx.TensorProto.EXTERNAL
    proto.external_data.add(key="location", value="model.safetensors")
    return proto


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter warns of what is not installed and of what it renames."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
