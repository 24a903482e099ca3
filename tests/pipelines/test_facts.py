from dataclasses import replace

import pytest

from midspan.models.facts import identity
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.reader import FactReader
from midspan.models.parser import Parser, load_parser
from midspan.models.registry import all_models
from midspan.pipelines.facts import FactStage
from midspan.pipelines.parse import ParseStage
from midspan.pipelines.stage import Batch, check_order
from midspan.records import Fact, Segment, Source

SENTENCES = [
    "Albert Einstein was born in Ulm.",
    "Warsaw is the capital of Poland.",
    "Steven Spielberg did not direct the\nfilm.",
    "The 😀 shop of Zoë opened in Paris in 1995.",
    "Google may buy Nokia.",
    "Heading",
]
THE_SOURCE = Source("source", "document", "text/plain", "a.txt", 100, 0.0)
SOURCE = "\n\n".join(["Preface — não 😀.", *SENTENCES])


@pytest.fixture(scope="module")
def parser() -> Parser:
    return load_parser()


@pytest.fixture(scope="module")
def stage() -> FactStage:
    return FactStage(FactReader.bundled)


def segments() -> list[Segment]:
    found = []
    for number, text in enumerate(SENTENCES):
        start = SOURCE.index(text)
        kind = "fragment" if text == "Heading" else "sentence"
        found.append(Segment(f"seg-{number}", "source", number, kind, "char", start, start + len(text), text))
    return found


def facts(parser: Parser, stage: FactStage) -> list[Fact]:
    batch = Batch(segments(), memories={"source": stage.open(THE_SOURCE)})
    ParseStage(lambda: parser)(batch)
    products = stage(batch)
    assert all(isinstance(product, Fact) for product in products)
    return [product for product in products if isinstance(product, Fact)]


def test_every_slot_is_in_the_source_where_it_says(parser: Parser, stage: FactStage) -> None:
    found = facts(parser, stage)
    assert {fact.provenance.segment_id for fact in found} == {f"seg-{number}" for number in range(5)}
    for fact in found:
        for slot in (fact.subject, fact.predicate, fact.object):
            assert SOURCE[slot.start : slot.end] == slot.surface
        assert SOURCE[int(fact.provenance.start) : int(fact.provenance.end)] == fact.text


def test_a_fact_is_canonical_and_leads_back_to_its_run(parser: Parser, stage: FactStage) -> None:
    fact = facts(parser, stage)[0]
    assert (fact.subject.name, fact.predicate.name, fact.object.name) == (
        "Albert Einstein",
        "place of birth",
        "Ulm",
    )
    assert (fact.status, fact.polarity, fact.provenance.run_id) == ("linked", "affirmed", stage.run.id)
    assert 0 < fact.score < 1


def test_denials_and_reserve_are_kept(parser: Parser, stage: FactStage) -> None:
    polarity = {fact.provenance.segment_id: fact.polarity for fact in facts(parser, stage)}
    assert (polarity["seg-2"], polarity["seg-4"]) == ("negated", "hedged")


def test_the_same_again_gives_the_same_ids_and_none_twice(parser: Parser, stage: FactStage) -> None:
    ids = [fact.id for fact in facts(parser, stage)]
    assert ids == [fact.id for fact in facts(parser, stage)]
    assert len(set(ids)) == len(ids)


def test_another_parser_or_graph_is_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = {identity.run().id}
    name = "parse.en-core-web-sm"
    with monkeypatch.context() as changed:
        changed.setitem(all_models(), name, replace(all_models()[name], weights_sha256="1" * 64))
        runs.add(identity.run().id)
    with monkeypatch.context() as changed:
        changed.setattr(identity, "shipped_card", lambda folder: {"weights_sha256": "1" * 64})
        runs.add(identity.run().id)
    runs.add(identity.run(["2" * 64]).id)
    assert len(runs) == 4


def test_the_run_names_what_is_loaded(stage: FactStage) -> None:
    assert stage.run.parameters["graphs"] == [bundled_kg().sha256]
    assert stage.run.parameters["parser"] == Parser.weights_sha256


def test_it_needs_the_parse(parser: Parser, stage: FactStage) -> None:
    check_order([ParseStage(lambda: parser), stage])
    with pytest.raises(Exception, match="requires parse"):
        check_order([stage])


def test_a_segment_that_was_not_parsed_has_no_facts(parser: Parser, stage: FactStage) -> None:
    fragment = replace(segments()[0], kind="fragment")
    batch = Batch([fragment], memories={"source": stage.open(THE_SOURCE)})
    ParseStage(lambda: parser)(batch)
    assert stage(batch) == []


STORY = "Alan Turing\n\nAlan Turing was born in London. He studied in Cambridge. In 1936 he wrote a paper."


def story() -> list[Segment]:
    found = []
    for number, text in enumerate([STORY[:11], *(f"{one}." for one in STORY[13:-1].split(". "))]):
        start = STORY.index(text, 13 if number else 0)
        kind = "sentence" if number else "fragment"
        found.append(Segment(f"s{number}", "source", number, kind, "char", start, start + len(text), text))
    return found


def read_in(parser: Parser, stage: FactStage, sizes: list[int]) -> list[Fact]:
    """The facts of the story in batches of these sizes; a size below 0 goes back by as many."""
    memory, at, found = stage.open(THE_SOURCE), 0, {}
    for size in sizes:
        if size < 0:
            at += size
            continue
        batch = Batch(story()[at : at + size], memories={"source": memory})
        ParseStage(lambda: parser)(batch)
        found.update({product.id: product for product in stage(batch) if isinstance(product, Fact)})
        at += size
    return list(found.values())


def test_a_pronoun_shows_the_name_and_where_it_stands(parser: Parser, stage: FactStage) -> None:
    resolved = [fact.subject for fact in read_in(parser, stage, [4]) if fact.subject.antecedent]
    assert {slot.surface.lower() for slot in resolved} == {"he"}
    for slot in resolved:
        assert slot.name == "Alan Mathison Turing"
        assert STORY[slot.antecedent_start : slot.antecedent_end] == slot.antecedent == "Alan Turing"
        assert slot.antecedent_segment == "s1"
        assert STORY[slot.start : slot.end] == slot.surface


@pytest.mark.parametrize("sizes", [[1, 1, 1, 1], [2, 2], [4, -2, 1, 1], [3, -3, 3, 1]])
def test_batches_and_their_repetition_change_nothing(
    parser: Parser, stage: FactStage, sizes: list[int]
) -> None:
    assert read_in(parser, stage, sizes) == read_in(parser, stage, [4])


def test_further_arguments_and_modality_are_kept(parser: Parser, stage: FactStage) -> None:
    last = read_in(parser, stage, [4])[-1]
    assert [STORY[one.start : one.end] for one in last.further] == ["In 1936"]
    hedged = [fact for fact in facts(parser, stage) if fact.polarity == "hedged"]
    assert [fact.modality for fact in hedged] == ["doubted"]
