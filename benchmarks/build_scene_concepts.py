"""Make midspan/models/scene/concepts.tsv.gz, what is a kind of what among the things of scenes:

python -m benchmarks.build_scene_concepts --wordnet wordnet/dict

``--wordnet`` is the ``dict`` folder of WordNet 3.1. All synsets below "physical entity" get a number, counted
from the top down along their first hypernym, children in the order of their offsets, so that what is below a
synset has the numbers from its own to a last one: the numbers hang on WordNet alone, not on which of them are
kept. A row is a number, the last number below it, the numbers of its hypernyms, and the words that mean it
where things are spoken of: of the senses of a noun the one of its kind that is used most. Kept are the nouns
of ``build_scene_nouns`` and of the lists of ``lexicon``, without the compounds that are a kind of what their
last word is, and all that is above them.
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.build_scene_nouns import Nouns
from midspan.models.scene.lexicon import KINDS, NAMED, all_words

TARGET = Path(__file__).parent.parent / "midspan/models/scene/concepts.tsv.gz"
ROOT = "physical entity.1"


class Tree:
    """The synsets below the root with their numbers."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns
        below: dict[str, list[str]] = defaultdict(list)
        for offset, above in nouns.above.items():
            if above:
                below[above[0]].append(offset)
        self.number: dict[str, int] = {}
        self.last: dict[str, int] = {}
        stack = [(nouns.sense(ROOT), False)]
        while stack:
            offset, left = stack.pop()
            if left:
                self.last[offset] = len(self.number) - 1
                continue
            self.number[offset] = len(self.number)
            stack.append((offset, True))
            stack += [(one, False) for one in sorted(below[offset], reverse=True)]

    def above(self, offset: str) -> list[str]:
        return [one for one in self.nouns.above[offset] if one in self.number]

    def is_above(self, offset: str) -> bool:
        """It has something below it."""
        return self.last[offset] > self.number[offset]

    def is_below(self, offset: str, other: str) -> bool:
        return self.number[other] <= self.number[offset] <= self.last[other]

    def meant(self, word: str, kind: str, group: str) -> str | None:
        """The synset of a word where it names a thing: of the kind, or one whose kind has the group."""

        def weight(rank: int, offset: str) -> float:
            return (self.nouns.tagged[word, offset] + 1 / (1 + rank)) * self._fits(offset, kind, group)

        senses = [
            (weight(rank, offset), offset)
            for rank, offset in enumerate(self.nouns.senses.get(word, ()))
            if offset in self.number
        ]
        return max(senses)[1] if senses else None

    def _fits(self, offset: str, kind: str, group: str) -> float:
        """What a sense counts, most where it is of the kind that the word has in scenes."""
        found = self.nouns.kind(offset)
        if found == kind or (found and not kind and NAMED[found].group == group):
            return 1.0
        return 0.15 if found else 0.05


def meanings(tree: Tree) -> Iterator[tuple[str, str]]:
    """(word, synset) of all that is kept."""
    listed = {word: entry.category for word, entry in all_words().items()}
    rows = {word: NAMED[kind] for word, (kind, _) in tree.nouns.rows()}
    found: dict[str, str] = {}
    for word, category in {**rows, **listed}.items():
        kind = category.name if category.name in KINDS else ""
        meant = tree.meant(word, kind, category.group)
        if meant is not None:
            found[word] = meant
    for word, meant in sorted(found.items()):
        last = found.get(word.split()[-1])
        if " " not in word or last is None or not tree.is_below(meant, last):
            yield word, meant


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--wordnet", type=Path, required=True)
    tree = Tree(Nouns(arguments.parse_args().wordnet))
    words: dict[str, list[str]] = defaultdict(list)
    kept: set[str] = set()
    for word, meant in meanings(tree):
        words[meant].append(word)
        kept |= {one for one in tree.nouns.closure(meant) if one in tree.number}
    known = {word for found in words.values() for word in found}
    for word, senses in tree.nouns.senses.items():  # what is above is asked for by its names
        things = [one for one in senses if one in tree.number][:2]
        first = next((one for one in things if one in kept and tree.is_above(one)), "")
        if first and word not in known and len(word.split()) <= 3:
            words[first].append(word)
    lines = [
        f"{tree.number[one]}\t{tree.last[one]}\t{' '.join(str(tree.number[up]) for up in tree.above(one))}"
        f"\t{','.join(sorted(words[one], key=tree.nouns.words[one].index))}\n"
        for one in sorted(kept, key=tree.number.__getitem__)
    ]
    with gzip.GzipFile(TARGET, "wb", mtime=0) as file:
        file.write("".join(lines).encode())
    print(f"{len(tree.number)} numbers, {len(lines)} rows, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
