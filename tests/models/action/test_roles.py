"""Which tracks a verb's sentence names."""

import numpy as np
import pytest

from midspan.models.action.data.array_clips import clips_of
from midspan.models.action.data.clip import even_times
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.verbs import VERBS
from midspan.models.action.roles import SECOND_MOVES, UNNAMED_MOVES, roles
from midspan.models.action.wording import things_named
from midspan.records.kinds.event import EventTrack

TIMES = tuple(np.linspace(0, 2, 17).tolist())


def track(noun, begin, end=None, *, category="object", side=0.1, times=TIMES):
    """Straight from one middle to another."""
    ways = np.linspace(begin, begin if end is None else end, len(times))
    boxes = [(x - side, y - side, x + side, y + side) for x, y in ways.tolist()]
    return EventTrack(
        category, noun=noun, score=1.0, times=times, boxes=tuple(boxes), seen=(True,) * len(times)
    )


REST, FAR = track("disc", (0.7, 0.5)), track("cross", (0.1, 0.9))
MOVING = track("star", (0.2, 0.5), (0.65, 0.5))
HAND = track("", (0.2, 0.6), (0.65, 0.6), category="hand")


def nouns(verb, *tracks):
    return [one.noun for one in roles(verb, tracks)]


def test_what_moves_is_named_first_and_what_it_comes_to_second():
    assert nouns("push_right", REST, MOVING, FAR, HAND) == ["star"]
    assert nouns("put_into", REST, MOVING, FAR, HAND) == ["star", "disc"]


def test_what_is_covered_is_named_before_what_covers_it():
    assert nouns("cover", REST, MOVING, FAR, HAND) == ["disc", "star"]


def test_what_is_uncovered_is_what_the_moving_thing_leaves():
    away = track("cup", (0.7, 0.5), (0.3, 0.5))
    hidden = track("ball", (0.7, 0.5), times=TIMES[8:])
    assert nouns("uncover", away, hidden, FAR) == ["ball"]


def test_where_nothing_moves_it_is_what_the_hand_is_at():
    at_disc = track("", (0.95, 0.95), (0.7, 0.55), category="hand")
    assert nouns("light_up", FAR, REST, at_disc) == ["disc"]


def test_a_camera_that_moves_moves_nothing():
    """Three things go left together, the fourth a little less far."""
    others = [track(name, (x, 0.5), (x - 0.3, 0.5)) for name, x in (("a", 0.4), ("b", 0.6), ("c", 0.8))]
    held = track("held", (0.5, 0.3), (0.5, 0.3))
    assert nouns("push_right", *others, held) == ["held"]


def test_two_things_do_not_tell_where_the_camera_goes():
    """Else half of what moves would be said to be the camera's, and what rests would move by as much. The
    pieces have different names, and so are no one thing."""
    pieces = [
        track("star", (0.2, 0.3), (0.42, 0.3), times=TIMES[:9]),
        track("sun", (0.44, 0.3), (0.65, 0.3), times=TIMES[9:]),
    ]
    assert nouns("push_right", track("disc", (0.45, 0.75)), *pieces) in (["star"], ["sun"])


def test_what_was_lost_and_is_seen_again_by_its_name_is_one_thing():
    """Each piece of its way is shorter than that of the thing which a hand brushes."""
    pieces = [
        track("star", (0.2, 0.5), (0.29, 0.5), times=TIMES[:8]),
        track("star", (0.35, 0.5), (0.44, 0.5), times=TIMES[8:]),
    ]
    brushed = track("disc", (0.7, 0.5), (0.8, 0.5))
    assert nouns("push_right", brushed, *pieces) == ["star"]
    assert nouns("push_right", brushed, pieces[0]) == ["disc"]


def test_without_things_nothing_is_named():
    assert roles("open", []) == () and roles("open", [HAND]) == ()
    assert nouns("put_into", MOVING, HAND) == ["star"], "what it goes into is not found"


def test_the_verbs_are_those_of_the_benchmark():
    names = {verb.name: verb.nouns for verb in VERBS}
    assert {name: things_named(name) for name in names} == names
    assert all(names[name] == 2 for name in SECOND_MOVES) and set(UNNAMED_MOVES) <= set(names)


@pytest.mark.parametrize("style", ["table", "egocentric"])
def test_drawn_clips_name_their_first_thing(style):
    """By true boxes, of 54 clips; a guess among the two to four things there are is right in a third."""
    right = []
    for clip in clips_of("seen", style=style, q=0.6, seed=21, clips=540):
        tracks = [one for true in clip.tracks(even_times(16)) if (one := _seen(true)) is not None]
        found = roles(VERBS[clip.verb].name, tracks)
        right.append(bool(found) and found[0].noun == NOUNS[clip.noun])
    assert np.mean(right) > 0.75


def _seen(true):
    there = np.flatnonzero(~np.isnan(true.boxes[:, 0]))
    if len(there) < 2:
        return None
    inside = np.arange(there[0], there[-1] + 1)
    boxes = np.stack([np.interp(inside, there, true.boxes[there, side]) for side in range(4)], 1)
    return EventTrack(
        true.category,
        noun=true.noun,
        score=1.0,
        times=tuple((inside / 8).tolist()),
        boxes=tuple(map(tuple, boxes.tolist())),
        seen=(True,) * len(inside),
    )
