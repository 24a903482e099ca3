"""What commands share: the workspace they were pointed at, and how they print."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from midspan.platform.workspace import Workspace

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Most rows to print.")]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Context:
    """What the options before the command said."""

    folder: Path | None
    """None: the environment says where, or the default is taken."""

    def workspace(self, *, create: bool = False) -> Workspace:
        """Open the workspace; only commands that write may make it."""
        from midspan.platform import logs
        from midspan.platform.workspace import Workspace  # loads SQLAlchemy and the settings

        owner_only()
        workspace = Workspace.open(self.folder, create=create)
        logs.set_up(workspace.parts.settings.log_level)
        return workspace


def owner_only() -> None:
    """From now on what this process writes is for its owner: what a workspace keeps, that is."""
    os.umask(0o077)


def print_json(value: Any) -> None:
    """One JSON document; names that are no UTF-8 are printed with their escapes."""
    print(json.dumps(value, ensure_ascii=True, default=str))


def plain(text: object, style: str = "") -> Text:
    """Text that no one interprets: no markup, and control characters made visible."""
    cleaned = "".join(
        char
        if char.isprintable() or char == " "
        else ("\\n" if char == "\n" else "\N{REPLACEMENT CHARACTER}")
        for char in str(text)
    )
    return Text(cleaned, style=style)


def clock(seconds: float) -> str:
    """Seconds as m:ss.s"""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
