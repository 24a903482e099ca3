"""What ``--data`` names for the chapters that learn from clips: a folder of arrays, or labelled videos, of
which arrays are made first."""

from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from midspan.errors import StoreUnavailable
from midspan.platform.cli.common import err, plain

MOST_TOLD = 20
"""Rows that were left out; of the others their number is told."""


def clips_in(data: Path | None, work: Path) -> Path | None:
    """The folder of arrays; those of labelled videos are made in ``work``, with the detector that the
    environment names. Raises ``WrongUse``, ``CorruptSource``, ``StoreUnavailable``."""
    from midspan.pipelines.labelled.labels import is_labelled

    if data is None or not is_labelled(data):
        return data
    from midspan.pipelines.confined.confined import Confined
    from midspan.pipelines.confined.limits import Limits
    from midspan.pipelines.labelled.data_set import make  # loads OpenCV, PyAV
    from midspan.platform.detectors import Detectors
    from midspan.platform.settings import Settings

    settings = Settings()
    confined = Confined(Limits(settings.read_seconds, settings.read_memory_mb))
    detectors = Detectors(settings.detector, settings.folder, settings.threads, naming=False)
    columns = (TextColumn("videos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("videos", total=None)
        try:
            made = make(
                data,
                work / "labelled",
                detectors.detector,
                detectors.named,
                confined,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        except OSError as error:
            raise StoreUnavailable(
                f"{work} cannot be written ({error.strerror or error}); what is whole was kept: free some "
                "space and run the same command again"
            ) from error
        finally:
            confined.close()
    for one in made.refused[:MOST_TOLD]:
        err.print(plain(f"left out: {one}", "yellow"))
    if len(made.refused) > MOST_TOLD:
        err.print(plain(f"left out: {len(made.refused) - MOST_TOLD} rows more", "yellow"))
    return made.folder
