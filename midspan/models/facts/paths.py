"""The way between two names in the parse, in the words of the clause rules.

It leads from both up to what governs them. Of what stands for the same on the way the last counts: a
conjunct, an apposition ("the company Hasbro"), the state behind its city. A name that is said to be something
("Tim Cook, chief executive of Apple", "Apple's chief executive Tim Cook", "Tim Cook is the chief executive of
Apple") has that role, and all of several ("the founder and head of").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midspan.models.facts.clauses import is_proper, role_name
from midspan.models.facts.nations import country_of
from midspan.models.facts.phrases import is_loose

if TYPE_CHECKING:
    from spacy.tokens import Token

MAX_PATH = 8
"""Tokens on the way from one to the other."""
VIA = "via"
"""Before the words of a way that no wording of a clause has."""
CITIZEN = "be citizen of"
"""What an adjective of a nation says of a person."""

_COPULAS = ("be", "become", "remain")
_MODIFIERS = frozenset({"compound", "nmod", "amod", "poss"})
_PLACES = frozenset({"GPE", "LOC"})
_BEFORE_CLAUSE = frozenset({"after", "before", "since", "while", "upon", "when"})
_NOMINAL = frozenset({"NOUN", "PROPN"})
_IN_TITLE = frozenset({"NOUN", "PROPN", "ADJ", "CCONJ", "PART"})


@dataclass(frozen=True)
class Path:
    """In the direction in which it is worded."""

    subject: Token
    object: Token
    keys: tuple[str, ...]
    """``found by``, ``be capital of``, ``be in``; several where several roles may be meant."""
    top: Token
    """What governs both."""
    words: tuple[Token, ...]
    """Between the two, without them."""


@dataclass(frozen=True)
class _Way:
    """From a governor down to a name."""

    name: Token
    governor: Token
    steps: tuple[Token, ...]
    """Below the governor, the name last; none where the governor is the name or stands for the same."""
    leaves_clause: bool = False
    """For one with a subject of its own: "Bob was born in Ulm, and Ann studied in Bern"."""
    passes_name: bool = False
    """Another name on the way: "the father of Bob and of his friend Ann"."""

    @property
    def leaves(self) -> bool:
        """For what is said of somebody else."""
        return self.leaves_clause or self.passes_name

    @property
    def inner(self) -> tuple[Token, ...]:
        return self.steps[:-1]


def path_between(one: Token, other: Token) -> Path | None:
    """None where they hang together in no way, or by too long a way, or in clauses of their own."""
    up = [one, *one.ancestors]
    down = [other, *other.ancestors]
    places = {token.i: index for index, token in enumerate(up)}
    index = next((index for index, token in enumerate(down) if token.i in places), None)
    if index is None or not 0 < places[down[index].i] + index <= MAX_PATH:
        return None
    top = down[index]
    left, right = _way(top, one, up[: places[top.i]]), _way(top, other, down[:index])
    words = _words(top, left, right)
    for subject, object_ in ((left, right), (right, left)):
        keys = tuple(dict.fromkeys(_keys(top, subject, object_)))
        if keys:
            return Path(subject.name, object_.name, keys, top, words)
    if left.steps and right.steps and any(map(_is_apart, down[:index])):
        return None
    return Path(one, other, (" ".join([VIA, *(token.lemma_.lower() for token in words)]),), top, words)


def _words(top: Token, left: _Way, right: _Way) -> tuple[Token, ...]:
    found = {*left.inner, *right.inner}
    found |= {token for token in (top, left.governor, right.governor) if left.steps and right.steps}
    return tuple(sorted(found - {left.name, right.name}, key=lambda token: token.i))


def _way(top: Token, name: Token, climbed: Sequence[Token]) -> _Way:
    governor, leaves, passes = top, False, False
    steps: list[Token] = []
    for token in reversed(climbed):
        above = steps[-1] if steps else governor
        leaves = leaves or (_is_verb(token) and _has_subject(token) and not _is_relative(token))
        passes = passes or _is_other_name(token, above, name)
        if not _is_same(token, above):
            steps.append(token)
        elif steps:
            steps[-1] = token
        else:
            governor = token
    return _Way(name, governor, tuple(steps), leaves, passes)


def _is_other_name(token: Token, above: Token, name: Token) -> bool:
    """Somebody or something else on the way: who is joined to a name, a name beside a name."""
    if not is_proper(above):
        return False
    if token.dep_ == "conj":
        return token != name
    return token.dep_ == "appos" and is_proper(token) and not _is_place_in(token, above)


def _is_same(token: Token, above: Token) -> bool:
    if token.dep_ == "conj":
        return _is_verb(token) == _is_verb(above)
    return token.dep_ == "appos" or _is_place_in(token, above)


def _is_place_in(token: Token, above: Token) -> bool:
    """ "Ulm, Germany" """
    both = token.ent_type_ in _PLACES and above.ent_type_ in _PLACES
    return both and token.dep_ in ("appos", "npadvmod", "nmod")


def _keys(top: Token, subject: _Way, object_: _Way) -> Iterator[str]:
    """Nothing where nothing is said in this direction."""
    if not object_.steps:
        yield from _of_relative(subject)
    elif not subject.steps:
        # Who is joined to a name is not what the name is.
        if (subject.name == top or not is_proper(top)) and not subject.leaves:
            yield from _of_noun(subject.name, object_)
    elif object_.leaves:
        return
    elif _is_verb(top):
        if _is_subject(subject) and subject.governor == top and not subject.leaves:
            yield from _of_verb(object_)
        elif _is_when(object_) and len(subject.steps) == 1 and subject.steps[0].dep_ == "dobj":
            yield from _with(top.lemma_.lower(), object_.inner)  # "she founded the company in 1978"
    elif object_.governor == top and object_.inner and _is_owner(subject):
        yield from _with(top.lemma_.lower(), object_.inner)  # "his death in 1992"


def _of_relative(way: _Way) -> Iterator[str]:
    """ "the company that she founded": she, found, the company."""
    if way.leaves and len(way.inner) == 1 and way.inner[0].dep_ == "relcl" and _is_subject(way, 1):
        yield way.inner[0].lemma_.lower()


def _of_noun(name: Token, way: _Way) -> Iterator[str]:
    """What a name, or a noun that stands for the same, has below it."""
    first = way.steps[0]
    if _is_verb(first):
        if way.inner and not way.leaves:
            yield from _clause(way.inner)
        elif first.dep_ == "relcl" and len(way.inner) > 1 and _is_when(way) and not _has_object(first):
            yield from _with(first.lemma_.lower(), way.inner[1:])  # "the company that she founded in 1978"
    elif way.leaves:
        return
    elif way.governor != name and not is_proper(way.governor):
        own = _own_role(name) if name.dep_ == "conj" else None
        yield from _of_role(own or way.governor, way.steps)
    elif all(token.dep_ in _MODIFIERS for token in way.steps):
        yield from _of_title(name, way.name)
    elif way.inner and way.inner[0].pos_ == "ADP":
        yield from _with("be", way.inner)


def _own_role(name: Token) -> Token | None:
    """ "with her husband John and son Peter": of the second it says something else."""
    return next((child for child in name.lefts if child.dep_ == "compound" and child.pos_ == "NOUN"), None)


def _of_role(noun: Token, steps: Sequence[Token]) -> Iterator[str]:
    """Of a common noun that says what somebody is; ``steps`` are below it."""
    target, inner = steps[-1], steps[:-1]
    roles = [noun, *_sharing(noun)]
    if inner and _is_verb(inner[0]):
        yield from _clause(inner)
    elif not inner and target.dep_ in _MODIFIERS:
        yield from _owned([role_name(role) for role in roles], target)
    elif inner and inner[0].pos_ == "ADP":
        for role in roles:
            yield from _with(f"be {role_name(role)}", inner)
            if inner[-1].lower_ == "at":
                yield f"be {role_name(role)} at"  # "professor of physics at"


def _of_title(name: Token, target: Token) -> Iterator[str]:
    """ "Hasbro CEO Brian Goldner", "the Danish physicist Niels Bohr", "his wife Ann"."""
    first = name if name.ent_type_ else name.left_edge
    while first.ent_iob_ == "I":
        first = first.nbor(-1)
    between = name.doc[target.i + 1 : first.i]
    if target.i >= first.i or any(token.pos_ not in _IN_TITLE or token.head.i > name.i for token in between):
        return
    roles: list[list[str]] = []
    role: list[str] = []
    for token in between:
        if token.pos_ == "CCONJ":
            roles.append(role)
            role = []
        elif token.pos_ != "PART" and token.ent_type_ != "NORP":
            role.append(token.lower_)
    yield from _owned([" ".join(one) for one in (*roles, role)], target)


def _owned(roles: Sequence[str], target: Token) -> Iterator[str]:
    """ "Apple's chief executive", "an Apple engineer", "a Danish physicist"."""
    if _is_nation(target):
        yield CITIZEN
    else:
        yield from (f"be {role} of" if role else "be of" for role in roles)


def _of_verb(way: _Way) -> Iterator[str]:
    verb, inner = way.governor, way.inner
    if verb.lemma_ in _COPULAS and inner and _first(inner[0]).dep_ == "attr":
        yield from _of_role(inner[0], way.steps[1:])
    elif inner and inner[0].dep_ == "advcl" and inner[0].i < verb.i:
        yield from _clause(inner)  # "Born in Ulm, he moved to Bern"
    elif len(inner) > 1 and inner[0].lower_ in _BEFORE_CLAUSE and inner[1].dep_ == "pcomp":
        yield from _clause(inner[1:])
    elif verb.pos_ == "VERB" or not inner or inner[0].pos_ != "NOUN":
        yield from _clause((verb, *inner))


def _clause(words: Sequence[Token]) -> Iterator[str]:
    """A verb and what follows it; an object may be left out ("receive from +": "received a degree from")."""
    verb, *inner = words
    loose = [place for place, token in enumerate(inner) if place and is_loose(token)]
    inner = inner[loose[-1] :] if loose else inner  # "on 7 November 1867 in Warsaw"
    particles = [child.lower_ for child in verb.children if child.dep_ == "prt"]
    start = " ".join([verb.lemma_.lower(), *particles])
    if len(inner) > 1 and inner[0].dep_ == "dobj":
        yield from _with(start, inner)
        inner = inner[1:]
    behind = " +" if inner and _has_object(verb) and inner[0].pos_ == "ADP" else ""
    yield from (f"{key}{behind}" for key in _with(start, inner))
    if len(inner) > 2 and inner[-1].lower_ in ("at", "from"):
        yield " ".join([start, inner[-1].lower_])  # "graduated with a degree from"


def _with(start: str, inner: Sequence[Token]) -> Iterator[str]:
    """The words of a key; a role that is one of several stands for each."""
    said = [_word(token) for token in inner]
    yield " ".join([start, *said])
    for place, token in enumerate(inner[:-1]):
        if token.pos_ in _NOMINAL:
            for other in _sharing(token):
                yield " ".join([start, *said[:place], role_name(other), *said[place + 1 :]])
            return


def _sharing(noun: Token) -> list[Token]:
    """Roles joined to this one that have nothing behind them for themselves."""
    beside = [child for child in noun.children if child.dep_ == "appos" and not child.ent_type_]
    joined = [other for one in (noun, *beside) for other in (one, *one.conjuncts) if other != noun]
    return [other for other in joined if other.pos_ in _NOMINAL and not _has_more(other)]


def _has_more(noun: Token) -> bool:
    return any(child.dep_ == "prep" for child in noun.children)


def _word(token: Token) -> str:
    if token.pos_ == "ADP":
        return token.lower_
    return role_name(token) if token.pos_ in _NOMINAL else token.lemma_.lower()


def _is_nation(token: Token) -> bool:
    """ "Danish", "South Korean"; of the parts of a longer adjective the last."""
    if token.ent_type_ != "NORP":
        return False
    before = token.nbor(-1).text if token.ent_iob_ == "I" else ""
    return bool(country_of(f"{before} {token.text}".strip()) or country_of(token.text))


def _is_subject(way: _Way, place: int = 0) -> bool:
    """Whether the name is the subject of what it hangs on, or joined to it."""
    return len(way.steps) == place + 1 and _first(way.name).dep_ in ("nsubj", "nsubjpass")


def _first(token: Token) -> Token:
    while token.dep_ in ("conj", "appos"):
        token = token.head
    return token


def _is_owner(way: _Way) -> bool:
    """ "his death", "the death of Alexander" """
    return len(way.steps) == {"poss": 1, "pobj": 2}.get(way.name.dep_, 0)


def _is_when(way: _Way) -> bool:
    return way.name.ent_type_ == "DATE" and bool(way.inner)


def _has_object(verb: Token) -> bool:
    return any(child.dep_ == "dobj" for child in verb.children)


def _is_apart(token: Token) -> bool:
    """A clause beside another one, about something else; a pronoun may mean the same."""
    beside = token.dep_ in ("conj", "advcl", "ccomp", "parataxis") and _is_verb(token)
    return beside and any(
        child.dep_ in ("nsubj", "nsubjpass") and child.pos_ != "PRON" for child in token.children
    )


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children)


def _is_relative(verb: Token) -> bool:
    """Its subject is "who" or "which"."""
    return any(
        child.dep_ in ("nsubj", "nsubjpass") and child.tag_ in ("WP", "WDT") for child in verb.children
    )


def _is_verb(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX")
