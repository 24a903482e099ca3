"""How long scenes take to be found and listed among many, on SQLite: milliseconds.

    python -m benchmarks.scene_find [--scenes N ...]

Made scenes of two to five things of 400 nouns, of which few are frequent, as words are; each states a
relation that holds. Every question is asked seven times, in one process with parser and tables loaded.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.common import seconds, write
from midspan import Workspace
from midspan.db.record_store import READING, Commit, RunResult, TextChunk
from midspan.models.scene.asking import Label
from midspan.models.scene.concepts import concept_of
from midspan.models.scene.lexicon import all_words
from midspan.records import (
    Location,
    Provenance,
    Run,
    SceneArrangement,
    SceneObject,
    SceneRelation,
    Segment,
    Source,
    digest,
    record_id,
)

A_SOURCE = 200
LOOKS = 7
READ, SAID = Run(READING, 1), Run("scene", 1, "benchmark")
NOUNS = sorted(
    word for word, entry in all_words().items() if entry.category.group not in ("place", "overhead")
)
ORDER = random.Random(7).sample(NOUNS, 400)
WEIGHTS = [1 / (1 + rank) for rank in range(len(ORDER))]


def thing(chosen: random.Random) -> SceneObject:
    (noun,) = chosen.choices(ORDER, WEIGHTS)
    entry = all_words()[noun]
    category = entry.category
    return SceneObject(
        *(noun, 0, len(noun), category.name, entry.mapping),
        *(round(chosen.uniform(0.05, 0.95), 4), round(chosen.uniform(0.05, 0.95), 4)),
        *(category.depth, category.facing, category.width, category.height, None),
        *(noun, concept_of(noun, category.name)),
    )


def scene(source_id: str, segment_id: str, start: int, text: str, chosen: random.Random) -> SceneArrangement:
    things = tuple(thing(chosen) for _ in range(chosen.choice((2, 2, 2, 3, 3, 4, 5))))
    side = "left_of" if things[0].x < things[1].x else "right_of"
    return SceneArrangement(
        record_id("scene", source_id, SAID.id, start),
        Provenance(source_id, SAID.id, segment_id, "char", start, start + len(text)),
        text,
        things,
        (SceneRelation(0, side, 1, side.replace("_", " "), True, True),),
        1.0,
    )


def document(number: int) -> Commit:
    """``A_SOURCE`` sentences with a scene each."""
    chosen = random.Random(number)
    source = Source(
        digest("scene find", number), "document", "text/plain", f"document {number}", 1, float(number)
    )
    commit = Commit(runs=[READ, SAID], sources=[source])
    start = 0
    for ordinal in range(A_SOURCE):
        text = f"What sentence number {number * A_SOURCE + ordinal} of the benchmark says of some things."
        segment_id = record_id("seg", source.id, READ.id, start)
        end = start + len(text)
        commit.segments.append(
            Segment(segment_id, source.id, ordinal, "sentence", "char", start, end, text, run_id=READ.id)
        )
        commit.products.append(scene(source.id, segment_id, start, text, chosen))
        start = end + 1
    commit.chunks = [TextChunk(source.id, READ.id, 0, " ".join(one.text for one in commit.segments))]
    commit.results = [RunResult(source.id, run.id, True) for run in (READ, SAID)]
    commit.locations = [Location(f"/nowhere/{number}", source.id, 1, 1, 1.0)]
    return commit


def questions(workspace: Workspace) -> dict[str, Callable[[], Any]]:
    frequent, other, rare = ORDER[0], ORDER[1], ORDER[-1]
    some = workspace.scenes(limit=1)[0].scene.id
    drawn = [Label(frequent, 0.2, 0.5), Label(other, 0.8, 0.5)]
    four = [*drawn, Label(rare, 0.5, 0.2), Label(ORDER[9], 0.5, 0.8)]
    return {
        f"the two most frequent nouns: {frequent} left of {other}": lambda: workspace.find_scenes(
            f"{frequent} left of {other}"
        ),
        f"a rare noun: {rare} right of {frequent}": lambda: workspace.find_scenes(
            f"{rare} right of {frequent}"
        ),
        "kinds: animal left of vehicle": lambda: workspace.find_scenes("animal left of vehicle"),
        "kinds of most things: person on furniture": lambda: workspace.find_scenes("person on furniture"),
        "one thing: animal": lambda: workspace.find_scenes("animal"),
        "any thing: something above a person": lambda: workspace.find_scenes("something above a person"),
        "between: person between animal and furniture": lambda: workspace.find_scenes(
            "person between animal and furniture"
        ),
        "a drawing of two things": lambda: workspace.find_scenes(drawn=drawn),
        "a drawing of four things": lambda: workspace.find_scenes(drawn=four),
        "like a scene": lambda: workspace.find_scenes(like=some),
        "list: 12 of all": lambda: workspace.scenes(limit=12),
        "list: 12 animals that are left of something": lambda: workspace.scenes(
            "animal", "left_of", limit=12
        ),
        "list: the last 12 of all": lambda: workspace.scenes(limit=12, offset=workspace.count_scenes() - 12),
        "count: animals": lambda: workspace.count_scenes("animal"),
        "the 300 most frequent nouns": lambda: workspace.scene_nouns(300),
        "the predicates": workspace.scene_predicates,
    }


def rows_of(count: int) -> list[list[Any]]:
    with tempfile.TemporaryDirectory() as place, Workspace.open(Path(place) / "workspace") as workspace:
        for number in range(count // A_SOURCE):
            workspace.parts.store.commit(document(number))
        workspace.find_scenes("dog left of tree")  # loads the parser and the tables
        rows = []
        for name, ask in questions(workspace).items():
            times = [1000 * seconds(ask) for _ in range(LOOKS)]
            rows.append([f"{count:,}", name, f"{statistics.median(times):.0f} ms", f"{max(times):.0f} ms"])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=int, nargs="+", default=[10_000, 100_000])
    arguments = parser.parse_args()
    rows = [row for count in arguments.scenes for row in rows_of(count)]
    write(
        "scene_find",
        "Scenes: finding and listing them",
        ["scenes", "question", "median", "slowest"],
        rows,
        [
            f"each asked {LOOKS} times in one process; reading the text, the database, judging within",
            "the ten best scenes, judged among 200 that the database ranks",
        ],
    )


if __name__ == "__main__":
    main()
