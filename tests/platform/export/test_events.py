"""Events in files of other formats, read back: WebVTT by FFmpeg, ActivityNet's JSON as its tools do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from midspan import Workspace
from midspan.errors import UnknownName, WrongUse
from midspan.platform.answers import EventFilter
from midspan.records import ActionEvent
from tests.platform.events_by_hand import Seen, write

KITCHEN = [
    Seen(0.5, 2.25, "put", ("cup & <saucer>",)),
    Seen(3.0, 3.0, "a\n\n--> b"),
    Seen(3700.125, 3702.5, "take", ("cup",), 0.25),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def kitchen(workspace: Workspace) -> list[ActionEvent]:
    return write(workspace, "/videos/kitchen.mp4", KITCHEN)


def cues(path: Path) -> list[tuple[float, float, str]]:
    """Start and length in seconds, and the words, as FFmpeg reads them."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.subtitles
        return [
            (
                float(packet.pts * packet.time_base),
                float(packet.duration * packet.time_base),
                bytes(packet).decode(),
            )
            for packet in container.demux(stream)
            if packet.size
        ]


def test_webvtt_is_what_players_read(
    workspace: Workspace, kitchen: list[ActionEvent], tmp_path: Path
) -> None:
    done = workspace.export_events(tmp_path / "k.vtt", "webvtt")
    assert cues(tmp_path / "k.vtt") == [
        (0.5, 1.75, "put cup &amp; &lt;saucer&gt;"),
        (3.0, 0.001, "a --&gt; b"),
        (3700.125, pytest.approx(2.375), "take cup"),
    ]
    assert (done.written, done.bytes) == (3, (tmp_path / "k.vtt").stat().st_size)


def test_webvtt_is_of_one_video(workspace: Workspace, kitchen: list[ActionEvent], tmp_path: Path) -> None:
    write(workspace, "/videos/yard.mp4", [Seen(0, 1, "lift")])
    with pytest.raises(WrongUse, match=r"2 have such events.*--source"):
        workspace.export_events(tmp_path / "k.vtt", "webvtt")
    assert not (tmp_path / "k.vtt").exists()
    workspace.export_events(tmp_path / "k.vtt", "webvtt", EventFilter(verb="lift"))
    assert [words for *_, words in cues(tmp_path / "k.vtt")] == ["lift"]


def test_activitynet_has_each_video_under_its_name(
    workspace: Workspace, kitchen: list[ActionEvent], tmp_path: Path
) -> None:
    yard = write(workspace, "/videos/yard\udce9.mp4", [Seen(0, 1, "lift")])
    done = workspace.export_events(tmp_path / "a.json", "activitynet", EventFilter(least_score=0.5))
    found = json.loads((tmp_path / "a.json").read_text())
    name = "yard\\udce9"
    assert found["version"] == "VERSION 1.3"
    assert {video: [row["segment"] for row in rows] for video, rows in found["results"].items()} == {
        "kitchen": [[0.5, 2.25], [3.0, 3.0]],
        name: [[0.0, 1.0]],
    }
    assert found["results"]["kitchen"][0] == {
        "label": "put",
        "score": 0.75,
        "segment": [0.5, 2.25],
        "nouns": ["cup & <saucer>"],
        "record": kitchen[0].id,
    }
    assert found["external_data"]["sources"][name]["source"] == yard[0].provenance.source_id
    assert done.written == 3


def test_videos_of_one_name_are_told_apart(workspace: Workspace, tmp_path: Path) -> None:
    several = [write(workspace, f"/{folder}/clip.mp4", [Seen(0, 1, folder)]) for folder in ("a", "b")]
    workspace.export_events(tmp_path / "a.json", "activitynet")
    found = json.loads((tmp_path / "a.json").read_text())["results"]
    expected = {f"clip#{one.provenance.source_id[:12]}": one.verb for (one,) in several}
    assert {video: rows[0]["label"] for video, rows in found.items()} == expected


def test_without_events_there_is_an_empty_file_that_is_read(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.export_events(tmp_path / "a.json", "activitynet").written == 0
    assert json.loads((tmp_path / "a.json").read_text())["results"] == {}
    workspace.export_events(tmp_path / "a.vtt", "webvtt")
    assert (tmp_path / "a.vtt").read_text() == "WEBVTT\n"


def test_an_unknown_format_is_refused_with_the_known_ones(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="activitynet, webvtt"):
        workspace.export_events(tmp_path / "a.srt", "srt")
