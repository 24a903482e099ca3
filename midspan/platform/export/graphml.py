"""GraphML: entities are nodes, facts are edges with their attributes. Each date and number is a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from midspan.db.record_store import GraphFact
from midspan.platform.export.iris import uid_of
from midspan.platform.export.runs import Runs
from midspan.platform.export.seen import Seen
from midspan.platform.export.texts import xml
from midspan.records import Fact, Run

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
NODE = {"name": "string", "kind": "string", "in_kg": "boolean", "value": "string"}
EDGE = {
    "predicate": "string",
    "predicate_name": "string",
    "polarity": "string",
    "modality": "string",
    "status": "string",
    "confidence": "double",
    "sentence": "string",
    "start": "long",
    "end": "long",
    "page": "long",
    "source": "string",
    "title": "string",
    "path": "string",
    "run": "string",
    "model": "string",
}


def write(path: Path, facts: Iterable[GraphFact], runs: Runs) -> int:
    """Returns the number of edges."""
    written = 0
    with path.open("wb") as file, etree.xmlfile(file, encoding="utf-8") as out, Seen() as seen:
        out.write_declaration()
        with out.element("graphml", {"xmlns": NAMESPACE}):
            for of, kinds in (("node", NODE), ("edge", EDGE)):
                for name, kind in kinds.items():
                    key = {"id": f"{of}_{name}", "for": of, "attr.name": name, "attr.type": kind}
                    out.write(etree.Element("key", key), "\n")
            with out.element("graph", {"edgedefault": "directed"}):
                for item in facts:
                    _fact(out, seen, item, runs[item.fact.provenance.run_id])
                    written += 1
    return written


def _fact(out: Any, seen: Seen, item: GraphFact, run: Run) -> None:
    """An edge, behind those of its two nodes that are not there yet."""
    fact = item.fact
    ends = [uid_of(fact, "subject"), _object_id(fact)]
    for uid, slot in zip(ends, (fact.subject, fact.object), strict=True):
        if seen.new(uid):
            kind = slot.literal or uid.partition(":")[0]
            said = {"name": slot.name, "kind": kind, "in_kg": slot.uid is not None, "value": slot.value}
            _write(out, "node", {"id": uid}, said)
    said = {
        "predicate": uid_of(fact, "predicate"),
        "predicate_name": fact.predicate.name,
        "polarity": fact.polarity,
        "modality": fact.modality,
        "status": fact.status,
        "confidence": fact.score,
        "sentence": fact.text,
        "start": int(fact.provenance.start),
        "end": int(fact.provenance.end),
        "page": item.page,
        "source": fact.provenance.source_id,
        "title": item.source_title,
        "path": item.path,
        "run": run.id,
        "model": run.model,
    }
    _write(out, "edge", {"id": fact.id, "source": ends[0], "target": ends[1]}, said)


def _object_id(fact: Fact) -> str:
    """Two equal dates are no common thing."""
    literal = fact.object.literal
    return f"{literal}:{fact.id}" if literal else uid_of(fact, "object")


def _write(out: Any, of: str, attributes: Mapping[str, str], said: Mapping[str, Any]) -> None:
    """An element with what is said of it; what is empty is left out."""
    element = etree.Element(of, {name: xml(value) for name, value in attributes.items()})
    for name, value in said.items():
        if value not in ("", None):
            text = str(value).lower() if isinstance(value, bool) else xml(str(value))
            etree.SubElement(element, "data", {"key": f"{of}_{name}"}).text = text
    out.write(element, "\n")
