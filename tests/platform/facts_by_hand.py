"""Facts written by hand into a real store: one of each thing that a fact can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from benchmarks import made_facts
from midspan.db.record_store import Commit
from midspan.platform.workspace import Workspace
from midspan.records import (
    Argument,
    Candidate,
    Fact,
    FactSlot,
    Provenance,
    Run,
    Source,
    digest,
)

SAID = Run("facts", 7, "facts.small", "abc123", {"graph": "bundled"})


def slot(surface: str, uid: str | None = None, **more: Any) -> FactSlot:
    return FactSlot(
        **{"surface": surface, "start": 0, "end": 1, "uid": uid, "name": surface, "score": 0.75} | more
    )


CURIE = slot("Marie Curie", "wd:Q7186")
WARSAW = slot("Warsaw", "wd:Q270")
BORN_IN = slot("place of birth", "wd:P19")
BORN_ON = slot("date of birth", "wd:P569")


def fact(subject: FactSlot, predicate: FactSlot, object: FactSlot, text: str = "", **more: Any) -> Fact:
    """A believed fact in a sentence of its own, its parts where their words first stand in it; :func:`commit`
    gives it its place."""
    text = text or f"{subject.surface} {predicate.surface} {object.surface}."
    parts = tuple(_at(part, text) for part in (subject, predicate, object))
    linked = all(part.uid is not None or part.literal for part in parts)
    values: dict[str, Any] = {
        "polarity": "affirmed",
        "status": "linked" if linked else "partial",
        "score": 0.75,
    }
    return Fact("", Provenance("", "", "", "char", 0, 0), text, *parts, **(values | more))


def variety() -> list[Fact]:
    """The first seven are believed; of these the first five are linked, two of them alike."""
    pronoun = slot(
        "She",
        "wd:Q7186",
        name="Marie Curie",
        antecedent="Marie Curie",
        antecedent_start=0,
        antecedent_end=11,
        antecedent_segment="seg-0",
        candidates=(
            Candidate("wd:Q37463", "Irène Joliot-Curie", 0.06, "less like what the sentence says"),
            Candidate("wd:Q123", 'a "namesake" <b>', 0.02, "of another kind"),
        ),
    )
    return [
        fact(CURIE, BORN_IN, WARSAW),
        fact(pronoun, BORN_IN, WARSAW, score=0.875, further=(Argument("in winter", 3, 12),)),
        fact(CURIE, BORN_ON, slot("7 November 1867", literal="date", value="1867-11-07")),
        fact(
            slot("Ghent", "gn:2797656"),
            slot("is near", "http://example.org/near ly"),
            slot("Ward 3", "local:ward-3"),
        ),
        fact(CURIE, slot("prizes", "wd:P166"), slot("2", literal="number")),
        fact(slot("Élan <vital>"), slot("found"), slot('a "thing"\\\n\x07with\x00 all')),
        fact(slot("élan <vital>"), slot("found"), slot("the 1860s", literal="date", value="186X")),
        fact(CURIE, BORN_IN, slot("Paris", "wd:Q90"), polarity="negated"),
        fact(CURIE, BORN_IN, slot("Paris", "wd:Q90"), polarity="hedged", modality="doubted"),
        fact(CURIE, BORN_IN, slot("Paris", "wd:Q90"), score=0.25, generator="pair"),
    ]


def commit(name: str, facts: Sequence[Fact], path: str | None = None) -> tuple[Commit, list[Fact]]:
    """A document with a sentence for each fact, and the facts with their places in it."""
    source = Source(digest(name), "document", "text/plain", name, 7, 1.0)
    return made_facts.commit(source, SAID, facts, path or f"/papers/{name}")


def _at(part: FactSlot, text: str) -> FactSlot:
    start = text.index(part.surface)
    return replace(part, start=start, end=start + len(part.surface))


def write(workspace: Workspace, name: str, facts: Sequence[Fact], path: str | None = None) -> list[Fact]:
    made, placed = commit(name, facts, path)
    workspace.parts.store.commit(made)
    return placed
