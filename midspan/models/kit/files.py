"""Files that are never half there: written beside, then moved into place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to; what was written there becomes ``path`` at the end."""
    half = path.with_suffix(".part")
    yield half
    half.replace(path)


def write_json(path: Path, value: Any) -> None:
    with whole(path) as half:
        half.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
