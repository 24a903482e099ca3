"""``atlas.small`` on text of another kind: abstracts with anatomy marked by hand (AnatEM).

    python -m benchmarks.atlas_external AnatEM-IOB_train.tsv AnatEM-IOB_devel.tsv

The files are AnatEM's in IOB form: a token and its tag a line, an empty line after each sentence. They are
under CC BY-SA 3.0 and not part of this product. Nothing is trained or chosen on them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.common import write
from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.learned.examples import MASK
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.encoder import TextEncoder

SHORTEST = 6
"""Words; below it a line is a heading."""


@dataclass(frozen=True)
class Sentence:
    text: str
    marked: tuple[tuple[int, int], ...]
    """Spans of the anatomy that was marked by hand."""


def sentences(path: Path) -> Iterator[Sentence]:
    for block in path.read_text("utf-8").split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if "\t" in line]
        text, spans = "", []
        for token, tag in rows:
            text += " " if text else ""
            if tag.startswith("B"):
                spans.append((len(text), len(text) + len(token)))
            elif tag.startswith("I") and spans:
                spans[-1] = (spans[-1][0], len(text) + len(token))
            text += token
        if len(rows) >= SHORTEST:
            yield Sentence(text, tuple(spans))


def percent(values: np.ndarray) -> str:
    """A share with its standard error, each sentence as one draw."""
    share = values.mean()
    return f"{100 * share:.1f} ± {100 * np.sqrt(share * (1 - share) / len(values)):.1f} (n = {len(values)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, help="a model folder; default: the shipped one")
    options = parser.parse_args()
    predictor = OrganPredictor.load(options.model) if options.model else OrganPredictor.load()
    unique = {one.text: one for path in options.files for one in sentences(path)}
    found = list(unique.values())
    plain = [one.text for one in found if not one.marked]
    named = [(one, [m for m in mentions(one.text) if m.organ]) for one in found]
    agreeing = [
        any(start < m.end and m.start < end for start, end in one.marked) for one, ms in named for m in ms
    ]
    masked, truth = [], []
    for one, ms in named:
        if ms:
            text = one.text
            for m in reversed(ms):
                text = text[: m.start] + MASK + text[m.end :]
            masked.append(text)
            truth.append({m.organ for m in ms})
    shares = predictor.probabilities(plain)
    said = shares[:, -1] >= predictor.thresholds.none
    placed = ~said & (shares[:, :-1].max(axis=1) >= predictor.thresholds.organ)
    gate = predictor.gate.passes(TextEncoder().encode(plain))
    best = predictor.probabilities(masked)[:, :-1].argmax(axis=1)
    right = np.array([predictor.organs[i] in organs for i, organs in zip(best, truth, strict=True)])
    rows = [
        ["dictionary's mentions that lie in anatomy marked by hand", percent(np.array(agreeing))],
        ["most probable organ is right, names masked", percent(right)],
        ["sentences without marked anatomy: said to have none", percent(said)],
        ["the same: stopped by the gate", percent(~gate)],
        ["the same: placed by gate, model and thresholds together", percent(placed & gate)],
    ]
    write(
        "atlas_external",
        "The atlas model on abstracts (AnatEM)",
        ["", "%"],
        rows,
        [
            "AnatEM (Pyysalo and Ananiadou), CC BY-SA 3.0, not shipped; anatomy at every level counts as "
            "marked, down to the cell",
            "nothing is trained or chosen on these sentences",
        ],
    )


if __name__ == "__main__":
    main()
