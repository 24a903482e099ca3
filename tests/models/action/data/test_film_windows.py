"""Windows of films: what each is said to show."""

import numpy as np
import pytest

from midspan.models.action.data.arrays import read_arrays
from midspan.models.action.data.data_set import Settings, write_data_set
from midspan.models.action.data.film import FilmEvent, make_film
from midspan.models.action.data.film_windows import (
    A_FILM,
    COVERED,
    FPS,
    MISSED,
    OF_EACH,
    OTHERS,
    tell,
    windows_in,
    windows_of,
)
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.verbs import NAMES


def event(start, end):
    return FilmEvent(start, end, "open", ("plain disc",), ("0-thing-0",))


def test_a_window_shows_the_event_that_it_covers():
    told = tell([event(3.0, 4.5)], frames=10 * FPS)
    starts = np.arange(len(told.events)) / FPS
    assert told.events[(starts >= 2.5) & (starts <= 3.0)].tolist() == [0] * 5
    assert set(told.events[(starts + 2 <= 3.0) | (starts >= 4.5)]) == {-1}
    assert -2 in told.events, "what half covers it is neither"


def test_of_an_event_longer_than_a_window_two_seconds_are_enough():
    told = tell([event(2.0, 7.0)], frames=10 * FPS)
    assert told.events[3 * FPS] == 0
    assert told.most.max() == pytest.approx(1.0)


def test_a_window_that_shows_two_events_is_neither():
    told = tell([event(2.0, 2.8), event(3.0, 3.8)], frames=8 * FPS)
    assert told.events[round(1.9 * FPS)] == -2


def test_a_film_shorter_than_a_window_has_none():
    assert len(tell([event(0.1, 0.5)], frames=FPS).events) == 0


@pytest.mark.parametrize("style", ["table", "egocentric"])
def test_windows_say_what_happens_in_them(style):
    film = make_film("train", style=style, q=0.6, seed=(4, 0, 0, 0, 6))
    clips = list(windows_in(film, "old", np.random.default_rng(1)))
    names = {(NAMES.index(one.verb), NOUNS.index(one.nouns[0])) for one in film.events()}
    assert len(clips) == A_FILM
    shown = {(int(clip.verb), int(clip.nouns[0])) for clip in clips}
    assert shown - {(len(NAMES), -1)} <= names and len(shown) > 2
    assert (len(NAMES), -1) in shown


def test_other_videos_follow_and_show_no_action():
    clips = list(windows_of("train", style="table", q=0.6, seed=2, films=1, noise="realistic"))
    assert len(clips) == A_FILM + OTHERS == OF_EACH
    assert {int(clip.verb) for clip in clips[A_FILM:]} == {len(NAMES)}
    assert all(not clip.oracle.categories.any() for clip in clips[A_FILM:])


def test_the_shares_leave_room_between_them():
    assert 0 < MISSED < COVERED < 1


@pytest.mark.slow
def test_windows_lie_beside_the_splits_to_learn_from(tmp_path):
    settings = Settings(seed=1, clips=10, windows=5, styles=("egocentric",), noise="matched")
    write_data_set(tmp_path, settings, videos=False, flow=False, arrays=True, report=lambda _: None)
    found = sorted(one.name for one in (tmp_path / "arrays" / "egocentric").glob("*-windows"))
    assert found == ["train-windows", "unseen_selection-windows"]
    windows = read_arrays(tmp_path / "arrays" / "egocentric" / "train-windows")
    assert len(windows) == 3 * OF_EACH
    assert windows.meta.noise == "realistic", "matched to a camera close by"
