"""How text is cut into tokens."""

from __future__ import annotations

import pytest

from midspan.db.words.analysis import LONGEST, characters, tokens


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("The patient's LIVER, x-ray.", ["the", "patient", "liver", "x", "ray"]),
        ("C++, C# and g++; issue#12 a+b #tag", ["c++", "c#", "and", "g++", "issue", "12", "a", "b", "tag"]),
        ("oﬃce ﬁsh Ｃ＋＋ ½", ["office", "fish", "c++", "1", "2"]),
        ("Straße", ["strasse"]),
        ("Ka\u0308se", ["käse"]),
        ("हिन्दी", ["हिन्दी"]),
        ("肝臓の検査", ["肝臓", "臓の", "の検", "検査"]),
        ("CT検査 肝", ["ct", "検査", "肝"]),
        ("?! -- ...", []),
        ("x" * 500, ["x" * LONGEST]),
    ],
)
def test_tokens(text: str, cut: list[str]) -> None:
    assert tokens(text) == cut


def test_single_characters_of_pairs() -> None:
    assert characters(tokens("肝臓の CT")) == ["肝", "臓", "の"]
