"""What a document says of its names: "Curie" is the "Marie Curie" of three sentences ago, and means the
same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from midspan.models.facts.knowledge_graph import normalise

MOST = 2000
"""Last names that are remembered of a document."""


@dataclass
class DocumentNames:
    """Full names of people in one document; takes its sentences in order, the same ones again as well."""

    known: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """By the last word of a person's name: from which sentence on it is whose. An empty name: of several."""

    def note(self, ordinal: int, people: Iterable[str]) -> None:
        """Names of people in a sentence."""
        for name in people:
            last = _last(name)
            if not last or (last not in self.known and len(self.known) >= MOST):
                continue
            said = self.known.setdefault(last, [])
            if said and said[-1][0] > ordinal:
                continue  # it was read before
            known = said[-1][1] if said else ""
            whole = _fuller(known, name) if said else name
            if not said or whole != known:
                said.append((ordinal, whole))

    def full_name(self, name: str, ordinal: int) -> str:
        """The person's whole name as far as it is known in this sentence, or what is given."""
        said = self.known.get(normalise(name), [])
        whole = [one for since, one in said if since <= ordinal]
        return whole[-1] if whole and whole[-1] else name


def _last(name: str) -> str:
    """The last word of a name that has several."""
    words = normalise(name).split()
    return words[-1] if len(words) > 1 else ""


def _fuller(one: str, other: str) -> str:
    """Of "Marie Curie" and "Marie Skłodowska Curie" the longer; empty for two people."""
    mine, others = (set(normalise(name).split()) for name in (one, other))
    if not one or not (mine <= others or others <= mine):
        return ""
    return other if mine < others else one
