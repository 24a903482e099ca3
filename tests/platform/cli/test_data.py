"""``midspan data tabletop``: its JSON, its words and its exit codes."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from midspan.errors import UnknownName
from midspan.models.action.data.arrays import read_arrays
from midspan.platform.cli import app


def _call(*arguments):
    result = CliRunner().invoke(app, ["data", "tabletop", *map(str, arguments)])
    if result.exception is not None:
        raise result.exception
    return result


def test_arrays_alone_of_one_style(tmp_path: Path) -> None:
    told = json.loads(
        _call(
            *("--out", tmp_path / "made", "--clips", 10, "--style", "table", "--noise", "realistic"),
            *("--q", 0.25, "--seed", 7, "--arrays", "--no-videos", "--json"),
        ).stdout
    )
    assert told == {
        "folder": str(tmp_path / "made"),
        "seed": 7,
        "clips": 10,
        "films": 0,
        "windows": 0,
        "styles": ["table"],
        "q": 0.25,
        "noise": "realistic",
        "version": 1,
    }
    assert not (tmp_path / "made" / "videos").exists()
    arrays = read_arrays(tmp_path / "made" / "arrays" / "table" / "train")
    assert (len(arrays), arrays.meta.q, arrays.meta.seed, arrays.meta.noise) == (6, 0.25, 7, "realistic")


@pytest.mark.parametrize(("option", "value"), [("--style", "drone"), ("--noise", "loud")])
def test_an_unknown_name_is_refused_before_anything_is_written(
    tmp_path: Path, option: str, value: str
) -> None:
    with pytest.raises(UnknownName, match=value):
        _call("--out", tmp_path / "made", option, value)
    assert not (tmp_path / "made").exists()


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Files may grow to 100 kB only."""
    command = [sys.executable, "-m", "midspan.platform", "data", "tabletop", "--out", str(tmp_path / "made")]
    done = subprocess.run(
        [*command, "--clips", "10", "--arrays", "--no-videos"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "free some space and run the same command again" in done.stderr
