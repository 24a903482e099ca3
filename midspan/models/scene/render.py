"""A scene as a picture: SVG with simple shapes of our own, the same text for the same scene.

The view box is 500 x 400, as the canvas of Abstract Scenes. The backdrop is neutral: a lawn or a sky is drawn
where the text speaks of one. Areas are drawn first, then what is far, smaller, and what is on or in a thing
after it; a relation that the layout does not satisfy is red and dashed. Labels are escaped.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from html import escape

from midspan.models.scene.layout import scale_of
from midspan.models.scene.lexicon import NAMED, Category, is_area
from midspan.records import SceneArrangement, SceneObject

WIDTH, HEIGHT = 500, 400
_UPON = frozenset({"on", "inside", "touching"})


def render(scene: SceneArrangement) -> str:
    """SVG of a scene."""
    order = _order(scene)
    shapes = "".join(_draw(scene.objects[k]) for k in order)
    wrong = "".join(
        _line(scene.objects[relation.subject], scene.objects[relation.object], relation.predicate)
        for relation in scene.relations
        if not relation.satisfied
    )
    labels = "".join(_label(scene.objects[k]) for k in order)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12" text-anchor="middle">'
        f"<title>{_text(scene.text)}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f4f2ee"/>'
        f"{shapes}{wrong}{labels}</svg>"
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


def _draw(thing: SceneObject) -> str:
    """A thing's shape, drawn in a box of 100 x 100 and moved to its place."""
    category = NAMED[thing.category]
    scale = scale_of(category, thing.depth)
    width = category.width * scale * WIDTH / 100
    height = category.height * scale * HEIGHT / 100
    mirror = -1 if thing.facing == "left" else 1
    x, y = thing.x * WIDTH - mirror * width * 50, thing.y * HEIGHT - height * 50
    shape = _SHAPES.get(category.name, _BY_GROUP[category.group])(category, _colour(thing))
    return (
        f'<g transform="translate({_number(x)} {_number(y)}) '
        f'scale({_number(mirror * width)} {_number(height)})" '
        f'stroke="#333" stroke-width="1.5">{shape}</g>'
    )


def _label(thing: SceneObject) -> str:
    category = NAMED[thing.category]
    height = category.height * scale_of(category, thing.depth) * HEIGHT
    foot = thing.y * HEIGHT + height / 2
    y = foot - 6 if is_area(category) else min(foot + 12, HEIGHT - 4)
    return (
        f'<text x="{_number(thing.x * WIDTH)}" y="{_number(y)}" fill="#222" stroke="#fff" stroke-width="3" '
        f'paint-order="stroke">{_text(thing.surface)}</text>'
    )


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


_AREAS = {
    "#a9cdea": "water river lake pond sea ocean stream pool puddle harbour harbor canal bay",
    "#cfe3f5": "sky",
    "#c6dfb0": "lawn grass field meadow garden yard hill park pasture orchard forest",
    "#eadbb2": "beach sand desert island sandpit",
    "#f8fbff": "snow ice",
    "#b9b9b9": "road street path sidewalk court highway motorway square",
    "#a79f95": "mountain cliff rock cave volcano",
}
_COLOURS = {word: colour for colour, words in _AREAS.items() for word in words.split()}


def _colour(thing: SceneObject) -> str:
    """That of a well-known area; else a light colour that the same word always has."""
    word = thing.surface.lower()
    if is_area(NAMED[thing.category]):
        last = word.split()[-1] if word.split() else ""
        return _COLOURS.get(last) or _COLOURS.get(last.removesuffix("s")) or "#e3ddd2"
    return f"hsl({zlib.crc32(word.encode()) % 360} 55% 65%)"


# --- shapes in a box of 100 x 100; they face right ---


def _person(category: Category, colour: str) -> str:
    hair = {"boy": "#8a4b20", "girl": "#e0a83c"}.get(category.name, "#555")
    return (
        f'<path d="M50 30 V68 M50 68 L30 100 M50 68 L70 100 M50 42 L18 56 M50 42 L84 50" fill="none" '
        f'stroke="{colour}" stroke-width="9" stroke-linecap="round"/>'
        f'<ellipse cx="50" cy="15" rx="22" ry="15" fill="#f6d7b8"/>'
        f'<path d="M28 14 A22 15 0 0 1 70 9 Z" fill="{hair}"/><circle cx="60" cy="15" r="2"/>'
    )


def _animal(category: Category, colour: str) -> str:
    return (
        f'<path d="M25 62 V98 M38 66 V98 M58 66 V98 M70 62 V98" stroke="{colour}" stroke-width="8"/>'
        f'<path d="M14 50 Q2 40 6 26" fill="none" stroke="{colour}" stroke-width="6"/>'
        f'<ellipse cx="45" cy="55" rx="33" ry="20" fill="{colour}"/>'
        f'<path d="M66 14 L72 4 L78 12" fill="{colour}"/>'
        f'<ellipse cx="78" cy="30" rx="20" ry="19" fill="{colour}"/><circle cx="85" cy="26" r="3"/>'
    )


def _area(category: Category, colour: str) -> str:
    return f'<rect width="100" height="100" rx="3" fill="{colour}" stroke="none"/>'


