"""Make subjects.jsonl.gz and senses.jsonl.gz in midspan/models/atlas/learned/text:

python -m benchmarks.build_atlas_subjects --wordnet wordnet/dict

``--wordnet`` is the ``dict`` folder of WordNet 3.1. What the judge of the atlas learns from, beside the
sentences on organs that ship already:

* ``subjects.jsonl.gz``: sentences that are of no medical subject. Glosses and examples of WordNet on other
  things than bodies, the help texts that come with Python, and what this repository says of itself.
* ``senses.jsonl.gz``: short texts with an organ's word and whether it is meant bodily. Examples and glosses
  of WordNet, and sentences made of patterns of our own, filled with words of WordNet.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from pydoc_data import topics
from typing import Any

from benchmarks.build_atlas_data import MEDICAL, POINTS_AT_AN_ORGAN, synsets, write
from midspan.models.atlas.language.implied import implied_mentions
from midspan.models.atlas.language.organs import mentions
from midspan.pipelines.readers.extract import Extract
from midspan.pipelines.segmenting import reading_run, segment_document
from midspan.records import Segment

REPOSITORY = Path(__file__).parent.parent
MEDICAL_LEXFILES = ("08", "26")
"""WordNet's nouns of bodies and of states."""
OF_A_LEXFILE = 45
OF_PYTHON, OF_OURSELVES = 900, 900
ABOUT_BODIES = re.compile(r"atlas|organ|anatom|medic|disease|kidney|liver|heart|brain", re.IGNORECASE)
FIGURATIVE = re.compile(
    r"crimes of|win his heart|part of a communication|were trumps|of stone|dullness in|"
    r"pure of heart|for baseball|hardiness of|faintness of|place in my|plenty of brains|"
    r"of the nation|things of the|in your heart|and soul|heart's heart|stomach for|sinking heart|"
    r"heaviness of|broken heart|everyone's heart|beef heart|his brains from|of the struggle|"
    r"of Birmingham|liver in cities|high liver|drew a heart|in overdrive|heart's content|home is|"
    r"at the heart of|Grief fell|solemnized|misgave|stomach raw|heart strings|intertwined|"
    r"the girl's|rack one's|men's hearts|people's hearts|of envy|In my heart|plants radiate|"
    r"long on brains|seething|courageous heart|faint heart|rib roast|lightsome|addled|"
    r"of the society|jocund|of a lion|little heart|Scottish|big enough|large heart|black heart|"
    r"grateful|obdurate|heavy heart|light heart|army of brains|is sorrowful|joyful|young and gay|"
    r"Appalachian|metagrob|cerebral (?:approach|drama)|stout hearts|heart-whole|tender heart|"
    r"of a fish|of an insect|calyx|unwilled|betrayal|from the heart|of a computer"
)
"""WordNet's examples with an organ's word that is not meant bodily, by reading them."""
OTHER_SENSES = {
    "05": "animal",
    "10": "communication",
    "13": "food",
    "15": "place",
    "20": "plant",
    "21": "money",
}
"""Lexicographer files of nouns whose glosses speak of no human organ, whatever words they use."""
BODILY_SENSES = ("08", "22", "26", "27")

