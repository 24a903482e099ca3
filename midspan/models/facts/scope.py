"""Whether a clause is asserted: what denies, doubts, reports or supposes it, itself or from above.

A clause is read from the inside out. Its own words come first ("did not", "may", "allegedly", "if"); then
each governor in turn says what it makes of the clause below, by its class in ``attitudes``, until one
presupposes it or the sentence ends. What is said with reserve for two reasons bears the inner one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from midspan.models.facts.attitudes import ADJECTIVES, ADVERBS, NOUNS, VERBS, Attitude
from midspan.models.facts.clauses import shares_auxiliary
from midspan.records import Modality

if TYPE_CHECKING:
    from spacy.tokens import Token

Polarity = Literal["affirmed", "negated", "hedged"]

_MODALS: dict[str, Modality] = {
    **dict.fromkeys(("may", "might", "could"), "doubted"),
    **dict.fromkeys(("will", "shall", "should", "must", "ought", "'ll", "’ll", "wo", "sha"), "planned"),
    **dict.fromkeys(("would", "'d", "’d"), "conditional"),
}
_RESERVE: dict[Attitude, Modality] = {
    "believe": "reported",
    "seem": "doubted",
    "plan": "planned",
    "contrary": "counterfactual",
    "ask": "asked",
    "dream": "dreamt",
}
_CONDITIONS = frozenset({"if", "unless", "provided", "providing", "supposing", "assuming", "lest"})
_CASES = frozenset({"when", "whenever", "where", "wherever"})
_UNTIL = frozenset({"until", "till"})
_DENYING = frozenset({"no", "neither", "never", "nor", "not", "hardly", "scarcely", "n't", "n’t"})
_NOBODY = frozenset({"nobody", "none", "nothing", "nowhere"})
_NOT_ONLY = frozenset({"only", "just", "merely", "simply", "solely", "least", "but"})
_LATER = frozenset({"later", "eventually", "subsequently", "ultimately", "soon", "afterwards"})
_MOST = 40
"""Governors above a clause that are asked."""


@dataclass(frozen=True)
class Stance:
    denied: bool
    modality: Modality

    @property
    def polarity(self) -> Polarity:
        """Of a denial with reserve, the denial."""
        return "negated" if self.denied else "hedged" if self.modality else "affirmed"

    def under(self, modality: Modality) -> Stance:
        return replace(self, modality=self.modality or modality)

    def turned(self, denied: bool) -> Stance:
        return replace(self, denied=self.denied != denied)


def stance(clause: Token, *arguments: Token) -> Stance:
    """How the text stands to what this clause says of these arguments."""
    said = Stance(_denied_with(clause, arguments), _own_modality(clause))
    if any(child.lower_ == "any" for one in arguments[:1] for child in one.children):
        said = said.under("conditional")  # "any party that ...": if there is one
    node = clause
    for _ in range(_MOST):
        above = _above(node, said)
        if above is None:
            return said
        said, node = above
    return said


def _above(node: Token, said: Stance) -> tuple[Stance, Token] | None:
    """The stance seen from the governor, and the governor; None where the clause stands by itself."""
    head = node.head
    if head.i == node.i:
        return (said.under("asked"), head) if not said.modality and _is_question(node) else None
    if node.dep_ == "conj":
        return _beside(node, head, said), head
    if node.dep_ in ("ccomp", "xcomp", "csubj", "csubjpass"):
        return _governed(node, head, said)
    if node.dep_ == "acl" or (node.dep_ == "relcl" and _is_complement(node)):
        return _noun_complement(node, head, said)
    if node.dep_ == "advcl" and not _marks(node):
        return (said.under("planned"), head) if _is_infinitive(node) else None
    if node.dep_ == "pcomp":
        return _gerund(node, head, said)
    return None


def _beside(node: Token, head: Token, said: Stance) -> Stance:
    """A joined clause shares the denial and the modal verb that stand before the first one."""
    if not shares_auxiliary(node):
        return said
    joint = [child.lower_ for child in head.children if child.dep_ == "cc" and child.i < node.i]
    if _is_denied(head) and joint[-1:] in (["or"], ["nor"]):
        said = said.turned(True)
    return said.under(_own_modality(head))


def _governed(node: Token, head: Token, said: Stance) -> tuple[Stance, Token] | None:
    if _marks(node) & {"whether", "if"}:
        return said.under("asked"), head
    attitude = _attitude(node, head)
    if attitude == "fact":
        return None
    seen = _seen_by(attitude, _governor_denied(head), said)
    if attitude in ("carry", "avert"):
        seen = seen.under(_own_modality(head))  # "may choose to sell", "must let them sell"
    return seen, head


def _seen_by(attitude: Attitude, denied: bool, said: Stance) -> Stance:
    """What becomes of a clause under a governor of this class that is itself denied or not."""
    if attitude == "carry":
        return said.turned(denied)
    if attitude == "avert":
        return said.turned(not denied)
    if attitude == "deny":
        return said.turned(not denied).under("reported")
    if attitude == "doubt":
        return said if denied else said.under("doubted")
    if attitude == "report":
        return said.under("doubted" if denied else "reported")
    # "I don't think that he came" denies that he came.
    return said.turned(denied).under(_RESERVE[attitude])


def _attitude(node: Token, head: Token) -> Attitude:
    predicative = _predicative(head)
    if predicative is not None:
        return _of_predicative(predicative, node)
    if head.pos_ == "ADJ":
        return ADJECTIVES.get(head.lemma_.lower(), "plan" if node.dep_ == "xcomp" else "fact")
    lemma = head.lemma_.lower()
    if lemma == "ask" and node.dep_ == "ccomp":
        return "ask"
    known = VERBS.get(lemma)
    if lemma == "help" and _is_denied(head):
        return "avert"
    if node.dep_ == "xcomp":
        if head.lower_ == "going" and _is_infinitive(node):
            return "plan"
        if known == "fact" and lemma in ("forget", "remember", "learn"):
            return "avert" if lemma == "forget" else "carry"
        if known == "fact":
            return "carry"
        if lemma == "wish":
            return "plan"
        if known is None:
            return "plan" if _is_infinitive(node) else "carry"
        return known
    return known or ("report" if node.dep_ == "ccomp" else "fact")


def _predicative(head: Token) -> Token | None:
    """ "true" in "it is true that"."""
    if head.lemma_ != "be":
        return None
    return next((child for child in head.children if child.dep_ in ("acomp", "attr", "oprd")), None)


def _of_predicative(word: Token, node: Token) -> Attitude:
    lemma = word.lemma_.lower()
    if word.pos_ in ("NOUN", "PROPN"):
        return NOUNS.get(lemma, "fact")
    return ADJECTIVES.get(lemma, "plan" if node.dep_ == "xcomp" else "fact")


def _is_complement(clause: Token) -> bool:
    """ "the rumour that the bank owned the mill", which the parser may take for a relative clause."""
    roles = [child.dep_ for child in clause.children if child.dep_ in ("nsubj", "nsubjpass", "dobj", "attr")]
    that = any(child.lower_ == "that" and child.dep_ != "nsubj" for child in clause.children)
    return that and len(roles) > 2 and clause.head.lemma_.lower() in NOUNS


def _noun_complement(node: Token, noun: Token, said: Stance) -> tuple[Stance, Token] | None:
    """ "the claim that ...", "plans to ..."; other clauses at a noun take it for granted."""
    infinitive = _is_infinitive(node)
    if node.dep_ == "acl" and "that" not in _marks(node) and not infinitive:
        return None
    lemma = noun.lemma_.lower()
    leading = any(
        child.lemma_ in ("first", "last", "only") or child.ent_type_ == "ORDINAL" for child in noun.children
    )
    attitude: Attitude = NOUNS.get(lemma, "plan" if infinitive else "report")
    if infinitive and (leading or lemma in ("first", "last")):
        attitude = "carry"
    if attitude == "fact":
        return None
    denied = _is_denied(noun) or (noun.dep_ in ("attr", "dobj") and _is_denied(noun.head))
    return _seen_by(attitude, denied, said), noun


def _gerund(node: Token, prep: Token, said: Stance) -> tuple[Stance, Token] | None:
    """ "without buying", "instead of buying", "prevented from buying", "accused of buying"."""
    governor = prep.head
    word = prep.lower_
    if word == "of" and governor.lower_ == "instead":
        return said.turned(True), governor
    if word == "without":
        return said.turned(not _is_denied(governor)), governor
    if word == "from" and any(child.dep_ == "dobj" for child in governor.children):
        return said.turned(not _is_denied(governor)), governor
    attitude = VERBS.get(governor.lemma_.lower())
    if governor.pos_ in ("VERB", "AUX") and attitude not in (None, "fact", "carry"):
        return _seen_by(attitude, _is_denied(governor), said), governor
    if governor.pos_ == "NOUN" and governor.lemma_.lower() in NOUNS:
        return _seen_by(NOUNS[governor.lemma_.lower()], _is_denied(governor), said), governor
    return None


def _own_modality(clause: Token) -> Modality:
    """By the clause's own modal verb, adverb, conjunction or frame."""
    conditional = _condition(clause)
    if conditional:
        return conditional
    for child in clause.children:
        if child.dep_ == "aux" and child.lower_ in _MODALS:
            return _of_modal(clause, child)
        if child.dep_ == "advmod" and child.lower_ in ADVERBS:
            return ADVERBS[child.lower_]
        if child.dep_ == "prep":
            if child.lower_ == "according":
                return "reported"
            if child.lower_ == "in" and any(
                goal.lemma_ in ("dream", "nightmare", "fantasy") for goal in child.children
            ):
                return "dreamt"
        if child.dep_ == "parataxis" and VERBS.get(child.lemma_.lower()) in ("report", "believe"):
            return "reported"
    return ""


