"""Make midspan/models/facts/kg from its raw inputs:

python benchmarks/build_kg.py --entities entity2wikidata.json --entity-ids entity2id.txt \\
    --triples train2id.txt valid2id.txt test2id.txt --types entity2types.json --type-labels types.json \\
    --relations relations.json --properties pid2name.json --mentions val_wiki.json \\
    --extra benchmarks/kg_extra.tsv --relation-ids relation2id.txt --freebase benchmarks/kg_freebase.tsv \\
    --facts train.txt valid.txt test.txt

Where the inputs come from stands in midspan/models/facts/kg/bundled/README.md. Popularity is the number of
triples that an entity is in; of these triples those are kept whose relation has a Wikidata property.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from midspan.models.facts.kg.kinds import kind_of, kind_of_words
from midspan.models.facts.knowledge_graph import Kind

TARGET = Path(__file__).parent.parent / "midspan/models/facts/kg/bundled"

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


def kind_of_types(types: list[str], description: str) -> Kind:
    return "person" if "human" in types else kind_of(map(kind_of_words, types), description)


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
            kind_of_types(type_labels, description),
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
    counts: Counter[str] = Counter()
    for head, _, tail in freebase_triples(ids, None, triples):
        counts.update((head, tail))
    return counts


def freebase_triples(ids: Path, relation_ids: Path | None, triples: list[Path]) -> Iterator[tuple[str, ...]]:
    """Head, relation, tail by their Freebase names; relations stay numbers without ``relation_ids``."""
    names, relations = numbered(ids), numbered(relation_ids) if relation_ids else {}
    for path in triples:
        for line in path.read_text().splitlines()[1:]:
            head, tail, relation = line.split()
            yield names[head], relations.get(relation, relation), names[tail]


def numbered(path: Path) -> dict[str, str]:
    pairs = (line.split() for line in path.read_text().splitlines()[1:])
    return {number: name for name, number in pairs}


def relation_rows(arguments: argparse.Namespace, rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Facts between entities of the graph: CoDEx as it is, FB15k-237 where a relation has a property."""
    known = {row[0] for row in rows}
    said = [tuple(line.split()) for path in arguments.facts for line in path.read_text().splitlines()]
    wikidata = {key: entity["wikidata_id"] for key, entity in read_json(arguments.entities).items()}
    mapped = {
        relation: (prop, way)
        for relation, prop, way in (line.split("\t") for line in arguments.freebase.read_text().splitlines())
    }
    for head, relation, tail in freebase_triples(
        arguments.entity_ids, arguments.relation_ids, arguments.triples
    ):
        if relation in mapped and head in wikidata and tail in wikidata:
            prop, way = mapped[relation]
            ends = [wikidata[head], wikidata[tail]]
            subject, object_ = ends if way == "from the subject" else ends[::-1]
            said.append((subject, prop, object_))
    kept = {row for row in said if row[0] in known and row[2] in known and row[0] != row[2]}
    return sorted(kept, key=lambda row: tuple(int(part[1:]) for part in row))


def type_rows(arguments: argparse.Namespace, rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The types of an entity, and behind them the types themselves with their labels."""
    types, labels = read_json(arguments.types), read_json(arguments.type_labels)
    typed = [(row[0], " ".join(sorted(types[row[0]], key=qid_number))) for row in rows if types.get(row[0])]
    used = {key for _, keys in typed for key in keys.split()}
    named = [(key, "", clean(labels[key]["label"])) for key in sorted(used & labels.keys(), key=qid_number)]
    return [(*row, "") for row in typed] + named


def qid_number(qid: str) -> int:
    return int(qid[1:])


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
        "relation-ids",
        "freebase",
    ):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--triples", type=Path, nargs="+", required=True)
    parser.add_argument("--facts", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    rows = entity_rows(arguments)
    print(Counter(row[1] for row in rows))
    write("entities.tsv.gz", rows)
    write("predicates.tsv.gz", predicate_rows(arguments))
    write("relations.tsv.gz", relation_rows(arguments, rows))
    write("types.tsv.gz", type_rows(arguments, rows))


if __name__ == "__main__":
    main()
