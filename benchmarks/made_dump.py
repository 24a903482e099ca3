"""A made Wikidata dump in the true format, of any size, written as it goes.

Names are drawn from made words, so that many are shared; entities have labels in five languages, statements
with items, dates, strings and identifiers, ranks, references and sitelinks. 3 kB a line; most of Wikidata's
own are longer.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

ROOTS = {
    5: "human",
    515: "city",
    6256: "country",
    4830453: "business",
    43229: "organization",
    2221906: "geographic location",
    386724: "work",
    11424: "film",
    12737077: "occupation",
    33999: "actor",
}
ABOVE = {515: 2221906, 6256: 2221906, 4830453: 43229, 11424: 386724, 33999: 12737077}
PROPERTIES = {
    "P31": "instance of",
    "P279": "subclass of",
    "P17": "country",
    "P19": "place of birth",
    "P106": "occupation",
    "P108": "employer",
    "P159": "headquarters location",
    "P57": "director",
}
TYPES = ((5, 50), (515, 20), (4830453, 15), (11424, 15))
"""Type and share of the entities (%)."""
STATEMENTS = {5: ("P19", "P106", "P108"), 515: ("P17",), 4830453: ("P17", "P159"), 11424: ("P57", "P17")}
LANGUAGES = ("en", "de", "fr", "es", "ja")
FIRST = 10_000_000
"""The first made item; those below are the roots."""
SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ren",
    "sta",
    "vor",
    "del",
    "an",
    "tu",
    "ber",
    "gri",
    "os",
    "la",
    "fen",
    "mar",
    "to",
)


def write_dump(path: Path, count: int, seed: int = 0) -> None:
    """``[``, an entity a line with a comma behind, ``]``; gzipped where the name ends in .gz."""
    with ExitStack() as files:
        file: IO[bytes] = files.enter_context(path.open("wb"))
        if path.suffix == ".gz":
            file = files.enter_context(gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1))
        file.write(b"[\n")
        for number, line in enumerate(entities(count, seed)):
            file.write((b",\n" if number else b"") + line)
        file.write(b"\n]\n")


def entities(count: int, seed: int = 0) -> Iterator[bytes]:
    """Roots and properties first, then ``count`` items."""
    for number, label in ROOTS.items():
        above = {"P279": [_statement("P279", ABOVE[number])]} if number in ABOVE else {}
        yield _line(f"Q{number}", "item", label, "class", [], above, 40)
    for id_, label in PROPERTIES.items():
        yield _line(id_, "property", label, "relation of things", ["also " + label], {}, 0)
    chosen = random.Random(seed)
    words = ["".join(chosen.choices(SYLLABLES, k=chosen.randint(2, 4))).title() for _ in range(30_000)]
    kinds, shares = zip(*TYPES, strict=True)
    for number in range(count):
        (kind,) = chosen.choices(kinds, shares)
        long = 1 if kind == 515 else 2
        label = " ".join(chosen.choices(words, k=long))
        aliases = [" ".join(chosen.choices(words, k=long)) for _ in range(chosen.choice((0, 0, 1, 3)))]
        claims: dict[str, Any] = {"P31": [_statement("P31", kind)]}
        for prop in STATEMENTS[kind]:
            values = [FIRST + chosen.randrange(count) for _ in range(chosen.choice((1, 1, 2)))]
            claims[prop] = [_statement(prop, value) for value in values]
        description = f"{ROOTS[kind]} in {words[chosen.randrange(200)]}"
        sitelinks = min(int(chosen.paretovariate(0.8)) - 1, 300)
        yield _line(f"Q{FIRST + number}", "item", label, description, aliases, claims, sitelinks)


def _line(
    id_: str,
    type_: str,
    label: str,
    description: str,
    aliases: list[str],
    claims: dict[str, Any],
    sitelinks: int,
) -> bytes:
    texts = {language: {"language": language, "value": label} for language in LANGUAGES}
    about = {language: {"language": language, "value": description} for language in LANGUAGES}
    entity = {
        "type": type_,
        "id": id_,
        "labels": texts,
        "descriptions": about,
        "aliases": {"en": [{"language": "en", "value": alias} for alias in aliases]} if aliases else {},
        "claims": {**claims, **_OTHER_VALUES},
        "sitelinks": {
            f"l{number}wiki": {"site": f"l{number}wiki", "title": label, "badges": []}
            for number in range(min(sitelinks, 12))
        },
        "pageid": 1,
        "ns": 0,
        "title": id_,
        "lastrevid": 2,
        "modified": "2026-01-01T00:00:00Z",
    }
    return json.dumps(entity, separators=(",", ":")).encode()


def _statement(prop: str, item: int, rank: str = "normal") -> dict[str, Any]:
    value = {"entity-type": "item", "numeric-id": item, "id": f"Q{item}"}
    return _with_value(prop, {"value": value, "type": "wikibase-entityid"}, "wikibase-item", rank)


def _with_value(prop: str, value: dict[str, Any], datatype: str, rank: str = "normal") -> dict[str, Any]:
    return {
        "mainsnak": {"snaktype": "value", "property": prop, "datavalue": value, "datatype": datatype},
        "type": "statement",
        "id": "Q0$00000000-0000-0000-0000-000000000000",
        "rank": rank,
        "references": [{"hash": "0" * 40, "snaks": {}, "snaks-order": []}],
    }


_TIME = {"time": "+1950-01-01T00:00:00Z", "timezone": 0, "before": 0, "after": 0, "precision": 9}
_OTHER_VALUES = {
    "P569": [_with_value("P569", {"value": _TIME, "type": "time"}, "time")],
    "P214": [_with_value("P214", {"value": "12345", "type": "string"}, "external-id")],
    "P20": [
        {"mainsnak": {"snaktype": "somevalue", "property": "P20"}, "type": "statement", "rank": "normal"}
    ],
}
