"""Hits by document and by place, over real stores; sentences have a known cosine to the question."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from midspan import Workspace
from midspan.db.record_store import READING, Commit, RunResult, SegmentFilter, TextChunk
from midspan.errors import UnknownName, WrongUse
from midspan.pipelines.passages import passage_run
from midspan.platform.answers import Answer
from midspan.platform.hits import SNIPPETS
from midspan.platform.search import Searcher
from midspan.platform.word_search import WordSearch
from midspan.records import Embedding, Location, Run, Segment, Source, digest, record_id

DIM = 384
Documents = dict[str, list[tuple[str, float]]]
CORPUS: Documents = {
    "stones": [
        ("Kidney stones hurt.", 0.8),
        ("The pain comes in waves.", 0.7),
        ("Stones are crystals.", 0.6),
        ("Water helps.", 0.5),
    ],
    "waves": [("A wave is water in motion.", 0.3), ("Waves break on stones.", 0.25)],
    "kidneys": [("The kidney filters blood.", 0.65), ("It lies behind the belly.", 0.4)],
}
ANY = SegmentFilter()


def vector(cosine: float, number: int) -> np.ndarray:
    made = np.zeros(DIM, np.float32)
    made[0], made[1 + number % (DIM - 1)] = cosine, (1 - cosine**2) ** 0.5
    return made


def commit_of(documents: Documents, encoder: Run) -> Commit:
    """A passage a document, of the mean of its sentences."""
    reading, passages = Run(READING, 1), passage_run(encoder)
    commit = Commit(runs=[reading, encoder, passages])
    number = 0
    for name, sentences in documents.items():
        source = digest(name)
        commit.sources.append(Source(source, "document", "text/plain", name, 1, 0.0))
        commit.locations.append(Location(f"/{name}", source, 1, 0, 0.0))
        commit.chunks.append(TextChunk(source, reading.id, 0, " ".join(text for text, _ in sentences)))
        start, total = 0, np.zeros(DIM, np.float32)
        for ordinal, (text, cosine) in enumerate(sentences):
            identity = record_id("seg", source, reading.id, ordinal)
            end = start + len(text)
            commit.segments.append(
                Segment(identity, source, ordinal, "sentence", "char", start, end, text, run_id=reading.id)
            )
            commit.products.append(Embedding(identity, source, encoder.id, "text", vector(cosine, number)))
            total += vector(cosine, number)
            start, number = end + 1, number + 1
        first = record_id("seg", source, reading.id, 0)
        whole = total / np.linalg.norm(total)
        commit.products.append(Embedding(first, source, passages.id, "passage", whole))
        commit.results += [RunResult(source, run.id, True) for run in (reading, encoder, passages)]
    return commit


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        opened.parts.store.commit(commit_of(CORPUS, opened.parts.models.text_run))
        assert opened.project().complete
        yield opened


Search = Callable[..., Answer]


@pytest.fixture
def search(workspace: Workspace) -> Search:
    """The question's vector is the axis that cosines are to; "far" is at right angles to everything."""
    parts = workspace.parts
    indexes = [parts.indexes[target] for target in ("vectors.text", "vectors.passage", "vectors.visual")]

    def encode(texts: list[str]) -> np.ndarray:
        return np.stack([vector(0.0, DIM - 2) if "far" in text else vector(1.0, 0) for text in texts])

    searcher = Searcher(
        parts.store, WordSearch(parts.words, parts.store), *indexes, parts.indexes["vectors.event"], encode
    )

    def ask(query: str, limit: int = 10, where: SegmentFilter = ANY, **options: object) -> Answer:
        return searcher.search(query, where, frozenset(), limit, **options)  # type: ignore[arg-type]

    return ask


def test_a_document_is_one_hit_with_its_best_places(search: Search) -> None:
    stones, *others = search("kidney stones").hits
    assert stones.text == "Kidney stones hurt."
    assert [one.text for one in stones.snippets] == ["The pain comes in waves.", "Stones are crystals."]
    assert len(stones.snippets) == SNIPPETS - 1
    assert [hit.title for hit in others] == ["kidneys", "waves"]
    scores = [hit.score for hit in (stones, *others)]
    assert scores == sorted(scores, reverse=True)


def test_each_place_by_itself(search: Search) -> None:
    hits = search("kidney stones", group="sentence").hits
    assert len(hits) == sum(map(len, CORPUS.values())) == len({hit.record for hit in hits})
    assert hits[0].text == "Kidney stones hurt." and not any(hit.snippets for hit in hits)


@pytest.mark.parametrize("group", ["document", "sentence"])
def test_pages_are_pieces_of_one_list(search: Search, group: str) -> None:
    whole = search("kidney stones", group=group).hits
    assert search("kidney stones", limit=2, group=group).hits == whole[:2]
    paged = [search("kidney stones", limit=1, offset=n, group=group).hits for n in range(len(whole) + 1)]
    assert [hit for page in paged for hit in page] == list(whole)


def test_nothing_close_is_no_hit(search: Search) -> None:
    answer = search("something far of waves elsewhere")
    assert answer.hits == () and not answer.close
    assert search("far").close is True  # nothing was found at all
    assert search("far waves").hits == ()


def test_most_of_the_words_are_an_answer_whatever_the_meaning(search: Search) -> None:
    answer = search("far water waves motion")
    assert answer.close and answer.hits[0].title == "waves"


def test_a_phrase_says_itself_what_is_found(search: Search) -> None:
    answer = search('"far" OR "break on stones"')
    assert answer.close and answer.hits[0].text == "Waves break on stones."


def test_a_document_is_found_by_words_that_no_sentence_of_it_has_together(search: Search) -> None:
    (hit,) = search("pain AND crystals").hits
    assert hit.title == "stones"
    shown = {hit.text, *(one.text for one in hit.snippets)}
    assert shown == {"The pain comes in waves.", "Stones are crystals."}


def test_within_some_sources_the_others_are_not_found(search: Search) -> None:
    where = SegmentFilter(source_ids=frozenset({digest("kidneys"), digest("waves")}))
    assert [hit.title for hit in search("kidney stones", where=where).hits] == ["kidneys", "waves"]


def test_passages_are_projected_and_go_with_their_document(workspace: Workspace) -> None:
    assert workspace.projected()["vectors"]["passage"] == workspace.counts()["embedding.passage"] == 3
    workspace.parts.store.retire(digest("waves"), None)
    assert workspace.project().complete
    assert workspace.projected()["vectors"]["passage"] == workspace.counts()["embedding.passage"] == 2


def test_an_unknown_group_and_an_offset_below_0_are_refused(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match="document, sentence"):
        workspace.search("kidney", group="page")  # type: ignore[arg-type]
    with pytest.raises(WrongUse, match="offset"):
        workspace.search("kidney", offset=-1)
