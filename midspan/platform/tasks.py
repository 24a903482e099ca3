"""What a worker does with each message of the broker.

Importing this module loads neither torch nor any model: that happens inside the first task.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery

from midspan.errors import MidspanError
from midspan.platform.background import Background

log = structlog.get_logger(__name__)


def add_tasks(app: Celery, background: Background) -> None:
    """Register what a worker does with each message."""
    app.task(name="midspan.discover")(_careful(background.discover))
    app.task(name="midspan.ingest")(_careful(background.work_slice))
    app.task(name="midspan.project")(_careful(background.project))


def _careful(work: Callable[..., None]) -> Callable[..., None]:
    """A task whose expected errors are one line in the log.

    The message counts as done: what it spoke of is in the job's rows, and an idle worker calls for it again.
    """

    def task(*arguments: Any) -> None:
        try:
            work(*arguments)
        except MidspanError as error:
            log.error("a task broke off", task=work.__name__, arguments=arguments, error=str(error))

    return task
