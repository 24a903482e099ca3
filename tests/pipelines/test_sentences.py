from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English

from midspan.pipelines.sentences import LONGEST_SENTENCE, LONGEST_STRETCH, Span, Splitter


def split(text: str, *borders: int) -> list[tuple[Span, str]]:
    splitter = Splitter()
    found = []
    for start, end in zip([0, *borders], [*borders, len(text)], strict=True):
        found += splitter.feed(text[start:end])
    return [*found, *splitter.finish()]


def sentences(text: str) -> list[str]:
    return [piece for _, piece in split(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith et al. (2019) saw it, e.g. in Fig. 3.|The U.S. team found J. R. Miller's cyst of 3.5 cm.",
        "Mr. A. B. Jones vs. Mrs. Lee shows salt, pepper etc. and so on.|He left.",
        "They sell salt, pepper etc.|He left at 5 p.m. with Prof. X.|It rained.",
        "No. 5 is alive.|Is it?|No.|He left.",
        "See p. 12 and vol. 3, no. 4.|Wait, pp. 5 and cf. Table 2 too.",
        "It lives in Boston, Mass. near me.|He found a mass.|Then he left.",
        "He took vitamin C.|The end.|John C. Miller left.",
        "She moved to Washington D.C. last year.|He stayed in the U.S.|They met.",
        '"Did it?" he asked.|"It did!"|She laughed.',
        "It hurt!|(It was so.)|[It was not.]|Well... not so much.|Wait...|Then what?!",
        "The cell divides.[3]|It grows.[4][5]|It dies.",
        "1. Open the box.|2. Close it.|a. Or not.",
        "He was born in 1990.|He died in 2001.",
        "私は学生です。|あなたも？|はい。",
        "क्या यह सच है?|हाँ।|ठीक है।",
        "e-mail me at a.b@c.org or see https://a.b/c.d?e=f!g now.|Thanks.",
        "¿Qué?|¡Nada!|Bueno.",
    ],
)
def test_sentences_end_where_a_reader_says(text: str) -> None:
    assert sentences(text.replace("|", " ").replace("。 ", "。")) == text.split("|")


def test_what_spacy_keeps_together_is_kept_together() -> None:
    # But for words that also end sentences, which need what follows: see the table.
    known = [word for word in English.Defaults.tokenizer_exceptions if word[-1] == "." and word[0].isalpha()]

    apart = [word for word in known if len(sentences(f"We saw it {word} 5 times.")) != 1]

    assert len(known) > 100
    assert apart == []


def test_paragraphs_end_sentences_and_lines_do_not() -> None:
    assert sentences("A heading\n\nThe text goes\non here\n \t\nand there\fNext page") == [
        "A heading",
        "The text goes\non here",
        "and there",
        "Next page",
    ]


def test_what_says_nothing_is_left_out() -> None:
    assert sentences("* * *\n\n---\n\nWords.\n\n... ?! _\n\n") == ["Words."]


def test_a_long_sentence_becomes_fragments_cut_at_white_space() -> None:
    text = "Short one. " + "kidney " * 400 + "ends here. Short two."

    found = split(text)

    assert [span.kind for span, _ in found] == ["sentence", "fragment", "fragment", "fragment", "sentence"]
    assert all(len(piece) <= LONGEST_SENTENCE for _, piece in found)
    assert " ".join(piece for _, piece in found) == text


def test_text_without_any_end_or_space_is_cut_hard() -> None:
    found = split("x" * (3 * LONGEST_STRETCH + 10))

    assert {span.kind for span, _ in found} == {"fragment"}
    assert max(len(piece) for _, piece in found) == LONGEST_SENTENCE
    assert sum(len(piece) for _, piece in found) == 3 * LONGEST_STRETCH + 10


def test_text_without_an_end_does_not_pile_up() -> None:
    splitter = Splitter()
    for _ in range(100):
        list(splitter.feed("word " * 2_000))

    assert len(splitter._text) <= LONGEST_STRETCH + 200


# Words and punctuation that decide, and runs so long that stretches are cut.
PARTS = st.lists(
    st.sampled_from(
        [
            *("Dr. ", "e.g. ", "kidney ", "Left. ", "No. ", "5 ", "he? ", '"So!" ', "a.b ", "\n", "\n\n"),
            *(" \n \n", "。", "... ", "[3] ", "mm.[3] ", "J. ", "The ", "etc. ", "* ", "é", "𝒳 ", "\t"),
            *("x" * 700 + " ", "y " * 12_000, "z" * 21_000, " " * 300),
        ]
    )
    | st.text(max_size=5),
    max_size=25,
)


@given(parts=PARTS, data=st.data())
def test_spans_depend_on_the_text_and_not_on_its_pieces(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))

    assert split(text, *borders) == split(text)


@given(PARTS)
def test_spans_are_ordered_apart_and_say_what_stands_there(parts: list[str]) -> None:
    text = "".join(parts)
    found = split(text)

    assert all(piece == text[span.start : span.end] == piece.strip() for span, piece in found)
    assert all(one.end <= two.start for (one, _), (two, _) in pairwise(found))
    assert all(0 < len(piece) <= LONGEST_SENTENCE for _, piece in found)


@given(PARTS)
def test_no_letter_or_digit_is_lost(parts: list[str]) -> None:
    text = "".join(parts)

    kept = "".join(piece for _, piece in split(text))

    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]
