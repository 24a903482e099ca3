"""``midspan kg`` on a real workspace: its JSON, its words and its exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.made_dump import write_dump
from midspan.errors import MidspanError, UnknownName, WrongUse
from midspan.models.facts.identity import BUNDLED_KG
from midspan.platform.cli import app
from midspan.platform.knowledge import KnowledgeGraphs

OWN = "uid,label,aliases,kind\nward-3,Ward Three,W3,organisation\nclinic,Northside Clinic,,organisation\n"
LINKS = "subject,predicate,object\nward-3,wd:P361,clinic\n"
TEXT = "Ward Three is part of Northside Clinic.\n"
VIEW = {
    "name", "used", "entities", "names", "predicates", "relations", "dangling", "skipped", "bytes",
    "source", "licence", "sha256",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("kg")
    (made / "own.csv").write_text(OWN)
    (made / "links.csv").write_text(LINKS)
    (made / "note.txt").write_text(TEXT)
    write_dump(made / "dump.json.gz", 200)
    return made


@pytest.fixture
def run(folder):
    def call(*arguments):
        result = CliRunner().invoke(app, ["--workspace", str(folder / "workspace"), *map(str, arguments)])
        if result.exception is not None:
            raise result.exception
        return result

    return call


@pytest.fixture
def own(run, folder):
    return run(
        *("kg", "build", "own", "--csv", folder / "own.csv", "--relations", folder / "links.csv"),
        *("--licence", "ours", "--json"),
    )


def test_a_built_graph_is_listed_and_described(run, own, folder):
    (view,) = [json.loads(own.stdout)["graph"]]
    assert set(view) == VIEW
    assert (view["name"], view["entities"], view["names"], view["relations"]) == ("own", 2, 3, 1)
    assert (view["licence"], view["used"]) == ("ours", False)
    bundled, listed = json.loads(run("kg", "ls", "--json").stdout)[:2]
    assert (bundled["name"], bundled["used"], bundled["sha256"]) == ("bundled", True, BUNDLED_KG)
    assert listed == view and bundled["relations"] > 100_000
    (stats,) = json.loads(run("kg", "stats", "own", "--json").stdout)["graphs"]
    assert stats["kinds"] == {"organisation": 2} and stats["graph"] == view
    assert stats["relations"] == {"wd:P361": 1}
    assert "own: 2 entities, 3 names" in run("kg", "stats", "own").stdout
    assert "bundled" in run("kg", "ls").stdout


def test_another_choice_of_graphs_links_anew_and_does_nothing_else_again(run, own, folder):
    run("ingest", folder / "note.txt", "--stage", "facts", "--stage", "scene")
    assert linked(run) == []
    assert json.loads(run("kg", "use", "bundled", "own", "--json").stdout) == {"used": ["bundled", "own"]}
    again = json.loads(run("ingest", folder / "note.txt", "--stage", "facts", "--json").stdout)
    assert again["records"]["fact"] == 1
    assert linked(run) == ["local:clinic", "local:ward-3"]
    unchanged = json.loads(run("ingest", folder / "note.txt", "--json", "--stage", "facts").stdout)
    assert unchanged["sources"]["unchanged"] == 1 and unchanged["records"]["fact"] == 0
    run("kg", "use", "bundled")
    run("ingest", folder / "note.txt", "--stage", "facts")
    assert linked(run) == []


def linked(run) -> list[str]:
    asked = run("cypher", "MATCH (e:Entity) WHERE e.in_kg RETURN e.uid ORDER BY e.uid", "--json")
    return [uid for (uid,) in json.loads(asked.stdout)["rows"] if uid.startswith("local:")]


def test_a_dump_is_built_with_what_its_options_say(run, folder):
    dump = ("--wikidata-json", folder / "dump.json.gz", "--json")
    view = json.loads(run("kg", "build", "wiki", *dump, "--properties", "P17, P19").stdout)["graph"]
    assert (view["entities"], view["predicates"]) == (210, 8)
    stats = json.loads(run("kg", "stats", "wiki", "--json").stdout)["graphs"][0]
    assert set(stats["relations"]) == {"country", "place of birth"}
    famous = json.loads(run("kg", "build", "wiki", *dump, "--min-sitelinks", 3).stdout)["graph"]
    assert 10 <= famous["entities"] < 210


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("kg", "build", "x"), "say what to build it of"),
        (("kg", "build", "x", "--geonames", "--csv", "a.csv"), "say what to build it of"),
        (("kg", "build", "../x", "--geonames"), "cannot name a knowledge graph"),
        (("kg", "build", "bundled", "--geonames"), "cannot name a knowledge graph"),
    ],
)
def test_wrong_use_says_what_is_right(run, arguments, why):
    with pytest.raises(WrongUse, match=why):
        run(*arguments)


def test_a_graph_that_is_not_there_is_named_with_those_that_are(run, own):
    for arguments in (("kg", "use", "bundled", "none"), ("kg", "stats", "none")):
        with pytest.raises(UnknownName, match="known: bundled, own"):
            run(*arguments)


def test_a_graph_in_use_that_is_gone_says_so(tmp_path: Path) -> None:
    graphs = KnowledgeGraphs(tmp_path, tmp_path / "cache")
    assert graphs.identities() == (BUNDLED_KG,)  # without unpacking it
    assert not (tmp_path / "cache").exists()
    (tmp_path / "used.json").write_text('["bundled", "gone"]')
    with pytest.raises(MidspanError, match="unknown knowledge graph 'gone'"):
        graphs.identities()
