"""Make midspan/models/atlas/learned/text from its raw inputs:

python benchmarks/build_atlas_data.py --medquad medquad_organ_sentences.jsonl.gz --wordnet wordnet/dict

``--medquad`` holds the sentences of MedQuAD in which an organ's name was found, one JSON object a line with
``doc`` and ``text``; ``--wordnet`` is the ``dict`` folder of WordNet 3.1. Three files come out:

* ``organs.jsonl.gz``: sentences that name an organ of the atlas, with where they name it. The labels are
  those of ``midspan.models.atlas.language.organs``, so they are silver. Of sentences that are the same once
  the names are masked only the first is kept.
* ``none.jsonl.gz``: sentences that name no organ and hold no word that points at one.
* ``glosses.jsonl.gz``: words of WordNet with their meaning, where it names an organ; to train on only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from midspan.models.atlas.language.organs import mentions

TARGET = Path(__file__).parent.parent / "midspan/models/atlas/learned/text"

POINTS_AT_AN_ORGAN = re.compile(
    r"hepat|nephr|\bren[ao]|cardi|pulmon|pneum|bronch|respirat|gastr|enter[io]|colo|bowel|intestin|cerebr"
    r"|enceph|neur|thyro|thym|splen|pancrea|adren|ovar|uter|metri|hyster|testic|testos|orchi|vesic|cyst|esoph"
    r"|vertebr|spin|pelv|rib|lung|heart|brain|liver|kidney|bladder|urin|breath|asthma|stroke|seizure|epilep"
    r"|migraine|headache|dementia|alzheimer|parkinson|mental|cogniti|autis|psych|schizo|chest|abdom|belly"
    r"|diabet|insulin|dialys|menstr|pregnan|fertil|birth|sperm|puberty|estrogen|stool|diarrh|constipat|vomit"
    r"|nausea|jaundice|bilirubin|cirrho|bile|digest|swallow|back pain|stomach|hip\b|hips\b|skull|head\b"
    r"|chamber|ventric|atri|arter|valve|pulse|pump|marrow|nerve|memory|coma\b|movement|muscle|womb|cervi|prostat"
    r"|rect|goiter|goitre|cortisol|tuberc|cough|collarbone|shoulder|shortness|oxygen|blood pressure|circulat"
    r"|lob[eu]|hormone|ultrasound|transplant|scan\b|mri\b|lymph|anemia|sickle|gland|intellect|develop|speech",
    re.IGNORECASE,
)
"""Stems and signs from which an organ may be inferred; a sentence with one of them is no clear negative."""
MEDICAL = re.compile(
    r"disease|\bdisorder|\bdrug|medicin|patient|\btreat|symptom|infect|surg|inherit|gene\b|genes\b|genetic|virus"
    r"|bacteri|cancer|tumou?r|inflamm|vaccin|doctor|physician|clinic|therap|skin|\bbone|blood|\bpain\b|fever",
    re.IGNORECASE,
)
CLAUSES = re.compile(
    r";\s+|,\s+(?:and|but|or|so|which|because|although|while|where|whereas)\s+|\s+(?:because|although|whereas)\s+"
)
A_DISEASE = re.compile(
    r"\w(?:itis|osis|oma|omas|emia|emic|pathy|pathic|plasia|trophy|uria|penia|algia|megaly|ectomy|scopy)\b"
    r"|[A-Z][\w'-]+ (?:syndrome|disease|disorder)\b",
)
"""Names of diseases and of procedures. A clause of MedQuAD with one of them names no organ, yet who knows the
disease can tell it: no clear negative either."""
GLOSS_FILES = {"04": "acts", "06": "artifacts", "08": "body", "26": "states", "27": "substances"}
"""WordNet's lexicographer files of nouns whose meanings speak of organs of people; others speak of the hearts
of animals, the ovaries of plants and the livers of cooks."""
NOT_OF_PEOPLE = re.compile(
    r"\b(?:plants?|flowers?|fish|fishes|birds?|insects?|animals?|horses?|meat|pistil)\b"
)
WORDS = (6, 60)


def organ_rows(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for row in rows:
        found = [mention for mention in mentions(row["text"]) if mention.organ]
        masked = row["text"]
        for mention in reversed(found):
            masked = masked[: mention.start] + "[MASK]" + masked[mention.end :]
        key = re.sub(r"\W+", " ", masked.lower())
        if found and key not in seen:
            seen.add(key)
            spans = [[mention.start, mention.end, mention.organ] for mention in found]
            kept = {key: row[key] for key in ("doc", "text", "origin") if key in row}
            yield {**kept, "spans": spans}


def plain(text: str) -> bool:
    """Whether a text is a clear negative of a usual length."""
    words = len(text.split())
    return WORDS[0] <= words <= WORDS[1] and not POINTS_AT_AN_ORGAN.search(text) and not mentions(text)


def medquad_rows(medquad: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Whole clauses that hold no anatomy, and sentences on anatomy that the atlas does not have."""
    for row in medquad:
        text = row["text"]
        if not any(mention.organ for mention in mentions(text)):
            yield {"doc": row["doc"], "text": text, "origin": "medquad-other-anatomy"}
            continue
        for clause in CLAUSES.split(text):
            clause = clause.strip(" .,;:")
            if clause and plain(clause) and clause.count("(") == clause.count(")"):
                whole = clause[0].upper() + clause[1:] + "."
                yield {"doc": row["doc"], "text": whole, "origin": "medquad-clause"}


