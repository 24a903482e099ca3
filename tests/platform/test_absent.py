"""Paths of which none is there are told of as an ingest tells it, without a workspace."""

from pathlib import Path

import pytest

from midspan import Workspace
from midspan.platform.absent import all_absent


def test_it_reports_what_ingesting_reports(tmp_path: Path) -> None:
    asked = [str(tmp_path / "gone"), str(tmp_path / "a" / "b.txt"), str(tmp_path / "gone")]
    report = all_absent(asked)
    assert report is not None and not report.ok
    with Workspace.open(tmp_path / "workspace") as workspace:
        ingested = workspace.ingest(asked)
    assert report.as_json() | {"seconds": 0} == ingested.as_json() | {"seconds": 0}
    assert report.state == ingested.state


@pytest.mark.parametrize("with_it", ["here.txt", ".", "*.txt"])
def test_what_may_be_there_is_left_to_an_ingest(
    with_it: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.txt").touch()
    assert all_absent(["gone", with_it]) is None
    assert all_absent([]) is None
