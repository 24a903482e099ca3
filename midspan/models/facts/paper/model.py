"""``facts.paper`` from its folder: where questions and entities lie, and which of a few facts is said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import tokenizers
import torch

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph, Predicate
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.question import Question, Side
from midspan.models.facts.paper.config import PaperConfig
from midspan.models.facts.paper.inference import fact_logits, item_vectors, slot_vectors
from midspan.models.facts.paper.network import PreRanker, ReRanker
from midspan.models.facts.paper.texts import MARKERS, Texts
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.frozen import load_trained

PLACES: dict[Side, int] = {"subject": 0, "object": 2}
"""Of a side among the slots."""
CANDIDATES = 2
"""Of each slot that the re-ranker combines."""


class PaperModel:
    """Answers by torch, on a CUDA device where there is one."""

    def __init__(self, pre_ranker: PreRanker, re_ranker: ReRanker, texts: Texts) -> None:
        self._pre_ranker, self._re_ranker, self._texts = pre_ranker, re_ranker, texts

    @classmethod
    def load(cls, folder: Path) -> PaperModel:
        """Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` when the files are not the card's."""
        return cls.from_folder(load_model(folder))

    @classmethod
    def from_folder(cls, model: ModelFolder) -> PaperModel:
        config = PaperConfig.from_json(model.config["network"])
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        with torch.random.fork_rng(devices=[]):  # initial values are thrown away
            pre_ranker = load_trained(PreRanker(config), model.part("pre")).to(device)
            re_ranker = load_trained(ReRanker(config), model.part("re")).to(device)
        tokenizer = tokenizers.Tokenizer.from_str(model.config["tokenizer"])
        return cls(pre_ranker, re_ranker, Texts(tokenizer, config.bert.vocab_size - len(MARKERS)))

    def queries(self, asked: Sequence[tuple[Question, Side]]) -> Floats:
        """(n, dim) unit rows of mentions, to be compared with ``keys``."""
        rows = {question: row for row, question in enumerate(dict.fromkeys(one for one, _ in asked))}
        slots = self._slots(list(rows))
        return np.stack([slots[rows[question], PLACES[side]] for question, side in asked])

    def keys(self, _: KnowledgeGraph, entities: Sequence[Entity]) -> Floats:
        """(n, dim) unit rows, by label and description alone."""
        return item_vectors(self._pre_ranker, self._texts, entities)

    def properties(
        self, predicates: Sequence[Predicate], questions: Sequence[Question]
    ) -> list[list[Predicate]]:
        """The ``CANDIDATES`` that each question's predicate is likeliest to mean."""
        keys = item_vectors(self._pre_ranker, self._texts, predicates)
        order = np.argsort(-self._slots(questions)[:, 1] @ keys.T, axis=1, kind="stable")
        return [[predicates[place] for place in row[:CANDIDATES]] for row in order]

    def facts(
        self,
        questions: Sequence[Question],
        subjects: Sequence[Sequence[Entity]],
        predicates: Sequence[Sequence[Predicate]],
        objects: Sequence[Sequence[Entity]],
    ) -> list[tuple[Entity, Predicate, Entity]]:
        """Of all combinations of each question's candidates the one that the re-ranker thinks likeliest."""
        combined = [list(product(*some)) for some in zip(subjects, predicates, objects, strict=True)]
        rows = [
            self._texts.fact(question, fact)
            for question, some in zip(questions, combined, strict=True)
            for fact in some
        ]
        logits = fact_logits(self._re_ranker, rows)
        ends = np.cumsum([len(some) for some in combined])[:-1]
        return [some[int(own.argmax())] for some, own in zip(combined, np.split(logits, ends), strict=True)]

    def _slots(self, questions: Sequence[Question]) -> Floats:
        return slot_vectors(self._pre_ranker, self._texts, questions)
