"""How each verb goes: the paths of the hand and of the things, from approach to retreat.

Two verbs of a pair differ in what decides between them: direction, end, order in time, or what the thing
does. All sizes and times are random within the measure of the camera style.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from midspan.models.action.data.arrays import Style
from midspan.models.action.data.nouns import GROUPS, NOUNS, random_colour
from midspan.models.action.data.path import Path
from midspan.models.action.data.scene import Hand, Scene, Sound, SoundKind, State, Thing
from midspan.models.action.data.verbs import NAMES

LEFT_BY = 1.3
"""When, in a longer film, the last hand is out of the picture."""
_FAR = 1.8
"""From a contact to where a hand is surely out of the picture."""
_LARGEST_CONTENT = 0.26
"""Radius of the largest thing that a vessel is made for."""
_FALL = 0.12
"""How long a thing falls from where a hand can lift it."""


@dataclass(frozen=True)
class Measure:
    """Ranges of one camera style; lengths in world units, times in clips."""

    radius: tuple[float, float]
    """Median, and spread of its logarithm, of a thing's radius."""
    radii: tuple[float, float]
    """Least and greatest radius."""
    hand: tuple[float, float]
    """Median half width of a hand, and spread of its logarithm."""
    touch: tuple[float, float]
    lead: tuple[float, float]
    """How long before the touch the hand sets out, and how long it takes to leave."""
    release: tuple[float, float]
    entries: dict[float, float]
    """Where fingers point (radians clockwise from up) and how often: from below 0, from the left pi/2."""
    growth: float
    """By how much of its size a thing grows when it is lifted one unit towards the camera."""
    clutter: int
    """At most so many other things."""
    clutter_at: tuple[float, float]
    """Their y."""
    clutter_size: float
    """Their radius, as a share of what it would be."""
    other_hand: float
    """Probability of a hand that does nothing."""


MEASURES: dict[Style, Measure] = {
    "table": Measure(
        radius=(0.09, 0.12),
        radii=(0.07, 0.115),
        hand=(0.085, 0.1),
        touch=(0.2, 0.32),
        lead=(0.2, 0.3),
        release=(0.6, 0.75),
        entries={0.0: 1.0},
        growth=0.0,
        clutter=2,
        clutter_at=(0.08, 0.45),
        clutter_size=0.8,
        other_hand=0.08,
    ),
    "egocentric": Measure(
        radius=(0.3, 0.75),
        radii=(0.06, 0.5),
        hand=(0.165, 0.22),
        touch=(0.34, 0.46),
        lead=(0.28, 0.38),
        release=(0.62, 0.71),
        entries={np.pi / 2: 0.44, 0.0: 0.4, -np.pi / 2: 0.16},
        growth=0.5,
        clutter=2,
        clutter_at=(0.3, 0.9),
        clutter_size=0.6,
        other_hand=0.15,
    ),
}


def make_scene(
    verb: int, noun: int, other: int, *, style: Style, q: float, random: np.random.Generator
) -> Scene:
    """``noun`` is what the verb is about, ``other`` the second thing, which may be there for nothing."""
    act = _Act(noun, other, style, q, random)
    _ACTS[NAMES[verb]](act)
    return act.scene()


def still_scene(nouns: tuple[int, int], *, style: Style, q: float, random: np.random.Generator) -> Scene:
    """Two things that nobody touches; now and then a hand passes over them."""
    act = _Act(*nouns, style, q, random)
    act.beside(random.uniform(0.25, 0.4))
    act.leave_alone(passing=random.random() < 0.5)
    return act.scene()


