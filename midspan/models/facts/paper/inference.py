"""What the networks of ``facts.paper`` say, in batches of like length."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.question import Question
from midspan.models.facts.paper.network import PreRanker, ReRanker
from midspan.models.facts.paper.texts import Item, Row, Texts
from midspan.models.kit.engine import TOKENS, TOKENS_CUDA
from midspan.models.kit.token_batches import asked, pad


def on_device(network: nn.Module, rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
    """Tokens and their mask, (n, longest) each, where the network is."""
    device = next(network.parameters()).device
    tokens, mask = (torch.from_numpy(one).to(device) for one in pad(rows))
    return tokens, mask


def slot_vectors(network: PreRanker, texts: Texts, questions: Sequence[Question]) -> Floats:
    """(n, 3, dim) unit vectors of subject, predicate and object. At least one question."""
    triples = [texts.triple(one) for one in questions]

    def slots(group: Sequence[int], tokens: Tensor, mask: Tensor) -> Tensor:
        places = torch.tensor([triples[place].places for place in group], device=tokens.device)
        return network.slots(tokens, mask, places)

    return _answers(network, [one.tokens for one in triples], slots)


def item_vectors(network: PreRanker, texts: Texts, items: Sequence[Item]) -> Floats:
    """(n, dim) unit vectors. At least one item."""
    return _answers(
        network, [texts.item(one) for one in items], lambda _, tokens, mask: network.items(tokens, mask)
    )


def fact_logits(network: ReRanker, rows: Sequence[Row]) -> Floats:
    """(n,). At least one row."""
    return _answers(network, rows, lambda _, tokens, mask: network(tokens, mask))


def _answers(
    network: nn.Module, rows: Sequence[Row], said: Callable[[Sequence[int], Tensor, Tensor], Tensor]
) -> Floats:
    def ask(group: Sequence[int]) -> Floats:
        with torch.inference_mode():
            answer = said(group, *on_device(network, [rows[place] for place in group]))
        return np.asarray(answer.float().cpu().numpy())

    cuda = next(network.parameters()).is_cuda
    return asked(ask, [len(row) for row in rows], TOKENS_CUDA if cuda else TOKENS, lambda: None)
