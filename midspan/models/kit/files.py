"""Files that are never half there: written beside, then moved into place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to; what was written there becomes ``path`` at the end, and goes on an error."""
    half = path.with_suffix(".part")
    try:
        yield half
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    with whole(path) as half:
        half.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
