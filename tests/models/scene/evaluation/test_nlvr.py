"""Sentences against pictures of coloured shapes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from midspan.errors import WrongUse
from midspan.models.parser import load_parser
from midspan.models.scene.describe import describe
from midspan.models.scene.evaluation.nlvr import answer, nlvr_extras, read_questions

BLACK = {"x_loc": 40, "y_loc": 80, "size": 20, "type": "square", "color": "Black"}
YELLOW = {"x_loc": 40, "y_loc": 59, "size": 20, "type": "square", "color": "Yellow"}
BLUE = {"x_loc": 40, "y_loc": 20, "size": 10, "type": "circle", "color": "#0099ff"}


def folder(path: Path, *rows: tuple[str, str]) -> Path:
    lines = [
        json.dumps({"sentence": said, "label": label, "structured_rep": [[BLUE], [YELLOW, BLACK], []]})
        for said, label in rows
    ]
    (path / "dev.json").write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("There is a yellow block on a black block.", True),
        ("There is a black block on a yellow block.", False),
        ("There is a black block below a yellow square.", True),
        ("There is a blue circle above a black block.", False),  # they are in two boxes
        ("There is a black square touching the wall.", True),
        ("There is a blue circle touching the wall.", False),
        ("There is a dog on a black block.", None),
        ("There is a tower.", None),
    ],
)
def test_a_sentence_is_true_where_some_box_has_what_it_says(
    tmp_path: Path, sentence: str, expected: bool | None
) -> None:
    (question,) = read_questions(folder(tmp_path, (sentence, "true")))
    (doc,) = load_parser().parse([sentence])
    assert answer(describe(doc), question.boxes) is expected


def test_agreement_is_of_what_is_answered(tmp_path: Path) -> None:
    (extra,) = nlvr_extras(
        folder(
            tmp_path,
            ("There is a yellow block on a black block.", "true"),
            ("There is a yellow block above a black block.", "false"),
            ("There are exactly two yellow blocks on a black block.", "false"),
            ("There is a tower.", "true"),
        )
    )
    assert [row.value for row in extra.rows] == [4, 3, 2, 50.0, 50.0]


def test_another_folder_is_refused_and_none_asks_nothing(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"dev\.json"):
        nlvr_extras(tmp_path)
    assert nlvr_extras(None) == []
