"""Make midspan/models/facts/kg from its raw inputs:

python benchmarks/build_kg.py --entities entity2wikidata.json --entity-ids entity2id.txt \\
    --triples train2id.txt valid2id.txt test2id.txt --types entity2types.json --type-labels types.json \\
    --relations relations.json --properties pid2name.json --mentions val_wiki.json \\
    --extra benchmarks/kg_extra.tsv

Where the inputs come from stands in midspan/models/facts/kg/README.md. Of the triples only the number of
triples that an entity is in is kept (its popularity).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "midspan/models/facts/kg"

DATE_PROPERTIES = {
    "P569": ("date of birth", "date on which the subject was born"),
    "P570": ("date of death", "date on which the subject died"),
    "P571": ("inception", "time when an entity begins to exist"),
    "P577": ("publication date", "date or point in time when a work was first published or released"),
    "P1082": ("population", "number of people inhabiting the place"),
}
"""Wikidata's own labels (CC0) of properties that the two lists lack."""

EXTRA_POPULARITY = "10"

MENTION_KINDS = {
    "P177": ("place", "place"),
    "P364": ("work", "other"),
    "P641": ("other", "other"),
    "P413": ("person", "other"),
    "P206": ("place", "place"),
    "P412": ("person", "other"),
    "P26": ("person", "person"),
    "P410": ("person", "other"),
    "P25": ("person", "person"),
    "P463": ("other", "organisation"),
    "P40": ("person", "person"),
}
"""Of head and tail, by FewRel property; the rest may be anything."""

KIND_WORDS = {
    "occupation": "profession|occupation|position|musical profession|filmmaking occupation",
    "person": "human|person|actor|actress|singer|songwriter|musician|composer|rapper|guitarist|drummer|"
    "director|producer|screenwriter|writer|author|novelist|poet|playwright|journalist|comedian|model|"
    "politician|president|prime minister|lawyer|judge|monarch|king|queen|emperor|pope|philosopher|scientist|"
    "physicist|chemist|mathematician|economist|historian|painter|artist|animator|designer|architect|"
    "cinematographer|editor|athlete|footballer|player|wrestler|boxer|coach|manager|businessman|businesswoman|"
    "entrepreneur|businessperson|conductor|pianist|bassist|dancer|choreographer|presenter|host|personality|"
    "activist|general|officer|engineer|inventor|psychologist|theologian|dramatist|essayist|critic|celebrity|"
    "filmmaker|pornographic actor|entertainer|magician|cartoonist|lyricist|saxophonist|trumpeter|violinist|"
    "vocalist|theorist|biologist|statesman|explorer|astronomer|scholar|impressionist|character in",
    "work": "film|television series|series|sitcom|miniseries|album|song|novel|book|play|musical|opera|"
    "video game|poem|comic book|magazine|newspaper|soundtrack|TV show|telenovela|drama series|anime|manga",
    "organisation": "university|college|school|company|corporation|band|musical group|group|team|club|"
    "organization|organisation|party|label|studio|agency|airline|network|channel|orchestra|league|bank|"
    "publisher|enterprise|business|manufacturer|conglomerate|institution|association|military branch|army|"
    "navy|church|duo|broadcaster|conservatory|academy|retailer|chain",
    "place": "city|town|village|county|state|country|capital|province|region|island|municipality|commune|"
    "borough|district|settlement|neighborhood|neighbourhood|river|lake|mountain|continent|sea|ocean|"
    "republic|kingdom|archipelago|territory|area|empire|metropolis|county seat|suburb|prefecture|parish|"
    "airport|cemetery|desert|peninsula|nation|suburb|canton|emirate|comune|principality|dependency|building",
}
"""Words of a type or description, by kind; the word that comes first in the text decides."""


def kind_of(types: list[str], description: str) -> str:
    """person, place, organisation, work, occupation or other."""
    if "human" in types:
        return "person"
    votes = Counter(kind for label in types if (kind := kind_of_words(label)) != "other")
    if votes:
        return votes.most_common(1)[0][0]
    if re.match(r"(person|someone|one) (who|that|whose)\b|(profession|occupation)\b", description):
        return "occupation"
    if re.search(r"\b(genre|award|sport|position|species|element|currency)\b", description):
        return "other"
    # "city in Texas", "1994 film directed by ...", "American actor": what it is comes before a preposition.
    return kind_of_words(
        re.split(r",? (?:in|by|of|from|for|based|located|directed|with|who|that)\b", description)[0]
    )


def kind_of_words(text: str) -> str:
    found = [
        (match.start(), kind)
        for kind, words in KIND_WORDS.items()
        for match in re.finditer(rf"\b(?:{words})s?\b", text, re.IGNORECASE)
    ]
    # The last noun of a noun phrase is its head: "film director" is a person, "university town" a place.
    return max(found)[1] if found else "other"


