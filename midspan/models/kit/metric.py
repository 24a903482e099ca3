"""What a figure is: a chapter declares its metrics, so that tables are made and read without knowing it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str
    """Empty for a share from 0 to 1."""
    greater_is_better: bool
    views: tuple[str, ...] = ()
    """Ways of showing what is measured on; the figure of each is called ``NAME_VIEW``."""
    table: str = ""
    """Metrics of one table stand side by side, each view in a table of its own."""

    @property
    def figures(self) -> dict[str, str]:
        """The names of its figures, with the table of each."""
        return {f"{self.name}_{view}": f"{self.table} {view}" for view in self.views} or {
            self.name: self.table
        }

    @property
    def legend(self) -> str:
        """``nvd_cm (cm, less is better)``."""
        better = f"{'more' if self.greater_is_better else 'less'} is better"
        return f"{self.name} ({', '.join(filter(None, (self.unit, better)))})"