def _vehicle(category: Category, colour: str) -> str:
    wheels = "".join(f'<ellipse cx="{x}" cy="82" rx="11" ry="16" fill="#555"/>' for x in (25, 76))
    return f'<path d="M2 82 V46 H20 L34 14 H76 L86 46 H98 V82 Z" fill="{colour}"/>{wheels}'


def _building(category: Category, colour: str) -> str:
    return (
        f'<rect x="10" y="36" width="80" height="62" fill="{colour}"/>'
        '<path d="M2 38 L50 3 L98 38 Z" fill="#a9654a"/>'
        '<rect x="42" y="66" width="18" height="32" fill="#6b4a33"/>'
    )


def _furniture(category: Category, colour: str) -> str:
    return (
        f'<path d="M12 84 V98 M88 84 V98" stroke-width="6"/><rect x="4" y="4" width="92" height="82" rx="8" '
        f'fill="{colour}" fill-opacity=".85"/>'
    )


def _plant(category: Category, colour: str) -> str:
    return (
        '<path d="M50 98 V40 M50 78 Q30 76 24 58 M50 70 Q70 68 76 50" fill="none" '
        'stroke="#3f7f4a" stroke-width="6"/>'
        f'<circle cx="50" cy="28" r="24" fill="{colour}"/>'
    )


def _large(category: Category, colour: str) -> str:
    return f'<rect x="2" y="4" width="96" height="94" rx="9" fill="{colour}" fill-opacity=".85"/>'


def _small(category: Category, colour: str) -> str:
    return f'<rect x="8" y="10" width="84" height="86" rx="22" fill="{colour}"/>'


def _sky(category: Category, colour: str) -> str:
    return f'<ellipse cx="50" cy="50" rx="48" ry="34" fill="{colour}"/><path d="M84 50 L98 30 V70 Z"/>'


def _clothing(category: Category, colour: str) -> str:
    crown = f'<path d="M22 74 Q22 12 50 12 Q78 12 78 74 Z" fill="{colour}"/>'
    return crown + '<path d="M8 80 H96" stroke-width="9"/>'


def _round(category: Category, colour: str) -> str:
    return (
        f'<ellipse cx="50" cy="50" rx="46" ry="46" fill="{colour}"/>'
        f'<path d="M6 50 Q50 24 94 50 M50 4 Q30 50 50 96" fill="none"/>'
    )


def _cloud(category: Category, colour: str) -> str:
    rain = '<path d="M30 74 L24 96 M52 74 L46 96 M74 74 L68 96" stroke="#37c" stroke-width="4"/>'
    bolt = '<path d="M54 66 L40 84 H54 L44 100" fill="none" stroke="#e8b400" stroke-width="6"/>'
    below = {"rain cloud": rain, "lightning cloud": bolt}.get(category.name, "")
    return '<path d="M22 72 A20 20 0 0 1 22 36 A26 26 0 0 1 68 26 A24 24 0 0 1 80 72 Z" fill="#fff"/>' + below


def _sun(category: Category, colour: str) -> str:
    return (
        '<path d="M50 2 V98 M2 50 H98 M16 16 L84 84 M84 16 L16 84" stroke="#e8b400" stroke-width="5"/>'
        '<circle cx="50" cy="50" r="30" fill="#ffd84a"/>'
    )


def _tree(category: Category, colour: str) -> str:
    crown = '<ellipse cx="50" cy="36" rx="46" ry="34" fill="#5fa84f"/>'
    if category.name == "pine tree":
        crown = '<path d="M50 2 L92 74 H8 Z" fill="#3f7f4a"/>'
    if category.name == "apple tree":
        apples = ((30, 30), (52, 20), (70, 36), (48, 48), (26, 46))
        crown += "".join(f'<circle cx="{x}" cy="{y}" r="5" fill="#d33"/>' for x, y in apples)
    return f'<rect x="42" y="60" width="16" height="38" fill="#8a5a33"/>{crown}'


def _table(category: Category, colour: str) -> str:
    top = '<rect y="2" width="100" height="14" fill="#b98a55"/>'
    return '<path d="M16 12 V98 M84 12 V98" stroke-width="9"/>' + top


def _tent(category: Category, colour: str) -> str:
    return f'<path d="M50 4 L98 98 H2 Z" fill="{colour}"/><path d="M50 40 L66 98 H34 Z" fill="#444"/>'


_Shape = Callable[[Category, str], str]
_BY_GROUP: dict[str, _Shape] = {
    "sky": _sky,
    "large": _large,
    "person": _person,
    "animal": _animal,
    "clothing": _clothing,
    "food": _small,
    "toy": _small,
    "small": _small,
    "place": _area,
    "overhead": _area,
}
_SHAPES: dict[str, _Shape] = {
    "cloud": _cloud,
    "rain cloud": _cloud,
    "lightning cloud": _cloud,
    "sun": _sun,
    "pine tree": _tree,
    "leafy tree": _tree,
    "apple tree": _tree,
    "tree": _tree,
    "vehicle": _vehicle,
    "building": _building,
    "furniture": _furniture,
    "plant": _plant,
    "table": _table,
    "tent": _tent,
    "baseball": _round,
    "beach ball": _round,
    "basketball": _round,
    "soccer ball": _round,
    "tennis ball": _round,
    "football": _round,
}
