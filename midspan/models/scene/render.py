"""A scene as a picture: SVG with icons and simple shapes, the same text for the same scene.

The view box is 500 x 400, as the canvas of Abstract Scenes. The backdrop is a neutral card of its own, the
same on light and dark pages; a lawn or a sky is drawn where the text speaks of one. Areas are drawn first,
then what is far, smaller, and what is on or in a thing after it. A ring tells how sure a model is of a place;
a relation that the layout does not satisfy is red and dashed. Labels are escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from midspan.models.scene.concepts import concept_of, noun_of
from midspan.models.scene.icons import Icon, icon_of
from midspan.models.scene.icons.shapes import Shape, colour_of, shape_of
from midspan.models.scene.lexicon import NAMED, Category, is_area
from midspan.models.scene.placed import scale_of
from midspan.records import SceneArrangement, SceneObject

WIDTH, HEIGHT = 500, 400
_UPON = frozenset({"on", "inside", "touching"})
_TURNED = frozenset({"facing", "facing_away", "turned_left", "turned_right"})
_LINE, _LETTER = 18, 8.0
"""Pixels of a line of labels, and of a letter in the mean."""


@dataclass(frozen=True)
class _Drawn:
    """A thing with its box in pixels and what stands for it."""

    thing: SceneObject
    category: Category
    colour: str
    x: float
    y: float
    width: float
    height: float
    icon: Icon | None
    shape: Shape

    @property
    def is_tile(self) -> bool:
        return self.icon is None and self.shape.is_tile

    @property
    def foot(self) -> float:
        return self.y + self.height / 2


def render(scene: SceneArrangement, over: str = "") -> str:
    """SVG of a scene; ``over`` is SVG that is drawn between the things and their labels."""
    drawn = [_drawn(thing) for thing in scene.objects]
    order = _order(scene)
    things = "".join(_draw(drawn[k]) for k in order)
    rings = "".join(_ring(one) for one in drawn)
    wrong = "".join(
        _line(scene.objects[relation.subject], scene.objects[relation.object], relation.predicate)
        for relation in scene.relations
        if not relation.satisfied
    )
    turned = {relation.subject for relation in scene.relations if relation.predicate in _TURNED}
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="15" text-anchor="middle">'
        f"<title>{_text(scene.text)}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#f4f2ee"/>'
        f"{things}{over}{rings}{wrong}{_labels(drawn, order, turned)}</svg>"
    )


def picture_of(label: str) -> str:
    """SVG of the icon of what a label names; empty where there is none."""
    noun = noun_of(label)
    icon = icon_of(noun, concept_of(noun))
    if icon is None:
        return ""
    shown = " ".join(map(_number, icon.box))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{shown}">{icon.body}</svg>'


def _drawn(thing: SceneObject) -> _Drawn:
    category = NAMED[thing.category]
    scale = scale_of(category, thing.depth)
    width = category.width * scale if thing.width is None else thing.width
    height = category.height * scale if thing.height is None else thing.height
    known = thing.mapping == "lexicon"
    noun = thing.noun or noun_of(thing.surface)
    concept = concept_of(noun, category.name) if thing.concept is None else thing.concept
    icon = None
    if not is_area(category):
        icon = icon_of(noun, None) or icon_of(category.name if known else noun, concept)
    shape = shape_of(category.name if known else noun, concept, category)
    return _Drawn(
        *(thing, category, colour_of(noun, category)),
        *(thing.x * WIDTH, thing.y * HEIGHT, width * WIDTH, height * HEIGHT),
        *(icon, shape),
    )


def _order(scene: SceneArrangement) -> list[int]:
    """Which thing is drawn when; what covers another one comes after it."""

    def rank(k: int) -> tuple[int, int]:
        group = NAMED[scene.objects[k].category].group
        return (
            0 if is_area(NAMED[scene.objects[k].category]) else 1 if group == "sky" else 2,
            -scene.objects[k].depth,
        )

    levels = {k: rank(k) for k in range(len(scene.objects))}
    below = dict.fromkeys(levels, 0)
    for _ in range(len(levels)):
        for relation in scene.relations:
            if relation.predicate in _UPON and relation.subject != relation.object:
                upper, lower = relation.subject, relation.object
                levels[upper] = max(levels[upper], levels[lower])
                if levels[upper] == levels[lower]:
                    below[upper] = min(max(below[upper], below[lower] + 1), len(levels))
    return sorted(levels, key=lambda k: (levels[k], below[k], k))


def _draw(one: _Drawn) -> str:
    """A thing in its box; what stands on the ground has a shadow there."""
    look = f'opacity="{_number(1 - 0.08 * one.thing.depth)}"' if one.thing.depth else ""
    shadow = ""
    if one.category.group not in ("sky", "place", "overhead", "clothing") and not one.is_tile:
        shadow = (
            f'<ellipse cx="{_number(one.x)}" cy="{_number(one.foot)}" rx="{_number(0.4 * one.width)}" '
            f'ry="{_number(max(2.0, 0.03 * one.height))}" fill="#000" fill-opacity=".08"/>'
        )
    return f"<g {look}>{shadow}{_from_icon(one, one.icon) if one.icon else _from_shape(one)}</g>"


def _from_icon(one: _Drawn, icon: Icon) -> str:
    """As large as fits, on the foot of the box; what looks to a side is turned to the thing's."""
    left, top, width, height = icon.box
    scale = min(one.width / width, one.height / height)
    mirror = -1 if icon.side == "left" and one.thing.facing == "right" else 1
    x = one.x - mirror * scale * (left + width / 2)
    high = (
        one.y - scale * (top + height / 2)
        if one.category.group == "sky"
        else one.foot - scale * (top + height)
    )
    return (
        f'<g transform="translate({_number(x)} {_number(high)}) '
        f'scale({_number(mirror * scale)} {_number(scale)})">{icon.body}</g>'
    )


