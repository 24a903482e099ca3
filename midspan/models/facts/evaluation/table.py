"""The table of chapter 5, but for linking: CaRB, pairs of names, facts, whether a clause is asserted."""

from __future__ import annotations

import csv
import hashlib
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from midspan.models.facts.evaluation.carb import Counts, Parts, count, figures, read_gold
from midspan.models.facts.evaluation.facts import fewrel_row, knowledgenet_rows
from midspan.models.facts.evaluation.linking import Tests, baselines, forced, linker
from midspan.models.facts.evaluation.linking import figures as figures_of_links
from midspan.models.facts.evaluation.nearest import Nearest, SlotHeads
from midspan.models.facts.evaluation.pair_recall import Pair, fewrel_pairs, is_found, knowledgenet_pairs
from midspan.models.facts.evaluation.sentences import in_documents
from midspan.models.facts.evaluation.thesis import detector_rows, paper_rows
from midspan.models.facts.extraction import Triple, extract_triples, surface_triples
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.words import word_pieces
from midspan.models.facts.pairs import pair_candidates
from midspan.models.facts.paper.config import PAPER_NAME
from midspan.models.facts.reader import FactReader
from midspan.models.facts.shipped import LINKER, LINKER_NAME
from midspan.models.kit.card import read_card
from midspan.models.kit.evaluation import Evaluation
from midspan.models.kit.jsonl import read_rows
from midspan.models.kit.measuring import Figure, Figures, Row, clustered, measured
from midspan.models.parser import load_parser

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

FOLDER = Path(__file__).parent
HALVES = ("tuned", "untouched")
"""By a hash of the sentence: the first was looked at while the rules were written, the second never."""

Extract = Callable[["Doc"], Sequence[Parts]]


def evaluate(
    models: Sequence[Path],
    seeds: Sequence[int],
    work: Path,
    *,
    report: Callable[[Row], None],
    carb: Path | None = None,
    knowledgenet: Path | None = None,
) -> Evaluation:
    """Rules have neither weights nor seeds; a linker's folder goes with each seed, which also draws what is
    asked. Folders of ``facts.paper`` are measured at linking alone."""
    papers = [folder for folder in models if read_card(folder)["name"] == PAPER_NAME]
    linkers = [folder for folder in models if folder not in papers]
    fewrel, reader = list(read_rows(FOLDER / "fewrel.jsonl.gz")), FactReader.bundled(*linkers[:1])
    whole, extras = (
        ([], []) if knowledgenet is None else knowledgenet_rows(knowledgenet, reader, bundled_kg())
    )
    rows = [
        *_carb_rows(carb),
        *_pair_rows("fewrel", fewrel_pairs(fewrel)),
        *(() if knowledgenet is None else _pair_rows("knowledgenet", knowledgenet_pairs(knowledgenet))),
        fewrel_row(fewrel, reader),
        *whole,
        *_linking_rows(linkers, papers, seeds),
        *_polarity_rows(),
        _rate_row(),
    ]
    for row in rows:
        report(row)
    return Evaluation(
        "CaRB development set, a sample of FewRel validation, a polarity table of our own (NOTICE)",
        rows,
        extras,
    )


def half_of(sentence: str) -> str:
    return HALVES[int(hashlib.sha256(sentence.encode()).hexdigest(), 16) % 2]


# --- open triples ---


def _carb_rows(test: Path | None) -> list[Row]:
    gold = {
        row["sentence"]: [tuple(one) for one in row["tuples"]] for row in read_rows(FOLDER / "carb.jsonl.gz")
    }
    views = {half: {text: said for text, said in gold.items() if half_of(text) == half} for half in HALVES}
    if test is not None:
        views["given"] = dict(read_gold(test.read_text("utf-8").splitlines()))
    return [
        _row("clause rules", lambda: _carb(views, _clauses)),
        _row("subject, verb, object", lambda: _carb(views, _plain)),
    ]


def _carb(views: dict[str, dict[str, list[Parts]]], extract: Extract) -> Figures:
    found: Figures = {}
    for view, gold in views.items():
        docs = load_parser().parse(list(gold))
        counts: list[Counts] = [
            count(said, extract(doc)) for said, doc in zip(gold.values(), docs, strict=True)
        ]
        found |= figures(counts, view)
    return found


def _clauses(doc: Doc) -> list[Parts]:
    return [
        (
            triple.subject.surface,
            triple.relation,
            " ".join([triple.object.surface, *(one.surface for one in triple.further)]),
        )
        for triple in surface_triples(doc)
    ]


def _plain(doc: Doc) -> list[Parts]:
    """The baseline: each verb's own subject and object, with all that hangs on them."""

    def text(token: Token) -> str:
        return " ".join(one.text for one in token.subtree)

    return [
        (text(subject), verb.text, text(target))
        for verb in doc
        for subject in verb.children
        if subject.dep_ in ("nsubj", "nsubjpass")
        for target in verb.children
        if target.dep_ in ("dobj", "attr", "acomp")
    ]


# --- pairs of names ---