FIGURATIVE_PATTERNS = (
    "The {core} of the {act} was a man called {name}.",
    "the {core} behind the {act}",
    "at the heart of the {idea}",
    "A hotel in the heart of {place}, close to the {thing}.",
    "{place} lies in the heart of the {region}.",
    "The {thing} is the {core} of the whole {group}.",
    "the backbone of our {group}",
    "{name} was the brains of the {group}.",
    "She put her heart into the {act}.",
    "He learned the {idea} by heart.",
    "{name} lost his heart to {place}.",
    "It broke her heart to leave {place}.",
    "with a heavy heart {name} sold the {thing}",
    "a change of heart about the {act}",
    "The {group} is the heart and soul of {place}.",
    "{name} had no stomach for another {act}.",
    "He could not stomach the {idea}.",
    "a {organ}-shaped {thing}",
    "The {thing} has the shape of a {organ}.",
    "a {colour} {organ} on a {colour} shield",
    "Fry the {food} with onions and butter.",
    "{animal} {food} with potatoes and gravy",
    "a pot of {food} and beans",
    "Serve the {food} on toast with a glass of wine.",
    "soak the kidney beans overnight and rinse them",
    "Barbecued ribs and a glass of beer at {place}.",
    "Grill the ribs until the sauce is sticky.",
    "chicken livers, chopped, with thyme",
    "The {animal} has {number} spines along its back.",
    "the heart of a {animal} is a favourite dish in {place}",
    "the swim bladder of the {animal}",
    "the spines of the {plant} are sharp",
    "the ovary of the {plant} ripens into a fruit",
    "The flower of the {plant} has a superior ovary and {number} stamens.",
    "Its leaves have a strong central rib, as in the {plant}.",
    "heart of the {plant}, cut into salads",
    "The title is printed on the spine of the {book}.",
    "The spine of the {book} was torn.",
    "the ribs of the {thing} are made of oak",
    "a ceiling with ribs of stone above the {thing}",
    "Cut the {thing} along its ribs.",
    "Put a colon after the {word}.",
    "The key and the value are separated by a colon.",
    "a {word} followed by a colon and a space",
    "Use a colon or a semicolon to separate the {word}s.",
    "The {word} before the colon names the {word}.",
    "missing colon at the end of the line",
    "The price was {number} colon, paid in {place}.",
    "He sailed from Colon to {place}.",
    "{name} took office in Colon, {place}.",
    "the sigmoid function of the {word}",
    "a layer with sigmoid activation and {number} units",
    "the logistic sigmoid of each {word}",
    "The atria of the {thing} are lit from above.",
    "a Roman house with two atria and a {thing}",
    "a spine and leaf network of {number} switches",
    "{name} won the Purple Heart in {year}.",
    "the Church of the Sacred Heart in {place}",
    "{name} scored for Hearts against {place}.",
    "the band Heart released the album in {year}",
    "queen of hearts and ace of spades",
    "Two of hearts, said {name}, and lost the game.",
    "The Lung Valley is {number} miles from {place}.",
    "{name} Lung is a writer from {place}.",
    "The parks are the lungs of {place}.",
    "the green lung of the {region}",
    "The computer is the brain of the {thing}.",
    "a chip that works as the brain of the {thing}",
    "an artificial brain for the {group}",
    "brain teasers and other {word}s",
    "the brain drain from {place}",
    "the womb of the {idea}",
    "{name} is a high liver with expensive tastes.",
    "The {act} took place in the belly and bladder of the {thing}.",
    "the rubber bladder of the {thing} was pumped up",
    "a fuel bladder for the {thing}",
    "a man after my own heart",
    "in his heart of hearts {name} knew",
    "The film {idea} is about two lonely hearts.",
    "hearts and minds of the {group}",
    "heart-warming {idea} from {place}",
    "The line of the {region} follows the spine of the mountains.",
    "the spine of the story is the {act}",
    "He has no spine and no {idea}.",
    "pumping station at the heart of the {thing}",
    "the {thing} core, heart of the reactor",
    "the cervical collar of the {thing}",
    "The siege of Ilium and the {act}.",
    "a pancreatic smile",
    "the genus Thymus and the {plant}",
)
BODILY_PATTERNS = (
    "{name} died of {organ} failure in {year}.",
    "He died of {organ} cancer at the age of {number}.",
    "{name} had a {organ} transplant in {year}.",
    "She was diagnosed with {organ} cancer.",
    "The bullet hit him in the {organ}.",
    "{name} was treated for a {organ} infection in {place}.",
    "He suffered a heart attack during the {act}.",
    "{name} collapsed with heart trouble and was taken to hospital.",
    "brain injuries after the crash in {place}",
    "He broke {number} ribs when he fell from the {thing}.",
    "a fractured spine",
    "a kick in the stomach",
    "A blow to the {organ} killed him.",
    "Smoking harms the {organ}.",
    "drinking damages the {organ}",
    "pain around the {organ} after a meal",
    "the doctors removed his {organ}",
    "surgery on her {organ}",
    "tests showed that the {organ} was swollen",
    "an operation on the {organ} in {year}",
    "bleeding into the {organ}",
    "The {organ} takes blood from the vessels.",
    "a tumour of the {organ}",
    "a scan of the {organ}",
    "stones in the {organ}",
    "He gave a {organ} to his brother.",
    "the nerves of the {organ}",
    "the patient's {organ} stopped working",
    "the baby's {organ} did not develop",
    "inflammation of the {organ}",
    "{name}'s {organ} was weak since childhood.",
    "the cells of the {organ}",
    "a drug that acts on the {organ}",
    "{organ} disease runs in the family",
    "The virus attacks the {organ}.",
    "cardiac arrest",
    "He was operated on for a brain tumour.",
    "fluid in the lungs",
    "an ulcer of the stomach",
    "a stab wound through the lung",
    "her lungs were full of smoke",
    "the muscles around the spine",
    "his heart beat faster",
    "she felt sick to the stomach",
)
ORGANS = (
    "heart",
    "brain",
    "lung",
    "liver",
    "kidney",
    "stomach",
    "spleen",
    "pancreas",
    "colon",
    "bladder",
    "uterus",
    "ovary",
    "spine",
    "thyroid",
    "gallbladder",
    "pelvis",
    "small intestine",
    "esophagus",
    "adrenal gland",
    "testicle",
    "thymus",
    "womb",
)
NAMES = "Ahmed, Anna, Boris, Carla, Chen, Elena, Fischer, Gupta, Ivanov, Jones, Kim, Lopez, Maria, Nakamura"
FILLERS = {
    "core": "heart, brain, backbone, spine, brains, heart and brain",
    "organ": ", ".join(ORGANS),
    "name": NAMES,
    "colour": "red, blue, green, golden, white",
    "food": "liver, kidneys, hearts, calf's liver, lamb's liver, liver sausage, kidney pie, ribs, "
    "liver pate, tripe and kidney",
    "number": "two, three, five, eight, twelve, forty",
    "year": "1871, 1912, 1944, 1968, 1989, 2003, 2016",
    "book": "book, volume, atlas, ledger, notebook, manual, dictionary",
    "word": "name, key, label, option, field, line, path, argument, statement, host",
}
SLOTS = {
    "act": "04",
    "animal": "05",
    "thing": "06",
    "idea": "09",
    "group": "14",
    "place": "15",
    "region": "17",
    "plant": "20",
}
"""Slots that are filled with WordNet's nouns of one word and one sense, by lexicographer file."""
OF_A_PATTERN = 9
SPLIT_AT = re.compile(r';\s+"')


