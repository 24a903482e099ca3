"""How somebody starts from the shell the command that is running: what is printed for copying must work."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from midspan.platform.settings import Settings


def invocation(folder: Path) -> str:
    """``midspan``, or the path to it where it is not on the path, with the workspace where it is not the one
    that is taken without asking."""
    program = "midspan" if _on_path() else _program()
    return program if folder == Settings().folder else f"{program} --workspace {_quoted(folder)}"


def activation() -> str | None:
    """The shell's command that puts ``midspan`` on its path; None where it is there already."""
    script = Path(sys.prefix) / "bin" / "activate"
    return None if _on_path() or not script.exists() else f". {_quoted(script)}"


def _installed() -> Path:
    return Path(sys.executable).parent / "midspan"


def _on_path() -> bool:
    found = shutil.which("midspan")
    return found is not None and Path(found).absolute() == _installed().absolute()


def _program() -> str:
    if _installed().exists():
        return _quoted(_installed())
    return f"{_quoted(Path(sys.executable))} -m midspan.platform"


def _quoted(path: Path) -> str:
    """From the current folder, where the path lies below it."""
    below = path.is_relative_to(Path.cwd())
    return shlex.quote(os.path.relpath(path) if below else str(path))
