"""What results look like on disk; the published ones come out of their own JSON again."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.common import page_of
from midspan.errors import UnknownName
from midspan.models.atlas.learned.evaluation import Collection
from midspan.models.atlas.learned.table import collections_extra
from midspan.models.chapters import CHAPTERS, chapter
from midspan.models.kit import results
from midspan.models.kit.calibration import ReliabilityBin
from midspan.models.kit.evaluation import Evaluation, publish, reliability_extra
from midspan.models.kit.measuring import Figure, Row
from midspan.models.kit.metric import Metric

NAN = float("nan")
METRICS = (
    Metric("ior", "%", True, ("masked", "unnamed"), "places"),
    Metric("ece", "", False),
    Metric("none_recall", "%", True, ("unnamed",), "abstention"),
)
FOUND = Evaluation(
    "three sentences",
    [Row("one", {"ior_masked": Figure(50.0, 1.25)}, 2.0), Row("two", {"ior_masked": Figure(NAN, NAN)}, 1.0)],
    [
        reliability_extra([ReliabilityBin(0.0, 0.1, 3, 0.05, 0.0)], "masked"),
        collections_extra([Collection("GHR", 2, (50.0, 75.0, 100.0))]),
    ],
)
PUBLISHED = Path(__file__).parents[3] / "benchmarks/results"
MEASURED = [name for name in CHAPTERS if (PUBLISHED / f"{name}.json").is_file()]
TABLES = sorted(path for path in PUBLISHED.glob("*.json") if path.stem not in CHAPTERS)


def table_heads(folder, figures):
    publish(folder, "toy", [0], METRICS, Evaluation("d", [Row("one", figures, 1.0)]))
    return [line for line in (folder / "toy.md").read_text().splitlines() if line.startswith("| model")]


def test_json_has_the_fixed_shape_and_no_nan(tmp_path):
    publish(tmp_path, "atlas", [0, 1], METRICS, FOUND)
    read = json.loads((tmp_path / "atlas.json").read_text(), parse_constant=lambda name: 1 / 0)
    assert list(read) == ["task", "data", "seeds", "rows", "reliability", "collections"]
    assert read["rows"][0] == {
        "model": "one",
        "metrics": {"ior_masked": {"mean": 50.0, "se": 1.25}},
        "seconds": 2.0,
    }
    assert read["rows"][1]["metrics"]["ior_masked"] == {"mean": None, "se": None}


def test_tables_show_figures_with_their_errors_and_what_is_no_row(tmp_path):
    publish(tmp_path, "atlas", [0, 1], METRICS, FOUND)
    text = (tmp_path / "atlas.md").read_text()
    assert "| one | 50.0 ± 1.2 |" in text or "| one | 50.0 ± 1.3 |" in text
    assert "| two | - |" in text
    assert "| 0.0 to 0.1 | 3 | 0.050 | 0.000 |" in text
    assert "| GHR | 2 | 50.0 | 75.0 | 100.0 |" in text


def test_figures_of_different_views_and_tables_stand_apart(tmp_path):
    names = ["ior_masked", "ior_unnamed", "none_recall_unnamed", "ece"]
    heads = table_heads(tmp_path, {name: Figure(1.0, 0.5) for name in names})
    assert heads == [f"| model | {name} |" for name in names]


def test_a_figure_that_is_no_metric_is_refused(tmp_path):
    with pytest.raises(UnknownName, match=r"ior_plain.*known: ece, ior_masked"):
        table_heads(tmp_path, {"ior_plain": Figure(1.0, 0.5)})
    assert list(tmp_path.iterdir()) == []


def test_a_metric_says_what_it_counts_in_and_which_way_is_better():
    assert [metric.legend for metric in METRICS[:2]] == ["ior (%, more is better)", "ece (less is better)"]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_published_result_is_written_again_byte_for_byte(path, tmp_path):
    data = json.loads(path.read_text())
    results.write(tmp_path, path.stem, data, page_of(data))
    for suffix in (".json", ".md"):
        assert (tmp_path / path.stem).with_suffix(suffix).read_bytes() == path.with_suffix(
            suffix
        ).read_bytes()


@pytest.mark.parametrize("name", MEASURED)
def test_a_published_evaluation_is_written_again_byte_for_byte(name, tmp_path):
    """Its rows; and what is no row, but for tables that a chapter alone knows, which come last."""

    def figure(one):
        return Figure(*(NAN if one[key] is None else one[key] for key in ("mean", "se")))

    data = json.loads((PUBLISHED / f"{name}.json").read_text())
    rows = [
        Row(row["model"], {name: figure(one) for name, one in row["metrics"].items()}, row["seconds"])
        for row in data["rows"]
    ]
    extras = []
    if "reliability" in data:
        view = re.search(r"Reliability \((.*)\):", (PUBLISHED / f"{name}.md").read_text())
        extras.append(reliability_extra([ReliabilityBin(**one) for one in data["reliability"]], view[1]))
    if "collections" in data:
        extras.append(collections_extra([Collection(**one) for one in data["collections"]]))
    found = Evaluation(data["data"], rows, extras)
    publish(tmp_path, name, data["seeds"], chapter(name).metrics, found)
    own = [key for key in data if key not in ("task", "data", "seeds", "rows", "reliability", "collections")]
    written, published = (
        [(folder / f"{name}.{suffix}").read_text() for suffix in ("json", "md")]
        for folder in (tmp_path, PUBLISHED)
    )
    if own:
        assert json.loads(written[0]) == {key: value for key, value in data.items() if key not in own}
        assert published[1].startswith(f"{written[1]}\n")
    else:
        assert written == published
