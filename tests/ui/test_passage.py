"""Where the text around a passage is cut."""

from midspan.ui import passage


def test_a_word_cut_by_the_border_is_left_out() -> None:
    text = "xyz " + "word " * passage.CONTEXT
    assert passage._from_a_word(text[1 : 1 + passage.CONTEXT]).startswith("… word word")
    assert passage._to_a_word("word " * passage.CONTEXT + "wo").endswith(" word …")


def test_text_that_was_not_cut_is_shown_whole() -> None:
    assert passage._from_a_word("The whole") == "The whole"
    assert passage._to_a_word("the end.") == "the end."


def test_text_without_spaces_keeps_its_characters() -> None:
    text = "字" * passage.CONTEXT
    assert text in passage._from_a_word(text)
    assert text in passage._to_a_word(text)
