"""A batch of changes to the graph as rows: what its statements run over, and what a tail keeps."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from midspan.db.graph.rows import (
    assertion_row,
    document_row,
    entity_rows,
    first_named,
    mention_row,
    prefix,
    sentence_row,
    slot_row,
    unique,
)
from midspan.db.graph.statements import Batch, Row
from midspan.db.record_store import GraphFact, GraphItem, GraphMerge, pair_of
from midspan.records import Named, is_outside

FAST = 1
"""Level of compression: a tail is read again soon, and once."""


def batch_of(upserts: Sequence[GraphItem], removed: Sequence[str]) -> Batch:
    """What makes a graph hold ``upserts`` and not ``removed``; what is in both is kept."""
    facts = {item.id: item for item in upserts if isinstance(item, GraphFact)}
    merges = {item.id: item for item in upserts if isinstance(item, GraphMerge)}
    parted = {pair for item_id in removed if item_id not in merges and (pair := pair_of(item_id))}
    gone = {item_id for item_id in removed if pair_of(item_id) is None}
    added = [facts[fact_id] for fact_id in sorted(facts)]
    same = [merges[item_id] for item_id in sorted(merges)]
    ends = (end for merge in same for end in (merge.decision.one, merge.decision.other))
    assertions = unique(assertion_row(item.fact) for item in added)
    predicates = (slot_row(item.fact.predicate, item.fact.provenance.source_id) for item in added)
    return {
        "changed": [{"uid": uid} for uid in sorted({*facts, *gone})],
        "documents": unique(document_row(item) for item in added),
        "sentences": unique(sentence_row(item) for item in added),
        "entities": first_named(entity_rows(added)),
        "predicates": first_named(predicates),
        "assertions": assertions,
        "objects": [row for row in assertions if row["object"] is not None],
        "mentions": [mention_row(item.fact) for item in added],
        "parted": [{"one": one, "other": other} for one, other in sorted(parted)],
        "ends": unique(_end_row(end) for end in ends),
        "same": [_merge_row(merge) for merge in same],
    }


def portions(
    upserts: Sequence[GraphItem], removed: Sequence[str], limit: int
) -> Iterator[tuple[list[GraphItem], list[str]]]:
    """The same changes, at most ``limit`` at a time and once at least; what is in both is kept."""
    wanted = {item.id: item for item in upserts}
    ids = [*sorted(wanted), *sorted(set(removed) - wanted.keys())]
    for start in range(0, max(1, len(ids)), limit):
        part = ids[start : start + limit]
        yield [wanted[one] for one in part if one in wanted], [one for one in part if one not in wanted]


def packed(batch: Batch) -> bytes:
    return zlib.compress(json.dumps(batch).encode(), FAST)


def unpacked(data: bytes) -> bytes:
    """The JSON of a batch."""
    return zlib.decompress(data)


def size(batch: Batch) -> int:
    """Facts and pairs of entities that it changes."""
    return sum(len(batch[name]) for name in ("changed", "parted", "same"))


def _end_row(end: Named) -> Row:
    return {"uid": end.uid, "name": end.name, "kind": prefix(end.uid), "in_kg": not is_outside(end.uid)}


def _merge_row(merge: GraphMerge) -> Row:
    said = merge.decision
    return {
        "one": said.one.uid,
        "other": said.other.uid,
        "one_name": said.one.name,
        "other_name": said.other.name,
        "by": said.by,
        "at": datetime.fromtimestamp(said.at, tz=timezone.utc).isoformat(timespec="seconds"),
        "why": said.why,
        "decision": said.number,
    }
