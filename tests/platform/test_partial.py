"""A source of which a stage failed at one sentence: kept as far as it went, told as partial, and retried."""

import shutil

import pytest

from midspan import Workspace
from midspan.pipelines.embedding import EmbeddingStage
from midspan.pipelines.scene import SceneStage

STAGES = ["embedding", "scene"]
COUNT = 4
"""Files in the fixture ``documents``; one of them speaks of a cat."""


@pytest.fixture
def no_cats(monkeypatch):
    """The stage of scenes raises over every sentence with a cat, until the context is left."""
    placed = SceneStage.__call__

    def raising(self, batch):
        if any("cat sits" in segment.text for segment in batch.segments):
            raise ValueError("no cats here")
        return placed(self, batch)

    with monkeypatch.context() as patched:
        patched.setattr(SceneStage, "__call__", raising)
        yield patched


def stored(workspace):
    """All scenes and the vectors of all sentences."""
    sources = [one.source.id for one in workspace.sources()]
    segments = [segment for source in sorted(sources) for segment in workspace.parts.store.segments(source)]
    keys, vectors = workspace.parts.store.vectors("text", [segment.key for segment in segments])
    key_of = {segment.key: segment.id for segment in segments}
    scenes = sorted((scene.id, repr(scene)) for scene in workspace.parts.store.records("scene", None, 100))
    return scenes, sorted((key_of[int(key)], row.tolist()) for key, row in zip(keys, vectors, strict=True))


def incomplete(workspace):
    return [one for one in workspace.sources() if not one.complete]


def test_the_report_says_partial_and_where(fresh, documents, no_cats):
    report = fresh.ingest([documents], stages=STAGES)
    assert (report.new, report.partial, report.failed, report.state) == (COUNT - 1, 1, 0, "done")
    assert not report.ok
    [failure] = report.as_json()["failures"]
    assert (failure["stage"], failure["page"], failure["second"]) == ("scene", None, None)
    assert report.as_json()["sources"]["partial"] == 1
    assert report.records["scene"] == 1
    [job] = fresh.jobs()
    assert (job.state, job.done, job.partial, job.failed) == ("done", COUNT, 1, 0)
    [item] = fresh.job_items(job.id, "partial")
    assert (item.path, item.state) == (str(documents / "table.txt"), "done")
    assert [one.message for one in item.failures] == ["ValueError: no cats here"]
    [summary] = incomplete(fresh)
    assert (summary.source.title, summary.failed) == ("table.txt", 1)


@pytest.mark.parametrize("again", ["retry", "ingest"])
def test_again_runs_what_is_not_complete_and_ends_equal(fresh, documents, tmp_path, no_cats, again):
    job_id = fresh.ingest([documents], stages=STAGES).job_id
    no_cats.undo()
    no_cats.setattr(EmbeddingStage, "__call__", lambda self, batch: pytest.fail("is complete already"))
    if again == "retry":
        assert fresh.parts.jobs.retry(job_id) == 1
        hands = fresh.parts.runner(STAGES)
        assert hands.work(job_id, at_once=8) == 1
        hands.finish(job_id)
        job = fresh.job(job_id)
        assert (job.state, job.done, job.partial, job.failed) == ("done", COUNT, 0, 0)
        assert fresh.parts.store.failures(job_id) == []
    else:
        report = fresh.ingest([documents], stages=STAGES)
        assert (report.new, report.unchanged, report.partial, report.ok) == (1, COUNT - 1, 0, True)
    assert incomplete(fresh) == []
    no_cats.undo()
    with Workspace.open(tmp_path / "undisturbed") as undisturbed:
        assert undisturbed.ingest([documents], stages=STAGES).ok
        assert stored(fresh) == stored(undisturbed)


def test_another_path_of_a_partial_source_is_partial_too(fresh, documents, no_cats):
    shutil.copy(documents / "table.txt", documents / "twin.txt")
    report = fresh.ingest([documents], stages=STAGES)
    assert (report.new, report.partial, report.failed) == (COUNT - 1, 2, 0)
    assert {failure.path for failure in report.failures} == {
        str(documents / "table.txt"),
        str(documents / "twin.txt"),
    }
    [summary] = incomplete(fresh)
    assert len(summary.paths) == 2
    no_cats.undo()
    report = fresh.ingest([documents], stages=STAGES)
    assert (report.new, report.unchanged, report.partial) == (1, COUNT, 0)
