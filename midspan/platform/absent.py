"""An ``ingest`` of which no path is there: answered before a workspace is opened, and no job is begun."""

from __future__ import annotations

import time
from collections.abc import Sequence

from midspan.pipelines.discovery import absent
from midspan.platform.answers import IngestReport
from midspan.records import RECORDS


def all_absent(paths: Sequence[str]) -> IngestReport | None:
    """What ingesting these would report; None where there are none, or one of them is there or a pattern."""
    start = time.monotonic()
    failures = []
    for path in dict.fromkeys(paths):
        failure = absent(path)
        if failure is None:
            return None
        failures.append(failure)
    if not failures:
        return None
    return IngestReport(
        job_id="",
        new=0,
        unchanged=0,
        superseded=0,
        partial=0,
        failed=len(failures),
        segments=0,
        records=dict.fromkeys(RECORDS, 0),
        failures=tuple(failures),
        seconds=time.monotonic() - start,
        state="failed",
    )
