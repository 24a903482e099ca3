"""Writes a tabletop clip as a film and its ground truth as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np

from midspan.models.action.tabletop import FPS, Clip, Track
from midspan.models.action.tabletop_drawing import HEIGHT, WIDTH


def write_film(clip: Clip, path: Path) -> None:
    """H.264 in MP4, yuv420p, ``FPS`` frames a second."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as film:
        stream = film.add_stream("libx264", rate=FPS, options={"crf": "23", "preset": "slow"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in clip.frames:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode(None))


def truth(clip: Clip) -> dict[str, Any]:
    """What happens in the clip: events in seconds, and a box in pixels (or null) per track and frame."""
    return {
        "fps": FPS,
        "width": WIDTH,
        "height": HEIGHT,
        "frames": len(clip.frames),
        "events": [
            {
                "start": round(event.start, 3),
                "end": round(event.end, 3),
                "verb": event.verb,
                "nouns": list(event.nouns),
                "tracks": list(event.tracks),
            }
            for event in clip.events
        ],
        "tracks": [
            {"id": track.id, "category": track.category, "noun": track.noun, "boxes": _boxes(track)}
            for track in clip.tracks
        ],
    }


def _boxes(track: Track) -> list[list[float] | None]:
    return [None if np.isnan(box).any() else [round(float(side), 1) for side in box] for box in track.boxes]


def write_truth(clip: Clip, path: Path) -> None:
    told = truth(clip)
    tracks = told.pop("tracks")
    head = json.dumps(told, indent=1).removesuffix("\n}")
    lines = ",\n  ".join(json.dumps(track) for track in tracks)
    path.write_text(f'{head},\n "tracks": [\n  {lines}\n ]\n}}\n', encoding="utf-8")