def glosses(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """(document, part of speech and lexicographer file, kind, text) of each gloss and example."""
    for name in ("noun", "verb", "adj", "adv"):
        for offset, lexfile, words, text in synsets(folder, name):
            gloss, *examples = (part.strip(' ";') for part in SPLIT_AT.split(text))
            document = f"WordNet:{name}-{offset}"
            yield document, f"{name}.{lexfile}", "gloss", f"{words[0]}: {gloss}"
            for example in examples:
                yield document, f"{name}.{lexfile}", "example", example


def bodily(text: str) -> bool:
    return bool(
        MEDICAL.search(text) or POINTS_AT_AN_ORGAN.search(text) or mentions(text) or implied_mentions(text)
    )


def subjects(folder: Path, chosen: random.Random) -> Iterator[dict[str, Any]]:
    by_file: dict[str, list[tuple[str, str]]] = {}
    for document, lexfile, kind, text in glosses(folder):
        if not lexfile.endswith(MEDICAL_LEXFILES) and len(text.split()) >= 5 and not bodily(text):
            by_file.setdefault(f"{lexfile}-{kind}", []).append((document, text))
    for lexfile in sorted(by_file):
        rows = by_file[lexfile]
        for document, text in chosen.sample(rows, min(len(rows), OF_A_LEXFILE)):
            yield {"doc": document, "text": text, "origin": "wordnet"}
    python = [(f"Python:{name}", text) for name, text in sorted(topics.topics.items())]
    yield from _sentences(python, "python", OF_PYTHON, chosen)
    ours = [(f"midspan:{path.relative_to(REPOSITORY)}", text) for path, text in _ours()]
    yield from _sentences(ours, "midspan", OF_OURSELVES, chosen)


def _ours() -> Iterator[tuple[Path, str]]:
    """Documents, and docstrings of code, that do not speak of bodies."""
    yield REPOSITORY / "LICENSE", (REPOSITORY / "LICENSE").read_text("utf-8")
    paths = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("midspan/**/*.py")]
    for path in sorted(paths):
        text = path.read_text("utf-8")
        if path.suffix == ".py":
            kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
            nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))
            text = "\n\n".join(filter(None, map(ast.get_docstring, nodes)))
        if "atlas" not in str(path):
            yield path, text


