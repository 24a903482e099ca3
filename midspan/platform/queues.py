"""The Celery application and its queues. Jobs are rows in the record store; Celery delivers."""

from __future__ import annotations

from typing import Any

from celery import Celery

from midspan.errors import UnknownName
from midspan.platform import broker
from midspan.platform.settings import Settings
from midspan.records import SourceKind

VISIBILITY_SECONDS = 6 * 3600
"""Above the longest task; a killed worker's items come back sooner, by their lease."""
SOCKET_SECONDS = 15.0
"""How long a broker may be silent within one request before it counts as gone."""

QUEUES: dict[str, SourceKind | None] = {"documents": "document", "videos": "video", "projection": None}
"""Which items' tasks go where; finding a job's files is a task for ``documents``."""
ITEMS_A_TASK: dict[SourceKind, int] = {"document": 8, "video": 1}
"""Tasks are slices of seconds to minutes, so that several workers share a job."""


def queue_of(kind: SourceKind) -> str:
    return next(queue for queue, served in QUEUES.items() if served == kind)


def chosen_queues(names: str) -> list[str]:
    """From ``documents,videos`` to a list; raises ``UnknownName``."""
    chosen = list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    for name in chosen:
        if name not in QUEUES:
            raise UnknownName("queue", name, list(QUEUES))
    return chosen or list(QUEUES)


def make_app(settings: Settings) -> Celery:
    """An application for the broker of these settings, without tasks: enough to send some."""
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
        broker_transport_options=_redis_options() if url.startswith("redis") else {},
        broker_connection_timeout=5,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker waits for its broker, however long
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_default_queue="documents",
        task_create_missing_queues=True,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
    )
    return app


def _redis_options() -> dict[str, Any]:
    return {
        "visibility_timeout": VISIBILITY_SECONDS,
        "socket_connect_timeout": 5,
        "socket_timeout": SOCKET_SECONDS,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }
