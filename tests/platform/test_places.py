"""Sentences of the atlas for a page: the deciding words, both sides, abstentions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.errors import WrongUse
from midspan.records import DoubtKind

TEXT = "This is about something else. The pain sat in the liver. There was no disease of the spleen.\n"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("places")
    (folder / "note.txt").write_text(TEXT)
    with Workspace.open(folder / "workspace") as workspace:
        report = workspace.ingest([folder / "note.txt"], stages=["atlas"])
        assert report.ok, report.failures
        yield workspace


def test_a_place_says_which_words_decided(read: Workspace) -> None:
    (place,) = read.places("liver")
    start, end = place.mention
    assert place.grounding.text[start:end] == "liver"


def test_an_abstention_is_listed_with_its_source_and_words(read: Workspace) -> None:
    (place,) = read.abstentions()
    start, end = place.mention
    assert place.grounding.text[start:end] == "spleen"
    assert place.grounding.negated
    assert place.title == "note.txt"
    assert place.path.endswith("note.txt")


@pytest.mark.parametrize(
    ("doubt", "texts"),
    [
        ("negated", ["There was no disease of the spleen."]),
        ("hypothetical", ["If the liver fails, call."]),
        ("family", ["Her mother had a stone in the kidney."]),
    ],
)
def test_abstentions_are_narrowed_to_a_doubt(tmp_path: Path, doubt: DoubtKind, texts: list[str]) -> None:
    said = "If the liver fails, call. Her mother had a stone in the kidney. The prostate is large. "
    (tmp_path / "note.txt").write_text(said + TEXT)
    with Workspace.open(tmp_path / "workspace") as workspace:
        assert workspace.ingest([tmp_path / "note.txt"], stages=["atlas"]).ok
        assert [place.grounding.text for place in workspace.abstentions(doubt=doubt)] == texts
        assert len(workspace.abstentions()) == 4


def test_a_doubt_that_is_none_is_refused(read: Workspace) -> None:
    with pytest.raises(WrongUse, match="hypothetical or family, not 'likely'"):
        read.abstentions(doubt="likely")  # type: ignore[arg-type]


def test_abstentions_keep_to_the_limit(read: Workspace) -> None:
    assert len(read.abstentions(limit=1)) == 1


def test_an_open_side_has_a_point_on_either_side_of_the_body(read: Workspace) -> None:
    right, left = read.organ_points("kidney")
    assert right[0] < 0 < left[0]
    assert len(read.organ_points("liver")) == 1
