import json

from midspan.platform import results

NAN = float("nan")
DATA = {
    "task": "atlas",
    "data": "three sentences",
    "seeds": [0, 1],
    "rows": [
        {"model": "one", "metrics": {"ior_masked": {"mean": 50.0, "se": 1.25}}, "seconds": 2.0},
        {
            "model": "two",
            "metrics": {"ior_masked": {"mean": NAN, "se": NAN}},
            "seconds": 1.0,
        },
    ],
    "reliability": [{"low": 0.0, "high": 0.1, "count": 3, "confidence": 0.05, "accuracy": 0.0}],
    "collections": [{"name": "GHR", "count": 2, "right_among": [50.0, 75.0, 100.0]}],
}


def test_json_has_the_fixed_shape_and_no_nan(tmp_path):
    results.write(tmp_path, DATA)
    read = json.loads((tmp_path / "atlas.json").read_text(), parse_constant=lambda name: 1 / 0)
    assert {"task", "data", "seeds", "rows"} <= set(read)
    assert read["rows"][0]["metrics"]["ior_masked"] == {"mean": 50.0, "se": 1.25}
    assert read["rows"][1]["metrics"]["ior_masked"] == {"mean": None, "se": None}


def test_table_shows_figures_with_their_errors(tmp_path):
    results.write(tmp_path, DATA)
    text = (tmp_path / "atlas.md").read_text()
    assert "| one | 50.0 ± 1.2 |" in text or "| one | 50.0 ± 1.3 |" in text
    assert "| two | - |" in text


def test_what_is_not_a_row_has_a_table_of_its_own(tmp_path):
    results.write(tmp_path, DATA)
    text = (tmp_path / "atlas.md").read_text()
    assert "| 0.0 to 0.1 | 3 | 0.050 | 0.000 |" in text
    assert "| GHR | 2 | 50.0 | 75.0 | 100.0 |" in text


def test_figures_of_different_views_stand_in_different_tables():
    names = [
        "ior_masked",
        "ior_unnamed",
        "placed_unnamed",
        "none_recall_unnamed",
        "ece_plain",
        "recall@1_masked",
    ]
    row = {"model": "one", "metrics": {name: {"mean": 1.0, "se": 0.5} for name in names}, "seconds": 1.0}
    heads = [
        line for line in results.markdown({**DATA, "rows": [row]}).splitlines() if line.startswith("| model")
    ]
    assert heads == [
        "| model | ior_masked |",
        "| model | ior_unnamed |",
        "| model | placed_unnamed | none_recall_unnamed |",
        "| model | ece_plain |",
        "| model | recall@1_masked |",
    ]
