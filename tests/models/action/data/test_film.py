from __future__ import annotations

import numpy as np
import pytest

from midspan.models.action.data.arrays import Style
from midspan.models.action.data.film import Film, make_film
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.splits import nouns_of
from midspan.models.action.data.verbs import NAMES, VERBS

FPS = 6.0


def _films(style: Style, count: int = 12) -> list[Film]:
    return [make_film("unseen_selection", style=style, q=0.6, seed=(8, i)) for i in range(count)]


@pytest.mark.parametrize("style", ["table", "egocentric"])
def test_a_film_has_three_to_eight_events_in_order_and_apart(style: Style) -> None:
    for film in _films(style):
        events = film.events()
        assert 3 <= len(events) <= 8
        times = [moment for event in events for moment in (event.start, event.end)]
        assert times == sorted(times) and times[0] >= 0 and times[-1] <= film.seconds


def test_in_most_of_a_film_nothing_happens() -> None:
    idle = [1 - sum(e.end - e.start for e in film.events()) / film.seconds for film in _films("table")]
    assert 0.5 < np.mean(idle) < 0.8


def test_events_are_of_the_combinations_of_the_split() -> None:
    for film in _films("egocentric"):
        for event in film.events():
            verb = NAMES.index(event.verb)
            assert NOUNS.index(event.nouns[0]) in nouns_of("unseen_selection", verb)
            assert len(event.nouns) == len(event.tracks) == VERBS[verb].nouns


@pytest.mark.parametrize("style", ["table", "egocentric"])
def test_the_tracks_of_an_event_are_there_while_it_lasts(style: Style) -> None:
    seen = []
    for film in _films(style):
        tracks = {track.id: track for track in film.tracks(FPS)}
        for event in film.events():
            during = slice(int(event.start * FPS), int(event.end * FPS) + 1)
            for noun, name in zip(event.nouns, event.tracks, strict=True):
                assert tracks[name].noun == noun
                seen.append(not np.isnan(tracks[name].boxes[during]).all())
    assert np.mean(seen) > 0.97


def test_a_hand_is_there_at_almost_every_event_and_seldom_otherwise() -> None:
    inside, outside = [], []
    for film in _films("table"):
        tracks = [track.boxes[:, 0] for track in film.tracks(FPS) if track.category == "hand"]
        hand = ~np.isnan(np.stack(tracks)).all(0)
        times = np.arange(len(hand)) / FPS
        during = np.zeros(len(hand), bool)
        for event in film.events():
            here = (times >= event.start) & (times < event.end)
            inside.append(hand[here].any())
            during |= here
        outside.append(hand[~during].mean())
    assert np.mean(inside) > 0.98 and 0.02 < np.mean(outside) < 0.4


def test_frames_come_in_pieces_and_are_as_many_as_the_boxes() -> None:
    film = _films("egocentric", 1)[0]
    pieces = list(film.frames(2.0, (32, 18)))
    frames = np.concatenate(pieces)
    assert len(pieces) == len(film.stops) and frames.shape[1:] == (18, 32, 3)
    assert len(frames) == len(film.tracks(2.0)[0].boxes) == round(2 * film.seconds)
    assert len(film.wave()) == round(16_000 * film.seconds)


def test_the_camera_does_not_jump() -> None:
    """No cut tells where a stop begins: from frame to frame the views change little."""
    for film in _films("table", 4):
        where = [film._poses(number, times).where for number, times in film._chunks(24.0)]
        steps = np.abs(np.diff(np.concatenate(where), axis=0)).max()
        assert steps < 0.5


def test_the_same_seed_gives_the_same_film() -> None:
    one, two = (make_film("train", style="egocentric", q=0.6, seed=(1, 2)) for _ in range(2))
    assert one.events() == two.events()
    first, second = (np.concatenate(list(film.frames(1.0, (32, 18)))) for film in (one, two))
    np.testing.assert_array_equal(first, second)
