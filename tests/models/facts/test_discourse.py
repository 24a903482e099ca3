import pickle

import pytest
from spacy.tokens import Doc

from midspan.models.facts.discourse import Discourse
from midspan.models.parser import load_parser

PARSER = load_parser()


def resolved(*sentences: str) -> dict[str, str]:
    """Of the last sentence: word to what it stands for."""
    discourse = Discourse()
    docs = PARSER.parse(list(sentences))
    start = 0
    for ordinal, doc in enumerate(docs):
        discourse.read(ordinal, f"s{ordinal}", doc, start)
        start += len(doc.text) + 1
    known = discourse.antecedents(len(docs) - 1)
    return {docs[-1][place].text: one.surface for place, one in known.items()}


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["Marie Curie was born in Warsaw.", "She studied in Paris."], {"She": "Marie Curie"}),
        (["Microsoft was founded in 1975.", "The company is based in Redmond."], {"company": "Microsoft"}),
        (["Warsaw lies on the Vistula.", "Its mayor opened the bridge."], {"Its": "Warsaw"}),
        (["Gates met Steve Jobs.", "He founded Microsoft."], {"He": "Gates"}),
        (["Einstein met Bohr.", "Bohr did not agree with him."], {"him": "Einstein"}),
        (["Walt Disney and his brother Roy opened a studio."], {"his": "Walt Disney"}),
        (["Bohr, who was born in Copenhagen, met Einstein."], {"who": "Bohr"}),
        (
            ["Alan Turing was born in London.", "He studied in Cambridge.", "He died in Wilmslow."],
            {"He": "Alan Turing"},
        ),
    ],
)
def test_a_reference_stands_for_the_name_before_it(sentences: list[str], expected: dict[str, str]) -> None:
    assert resolved(*sentences) == expected


@pytest.mark.parametrize(
    "sentences",
    [
        ["Bohr and Einstein met in Brussels.", "He gave a talk."],  # two equal
        ["Marie Curie lived in Paris.", "It opened a museum."],  # a place that was only mentioned
        ["Mr. Smith owned the mill.", "She sold the farm."],  # gender
        ["Oslo is old.", "It is known that salt melts ice."],  # stands for nothing
        ["The United States ratified the treaty.", "When a tumour spreads, it harms the liver."],  # a rival
        ["Microsoft bought Nokia.", "The film Titanic won eleven awards."],  # named itself
        ["Warsaw lies on the Vistula.", "Moscow became the capital.", "The city was called Petrograd."],
        ["Bohr met a girl.", "A boy said that he saw the comet."],
    ],
)
def test_where_it_is_not_plain_it_is_left_alone(sentences: list[str]) -> None:
    assert resolved(*sentences) == {}


def test_the_evidence_is_where_the_name_stands() -> None:
    discourse = Discourse()
    text = "The Paris-born Marie Curie won. She left."
    first, second = PARSER.parse(["The Paris-born Marie Curie won.", "She left."])
    discourse.read(0, "one", first, 100)
    discourse.read(1, "two", second, 132)
    (found,) = discourse.antecedents(1).values()
    assert text[found.start - 100 : found.end - 100] == found.surface == "Marie Curie"
    assert found.segment_id == "one"


def test_a_sentence_that_hangs_on_a_preposition_ends() -> None:
    words = ["According", "to", "them", "."]
    doc = Doc(
        PARSER.parse(["x"])[0].vocab,
        words=words,
        tags=["VBG", "IN", "PRP", "."],
        pos=["VERB", "ADP", "PRON", "PUNCT"],
        deps=["prep", "ROOT", "pobj", "punct"],
        heads=[1, 1, 1, 1],
    )
    discourse = Discourse()
    discourse.read(0, "one", doc, 0)
    assert discourse.antecedents(0) == {}


def test_a_title_is_who_the_first_sentence_is_about() -> None:
    discourse = Discourse()
    (doc,) = PARSER.parse(["He was born in Ulm in 1879."])
    discourse.title(0, "title", "Albert Einstein", 0)
    discourse.read(1, "one", doc, 17)
    (found,) = discourse.antecedents(1).values()
    assert (found.surface, found.segment_id) == ("Albert Einstein", "title")


def test_what_is_read_again_is_answered_alike_and_the_memory_travels() -> None:
    docs = PARSER.parse(["Marie Curie was born in Warsaw.", "She studied in Paris.", "She won a prize."])
    whole, parts = Discourse(), Discourse()
    for ordinal, doc in enumerate(docs):
        whole.read(ordinal, f"s{ordinal}", doc, 40 * ordinal)
    for ordinal, doc in enumerate(docs):
        for _ in range(2):
            parts.read(ordinal, f"s{ordinal}", doc, 40 * ordinal)
        parts = pickle.loads(pickle.dumps(parts))  # noqa: S301 made a moment ago
    assert [whole.antecedents(n) for n in range(3)] == [parts.antecedents(n) for n in range(3)]
    assert len(whole.antecedents(2)) == 1
