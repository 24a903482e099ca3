"""Events found by what they mean, by verb and thing, and by an example; and that all indexes agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.db.record_store import Commit
from midspan.errors import NotFound, UnsupportedSource, WrongUse
from midspan.models.action.aligning import convex
from midspan.models.action.wording import sentence
from midspan.records import ActionEvent, Embedding
from tests.platform.events_by_hand import Seen, write

DONE = (
    ("put_into", "striped star"),
    ("open", "plain disc"),
    ("push_left", "dotted bar"),
    ("cover", "plain square"),
)


def fill(workspace: Workspace) -> dict[str, ActionEvent]:
    """Four events of a video with the vectors of their sentences, by verb."""
    seen = [
        Seen(2.0 * place, 2.0 * place + 2, verb.replace("_", " "), (noun,))
        for place, (verb, noun) in enumerate(DONE)
    ]
    events = write(workspace, "/videos/table.mp4", seen)
    vectors = workspace.parts.models.encode([sentence(verb, [noun]) for verb, noun in DONE])
    workspace.parts.store.commit(
        Commit(
            products=[
                Embedding(
                    event.provenance.segment_id,
                    event.provenance.source_id,
                    event.provenance.run_id,
                    "event",
                    convex([1.0], vector[None]),
                    record_id=event.id,
                )
                for event, vector in zip(events, vectors, strict=True)
            ]
        )
    )
    workspace.reindex()
    return {event.verb: event for event in events}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, ActionEvent]]:
    folder = tmp_path_factory.mktemp("filled") / "workspace"
    with Workspace.open(folder) as workspace:
        return folder, fill(workspace)


@pytest.fixture
def workspace(filled: tuple[Path, dict[str, ActionEvent]]) -> Iterator[Workspace]:
    with Workspace.open(filled[0], create=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "verb"),
    [
        ("placing a star inside a container", "put into"),
        ("she opened a disc", "open"),
        ("shoving a rod towards the left", "push left"),
    ],
)
def test_an_event_is_found_by_what_it_means(
    workspace: Workspace, filled: tuple[Path, dict[str, ActionEvent]], query: str, verb: str
) -> None:
    best, *_ = workspace.search(query, kinds=["event"]).hits
    assert best.record == filled[1][verb].id
    assert "event meaning (rank 1, cosine" in best.why
    assert best.title == "table.mp4" and best.unit == "s"


def test_verb_and_thing_leave_the_other_events_out(
    workspace: Workspace, filled: tuple[Path, dict[str, ActionEvent]]
) -> None:
    events = filled[1]
    for terms, wanted in (
        ({"verb": "open"}, ["open"]),
        ({"noun": "dotted bar"}, ["push left"]),
        ({"verb": "open", "noun": "dotted bar"}, []),
    ):
        hits = workspace.search("a hand moves things", **terms).hits  # type: ignore[arg-type]
        assert [hit.record for hit in hits] == [events[verb].id for verb in wanted]
    with pytest.raises(WrongUse, match="those of events"):
        workspace.search("x", verb="open", kinds=["fact"])


def test_the_command_line_takes_verb_and_thing(
    command: Callable[..., tuple[int, str, str]], filled: tuple[Path, dict[str, ActionEvent]]
) -> None:
    folder, events = filled
    asked = ("search", "things", "--verb", "put into", "--noun", "striped star", "--json")
    code, out, _ = command("--workspace", folder, *asked)
    assert code == 0
    assert [hit["record"] for hit in json.loads(out)["hits"]] == [events["put into"].id]


def test_what_is_not_wanted_is_no_hit(workspace: Workspace) -> None:
    assert {hit.kind for hit in workspace.search("a star in a container").hits} == {"event"}
    assert workspace.search("a star in a container", source_kind="document").hits == ()
    assert workspace.search("a star in a container", kinds=["fact"]).hits == ()


def test_the_doctor_counts_the_vectors_of_events(fresh: Workspace) -> None:
    events = fill(fresh)
    diagnosis = fresh.doctor()
    assert diagnosis.counts["vectors"]["event"] == len(DONE)
    assert next(check for check in diagnosis.checks if check.name == "stores").ok
    fresh.parts.store.retire(next(iter(events.values())).provenance.source_id, None)
    assert fresh.search("a star in a container").hits == ()
    assert fresh.doctor().counts["vectors"]["event"] == 0


def test_an_example_is_a_video_that_is_there(workspace: Workspace, documents: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        workspace.like_clip(documents / "none.mp4")
    with pytest.raises(UnsupportedSource, match="is no video"):
        workspace.like_clip(documents / "curie.txt")
