"""A workspace of hand-made answers, for views that are run without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest

from midspan.errors import CypherRefused, NotFound, QueryTimeout, SourceVanished, WrongUse
from midspan.platform.answers import (
    Answer,
    AtlasView,
    BodyView,
    Explanation,
    FactEdges,
    FactFilter,
    FactTerm,
    Hit,
    JobItemView,
    JobView,
    OrganMesh,
    Place,
    Rows,
    Shown,
    SourceSummary,
)
from midspan.platform.why import failure_groups
from midspan.records import (
    RECORDS,
    AtlasGrounding,
    Fact,
    FactSlot,
    Provenance,
    Run,
    Segment,
    Source,
)

HOSTILE = "![x](https://example.org/x.png) <img src=x onerror=alert(1)> Curie was born in Warsaw."
"""A document's sentence that would be a picture in Markdown and in HTML."""

TETRAHEDRON = np.array([[0, 0, 0], [100, 0, 0], [0, 100, 0], [0, 0, 100]], np.float32)
SIDES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)


def fact() -> Fact:
    start = HOSTILE.index("Curie")
    place = Provenance("s1", "run-1", "seg-1", "char", 0, len(HOSTILE))
    slots = (
        FactSlot("Curie", start, start + 5, "wd:Q7186", "Marie Curie", 0.9),
        FactSlot("was born in", start + 6, start + 17, "wd:P19", "place of birth", 0.9),
        FactSlot("Warsaw", start + 18, start + 24, "wd:Q270", "Warsaw", 0.9),
    )
    return Fact("fact-1", place, HOSTILE, *slots, "affirmed", "linked", 0.8)


def grounding() -> AtlasGrounding:
    return AtlasGrounding(
        id="atlas-1",
        provenance=Provenance("s1", "run-1", "seg-1", "char", 0, 10),
        text="The <b>liver</b> is large.",
        atlas="mird-adult",
        status="grounded",
        reason="names 'liver'",
        x_mm=10.0,
        y_mm=10.0,
        z_mm=10.0,
        organ="liver",
        organs={"liver": 1.0},
        laterality="none",
        named=True,
        negated=False,
        score=1.0,
    )


