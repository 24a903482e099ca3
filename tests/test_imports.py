"""Importing is light and has no side effects; no runnable file lies where `platform` would be shadowed."""

import subprocess
import sys
from pathlib import Path

import pytest

import midspan

HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "spacy",
    "faiss",
    "kglite",
    "tantivy",
    "neo4j",
    "streamlit",
    "cv2",
    "av",
    "scipy",
)


def loaded_after(statement):
    code = f"import sys\n{statement}\nprint(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "statement",
    [
        "import midspan",
        "import midspan.records, midspan.errors, midspan.db.record_store",
        "import midspan.platform.tasks",
        "import midspan.platform.cli",
    ],
)
def test_importing_loads_nothing_heavy(statement):
    assert loaded_after(statement) == []


def test_opening_a_workspace_and_counting_loads_nothing_heavy(tmp_path):
    statement = f"from midspan import Workspace\nWorkspace.open({str(tmp_path / 'w')!r}).counts()"
    assert loaded_after(statement) == []


def test_only_these_modules_lie_directly_in_the_package():
    files = {path.name for path in Path(midspan.__file__).parent.glob("*.py")}
    assert files == {"__init__.py", "errors.py"}
