"""Ingesting real files into a real workspace, and doing it again."""

import os
import shutil

import pytest

from midspan import Workspace
from midspan.errors import NotFound, ReadOnlyWorkspace, UnknownName

COUNT = 4
"""Files in the fixture ``documents``."""


def words_only(workspace, *paths, **options):
    """Ingest without models, where only the bookkeeping matters."""
    return workspace.ingest(paths, stages=["none"], **options)


def test_a_first_ingest_finds_records_of_every_text_capability(ingested):
    _, _, report = ingested
    assert (report.new, report.failed, report.state) == (COUNT, 0, "done")
    assert report.ok
    assert report.segments >= 9
    assert report.records["fact"] > 0
    assert report.records["atlas"] > 0
    assert report.records["scene"] > 0


def test_the_report_has_the_shape_that_scripts_read(ingested):
    answer = ingested[2].as_json()
    assert set(answer) == {"sources", "segments", "records", "failures", "seconds"}
    assert set(answer["sources"]) == {"new", "unchanged", "superseded", "failed", "partial"}
    assert set(answer["records"]) == {"scene", "atlas", "fact", "event"}


def test_every_record_leads_back_to_its_exact_text(workspace):
    checked = 0
    for kind in ("scene", "atlas", "fact"):
        for record in workspace.parts.store.records(kind, None, 1000):
            shown = workspace.show(record.id)
            place = record.provenance
            text = workspace.parts.store.text(place.source_id, int(place.start), int(place.end))
            assert text
            assert text in shown.before + shown.text + shown.after
            assert shown.run is not None
            assert shown.run.stage in ("scene", "atlas", "facts")
            assert shown.paths
            checked += 1
    assert checked >= 5


def test_the_same_again_is_no_work(fresh, documents):
    assert words_only(fresh, documents).new == COUNT
    before = fresh.counts()
    again = words_only(fresh, documents)
    assert (again.new, again.unchanged) == (0, COUNT)
    assert fresh.counts() == before


def test_another_stage_later_reads_what_is_stored_not_the_file(fresh, documents):
    words_only(fresh, documents)
    shutil.move(documents / "kidney.md", documents / "gone.md")
    os.utime(documents / "gone.md")
    report = fresh.ingest([documents], stages=["atlas"])
    assert report.records["atlas"] > 0
    assert report.segments > 0
    assert fresh.counts()["segment"] == sum(s.segments for s in fresh.sources())


def test_a_moved_file_is_no_work(fresh, documents):
    words_only(fresh, documents)
    (documents / "curie.txt").rename(documents / "marie.txt")
    report = words_only(fresh, documents)
    assert (report.new, report.unchanged, report.superseded) == (0, COUNT, 0)
    [summary] = fresh.sources(contains="marie.txt")
    assert str(documents / "marie.txt") in summary.paths


def test_a_changed_file_supersedes_its_old_content(fresh, documents):
    words_only(fresh, documents)
    (documents / "curie.txt").write_text("Marie Curie moved to Paris.")
    report = words_only(fresh, documents)
    assert (report.superseded, report.unchanged) == (1, COUNT - 1)
    assert fresh.search("polonium").hits == ()
    assert "Paris" in fresh.search("Paris").hits[0].text


def test_content_that_comes_back_is_found_again(fresh, documents, texts):
    words_only(fresh, documents)
    (documents / "curie.txt").write_text("Something else.")
    words_only(fresh, documents)
    (documents / "curie.txt").write_text(texts["curie.txt"])
    words_only(fresh, documents)
    assert "polonium" in fresh.search("polonium").hits[0].text


def test_two_paths_with_the_same_bytes_are_one_source(fresh, documents):
    shutil.copy(documents / "curie.txt", documents / "copy.txt")
    report = words_only(fresh, documents)
    assert (report.new, report.unchanged) == (COUNT, 1)
    [summary] = fresh.sources(contains="copy.txt")
    assert len(summary.paths) == 2


def test_a_removed_copy_leaves_the_source_to_the_other_path(fresh, documents):
    shutil.copy(documents / "curie.txt", documents / "copy.txt")
    words_only(fresh, documents)
    (documents / "copy.txt").write_text("New words here.")
    words_only(fresh, documents)
    assert fresh.search("polonium").hits


def test_an_ingest_that_is_stopped_is_completed_by_the_same_call(fresh, documents):
    for number in range(60):
        (documents / f"note-{number:02}.txt").write_text(f"Note {number}. " * 30)
    seen = []
    stopped = words_only(
        fresh, documents, progress=lambda p: seen.append(p.segments), stop=lambda: len(seen) >= 2
    )
    assert stopped.state == "interrupted"
    assert 0 < stopped.new < COUNT + 60
    again = words_only(fresh, documents)
    assert again.state == "done"
    assert again.new + again.unchanged == COUNT + 60
    assert fresh.counts()["source"] == COUNT + 60


def test_an_unknown_stage_names_the_known_ones(fresh, documents):
    with pytest.raises(UnknownName, match=r"known:.*atlas.*embedding"):
        fresh.ingest([documents], stages=["telepathy"])


def test_a_workspace_that_is_not_there_is_only_made_on_request(tmp_path):
    with pytest.raises(NotFound, match="no workspace in"):
        Workspace.open(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ReadOnlyWorkspace, match="cannot make the workspace folder"):
        Workspace.open(tmp_path / "file" / "workspace")
