"""``midspan train atlas`` from a handful of sentences to a model that answers."""

import gzip
import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from midspan.errors import ModelFilesMissing
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.platform.cli import app

SIGNS = {"liver": "makes bile", "heart": "pumps blood", "kidney": "filters urine", "brain": "keeps memories"}


def call(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def data(tmp_path):
    """Documents enough that each split has some; all written here."""
    folder = tmp_path / "data"
    folder.mkdir()
    organs, plain = [], []
    for number in range(80):
        organ, sign = list(SIGNS.items())[number % 4]
        text = f"The {organ} {sign} on day {number}."
        organs.append({"doc": f"a{number}", "text": text, "spans": [[4, 4 + len(organ), organ]]})
        plain.append({"doc": f"b{number}", "text": f"It rained on day {number}.", "origin": "weather"})
    for name, rows in (("organs", organs), ("none", plain)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return folder


@pytest.mark.slow
def test_a_trained_folder_answers_with_probabilities(tmp_path, data):
    options = ("--data", data, "--out", tmp_path / "model", "--work", tmp_path / "work", "--epochs", "2")
    card = json.loads(call("train", "atlas", *options, "--seed", "3", "--json").stdout)
    assert [row["epoch"] for row in card["curve"]] == [0, 1]
    assert card["recipe"]["seed"] == 3
    assert card["curve"][1]["loss"] < card["curve"][0]["loss"]
    predictor = OrganPredictor.load(tmp_path / "model")
    shares = predictor.probabilities(["The liver makes bile.", "It rained."])
    assert shares.shape == (2, len(predictor.organs) + 1)
    assert shares.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert (tmp_path / "model/model.safetensors").stat().st_size < 30e6

    again = json.loads(call("train", "atlas", *options, "--seed", "3", "--json").stdout)
    assert again["curve"] == card["curve"]  # finished: nothing was trained anew


def test_help_lists_the_chapters_and_loads_no_model():
    code = (
        "import sys\nfrom midspan.platform.cli import app\n"
        "for command in ('train', 'evaluate'):\n    app([command, '--help'], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n  atlas ") == 2
    assert not {"torch", "scipy", "spacy", "cv2"} & set(done.stderr.split())


def test_an_option_of_one_chapter_reaches_it(tmp_path):
    with pytest.raises(ModelFilesMissing, match="no-such-model"):
        call("evaluate", "atlas", "--point", tmp_path / "no-such-model", "--work", tmp_path)


@pytest.mark.parametrize(
    "options, words",
    [
        (("--model", "large"), "known: judge, mean, minimum, paper, small, sod"),
        (("--model", "paper"), "--encoder FOLDER"),
        (("--encoder", "somewhere"), "--encoder FOLDER"),
    ],
)
def test_wrong_use_says_what_to_do(options, words):
    with pytest.raises(Exception, match=words):
        call("train", "atlas", *options)
