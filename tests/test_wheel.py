"""The built wheel works in an empty environment, outside the checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def run(*command, cwd, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MIDSPAN_", "VIRTUAL_ENV", "PYTHON"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Folder of an environment that holds the wheel and its dependencies, nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=ROOT)
    [wheel] = folder.glob("*.whl")
    environment = folder / "environment"
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--quiet", "--python", sys.executable, environment, cwd=folder)
    lock = ROOT / "requirements.lock"
    run(uv, "pip", "sync", "--require-hashes", lock, cwd=folder, VIRTUAL_ENV=str(environment))
    run(uv, "pip", "install", "--no-deps", wheel, cwd=folder, VIRTUAL_ENV=str(environment))
    return environment


def test_the_wheel_carries_migrations_and_corpus(installed, tmp_path):
    code = (
        "import midspan, midspan.corpus, midspan.db.migrate as m\n"
        "documents = midspan.corpus.folder() / 'documents'\n"
        "print(midspan.__file__, m.head(), len(list(documents.iterdir())), sep='\\n')"
    )
    file, head, documents = run(installed / "bin" / "python", "-c", code, cwd=tmp_path).split("\n")[:3]
    assert Path(file).is_relative_to(installed)
    assert head
    assert int(documents) >= 30


def test_the_demo_runs_from_the_wheel(installed, tmp_path):
    output = run(
        installed / "bin" / "midspan", "--workspace", tmp_path / "w", "demo", "--no-ui", cwd=tmp_path
    )
    assert "ingest done" in output
    assert output.count(' search "') == 3
    assert ' cypher "' in output
    assert "nothing found" not in output
