"""Log lines go to the stderr of the moment and never end the work."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from midspan.platform import logs


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_lines_follow_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger()
    logs.set_up("warning")
    log.warning("the disk is nearly full", free=3)
    log.info("not at this level")
    told = capsys.readouterr()
    assert "the disk is nearly full" in told.err
    assert "free=3" in told.err
    assert "not at this level" not in told.err
    assert told.out == ""


def test_a_line_that_cannot_be_written_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    logs.set_up("nonsense")
    full = Path("/dev/full").open("w")  # noqa: SIM115 - closing it fails too
    monkeypatch.setattr("sys.stderr", full)
    structlog.get_logger().error("no space")
    with suppress(OSError):
        full.close()
    structlog.get_logger().error("the file is closed by now")
