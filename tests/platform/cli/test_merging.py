"""``midspan kg merge | split | undo | merges`` on a real workspace, and what decisions outlive."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from midspan import Workspace
from midspan.errors import ReadOnlyWorkspace
from midspan.records import Decision

TEXTS = {
    "clinic.txt": "Helene Brandt founded the Northside Clinic. Marie Curie was born in Warsaw.",
    "wedding.txt": "H. Brandt married Otto Lang.",
}
OWN = "uid,label,kind\nbrandt,Helene Brandt,person\n"
FACTS = (
    "MATCH (e:Entity {uid: $uid})-[:SAME_AS*0..8]-(:Entity)-[f:FACT]-(o:Entity) RETURN o.name ORDER BY o.name"
)

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents and a workspace of their facts, to be copied."""
    folder = tmp_path_factory.mktemp("merging")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    (folder / "own.csv").write_text(OWN)
    with Workspace.open(folder / "workspace") as workspace:
        workspace.ingest([folder / name for name in TEXTS], stages=["facts"])
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "merging"))


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    with Workspace.open(folder / "workspace") as opened:
        yield opened


@pytest.fixture
def ask(command: Any, folder: Path) -> Ask:
    """``midspan kg ...`` with --json: what it printed."""

    def call(*arguments: object) -> Any:
        code, said, complaint = command("--workspace", folder / "workspace", "kg", *arguments, "--json")
        assert code == 0, complaint
        return json.loads(said)

    return call


@pytest.fixture
def refused(command: Any, folder: Path) -> Callable[..., str]:
    """What ``midspan kg ...`` complains of; it is wrong use."""

    def call(*arguments: object) -> str:
        code, said, complaint = command("--workspace", folder / "workspace", "kg", *arguments)
        assert (code, said) == (2, "")
        return " ".join(complaint.split())

    return call


def uid(workspace: Workspace, name: str) -> str:
    ((found,),) = workspace.cypher("MATCH (e:Entity {name: $name}) RETURN e.uid", {"name": name}).rows
    return str(found)


def facts(workspace: Workspace, of: str) -> list[str]:
    """Names that stand in facts with an entity or with what is the same."""
    return [name for (name,) in workspace.cypher(FACTS, {"uid": of}).rows]


# --- the commands ---


def test_what_is_merged_is_found_together_and_told_by_whom(ask: Ask, workspace: Workspace) -> None:
    long, short = uid(workspace, "Helene Brandt"), uid(workspace, "H. Brandt")
    decision = ask("merge", long, short, "--why", "the register", "--by", "Ada")["decision"]
    assert {decision["one"]["name"], decision["other"]["name"]} == {"Helene Brandt", "H. Brandt"}
    assert (decision["verdict"], decision["by"], decision["why"]) == ("same", "Ada", "the register")
    assert ask("merges") == {"decisions": [decision]}
    with Workspace.open(workspace.folder) as later:
        assert facts(later, short) == facts(later, long)
        assert "Otto Lang" in facts(later, long)


def test_a_split_and_its_undoing(ask: Ask, refused: Callable[..., str], workspace: Workspace) -> None:
    long, short = uid(workspace, "Helene Brandt"), uid(workspace, "H. Brandt")
    ask("merge", long, short)
    parted = ask("split", short, long)["decision"]
    assert f"kg undo {parted['number']}" in refused("merge", long, short)
    undone = ask("undo", parted["number"], "--why", "they are", "--by", "Ada")["decision"]
    assert undone["undone"]["by"] == "Ada"
    assert [one["holds"] for one in ask("merges", long)["decisions"]] == [False, True]
    assert "undone already" in refused("undo", parted["number"])
    with Workspace.open(workspace.folder) as later:
        assert "Otto Lang" in facts(later, long)


