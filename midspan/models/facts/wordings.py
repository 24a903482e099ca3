"""Wordings to the properties of one graph: the rows written by hand, then those that its own labels give.

A wording is looked up as it is, and as what it says as well: "become" as "be", "be former chief executive of"
as "be chief executive of" (but a vice president is no president), a noun that names an occupation as ``JOB``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from midspan.models.facts.knowledge_graph import KINDS, KnowledgeGraph, Predicate
from midspan.models.facts.patterns import ANY, DATE, JOB, PATTERNS, Pattern
from midspan.models.facts.wordlist import words

REMEMBERED = 20_000
"""Wordings asked for last, whose rows are kept."""
LEAST_SHARE = 0.1
"""Of a property's relations in a graph: kinds of arguments rarer than this are taken for mistakes."""

_BECOMING = (
    "become",
    "remain",
    "serve as",
    "work as",
    "act as",
    "appoint as",
    "appoint",
    "elect as",
    "elect",
    "name as",
    "name",
    "promote to",
    "hire as",
    "know as",
)
"""What is said of a role by these is said by "be" as well."""
_OTHER_ROLE = words(
    "vice deputy assistant associate honorary sub shadow step great grand half foster would-be"
)
"""Before a noun these name a role of another person: a vice president is no president."""
_BRACKETS = re.compile(r"\s*\(.*?\)")
_SORT = re.compile(r" (?:party|school)$")
_PREPOSITIONS = words("of at for with in by to from on after under as about against between into")


@dataclass(frozen=True)
class Expected:
    """Of which kinds the subject and the object of a property are; an empty set is any."""

    subject: frozenset[str]
    object: frozenset[str]


class Wordings:
    """Wordings to properties of one graph."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        written = _expected(PATTERNS)
        own = [
            pattern
            for predicate in graph.predicates()
            for pattern in rows_of(predicate, written.get(predicate.uid))
        ]
        self._by_wording = _by_wording([*PATTERNS, *own])
        self._expected = _expected([*PATTERNS, *own])
        self._rows = lru_cache(REMEMBERED)(self._find)

    def knows(self, wording: str) -> bool:
        """Whether any property may be meant, whatever it is said of."""
        return bool(self._rows(wording))

    def matching(self, wording: str, subject: str, object_: str) -> Pattern | None:
        """The first row for this wording that allows these kinds.

        An empty kind is unknown, and allowed but for dates and occupations; not on both sides at once.
        """
        for pattern in self._rows(wording):
            known = (subject and object_) if pattern.strict else (subject or object_)
            if known and _allows(pattern.subject, subject) and _allows(pattern.object, object_):
                return pattern
        return None

    def expected(self, uid: str) -> Expected:
        """What a property is said of and with; any kinds for one that no row knows."""
        return self._expected.get(uid, Expected(ANY, ANY))

    def _find(self, wording: str) -> tuple[Pattern, ...]:
        found = (row for reading in self._readings(wording) for row in self._by_wording.get(reading, ()))
        return tuple(dict.fromkeys(found))

    def _readings(self, wording: str) -> Iterator[str]:
        """The wording and what it says as well, the closest first."""
        for said in dict.fromkeys((wording, _SORT.sub("", wording))):
            yield said
            role = _as_role(said)
            if role is None:
                continue
            *modifiers, noun = role.nouns
            for start in range(len(modifiers) + 1):
                yield " ".join(["be", *modifiers[start:], noun, *role.rest])
                if start < len(modifiers) and modifiers[start] in _OTHER_ROLE:
                    break
            if self._is_job(noun):
                yield " ".join(["be", "JOB", *role.rest])

    def _is_job(self, noun: str) -> bool:
        return any(entity.kind == "occupation" for entity in self._graph.named(noun))


@dataclass(frozen=True)
class _Role:
    nouns: list[str]
    rest: list[str]


def _as_role(wording: str) -> _Role | None:
    """ "be chief executive of": the words of the noun, and what follows them."""
    for verb in ("be", *_BECOMING):
        if wording.startswith(f"{verb} "):
            said = wording.removeprefix(f"{verb} ").split()
            end = next((place for place, word in enumerate(said) if word in _PREPOSITIONS), len(said))
            return _Role(said[:end], said[end:]) if 0 < end < len(said) else None
    return None


def rows_of(predicate: Predicate, written: Expected | None = None) -> Iterator[Pattern]:
    """What a graph's own label and aliases of a property may be said by, of the kinds of its relations there,
    else of those that were ``written`` for it, else of two known entities of any kind."""
    kinds = Expected(_kinds(predicate.subject_kinds), _kinds(predicate.object_kinds))
    if written is not None and not (kinds.subject and kinds.object):
        kinds = written
    vague = not (kinds.subject and kinds.object)
    subject, object_ = kinds.subject or frozenset(KINDS), kinds.object or frozenset(KINDS)
    for name in dict.fromkeys(
        part for one in (predicate.name, *predicate.aliases) for part in one.split("/")
    ):
        said = _BRACKETS.sub("", name.casefold()).split()
        if not said or said[0] in _PREPOSITIONS or not all(map(_is_word, said)):
            continue
        if said[-1] in _PREPOSITIONS:
            direct = [f"be {' '.join(said)}", *(" ".join([verb, *said[1:]]) for verb in _verbs(said[0]))]
            yield Pattern(tuple(direct), predicate.uid, subject, object_, strict=vague)
        else:
            wordings = (f"be {' '.join(said)} of",)
            yield Pattern(wordings, predicate.uid, object_, subject, inverse=True, strict=vague)


def _is_word(word: str) -> bool:
    return word.replace("-", "").isalpha()


def _verbs(form: str) -> Iterator[str]:
    """What "founded" or "works" may be a form of; what is no verb is the form of no text."""
    if form.endswith("s"):
        yield form[:-1]
    stem = form.removesuffix("ed")
    if stem == form:
        return
    yield from (stem, f"{stem}e")
    if stem.endswith("i"):
        yield f"{stem[:-1]}y"
    if stem[-2:-1] == stem[-1:]:
        yield stem[:-1]


def _kinds(counts: Mapping[str, int]) -> frozenset[str]:
    total = sum(counts.values())
    return frozenset(kind for kind, count in counts.items() if count >= LEAST_SHARE * total)


def _by_wording(patterns: Iterable[Pattern]) -> dict[str, tuple[Pattern, ...]]:
    found: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        for wording in dict.fromkeys(pattern.wordings):
            found.setdefault(wording, []).append(pattern)
    return {wording: tuple(rows) for wording, rows in found.items()}


def _expected(patterns: Iterable[Pattern]) -> dict[str, Expected]:
    """The kinds of all rows of a property together, seen from the property."""
    found: dict[str, Expected] = {}
    for pattern in patterns:
        sides = (pattern.object, pattern.subject) if pattern.inverse else (pattern.subject, pattern.object)
        known = found.get(pattern.property)
        if known is not None:
            sides = _either(known.subject, sides[0]), _either(known.object, sides[1])
        found[pattern.property] = Expected(*sides)
    return found


def _either(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    return one | other if one and other else ANY


def _allows(kinds: frozenset[str], kind: str) -> bool:
    return not kinds or kind in kinds or (not kind and kinds not in (DATE, JOB))
