"""The page of videos over events written by hand into a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from midspan import Workspace
from midspan.records import ActionEvent, EventTrack
from midspan.ui.kinds.event import boxes
from midspan.ui.kinds.event.page import PORTION
from midspan.ui.kinds.event.timeline import LANES, OTHERS, data_of
from tests.platform.events_by_hand import Seen, write

HOSTILE = "<script>alert(1)</script>"
KITCHEN = [
    Seen(0.5, 2.25, "put", ("cup",)),
    Seen(3, 4, "take", (HOSTILE,), 0.25),
    Seen(5, 6, "put", ("star",)),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def kitchen(workspace: Workspace) -> list[ActionEvent]:
    write(workspace, "/videos/a still.mp4", [Seen(0, 1, "wave", score=0.0)])
    return write(workspace, "/videos/kitchen.mp4", KITCHEN)


def page(workspace: object) -> None:
    from midspan.ui.kinds.event import page

    page.render(workspace, lambda record_id: None)  # type: ignore[arg-type]


def opened(workspace: object, **address: str) -> AppTest:
    app = AppTest.from_function(page, args=(workspace,), default_timeout=20)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def listed(app: AppTest, events: list[ActionEvent]) -> list[str]:
    shown = {button.key for button in app.button}
    return [one.verb for one in events if f"show-{one.id}" in shown]


def test_without_a_video_it_says_what_to_do(workspace: Workspace) -> None:
    assert "No videos yet" in html(opened(workspace))


def test_the_events_of_the_chosen_video_are_listed(workspace: Workspace, kitchen: list[ActionEvent]) -> None:
    video = kitchen[0].provenance.source_id
    app = opened(workspace, video=video)
    assert listed(app, kitchen) == ["put", "take", "put"]
    assert "wave" not in html(app)
    assert app.selectbox(key="video-video").value == video


def test_without_one_in_the_address_the_first_with_such_events_is_shown(
    workspace: Workspace, kitchen: list[ActionEvent]
) -> None:
    assert "wave" in html(opened(workspace))
    assert listed(opened(workspace, score="0.5"), kitchen) == ["put", "put"]


@pytest.mark.parametrize(
    ("address", "verbs"),
    [
        ({"verb": "put"}, ["put", "put"]),
        ({"noun": "star"}, ["put"]),
        ({"verb": "take", "noun": "star"}, []),
        ({"score": "nonsense"}, ["put", "take", "put"]),
    ],
)
def test_filters_stand_in_the_address(
    workspace: Workspace, kitchen: list[ActionEvent], address: dict[str, str], verbs: list[str]
) -> None:
    app = opened(workspace, video=kitchen[0].provenance.source_id, **address)
    assert listed(app, kitchen) == verbs
    kept = {name: value for name, value in address.items() if value != "nonsense"}
    assert {name: app.query_params[name] for name in kept} == kept


def test_a_chosen_event_goes_into_the_address(workspace: Workspace, kitchen: list[ActionEvent]) -> None:
    app = opened(workspace, video=kitchen[0].provenance.source_id)
    app.button(key=f"show-{kitchen[1].id}").click().run()
    assert app.query_params["event"] == kitchen[1].id


def test_hostile_names_are_only_ever_escaped(workspace: Workspace, kitchen: list[ActionEvent]) -> None:
    app = opened(workspace, video=kitchen[0].provenance.source_id)
    assert "<script>" not in html(app) and "&lt;script&gt;" in html(app)


def test_a_film_that_moved_is_told(workspace: Workspace, kitchen: list[ActionEvent]) -> None:
    app = opened(workspace, video=kitchen[0].provenance.source_id)
    assert any("moved" in warning.value for warning in app.warning)


def test_of_many_events_those_around_the_chosen_one_are_listed(workspace: Workspace) -> None:
    many = write(workspace, "/videos/long.mp4", [Seen(float(at), at + 1.0, f"verb {at}") for at in range(90)])
    video = many[0].provenance.source_id
    assert listed(opened(workspace, video=video), many) == [one.verb for one in many[:PORTION]]
    around = listed(opened(workspace, video=video, event=many[60].id), many)
    assert len(around) == PORTION and "verb 60" in around


def lanes(events: list[ActionEvent], chosen: str = "") -> dict[str, Any]:
    return data_of(events, 10.0, chosen)


def test_a_bar_has_a_lane_for_each_verb_in_the_order_they_come(
    workspace: Workspace, kitchen: list[ActionEvent]
) -> None:
    data = lanes(kitchen, kitchen[1].id)
    assert [lane["name"] for lane in data["lanes"]] == ["put", "take"]
    assert [[one["start"] for one in lane["events"]] for lane in data["lanes"]] == [[0.5, 5.0], [3.0]]
    assert (data["seconds"], data["seek"], data["chosen"]) == (10.0, 3.0, kitchen[1].id)
    assert lanes(kitchen)["seek"] is None


def test_rare_verbs_share_a_lane(workspace: Workspace) -> None:
    seen = [Seen(float(at), at + 0.5, f"verb {at % 20:02}") for at in range(40)]
    often = [Seen(50.0 + at, 50.5 + at, "verb 19") for at in range(3)]
    data = lanes(write(workspace, "/videos/many.mp4", [*seen, *often]))
    names = [lane["name"] for lane in data["lanes"]]
    assert len(names) == LANES and names[-1] == OTHERS and "verb 19" in names
    assert sum(len(lane["events"]) for lane in data["lanes"]) == 43
    assert data["seconds"] == 52.5


def track(category: Any, noun: str, *times: float) -> EventTrack:
    places = tuple((0.1 + time / 100, 0.2, 0.5, 0.6) for time in times)
    return EventTrack(category, noun, 0.9, times, places, tuple(time != 1.125 for time in times))


def test_boxes_of_a_moment_are_told_once(workspace: Workspace) -> None:
    hand, cup = track("hand", "", 1.0, 1.125), track("object", HOSTILE, 1.125, 1.25)
    seen = [Seen(0.5, 2, "put", tracks=(hand, cup)), Seen(1, 2, "take", tracks=(hand,))]
    data = boxes.data_of(write(workspace, "/videos/kitchen.mp4", seen))
    assert data["names"] == ["", boxes.shorten(HOSTILE, boxes.NAMED)] and data["step"] == 0.125
    assert [(time, len(there)) for time, there in data["moments"]] == [(1.0, 1), (1.125, 2), (1.25, 1)]
    assert data["moments"][0][1] == [[1, 1, 0, 0.11, 0.2, 0.5, 0.6]]
    assert [box[:3] for box in data["moments"][1][1]] == [[1, 0, 0], [0, 0, 1]]


def test_a_page_holds_so_many_boxes_and_no_more(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "MOST", 3)
    long = track("hand", "", *(n / 8 for n in range(8)))
    events = write(workspace, "/videos/kitchen.mp4", [Seen(0, 2, "put", tracks=(long,))])
    assert [len(there) for _, there in boxes.data_of(events)["moments"] if there] == [1, 1, 1]


def test_events_without_tracks_have_no_boxes(kitchen: list[ActionEvent]) -> None:
    assert boxes.data_of(kitchen)["moments"] == []
