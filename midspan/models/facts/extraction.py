"""Clause rules over a spaCy parse: sentences in, surface triples with exact offsets out.

The rules: subjects are also found through conjunction, relative clauses, participles, gerunds and control;
every object and predicative gives a triple, a preposition of the verb one of its own where it governs a name
or there is no object, and stands as a further argument where it does not; "X, the N of Y", "Y's N, X" and
"the N of Y is X" give "X is N of Y"; a verb without arguments says what its complement clause or its adverb
says. :func:`surface_triples` gives all; :func:`extract_triples` those in which both arguments can be
understood by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from midspan.models.facts.clauses import (
    complements,
    is_proper,
    objects,
    pobjects,
    predicate_tokens,
    prepositions,
    role_name,
    subjects,
)
from midspan.models.facts.lifespans import events
from midspan.models.facts.phrases import Antecedents, Phrase, clause_phrase, noun_phrase, phrase_between
from midspan.models.facts.prose import is_prose
from midspan.models.facts.scope import Polarity, stance
from midspan.models.facts.wordlist import words
from midspan.records import Modality

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Generator = Literal["clause", "pair"]

MAX_PREDICATE_TOKENS = 12
MAX_SENTENCE_TOKENS = 400
"""What is longer is a list or a table without full stops, of which the parse makes nothing true."""

_ADVERBIAL = words(
    """accident accordance addition advance behalf case contrast course default detail essence
    example fact favour favor full general hand instance lieu need order part particular place
    practice principle question regard respect response return spite terms theory time total
    turn vain view way"""
)
"""Nouns that a preposition makes an adverb or another preposition of: "in fact", "with respect to"."""
_SORTS = {
    "party": words("party parties"),
    "school": words(
        "university college school institute academy polytechnic conservatory seminary gymnasium"
    ),
}
_COMMAS = frozenset({",", "-", "–", "—", "'s", "’s", "'", '"', "“", "”", "``", "''"})
_NO_NAME = ("", "DATE", "TIME", "CARDINAL", "ORDINAL", "QUANTITY", "MONEY", "PERCENT")


@dataclass(frozen=True)
class Triple:
    """What a sentence says, in its own words; offsets count code points of the parsed text."""

    subject: Phrase
    predicate: Phrase
    relation: str
    """The predicate to read: "was born in" although the text has words between."""
    key: str
    """Lemmas for looking the relation up: ``bear in``, ``be capital of``; ``found by`` is a passive."""
    object: Phrase
    """Empty behind a verb that says all: "prices fell"."""
    polarity: Polarity
    modality: Modality = ""
    further: tuple[Phrase, ...] = ()
    """Where, when and how the same clause says it, each with its preposition."""
    generator: Generator = "clause"
    """``pair``: two names in one sentence with the path between them, a guess until all three are linked."""

    @property
    def wording(self) -> str:
        return wording(self.key, self.object)

    @property
    def stands(self) -> bool:
        """Whether it can be understood by itself; a bare number is no subject."""
        named = any(sign.isalpha() for sign in self.subject.surface)
        return named and self.subject.stands and self.object.stands


def wording(key: str, target: Phrase) -> str:
    """A key to be looked up, with ``party`` or ``school`` behind it where the object is called one: "the
    Labour Party", "Harvard University"."""
    names = target.names or (target.surface,)
    called = {word for name in names for word in name.casefold().split()}
    sort = next((sort for sort, nouns in _SORTS.items() if not called.isdisjoint(nouns)), "")
    return f"{key} {sort}".rstrip()


def extract_triples(doc: Doc, antecedents: Antecedents | None = None) -> list[Triple]:
    """The surface triples that can be understood by themselves, and the lives in brackets behind names."""
    return [triple for triple in surface_triples(doc, antecedents) if triple.stands] + list(_lives(doc))


def _lives(doc: Doc) -> Iterator[Triple]:
    if _is_read(doc):
        for event in events(doc):
            prep = "on" if event.object.label == "DATE" else "in"
            said = "was born" if event.verb == "bear" else "died"
            key = f"{event.verb} {prep}"
            yield Triple(event.person, event.sign, f"{said} {prep}", key, event.object, "affirmed")


