"""How often the scene that is meant comes first.

    python -m benchmarks.scene_questions

Questions by hand (``scene_questions.tsv``: ours, with kinds and other words than the sentences have) are
asked of the scenes of the bundled documents; where no scene is right, nothing is to be found. The half called
``tuned`` was looked at while the search was written, the other was asked at the end. Questions made of
the relations of generated scenes (``models/scene/data/generator.py``, templates that nothing was trained on)
are asked of 2,000 such scenes; right is every scene that was made with such a relation between such nouns.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.common import write
from midspan import Workspace
from midspan.corpus import folder as corpus
from midspan.errors import WrongUse
from midspan.models.kit.measuring import clustered
from midspan.models.scene.data.examples import Example
from midspan.models.scene.data.generator import generate
from midspan.models.scene.wordings import IN_PICTURE, INVERSE
from midspan.platform.answers import Hit

QUESTIONS = Path(__file__).with_suffix(".tsv")
SCENES, ASKED, SEED = 2000, 300, 11
WORDS = {"next_to": "next to", "in_front_of": "in front of", "left_of": "left of", "right_of": "right of"}
PARTS = ("tuned", "untouched")
LEFT_OUT = (*IN_PICTURE, "between", "facing", "facing_away")

Right = Callable[[Hit], bool]
Question = tuple[str, Right | None]
"""Words, and what is right; None where nothing is."""


def by_hand(part: str) -> Iterator[Question]:
    for line in QUESTIONS.read_text("utf-8").splitlines():
        of, words, wanted = line.split("\t")
        if of == part:
            yield words, among(frozenset(wanted.split(" / "))) if wanted else None


def among(texts: frozenset[str]) -> Right:
    return lambda hit: flowing(hit.text) in texts


def flowing(text: str) -> str:
    return " ".join(text.split())


def said(example: Example) -> Iterator[tuple[str, str, str]]:
    """(noun, predicate, noun) of what is stated of two things, both ways round."""
    for one in example.relations:
        ends = example.things[one.subject].label, example.things[one.object].label
        yield ends[0], one.predicate, ends[1]
        if one.predicate in INVERSE:
            yield ends[1], INVERSE[one.predicate], ends[0]


def of_one_sentence() -> list[Example]:
    """So that a scene is read of each whole text."""
    made = generate(6 * SCENES, SEED, "templates")
    return list(islice((one for one in made if one.text.count(".") == 1 and one.text[-1] == "."), SCENES))


def generated(examples: list[Example]) -> Iterator[Question]:
    made = {flowing(example.text): set(said(example)) for example in examples}
    known = sorted({one for relations in made.values() for one in relations})
    asked = [one for one in known if one[1] not in LEFT_OUT and one[0] != one[2]]
    for one in random.Random(SEED).sample(asked, ASKED):
        words = f"{one[0]} {WORDS.get(one[1], one[1].replace('_', ' '))} {one[2]}"
        yield words, stating(made, one)


def stating(made: dict[str, set[tuple[str, str, str]]], one: tuple[str, str, str]) -> Right:
    return lambda hit: one in made.get(flowing(hit.text), ())


def rates(
    workspace: Workspace, questions: Iterator[Question]
) -> tuple[list[float], list[float], list[float]]:
    """For each question whether the first is right, and one of the first three; and whether nothing was found
    where nothing is."""
    first, third, nothing = [], [], []
    for words, right in questions:
        try:
            hits = workspace.find_scenes(words, limit=3).hits
        except WrongUse:  # it names nothing that is known as a thing
            hits = ()
        if right is None:
            nothing.append(float(not hits))
        else:
            first.append(float(bool(hits) and right(hits[0])))
            third.append(float(any(right(hit) for hit in hits)))
    return first, third, nothing


def row(name: str, found: tuple[list[float], list[float], list[float]]) -> list[Any]:
    first, third, nothing = found
    return [name, len(first) + len(nothing), told(first), told(third), told(nothing)]


def told(values: list[float]) -> str:
    """Percent with the standard error."""
    if not values:
        return ""
    figure = clustered(values, range(len(values)))
    return f"{100 * figure.mean:.1f} ± {100 * figure.se:.1f}"


def main() -> None:
    examples = of_one_sentence()
    with tempfile.TemporaryDirectory() as place:
        texts = Path(place) / "generated.txt"
        texts.write_text("\n\n".join(example.text for example in examples))
        with Workspace.open(Path(place) / "documents") as workspace:
            workspace.ingest([corpus() / "documents"], stages=["scene"])
            rows = [row(f"by hand, {part}", rates(workspace, by_hand(part))) for part in PARTS]
        with Workspace.open(Path(place) / "generated") as workspace:
            workspace.ingest([texts], stages=["scene"])
            rows.append(row("of generated scenes", rates(workspace, generated(examples))))
    write(
        "scene_questions",
        "Scenes: how often the one that is meant is found",
        ["questions", "number", "first, %", "among the first three, %", "nothing where nothing is right, %"],
        rows,
        [f"generated: seed {SEED}, {SCENES:,} scenes of one sentence each", "± is one standard error"],
    )


if __name__ == "__main__":
    main()
