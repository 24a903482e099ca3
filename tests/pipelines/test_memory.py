"""What a stage remembers of a source: from its first segment to its end, whatever happens between."""

import weakref

import pytest
from reportlab.pdfgen.canvas import Canvas

from midspan.db import migrate
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import StoreUnavailable
from midspan.pipelines.confined.confined import Confined
from midspan.pipelines.ingest import Ingest
from midspan.pipelines.stage import Stage
from midspan.records import Provenance, Run, SceneArrangement, record_id

BATCH = 5
CONFINED = Confined()


@pytest.fixture
def store(tmp_path):
    url = f"sqlite:///{tmp_path / 'records.db'}"
    migrate.upgrade(url)
    opened = SqlRecordStore(make_engine(url))
    yield opened
    opened.close()


class Note:
    """What the stage below remembers of a source."""

    def __init__(self):
        self.seen = []


def scene(segment, run, text):
    place = Provenance(segment.source_id, run.id, segment.id, "char", segment.start, segment.end)
    made = record_id("scene", segment.source_id, run.id, int(segment.start), text)
    return SceneArrangement(made, place, text, (), (), 1.0)


class Counting(Stage):
    """Notes the sentences of each source; at its end it says how many there were. Raises over ``bad``."""

    unit, requires, produces = "char", ("sentence",), ("scene",)
    run = None

    def __init__(self, bad="", before=lambda batch: None, name="counting"):
        self.name = name
        self.run = Run(name, 1)
        self.bad = bad
        self.before = before
        self.titles = []
        self.notes = []
        self.ends = []

    def open(self, source):
        note = Note()
        self.titles.append(source.title)
        self.notes.append(weakref.ref(note))
        return note

    def __call__(self, batch):
        self.before(batch)
        for segment in batch.segments:
            batch.memories[segment.source_id].seen.append(segment)
        if self.bad and any(self.bad in segment.text for segment in batch.segments):
            raise ValueError("no good")
        return [scene(segment, self.run, segment.text) for segment in batch.segments]

    def finish(self, memory):
        unique = {segment.ordinal: segment for segment in memory.seen}
        self.ends.append(len(unique))
        return [scene(memory.seen[0], self.run, f"{len(unique)} sentences")]

    @property
    def forgotten(self):
        return [note() is None for note in self.notes]


def sentences(count, name="note"):
    return " ".join(f"This is sentence {number} of {name}." for number in range(count))


