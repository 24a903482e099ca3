"""All that a fact says comes back from its row."""

from midspan.db.records.kinds.fact import KIND, to_fact
from midspan.records import Argument, Candidate, Fact, FactSlot, Provenance


def test_antecedents_modality_and_further_arguments_come_back() -> None:
    subject = FactSlot(
        *("She", 40, 43, "wd:Q7186", "Marie Curie", 0.75),
        antecedent="Marie Curie",
        antecedent_start=0,
        antecedent_end=11,
        antecedent_segment="seg-1",
        candidates=(Candidate("wd:Q37463", "Irène Joliot-Curie", 0.06, "less like what the sentence says"),),
    )
    fact = Fact(
        id="fact-1",
        provenance=Provenance("source", "run", "seg-2", "char", 40, 70),
        text="She may have met him in 1911.",
        subject=subject,
        predicate=FactSlot("met", 53, 56, None, "met", 0.5),
        object=FactSlot("him", 57, 60, None, "him", 0.5, value="1911-05", kind="person"),
        polarity="hedged",
        status="partial",
        score=0.5,
        modality="doubted",
        generator="pair",
        further=(Argument("in 1911", 61, 68),),
    )
    row = KIND.full_row(fact)
    assert set(row) <= set(KIND.table.c.keys())
    assert to_fact(row) == fact  # type: ignore[arg-type]
