"""A job store over a database of its own; ``store`` is its record store."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from midspan.db.jobs.store import JobStore


@pytest.fixture
def jobs(engine: Engine) -> JobStore:
    return JobStore(engine)
