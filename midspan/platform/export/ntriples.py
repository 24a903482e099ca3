"""N-Triples (W3C): a line for each different statement, and nothing of where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from midspan.db.record_store import GraphFact
from midspan.platform.export.iris import entity_iri, literal, predicate_iri
from midspan.platform.export.runs import Runs
from midspan.platform.export.seen import Seen
from midspan.platform.export.texts import utf8
from midspan.records import Fact

_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def write(path: Path, facts: Iterable[GraphFact], runs: Runs) -> int:
    """Returns the number of triples."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file, Seen() as seen:
        for item in facts:
            line = triple(item.fact)
            if seen.new(line):
                file.write(line)
                written += 1
    return written


def triple(fact: Fact) -> str:
    return f"<{entity_iri(fact, 'subject')}> <{predicate_iri(fact)}> {_object(fact)} .\n"


def _object(fact: Fact) -> str:
    if not fact.object.literal:
        return f"<{entity_iri(fact, 'object')}>"
    text, type_ = literal(fact.object)
    quoted = f'"{utf8(text).translate(_ESCAPED)}"'
    return f"{quoted}^^<{type_}>" if type_ else quoted
