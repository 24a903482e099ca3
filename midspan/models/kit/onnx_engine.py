"""Networks by ONNX Runtime: the graph of a file without weights, with the weights of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
import onnxruntime

from midspan.models.kit.engine import TOKENS, Floats

ERRORS = 3
"""What is logged: errors and worse."""


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """``threads`` 0 leaves the choice to the library."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = ERRORS
    # threads that wait busily take processor time from the processes beside
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


class OnnxEngine:
    tokens = TOKENS

    def __init__(
        self, graph: bytes, tensors: Mapping[str, npt.NDArray[Any]], *, threads: int = 1, folded: bool = False
    ) -> None:
        """``graph`` is what :func:`midspan.models.kit.graph.export_graph` made, and ``tensors`` all that the
        network's state has, by name, floats in float32. ``threads`` 0 leaves the choice to the library.

        ``folded``: what is made of weights alone is made once. That is faster where a graph takes weights
        apart; it keeps every matrix a second time, transposed, where a product would do so for nothing.

        Raises ``ValueError`` where the two do not fit.
        """
        options = session_options(threads)
        outside = {name: value for name, value in tensors.items() if value.ndim}
        values = map(onnxruntime.OrtValue.ortvalue_from_numpy, outside.values())
        options.add_external_initializers(list(outside), list(values))
        try:
            self._session = onnxruntime.InferenceSession(
                graph,
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=[] if folded else ["ConstantFolding"],
            )
        except Exception as error:  # the library's own classes share no base but this
            raise ValueError(f"graph and tensors do not fit: {error}") from error
        self._inputs = [one.name for one in self._session.get_inputs()]

    def __call__(self, *inputs: npt.NDArray[Any]) -> Floats:
        said: Floats = self._session.run(None, dict(zip(self._inputs, inputs, strict=True)))[0]
        return said