def _of_modal(clause: Token, modal: Token) -> Modality:
    perfect = any(child.dep_ == "aux" and child.lower_ == "have" for child in clause.children)
    negations = [*clause.children, *modal.children]
    if any(child.dep_ == "neg" and _affirms(child) for child in negations):
        return ""  # "could not but admire"
    meant = _MODALS[modal.lower_]
    if perfect and meant == "conditional":
        return "counterfactual"
    if perfect and modal.lower_ in ("should", "ought"):
        return "counterfactual"
    if meant == "conditional" and not _is_denied(clause):
        # "He would later found Apple", "would go on to" tell what came afterwards.
        later = any(child.lower_ in _LATER for child in clause.children)
        if later or (clause.lemma_ == "go" and any(child.lower_ == "on" for child in clause.children)):
            return ""
    return meant


def _condition(clause: Token) -> Modality:
    """Of both halves of "if ..., ..."; "even if" leaves the main clause as it is."""
    marks = _marks(clause)
    if clause.dep_ == "advcl":
        if clause.i > 0 and marks & {"if", "though"} and _is_as_if(clause):
            return "counterfactual"
        if marks & _CONDITIONS or _is_inverted(clause):
            return "counterfactual" if _would_have(clause.head) else "conditional"
        if "whether" in marks or _is_case(clause):
            return "conditional"
    for child in clause.children:
        if child.dep_ != "advcl" or _is_as_if(child) or _is_even(child):
            continue
        if _marks(child) & (_CONDITIONS - {"lest"}) or _is_inverted(child):
            return "counterfactual" if _would_have(clause) else "conditional"
    return ""


