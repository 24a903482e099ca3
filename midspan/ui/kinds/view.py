"""What the pages ask of a kind of record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from midspan import Workspace
from midspan.records import RECORDS, Record
from midspan.records.kinds import for_each_kind
from midspan.ui.label import Label
from midspan.ui.wording import counted

R = TypeVar("R", bound=Record)

OpenRecord = Callable[[str], None]
"""Shows the passage of the record or segment with this id."""


@dataclass(frozen=True)
class Page:
    """A page of the navigation that is a kind's own."""

    title: str
    address: str
    icon: str
    render: Callable[[Workspace, OpenRecord], None]


def whole(record: Record) -> Sequence[tuple[int, int]]:
    """The place of a record as one span."""
    return [(int(record.provenance.start), int(record.provenance.end))]


@dataclass(frozen=True)
class KindView(Label, Generic[R]):
    """How one kind of record is named, drawn and counted."""

    record: type[R]
    card: Callable[[Workspace, R, str], None]
    """Draws a record in a passage; gets the HTML of its badge, to begin with."""
    places: Callable[[R], Sequence[tuple[int, int]]] = whole
    """Where the words of a record stand: half-open spans of code points of the source's text."""
    page: Page | None = None

    @property
    def heading(self) -> str:
        """Over a count of them, as ``Atlas places``."""
        return self.record.plural.capitalize()

    def counted(self, count: int) -> str:
        """``1 atlas place``, ``2 atlas places``."""
        return counted(count, self.title.lower(), self.record.plural)


def table(
    views: Iterable[KindView[Any]], records: Mapping[str, type[Record]] = RECORDS
) -> dict[str, KindView[Any]]:
    """The views by kind, in their order. Raises ``LookupError`` unless each kind of record has one."""
    return for_each_kind("midspan/ui/kinds", {view.record.kind: view for view in views}, records)
