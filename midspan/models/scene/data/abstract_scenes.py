"""Abstract Scenes 1.1 and CoDraw, where somebody has them: real scenes of a playground with real sentences.

Abstract Scenes are of Zitnick and Parikh (2013), CoDraw of Kim et al. (2019) and under CC BY-NC 4.0: what is
trained on them is not for commercial use, so they are in no default weights. Their canvas is 500 x 400
pixels.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from midspan.errors import WrongUse
from midspan.models.scene.data.examples import Example, Facing, PlacedThing
from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.placed import SCALE

WIDTH, HEIGHT = 500, 400
_NAMES: dict[str, str] = {
    # prefix of the clip-art: its items in order of their numbers
    "s": "helicopter|hot-air balloon|cloud|sun|lightning cloud|rain cloud|rocket|airplane",
    "p": "bee spring-rider|slide|sandbox|grill|swings|tent|table|pine tree|leafy tree|apple tree",
    "a": "bear|cat|dog|duck|owl|snake",
    "c": "blue cap|crown|chef hat|pirate hat|winter hat|rainbow propeller hat|wizard hat|viking helmet"
    "|purple glasses|sunglasses",
    "e": "pie|pizza|hotdog|ketchup|mustard|burger|drink",
    "t": "baseball|bucket|beach ball|basketball|soccer ball|tennis ball|football|frisbee|baseball bat"
    "|balloons|baseball glove|shovel|racket|kite|campfire",
}
POSES = ["reaching", "raising arms", "kicking", "running", "sitting", "sitting down", "waving"]
"""Of boy and girl, each with five expressions."""
_SPLITS = {9: "test", 8: "val"}
"""By the last digit of a scene's number, in both data sets."""


def category_of(png: str) -> str:
    """``hb1_19s.png`` is a girl. Raises ``WrongUse`` for what is no clip-art."""
    prefix, _, rest = png.removesuffix(".png").partition("_")
    number = rest.removesuffix("s")
    if prefix in ("hb0", "hb1") and number.isdigit():
        return "boy" if prefix == "hb0" else "girl"
    names = _NAMES[prefix].split("|") if prefix in _NAMES else []
    if not number.isdigit() or int(number) >= len(names):
        raise WrongUse(f"no clip-art of Abstract Scenes: {png!r}")
    return names[int(number)]


def label_of(png: str) -> str:
    """The category, with the pose of a person: ``hb1_19s.png`` is a "running girl". Raises ``WrongUse``."""
    category = category_of(png)
    if category not in ("boy", "girl"):
        return category
    number = int(png.removesuffix(".png").partition("_")[2].removesuffix("s"))
    return f"{POSES[number // 5]} {category}"


def abstract_scenes(folder: Path) -> Iterator[Example]:
    """The scenes with sentences of the folder ``AbstractScenes_v1.1``, with all their sentences as one
    text."""
    sentences = _sentences(folder / "SimpleSentences")
    lines = iter((folder / "Scenes_10020.txt").read_text("utf-8").splitlines()[1:])
    for number, header in enumerate(line for line in lines if line.strip()):
        count = int(header.split()[1])
        rows = [next(lines).split() for _ in range(count)]
        if rows and sentences[number]:
            things = tuple(
                _thing(row[0], float(row[3]), float(row[4]), int(row[5]), int(row[6])) for row in rows
            )
            yield _example(" ".join(sentences[number]), things, "abstract scenes", number)


def _sentences(folder: Path) -> dict[int, list[str]]:
    """Lower-cased, each with an end mark, by scene."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in (1, 2):
        for line in (folder / f"SimpleSentences{part}_10020.txt").read_text("utf-8").splitlines():
            if line.strip():
                scene, _, sentence = line.split("\t")
                text = sentence.strip().lower()
                found[int(scene)].append(text if text.endswith((".", "!", "?")) else f"{text}.")
    return found


def codraw(path: Path) -> Iterator[Example]:
    """The scenes of CoDraw 1.0, with what the Teller said as the text.

    ``path`` is ``CoDraw_1_0.json``, a folder with a JSON file for each dialog, or JSON lines (``.gz`` too) of
    ``id``, ``scene`` (lists of name, x, y, z, flip) and ``turns`` (with ``t``, the Teller's message).
    """
    for dialog in _dialogs(path):
        if "scene" in dialog:
            things = tuple(_thing(*row) for row in dialog["scene"])
            said = [turn.get("t", "") for turn in dialog["turns"]]
            number = int(dialog["id"])
        else:
            things = tuple(_packed(dialog["abs_t"]))
            said = [turn.get("msg_t", "") for turn in dialog["dialog"]]
            number = int(dialog["image_id"])
        text = " ".join(message.strip() for message in said if message.strip())
        if things and text:
            yield _example(text, things, "codraw", number)


def _dialogs(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_dir():
        for file in sorted(path.glob("*.json")):
            yield json.loads(file.read_text("utf-8"))
    elif path.suffix == ".json":
        yield from json.loads(path.read_text("utf-8"))["data"].values()
    else:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from map(json.loads, data.decode().splitlines())


def _packed(text: str) -> Iterator[PlacedThing]:
    """``count, (name, number, item, type, x, y, z, flip) * count``; what lies outside the canvas is not
    placed."""
    values = text.rstrip(",").split(",")[1:]
    for k in range(0, len(values) - 7, 8):
        name, _, _, _, x, y, z, flip = values[k : k + 8]
        if float(x) > -WIDTH:
            yield _thing(name, float(x), float(y), int(z), int(flip))


def _thing(png: str, x: float, y: float, z: int, flip: int) -> PlacedThing:
    name = category_of(png)
    category = NAMED[name]
    facing: Facing = "left" if flip else "right"
    size = round(category.width * SCALE[z], 4), round(category.height * SCALE[z], 4)
    return PlacedThing(label_of(png), name, None, (x / WIDTH, y / HEIGHT, *size), z, facing)


def _example(text: str, things: tuple[PlacedThing, ...], origin: str, number: int) -> Example:
    return Example(text, things, (), origin, split=_SPLITS.get(number % 10, "train"))
