import json
from pathlib import Path

import pytest

from midspan.models.facts.evaluation import knowledgenet, reliability
from midspan.models.facts.evaluation.facts import fewrel_row, knowledgenet_rows
from midspan.models.facts.evaluation.knowledgenet import Said, compare, read
from midspan.models.facts.evaluation.scores import Count, figures
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.linking import LinkedTriple
from midspan.models.facts.reader import FactReader
from midspan.records import FactSlot

BORN = "PLACE_OF_BIRTH"


def row(
    doc: str, property_: str, sentence: str, subject: str | None, object_: str | None, **known: str
) -> dict[str, object]:
    qids = {"subject_qid": known.get("subject_qid"), "object_qid": known.get("object_qid")}
    facts = {"fold": 1, "doc": doc, "property": property_, "sentence": sentence}
    return {**facts, "subject": subject, "object": object_, **qids}


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text(json.dumps(rows))
    return path


LANG = "Lang was born in Paris, and he lives in Rome."


@pytest.fixture
def annotation(tmp_path: Path) -> knowledgenet.Annotation:
    return read(
        write(
            tmp_path / "facts.json",
            row("1", BORN, LANG, "Lang", "Paris", subject_qid="Q1"),
            row("1", BORN, LANG, "he", "Paris", subject_qid="Q1"),
            row("1", "SPOUSE", "Ann and Bob wed.", None, None),
        )
    )


def said(start: int, end: int, start_: int, end_: int, property_: str = BORN) -> Said:
    return Said(("1", LANG), property_, frozenset({(start, end)}), frozenset({(start_, end_)}))


def test_mentions_of_one_entity_are_one_fact(annotation: knowledgenet.Annotation) -> None:
    (gold,) = annotation.gold
    assert gold.subject == {(0, 4), (28, 30)} and gold.object == {(17, 22)} and gold.named


def test_a_fact_is_found_by_any_mention_and_counted_once(annotation: knowledgenet.Annotation) -> None:
    counts = compare(annotation, [said(0, 4, 17, 22), said(28, 30, 17, 22)])
    assert counts["1", BORN] == Count(right=1, said=1, found=1, gold=1)


def test_what_is_not_annotated_is_wrong_if_its_property_was_asked_for(
    annotation: knowledgenet.Annotation,
) -> None:
    wrong = said(28, 30, 40, 44)
    counts = compare(annotation, [wrong, wrong, said(0, 4, 40, 44, "NATIONALITY")])
    assert dict(counts) == {("1", BORN): Count(right=0, said=1, found=0, gold=1)}
    assert compare(annotation, [said(0, 4, 17, 22, "SPOUSE")])["1", "SPOUSE"].said == 1


def test_a_marriage_is_one_fact_in_both_directions(tmp_path: Path) -> None:
    text = "Ann wed Bob."
    rows = [row("1", "SPOUSE", text, "Ann", "Bob"), row("1", "SPOUSE", text, "Bob", "Ann")]
    annotation = read(write(tmp_path / "facts.json", *rows))
    assert len(annotation.gold) == 1
    one = Said(("1", text), "SPOUSE", frozenset({(8, 11)}), frozenset({(0, 3)}))
    assert compare(annotation, [one])["1", "SPOUSE"].right == 1


WARSAW, KRAKOW = "wd:Q270", "wd:Q31487"


def linked(subject: str | None, object_: str | None, score: float = 0.8) -> LinkedTriple:
    slots = [FactSlot("Lang", 0, 4, subject, "Lang", 0.9), FactSlot("Paris", 17, 22, object_, "Paris", 0.9)]
    born = FactSlot("born in", 9, 16, "wd:P19", "place of birth", 0.9)
    return LinkedTriple(slots[0], born, slots[1], "linked", score)


@pytest.mark.parametrize(
    ("subject", "object_", "right"),
    [
        (None, WARSAW, True),  # the graph has no Q1
        ("wd:Q2", WARSAW, False),
        (None, KRAKOW, False),
        (None, None, False),
    ],
)
def test_a_fact_is_right_where_both_sides_are_linked_to_what_they_mean(
    tmp_path: Path, subject: str | None, object_: str | None, right: bool
) -> None:
    known = {"subject_qid": "Q1", "object_qid": WARSAW.removeprefix("wd:")}
    annotation = read(write(tmp_path / "facts.json", row("1", BORN, LANG, "Lang", "Paris", **known)))
    read_ = [(("1", LANG), 0, linked(subject, object_))]
    assert reliability.scored(annotation, read_, bundled_kg()) == [reliability.Scored(0.8, True, right)]


def test_where_no_entity_is_annotated_any_will_do(annotation: knowledgenet.Annotation) -> None:
    (one,) = reliability.scored(annotation, [(("1", LANG), 0, linked(None, KRAKOW))], bundled_kg())
    assert one.right


def test_scores_are_held_against_what_came_true() -> None:
    found = [reliability.Scored(0.85, n < 16, n < 12) for n in range(20)]
    (one,) = reliability.bins(found, "x").rows
    assert (one.low, one.facts, one.said, one.right) == (0.8, 20, 0.8, 0.6)
    assert reliability.ece(found, "x")["fact_ece_x"].mean == pytest.approx(0.25)


def test_folds_are_read_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "facts.json", row("1", BORN, LANG, "Lang", "Paris"))
    assert len(read(path, (1, 2)).gold) == 1 and read(path, (3,)).gold == ()


def test_figures_are_of_all_documents_together() -> None:
    found = figures([("1", Count(3, 4, 2, 5)), ("2", Count(0, 0, 0, 5))], "x")
    assert (found["fact_precision_x"].mean, found["fact_recall_x"].mean) == (75.0, 20.0)
    assert found["fact_f1_x"].mean == pytest.approx(2 * 75 * 20 / 95)
    assert found["fact_recall_x"].se > 0


def test_both_data_sets_are_measured_on_real_sentences(tmp_path: Path) -> None:
    text = "Marie Curie was born in Warsaw, and Pierre Curie was born in Paris."
    rows = [{**row("1", BORN, text, "Marie Curie", "Warsaw"), "fold": fold} for fold in (1, 3)] + [
        row("2", BORN, "Nobody was born in Rome.", None, None)
    ]
    reader = FactReader.bundled()
    (_, both), extras = knowledgenet_rows(write(tmp_path / "facts.json", *rows), reader, bundled_kg())
    assert [extra.key for extra in extras] == ["reliability_tuned", "reliability_untouched"]
    assert sum(one.facts for one in extras[1].rows) == 2
    assert 0 < both.metrics["fact_ece_knowledgenet_untouched"].mean < 1
    assert both.metrics["fact_recall_knowledgenet_untouched"].mean == 100
    assert both.metrics["fact_precision_knowledgenet_untouched"].mean == 50
    pairs = [
        {"property": "P19", "sentence": text, "one": [0, 11], "other": [24, 30]},
        {"property": "P20", "sentence": text, "one": [36, 48], "other": [61, 66]},
    ]
    found = fewrel_row(pairs, reader).metrics
    assert (found["fact_precision_fewrel"].mean, found["fact_recall_fewrel"].mean) == (50, 50)
