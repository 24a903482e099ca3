"""A newer way of reading makes segments anew, and all that rests on them."""

from dataclasses import replace
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.pipelines import ingest
from midspan.pipelines.segmenting import reading_run


def test_what_rests_on_a_reading_is_found_anew_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("Marie Curie was born in Warsaw. A stone in the left kidney hurts.\n")
    found = []
    with Workspace.open(tmp_path / "workspace") as workspace:
        for version in (1, 2):
            newer = replace(reading_run(), stage_version=reading_run().stage_version + version)
            monkeypatch.setattr(ingest, "reading_run", lambda newer=newer: newer)
            assert workspace.ingest([tmp_path / "a.txt"], stages=["embedding", "passages", "facts"]).ok
            answer = workspace.search("renal calculus")
            found.append((workspace.count_facts(), [hit.text for hit in answer.hits]))
    assert found[0] == found[1] and found[0][0] == 1 and found[0][1]
