"""The Celery application and its thin tasks. Jobs are rows in the record store; Celery delivers them.

Importing this module loads neither torch nor any model: that happens inside the first task.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from celery import Celery

from midspan.platform import broker
from midspan.platform.settings import Settings

if TYPE_CHECKING:
    from midspan.platform.workspace import Workspace

VISIBILITY_SECONDS = 6 * 3600
"""Above the longest task; a killed worker's items come back sooner, by their lease."""
ITEMS_A_TASK = 8
"""Tasks are slices of seconds to minutes, so that several workers share a job."""


def make_app(settings: Settings) -> Celery:
    """An application for the broker of these settings."""
    url = (
        settings.broker_url.get_secret_value()
        if settings.broker_url
        else broker.embedded_url(settings.folder)
    )
    app = Celery("midspan", broker=url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_SECONDS,
            "socket_connect_timeout": 5,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=10,
        task_default_queue="midspan",
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
    )
    app.task(name="midspan.discover")(discover)
    app.task(name="midspan.ingest")(ingest)
    return app


@lru_cache(maxsize=1)
def _workspace() -> Workspace:
    """The worker's workspace, opened once a process."""
    from midspan.platform.workspace import Workspace

    return Workspace.open()


def discover(job_id: str) -> None:
    """Find a job's files, then hand out slices of them."""
    _workspace().background.discover(job_id)


def ingest(job_id: str) -> None:
    """Work on one slice of a job."""
    _workspace().background.work_slice(job_id)