class _Act:
    """One act in the making: a thing at ``x``, ``ground``, and a hand out of the picture."""

    def __init__(self, noun: int, other: int, style: Style, q: float, random: np.random.Generator) -> None:
        self.measure, self.random, self.q = MEASURES[style], random, q
        self.touch = random.uniform(*self.measure.touch)
        self.release = random.uniform(*self.measure.release)
        self.span = self.release - self.touch
        self.start, self.end = self.touch, self.release
        self.radius = self._radius()
        self.reach = float(max(1.0, self.radius / 0.1) ** 0.35)
        """By how much the movements of this act are larger than those of a small thing."""
        self.x = random.uniform(0.3, 0.7)
        self.ground = 0.74 - 0.3 * self.radius + random.uniform(-0.12, 0.03)
        self.side = 1 if self.x < 0.5 else -1
        """Where there is more room: 1 right, -1 left."""
        self.thing = self._thing(noun, self.radius, (self.x, self.ground))
        self.other_noun = other
        self.other: Thing | None = None
        self.other_in_front = False
        self.sounds: list[Sound] = []
        self.hand = self._hand()

    def scene(self) -> Scene:
        pair = [self.thing] if self.other is None else [self.other, self.thing]
        if self.other_in_front:
            pair.reverse()
        hands = [self.hand]
        if self.random.random() < self.measure.other_hand:
            hands.append(self._idle_hand())
        return Scene([*self._clutter(), *pair], self.thing, hands, self.sounds, self.start, self.end)

    def between(self, least: float, most: float) -> float:
        """A random distance, larger for larger things."""
        return float(self.random.uniform(least, most)) * self.reach

    def when(self, share: float) -> float:
        """The moment at ``share`` of the time from touch to release."""
        return self.touch + share * self.span

    # Things.

    def _radius(self) -> float:
        median, spread = self.measure.radius
        return float(np.clip(median * np.exp(spread * self.random.standard_normal()), *self.measure.radii))

    def _thing(self, noun: int, radius: float, place: tuple[float, float]) -> Thing:
        angle = Path((self.random.uniform(-0.3, 0.3), 0.0))
        return Thing(noun, random_colour(noun, self.q, self.random), radius, Path(place), angle)

    def stand(self, x: float) -> None:
        """Put the thing somewhere else before anything happens."""
        self.x = x
        self.thing.place = Path((x, self.ground))

    def beside(self, apart: float, radius: float | None = None) -> Thing:
        """The second thing, ``apart`` (positive: right) from the first."""
        radius = radius or self.radius * self.random.uniform(0.8, 1.2)
        level = self.ground + self.random.uniform(-0.03, 0.03)
        self.other = self._thing(self.other_noun, radius, (self.x + apart, level))
        return self.other

    def maybe_beside(self) -> None:
        """In two of five clips there is a second thing, well apart."""
        if self.random.random() < 0.4:
            self.beside(self.side * (2 * self.radius + self.between(0.15, 0.25)))

    def vessel(self, x: float, apart: float) -> Thing:
        """A second thing in or under which the first vanishes; its middle is the first one's level."""
        self.radius = self.thing.radius = min(self.radius, _LARGEST_CONTENT)
        vessel = self.beside(apart, self.radius * self.random.uniform(1.55, 1.85))
        vessel.place = Path((x, self.ground))
        self.thing.container = vessel
        self.other_in_front = True
        return vessel

    def _clutter(self) -> list[Thing]:
        things = []
        for _ in range(self.random.integers(0, self.measure.clutter + 1)):
            noun = int(self.random.integers(len(NOUNS)))
            if self.random.random() < 0.5:
                own = [n for n in range(len(NOUNS)) if GROUPS[n] == GROUPS[self.thing.noun]]
                noun = int(self.random.choice(own))
            place = (self.random.uniform(-0.1, 1.1), self.random.uniform(*self.measure.clutter_at))
            thing = self._thing(noun, self.measure.clutter_size * self._radius(), place)
            thing.angle, thing.main = Path((self.random.uniform(-3, 3), 0.0)), False
            things.append(thing)
        return things

    # Hands.

    def _hand(self) -> Hand:
        entries = self.measure.entries
        turn = float(self.random.choice(list(entries), p=list(entries.values())))
        median, spread = self.measure.hand
        hand = Hand(
            place=Path((0.0, 0.0)),
            pointing=turn + self.random.uniform(-0.35, 0.35),
            size=median * float(np.exp(spread * self.random.standard_normal())),
            mirrored=bool(self.random.random() < 0.5),
            tremble=(self.random.uniform(0, 6), self.random.uniform(0, 6)),
        )
        return hand

    def _idle_hand(self) -> Hand:
        """One that comes in, hovers and goes, or stays; it touches nothing that matters."""
        hand = self._hand()
        x = self.x - self.side * self.random.uniform(0.3, 0.55)
        near = (x, self.random.uniform(0.55, 0.95))
        hand.place = Path(_behind(hand, near))
        if self.random.random() < 0.5:
            hand.place = Path(near)
        else:
            begin = self.random.uniform(0.0, 0.4)
            hand.place.wait(begin)
            hand.place.move(begin + 0.3, near)
        hand.place.wait(0.9)
        hand.place.move(LEFT_BY, _behind(hand, near))
        return hand

    def approach(self, offset: tuple[float, float] | None = None, thing: Thing | None = None) -> None:
        """From out of the picture to the thing (or ``offset`` from its middle), there at the touch."""
        thing = thing or self.thing
        x, y = thing.place.place
        if offset is None:
            back = 0.3 * thing.radius + 0.5 * self.hand.size
            offset = (-np.sin(self.hand.pointing) * back, np.cos(self.hand.pointing) * back)
        target = (x + offset[0], y + offset[1])
        self.hand.place = Path(_behind(self.hand, target))
        self.hand.place.wait(max(0.0, self.touch - self.random.uniform(*self.measure.lead)))
        self.hand.place.move(self.touch, target)
        self.sounds.append(Sound("touch", self.touch, self.touch + 0.02))

    def grasp(self) -> None:
        self.hand.grip.wait(self.touch - 0.08)
        self.hand.grip.move(self.touch, (1.0, 0.0))

    def let_go(self, moment: float) -> None:
        self.hand.grip.wait(moment)
        self.hand.grip.move(moment + 0.08, (0.0, 0.0))

    def retreat(self, moment: float) -> None:
        self.hand.place.wait(moment)
        time = self.random.uniform(*self.measure.lead)
        self.hand.place.move(min(moment + time, LEFT_BY), _behind(self.hand, self.hand.place.place))

    def carry(self, until: float, to: tuple[float, float], thing: Thing | None = None) -> None:
        """Hand and thing move together until the thing is at ``to``."""
        thing = thing or self.thing
        x, y = thing.place.place
        start = self.hand.place.keys[-1][0]
        thing.place.wait(start)
        hand_x, hand_y = self.hand.place.place
        self.hand.place.move(until, (hand_x + to[0] - x, hand_y + to[1] - y))
        thing.place.move(until, to)
        thing.nearness.wait(start)
        lifted = max(0.0, self.ground - to[1])
        thing.nearness.move(until, (1 + self.measure.growth * lifted, 0.0))

    def slide(self, until: float, dx: float) -> None:
        self.sounds.append(Sound("slide", self.touch, until))
        self.carry(until, (self.x + dx, self.ground))

    # The verbs, pair by pair.

    def push(self, direction: int) -> None:
        far = self.between(0.2, 0.4)
        self.stand(0.5 - direction * far / 2 + self.random.uniform(-0.12, 0.12))
        if self.random.random() < 0.4:
            room = 2.1 * self.radius + self.between(0.15, 0.25)
            ahead = self.random.random() < 0.5
            self.beside(direction * (far + room) if ahead else -direction * room)
        self.approach((-direction * (self.radius + 0.2 * self.hand.size), 0.0))
        self.slide(self.release, direction * far)
        self.retreat(self.release)

    def distance(self, closer: bool) -> None:
        direction = 1 if self.random.random() < 0.5 else -1
        other = self.beside(0.0)
        near = self.radius + other.radius + self.random.uniform(0.01, 0.04)
        far = near + self.between(0.2, 0.35)
        start, end = (far, near) if closer else (near, far)
        x = 0.5 - direction * far / 2 + self.random.uniform(-0.1, 0.1)
        other.place = Path((x, other.place.place[1]))
        self.stand(x + direction * start)
        self.approach()
        self.slide(self.release, direction * (end - start))
        self.retreat(self.release)

    def through_the_air(self, thing: Thing, to: tuple[float, float]) -> None:
        """Up, over and down, from where the thing is."""
        x, y = thing.place.place
        above = min(y, to[1]) - self.between(0.22, 0.32)
        self.grasp()
        self.carry(self.when(0.33), (x + 0.1 * (to[0] - x), above), thing)
        self.carry(self.when(0.67), (to[0] - 0.1 * (to[0] - x), above), thing)
        self.carry(self.release, to, thing)
        self.sounds.append(Sound("land", self.release, self.release + 0.05))
        self.let_go(self.release)
        self.retreat(self.release + 0.02)

    def contain(self, into: bool) -> None:
        x = self.random.uniform(0.25, 0.75)
        side = 1 if x < 0.5 else -1
        vessel = self.vessel(x, 0.0)
        out = x + side * (vessel.radius + self.radius + self.between(0.06, 0.18))
        self.stand(out if into else x)
        self.approach()
        self.through_the_air(self.thing, (x if into else out, self.ground))

    def conceal(self, cover: bool) -> None:
        vessel = self.vessel(self.x, 0.0)
        away = self.x + self.side * (vessel.radius + self.radius + self.between(0.06, 0.18))
        vessel.place = Path((away if cover else self.x, self.ground))
        self.approach(thing=vessel)
        self.through_the_air(vessel, (self.x if cover else away, self.ground))

    def lift(self, drop: bool) -> None:
        self.maybe_beside()
        top = self.ground - self.between(0.22, 0.36)
        self.approach()
        self.grasp()
        self.carry(self.when(0.6), (self.x, top))
        if drop:
            fall = self.when(0.75)
            self.land(fall, (self.x, self.ground))
            self.let_go(fall)
            self.retreat(max(self.release, self.end))
        else:
            self.carry(1.0, (self.x, top))
            self.end = 1.0
            self.carry(LEFT_BY, _behind(self.hand, (self.x, top)))

    def land(self, moment: float, to: tuple[float, float], time: float = _FALL) -> None:
        self.thing.place.wait(moment)
        self.thing.place.move(moment + time, to, falling=True)
        self.thing.nearness.wait(moment)
        self.thing.nearness.move(moment + time, (1.0, 0.0))
        self.end = moment + time
        self.sounds.append(Sound("land", self.end, self.end + 0.1))

    def shove(self, falls: bool) -> None:
        direction = 1 if self.random.random() < 0.5 else -1
        self.stand(0.5 + direction * self.random.uniform(0.05, 0.25))
        self.maybe_beside()
        self.approach((-direction * (self.radius + 0.2 * self.hand.size), 0.0))
        if falls:
            self.slide(self.when(0.6), direction * self.between(0.12, 0.2))
            down = (self.thing.place.place[0] + direction * 0.05, 1.6 + self.radius)
            self.land(self.when(0.6), down, 0.35)
        else:
            self.slide(self.release, direction * self.between(0.03, 0.06))
        self.retreat(self.release)

    def pretend(self) -> None:
        self.maybe_beside()
        self.approach()
        self.grasp()
        x, y = self.hand.place.place
        self.hand.place.move(self.when(0.6), (x, y - self.between(0.22, 0.36)))
        self.retreat(1.0)

    def put_down(self) -> None:
        """The one verb that starts with the thing in the hand; the touch is where they come into view."""
        self.maybe_beside()
        self.hand.grip = Path((1.0, 0.0))
        begin = max(0.0, self.release - 0.6)
        outside = _behind(self.hand, (self.x, self.ground - 0.5))
        self.thing.place = Path(outside)
        back = 0.3 * self.radius + 0.5 * self.hand.size
        offset = (-np.sin(self.hand.pointing) * back, np.cos(self.hand.pointing) * back)
        self.hand.place = Path((outside[0] + offset[0], outside[1] + offset[1]))
        self.hand.place.wait(begin)
        above = (self.x + self.between(-0.1, 0.1), self.ground - self.between(0.2, 0.35))
        self.carry(begin + 0.6 * (self.release - begin), above)
        self.carry(self.release, (self.x, self.ground))
        self.start = begin + 0.3 * (self.release - begin)
        self.sounds.append(Sound("land", self.release, self.release + 0.05))
        self.let_go(self.release)
        self.retreat(self.release + 0.02)

    def dab(self, effect: State | None = None, sound: SoundKind | None = None, spin: bool = False) -> None:
        """The same poke for four verbs, which differ in what comes of it."""
        self.maybe_beside()
        self.approach()
        moment = self.when(0.35)
        if effect is not None:
            self.thing.state = (moment, effect)
        if spin:
            turn = self.random.choice([-1, 1]) * self.random.uniform(8, 14)
            self.thing.angle.wait(moment)
            steady = np.linspace(0, 1, 8)[1:]
            for share in steady:
                self.thing.angle.move(
                    moment + share * (LEFT_BY - moment), (turn * share * (LEFT_BY - moment), 0.0)
                )
        if sound is not None:
            lasting = 0.9 if sound == "tremolo" else moment + 0.08
            self.sounds.append(Sound(sound, moment, max(lasting, moment + 0.08)))
        self.retreat(self.release)

    def leave_alone(self, passing: bool) -> None:
        self.hand.place = Path(_behind(self.hand, (self.x, self.ground)))
        if passing:
            self.hand.place.wait(self.touch)
            self.hand.place.move(self.release, (self.x, self.random.uniform(0.3, 0.9)))
            self.retreat(self.release)


