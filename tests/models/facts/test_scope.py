"""Whether a clause is asserted, in sentences that are not those of the polarity table."""

import pytest

from midspan.models.facts.extraction import surface_triples
from midspan.models.parser import load_parser

PARSER = load_parser()

STANCES = {
    # denied from above, or by what the verb implies
    "The minister denied that the army shelled the village.": ("shelled", "negated"),
    "It is not true that the bank owned the mill.": ("owned", "negated"),
    "I do not believe that the Romans built this road.": ("built", "negated"),
    "The pilots failed to lower the flaps.": ("lower", "negated"),
    "The fence prevented the cattle from crossing the track.": ("crossing", "negated"),
    "They left Madrid without visiting the Prado.": ("visiting", "negated"),
    "The plant no longer makes tyres.": ("makes", "negated"),
    # a "not" that affirms
    "The abbey not only housed monks but also brewed beer.": ("brewed", "affirmed"),
    "No one other than Gauss proved the theorem.": ("proved", "affirmed"),
    "Not until 1920 did women receive the vote.": ("receive", "affirmed"),
    "The state did not abolish the tax until 1920.": ("abolish", "affirmed"),
    "The critics could not but praise the soprano.": ("praise", "affirmed"),
    "The chest held nothing but letters.": ("held", "affirmed"),
    "She did not fail to notice the crack.": ("notice", "affirmed"),
    # facts, whatever happens to who knows them
    "The clerk did not know that the duke owned the mill.": ("owned", "affirmed"),
    "Did the clerk know that the duke owned the mill?": ("owned", "affirmed"),
    "The bank regrets that a hacker read the letters.": ("read", "affirmed"),
    "They managed to free the whale.": ("free", "affirmed"),
    # with reserve
    "Scholars doubt that Bacon wrote Hamlet.": ("wrote", "doubted"),
    "There is no evidence that Bacon wrote Hamlet.": ("wrote", "doubted"),
    "The agency said that the firm exported uranium.": ("exported", "reported"),
    "The rumour that the bank owned the mill was old.": ("owned", "reported"),
    "The firm is said to have exported uranium.": ("exported", "reported"),
    "According to the agency, the bank owned the mill.": ("owned", "reported"),
    "If the lock opens the gate, water fills the basin.": ("fills", "conditional"),
    "The firm hopes to open a school.": ("open", "planned"),
    "When a program uses the library, the licence covers the program.": ("uses", "conditional"),
    "When the war ended, the duke sold the castle.": ("sold", "affirmed"),
    "The bank may choose to sell the mill.": ("sell", "doubted"),
    "You must let the bank sell the mill.": ("sell", "planned"),
    "The tenant must repair the roof.": ("repair", "planned"),
    "If Rome had lost the battle, Carthage would have ruled Sicily.": ("ruled", "counterfactual"),
    "He walks as if he owned the street.": ("owned", "counterfactual"),
    "Did the bank own the mill?": ("own", "asked"),
    "She wondered whether the firm exported uranium.": ("exported", "asked"),
    "The nurse dreamed that her son won the medal.": ("won", "dreamt"),
}


@pytest.mark.parametrize("sentence", STANCES)
def test_what_governs_a_clause_decides_whether_it_is_asserted(sentence: str) -> None:
    verb, expected = STANCES[sentence]
    triples = [
        triple for triple in surface_triples(PARSER.parse([sentence])[0]) if verb in triple.relation.split()
    ]
    assert triples
    for triple in triples:
        got = triple.polarity if triple.polarity != "hedged" else triple.modality
        assert got == expected


def test_a_denial_bears_its_reserve_too() -> None:
    (triple,) = surface_triples(PARSER.parse(["The firm may not own the mill."])[0])
    assert (triple.polarity, triple.modality) == ("negated", "doubted")


def test_only_the_contrasted_object_is_affirmed() -> None:
    triples = surface_triples(PARSER.parse(["The duke did not marry the countess but the baroness."])[0])
    assert {t.object.surface: t.polarity for t in triples} == {
        "the countess": "negated",
        "the baroness": "affirmed",
    }
