"""The table of wordings, as it stands in benchmarks/results/wordings.md:

python benchmarks/wordings.py
"""

from __future__ import annotations

from pathlib import Path

from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.patterns import PATTERNS, Pattern

OUT = Path(__file__).parent / "results" / "wordings.md"
HEAD = """# Wordings of properties

Those written by hand (`midspan/models/facts/patterns.py`), with the kinds of what they join. Words stand in
their dictionary form, `found by` is a passive; JOB is any occupation, `+` an object that is left out; *party*
and *school* say what the object is called. "Back" runs from the object to the subject; "both" needs both
kinds known. The other properties of a graph are said by their labels and aliases.

| property | kinds | runs | wordings |
|---|---|---|---|
"""


def table() -> str:
    return HEAD + "".join(map(_line, PATTERNS))


def _line(pattern: Pattern) -> str:
    predicate = bundled_kg().predicate(pattern.property)
    name = predicate.name if predicate is not None else pattern.property
    kinds = " to ".join("/".join(sorted(side)) or "any" for side in (pattern.subject, pattern.object))
    runs = ", ".join(word for word, is_so in (("back", pattern.inverse), ("both", pattern.strict)) if is_so)
    label = f"{name} ({pattern.property.removeprefix('wd:')})"
    return f"| {label} | {kinds} | {runs} | {', '.join(pattern.wordings)} |\n"


if __name__ == "__main__":
    OUT.write_text(table(), "utf-8")