class StandIn:
    """The verbs of ``Workspace`` that the views call, over a little data that tests may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read_only = False
        self.warming_up = False
        self.totals = {"source": 1, "segment": 2, "fact": 1, "atlas": 1, "scene": 0, "event": 0}
        self.source_one = Source("s1", "document", "application/pdf", "paper_[x](y).pdf", 1234, 1.0)
        self.hits = [
            Hit(
                "seg-1",
                "sentence",
                0.5,
                "s1",
                "/a.pdf",
                "paper.pdf",
                HOSTILE,
                0,
                80,
                "char",
                2,
                "words (rank 1)",
            )
        ]
        self.close = True
        self.jobs_now: list[JobView] = []
        self.items: list[JobItemView] = []
        self.asked: list[tuple[Any, ...]] = []
        self.depicted = ""
        """The segment that a scene is drawn of."""
        self.cypher_answer: Callable[[], Rows] = lambda: Rows(("name",), (("Warsaw",),), False)

    def counts(self) -> dict[str, int]:
        return {"source": 0, "segment": 0, **dict.fromkeys(RECORDS, 0), **self.totals}

    def search(self, query: str, **options: Any) -> Answer:
        self.asked.append(("search", query, options))
        if query == "broken":
            raise WrongUse("the *query* is [broken](https://example.org)")
        return Answer(tuple(self.hits), 3.0, close=self.close)

    def similar(self, segment_id: str, limit: int = 8) -> Answer:
        raise NotFound(f"segment {segment_id!r} has no vector")

    def show(self, record_id: str, context: int = 400) -> Shown:
        if record_id not in ("seg-1", "fact-1", "atlas-1"):
            raise NotFound(f"no record or segment {record_id!r}")
        record = {"fact-1": fact(), "atlas-1": grounding()}.get(record_id)
        segment = Segment("seg-1", "s1", 0, "sentence", "char", 0, len(HOSTILE), HOSTILE, page=2)
        run = Run("facts", 1, "rules", "ab" * 32)
        kind = {"fact-1": "fact", "atlas-1": "atlas"}.get(record_id, "sentence")
        return Shown(
            record_id,
            kind,
            record,
            segment,
            self.source_one,
            ("/a.pdf",),
            run,
            "<i>before</i> ",
            HOSTILE,
            "",
            (),
        )

    def page_picture(self, source_id: str, number: int, start: float, end: float, width: int = 900) -> bytes:
        raise SourceVanished("the file has moved; ingest it again where it is now")

    def scene_pictures(self, segment_ids: list[str]) -> dict[str, str]:
        return {one: "<svg/>" for one in segment_ids if one == self.depicted}

    def thumbnail(self, segment_id: str) -> bytes | None:
        return None

    def media_path(self, source_id: str) -> Path | None:
        return None

    def fact_edges(self, where: FactFilter, limit: int) -> FactEdges:
        return FactEdges((), 0)

    def fact_entities(self, where: FactFilter, limit: int) -> list[FactTerm]:
        return []

    def fact_predicates(self, where: FactFilter, limit: int) -> list[FactTerm]:
        return []

    def count_facts(self, where: FactFilter) -> int:
        return 0

    def cypher(self, text: str, parameters: Any = None, *, limit: int = 1000, seconds: float = 10.0) -> Rows:
        self.asked.append(("cypher", text, parameters))
        if "refuse" in text:
            raise CypherRefused("LOAD is not a plain read")
        if "slow" in text:
            raise QueryTimeout("took longer than 10 s")
        return self.cypher_answer()

    def atlases(self) -> list[AtlasView]:
        return [AtlasView("mird-adult", "phantom", {"liver": 1, "heart": 1}, 2.0, "", "", 1, None)]

    def body(self, atlas: str | None = None) -> BodyView:
        meshes = tuple(OrganMesh(name, TETRAHEDRON, SIDES) for name in ("body", "liver", "heart"))
        return BodyView("mird-adult", meshes, {"liver": self.totals["atlas"]})

    def organ_points(self, organ: str, atlas: str | None = None) -> tuple[tuple[float, float, float], ...]:
        return ((-10.0, 10.0, 10.0), (10.0, 10.0, 10.0))

    def places(self, organ: str | None = None, limit: int = 200, atlas: str | None = None) -> list[Place]:
        return [Place(grounding(), "paper.pdf", "/a.pdf")] if organ in (None, "liver") else []

    def abstentions(self, limit: int = 50, atlas: str | None = None, doubt: str | None = None) -> list[Place]:
        return []

    def sources(self, limit: int = 100, offset: int = 0, contains: str = "") -> list[SourceSummary]:
        summary = SourceSummary(
            self.source_one,
            ("/odd\udcff.pdf",),
            2,
            160,
            0.0,
            {**dict.fromkeys(RECORDS, 0), "fact": 1},
            False,
            2,
        )
        return [summary] if self.totals["source"] and contains in "paper" else []

    def upload(self, name: str, data: BinaryIO) -> Path:
        self.asked.append(("upload", name, data.read()))
        return Path("/kept")

    def nameable(self, path: Path) -> Path:
        return path

    def submit(self, paths: list[Path]) -> str:
        self.asked.append(("submit", [str(path) for path in paths]))
        return "job-9"

    def jobs(self, limit: int = 20) -> list[JobView]:
        return self.jobs_now

    def job_items(
        self, job_id: str, state: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[JobItemView]:
        return [item for item in self.items if state in (None, item.state, item.outcome)]

    def retry(self, job_id: str) -> int:
        self.asked.append(("retry", job_id))
        return 1

    def cancel(self, job_id: str) -> bool:
        self.asked.append(("cancel", job_id))
        return True

    def why(self, job_id: str) -> Explanation:
        groups = failure_groups(failure for item in self.items for failure in item.failures)
        return Explanation(job_id, self.jobs_now[0].state, (), (), groups)


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    return StandIn(tmp_path)