def test_they_tell_people_too(command: Any, folder: Path, workspace: Workspace) -> None:
    long, short = uid(workspace, "Helene Brandt"), uid(workspace, "H. Brandt")
    code, said, _ = command("--workspace", folder / "workspace", "kg", "merge", long, short)
    assert code == 0
    assert "is the same as" in said
    code, said, _ = command("--workspace", folder / "workspace", "kg", "merges")
    assert code == 0
    assert "yes" in said


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        (("Helene Brandt", "wd:Q7186"), "no entity 'Helene Brandt'.* of that name: local:"),
        (("local:000000000000000000000000", "wd:Q7186"), "no entity 'local:0+'"),
        (("wd:Q0", "wd:Q7186"), "no entity 'wd:Q0'"),
        (("wd:Q270", "wd:Q7186"), "two entities of knowledge graphs"),
        (("wd:Q270", "wd:Q270"), "named twice"),
    ],
)
def test_what_makes_no_sense_is_refused(refused: Callable[..., str], pair: tuple[str, str], why: str) -> None:
    for verb in ("merge", "split"):
        assert re.search(why, refused(verb, *pair))


# --- what they outlive ---


def test_an_entity_that_only_the_knowledge_graph_knows_may_be_named(workspace: Workspace) -> None:
    """wd:Q64 is Berlin, of which no fact here is."""
    said = workspace.merge(uid(workspace, "Northside Clinic"), "wd:Q64")
    assert said.other.name == "Berlin"
    asked = "MATCH (e:Entity {uid: 'wd:Q64'}) RETURN e.name, e.mentioned, e.in_kg"
    assert workspace.cypher(asked).rows == (("Berlin", False, True),)


def test_nothing_is_decided_in_a_workspace_that_cannot_be_written(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace.parts, "read_only", True)
    for act in (workspace.merge, workspace.split):
        with pytest.raises(ReadOnlyWorkspace):
            act("a", "b")
    with pytest.raises(ReadOnlyWorkspace):
        workspace.undo_decision(1)


def seen(workspace: Workspace) -> tuple[list[Decision], Any]:
    return workspace.merges(), workspace.cypher("MATCH (a)-[r:SAME_AS]->(b) RETURN a.uid, r.at, b.uid").rows


def test_decisions_outlive_a_rebuild_a_backup_and_ingesting_again(
    workspace: Workspace, folder: Path, tmp_path: Path
) -> None:
    long, short = uid(workspace, "Helene Brandt"), uid(workspace, "H. Brandt")
    workspace.merge(long, short)
    workspace.undo_decision(workspace.split(long, "wd:Q7186").number)
    before = seen(workspace)
    assert len(before[1]) == 1

    workspace.reindex(["graph"])
    assert seen(workspace) == before
    for name in TEXTS:
        (folder / name).write_text(f"{TEXTS[name]} Paris is the capital of France.")
    workspace.ingest([folder / name for name in TEXTS], stages=["facts"])
    assert seen(workspace) == before

    backup = workspace.backup(tmp_path / "backup").folder
    with Workspace.restore(backup, tmp_path / "restored") as restored:
        assert seen(restored) == before
        assert restored.doctor().counts["graph"]["SAME_AS"] == 1
        assert [check for check in restored.doctor().checks if check.name == "stores" and not check.ok] == []


def test_a_name_that_the_knowledge_graph_comes_to_know_moves_into_it(
    workspace: Workspace, folder: Path
) -> None:
    from midspan.models.facts.kg.sources.tables import CsvTables

    long, short = uid(workspace, "Helene Brandt"), uid(workspace, "H. Brandt")
    clinic = uid(workspace, "Northside Clinic")
    workspace.merge(long, short)
    counts = workspace.projected()["graph"]

    workspace.build_graph("own", CsvTables(folder / "own.csv", None, ""))
    workspace.use_graphs(["bundled", "own"])
    workspace.ingest([folder / "clinic.txt"], stages=["facts"])

    assert workspace.projected()["graph"] == counts | {"Entity": counts["Entity"] + 1}
    (linked,) = workspace.cypher(
        "MATCH (e:Entity {uid: 'local:brandt'})-[f:FACT]-(o:Entity) RETURN o.uid, f.support"
    ).rows
    assert linked == (clinic, 1)
    assert facts(workspace, long) == ["Otto Lang"]  # nothing but the decision holds it now
    assert workspace.cypher("MATCH (e {uid: $uid}) RETURN e.mentioned", {"uid": long}).rows == ((False,),)

    workspace.merge(long, "local:brandt")
    assert facts(workspace, "local:brandt") == ["Northside Clinic", "Otto Lang"]
