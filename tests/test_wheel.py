"""The built wheel works in an environment of the light set, outside the checkout and without torch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NOT_THERE = ("torch", "transformers", "sentence_transformers", "peft", "onnx", "onnxscript")
TEXT = (
    "A stone in the left kidney causes severe pain in the back. Marie Curie was born in Warsaw.\n\n"
    "Dialysis was started for uremia. The cup is on the table."
)


def ran(*command, cwd, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MIDSPAN_", "VIRTUAL_ENV", "PYTHON"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def run(*command, cwd, **environment):
    done = ran(*command, cwd=cwd, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Folder of an environment that holds the wheel and the light set, nothing of the checkout."""
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


@pytest.fixture(scope="module")
def midspan(installed, tmp_path_factory):
    """Runs a command there in a workspace that has read ``TEXT``; its report is ``midspan.report``."""
    folder = tmp_path_factory.mktemp("light")
    (folder / "notes.txt").write_text(TEXT)

    def command(*arguments, ask=run, **environment):
        program = installed / "bin" / "midspan"
        return ask(program, "--workspace", folder / "w", *arguments, cwd=folder, **environment)

    command.report = json.loads(command("ingest", "notes.txt", "--json"))
    return command


def test_the_wheel_asks_for_no_torch(installed):
    [metadata] = installed.glob("lib/python*/site-packages/midspan-*.dist-info/METADATA")
    asked = [line for line in metadata.read_text().splitlines() if line.startswith("Requires-Dist: ")]
    always = [line.split()[1] for line in asked if "extra ==" not in line]
    assert len(always) > 20
    assert [line for line in always if line.startswith(("torch", "sentence", "peft", "all-minilm"))] == []
    assert [line for line in asked if line.startswith("Requires-Dist: torch") and "'train'" in line]


def test_the_light_set_has_no_torch(installed, tmp_path):
    code = f"import importlib.util as u; print([name for name in {NOT_THERE} if u.find_spec(name)])"
    assert run(installed / "bin" / "python", "-c", code, cwd=tmp_path) == "[]\n"


def test_without_torch_every_stage_reads_text(midspan):
    assert midspan.report["failures"] == []
    assert midspan.report["segments"] == 4
    assert midspan.report["records"]["atlas"] == 2
    assert midspan.report["records"]["fact"] >= 1


def test_without_torch_a_search_finds_by_meaning_and_show_knows_what_it_found(midspan):
    [best, *_] = json.loads(midspan("search", "her back aches badly", "--json"))["hits"]
    assert "left kidney" in best["text"]
    assert "meaning" in best["why"]
    assert "left kidney" in midspan("show", best["record"])


def test_without_torch_the_atlas_infers_an_organ_that_is_not_named(midspan):
    placed = json.loads(midspan("atlas", "place", "Stroke can cause weakness on one side.", "--json"))
    assert placed["organ"] == "brain"


def test_without_torch_the_models_are_there_and_the_doctor_has_nothing_to_say(midspan):
    assert "atlas.small" in midspan("models", "--json")
    checks = json.loads(midspan("doctor", "--json"))["checks"]
    assert len(checks) > 5
    assert [check for check in checks if not check["ok"]] == []


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("train", "atlas"), {}),
        (("evaluate", "atlas"), {}),
        (("search", "kidney"), {"MIDSPAN_TEXT_MODEL": "some/encoder"}),
        (("ingest", "notes.txt"), {"MIDSPAN_TEXT_MODEL": "some/encoder"}),
    ],
    ids=["train", "evaluate", "search with another encoder", "ingest with another encoder"],
)
def test_what_needs_torch_says_how_to_get_it(midspan, arguments, environment):
    done = midspan(*arguments, ask=ran, **environment)
    assert done.returncode == 1
    assert "pip install 'midspan[train]'" in done.stderr
    assert "Traceback" not in done.stderr
