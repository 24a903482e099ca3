"""Make midspan/models/scene/icons/icons.json.gz, pictures of things, each with the concepts that it is of:

python -m benchmarks.build_scene_icons --icons icons.json

``--icons`` is the file of that name in the npm package @iconify-json/fluent-emoji-flat (Microsoft's Fluent
Emoji, MIT). Which of its icons are taken, which side they look to and which nouns they are of says
``midspan/models/scene/icons/table.tsv``, which is ours. The box of what is drawn is measured in Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from midspan.models.scene.concepts import taxonomy

FOLDER = Path(__file__).parent.parent / "midspan/models/scene/icons"
TARGET = FOLDER / "icons.json.gz"
SIZE = 32
ALONE = frozenset({"aircraft", "letter", "plate", "drink", "bag", "fire", "bush", "shrub", "puzzle", "tower"})
"""Nouns whose icon is not that of their kinds."""
PEOPLE = re.compile(
    "(?:man|woman|person|police|construction|health)-|horse-racing$|"
    "(?:astronaut|baby|clown-face|cook|farmer|firefighter|guard|prince|princess|skier|snowboarder|student|teacher)$"
)
"""Icons that show people."""
MEASURE = """
bodies => bodies.map(body => {
  document.body.innerHTML = `<svg viewBox="0 0 32 32"><g>${body}</g></svg>`;
  const {x, y, width, height} = document.querySelector("g").getBBox();
  return [x, y, width, height];
})
"""


def rows() -> Iterator[tuple[str, str, list[str]]]:
    """(icon, side, nouns)"""
    for line in (FOLDER / "table.tsv").read_text("utf-8").splitlines():
        icon, side, nouns = line.split("\t")
        yield icon, side, nouns.split(",")


def boxes(bodies: list[str]) -> list[list[float]]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        found: list[list[float]] = browser.new_page().evaluate(MEASURE, bodies)
        browser.close()
    return found


def concepts_of(icon: str, nouns: list[str]) -> list[int]:
    """Of those that have one of their own; "polar bear" is known as a bear alone. No person is drawn as what
    he may be called: a brain, a badger."""
    known, people = taxonomy(), taxonomy().meant["person"]
    meant = {known.meant[noun] for noun in nouns if noun in known.meant and noun not in ALONE}
    return sorted(one for one in meant if PEOPLE.match(icon) or not people <= one <= known.last[people])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--icons", type=Path, required=True)
    drawn = json.loads(arguments.parse_args().icons.read_text("utf-8"))["icons"]
    wanted = list(rows())
    bodies = [re.sub(r"\s+", " ", drawn[icon]["body"]).strip() for icon, _, _ in wanted]
    icons: dict[str, Any] = {}
    for (icon, side, nouns), body, box in zip(wanted, bodies, boxes(bodies), strict=True):
        low_x, low_y = max(box[0], 0.0), max(box[1], 0.0)
        high_x, high_y = min(box[0] + box[2], SIZE), min(box[1] + box[3], SIZE)
        shown = [round(value, 2) for value in (low_x, low_y, high_x - low_x, high_y - low_y)]
        icons[icon] = {
            "side": side,
            "nouns": nouns,
            "concepts": concepts_of(icon, nouns),
            "box": shown,
            "body": body,
        }
    with gzip.GzipFile(TARGET, "wb", mtime=0) as file:
        file.write(json.dumps(icons, separators=(",", ":"), sort_keys=True).encode())
    print(f"{len(icons)} icons, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
