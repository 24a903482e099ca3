"""Make the tabletop films of the demo corpus, each with its ground truth beside it.

Run: ``python -m benchmarks.build_corpus_clips``. They are the first of their kind, whatever the models say of
them, and show pairs of verb and noun that no model learned.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from midspan.models.action.data.arrays import Style
from midspan.models.action.data.data_set import film_told
from midspan.models.action.data.film import Film, make_film
from midspan.models.action.data.splits import STYLES
from midspan.models.action.data.video_files import FPS, size_of, write_video
from midspan.models.kit.files import write_json

VIDEOS = Path(__file__).parent.parent / "midspan" / "corpus" / "videos"
FILMS: dict[Style, tuple[str, ...]] = {
    "table": ("tabletop-1", "tabletop-2"),
    "egocentric": ("tabletop-close-up",),
}
LONGEST = 30.0
"""Seconds; longer films are passed over."""
CRF = 34
"""Small files; of the grain of the pictures little is left."""
_PLACE = 23
"""Part of the seeds: of no other film."""


def main() -> None:
    for style, names in FILMS.items():
        for name, film in zip(names, films(style), strict=False):
            size = size_of(film.aspect)
            write_video(film.frames(FPS, size), film.wave(), size, VIDEOS / f"{name}.mp4", crf=CRF)
            write_json(VIDEOS / f"{name}.json", film_told(film))
            print(name, film.seconds, [(event.start, event.end, event.verb) for event in film.events()])


def films(style: Style) -> Iterator[Film]:
    drawn = (
        make_film("unseen_test", style=style, q=0.6, seed=(STYLES.index(style), number, _PLACE))
        for number in count()
    )
    return (film for film in drawn if film.seconds <= LONGEST)


if __name__ == "__main__":
    main()
