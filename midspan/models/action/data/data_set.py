"""The benchmark as a folder: videos, boxes, flow, splits, long films and arrays.

What is whole is kept: interrupted, or after a full disk, the same call goes on where it was.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from midspan.errors import WrongUse
from midspan.models.action.data import something_else_files as files
from midspan.models.action.data import splits
from midspan.models.action.data.array_clips import array_clip, clips_of, meta_of
from midspan.models.action.data.arrays import SECONDS, WINDOWS, ArrayWriter, Style, is_whole
from midspan.models.action.data.clip import Clip, even_times
from midspan.models.action.data.detector_noise import Detections, Noises, detect, noise_of
from midspan.models.action.data.film import Film, make_film
from midspan.models.action.data.film_windows import LEARNED_FROM, OF_EACH, windows_meta, windows_of
from midspan.models.action.data.splits import LABELLED, SPLITS, STYLES, Split
from midspan.models.action.data.video_files import FPS, size_of, write_flow, write_video
from midspan.models.kit.files import write_json

_SETTINGS = "tabletop.json"
_FRAMES = round(SECONDS * FPS)
VERSION = 1


@dataclass(frozen=True)
class Settings:
    seed: int = 0
    clips: int = 6480
    """Of each style, all splits together; those without labels come on top."""
    films: int = 0
    """Long videos of each style, all splits together."""
    windows: int = 0
    """Films of each style, all splits together, of which windows are cut for the arrays."""
    styles: tuple[Style, ...] = STYLES
    q: float = 0.6
    noise: Noises = "old"
    version: int = VERSION


@dataclass(frozen=True)
class Progress:
    what: str
    """"arrays", "windows", "videos", "boxes" or "films"."""
    done: int
    total: int


Report = Callable[[Progress], None]


def write_data_set(
    folder: Path, settings: Settings, *, videos: bool, flow: bool, arrays: bool, report: Report
) -> None:
    """Raises ``WrongUse`` when the folder was begun with other settings, ``OSError`` for a full disk."""
    _begin(folder, settings)
    if arrays:
        _write_arrays(folder, settings, report)
        if settings.windows:
            _write_windows(folder, settings, report)
    if videos:
        for done, (name, _, clip) in enumerate(_named_clips(settings), start=1):
            _write_clip(folder, name, clip, flow)
            report(Progress("videos", done, _total(settings)))
        _write_boxes(folder, settings, report)
    if settings.films:
        _write_films(folder, settings, report)


def _begin(folder: Path, settings: Settings) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path, wanted = folder / _SETTINGS, json.loads(json.dumps(asdict(settings)))
    if path.is_file():
        found = json.loads(path.read_text("utf-8"))
        if found != wanted:
            raise WrongUse(f"{folder} was begun with {found}, got {wanted}; take another folder")
    elif any(folder.iterdir()):
        raise WrongUse(f"{folder} is not empty and holds no clips; take another folder")
    else:
        write_json(path, asdict(settings))


def _total(settings: Settings) -> int:
    return len(settings.styles) * sum(splits.count(split, settings.clips) for split in SPLITS)


def _named_clips(settings: Settings) -> Iterator[tuple[str, tuple[Style, Split], Clip]]:
    """All clips with their ids: a digit of the style, one of the split, and a number."""
    for style in settings.styles:
        for split in SPLITS:
            clips = clips_of(split, style=style, q=settings.q, seed=settings.seed, clips=settings.clips)
            for index, clip in enumerate(clips):
                yield f"{STYLES.index(style) + 1}{SPLITS.index(split) + 1}{index:05}", (style, split), clip


def _write_arrays(folder: Path, settings: Settings, report: Report) -> None:
    done, total = 0, _total(settings)
    for style in settings.styles:
        for split in SPLITS:
            of = {"style": style, "q": settings.q, "seed": settings.seed, "clips": settings.clips}
            where = folder / "arrays" / style / split
            if is_whole(where):
                done += splits.count(split, settings.clips)
                continue
            if where.exists():  # left by a process that was killed
                shutil.rmtree(where)
            noise = noise_of(settings.noise, style)
            with ArrayWriter(where, meta_of(split, **of, noise=noise)) as writer:  # type: ignore[arg-type]
                for clip in clips_of(split, **of):  # type: ignore[arg-type]
                    writer.add(array_clip(clip, noise))
                    done += 1
                    report(Progress("arrays", done, total))


def _write_windows(folder: Path, settings: Settings, report: Report) -> None:
    done, total = 0, _windows(settings)
    for style in settings.styles:
        for split in LEARNED_FROM:
            films = splits.count(split, settings.windows)
            where = folder / "arrays" / style / f"{split}{WINDOWS}"
            if is_whole(where):
                done += OF_EACH * films
                continue
            if where.exists():  # left by a process that was killed
                shutil.rmtree(where)
            of = {
                "style": style,
                "q": settings.q,
                "seed": settings.seed,
                "films": films,
                "noise": noise_of(settings.noise, style),
            }
            with ArrayWriter(where, windows_meta(**of)) as writer:  # type: ignore[arg-type]
                for clip in windows_of(split, **of):  # type: ignore[arg-type]
                    writer.add(clip)
                    done += 1
                    report(Progress("windows", done, total))


def _windows(settings: Settings) -> int:
    films = sum(splits.count(split, settings.windows) for split in LEARNED_FROM)
    return len(settings.styles) * OF_EACH * films


def _write_clip(folder: Path, name: str, clip: Clip, flow: bool) -> None:
    path, flows = folder / "videos" / f"{name}.mp4", folder / "flow" / name
    last = flows / f"{_FRAMES - 1:04}.jpg"
    if path.exists() and (last.exists() or not flow):
        return
    size = size_of(clip.camera.aspect)
    frames = clip.frames(even_times(_FRAMES), size)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        write_video([frames], clip.wave(), size, path)
    if flow:
        write_flow(frames, flows)


def _write_boxes(folder: Path, settings: Settings, report: Report) -> None:
    write_json(folder / "labels.json", files.labels())
    rows: dict[tuple[Style, Split], list[dict[str, Any]]] = {}
    sizes: dict[str, list[int]] = {}
    total = _total(settings)

    def annotations() -> Iterator[tuple[str, Any]]:
        for done, (name, where, clip) in enumerate(_named_clips(settings), start=1):
            size = size_of(clip.camera.aspect)
            rows.setdefault(where, []).append(files.split_row(name, clip))
            sizes[name] = list(size)
            yield name, files.annotation(name, clip, clip.tracks(even_times(_FRAMES)), size)
            report(Progress("boxes", done, total))

    def detections() -> Iterator[Any]:
        for name, _, clip in _named_clips(settings):
            yield files.detected(name, clip, _detect(clip, settings.noise), size_of(clip.camera.aspect))

    files.write_object(annotations(), folder / "annotations.json")
    files.write_list(detections(), folder / f"detections-{settings.noise}.json")
    write_json(folder / "videoid2size.json", sizes)
    for (style, split), listed in rows.items():
        files.write_list(listed, folder / "splits" / style / f"{split}.json")


def _detect(clip: Clip, noises: Noises) -> Detections:
    noise = noise_of(noises, clip.style)
    return detect(clip.tracks(even_times(_FRAMES)), noise, FPS, np.random.default_rng((*clip.seed, 4)))


def _write_films(folder: Path, settings: Settings, report: Report) -> None:
    """Videos, boxes, and events in the format of ActivityNet."""
    (folder / "films").mkdir(exist_ok=True)
    films = sum(splits.count(split, settings.films) for split in LABELLED)
    total, database = len(settings.styles) * films, {}
    for name, style, split, film in _named_films(settings):
        if not (folder / "films" / f"{name}.json").exists():
            size = size_of(film.aspect)
            write_video(film.frames(FPS, size), film.wave(), size, folder / "films" / f"{name}.mp4")
            write_json(folder / "films" / f"{name}.json", film_told(film))
        events = [
            {"segment": [event.start, event.end], "label": event.verb, "nouns": list(event.nouns)}
            for event in film.events()
        ]
        database[name] = {"duration": film.seconds, "subset": split, "style": style, "annotations": events}
        report(Progress("films", len(database), total))
    write_json(folder / "films.json", {"version": f"tabletop {VERSION}", "database": database})


def _named_films(settings: Settings) -> Iterator[tuple[str, Style, Split, Film]]:
    for style in settings.styles:
        for split in LABELLED:
            for index in range(splits.count(split, settings.films)):
                own = (settings.seed, SPLITS.index(split), STYLES.index(style), index, 5)
                name = f"film-{style}-{split}-{index:04}"
                yield name, style, split, make_film(split, style=style, q=settings.q, seed=own)


def film_told(film: Film) -> dict[str, Any]:
    """Events in seconds; boxes as shares of the picture, null where a track is not to be seen."""
    return {
        "fps": FPS,
        "seconds": film.seconds,
        "events": [asdict(event) for event in film.events()],
        "tracks": [
            {
                "id": track.id,
                "category": track.category,
                "noun": track.noun,
                "boxes": [
                    None if np.isnan(b).any() else [round(float(x), 4) for x in b] for b in track.boxes
                ],
            }
            for track in film.tracks(FPS)
        ],
    }
