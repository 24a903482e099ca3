"""The adjectives of nations with their countries, as they ship: midspan/models/facts/nations.tsv.

python benchmarks/build_nations.py --countryinfo countryinfo/data --wordnet wordnet/dict

``--countryinfo`` is the ``data`` folder of the PyPI package countryinfo 1.0.1, ``--wordnet`` the ``dict``
folder of WordNet 3.1, which adds adjectives that the first lacks ("Welsh", "Soviet"). A country is called as
the bundled knowledge graph calls it, where it is there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from midspan.models.facts.kg.bundled import bundled_kg

OUT = Path(__file__).parents[1] / "midspan/models/facts/nations.tsv"
COUNTRIES = {"08562388", "08576025"}
"""WordNet's synsets "state, country, land" and "principality" (Wales)."""
COUNTRY_TYPES = {"country", "sovereign state", "historical country", "country of the United Kingdom"}


def of_countryinfo(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Adjectives with the names of their country; of an overseas territory's the motherland's goes before."""
    countries = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    countries.sort(key=lambda country: -(country.get("population") or 0))
    for country in countries:
        for adjective in filter(None, (country.get("demonym") or "").split(",")):
            others = (
                name for name in country["altSpellings"] if len(name) > 3
            )  # a code means other things too
            yield adjective, [country["name"], *others]


def of_wordnet(folder: Path) -> Iterator[tuple[str, list[str]]]:
    nouns = {offset: (names, pointers) for offset, names, pointers in _synsets(folder / "data.noun")}

    def is_country(offset: str, depth: int = 6) -> bool:
        above = [target for sign, target, *_ in nouns[offset][1] if sign in ("@", "@i")]
        return not COUNTRIES.isdisjoint(above) or (
            depth > 0 and any(is_country(one, depth - 1) for one in above)
        )

    for _, adjectives, pointers in _synsets(folder / "data.adj"):
        for sign, target, part, source in pointers:
            if sign == "\\" and part == "n" and is_country(target):
                word = adjectives[max(int(source[:2], 16) - 1, 0)]
                if word[0].isupper():
                    yield word, nouns[target][0]


def _synsets(path: Path) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Offset, words, and pointers: sign, target, its part of speech, number of the word that points."""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith(" "):
            continue
        fields = line.split("|")[0].split()
        words = int(fields[3], 16)
        names = [name.split("(")[0].replace("_", " ") for name in fields[4 : 4 + 2 * words : 2]]
        first = 5 + 2 * words
        count = int(fields[first - 1])
        yield fields[0], names, [fields[at : at + 4] for at in range(first, first + 4 * count, 4)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--countryinfo", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    given = parser.parse_args()
    graph = bundled_kg()

    def called(names: list[str]) -> str:
        found = (entity for name in names for entity in graph.named(name))
        known = [entity for entity in found if not COUNTRY_TYPES.isdisjoint(graph.type_names(entity))]
        return known[0].name if known else names[0].removeprefix("The ")

    nations: dict[str, str] = {}
    for adjective, names in [*of_countryinfo(given.countryinfo), *of_wordnet(given.wordnet)]:
        nations.setdefault(adjective.strip(), called(names))
    rows = sorted(
        (adjective, country)
        for adjective, country in nations.items()
        if adjective != country and "/" not in adjective
    )
    OUT.write_text("".join(f"{adjective}\t{country}\n" for adjective, country in rows), "utf-8")


if __name__ == "__main__":
    main()