def _is_case(clause: Token) -> bool:
    """ "When a program uses the library, ..." supposes a case; "when the war ended" tells of one."""
    words = {child.lower_ for child in clause.children if child.dep_ in ("advmod", "mark")}
    present = {child.tag_ for child in (clause, *clause.children)} & {"VBZ", "VBP", "MD"}
    return bool(words & _CASES) and bool(present)


def _would_have(clause: Token) -> bool:
    words = {child.lower_ for child in clause.children if child.dep_ == "aux"}
    return "have" in words and bool(words & {"would", "could", "might", "'d", "’d", "should"})


def _is_inverted(clause: Token) -> bool:
    """ "Had he bought it, ..."."""
    first = clause.left_edge
    own = [child for child in clause.children if child.dep_ in ("nsubj", "nsubjpass")]
    return (
        first.dep_ in ("aux", "auxpass")
        and first.head.i == clause.i
        and first.lower_ in ("had", "were", "should")
        and bool(own)
        and first.i < own[0].i
        and not _marks(clause)
    )


def _is_as_if(clause: Token) -> bool:
    return any(
        child.dep_ == "mark"
        and child.i > 0
        and child.nbor(-1).lower_ == "as"
        and child.lower_ in ("if", "though")
        for child in clause.children
    )


def _is_even(clause: Token) -> bool:
    return any(
        child.dep_ == "mark" and child.i > 0 and child.nbor(-1).lower_ == "even" for child in clause.children
    )


def _is_question(root: Token) -> bool:
    ends = [token.text for token in root.sent if token.text.startswith((".", "!", "?"))]
    return bool(ends) and ends[-1].startswith("?")


def _is_infinitive(clause: Token) -> bool:
    return any(child.dep_ == "aux" and child.lower_ == "to" for child in clause.children)


def _marks(clause: Token) -> set[str]:
    return {child.lower_ for child in clause.children if child.dep_ == "mark"}


def _denied_with(clause: Token, arguments: tuple[Token, ...]) -> bool:
    denied = _is_denied(clause)
    for argument in arguments:
        if argument.dep_ == "conj" and _is_contrasted(argument):
            return not denied if denied or _is_denied(argument.head) else _is_denied(argument)
        denied = denied or _is_denied(argument) or argument.lower_ in _NOBODY
    return denied


def _is_contrasted(argument: Token) -> bool:
    """ "did not buy A but B" affirms B."""
    return any(
        child.dep_ == "cc" and child.lower_ == "but" and child.i < argument.i
        for child in argument.head.children
    )


def _governor_denied(head: Token) -> bool:
    """Also "is not true", whose "not" hangs on the verb."""
    above = head.dep_ in ("acomp", "attr", "oprd") and _is_denied(head.head)
    predicative = _predicative(head)
    return _is_denied(head) or above or (predicative is not None and _is_denied(predicative))


def _is_denied(token: Token) -> bool:
    """By a word of its own; "not only", "cannot but" and "not until 1990" deny nothing."""
    if any(_is_until(child) for child in token.children):
        return False
    return any(_denies(child) for child in token.children)


def _denies(child: Token) -> bool:
    if child.dep_ == "advmod" and child.lower_ in ("longer", "more"):
        return any(word.lower_ == "no" for word in child.children)
    if child.dep_ != "neg" and not (
        child.lower_ in _DENYING and child.dep_ in ("det", "advmod", "preconj", "cc")
    ):
        return False
    return not _affirms(child) and child.lower_ != "nor"


def _affirms(negation: Token) -> bool:
    """ "not only", "cannot but"."""
    return negation.i + 1 < len(negation.doc) and negation.nbor().lower_ in _NOT_ONLY


def _is_until(child: Token) -> bool:
    return (child.dep_ == "prep" and child.lower_ in _UNTIL) or (
        child.dep_ == "advcl" and bool(_marks(child) & _UNTIL)
    )
