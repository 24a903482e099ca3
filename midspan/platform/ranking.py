"""What the lists of one search have found, and the order that follows: of places, or of whole sources."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from midspan.db.record_store import Ref
from midspan.platform import fusion
from midspan.platform.matching import all_words, telling_words, words_in

if TYPE_CHECKING:
    import numpy.typing as npt

    from midspan.platform.fusion import Scores

CLOSE = 0.3
"""Cosine of the nearest sentence or passage from which on there is an answer by meaning. An everyday question
that shares no word with its answer has .35 to .45, one of another subject hardly more than .1; what is
between is shown, for whoever asks sees for himself that it is no answer."""
CLOSE_OF_FEW = 0.25
"""Likewise for up to ``FEW`` telling words, which are less like a sentence."""
FEW = 2
BEST = 200
"""Sources that are evened out, and whose texts are looked at: more than anybody pages through."""
AT_ONCE = 50
"""Sources whose texts are looked at together."""
COVERED = 0.5
"""Share of the query's telling words above which a source that has them is an answer by words."""


@dataclass(slots=True)
class Place:
    """A segment or record, with what was found of it."""

    of: Ref
    words: float = 0.0
    """Score by words as a share of its list's best."""
    cosine: float | None = None
    ranks: dict[str, int] = field(default_factory=dict)
    """By list, 1-based."""
    score: float = 0.0

    @property
    def why(self) -> str:
        parts = []
        for name, rank in self.ranks.items():
            meaning = name.endswith("meaning") and self.cosine is not None
            parts.append(
                f"{name} (rank {rank}, cosine {self.cosine:.2f})" if meaning else f"{name} (rank {rank})"
            )
        return " + ".join(parts)


class Ranked(NamedTuple):
    """A source and its places, the best first."""

    source_id: str
    score: float
    places: Sequence[Place]
    words: float
    """Share of the best source's score by the words of whole sources; 0 where it has none."""
    cosine: float | None
    """Of its passage."""

    @property
    def why(self) -> str:
        parts = [f"its best place: {self.places[0].why}"] if self.places else []
        parts += [f"whole text: words ({self.words:.0%} of the best)"] if self.words else []
        parts += [f"passage: meaning (cosine {self.cosine:.2f})"] if self.cosine is not None else []
        return " + ".join(parts)


class Found:
    """What a search has found so far; lists come best first, without doubles."""

    def __init__(self, depth: int) -> None:
        """``depth`` is how many a list has at most: one that is full may have left some out."""
        self._depth = depth
        self._places: dict[str, Place] = {}
        self._sources: dict[str, float] = {}
        self._stand_ins: dict[str, Place] = {}
        self._order: list[Place] = []
        """Empty while it is not known."""
        self._lowest = 0.0
        """Words of a place that no list names, where one of them is full."""

    def by_words(self, name: str, found: Sequence[tuple[Ref, float]]) -> None:
        """A list by words, each with its score."""
        best = max((score for _, score in found), default=0.0)
        if best <= 0:
            return
        for rank, (one, score) in enumerate(found, start=1):
            place = self._place(name, rank, one)
            place.words = max(place.words, score / best)
        if len(found) >= self._depth:
            self._lowest = max(self._lowest, fusion.UNLISTED * found[-1][1] / best)

    def by_meaning(self, name: str, found: Sequence[tuple[Ref, float]]) -> None:
        """A list by meaning, each with its cosine."""
        for rank, (one, cosine) in enumerate(found, start=1):
            self._place(name, rank, one).cosine = cosine

    def by_passage(self, first: Ref) -> None:
        """A passage that is near, by its first sentence: the place of its source where that has no other.
        The nearest one of a source counts."""
        if first.source_id not in self._stand_ins:
            rank = len(self._stand_ins) + 1
            self._stand_ins[first.source_id] = Place(first, ranks={"first of a near passage": rank})

    @property
    def passages(self) -> dict[str, Ref]:
        """By source the first sentence of its passage that is nearest."""
        return {source: place.of for source, place in self._stand_ins.items()}

    def sources_by_words(self, found: Mapping[str, float]) -> None:
        """Sources by the words of their whole text."""
        self._sources.update(found)

    def ranked_places(self) -> list[Place]:
        """Best first."""
        if self._order or not self._places:
            return self._order
        places = list(self._places.values())
        words = np.array([place.words for place in places], dtype=np.float32)
        scores = fusion.mixed(words, _meaning(_known([place.cosine for place in places])))
        for place, score in zip(places, scores.tolist(), strict=True):
            place.score = score
        self._order = sorted(places, key=lambda place: (-place.score, min(place.ranks.values()), place.of.id))
        return self._order

    def ranked_sources(
        self, passages: Mapping[str, npt.NDArray[np.float32]], question: npt.NDArray[np.float32] | None
    ) -> list[Ranked]:
        """Best first. ``passages`` has the vector (d,) of the passage that speaks for a source, where it has
        one; ``question`` is that of the query."""
        by_source: dict[str, list[Place]] = {name: [] for name in [*self._sources, *passages]}
        for place in self.ranked_places():
            by_source.setdefault(place.of.source_id, []).append(place)
        if not by_source:
            return []
        names = list(by_source)
        number = {name: place for place, name in enumerate(names)}
        best = _Best.of(self.ranked_places(), number)
        having = np.array([number[name] for name in passages], dtype=np.intp)
        vectors = np.stack(list(passages.values())) if passages else np.empty((0, 0), dtype=np.float32)
        cosines = np.full(len(names), np.nan, dtype=np.float32)
        if question is not None and passages:
            cosines[having] = vectors @ question
        words, whole = self._words(names, best)
        scores = fusion.mixed(words, _meaning_of_sources(best.cosines, cosines))
        scores = _evened(scores, having, vectors)
        known = [None if math.isnan(cosine) else cosine for cosine in cosines.tolist()]
        stand_ins = self._stand_ins
        ranked = [
            Ranked(name, score, places or ([stand_ins[name]] if name in stand_ins else []), share, cosine)
            for (name, places), score, share, cosine in zip(
                by_source.items(), scores.tolist(), whole.tolist(), known, strict=True
            )
        ]
        return sorted(ranked, key=lambda one: (-one.score, one.source_id))

    def _words(self, names: Sequence[str], best: _Best) -> tuple[Scores, Scores]:
        """Of each source the mixed score of its words, and that of its whole text. A source that has no text
        as a whole, as a video, is judged by its best place alone."""
        listed = np.array([self._sources.get(name, 0.0) for name in names], np.float32)
        whole = fusion.of_best(listed)
        full = len(self._sources) >= self._depth
        least = fusion.UNLISTED * float(whole[listed > 0].min()) if full else 0.0
        assumed = np.where(listed > 0, whole, np.float32(least))
        assumed = np.where(best.textless, best.words, assumed)
        places = np.maximum(best.words, np.float32(self._lowest))
        share = fusion.BEST_WORDS
        return ((1 - share) * assumed + share * places).astype(np.float32), whole

    def _place(self, name: str, rank: int, one: Ref) -> Place:
        self._order = []
        place = self._places.get(one.id)
        if place is None:
            place = self._places[one.id] = Place(one)
        place.ranks[name] = rank
        return place


