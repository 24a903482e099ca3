"""A capability that is not there is added as CONTRIBUTING.md says, and everything knows it.

A copy of the package gets the files of ``tests/gauge`` and one line in each of a few tables; real commands,
a real workspace and real pages are then asked about readings of instruments.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
GAUGE = Path(__file__).parent / "gauge"
TABLES = (
    "midspan/records/kinds/__init__.py",
    "midspan/db/records/kinds/__init__.py",
    "midspan/platform/stages/__init__.py",
    "midspan/ui/kinds/__init__.py",
)
FIRST = "The pressure rose to 4 bar. Nothing else was seen. The pump took 7.5 kW."
SECOND = "The pressure fell to 3 bar. It was a quiet night."

SUPERSEDED = """
import json
from midspan import Workspace
from midspan.models.gauge import identity

with Workspace.open("workspace") as workspace:
    def gauges():
        return workspace.parts.store.records("gauge")

    before = [gauge.id for gauge in gauges()]
    identity.VERSION = 2
    workspace.ingest(["note.txt"], stages=["gauge"])
    after = gauges()
    print(json.dumps({
        "kept": len({gauge.id for gauge in after} & set(before)),
        "values": sorted(gauge.value for gauge in after),
        "runs": sorted({workspace.parts.store.run(gauge.provenance.run_id).stage_version for gauge in after}),
    }))
"""

CHANGED = f"""
import json, sys
from pathlib import Path
from midspan import Workspace

with Workspace.open("workspace") as workspace:
    store = workspace.parts.store
    told = lambda: [(gauge.value, gauge.unit_symbol) for gauge in store.records("gauge")]
    Path("note.txt").write_text({SECOND!r})
    workspace.ingest(["note.txt"], stages=["gauge"])
    changed = told()
    [source] = workspace.sources()
    store.retire(source.source.id, None)
    print(json.dumps({{"changed": changed, "removed": told(), "counts": workspace.counts()["gauge"]}}))
"""

PAGES = """
import json, sys
from streamlit.testing.v1 import AppTest
from midspan import Workspace
from midspan.ui import search_view, sources_view

def script(render, workspace):
    render(workspace)

def page(render, **address):
    app = AppTest.from_function(script, default_timeout=60, kwargs={"render": render, "workspace": workspace})
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception[0].message
    return app

with Workspace.open("workspace") as workspace:
    [hit] = workspace.search("pump", kinds=["gauge"]).hits
    search = page(search_view.render, q="pump", kind="gauge", open=hit.record)
    sources = page(sources_view.render)
    print(json.dumps({
        "filter": search.selectbox(key="kind").options,
        "html": "".join(element.proto.body for element in search.get("html")),
        "metrics": {metric.label: metric.value for metric in sources.metric},
        "column": [int(count) for count in sources.dataframe[0].value["Gauges"]],
    }))
"""


def new_files() -> list[Path]:
    return sorted(path.relative_to(GAUGE) for path in GAUGE.rglob("*.py"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its migrations with the new capability, and a file that speaks of it."""
    folder = tmp_path_factory.mktemp("gauge") / "copy"
    leave = shutil.ignore_patterns("__pycache__", "corpus")
    for name in ("midspan", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    for path in new_files():
        assert not (folder / path).exists()
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(GAUGE / path, folder / path)
    head = max(path.name[:4] for path in (ROOT / "migrations/versions").glob("[0-9]*.py"))
    step = folder / "migrations/versions/9999_gauge.py"
    step.write_text(step.read_text().replace('"0009"', f'"{head}"'))
    for name in TABLES:
        add_line(folder / name)
    (folder / "note.txt").write_text(FIRST)
    return folder


def add_line(path: Path) -> None:
    """``"gauge",`` as the last line of the table of module names."""
    lines = path.read_text().splitlines()
    [end] = [
        number for number, line in enumerate(lines) if line == ")" and lines[number - 1].startswith('    "')
    ]
    path.write_text("\n".join([*lines[:end], '    "gauge",', *lines[end:]]) + "\n")


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    """Python in the copy, with the copy's package."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def midspan(folder: Path, *arguments: str) -> Any:
    return json.loads(run(folder, "-m", "midspan.platform", "--workspace", "workspace", *arguments, "--json"))


def driven(folder: Path, script: str) -> Any:
    (folder / "driver.py").write_text(script)  # a file, since Streamlit's AppTest reads the source of a page
    return json.loads(run(folder, "driver.py").splitlines()[-1])


def test_a_new_kind_is_known_everywhere(copy: Path) -> None:
    """One after the other, as each step builds on what the one before has left."""
    report = midspan(copy, "ingest", "note.txt", "--stage", "gauge")
    assert report["records"]["gauge"] == 2
    assert report["sources"]["new"] == 1 and report["failures"] == []
    assert midspan(copy, "ingest", "note.txt", "--stage", "gauge")["sources"]["unchanged"] == 1

    [hit] = midspan(copy, "search", "pump", "--kind", "gauge")["hits"]
    start = FIRST.index("7.5 kW")
    assert (hit["kind"], hit["start"], hit["end"]) == ("gauge", start, start + len("7.5 kW"))
    assert hit["text"] == "7.5 kW: The pump took 7.5 kW."
    assert midspan(copy, "show", hit["record"])["record"]["value"] == 7.5

    shown = driven(copy, PAGES)
    assert "Gauge" in shown["filter"] and "reads <b>7.5 kW</b>" in shown["html"]
    assert shown["metrics"]["Gauges"] == "2" and shown["column"] == [2]

    assert driven(copy, SUPERSEDED) == {"kept": 0, "values": [4.0, 7.5], "runs": [2]}
    assert driven(copy, CHANGED) == {"changed": [[3.0, "bar"]], "removed": [], "counts": 0}


@pytest.mark.parametrize("left_out", TABLES[1:])
def test_a_kind_that_a_table_lacks_is_not_passed_over(copy: Path, tmp_path: Path, left_out: str) -> None:
    """Without its line in one of the tables the kind is refused, not dropped in silence."""
    folder = tmp_path / "copy"
    shutil.copytree(copy, folder, ignore=shutil.ignore_patterns("__pycache__", "workspace"))
    shutil.copy(ROOT / left_out, folder / left_out)
    arguments = [
        "-m",
        "midspan.platform",
        "--workspace",
        "workspace",
        "ingest",
        "note.txt",
        "--stage",
        "gauge",
    ]
    if "stages" in left_out:
        run(folder, *arguments, code=2)
    elif "ui" in left_out:
        run(folder, "-c", "import midspan.ui.kinds", code=1)
    else:
        run(folder, *arguments, code=1)


def test_it_takes_a_line_in_at_most_five_files(copy: Path) -> None:
    """Of the files that were there, as the copy has them."""
    there = [path for name in ("midspan", "migrations") for path in (ROOT / name).rglob("*.py")]
    changed = {}
    for path in there:
        other = copy / path.relative_to(ROOT)
        if other.exists() and other.read_text() != path.read_text():
            lines = difflib.ndiff(path.read_text().splitlines(), other.read_text().splitlines())
            changed[path] = [line for line in lines if line[0] in "+-"]
    assert 0 < len(changed) <= 5
    assert all(lines == ['+     "gauge",'] for lines in changed.values())