def surface_triples(doc: Doc, antecedents: Antecedents | None = None) -> list[Triple]:
    """The triples of a parsed sentence in order of their predicates, without repetitions.

    ``antecedents`` says what its pronouns and descriptions stand for. None of what is no prose, or has more
    than ``MAX_SENTENCE_TOKENS``; that also bounds time and depth.
    """
    if not _is_read(doc):
        return []
    found: dict[tuple[int, int, str, int, int], Triple] = {}
    reading = _Reading(antecedents or {})
    for token in doc:
        for triple in reading.triples_at(token):
            place = (
                triple.subject.start,
                triple.subject.end,
                triple.relation,
                triple.object.start,
                triple.object.end,
            )
            found.setdefault(place, triple)
    return list(found.values())


def _is_read(doc: Doc) -> bool:
    return len(doc) <= MAX_SENTENCE_TOKENS and is_prose(doc)


class _Reading:
    """One sentence being read, with what its pronouns stand for."""

    def __init__(self, antecedents: Antecedents) -> None:
        self._antecedents = antecedents

    def triples_at(self, token: Token) -> Iterator[Triple]:
        if token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "auxpass"):
            yield from self._clause(token)
        if token.dep_ == "appos":
            yield from self._apposition(token)

    def _clause(self, verb: Token) -> Iterator[Triple]:
        found = objects(verb)
        preps = prepositions(verb)
        further = [phrase for prep in preps for phrase in self._with_preposition(prep)]
        for subject in subjects(verb):
            said = False
            for target in found:
                yield from self._object(subject, verb, target, further)
                said = True
            for prep in preps:
                if not _is_frame(prep, verb, subject):
                    yield from self._preposition(subject, verb, prep, found)
                    said = True
            if not said:
                yield from self._bare(subject, verb)

    def _object(
        self, subject: Token, verb: Token, target: Token, further: Sequence[Phrase]
    ) -> Iterator[Triple]:
        if verb.lemma_ in ("be", "become") and target.dep_ in ("attr", "conj"):
            inverse = list(self._named_role(target, subject, verb))
            if inverse:
                yield from inverse
                return
            yield from self._role(subject, target, verb, further)
        complete = _says_only_with_preposition(verb, target)
        for prep in target.children:
            if target.dep_ == "acomp" and prep.dep_ == "prep":
                for goal in pobjects(prep):
                    key = f"be {target.lemma_.lower()} {prep.lower_}"
                    tokens = [*predicate_tokens(verb), target, prep]
                    yield from self._triple(subject, goal, tokens, key, verb, further=further)
                    complete = True
            complete = complete or (target.dep_ == "acomp" and prep.dep_ == "xcomp")
        if not complete:
            tokens = predicate_tokens(verb)
            yield from self._triple(subject, target, tokens, _verb_key(verb), verb, further=further)

    def _preposition(
        self, subject: Token, verb: Token, prep: Token, found: Sequence[Token]
    ) -> Iterator[Triple]:
        key = f"{_verb_key(verb)} {prep.lower_}"
        direct = [target for target in found if target.dep_ in ("dobj", "oprd", "attr")]
        between = [token for target in direct[:1] for token in self._tokens(target) if token.i < prep.i]
        for goal in pobjects(prep):
            if goal.lower_ in _ADVERBIAL and not any(child.dep_ == "det" for child in goal.children):
                continue
            if not found or goal.ent_type_ not in _NO_NAME:
                tokens = [*predicate_tokens(verb), *between, prep]
                yield from self._triple(subject, goal, tokens, f"{key} +" if between else key, verb)
        for gerund in prep.children:
            if gerund.dep_ == "pcomp" and not found:
                tokens = [*predicate_tokens(verb), prep]
                yield from self._said(subject, clause_phrase(gerund), tokens, key, verb)

    def _bare(self, subject: Token, verb: Token) -> Iterator[Triple]:
        """A clause without objects: what it says, or how, or only that it happened."""
        tokens = predicate_tokens(verb)
        clauses = list(complements(verb))
        for clause in clauses:
            marks = [child for child in clause.children if child.dep_ == "mark"]
            yield from self._said(subject, clause_phrase(clause), [*tokens, *marks], _verb_key(verb), verb)
        if clauses or any(child.dep_ == "xcomp" for child in verb.children):
            return
        adverbs = [
            child for child in verb.children if child.dep_ in ("advmod", "npadvmod") and child.i > verb.i
        ]
        if adverbs:
            yield from self._said(subject, clause_phrase(adverbs[0]), tokens, _verb_key(verb), verb)
        elif verb.pos_ == "VERB" and verb.dep_ != "acl":
            end = verb.idx + len(verb)
            yield from self._said(subject, Phrase("", end, end, stands=False), tokens, _verb_key(verb), verb)

    def _role(self, subject: Token, noun: Token, verb: Token, further: Sequence[Phrase]) -> Iterator[Triple]:
        """ "X is the N of Y", "X is a N in Y", "X is Y's N"."""
        for prep in noun.children:
            if prep.dep_ == "prep":
                for goal in pobjects(prep):
                    key = f"be {role_name(noun)} {prep.lower_}"
                    tokens = [*predicate_tokens(verb), *self._tokens(noun), prep]
                    yield from self._triple(subject, goal, tokens, key, verb, further=further)
        for owner in noun.children:
            if owner.dep_ == "poss":
                relation = f"is {noun.text} of"
                yield from self._triple(subject, owner, [noun], _role_key(noun), verb, relation)

    def _named_role(self, name: Token, noun: Token, clause: Token) -> Iterator[Triple]:
        """ "Y's N is X", "the N of Y is X", and with an apposition "Y's N, X": X is N of Y."""
        if not is_proper(name) or is_proper(noun):
            return
        for child in noun.children:
            relation = f"is {noun.text} of"
            if child.dep_ == "poss":
                yield from self._triple(name, child, [noun], _role_key(noun), clause, relation)
            if child.dep_ == "prep" and child.lower_ == "of":
                for goal in pobjects(child):
                    yield from self._triple(name, goal, [noun, child], _role_key(noun), clause, relation)

    def _apposition(self, token: Token) -> Iterator[Triple]:
        head = token.head
        places = ("GPE", "LOC", "FAC")
        if (
            token.ent_type_ in ("DATE", "CARDINAL", "TIME", "MONEY")
            or (head.ent_type_ in places and token.ent_type_ in places)
            or token.pos_ == "NUM"
            or not _is_after_comma(token)
            or _is_in_brackets(token)
        ):
            return
        name, noun = (token, head) if is_proper(token) and not is_proper(head) else (head, token)
        roles = list(self._named_role(name, noun, noun))
        yield from roles
        gap = token.doc[max(token.left_edge.i - 1, 0)]
        if not roles and gap.is_punct and is_proper(name) and not is_proper(noun):
            yield from self._triple(name, noun, [gap], "be", noun, "is")

    def _tokens(self, head: Token) -> list[Token]:
        """The tokens of a noun phrase without what hangs on it by a preposition."""
        phrase = noun_phrase(head, with_prepositions=False)
        if phrase is None:
            return []
        return [token for token in head.doc if phrase.start <= token.idx < phrase.end]

    def _with_preposition(self, prep: Token) -> Iterator[Phrase]:
        """ "in 1941", with the place of both words."""
        for goal in pobjects(prep)[:1]:
            phrase = noun_phrase(goal, self._antecedents)
            if phrase is not None and prep.idx < phrase.start:
                span = prep.doc.char_span(prep.idx, phrase.end)
                if span is not None:
                    yield Phrase(span.text, prep.idx, phrase.end, phrase.label)

    def _triple(
        self,
        subject: Token,
        target: Token,
        tokens: list[Token],
        key: str,
        clause: Token,
        relation: str = "",
        further: Sequence[Phrase] = (),
    ) -> Iterator[Triple]:
        phrase = noun_phrase(target, self._antecedents)
        if phrase is not None:
            yield from self._said(subject, phrase, tokens, key, clause, relation, further, target)

    def _said(
        self,
        subject: Token,
        right: Phrase,
        tokens: list[Token],
        key: str,
        clause: Token,
        relation: str = "",
        further: Sequence[Phrase] = (),
        target: Token | None = None,
    ) -> Iterator[Triple]:
        """The triple, if its three parts have places of their own."""
        left = noun_phrase(subject, self._antecedents)
        if left is None or left.overlaps(right):
            return
        if _is_restricted(subject, clause):
            left = replace(left, stands=False)
        predicate = _place(tokens, clause, left, right)
        if predicate is None:
            return
        arguments = [subject] if target is None else [subject, target]
        said = stance(clause, *arguments)
        yield Triple(
            subject=left,
            predicate=predicate,
            relation=relation or _readable(tokens),
            key=key,
            object=right,
            polarity=said.polarity,
            modality=said.modality,
            further=tuple(one for one in further if not one.overlaps(right) and not one.overlaps(left)),
        )