def _behind(hand: Hand, point: tuple[float, float]) -> tuple[float, float]:
    """Where the arm comes from, out of the picture."""
    return (point[0] - float(np.sin(hand.pointing)) * _FAR, point[1] + float(np.cos(hand.pointing)) * _FAR)


_ACTS: dict[str, Callable[[_Act], None]] = {
    "push_right": lambda act: act.push(1),
    "push_left": lambda act: act.push(-1),
    "move_closer": lambda act: act.distance(closer=True),
    "move_away": lambda act: act.distance(closer=False),
    "put_into": lambda act: act.contain(into=True),
    "take_out": lambda act: act.contain(into=False),
    "cover": lambda act: act.conceal(cover=True),
    "uncover": lambda act: act.conceal(cover=False),
    "lift_hold": lambda act: act.lift(drop=False),
    "lift_drop": lambda act: act.lift(drop=True),
    "push_fall": lambda act: act.shove(falls=True),
    "push_little": lambda act: act.shove(falls=False),
    "pretend_pick": lambda act: act.pretend(),
    "put_down": lambda act: act.put_down(),
    "light_up": lambda act: act.dab(effect="lit", sound="beep"),
    "poke_nothing": lambda act: act.dab(),
    "spin": lambda act: act.dab(sound="tremolo", spin=True),
    "open": lambda act: act.dab(effect="open", sound="chirp"),
}
