"""Make the tabletop clips of the demo corpus, each with its ground truth beside it.

Run: ``python benchmarks/build_corpus_clips.py``.
"""

from __future__ import annotations

from pathlib import Path

from midspan.models.action.tabletop import Step, make_clip
from midspan.models.action.tabletop_drawing import Thing
from midspan.models.action.tabletop_files import write_film, write_truth

VIDEOS = Path(__file__).parent.parent / "midspan" / "corpus" / "videos"
CUP, BALL, BOTTLE = Thing("red", "cup"), Thing("yellow", "ball"), Thing("green", "bottle")
BLOCK, BOX = Thing("blue", "block"), Thing("purple", "box")
CLIPS = {
    "tabletop-push": (
        (CUP, BLOCK, BOTTLE),
        (Step("push_right", 0), Step("push_left", 1), Step("push_left", 0)),
    ),
    "tabletop-put-down": ((BOTTLE, CUP), (Step("put_down", 0), Step("push_right", 1))),
    "tabletop-cover": ((BALL, BOX, CUP), (Step("push_left", 0), Step("cover", 1, 0))),
    "tabletop-drop": (
        (BALL, BLOCK),
        (Step("lift_drop", 0), Step("push_left", 1), Step("lift_drop", 1)),
    ),
}


def main() -> None:
    for seed, (name, (things, steps)) in enumerate(CLIPS.items(), start=11):
        clip = make_clip(things, steps, seed=seed)
        write_film(clip, VIDEOS / f"{name}.mp4")
        write_truth(clip, VIDEOS / f"{name}.json")
        print(name, [(round(event.start, 2), round(event.end, 2), event.verb) for event in clip.events])


if __name__ == "__main__":
    main()
