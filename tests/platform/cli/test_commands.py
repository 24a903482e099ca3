"""The commands on a real workspace: their JSON, their words and their exit codes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from midspan.platform.cli import app

HIT_FIELDS = {
    "record", "kind", "score", "source", "path", "text", "start", "end", "unit", "page", "why", "snippets",
}  # fmt: skip


@pytest.fixture
def run(ingested):
    """Run a command on the ingested workspace; the result with its standard output."""

    def call(*arguments, stdin=None, workspace=ingested[0], check=True):
        result = CliRunner().invoke(app, ["--workspace", str(workspace), *arguments], input=stdin)
        if check and result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def midspan(*arguments, **options):
    """The command as a process of its own."""
    command = [sys.executable, "-m", "midspan.platform", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def test_search_prints_hits_in_the_fixed_shape(run):
    answer = json.loads(run("search", "polonium", "--json").stdout)
    assert set(answer) == {"hits", "close", "milliseconds"}
    assert set(answer["hits"][0]) == HIT_FIELDS
    assert "polonium" in answer["hits"][0]["text"]
    assert answer["hits"][0]["unit"] == "char"


def test_search_finds_by_meaning_what_shares_no_word(run):
    hits = json.loads(run("search", "renal calculus hurts", "--json").stdout)["hits"]
    assert any("kidney" in hit["text"].lower() for hit in hits[:3])


def test_search_by_kind_answers_records_of_that_kind(run):
    hits = json.loads(run("search", "Warsaw", "--kind", "fact", "--json").stdout)["hits"]
    assert hits
    assert {hit["kind"] for hit in hits} == {"fact"}


def test_search_in_one_source_stays_there(run):
    hits = json.loads(run("search", "the", "--source", "table.txt", "--json").stdout)["hits"]
    assert hits
    assert all(hit["path"].endswith("table.txt") for hit in hits)


def test_search_groups_hits_by_document_or_not_at_all(run):
    hits = json.loads(run("search", "Marie Curie", "--json").stdout)["hits"]
    assert len({hit["source"] for hit in hits}) == len(hits)
    alone = ["search", "Marie Curie", "--group", "sentence", "--json"]
    places = json.loads(run(*alone, "--limit", "50").stdout)["hits"]
    shown = {place["record"] for hit in hits for place in (hit, *hit["snippets"])}
    assert shown <= {place["record"] for place in places}
    assert json.loads(run(*alone, "--offset", "1", "--limit", "1").stdout)["hits"] == places[1:2]


def test_search_by_date_of_ingestion(run):
    assert json.loads(run("search", "polonium", "--added-from", "2099-01-01", "--json").stdout)["hits"] == []
    assert json.loads(run("search", "polonium", "--added-until", "2099-01-01", "--json").stdout)["hits"]


def test_search_like_a_segment_finds_others(run):
    [first, *_] = json.loads(run("search", "polonium", "--json").stdout)["hits"]
    near = json.loads(run("search", "--like", first["record"], "--json").stdout)["hits"]
    assert near
    assert first["record"] not in {hit["record"] for hit in near}


def test_nothing_found_is_said(run):
    assert "nothing found" in run("search", "xyzzyplugh", "--kind", "event").stdout
    far = "how much water does a semiconductor factory need"
    assert "nothing close" in run("search", far).stdout
    answer = json.loads(run("search", far, "--json").stdout)
    assert (answer["hits"], answer["close"]) == ([], False)


def test_show_gives_the_text_around_and_the_run(run):
    [hit] = json.loads(run("search", "Warsaw", "--kind", "fact", "--limit", "1", "--json").stdout)["hits"]
    shown = json.loads(run("show", hit["record"], "--json").stdout)
    assert shown["run"]["stage"] == "facts"
    assert "Warsaw" in shown["text"]
    assert run("show", hit["record"]).stdout.count("Warsaw") >= 1


def test_cypher_answers_rows_in_the_fixed_shape(run):
    query = "MATCH (e:Entity) RETURN e.uid AS uid ORDER BY uid"
    answer = json.loads(run("cypher", query, "--limit", "2", "--json").stdout)
    assert answer["columns"] == ["uid"]
    assert len(answer["rows"]) == 2
    assert answer["truncated"] is True


def test_cypher_shows_the_name_of_a_column_as_it_stands(run):
    assert "[/red]" in run("cypher", "RETURN 1 AS `[/red]`").stdout


def test_cypher_takes_parameters(run):
    query = "MATCH (e:Entity) WHERE e.name = $name RETURN e.name"
    assert json.loads(run("cypher", query, "-p", "name=Warsaw", "--json").stdout)["rows"] == [["Warsaw"]]


def test_doctor_finds_the_stores_equal(run):
    result = run("doctor", "--json")
    answer = json.loads(result.stdout)
    assert set(answer) == {"ok", "checks", "counts"}
    assert answer["ok"], [check for check in answer["checks"] if not check["ok"]]
    assert set(answer["counts"]) == {"records", "graph", "vectors", "words"}
    assert answer["counts"]["records"]["fact"] == answer["counts"]["graph"]["Mention"]
    assert answer["counts"]["records"]["embedding.text"] == answer["counts"]["vectors"]["text"]


def test_models_lists_every_model_with_the_fixed_fields(run):
    entries = json.loads(run("models", "--json").stdout)
    assert {entry["task"] for entry in entries} >= {"text", "scene", "atlas", "facts", "action"}
    fields = {"name", "task", "chapter", "weights_sha256", "bytes", "licence", "trained_on", "retrain"}
    assert all(set(entry) == fields for entry in entries)


def test_jobs_are_listed_and_shown(run):
    [job, *_] = json.loads(run("jobs", "ls", "--json").stdout)
    assert job["state"] == "done"
    shown = json.loads(run("jobs", "show", job["id"], "--items", "done", "--json").stdout)
    assert len(shown["items"]) == job["done"] == 4


def test_ingest_reads_names_from_standard_input(run, tmp_path, documents):
    names = "\n".join(str(path) for path in sorted(documents.iterdir())[:2])
    result = run("ingest", "-", "--stage", "none", "--json", stdin=names, workspace=tmp_path / "w")
    assert json.loads(result.stdout)["sources"]["new"] == 2


def test_names_on_standard_input_may_hold_line_breaks(run, tmp_path):
    (tmp_path / "two\nlines.txt").write_text("A name in two lines.")
    result = run(
        "ingest", "-", "-0", "--stage", "none", "--json",
        stdin=f"{tmp_path}/two\nlines.txt\0", workspace=tmp_path / "w",
    )  # fmt: skip
    assert json.loads(result.stdout)["sources"]["new"] == 1


def test_a_failed_item_gives_exit_code_one_and_its_reason(run, tmp_path):
    (tmp_path / "empty.txt").touch()
    result = run("ingest", str(tmp_path / "empty.txt"), "--stage", "none", workspace=tmp_path / "w")
    assert result.exit_code == 1
    assert "EmptySource" in result.stdout


def test_reindex_rebuilds_what_is_lost(run, tmp_path, ingested):
    folder = shutil.copytree(ingested[0], tmp_path / "w")
    for path in [*(folder / "graph").iterdir(), *(folder / "vectors").iterdir()]:
        path.unlink()
    assert run("doctor", workspace=folder).exit_code == 1
    run("reindex", workspace=folder)
    assert run("doctor", workspace=folder).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search"], "empty"),
        (["search", "x", "--kind", "smell"], "known: atlas"),
        (["search", "x", "--media", "song"], "document"),
        (["search", "x", "--group", "page"], "sentence"),
        (["cypher", "CREATE (n)"], "CREATE"),
        (["show", "nonsense"], "no record"),
        (["jobs", "show", "nonsense"], "no job"),
        (["ingest"], "Missing argument"),
        (["frobnicate"], "No such command"),
    ],
)
def test_wrong_use_gives_exit_code_two_and_says_what_is_right(ingested, arguments, words, command):
    code, _, said = command("--workspace", ingested[0], *arguments)
    assert code == 2
    assert words in said
    assert "Traceback" not in said


def test_searching_where_there_is_no_workspace_says_how_to_make_one(tmp_path):
    done = midspan("--workspace", tmp_path / "w", "search", "x")
    assert done.returncode == 2
    assert "ingest" in done.stderr
    assert not (tmp_path / "w").exists()


@pytest.mark.slow
def test_ctrl_c_ends_after_the_batch_and_the_same_command_goes_on(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(600):
        (folder / f"{number}.txt").write_text(f"Text {number} about the sea. " * 60)
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(tmp_path / "w")]
    command += ["ingest", str(folder), "--stage", "none", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    database = tmp_path / "w" / "midspan.db-wal"
    while process.poll() is None and not (database.exists() and database.stat().st_size > 2_000_000):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    begun = json.loads(output)["sources"]["new"]
    assert begun < 600
    again = midspan(*command[3:])
    assert again.returncode == 0, again.stderr
    sources = json.loads(again.stdout)["sources"]
    assert sources["new"] + sources["unchanged"] == 600
    assert sources["unchanged"] >= begun
