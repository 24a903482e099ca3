"""Which engine answers, and what it takes to run a graph with weights from elsewhere."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from midspan.errors import MissingExtra, WrongUse
from midspan.models.kit import engine
from midspan.models.kit.engine import choose
from midspan.models.kit.graph import export_graph
from midspan.models.kit.onnx_engine import OnnxEngine
from midspan.models.kit.torch_engine import TorchEngine


class Network(nn.Module):
    """Of numbers (batch, length, 8), with statistics and a counter that only training needs."""

    def __init__(self):
        super().__init__()
        self.norm, self.body, self.drop = nn.BatchNorm1d(8), nn.Linear(8, 600), nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(torch.relu(self.body(self.norm(x.transpose(1, 2)).transpose(1, 2)))).sum(1)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    network = Network()
    network(torch.randn(5, 4, 8))  # statistics of its own
    return network.eval()


@pytest.fixture(scope="module")
def graph(network):
    return export_graph(network, (torch.zeros(2, 3, 8),), ("x",), ({0: "batch", 1: "length"},))


@pytest.fixture
def state(network):
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


def test_a_graph_answers_as_its_network_with_the_weights_of_its_state(network, graph, state):
    x = np.random.default_rng(0).normal(size=(7, 5, 8)).astype(np.float32)
    by_torch = TorchEngine(network, torch.device("cpu"))(x)
    np.testing.assert_allclose(OnnxEngine(graph, state)(x), by_torch, rtol=1e-5, atol=1e-5)
    state["body.bias"] += 1
    assert OnnxEngine(graph, state)(x).sum() > by_torch.sum() + 1


def test_a_graph_holds_no_weights_and_says_nothing_of_where_it_was_made(graph, state):
    assert len(graph) < sum(value.nbytes for value in state.values()) / 2
    assert __file__.encode() not in graph and b"site-packages" not in graph


@pytest.mark.parametrize("change", ["missing", "more", "shape"])
def test_weights_of_another_network_are_refused(graph, state, change):
    if change == "missing":
        del state["body.weight"]
    elif change == "more":
        state["head.weight"] = state["body.weight"]
    else:
        state["body.weight"] = state["body.weight"][:, :4].copy()
    with pytest.raises(ValueError, match="do not fit"):
        OnnxEngine(graph, state)(np.zeros((1, 2, 8), np.float32))


def test_weights_outside_the_state_are_not_exported():
    class Hidden(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = torch.randn(80, 80)

        def forward(self, x):
            return x @ self.table

    with pytest.raises(ValueError, match="would hold weights"):
        export_graph(Hidden(), (torch.zeros(2, 80),), ("x",), ({0: "batch"},))


def test_weights_that_no_answer_needs_are_not_exported():
    network = Network()
    network.other = nn.Linear(2, 2)
    with pytest.raises(ValueError, match=r"does not depend on other\.bias, other\.weight"):
        export_graph(network, (torch.zeros(2, 3, 8),), ("x",), ({0: "batch"},))


def test_onnx_runtime_answers_unless_there_is_a_cuda_device_or_torch_is_asked_for(monkeypatch):
    both = (lambda: "onnxruntime", lambda: "torch")
    for has_cuda, name, expected in (
        (False, "auto", "onnxruntime"),
        (True, "auto", "torch"),
        (True, "onnxruntime", "onnxruntime"),
        (False, "torch", "torch"),
    ):
        monkeypatch.setattr(engine, "has_cuda", lambda has_cuda=has_cuda: has_cuda)
        assert choose(name, *both) == expected
    with pytest.raises(WrongUse, match="known: auto, onnxruntime, torch"):
        choose("tensorflow", *both)


def test_torch_that_is_not_there_is_named():
    def by_torch():
        import torch_that_is_not_there  # noqa: F401

    with pytest.raises(MissingExtra, match=r"midspan\[train\]"):
        choose("torch", by_torch, by_torch)


def test_answering_loads_no_torch():
    """Not even the parser's library does, which would where it is installed."""
    code = (
        "import sys\n"
        "from midspan.models.encoder import TextEncoder\n"
        "from midspan.models.atlas.learned.predictor import OrganPredictor\n"
        "from midspan.models.parser import load_parser\n"
        "from midspan.models.facts.reader import FactReader, Sentence\n"
        "(doc,) = load_parser().parse(['Marie Curie was born in Warsaw.'])\n"
        "assert FactReader.bundled().read([Sentence(doc)])[0]\n"
        "TextEncoder(engine='onnxruntime').encode(['a'])\n"
        "OrganPredictor.load(engine='onnxruntime').probabilities(['a'])\n"
        "heavy = {'torch', 'transformers', 'onnx', 'onnxscript', 'sentence_transformers'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_cuda_device_answers_by_itself(network, state):
    x = np.random.default_rng(0).normal(size=(7, 5, 8)).astype(np.float32)
    alone = TorchEngine(network, torch.device("cpu"))(x)
    on_device = TorchEngine(network)
    assert engine.has_cuda() and on_device.tokens == engine.TOKENS_CUDA
    np.testing.assert_allclose(on_device(x), alone, rtol=1e-3, atol=1e-3)
    network.to("cpu")