def _pair_rows(view: str, pairs: Sequence[Pair]) -> list[Row]:
    found: dict[str, list[bool]] = {"clauses": [], "pairs": []}
    texts = list(dict.fromkeys((pair.doc, pair.sentence) for pair in pairs))
    triples = _triples(texts)
    started = time.monotonic()
    for pair in pairs:
        clauses, candidates = triples[pair.doc, pair.sentence]
        found["clauses"].append(is_found(pair, clauses))
        found["pairs"].append(is_found(pair, candidates))
    both = [one or other for one, other in zip(found["clauses"], found["pairs"], strict=True)]
    rows = []
    for name, hits in (
        ("clause rules", found["clauses"]),
        ("pairs", found["pairs"]),
        ("both generators", both),
    ):
        figure = {f"pair_recall_{view}": _share(hits, [pair.doc for pair in pairs])}
        named = [index for index, pair in enumerate(pairs) if not pair.pronoun]
        if len(named) < len(pairs):
            figure[f"pair_recall_{view}_names"] = _share(
                [hits[index] for index in named], [pairs[index].doc for index in named]
            )
        rows.append(Row(name, figure, round(time.monotonic() - started, 1)))
    return rows


def _triples(texts: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[list[Triple], list[Triple]]]:
    """What each generator says of each sentence, with what its document said before."""
    return {
        text: (extract_triples(one.doc, one.antecedents), list(pair_candidates(one.doc, one.antecedents)))
        for text, _, one in in_documents(texts)
    }


# --- names ---


def _linking_rows(models: Sequence[Path], papers: Sequence[Path], seeds: Sequence[int]) -> list[Row]:
    graph, known = bundled_kg(), [LinkModel.load(folder) for folder in models or (LINKER,)]
    by_seed = list(zip(seeds, itertools.cycle(known), strict=False))
    tests = [Tests.of(graph, model, seed) for seed, model in by_seed]
    rows = [
        measured(name, lambda answer=answer: [figures_of_links(one, answer, answer) for one in tests])  # type: ignore[misc]
        for name, answer in baselines().items()
    ]
    asked, facts = list(zip(seeds, tests, strict=True)), falb.facts(graph)
    heads = [Nearest(graph, SlotHeads(model.space, word_pieces())) for _, model in by_seed]
    return [
        *rows,
        *detector_rows("slot heads", graph, facts, heads, asked),
        *paper_rows(graph, facts, papers, asked),
        measured(
            LINKER_NAME,
            lambda: [
                figures_of_links(one, linker(model), forced(model))
                for one, (_, model) in zip(tests, by_seed, strict=True)
            ],
        ),
    ]


# --- whether it is asserted ---


def _polarity_rows() -> list[Row]:
    with (FOLDER / "polarity.tsv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        _row("scope", lambda: _polarity(table, said)),
        _row("the verb's own words", lambda: _polarity(table, own_words)),
    ]


def _polarity(table: Sequence[dict[str, str]], answer: Callable[[Doc, str], str]) -> Figures:
    docs = load_parser().parse([row["sentence"] for row in table])
    found: Figures = {}
    for half in HALVES:
        chosen = [
            (row, doc) for row, doc in zip(table, docs, strict=True) if half_of(row["sentence"]) == half
        ]
        answers = [answer(doc, row["verb"]) for row, doc in chosen]
        right = [said == row["stance"] for said, (row, _) in zip(answers, chosen, strict=True)]
        coarse = [
            _coarse(said) == _coarse(row["stance"]) for said, (row, _) in zip(answers, chosen, strict=True)
        ]
        sentences = [row["sentence"] for row, _ in chosen]
        found[f"stance_right_{half}"] = _share(right, sentences)
        found[f"polarity_right_{half}"] = _share(coarse, sentences)
    return found


def said(doc: Doc, verb: str) -> str:
    """The stance to the last triple with this verb; empty where there is none."""
    triples = [triple for triple in surface_triples(doc) if verb in triple.relation.split()]
    if not triples:
        return ""
    last = triples[-1]
    return "negated" if last.polarity == "negated" else last.modality or "affirmed"


def own_words(doc: Doc, verb: str) -> str:
    """The baseline: a negation, a modal verb or an adverb at the verb itself."""
    token = next((one for one in doc if one.text == verb), None)
    words = {} if token is None else {child.lower_: child.dep_ for child in token.children}
    if "neg" in words.values():
        return "negated"
    if not words.keys().isdisjoint(("will", "shall", "must", "should")):
        return "planned"
    doubts = ("may", "might", "could", "perhaps", "probably", "possibly", "maybe")
    return "affirmed" if words.keys().isdisjoint(doubts) else "doubted"


def _coarse(stance: str) -> str:
    return stance if stance in ("", "affirmed", "negated") else "hedged"


# --- speed ---


def _rate_row() -> Row:
    """Time of the rules as a share of the parse's, on the sentences of CaRB."""
    parser = load_parser()
    texts = [row["sentence"] for row in read_rows(FOLDER / "carb.jsonl.gz")]
    started = time.perf_counter()
    docs = parser.parse(texts)
    parsed = time.perf_counter()
    for doc in docs:
        extract_triples(doc)
    ended = time.perf_counter()
    share = 100 * (ended - parsed) / (parsed - started)
    return Row("clause rules", {"rules_of_parse": Figure(share, float("nan"))}, round(ended - started, 1))


def _share(hits: Iterable[bool], docs: Sequence[str]) -> Figure:
    return clustered([100.0 * hit for hit in hits], docs)


def _row(name: str, work: Callable[[], Figures]) -> Row:
    started = time.monotonic()
    found = work()
    return Row(name, found, round(time.monotonic() - started, 1))
