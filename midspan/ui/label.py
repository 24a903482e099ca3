"""What a kind of segment or record is called, and the colour of its badge."""

from __future__ import annotations

from dataclasses import dataclass

from midspan.ui.escaping import as_html


@dataclass(frozen=True)
class Label:
    """One kind's name and colour."""

    title: str
    """On badges and in the filter, as ``Atlas place``."""
    colour: str
    """CSS; white is read on it."""

    @property
    def badge(self) -> str:
        """HTML."""
        return f'<span class="ms-kind" style="background:{self.colour}">{as_html(self.title)}</span>'


SEGMENTS: dict[str, Label] = {
    "sentence": Label("Sentence", "#64748b"),
    "fragment": Label("Fragment", "#64748b"),
    "window": Label("Video moment", "#0e7490"),
}
