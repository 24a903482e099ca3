"""JSON-LD (W3C) with PROV-O: each fact with its sentence and document, its run, and how sure it is.

A fact is an ``rdf:Statement``, so that one that is denied or doubted states nothing by itself. The file is
one object with a fact a line in ``@graph``; what several facts share is repeated, as RDF allows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from midspan.db.record_store import GraphFact
from midspan.platform.export.iris import XSD, entity_iri, literal, predicate_iri, urn
from midspan.platform.export.runs import Runs
from midspan.platform.export.texts import all_utf8
from midspan.records import Fact, FactSlot, Run

TERMS = "urn:midspan:term:"
_TEXTS = ("polarity", "modality", "status", "generator", "antecedent", "path", "stage", "model", "weights")
_WHOLE = ("page", "stageVersion")

CONTEXT: dict[str, Any] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": XSD,
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "dcterms": "http://purl.org/dc/terms/",
    "midspan": TERMS,
    **{name: f"midspan:{name}" for name in _TEXTS},
    **{name: {"@id": f"midspan:{name}", "@type": "xsd:integer"} for name in _WHOLE},
    "confidence": {"@id": "midspan:confidence", "@type": "xsd:double"},
    **{f"{part}Mention": f"midspan:{part}Mention" for part in ("subject", "predicate", "object")},
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
    "exact": "oa:exact",
    "label": "rdfs:label",
}
"""Places count code points of the document's text."""


def write(path: Path, facts: Iterable[GraphFact], runs: Runs) -> int:
    """Returns the number of facts."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"@context": {json.dumps(CONTEXT)},\n"@graph": [')
        for item in facts:
            file.write(",\n" if written else "\n")
            node = _node(item, runs[item.fact.provenance.run_id])
            file.write(json.dumps(all_utf8(node), ensure_ascii=False))
            written += 1
        file.write("\n]}\n")
    return written


def _node(item: GraphFact, run: Run) -> dict[str, Any]:
    fact = item.fact
    mentions = {f"{part}Mention": _mention(fact, part) for part in ("subject", "predicate", "object")}
    return {
        "@id": urn("fact", fact.id),
        "@type": ["rdf:Statement", "prov:Entity"],
        "rdf:subject": {"@id": entity_iri(fact, "subject"), "label": fact.subject.name},
        "rdf:predicate": {"@id": predicate_iri(fact), "label": fact.predicate.name},
        "rdf:object": _object(fact),
        "confidence": fact.score,
        "polarity": fact.polarity,
        **({"modality": fact.modality} if fact.modality else {}),
        "status": fact.status,
        "generator": fact.generator,
        **mentions,
        "prov:wasDerivedFrom": _passage(item),
        "prov:wasGeneratedBy": _run(run),
    }


def _object(fact: Fact) -> dict[str, Any]:
    if not fact.object.literal:
        return {"@id": entity_iri(fact, "object"), "label": fact.object.name}
    text, type_ = literal(fact.object)
    return {"@value": text, **({"@type": type_} if type_ else {})}


def _mention(fact: Fact, part: str) -> dict[str, Any]:
    """What the text says of a part, and how sure its link is."""
    slot: FactSlot = getattr(fact, part)
    return {
        "@id": f"{urn('fact', fact.id)}:{part}",
        "@type": "oa:TextPositionSelector",
        "exact": slot.surface,
        "start": slot.start,
        "end": slot.end,
        "confidence": slot.score,
        **({"antecedent": slot.antecedent} if slot.antecedent else {}),
    }


def _passage(item: GraphFact) -> dict[str, Any]:
    """The sentence, its place, and the document around it."""
    place = item.fact.provenance
    passage = urn("passage", item.fact.id)
    return {
        "@id": passage,
        "@type": ["prov:Entity", "oa:SpecificResource"],
        "prov:value": item.fact.text,
        "oa:hasSelector": {
            "@id": f"{passage}:position",
            "@type": "oa:TextPositionSelector",
            "start": int(place.start),
            "end": int(place.end),
        },
        **({"page": item.page} if item.page is not None else {}),
        "oa:hasSource": {
            "@id": urn("source", place.source_id),
            "@type": "prov:Entity",
            "dcterms:title": item.source_title,
            **({"path": item.path} if item.path else {}),
        },
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "@id": urn("run", run.id),
        "@type": "prov:Activity",
        "stage": run.stage,
        "stageVersion": run.stage_version,
        "model": run.model,
        **({"weights": run.weights_sha256} if run.weights_sha256 else {}),
    }