def _from_shape(one: _Drawn) -> str:
    """A shape of 100 x 100, stretched to the box."""
    mirror = -1 if one.thing.facing == "left" else 1
    x, y = one.x - mirror * one.width / 2, one.y - one.height / 2
    return (
        f'<g transform="translate({_number(x)} {_number(y)}) '
        f'scale({_number(mirror * one.width / 100)} {_number(one.height / 100)})" '
        f'color="{one.colour}" stroke="#333" stroke-width="1.5">{one.shape.body}</g>'
    )


def _ring(one: _Drawn) -> str:
    """Around a thing whose place a model chose: the fainter, the less sure."""
    sure = one.thing.confidence
    if sure is None:
        return ""
    return (
        f'<ellipse cx="{_number(one.x)}" cy="{_number(one.y)}" rx="{_number(one.width / 2 + 6)}" '
        f'ry="{_number(one.height / 2 + 6)}" fill="none" stroke="#4338ca" stroke-width="3" '
        f'stroke-opacity="{_number(min(max(sure, 0.0), 1.0))}">'
        f"<title>place: {sure:.0%} sure</title></ellipse>"
    )


def _labels(drawn: list[_Drawn], order: list[int], turned: set[int]) -> str:
    """Under each thing, within an area or a tile; one that would cover another goes a line further down."""
    taken: list[tuple[float, float, float]] = []
    parts = []
    for k in order:
        one = drawn[k]
        words = _text(one.thing.surface)
        if k in turned:
            words = f"{words} ▸" if one.thing.facing == "right" else f"◂ {words}"
        half = _LETTER * len(one.thing.surface) / 2
        x = min(max(one.x, min(half, WIDTH / 2)), max(WIDTH - half, WIDTH / 2))
        y = one.foot - 6 if is_area(one.category) else one.y + 5 if one.is_tile else one.foot + 15
        y = min(y, HEIGHT - 4)
        while any(abs(y - high) < _LINE and abs(x - across) < half + wide for across, high, wide in taken):
            y += _LINE
        if y > HEIGHT - 4:  # no room below
            y = min(one.foot, HEIGHT - 4)
        taken.append((x, y, half))
        parts.append(
            f'<text x="{_number(x)}" y="{_number(y)}" fill="#222" stroke="#fff" stroke-width="3" '
            f'paint-order="stroke">{words}</text>'
        )
    return "".join(parts)


def _line(a: SceneObject, b: SceneObject, predicate: str) -> str:
    if a is b:
        return (
            f'<circle cx="{_number(a.x * WIDTH)}" cy="{_number(a.y * HEIGHT)}" r="24" fill="none" '
            f'stroke="#c00" stroke-width="3" stroke-dasharray="7 5">'
            f"<title>not satisfied: {_text(predicate.replace('_', ' '))}</title></circle>"
        )
    ends = [_number(value) for value in (a.x * WIDTH, a.y * HEIGHT, b.x * WIDTH, b.y * HEIGHT)]
    return (
        f'<line x1="{ends[0]}" y1="{ends[1]}" x2="{ends[2]}" y2="{ends[3]}" stroke="#c00" '
        f'stroke-width="3" stroke-dasharray="7 5">'
        f"<title>not satisfied: {_text(predicate.replace('_', ' '))}</title></line>"
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(value: str) -> str:
    """Escaped, without the control characters that XML forbids."""
    return escape("".join(c if c.isprintable() else " " for c in value))
