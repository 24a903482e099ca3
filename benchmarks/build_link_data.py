"""Make midspan/models/facts/link/training/text, on which the linker is trained, from its raw inputs:

python benchmarks/build_link_data.py --fewrel val_wiki.json --wordnet wordnet/dict

``--fewrel`` is the validation part of FewRel 1.0 (val_wiki.json), ``--wordnet`` the ``dict`` folder of
WordNet 3.1. Four files come out, all with rows of the same form: ``text``, and of ``subject`` and ``object``
each start, end, what it is, and the kind that the parser gives it. What it is: an entity's uid, which the
bundled graph may or may not have; an empty string for nothing that it has; null where that is not known.

* ``fewrel.jsonl.gz``: sentences of Wikipedia, labelled by hand; ``property`` is the fact that they say.
* ``namesakes.jsonl.gz``: names of people, places and things in WordNet with their meaning. Each is what of
  its names in the graph the encoder finds to be described alike, or none of them where all are described very
  differently; what lies between is left out. Silver, then, by another model than the one that is trained on
  it.
* ``passing.jsonl.gz``: names within other meanings ("a robe worn in Japan"), taken for what nearly all that
  bear the name in the graph are. Silver too.
* ``strangers.jsonl.gz``: examples of verbs with a famous name for "he", many of them of somebody else of that
  name.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.build_atlas_data import synsets
from midspan.models.encoder import TextEncoder
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph
from midspan.models.facts.link.asking import KIND_OF_LABEL
from midspan.models.facts.link.training.falb import share_of
from midspan.models.parser import load_parser

TARGET = Path(__file__).parent.parent / "midspan/models/facts/link/training/text"
SAME, MARGIN = 0.45, 0.15
"""Cosine of two descriptions from which on they are of one thing, and how far behind another must be."""
OTHER = 0.2
"""Up to here they are of different things."""
SOLE = 0.9
"""Share of the popularity of all of a name, from which on it is taken for that one."""
PASSING = 4000
Row = dict[str, Any]
A_TRADE = re.compile(r"(?:someone|a (?:person|worker|craftsman|man|woman|skilled worker)) (?:who|whose)")
TRADES, KNOWN = 0.4, 0.25
"""Shares of them."""
HE_DOES = re.compile(r"(?:He|She|he|she) ([a-z]+(?: [^\s]+){2,14})$")


def fewrel_rows(path: Path) -> Iterator[Row]:
    for number, found in sorted(json.loads(path.read_text("utf-8")).items()):
        for sentence in found:
            tokens = sentence["tokens"]
            starts = np.cumsum([0, *(len(token) + 1 for token in tokens)])
            row: Row = {"text": " ".join(tokens), "property": f"wd:{number}"}
            for side, key in (("subject", "h"), ("object", "t")):
                places = sentence[key][2][0]
                end = int(starts[places[-1]]) + len(tokens[places[-1]])
                row[side] = [int(starts[places[0]]), end, f"wd:{sentence[key][1]}", ""]
            yield row


def meanings(folder: Path) -> Iterator[tuple[list[str], str]]:
    for _, _, words, gloss in synsets(folder, "noun"):
        yield [word.replace("_", " ") for word in words], re.split(r';\s+"', gloss)[0].strip(' ";')


def namesake_rows(folder: Path, graph: KnowledgeGraph) -> Iterator[Row]:
    named = [
        (words, gloss, {word: found for word in words if (found := _described(graph, word))})
        for words, gloss in meanings(folder)
        if words[0][:1].isupper()
    ]
    named = [one for one in named if one[2]]
    vectors = _vectors([gloss for _, gloss, _ in named])
    known = _vectors(
        [one.description for _, _, found in named for several in found.values() for one in several]
    )
    for _, gloss, found in named:
        alike = {
            one.uid: float(vectors[gloss] @ known[one.description])
            for several in found.values()
            for one in several
        }
        gold = _meant(alike)
        if gold is None:
            continue
        for word in found:
            text = f"{word} is {gloss}."
            rest = [len(word) + 4, min(len(text) - 1, len(word) + 64), None, ""]
            yield {"text": text, "property": "", "subject": [0, len(word), gold, ""], "object": rest}


def passing_rows(folder: Path, graph: KnowledgeGraph) -> Iterator[Row]:
    texts = [(words[0], f"{words[0]}: {gloss}.") for words, gloss in meanings(folder)]
    chosen = sorted(
        (one for one in texts if re.search(r"\s[A-Z][a-z]", one[1])), key=lambda one: share_of(*one)
    )
    count = 0
    for start in range(0, len(chosen), 1000):
        some = chosen[start : start + 1000]
        for (word, text), doc in zip(some, load_parser().parse([text for _, text in some]), strict=True):
            for entity in doc.ents:
                gold = _sole(graph, entity.text) if entity.start_char > len(word) else None
                if gold and entity.label_ in KIND_OF_LABEL and entity.label_ != "NORP":
                    place = [entity.start_char, entity.end_char, gold, ""]
                    yield {"text": text, "property": "", "subject": [0, len(word), None, ""], "object": place}
                    count += 1
        if count > PASSING:
            return


def stranger_rows(folder: Path, graph: KnowledgeGraph) -> Iterator[Row]:
    """What "he" does in an example, done by somebody of a famous name: with a trade that is not the one that
    is known (then it is not that one), with what the graph says of it (then it is), or with neither (then it
    is in half of them)."""
    rng = np.random.default_rng(0)
    people = [one for one in graph if one.kind == "person" and one.description and " " in one.name]
    weights = np.sqrt([one.popularity + 1.0 for one in people])
    trades = sorted({words[0] for words, gloss in _people(folder) if A_TRADE.match(gloss)})
    for _, _, _, text in synsets(folder, "verb"):
        for example in (part.strip(' ";') for part in re.split(r';\s+"', text)[1:]):
            done = HE_DOES.match(example)
            if done is None:
                continue
            one = people[int(rng.choice(len(people), p=weights / weights.sum()))]
            draw, trade = rng.random(), trades[int(rng.integers(len(trades)))]
            known = one.description.rstrip(".")
            said = f", {_article(trade)} {trade}," if draw < TRADES else ""
            said = f", {_article(known)} {known}," if draw >= 1 - KNOWN else said
            text = f"{one.name}{said} {done[1]}."
            yield {
                "text": text,
                "property": "",
                "subject": [0, len(one.name), one.uid if draw >= (1 + TRADES - KNOWN) / 2 else "", ""],
                "object": [len(one.name) + len(said) + 1, len(text) - 1, None, ""],
            }


def _people(folder: Path) -> Iterator[tuple[list[str], str]]:
    for _, lexfile, words, gloss in synsets(folder, "noun"):
        if lexfile == "18" and words[0].islower() and " " not in words[0] and "_" not in words[0]:
            yield words, gloss


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def with_kinds(rows: Iterable[Row]) -> Iterator[Row]:
    """What the parser takes each mention for."""
    known = list(rows)
    for row, doc in zip(known, load_parser().parse([row["text"] for row in known]), strict=True):
        for side in ("subject", "object"):
            start, end = row[side][:2]
            labels = [one.label_ for one in doc.ents if one.start_char < end and start < one.end_char]
            row[side][3] = KIND_OF_LABEL.get(labels[0], "") if labels else ""
        yield row


def _described(graph: KnowledgeGraph, name: str) -> list[Entity]:
    return [one for one in graph.named(name) if one.description]


def _meant(alike: dict[str, float]) -> str | None:
    best, *others = sorted(alike, key=lambda uid: (-alike[uid], uid))
    if alike[best] <= OTHER:
        return ""
    clear = not others or alike[others[0]] <= alike[best] - MARGIN
    return best if alike[best] >= SAME and clear else None


def _sole(graph: KnowledgeGraph, name: str) -> str | None:
    found = graph.named(name)
    total = sum(one.popularity + 1 for one in found)
    return found[0].uid if found and (found[0].popularity + 1) / total >= SOLE else None


def _vectors(texts: Sequence[str]) -> dict[str, Any]:
    different = sorted(set(texts))
    return dict(zip(different, TextEncoder().encode(different), strict=True))


def _write(name: str, rows: Iterable[Row]) -> None:
    lines = sorted({json.dumps(row, ensure_ascii=False) for row in rows})
    TARGET.mkdir(exist_ok=True)
    with gzip.GzipFile(TARGET / f"{name}.jsonl.gz", "wb", mtime=0) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
    print(f"{name}: {len(lines)} rows")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--fewrel", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    options = parser.parse_args()
    kg = bundled_kg()
    _write("fewrel", with_kinds(fewrel_rows(options.fewrel)))
    _write("namesakes", with_kinds(namesake_rows(options.wordnet, kg)))
    _write("passing", with_kinds(passing_rows(options.wordnet, kg)))
    _write("strangers", with_kinds(stranger_rows(options.wordnet, kg)))
