"""A small graph of everything that the schema has, and answers made comparable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from midspan.db.graph.rows import slot_uid
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, GraphMerge
from midspan.records import Decision, Fact, FactSlot, Named, Provenance

PARAMETERS = {"uid": "wd:Q1", "uids": ["wd:Q1", "wd:Q2"]}


def slot(surface: str, uid: str | None, name: str, literal: Any = "") -> FactSlot:
    return FactSlot(surface, 0, len(surface), uid, name, 0.9, literal)


ADA, BABBAGE = slot("Ada", "wd:Q1", "Ada Lovelace"), slot("he", "wd:Q2", "Charles Babbage")
ENGINE, LONDON = slot("engine", "wd:Q3", "Analytical Engine"), slot("London", "wd:Q4", "London")
MARY, DAY = slot("Mary", None, "Mary"), slot("1815", None, "1815-12-10", "date")
WILLIAM = replace(slot("William Somerville", None, "William Somerville"), kind="person")
KNEW, BORN = slot("knew", "wd:P1", "acquaintance"), slot("born", "wd:P2", "date of birth")
INVENTED, PLACE = slot("invented", "wd:P3", "invented"), slot("stood in", "wd:P4", "location")

SAID = (
    (ADA, KNEW, BABBAGE, "affirmed", 0.9),
    (ADA, KNEW, BABBAGE, "affirmed", 0.5),
    (BABBAGE, INVENTED, ENGINE, "affirmed", 0.8),
    (ENGINE, PLACE, LONDON, "affirmed", 0.7),
    (ADA, INVENTED, ENGINE, "negated", 0.6),
    (ADA, BORN, DAY, "affirmed", 0.4),
    (MARY, KNEW, ADA, "affirmed", 0.3),
    (ADA, PLACE, LONDON, "hedged", 0.2),
    (WILLIAM, KNEW, MARY, "affirmed", 0.6),
)


def facts() -> Iterator[GraphFact]:
    for number, (subject, predicate, object_, polarity, score) in enumerate(SAID):
        source = f"source-{number // 3}"
        place = Provenance(source, "run", f"segment-{number}", "char", 10.0 * number, 10.0 * number + 9)
        text = f"{subject.surface} {predicate.surface} {object_.surface}."
        said = Fact(
            id=f"fact-{number}",
            provenance=place,
            text=text,
            subject=subject,
            predicate=predicate,
            object=object_,
            polarity=polarity,  # type: ignore[arg-type]
            status="linked",
            score=score,
            modality="planned" if polarity == "hedged" else "",
        )
        yield GraphFact(said, f"Title of {source}", f"/library/{source}.txt", page=number)


def merges() -> Iterator[GraphMerge]:
    """Mary is somebody of whom there is no other fact, and Ada is called another name too."""
    mary, king = Named(slot_uid(MARY, ""), "Mary"), Named(f"local:{'0' * 24}", "Countess King")
    yield GraphMerge(Decision(1, "same", mary, Named("wd:Q5", "Mary Somerville"), "me", 0.0, "the letters"))
    yield GraphMerge(Decision(2, "same", king, Named("wd:Q1", "Ada"), "me", 60.0, ""))


@dataclass(frozen=True)
class Both:
    embedded: GraphStore
    server: GraphStore


def comparable(question: str, rows: Any) -> list[str]:
    """Rows as JSON, numbers alike whether an engine calls them integers or floats; in the order of the answer
    where the question asks for one."""
    told = [json.dumps(_plain(row), sort_keys=True) for row in rows]
    return told if "ORDER BY" in question.rpartition("RETURN")[2] else sorted(told)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return round(float(value), 9) if isinstance(value, int | float) and not isinstance(value, bool) else value
