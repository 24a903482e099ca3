"""The table of the kinds' views, and pages over a kind that is made here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from midspan.platform.answers import Answer, Hit, Shown, SourceSummary
from midspan.records import RECORDS, SEGMENT_KINDS, Provenance, Record, Segment, Source
from midspan.ui import kinds, passage, search_view, sources_view
from midspan.ui.escaping import as_html
from midspan.ui.kinds.view import KindView, table
from midspan.ui.label import SEGMENTS

TEXT = "The pressure rose to 4 bar."


@dataclass(frozen=True)
class Gauge(Record):
    """A reading of an instrument."""

    kind = "gauge"
    plural = "gauges"

    start: int
    end: int


def card(workspace: Any, gauge: Gauge, badge: str) -> None:
    st.html(f"{badge}reads {as_html(gauge.text[gauge.start : gauge.end])}")


VIEW = KindView(
    title="Gauge",
    colour="#123456",
    record=Gauge,
    card=card,
    places=lambda gauge: [(gauge.start, gauge.end)],
)
GAUGE = Gauge("gauge-1", Provenance("s1", "run-1", "seg-1", "char", 0, len(TEXT)), TEXT, 21, 26)


class StandIn:
    """The verbs that search, passage and sources call, over one reading of an instrument."""

    read_only = False
    warming_up = False
    source = Source("s1", "document", "text/plain", "log.txt", 27, 1.0)

    def counts(self) -> dict[str, int]:
        return {"source": 1, "segment": 1, **dict.fromkeys(RECORDS, 0), "gauge": 1234}

    def search(self, query: str, **asked: Any) -> Answer:
        hit = Hit(GAUGE.id, "gauge", 0.5, "s1", "/log.txt", "log.txt", TEXT, 0, 27, "char", None, "words")
        return Answer((hit,) if asked["kinds"] == ["gauge"] else (), 1.0)

    def show(self, record_id: str, context: int) -> Shown:
        segment = Segment("seg-1", "s1", 0, "sentence", "char", 0, len(TEXT), TEXT)
        return Shown(record_id, "gauge", GAUGE, segment, self.source, (), None, "", TEXT, "", ())

    def similar(self, segment_id: str, limit: int) -> Answer:
        return Answer((), 1.0)

    def sources(self, limit: int, offset: int = 0, contains: str = "") -> list[SourceSummary]:
        return [SourceSummary(self.source, (), 1, 27, 0.0, {**dict.fromkeys(RECORDS, 0), "gauge": 2}, True)]

    def media_path(self, source_id: str) -> None:
        return None

    def jobs(self, limit: int) -> list[Any]:
        return []


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables hold the kind that is made here."""
    monkeypatch.setitem(kinds.KINDS, "gauge", VIEW)
    monkeypatch.setitem(kinds.LABELS, "gauge", VIEW)


def page(render: Any, **address: str) -> AppTest:
    """A view over the stand-in, run once."""

    def script(render, workspace):  # type: ignore[no-untyped-def]  # runs alone, from its source
        render(workspace)

    app = AppTest.from_function(script, default_timeout=30, kwargs={"render": render, "workspace": StandIn()})
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_every_kind_of_record_has_a_view_and_every_kind_of_segment_a_label() -> None:
    assert kinds.KINDS.keys() == RECORDS.keys()
    assert SEGMENTS.keys() == set(SEGMENT_KINDS)


def test_a_kind_of_record_without_a_view_is_refused() -> None:
    with pytest.raises(LookupError, match=r"kinds of record: .*gauge; kinds in midspan/ui/kinds: "):
        table(kinds.KINDS.values(), {**RECORDS, "gauge": Gauge})


def test_a_view_of_no_kind_of_record_is_refused() -> None:
    with pytest.raises(LookupError, match=r"kinds in midspan/ui/kinds: .*gauge"):
        table([*kinds.KINDS.values(), VIEW])


def test_a_record_of_an_unknown_kind_is_not_drawn_as_another() -> None:
    with pytest.raises(KeyError, match="gauge"):
        passage._record(StandIn(), GAUGE)  # type: ignore[arg-type]


def test_counts_are_said_with_the_kinds_own_words() -> None:
    atlas = kinds.KINDS["atlas"]
    assert (atlas.counted(1), atlas.counted(2000)) == ("1 atlas place", "2,000 atlas places")
    assert atlas.heading == "Atlas places"


def test_only_the_parts_of_a_fact_that_stand_in_the_text_are_its_places() -> None:
    from midspan.records import Fact, FactSlot

    here, implied = FactSlot("rose", 13, 17, None, "rose", 1.0), FactSlot("", 0, 0, None, "is", 1.0)
    fact = Fact("fact-1", GAUGE.provenance, TEXT, here, implied, here, "affirmed", "out_of_kg", 1.0)
    assert kinds.KINDS["fact"].places(fact) == [(13, 17), (13, 17)]


@pytest.mark.usefixtures("known")
def test_a_hit_of_another_kind_has_its_badge_and_can_be_filtered() -> None:
    app = page(search_view.render, q="pressure", kind="gauge")
    assert "Gauge" in app.selectbox(key="kind").options
    hit = next(body for body in html(app).split("ms-hit") if "<mark>pressure</mark>" in body)
    assert 'style="background:#123456">Gauge<' in hit


@pytest.mark.usefixtures("known")
def test_a_passage_of_another_kind_draws_its_card_and_marks_its_places() -> None:
    shown = html(page(search_view.render, q="pressure", kind="gauge"))
    assert '">Gauge</span>reads 4 bar' in shown
    assert "rose to <mark>4 bar</mark>." in shown


@pytest.mark.usefixtures("known")
def test_another_kind_is_counted() -> None:
    app = page(sources_view.render)
    assert {one.label: one.value for one in app.metric}["Gauges"] == "1,234"
    assert list(app.dataframe[0].value["Gauges"]) == [2]
    assert sources_view._found(StandIn().sources(1)[0]) == "2 gauges"
    one = replace(StandIn().sources(1)[0], records={"gauge": 1, "atlas": 2})
    assert sources_view._found(one) == "1 gauge, 2 atlas places"