def entity_rows(arguments: argparse.Namespace) -> list[tuple[str, ...]]:
    entities = read_json(arguments.entities)
    types, labels = read_json(arguments.types), read_json(arguments.type_labels)
    popularity = degrees(arguments.entity_ids, arguments.triples)
    rows: dict[str, tuple[str, ...]] = {}
    for freebase, entity in entities.items():
        wikidata = entity["wikidata_id"]
        type_labels = [labels[key]["label"] for key in types.get(wikidata, ()) if key in labels]
        description = clean(entity["description"] or "")
        aliases = sorted({clean(alias) for alias in entity["alternatives"]} - {clean(entity["label"])})
        row = (
            wikidata,
            kind_of(type_labels, description),
            str(popularity[freebase]),
            clean(entity["label"]),
            description,
            "|".join(alias.replace("|", " ") for alias in aliases if alias),
        )
        if wikidata not in rows or int(rows[wikidata][2]) < int(row[2]):
            rows[wikidata] = row
    for row in [*extra_rows(arguments.extra), *mention_rows(arguments.mentions)]:
        rows.setdefault(row[0], row)
    return [rows[key] for key in sorted(rows, key=lambda key: int(key[1:]))]


def extra_rows(path: Path) -> list[tuple[str, ...]]:
    """Entities written down by hand: Wikidata id, kind, label, description, aliases."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (qid, kind, EXTRA_POPULARITY, label, description, aliases)
        for qid, kind, label, description, aliases in (line.split("\t") for line in lines)
    ]


def mention_rows(path: Path) -> list[tuple[str, ...]]:
    """Entities of FewRel's sentences under the name that is used most, if it is written as a name."""
    names: dict[str, Counter[str]] = {}
    kinds: dict[str, Counter[str]] = {}
    for prop, examples in read_json(path).items():
        for example in examples:
            for side, kind in zip("ht", MENTION_KINDS.get(prop, ("other", "other")), strict=True):
                _, qid, places = example[side]
                name = join([example["tokens"][index] for index in places[0]])
                names.setdefault(qid, Counter())[name] += 1
                kinds.setdefault(qid, Counter())[kind] += 1
    rows = []
    for qid, counted in names.items():
        name, kind = counted.most_common(1)[0][0], kinds[qid].most_common(1)[0][0]
        a_name = all(word[0].isupper() for word in (name.split()[0], name.split()[-1]))
        # One word is too little for a person or a work: "Alexander", "Up".
        if a_name and (" " in name or kind not in ("person", "work", "other")):
            rows.append((qid, kind, str(sum(counted.values())), name, "", ""))
    return rows


def join(tokens: list[str]) -> str:
    """Words as they are written: "Moore 's" and "rock - n - roll" without the blanks."""
    return clean(re.sub(r" (?=[,.:;!?)]|'s\b|- )|(?<= -) |(?<=\() ", "", " ".join(tokens)))


def degrees(ids: Path, triples: list[Path]) -> Counter[str]:
    names = {}
    for line in ids.read_text().splitlines()[1:]:
        name, number = line.split()
        names[number] = name
    counts: Counter[str] = Counter()
    for path in triples:
        for line in path.read_text().splitlines()[1:]:
            head, tail, _ = line.split()
            counts.update((names[head], names[tail]))
    return counts


def predicate_rows(arguments: argparse.Namespace) -> list[tuple[str, ...]]:
    rows = {key: tuple(value) for key, value in read_json(arguments.properties).items()}
    for key, value in read_json(arguments.relations).items():
        rows.setdefault(key, (value["label"], value["description"]))
    rows |= DATE_PROPERTIES
    return [(key, *map(clean, rows[key])) for key in sorted(rows, key=lambda key: int(key[1:]))]


def clean(text: str) -> str:
    return " ".join(text.split())


def read_json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def write(name: str, rows: list[tuple[str, ...]]) -> None:
    data = "".join("\t".join(row) + "\n" for row in rows).encode()
    packed = gzip.compress(data, compresslevel=9, mtime=0)
    (TARGET / name).write_bytes(packed)
    print(f"{name}: {len(rows)} rows, {len(packed)} bytes, SHA-256 {hashlib.sha256(packed).hexdigest()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in (
        "entities",
        "entity-ids",
        "types",
        "type-labels",
        "relations",
        "properties",
        "mentions",
        "extra",
    ):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--triples", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    rows = entity_rows(arguments)
    print(Counter(row[1] for row in rows))
    write("entities.tsv.gz", rows)
    write("predicates.tsv.gz", predicate_rows(arguments))


if __name__ == "__main__":
    main()
