"""Make midspan/models/scene/nouns.tsv.gz, the concrete nouns of WordNet and what kind of thing each names:

python benchmarks/build_scene_nouns.py --wordnet wordnet/dict

``--wordnet`` is the ``dict`` folder of WordNet 3.1. A row is a noun, its kind (``lexicon.KINDS`` of
``midspan.models.scene``) and how much of its use is of such a thing: the share of the senses that are, each
weighted by how often it was tagged and by its rank. Left out are names, words of more than three words, words
whose kind and share are those of their last word, parts of bodies, and nouns that name a thing in less than a
tenth of their use.
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TARGET = Path(__file__).parent.parent / "midspan/models/scene/nouns.tsv.gz"

KINDS_OF: tuple[tuple[str, str], ...] = (
    # hypernym, as word.rank of its sense: the kind of all below it; the first that fits is taken, "" is
    # no thing
    ("person.1", "person"),
    ("insect.1", "small animal"),
    ("rodent.1", "small animal"),
    ("bird.1", "small animal"),
    ("arthropod.1", "small animal"),
    ("amphibian.3", "small animal"),
    ("mollusk.1", "small animal"),
    ("microorganism.1", ""),
    ("animal.1", "animal"),
    ("aircraft.1", "sky thing"),
    ("spacecraft.1", "sky thing"),
    ("celestial body.1", "sky thing"),
    ("toy.1", "small thing"),
    ("vehicle.1", "vehicle"),
    ("headdress.1", "headwear"),
    ("eyeglasses.1", "headwear"),
    ("clothing.1", "clothing"),
    ("footwear.2", "clothing"),
    ("jewelry.1", "clothing"),
    ("building.1", "building"),
    ("tower.1", "building"),
    ("housing.1", "building"),
    ("room.1", "place"),
    ("road.1", "place"),
    ("way.6", "place"),
    ("floor.1", "place"),
    ("furniture.1", "furniture"),
    ("white goods.1", "furniture"),
    ("tree.1", "tree"),
    ("woody plant.1", "tree"),
    ("fungus.1", "small thing"),
    ("vascular plant.1", "plant"),
    ("flower.1", "plant"),
    ("nutriment.1", "food"),
    ("food.2", "food"),
    ("edible fruit.1", "food"),
    ("beverage.1", "food"),
    ("foodstuff.2", "food"),
    ("drug.1", ""),
    ("medicine.2", ""),
    ("plant part.1", "plant"),
    ("tract.1", "place"),
    ("log.1", "large thing"),
    ("geological formation.1", "place"),
    ("body of water.1", "place"),
    ("rock.1", "small thing"),
    ("picture.1", "small thing"),
    ("sculpture.1", "large thing"),
    ("book.2", "small thing"),
    ("creation.2", ""),
    ("facility.1", "building"),
    ("excavation.3", "place"),
    ("barrier.1", "large thing"),
    ("structure.1", "large thing"),
    ("machine.1", "large thing"),
    ("instrumentality.3", "small thing"),
    ("covering.2", "small thing"),
    ("decoration.1", "small thing"),
    ("block.1", "small thing"),
    ("sheet.2", "small thing"),
    ("plaything.1", "small thing"),
    ("durables.1", "small thing"),
    ("commodity.1", ""),
    ("artifact.1", "small thing"),
)
ABSTRACT = (
    "system.1", "medium.1", "network.5", "software.1", "connection.3", "chip.7", "communication system.1",
    "implant.1", "layer.1", "opening.10", "plant tissue.1",
)  # fmt: skip
"""Hypernyms among the artifacts below which nothing can be drawn."""
FEWEST = 0.1
WORDS = 3


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--wordnet", type=Path, required=True)
    nouns = Nouns(arguments.parse_args().wordnet)
    rows = dict(nouns.rows())
    kept = [
        f"{word}\t{kind}\t{share:.2f}\n"
        for word, (kind, share) in sorted(rows.items())
        if not (" " in word and rows.get(word.split()[-1]) == (kind, share))
    ]
    with gzip.GzipFile(TARGET, "wb", mtime=0) as file:
        file.write("".join(kept).encode())
    print(f"{len(kept)} nouns, {TARGET.stat().st_size} bytes")


class Nouns:
    """The noun files of WordNet."""

    def __init__(self, folder: Path) -> None:
        self.above: dict[str, list[str]] = {}
        """Synset to its hypernyms; of a name (an instance) there are none."""
        self.words: dict[str, list[str]] = {}
        """Of a synset, in its order."""
        for line in _lines(folder / "data.noun"):
            offset, _, _, count, *rest = line.split(" | ")[0].split()
            self.words[offset] = [word.lower().replace("_", " ") for word in rest[: 2 * int(count, 16) : 2]]
            pointers = rest[2 * int(count, 16) + 1 :]
            self.above[offset] = [
                pointers[k + 1] for k in range(0, len(pointers) - 3, 4) if pointers[k] == "@"
            ]
        self.senses: dict[str, list[str]] = {}
        for line in _lines(folder / "index.noun"):
            word, _, count, *rest = line.split()
            self.senses[word.replace("_", " ")] = rest[-int(count) :]
        self.tagged: dict[tuple[str, str], int] = defaultdict(int)
        for line in _lines(folder / "index.sense"):
            key, offset, _, tags = line.split()
            if "%1:" in key:
                self.tagged[key.split("%")[0].replace("_", " "), offset] += int(tags)
        self.roots = [(self.sense(root), kind) for root, kind in KINDS_OF]
        self.body = self.sense("body part.1")
        self.abstract = {self.sense(root) for root in ABSTRACT}

    def rows(self) -> Iterator[tuple[str, tuple[str, float]]]:
        for word, senses in self.senses.items():
            if len(word.split()) > WORDS or not word.replace(" ", "").replace("-", "").isalpha():
                continue
            if any(self.body in self.closure(one) for one in senses[:1]):
                continue
            weights: dict[str, float] = defaultdict(float)
            for rank, offset in enumerate(one for one in senses if self.above[one]):
                weights[self.kind(offset)] += self.tagged[word, offset] + 1 / (1 + rank)
            total = sum(weights.values()) or 1.0
            things = {kind: weight for kind, weight in weights.items() if kind}
            share = sum(things.values()) / total
            if share >= FEWEST:
                yield word, (max(things, key=lambda kind: things[kind]), round(share, 2))

    @cache  # noqa: B019 (one object, which lives as long as the script)
    def kind(self, offset: str) -> str:
        all_above = self.closure(offset)
        if self.abstract & all_above:
            return ""
        return next((kind for root, kind in self.roots if root in all_above), "")

    @cache  # noqa: B019
    def closure(self, offset: str) -> frozenset[str]:
        return frozenset({offset}).union(*(self.closure(one) for one in self.above[offset]))

    def sense(self, root: str) -> str:
        word, rank = root.rsplit(".", 1)
        return self.senses[word][int(rank) - 1]


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("  "):
            yield line


if __name__ == "__main__":
    main()