def _sentences(
    documents: Iterable[tuple[str, str]], origin: str, count: int, chosen: random.Random
) -> Iterator[dict[str, Any]]:
    rows = [
        {"doc": document, "text": part.text, "origin": origin}
        for document, text in documents
        for part in (segment_document("x", reading_run(), [Extract(text)]) if text else ())
        if isinstance(part, Segment) and part.kind == "sentence" and len(part.text) < 400
        if not ABOUT_BODIES.search(part.text)
    ]
    yield from chosen.sample(rows, min(len(rows), count))


def senses(folder: Path, chosen: random.Random) -> Iterator[dict[str, Any]]:
    for document, lexfile, kind, text in glosses(folder):
        named = [mention for mention in mentions(text) if mention.organ]
        file = lexfile.removeprefix("noun.")
        if not named or (kind == "gloss" and file not in (*OTHER_SENSES, *BODILY_SENSES)):
            continue
        meant = not FIGURATIVE.search(text) if kind == "example" else file in BODILY_SENSES
        yield _sense(document, text, meant)
    words = slot_words(folder)
    for patterns, meant in ((FIGURATIVE_PATTERNS, False), (BODILY_PATTERNS, True)):
        for number, pattern in enumerate(patterns):
            made = {fill(pattern, words, chosen) for _ in range(OF_A_PATTERN * (1 if not meant else 3))}
            for text in sorted(made):
                if any(mention.organ for mention in mentions(text)):
                    yield _sense(f"pattern:{meant}-{number}", text, meant)


def _sense(document: str, text: str, meant: bool) -> dict[str, Any]:
    return {"doc": document, "text": text, "bodily": meant}


def slot_words(folder: Path) -> dict[str, list[str]]:
    found = {slot: words.split(", ") for slot, words in FILLERS.items()}
    entries = [(lexfile, words) for _, lexfile, words, _ in synsets(folder, "noun")]
    senses = Counter(word.lower() for _, words in entries for word in words)
    for slot, file in SLOTS.items():
        names = slot == "place"
        found[slot] = sorted(
            {
                words[0]
                for lexfile, words in entries
                if lexfile == file and senses[words[0].lower()] == 1 and words[0].isalpha()
                if words[0][0].isupper() == names and 4 <= len(words[0]) <= 9 and not bodily(words[0])
            }
        )
    return found


def fill(pattern: str, words: dict[str, list[str]], chosen: random.Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: chosen.choice(words[slot.group(1)]), pattern)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True)
    given = parser.parse_args()
    write("subjects.jsonl.gz", subjects(given.wordnet, random.Random(0)))
    write("senses.jsonl.gz", senses(given.wordnet, random.Random(0)))


if __name__ == "__main__":
    main()
