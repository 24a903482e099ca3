"""Where log lines go: stderr, as key-value lines."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any

import structlog


class StderrLogger:
    """Writes to the stderr of the moment. A line that cannot be written (a full disk, a closed pipe) is lost:
    the work that it tells of goes on."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)

    log = debug = info = warn = warning = error = critical = exception = fatal = failure = msg


def set_up(level: str) -> None:
    """For a process of our own; a program that uses midspan as a library sets up structlog as it likes.
    An unknown level counts as WARNING."""
    number = logging.getLevelName(level.upper())
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(
            number if isinstance(number, int) else logging.WARNING
        ),
        logger_factory=_logger,
    )


def _logger(*_: Any) -> StderrLogger:
    return StderrLogger()
