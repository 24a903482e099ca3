"""What is printed for copying works in the shell at hand."""

import subprocess
import sys
from pathlib import Path

import pytest

from midspan.platform.cli.invocation import activation, invocation
from midspan.platform.settings import Settings

BIN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIDSPAN_WORKSPACE", raising=False)
    return tmp_path


def works(command: str) -> bool:
    done = subprocess.run(f"{command} --version", shell=True, capture_output=True, text=True, check=True)
    return done.stdout.startswith("midspan ")


def test_on_the_path_its_name_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{BIN}:/usr/bin:/bin")
    assert invocation(Settings().folder) == "midspan"
    assert activation() is None


def test_off_the_path_it_is_named_in_full_and_what_helps_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    named = invocation(Settings().folder)
    assert named == str(BIN / "midspan") and works(named)
    assert works(f"{activation()} && midspan")


def test_another_midspan_on_the_path_is_not_this_one(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = elsewhere / "midspan"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{elsewhere}:{BIN}:/usr/bin:/bin")
    assert invocation(Settings().folder) == str(BIN / "midspan")


def test_a_workspace_that_was_chosen_is_named_as_the_shell_reads_it(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{BIN}:/usr/bin:/bin")
    assert invocation(elsewhere / "my notes") == "midspan --workspace 'my notes'"
    assert invocation(Path("/srv/notes")) == "midspan --workspace /srv/notes"
    assert works(invocation(elsewhere / "my notes"))
    monkeypatch.setenv("MIDSPAN_WORKSPACE", "/srv/notes")
    assert invocation(Path("/srv/notes")) == "midspan"
