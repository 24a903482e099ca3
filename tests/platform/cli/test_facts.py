"""`midspan facts` and `midspan export facts`, over facts written by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from midspan import Workspace
from midspan.errors import MissingExtra, NotFound, UnknownName, WrongUse
from midspan.platform.cli import app
from tests.platform.facts_by_hand import BORN_IN, WARSAW, fact, slot, variety, write

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on a workspace with the facts; the result with its standard output."""
    folder = tmp_path / "workspace"
    with Workspace.open(folder) as workspace:
        write(workspace, "curie.txt", variety())

    def call(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["--workspace", str(folder), *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def listed(run: Run, *arguments: str) -> tuple[list[str], int, int]:
    """Objects of the facts, with how many there are and how many are hidden."""
    found = json.loads(run("facts", "--json", *arguments).stdout)
    return [one["object"]["name"] for one in found["facts"]], found["total"], found["hidden"]


def test_believed_facts_are_listed_and_the_rest_is_counted(run: Run) -> None:
    printed = run("facts").stdout
    assert "Marie Curie | place of birth | Warsaw" in printed
    assert "Paris" not in printed
    assert "7 of 7 facts; 3 more are not believed, --all shows them" in printed


def test_all_says_what_is_denied_and_what_is_doubted(run: Run) -> None:
    printed = run("facts", "--all").stdout
    assert "Paris (negated)" in printed
    assert "Paris (doubted)" in printed
    assert "10 of 10 facts\n" in printed


@pytest.mark.parametrize(
    ("arguments", "objects", "hidden"),
    [
        (["--entity", "warsaw"], ["Warsaw", "Warsaw"], 0),
        (["--entity", "wd:Q90"], [], 3),
        (["--entity", "wd:Q90", "--all", "--polarity", "negated"], ["Paris"], 0),
        (["--predicate", "date of birth"], ["7 November 1867"], 0),
        (["--predicate", "wd:P569", "--entity", "curie"], ["7 November 1867"], 0),
        (["--least-score", "0.8"], ["Warsaw"], 0),
        (["--source", "curie.txt", "--limit", "1"], ["Warsaw"], 3),
    ],
)
def test_a_filter_narrows_the_facts(run: Run, arguments: list[str], objects: list[str], hidden: int) -> None:
    found, _, unseen = listed(run, *arguments)
    assert (found, unseen) == (objects, hidden)


def test_linked_and_unlinked_are_all_there_is(run: Run) -> None:
    assert [listed(run, which)[1] for which in ("--linked", "--unlinked")] == [5, 2]


def test_a_name_that_is_exact_goes_before_one_of_more_facts(run: Run, tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "workspace") as workspace:
        write(workspace, "b.txt", [fact(slot("Marie", "wd:Q1"), BORN_IN, WARSAW)])
        assert workspace.fact_entity("MARIE") == "wd:Q1"
        assert workspace.fact_entity("marie c") == "wd:Q7186"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--entity", "nobody at all"], NotFound),
        (["--entity", ""], NotFound),
        (["--predicate", "no such thing"], NotFound),
        (["--source", "no such source"], NotFound),
        (["--polarity", "perhaps"], UnknownName),
    ],
)
def test_what_is_not_there_is_wrong_use(run: Run, arguments: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        run("facts", *arguments)


def test_an_export_says_what_it_wrote(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "facts.nt"
    printed = run("export", "facts", "--format", "ntriples", "--out", str(target)).stdout
    assert "4 triples" in " ".join(printed.split())
    target = tmp_path / "facts.graphml"
    told = json.loads(
        run("export", "facts", "--format", "graphml", "--out", str(target), "--all", "--json").stdout
    )
    assert told == {"path": str(target), "format": "graphml", "written": 10, "bytes": target.stat().st_size}


def test_an_export_that_cannot_say_what_is_asked_writes_nothing(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "facts.nt"
    with pytest.raises(WrongUse):
        run("export", "facts", "--format", "ntriples", "--out", str(target), "--all")
    assert not target.exists()


def test_parquet_without_its_package_says_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("midspan.platform.export.parquet", raising=False)
    monkeypatch.delitem(sys.modules, "midspan.platform.export.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"midspan\[export\]"):
        run("export", "facts", "--format", "parquet", "--out", str(tmp_path / "f"))
    assert not (tmp_path / "f").exists()
