"""The table of chapters, and what naming a model may load."""

import subprocess
import sys

import pytest

from midspan.errors import UnknownName
from midspan.models.chapters import CHAPTERS, chapter


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_declares_itself(name):
    found = chapter(name)
    assert found.name == name and found.number in (3, 4, 5, 6, 7)
    names = [variant.name for variant in found.variants]
    assert bool(names) == (found.train is not None) and len(set(names)) == len(names)
    figures = [figure for metric in found.metrics for figure in metric.figures]
    assert figures and len(set(figures)) == len(figures)


def test_an_unknown_chapter_lists_the_known_ones():
    with pytest.raises(UnknownName, match="known: action, atlas"):
        chapter("magic")


def loaded_by(statement):
    """Third parties' packages that a new interpreter loads for it."""
    code = (
        f"import sys\nbefore = set(sys.modules)\n{statement}\n"
        "tops = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(top for top in tops if top not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    "statement",
    [
        "from midspan.models.atlas import identity; assert len(identity.weights_sha256()) == 64",
        "from midspan.models.registry import all_models",
        *(f"from midspan.models.chapters import chapter; chapter({name!r})" for name in CHAPTERS),
    ],
)
def test_naming_a_model_loads_no_third_party(statement):
    assert loaded_by(statement) == ["midspan"]