def write(folder, counts):
    """A text file for each count of sentences; returns them as items."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.txt" for number in range(len(counts))]
    for path, count in zip(paths, counts, strict=True):
        path.write_text(sentences(count, path.stem))
    return [(path, None) for path in paths]


def ingest(store, *stages, batch_weight=BATCH):
    return Ingest(store, stages, batch_weight=batch_weight, confined=CONFINED)


def said(store):
    return sorted((record.id, record.text) for record in store.records("scene", None, 1000))


def test_a_source_is_remembered_over_batches_of_many_sources(store, tmp_path):
    counts = [1, 13, 2, 7, 1, 1, 30]
    stage = Counting()
    assert ingest(store, stage)(write(tmp_path / "texts", counts)) == []
    assert stage.ends == counts
    assert stage.titles == [f"{number}.txt" for number in range(len(counts))]
    assert stage.forgotten == [True] * len(counts)
    assert {text for _, text in said(store)} >= {f"{count} sentences" for count in counts}


def test_the_sentences_come_in_order_and_again_where_a_batch_is_halved(store, tmp_path):
    orders = []

    def note_order(batch):
        orders.append([segment.ordinal for segment in batch.segments])

    stage = Counting(bad="sentence 3 ", before=note_order)
    [failure] = ingest(store, stage, batch_weight=8)(write(tmp_path / "texts", [12]))
    assert orders == [[*range(8)], [0, 1, 2, 3], [0, 1], [2, 3], [2], [3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert failure.segment_id is not None
    assert stage.forgotten == [True]


def test_stored_segments_are_remembered_as_well(store, tmp_path):
    items = write(tmp_path / "texts", [13, 7])
    ingest(store)(items)
    later = Counting()
    assert ingest(store, later)(items) == []
    assert later.ends == [13, 7]


def test_a_source_that_breaks_off_is_forgotten(store, tmp_path):
    items = write(tmp_path / "texts", [3 * BATCH, 2])
    alive = []

    def change_the_file(batch):
        alive.append(not stage.forgotten[0])
        with items[0][0].open("a") as file:
            file.write(" And on it goes.")

    stage = Counting(before=change_the_file)
    [failure] = ingest(store, stage)(items)
    assert (failure.stage, failure.kind) == ("reading", "SourceVanished")
    assert alive[0]
    assert stage.ends == [2]
    assert stage.forgotten == [True, True]
    assert [text for _, text in said(store) if "of 0" in text] == []


def test_a_pass_that_stops_forgets(store, tmp_path):
    beats = []
    stage = Counting()
    items = write(tmp_path / "texts", [3 * BATCH, 2])
    ingest(store, stage)(items, beat=beats.append, stop=lambda: bool(beats))
    assert len(beats) == 1
    assert stage.ends == []
    assert stage.forgotten == [True]
    again = Counting()
    assert ingest(store, again)(items) == []
    assert again.ends == [3 * BATCH, 2]


def test_a_pass_that_raises_forgets(store, tmp_path, monkeypatch):
    stage = Counting()
    commit, commits = store.commit, []

    def full(what):
        commits.append(what)
        if len(commits) == 2:
            raise StoreUnavailable("no space")
        commit(what)

    monkeypatch.setattr(store, "commit", full)
    with pytest.raises(StoreUnavailable) as raised:
        ingest(store, stage)(write(tmp_path / "texts", [3 * BATCH]))
    assert stage.forgotten == [True]
    assert raised.value.args == ("no space",)


def test_what_is_said_at_the_end_waits_until_no_sentence_is_missing(store, tmp_path):
    """And then the store holds what it would if nothing had failed."""
    items = write(tmp_path / "texts", [12])
    broken = Counting(bad="sentence 3 ")
    assert len(ingest(store, broken)(items)) == 1
    assert broken.ends == []
    source = store.sources()[0].source.id
    assert broken.run.id not in store.complete_runs([source])[source]
    mended = Counting()
    assert ingest(store, mended)(items) == []
    assert broken.run.id in store.complete_runs([source])[source]
    undisturbed = [text for _, text in said(store)]
    assert len(undisturbed) == 13
    assert "12 sentences" in undisturbed


@pytest.mark.parametrize("verb", ["open", "finish"])
def test_a_stage_that_cannot_begin_or_end_a_source_fails_alone(store, tmp_path, verb, monkeypatch):
    broken, other = Counting(name="broken"), Counting(name="other")
    monkeypatch.setattr(broken, verb, lambda what: 1 / 0)
    items = write(tmp_path / "texts", [7])
    [failure] = ingest(store, broken, other)(items)
    assert (failure.path, failure.stage, failure.kind) == (str(items[0][0]), "broken", "ZeroDivisionError")
    source = store.sources()[0].source.id
    complete = store.complete_runs([source])[source]
    assert (broken.run.id in complete, other.run.id in complete) == (False, True)
    assert other.ends == [7]
    mended = Counting(name="broken")
    assert ingest(store, mended, other)(items) == []
    assert (mended.ends, other.ends) == ([7], [7])


def test_a_failure_says_on_which_page_it_happened(store, tmp_path):
    canvas = Canvas(str(tmp_path / "pages.pdf"))
    for page in ("One page about a lamp.", "Another page about a cup.", "The last page is about tea."):
        canvas.drawString(72, 720, page)
        canvas.showPage()
    canvas.save()
    [failure] = ingest(store, Counting(bad="cup"))([(tmp_path / "pages.pdf", None)])
    assert (failure.page, failure.second, failure.place) == (2, None, "page 2")
    assert store.failures() == [failure]


def test_every_page_of_little_text_is_kept(store, tmp_path):
    """Pages may fill a batch long before there is a piece of text."""
    canvas = Canvas(str(tmp_path / "slides.pdf"))
    for page in range(100):
        canvas.drawString(72, 720, f"This is slide number {page}.")
        canvas.showPage()
    canvas.save()
    assert ingest(store, batch_weight=256)([(tmp_path / "slides.pdf", None)]) == []
    source = store.sources()[0].source.id
    assert [page for page in range(1, 101) if store.page(source, page) is None] == []
