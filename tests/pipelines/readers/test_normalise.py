import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from midspan.pipelines.readers.normalise import clean, clean_text, starts_cluster

# Letters, marks of several classes, conjoining jamo, an Indic vowel in two halves, line ends.
TRICKY = (
    "ae\u0301\u0323\u0327\u0308 \u1100\u1161\u11a8\uac00\u0bc6\u0bbe\u09c7\u09be\u30ab\u3099\r\n\nx\0é\u212b"
)


def second_characters() -> set[str]:
    """All characters that some canonical composition has as its second half."""
    seconds = {chr(code) for code in [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]}
    for code in range(0x110000):
        halves = unicodedata.decomposition(chr(code)).split()
        if len(halves) == 2 and not halves[0].startswith("<"):
            seconds.add(chr(int(halves[1], 16)))
    return seconds


@given(st.lists(st.text(TRICKY, max_size=6) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)))
def test_pieces_come_out_as_the_whole_text_would(pieces: list[str]) -> None:
    whole = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")

    assert "".join(clean(pieces)) == unicodedata.normalize("NFC", whole)


def test_text_is_cut_only_before_what_merges_with_nothing_before_it() -> None:
    seconds = second_characters()
    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)

    wrong = [
        char
        for char in characters
        if starts_cluster(char)
        and (
            unicodedata.normalize("NFD", char)[0] in seconds
            or unicodedata.combining(unicodedata.normalize("NFD", char)[0])
        )
    ]

    assert wrong == []


def test_what_databases_refuse_is_replaced() -> None:
    assert clean_text("a\0b\ud800c\udfff") == "a\ufffdb\ufffdc\ufffd"


def test_an_endless_run_of_marks_does_not_pile_up() -> None:
    marks = ("\u0301" * 40_000 for _ in range(10))

    longest = max(len(piece) for piece in clean(marks))

    assert longest <= 120_000
