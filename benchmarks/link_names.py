"""How often is a name linked right, or rightly not at all? python benchmarks/link_names.py FACTS.json

FACTS.json is a list of objects with ``sentence``, ``subject``, ``subject_qid``, ``object``, ``object_qid``
(a Wikidata id or null), as made from KnowledgeNet (CC BY-SA 4.0; not shipped). Counted are the arguments
of extracted triples whose words are exactly those of a marked name.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

from midspan.models.facts.extraction import extract_triples
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.linking import Linker
from midspan.models.parser import load_parser
from midspan.records import FactSlot


def outcome(slot: FactSlot, qid: str | None, graph: KnowledgeGraph) -> str:
    gold = f"wd:{qid}" if qid and graph.entity(f"wd:{qid}") else None
    if slot.uid is None:
        return "missed" if gold else "rightly unlinked"
    return "linked right" if slot.uid == gold else "linked wrong"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("facts", type=Path)
    arguments.add_argument("--sentences", type=int, default=2500)
    given = arguments.parse_args()
    gold: dict[str, dict[str, str | None]] = defaultdict(dict)
    for fact in json.loads(given.facts.read_text(encoding="utf-8")):
        for side in ("subject", "object"):
            gold[fact["sentence"]][fact[side]] = fact[f"{side}_qid"]
    sentences = random.Random(0).sample(sorted(gold), min(given.sentences, len(gold)))

    parser, graph = load_parser(), bundled_kg()
    linker = Linker(graph)
    start = time.perf_counter()
    docs = parser.parse(sentences)
    parsed = time.perf_counter()
    facts = [[linker.link(triple) for triple in extract_triples(doc)] for doc in docs]
    linked = time.perf_counter()
    counts = Counter(
        outcome(slot, gold[sentence][slot.surface], graph)
        for sentence, found in zip(sentences, facts, strict=True)
        for fact in found
        for slot in (fact.subject, fact.object)
        if not slot.literal and slot.surface in gold[sentence]
    )
    right, wrong = counts["linked right"], counts["linked wrong"]
    absent, missed = counts["rightly unlinked"], counts["missed"]
    print(f"linked: {right} right, {wrong} wrong, precision {right / (right + wrong):.3f}")
    print(f"unlinked: {absent} rightly, {missed} missed, precision {absent / (absent + missed):.3f}")
    print(f"status of {sum(map(len, facts))} facts: {Counter(fact.status for row in facts for fact in row)}")
    print(
        f"parse {len(docs) / (parsed - start):.0f}/s, rules and links {len(docs) / (linked - parsed):.0f}/s"
    )


if __name__ == "__main__":
    main()
