"""midspan: read documents and videos, keep what five models say about them, search and ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Workspace", "__version__"]

if TYPE_CHECKING:
    from midspan.platform.workspace import Workspace


def __getattr__(name: str) -> Any:
    """Import the workspace on first use, so that ``import midspan`` stays light."""
    if name == "Workspace":
        from midspan.platform.workspace import Workspace

        return Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