def is_close(
    query: str, ranked: Sequence[Ranked], lines: Callable[[Sequence[Ref]], Mapping[str, str]]
) -> bool:
    """Whether any of these answers a query of plain words: by its meaning, or by having most of its words.

    ``lines`` reads what is said at places, by id; it is asked where no meaning is near."""
    words = telling_words(query) or all_words(query)
    least = CLOSE if len(words) > FEW else CLOSE_OF_FEW
    for one in ranked:
        cosines = [place.cosine for place in one.places if place.cosine is not None]
        if max(*cosines, one.cosine or -1.0, -1.0) >= least:
            return True
    for start in range(0, min(BEST, len(ranked)), AT_ONCE):
        of_words = [
            [place.of for place in one.places if place.words] for one in ranked[start : start + AT_ONCE]
        ]
        said = lines([one for places in of_words for one in places])
        for places in of_words:
            text = " ".join(said.get(one.id, "") for one in places)
            if len(words_in(words, text)) > COVERED * len(words):
                return True
    return False


class _Best(NamedTuple):
    """The best of each source's places, (n,) each."""

    words: Scores
    cosines: Scores
    """NaN where none is known."""
    textless: npt.NDArray[np.bool_]
    """There are places, and none of them is in a text."""

    @classmethod
    def of(cls, places: Sequence[Place], number: Mapping[str, int]) -> _Best:
        count = len(number)
        source = np.array([number[place.of.source_id] for place in places], dtype=np.intp)
        words, cosines = np.zeros(count, np.float32), np.full(count, np.nan, np.float32)
        np.maximum.at(words, source, np.array([place.words for place in places], np.float32))
        np.fmax.at(cosines, source, _known([place.cosine for place in places]))
        timed = np.array([place.of.unit == "s" for place in places], dtype=bool)
        textless = np.zeros(count, dtype=bool)
        textless[source] = True
        textless[source[~timed]] = False
        return cls(words, cosines, textless)


def _known(cosines: Sequence[float | None]) -> Scores:
    """NaN for the others."""
    return np.array([np.nan if cosine is None else cosine for cosine in cosines], np.float32)


def _meaning(cosines: Scores) -> Scores:
    """Stretched from the lowest to the highest that is known; 0 for the others, which are NaN."""
    stretched = np.zeros(len(cosines), dtype=np.float32)
    known = ~np.isnan(cosines)
    if known.any():
        stretched[known] = fusion.stretched(cosines[known])
    return stretched


def _meaning_of_sources(nearest: Scores, passages: Scores) -> Scores:
    """Of the nearest place and of the passage; of the place alone where a source has no passage."""
    places = _meaning(nearest)
    whole = _meaning(passages)
    share = fusion.BEST_MEANING
    return np.where(np.isnan(passages), places, (1 - share) * whole + share * places).astype(np.float32)


def _evened(scores: Scores, having: npt.NDArray[np.intp], vectors: npt.NDArray[np.float32]) -> Scores:
    """Among the best sources, those that have a passage, with its vector; the others are taken to lie alone,
    and stay behind them in their order."""
    best = np.argsort(-scores, kind="stable")[:BEST]
    even = np.asarray((1 - fusion.ALIKE) * scores, dtype=np.float32)
    even[best] = scores[best]
    row = np.full(len(scores), -1, dtype=np.intp)
    row[having] = np.arange(len(having))
    near = best[row[best] >= 0]
    even[near] = fusion.evened(scores[near], vectors[row[near]])
    return even
