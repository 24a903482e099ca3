from collections.abc import Sequence

from midspan.pipelines.parse import ParseStage
from midspan.pipelines.stage import Batch
from midspan.records import Segment, SegmentKind


class UpperParser:
    def parse(self, texts: Sequence[str]) -> list[str]:
        return [text.upper() for text in texts]


def segment(text: str, kind: SegmentKind = "sentence") -> Segment:
    return Segment(
        id=text, source_id="s", ordinal=0, kind=kind, unit="char", start=0, end=len(text), text=text
    )


def test_fragments_are_not_parsed() -> None:
    batch = Batch([segment("a"), segment("b", "fragment"), segment("c")])
    assert ParseStage(UpperParser)(batch) == []
    assert batch.shared["parse"] == ["A", None, "C"]


def test_it_stores_nothing_and_so_has_no_run() -> None:
    assert ParseStage(UpperParser).run is None
