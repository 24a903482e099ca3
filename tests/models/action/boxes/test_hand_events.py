"""Plain events, from tracks made by hand: a picture of 8 frames a second."""

import numpy as np
import pytest

from midspan.models.action.boxes.hand_events import hand_events
from midspan.models.action.boxes.tracker import BoxTrack

FRAMES = 24


def track(category, left, top, width=0.2, height=0.2, *, start=0, noun="", seen=None):
    """``left`` and ``top`` are numbers, or one a frame."""
    x, y = (np.broadcast_to(np.asarray(one, float), (FRAMES,)) for one in (left, top))
    boxes = np.stack([x, y, x + width, y + height], -1).clip(0, 1)
    shown = np.ones(FRAMES, bool) if seen is None else seen
    return BoxTrack(category, start, boxes, shown, 0.8, (), (noun,) * len(boxes))


PUSHED = np.concatenate([np.full(8, 0.2), np.linspace(0.2, 0.6, 8), np.full(8, 0.6)])


def said(tracks, shaken=()):
    return [(one.verb, one.start, one.end) for one in hand_events(tracks, shaken)]


def moves(tracks, shaken=()):
    return [one for one in hand_events(tracks, shaken) if one.direction]


def test_hands_that_follow_one_another_are_one_time_with_a_hand():
    first, second, later = (track("hand", 0.5, 0.5, start=start) for start in (0, 28, 80))
    assert said([first, second, later]) == [("hand there", 0.0, 6.5), ("hand there", 10.0, 13.0)]


def test_a_hand_that_stays_is_there_again_each_minute():
    staying = [track("hand", 0.5, 0.5, start=start) for start in range(0, 8 * 70, FRAMES)]
    assert said(staying) == [("hand there", 0.0, 60.0), ("hand there", 60.0, 72.0)]


def test_a_thing_that_goes_with_a_hand_moves_with_it():
    thing, hand = track("object", PUSHED, 0.5, noun="cup"), track("hand", PUSHED - 0.15, 0.5)
    (found,) = moves([thing, hand])
    assert (found.direction, found.text) == ("right", "cup moves to the right with a hand")
    assert found.start == pytest.approx(1.0, abs=0.3) and found.end == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize(
    ("left", "top", "direction"),
    [(1 - 0.2 - PUSHED, 0.5, "left"), (0.5, 1 - 0.2 - PUSHED, "up"), (0.5, PUSHED, "down")],
)
def test_every_direction_is_that_on_the_screen(left, top, direction):
    (found,) = moves([track("object", left, top), track("hand", left, top)])
    assert found.direction == direction


@pytest.mark.parametrize(
    "tracks",
    [
        [track("object", PUSHED, 0.5)],
        [track("object", PUSHED, 0.5), track("hand", PUSHED, 0.0, height=0.1)],
        [track("object", PUSHED, 0.5), track("hand", 0.35, 0.5)],
        [track("object", PUSHED, 0.5), track("hand", 0.8 - PUSHED, 0.5)],
        [track("object", 0.3, 0.5), track("hand", PUSHED, 0.5)],
        [track("object", PUSHED, 0.5, seen=np.arange(FRAMES) % 8 == 0), track("hand", PUSHED, 0.5)],
        [track("object", 0.2, 0.5, width=PUSHED), track("hand", PUSHED, 0.5)],
        [track("object", PUSHED / 8, 0.5), track("hand", PUSHED / 8, 0.5)],
    ],
    ids=["alone", "far", "hand rests", "against", "thing rests", "hardly seen", "grows", "a little"],
)
def test_less_than_that_is_no_motion_with_a_hand(tracks):
    assert moves(tracks) == []


def test_nothing_moves_while_the_whole_picture_does():
    tracks = [track("object", PUSHED, 0.5), track("hand", PUSHED, 0.5)]
    assert moves(tracks, [(0.5, 2.5)]) == [] and len(moves(tracks, [(2.5, 3.0)])) == 1


def test_what_the_border_cuts_off_does_not_count_as_moved():
    entering = track("object", PUSHED - 0.75, 0.5, width=0.5)  # only its right side is seen to move
    (found,) = moves([entering, track("hand", PUSHED - 0.75, 0.5, width=0.5)])
    assert found.direction == "right"
    whole = track("object", 0.0, 0.5, width=1.0)
    assert moves([whole, track("hand", PUSHED, 0.5)]) == []