def _place(tokens: Sequence[Token], clause: Token, left: Phrase, right: Phrase) -> Phrase | None:
    """Where the predicate stands: its words if they stand together, else its verb."""
    ordered = sorted(set(tokens), key=lambda token: token.i)
    predicate = phrase_between(ordered[0], ordered[-1])
    apart = not predicate.overlaps(left) and not predicate.overlaps(right)
    if apart and ordered[-1].i - ordered[0].i < MAX_PREDICATE_TOKENS:
        return predicate
    verb = max((token for token in ordered if token.pos_ != "ADP"), key=lambda token: token == clause)
    predicate = phrase_between(verb, verb)
    return None if predicate.overlaps(left) or predicate.overlaps(right) else predicate


def _is_frame(prep: Token, verb: Token, subject: Token) -> bool:
    """ "For larger files, the server uses ...": before its subject it frames the clause, unless it names
    where or when."""
    aside = prep.i > verb.i and prep.nbor(-1).text == ","
    return (aside or prep.i < subject.i < verb.i) and not any(
        goal.ent_type_ not in _NO_NAME or goal.ent_type_ == "DATE" for goal in pobjects(prep)
    )


def _says_only_with_preposition(verb: Token, target: Token) -> bool:
    """ "is the capital of Poland" is said by "is the capital of"; "is the capital" says nothing."""
    return verb.lemma_ in ("be", "become") and any(
        child.dep_ == "poss" or (child.dep_ == "prep" and child.lower_ == "of") for child in target.children
    )