def gloss_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Nouns and their meanings, as "Nephritis: an inflammation of the kidney."."""
    for offset, lexfile, words, gloss in synsets(folder, "noun"):
        meaning = re.split(r';\s+"', gloss)[0].strip(' ";')
        if lexfile in GLOSS_FILES and mentions(meaning) and not NOT_OF_PEOPLE.search(meaning):
            yield _wordnet("noun", offset, f"{words[0]}: {meaning}", "wordnet-organ-gloss")


def wordnet_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Examples of use (everyday English) and glosses; body parts (lexicographer file 08) are left out."""
    for name in ("noun", "verb", "adj"):
        for offset, lexfile, _, text in synsets(folder, name):
            if (name, lexfile) == ("noun", "08"):
                continue
            gloss, *examples = (part.strip(' ";') for part in re.split(r';\s+"', text))
            for example in examples:
                yield _wordnet(name, offset, example, "wordnet-example")
            origin = "wordnet-medical-gloss" if MEDICAL.search(gloss) else "wordnet-gloss"
            yield _wordnet(name, offset, gloss, origin)


def synsets(folder: Path, name: str) -> Iterator[tuple[str, str, list[str], str]]:
    """Offset, lexicographer file, words and gloss of each line of a data file."""
    for line in (folder / f"data.{name}").read_text("utf-8").splitlines():
        if line.startswith("  ") or " | " not in line:
            continue
        head, gloss = line.split(" | ", 1)
        offset, lexfile, _, count, *rest = head.split()
        words = [word.replace("_", " ") for word in rest[: 2 * int(count, 16) : 2]]
        yield offset, lexfile, words, gloss


def _wordnet(name: str, offset: str, text: str, origin: str) -> dict[str, Any]:
    text = text.strip()
    if text and text[-1] not in ".!?":
        text += "."
    return {"doc": f"WordNet:{name}-{offset}", "text": text[:1].upper() + text[1:], "origin": origin}


def none_rows(
    medquad: list[dict[str, Any]], wordnet: Path, quotas: dict[str, int]
) -> Iterator[dict[str, Any]]:
    rows = [*medquad_rows(medquad), *(row for row in wordnet_rows(wordnet) if plain(row["text"]))]
    random.Random(0).shuffle(rows)
    left, seen = dict(quotas), set()
    for row in rows:
        key = re.sub(r"\W+", " ", row["text"].lower())
        if key not in seen and left[row["origin"]] > 0:
            seen.add(key)
            left[row["origin"]] -= 1
            if row["origin"] != "medquad-clause" or not A_DISEASE.search(row["text"]):
                yield row


def write(name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Ordered by document, so that equal inputs give equal bytes and neighbours compress well."""
    ordered = sorted(rows, key=lambda row: (row["doc"], row["text"]))
    lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in ordered)
    data = gzip.compress(lines.encode(), compresslevel=9, mtime=0)
    (TARGET / name).write_bytes(data)
    print(f"{name}: {len(ordered)} sentences, {len(data)} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--medquad", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--clauses", type=int, default=4000, help="most clauses of MedQuAD")
    parser.add_argument("--wordnet-each", type=int, default=1200, help="most of each kind from WordNet")
    given = parser.parse_args()
    with gzip.open(given.medquad, "rt", encoding="utf-8") as file:
        medquad = [json.loads(line) for line in file]
    TARGET.mkdir(exist_ok=True)
    each = dict.fromkeys(("wordnet-example", "wordnet-gloss", "wordnet-medical-gloss"), given.wordnet_each)
    quotas = {"medquad-clause": given.clauses, "medquad-other-anatomy": 10_000, **each}
    write("organs.jsonl.gz", organ_rows(medquad))
    write("glosses.jsonl.gz", organ_rows(gloss_rows(given.wordnet)))
    write("none.jsonl.gz", none_rows(medquad, given.wordnet, quotas))


if __name__ == "__main__":
    main()
