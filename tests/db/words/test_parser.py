"""What a query says, as a tree."""

from __future__ import annotations

import pytest

from midspan.db.words.parser import parse
from midspan.db.words.query import (
    AllOf,
    AnyOf,
    Field,
    Filtered,
    Misspelt,
    Not,
    Phrase,
    Prefix,
    Query,
    Word,
    excluded,
    required,
)
from midspan.db.words.respell import respelt
from midspan.errors import WrongUse

LIVER, LUNG, HEART = Word("liver"), Word("lung"), Word("heart")


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("liver", LIVER),
        ("liver lung liver", AnyOf((LIVER, LUNG))),
        ("liver OR lung", AnyOf((LIVER, LUNG))),
        ("liver or lung", AnyOf((LIVER, LUNG))),
        ("liver AND lung", AllOf((LIVER, LUNG))),
        ("liver OR lung AND heart", AnyOf((LIVER, AllOf((LUNG, HEART))))),
        ("(liver OR lung) AND heart", AllOf((AnyOf((LIVER, LUNG)), HEART))),
        ('"left lung"', Phrase("left lung")),
        ("“left lung”", Phrase("left lung")),
        ("„left lung“ ", Phrase("left lung")),
        ('"left lung', Phrase("left lung")),
        ("liver -lung", AnyOf((LIVER, Not(LUNG)))),
        ("liver NOT lung", AnyOf((LIVER, Not(LUNG)))),
        ("liver AND NOT lung", AllOf((LIVER, Not(LUNG)))),
        ('liver -"left lung"', AnyOf((LIVER, Not(Phrase("left lung"))))),
        ("liver -(lung heart)", AnyOf((LIVER, Not(AnyOf((LUNG, HEART)))))),
        ("liver (-lung)", AnyOf((LIVER, Not(LUNG)))),
        ("liver NOT NOT lung", AnyOf((LIVER, LUNG))),
        ("well-known", Word("well-known")),
        ("--liver", Word("--liver")),
        ("liver - lung", AnyOf((LIVER, LUNG))),
        ("hepat*", Prefix("hepat*")),
        ("a*", Word("a*")),
        ("the liver of it", LIVER),
        ("the of", AnyOf((Word("the"), Word("of")))),
        ("title:atlas liver", Filtered(LIVER, (Field("title", Word("atlas")),))),
        ("path:pdf OR path:txt", AnyOf((Field("path", Word("pdf")), Field("path", Word("txt"))))),
        ("page:3-5", Field("page", Word("3-5"))),
        ("liver AND", LIVER),
        ("OR liver", LIVER),
        ("AND", Word("AND")),
        ("liver)", LIVER),
        ("((liver", LIVER),
        ("C++", Word("C++")),
    ],
)
def test_trees(query: str, tree: Query) -> None:
    assert parse(query).tree == tree


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ('?! "" ()', "no word"),
        ("-liver", "only says what to leave out"),
        ("NOT (liver lung)", "only says what to leave out"),
        ("-liver -lung", "only says what to leave out"),
        ("(" * 51 + "liver", "50 deep"),
        ("liver " * 2000, "at most 10,000"),
        (" ".join(f"word{n}*" for n in range(21)), "more than 20"),
        ("page:iii", "names no page"),
        ("page:5-3", "names no page"),
    ],
)
def test_what_is_refused_is_refused_in_words(query: str, reason: str) -> None:
    with pytest.raises(WrongUse, match=reason):
        parse(query)


@pytest.mark.parametrize(
    ("query", "wording"),
    [
        ("where is the liver?", "where is the liver?"),
        ("liver -lung", "liver"),
        ('"left lung" AND heart -(liver spleen)', "left lung heart"),
        ("title:atlas liver*", "liver"),
        ("title:atlas", ""),
        ("half a pair \ud800 liver", "half a pair liver"),
    ],
)
def test_the_encoder_gets_what_is_wanted(query: str, wording: str) -> None:
    assert parse(query).wording == wording


def test_what_every_hit_must_fit_and_what_none_may() -> None:
    tree = parse("title:atlas liver -lung").tree
    assert required(tree) == AllOf((Field("title", Word("atlas")),))
    assert excluded(tree) == AnyOf((LUNG,))
    assert required(parse("liver lung").tree) is None
    assert required(parse("liver AND lung").tree) == AllOf((LIVER, LUNG))


def test_long_words_alone_may_be_misspelt() -> None:
    assert respelt(parse("lver -lung C++ 1234").tree) == AnyOf(
        (Misspelt("lver"), Word("C++"), Word("1234"), Not(LUNG))
    )
    assert respelt(parse('"left lung" eye').tree) is None