def _is_restricted(subject: Token, clause: Token) -> bool:
    """ "A copy that is not transparent is called opaque" says nothing of a copy."""
    if not any(child.lower_ in ("a", "an", "any") for child in subject.children):
        return False
    return any(
        child.dep_ in ("relcl", "acl")
        and child.i < clause.i
        and child.left_edge.i > 0
        and child.left_edge.nbor(-1).text != ","
        for child in subject.children
    )


def _is_after_comma(token: Token) -> bool:
    """ "Apple's CEO Tim Cook", "Curie, a physicist"; what stands in brackets or behind a colon is no "is"."""
    before = token.doc[token.head.i + 1 : token.i]
    return all(other.text in _COMMAS or not (other.is_punct or other.like_url) for other in before)


def _is_in_brackets(token: Token) -> bool:
    before = [other.text for other in token.doc[: token.i]]
    return before.count("(") > before.count(")")


def _verb_key(verb: Token) -> str:
    particles = [child.lower_ for child in verb.children if child.dep_ == "prt"]
    words = [verb.lemma_.lower(), *particles]
    return " ".join(words)


def _role_key(noun: Token) -> str:
    return f"be {role_name(noun)} of"


def _readable(tokens: Sequence[Token]) -> str:
    ordered = dict.fromkeys(tokens)
    return " ".join(
        token.lower_ if token.pos_ == "ADP" else token.text for token in ordered if not token.is_space
    )
