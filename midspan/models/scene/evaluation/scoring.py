"""Sentences with the relations that a reader finds in them, and what of these a reading has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from midspan.models.scene.relations import Description
from midspan.models.scene.wordings import INVERSE


@dataclass(frozen=True)
class Gold:
    """``subject predicate object``, each with all answers that are right; for a place in the picture no
    object."""

    subjects: tuple[str, ...]
    predicates: tuple[str, ...]
    objects: tuple[str, ...]
    other: str = ""


@dataclass(frozen=True)
class Labelled:
    kind: str
    text: str
    """One sentence or, of kind ``chain``, two."""
    relations: tuple[Gold, ...]


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Rows of kind, text and relations ``subject|predicate|object[|other]`` by ";", answers by "," and
    "/"."""
    for line in path.read_text("utf-8").splitlines():
        kind, text, said = line.split("\t")
        yield Labelled(kind, text, tuple(_gold(one) for one in said.split(";")))


def _gold(said: str) -> Gold:
    subject, predicate, thing, *other = said.split("|")
    names = tuple(name for name in thing.split(",") if name)
    return Gold(tuple(subject.split(",")), tuple(predicate.split("/")), names, *other)


def is_found(gold: Gold, read: Description | None) -> bool:
    """Whether all things of a relation are among what was found."""
    if read is None:
        return False
    surfaces = [mention.surface for mention in read.mentions]
    wanted = [gold.subjects, *([gold.objects] if gold.objects else [])]
    return all(any(_same(name, surface) for name in names for surface in surfaces) for names in wanted)


def is_right(gold: Gold, read: Description | None) -> bool:
    """Whether it is read as it is labelled, also the other way round."""
    if read is None:
        return False

    def named(number: int, names: Sequence[str]) -> bool:
        return any(_same(name, read.mentions[number].surface) for name in names)

    for one in read.relations:
        if one.predicate in gold.predicates and named(one.subject, gold.subjects):
            if not gold.objects:
                return one.subject == one.object
            if one.subject == one.object:
                continue
            if named(one.object, gold.objects) or (one.other is not None and named(one.other, gold.objects)):
                return not gold.other or one.other is not None
        inverse = INVERSE.get(one.predicate)
        if (
            inverse in gold.predicates
            and named(one.object, gold.subjects)
            and named(one.subject, gold.objects)
        ):
            return True
    return False


def _same(name: str, surface: str) -> bool:
    """One is the end of the other: "boat", "fishing boat"; also what a heap is of: "stack of magazines"."""
    name, surface = name.casefold(), surface.casefold()
    short, long = sorted((name, surface), key=len)
    return long == short or long.endswith(f" {short}") or long.startswith(f"{short} of ")
