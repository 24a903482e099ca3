"""Captions of Visual Spatial Reasoning (VSR) as labelled sentences: ``The cat is left of the sofa.``"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from midspan.errors import WrongUse
from midspan.models.scene.evaluation.scoring import Gold, Labelled

_MEANT: dict[str, str] = {
    # what VSR calls a relation, by what it is here; "-" where it is said the other way round
    **dict.fromkeys(("left of", "at the left side of"), "left_of"),
    **dict.fromkeys(("right of", "at the right side of"), "right_of"),
    **dict.fromkeys(("above", "over"), "above"),
    **dict.fromkeys(("below", "down from"), "below"),
    **dict.fromkeys(("on", "on top of"), "on"),
    **dict.fromkeys(("under", "beneath"), "under"),
    **dict.fromkeys(
        ("in", "inside", "within", "into", "part of", "enclosed by"), "inside"
    ),
    "in the middle of": "inside/on",
    **dict.fromkeys(("contains", "consists of", "has as a part"), "-inside"),
    **dict.fromkeys(("outside", "off", "out of", "detached from"), "outside"),
    **dict.fromkeys(
        ("next to", "beside", "near", "close to", "adjacent to", "alongside", "by", "at", "at the side of",
         "at the edge of"),
        "next_to",
    ),
    **dict.fromkeys(("touching", "attached to", "connected to", "against"), "touching"),
    **dict.fromkeys(("behind", "at the back of", "beyond"), "behind"),
    **dict.fromkeys(("in front of", "ahead of"), "in_front_of"),
    **dict.fromkeys(("across from", "across", "opposite to"), "across_from"),
    **dict.fromkeys(("far from", "far away from", "away from"), "far_from"),
    **dict.fromkeys(("around", "surrounding"), "around"),
    **dict.fromkeys(("facing", "toward"), "facing"),
    "facing away from": "facing_away",
    **dict.fromkeys(("between", "among"), "between"),
}  # fmt: skip


def read_captions(path: Path) -> Iterator[Labelled]:
    """Rows ``caption`` and ``relation`` of VSR's JSON lines; what has no word here is labelled with none.

    Raises ``WrongUse`` for a caption that does not say its relation.
    """
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        caption, relation = row["caption"], row["relation"]
        before, said, after = caption.rstrip(".").partition(f" {relation} ")
        if not said:
            raise WrongUse(f"the caption {caption!r} does not say {relation!r}")
        subject, thing = (_name(part) for part in (before, after))
        meant = _MEANT.get(relation, "unknown")
        if meant.startswith("-"):
            subject, thing, meant = thing, subject, meant[1:]
        yield Labelled("given", caption, (Gold((subject,), tuple(meant.split("/")), (thing,)),))


def _name(part: str) -> str:
    for article in ("The ", "the "):
        part = part.removeprefix(article)
    return part.removesuffix(" is").removesuffix(" are")
