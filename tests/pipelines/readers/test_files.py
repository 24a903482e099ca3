import os
from pathlib import Path

import pytest

from midspan.errors import SourceVanished, UnsupportedSource
from midspan.pipelines.readers.files import watched


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)

    with pytest.raises(UnsupportedSource, match="regular file"), watched(pipe):
        pass


def test_what_may_not_be_read_is_retryable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(SourceVanished, match="permission") as caught, watched(path):
        pass
    assert caught.value.retryable
