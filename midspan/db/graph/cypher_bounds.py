"""Typed-in Cypher on a server: only expressions of which each is soon computed.

Neo4j looks at a transaction's limits of time and memory from row to row, and not within an expression:
``RETURN all(x IN range(1, 100000) WHERE all(y IN range(1, 100000) WHERE y > 0))`` goes on for minutes after
its limit, with nobody there any more to take the answer, and no thread of a server can be killed. So the
text is held against rules that keep one expression to seconds: what a loop goes through is short, loops
hardly nest, values do not grow by doubling, and patterns of ``=~`` cannot backtrack for long. They take the
cautious side. Rows are not counted; there the server's limits hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from midspan.db.graph.cypher_guard import EXPECT_OPERAND, Token, is_name, refuse, tokenize

CHARACTERS = 5000
"""Of a query, and of a text among its parameters: what values grow from."""
SHORT = 1000
"""Elements of a range within an expression, and of a list that a reduce goes through; UNWIND makes rows."""
NESTED = 100
"""Elements of a list that a loop within a loop goes through, or that holds one."""
GROWTH = 12
"""Doublings that a query may give to a value: one for each variable that is added or put into a list."""
MANY = 10
"""Doublings for which a variable stands that a loop adds at each step: SHORT is 2 to this power."""
REPEATS = 2
"""Quantifiers in a regular expression before its end, and groups in one with alternatives."""
DIGITS = 20
WRITTEN_OUT = 4
"""XORs, and & and ! of labels: the server's planner writes each out as alternatives, which doubles them."""
CONDITIONS = 4
"""Brackets around AND and OR within each other, which the planner multiplies out."""

_QUANTIFIERS = frozenset({"ALL", "ANY", "NONE", "SINGLE"})
_OF_PATHS = frozenset({"NODES", "RELATIONSHIPS"})
_SHORT_LISTS = _OF_PATHS | {"RANGE", "LABELS", "KEYS", "SPLIT"}
_LENGTHS = frozenset({"SIZE", "LENGTH"})
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_NOTHING = Token("symbol", "", 0)


@dataclass(frozen=True)
class Loop:
    """``reduce``, ``all`` and the like, or a list comprehension: places of its tokens."""

    start: int
    """Its opening bracket."""
    end: int
    """Its closing bracket."""
    through: int
    """The first token of the list that it goes through."""
    body: int
    """The first token behind that list."""
    kind: str
    """``reduce``, ``list`` or ``test``."""


def check_bounded(cypher: str, parameters: Mapping[str, Any]) -> None:
    """Raise ``CypherRefused`` unless each expression of a query that may only read is soon computed."""
    Bounds(cypher, parameters).check()


class Bounds:
    """One query under examination."""

    def __init__(self, cypher: str, parameters: Mapping[str, Any]) -> None:
        self._cypher = cypher
        self._parameters = parameters
        self._tokens = tokenize(cypher)
        self._closing: dict[int, int] = {}
        """Where each bracket is closed: the token, or the end for one that is not."""
        self._around: list[int] = []
        """For each token the bracket that it stands in, or -1."""
        self._match_brackets()
        self._loops = {loop.start: loop for loop in self._find_loops()}
        self._loose = self._find_loose()
        """Names of which a property need not be one of a node or relation."""

    def check(self) -> None:
        if len(self._cypher) > CHARACTERS:
            self._refuse(0, f"a query to the server has at most {CHARACTERS:,} characters")
        for name, value in self._parameters.items():
            if isinstance(value, str) and len(value) > CHARACTERS:
                self._refuse(0, f"the parameter {name} has more than {CHARACTERS:,} characters")
        for loop in self._loops.values():
            self._check_loop(loop)
        for index in range(len(self._tokens)):
            if self._is_call(index, {"RANGE"}):
                self._check_range(index)
            if self._is_call(index, {"ROUND"}):
                self._check_round(index)
        written_out = [i for i, token in enumerate(self._tokens) if token.upper in ("XOR", "&", "!")]
        if len(written_out) > WRITTEN_OUT:
            self._refuse(
                written_out[WRITTEN_OUT], f"a query has at most {WRITTEN_OUT} XORs, and & and ! of labels"
            )
        self._check_conditions()
        self._check_patterns(self._growth())

    # --- loops ---

    def _find_loops(self) -> Iterator[Loop]:
        for start, end in self._closing.items():
            bracket, before = self._at(start).text, self._at(start - 1).upper
            kind, head = "", start + 1
            if bracket == "(" and before == "REDUCE":
                kind, head = "reduce", self._next(start + 1, end, {","}) + 1
            elif bracket == "(" and before in _QUANTIFIERS:
                kind = "test"
            elif bracket == "[":
                kind = "list"
            if kind and self._at(head + 1).upper == "IN" and self._at(head).kind in ("word", "quoted"):
                body = self._next(head + 2, end, {"WHERE", "|"})
                yield Loop(start, end, head + 2, body, kind)

    def _check_loop(self, loop: Loop) -> None:
        around = [other for other in self._loops.values() if other.body <= loop.start < other.end]
        if loop.kind == "reduce":
            self._check_reduce(loop)
        if not around:
            return
        outer = around[0]
        short = all(self._is_short(either, NESTED) for either in (outer, loop))
        if len(around) > 1 or outer.kind == "reduce" or not short:
            self._refuse(
                loop.start,
                f"a loop within a loop goes through lists of up to {NESTED}, as its holder does; it stands "
                "in no reduce and holds no third; UNWIND the list instead",
            )

    def _check_reduce(self, loop: Loop) -> None:
        if not self._is_short(loop, SHORT):
            self._refuse(
                loop.start - 1,
                "reduce goes through a list in brackets, a property, or what range, nodes, relationships, "
                "labels, keys or split give; for more, UNWIND the list and aggregate",
            )
        name = _bare(self._at(loop.start + 1))
        body = range(loop.body, loop.end)
        used = sum(_bare(self._at(place)) == name and self._at(place - 1).text != "." for place in body)
        if used > 1 and any(self._adds(place) for place in body):
            self._refuse(loop.start - 1, f"a reduce that adds to {name} uses it once")
        if any(self._is_call(place, {"REPLACE"}) for place in body):
            self._refuse(loop.start - 1, "a reduce does not replace")
        for place in body:
            if _bare(self._at(place)) == name and self._stands_in(place, "[{", loop.body):
                self._refuse(
                    place, f"{name} goes into no list or map within itself; add to it: {name} + [...]"
                )

    def _is_short(self, loop: Loop, most: int) -> bool:
        """Whether the list has at most that many elements, or few by its form."""
        first, end = loop.through, loop.body
        operand = self._tokens[first:end]
        if first in self._loops:
            return self._closing[first] == end - 1 and self._is_short(self._loops[first], most)
        if self._at(first).text == "[":
            return (
                self._closing[first] == end - 1
                and len(operand) <= 2 * most
                and not any(token.text == "|" for token in operand)
            )
        if self._is_call(first, _SHORT_LISTS):
            return self._closing[first + 1] == end - 1 and self._is_short_call(first, most)
        if len(operand) == 1 and operand[0].kind == "parameter":
            value = self._parameter(operand[0])
            return not isinstance(value, (list, tuple)) or len(value) <= most
        return len(operand) == 3 and self._is_property(first)

    def _is_short_call(self, index: int, most: int) -> bool:
        name = self._at(index).upper
        if name == "SPLIT":
            return self._at(index + 2).kind == "string" or self._is_property(index + 2)
        inside = [self._at(place) for place in range(index + 2, self._closing[index + 1])]
        return name != "RANGE" or all(
            token.text.isdigit() and int(token.text) <= most
            for token in inside
            if token.text not in (",", "-")
        )

    def _check_conditions(self) -> None:
        joined = {self._around[i] for i, token in enumerate(self._tokens) if token.upper in ("AND", "OR")}
        for bracket in joined - {-1}:
            depth, around = 1, self._around[bracket]
            while around >= 0:
                depth += around in joined
                around = self._around[around]
            if depth > CONDITIONS:
                self._refuse(bracket, f"brackets around AND and OR nest at most {CONDITIONS} deep")

    # --- what makes much of little ---

    def _check_range(self, index: int) -> None:
        end = self._closing[index + 1]
        if self._at(index - 1).upper == "UNWIND" and self._at(end + 1).upper == "AS":
            return
        if not all(self._is_small(place) for place in range(index + 2, end)):
            self._refuse(
                index,
                f"a range within an expression goes by whole numbers up to {SHORT:,} or by the size() or "
                "length() of a variable; write UNWIND range(...) AS x for a longer one",
            )

    def _is_small(self, index: int) -> bool:
        """Whether a token may stand in the arguments of a range within an expression."""
        token = self._at(index)
        if token.kind == "number":
            return token.text.isdigit() and int(token.text) <= SHORT
        if token.kind == "word":
            return self._is_call(index, _LENGTHS) or self._is_call(index - 2, _LENGTHS)
        return token.text in (",", "-", "(", ")")

    def _check_round(self, index: int) -> None:
        """The server computes as many digits as it is told to, be they a thousand million."""
        end = self._closing[index + 1]
        comma = self._next(index + 2, end, {","})
        digits = self._at(comma + 1)
        if comma < end and not (digits.text.isdigit() and int(digits.text) <= DIGITS):
            self._refuse(index, f"round() takes a number of digits up to {DIGITS}")
        if comma < end and self._at(comma + 2).text not in (",", ")"):
            self._refuse(index, f"round() takes a number of digits up to {DIGITS}")

    def _growth(self) -> int:
        """Doublings that a value may have gone through at the end.

        Literals and properties are not counted: what they add stands in the query or in the graph.
        """
        places = range(len(self._tokens))
        growth = MANY if any(token.upper == "COLLECT" for token in self._tokens) else 0
        for index in places:
            growth += self._growth_at(index)
            if growth > GROWTH:
                self._refuse(index, "too many variables are added up or put into lists for one query")
        return growth

    def _growth_at(self, index: int) -> int:
        if self._is_call(index, {"REPLACE"}):
            return self._growth_of_replacing(index)
        loop = self._loops.get(index)
        if loop is not None and loop.kind == "list":
            own = _bare(self._at(loop.through - 2))
            behind = range(self._next(loop.body, loop.end, {"|"}), loop.end)
            return MANY if any(self._is_loose(place, own) for place in behind) else 0
        if not self._adds(index) or self._is_constant(index + 1):
            return 0
        return MANY if any(r.body < index < r.end for r in self._loops.values() if r.kind == "reduce") else 1

    def _growth_of_replacing(self, index: int) -> int:
        end = self._closing[index + 1]
        if self._at(end - 1).kind != "string" or self._at(end - 2).text != ",":
            self._refuse(index, "replace() puts in a text in quotes")
        return (len(self._at(end - 1).text) - 2).bit_length()

    def _adds(self, index: int) -> bool:
        """Whether the value behind this sign is added to one, or put into a list or map."""
        token, before = self._at(index), self._at(index - 1)
        if token.kind != "symbol":
            return False
        if token.text == "|":
            return before.text == "|"
        if token.text == "[":
            is_access = before.kind in ("word", "quoted") and before.upper not in EXPECT_OPERAND
            return not is_access and before.text not in (")", "]", "-") and index not in self._loops
        if token.text == "{":
            return self._at(index + 2).text == ":"
        return token.text == "+" or (token.text == "," and self._at(self._around[index]).text in ("[", "{"))

    def _is_constant(self, index: int) -> bool:
        """Whether a literal, a parameter or a property begins here; in a map, behind the key.

        What stands in a list in brackets is counted by itself.
        """
        if self._at(index + 1).text == ":" and is_name(self._tokens, index):
            index += 2
        token = self._at(index)
        if token.text == "-":
            return self._is_constant(index + 1)
        if token.text == "[":
            end = self._closing[index]
            return index not in self._loops and all(
                self._at(place).text != "|" for place in range(index, end)
            )
        return (
            token.kind in ("number", "string", "parameter") or token.text == "." or self._is_property(index)
        )

    def _is_property(self, index: int) -> bool:
        """Whether a property of a node or relation begins here."""
        token, then = self._at(index), self._at(index + 2)
        return (
            token.kind in ("word", "quoted")
            and _bare(token) not in self._loose
            and self._at(index + 1).text == "."
            and then.kind in ("word", "quoted")
            and self._at(index + 3).text not in ("(", ".", "[")
        )

    def _is_loose(self, index: int, own: str) -> bool:
        """Whether a variable of this query's making stands here that is not ``own``."""
        token = self._at(index)
        return token.kind in ("word", "quoted") and _bare(token) in self._loose - {own}

    def _find_loose(self) -> frozenset[str]:
        made = {_bare(self._at(index + 1)) for index, token in enumerate(self._tokens) if token.upper == "AS"}
        for loop in self._loops.values():
            if loop.kind == "reduce":
                made.add(_bare(self._at(loop.start + 1)))
            if not self._is_call(loop.through, _OF_PATHS):
                made.add(_bare(self._at(loop.through - 2)))
        return frozenset(made)

    # --- regular expressions ---

    def _check_patterns(self, growth: int) -> None:
        for index, token in enumerate(self._tokens):
            if token.text == "~":
                self._check_pattern(index, growth)

    def _check_pattern(self, index: int, growth: int) -> None:
        operand = self._at(index + 1)
        if operand.kind not in ("string", "parameter") or self._at(index + 2).text in ("+", "|", "[", "."):
            self._refuse(index, "the pattern of =~ is a text in quotes or a parameter")
        if operand.kind == "string":
            slow = "\\u" in operand.text.lower() or is_slow(operand.text)
        else:
            slow = is_slow(str(self._parameter(operand)))
        if slow:
            self._refuse(
                index,
                f"a pattern repeats at most {REPEATS} things, none of them a group, has at most {REPEATS} "
                "groups beside alternatives, and refers to none of them",
            )
        if growth:
            self._refuse(index, "a query with =~ adds up no variables, and does not collect or replace")

    # --- tokens ---

    def _match_brackets(self) -> None:
        opened = [-1]
        for index, token in enumerate(self._tokens):
            if token.upper in _PAIRS.values() and len(opened) > 1:
                self._closing[opened.pop()] = index
            self._around.append(opened[-1])
            if token.upper in _PAIRS:
                opened.append(index)
                self._closing[index] = len(self._tokens)

    def _at(self, index: int) -> Token:
        return self._tokens[index] if 0 <= index < len(self._tokens) else _NOTHING

    def _stands_in(self, index: int, brackets: str, first: int) -> bool:
        """Whether a token stands in one of these brackets, of those that open at ``first`` or behind."""
        around = self._around[index]
        while around >= first:
            if self._at(around).text in brackets:
                return True
            around = self._around[around]
        return False

    def _next(self, index: int, end: int, wanted: set[str]) -> int:
        """The first of the wanted tokens that stands in no bracket from here, or ``end``."""
        while index < end and self._at(index).upper not in wanted:
            index = self._closing.get(index, index) + 1
        return min(index, end)

    def _is_call(self, index: int, names: frozenset[str] | set[str]) -> bool:
        called = self._at(index).upper in names and self._at(index + 1).text == "("
        return called and self._at(index - 1).text != "."

    def _parameter(self, token: Token) -> Any:
        return self._parameters.get(_bare(token).lstrip("$").strip("`"), "")

    def _refuse(self, index: int, why: str) -> NoReturn:
        refuse(self._cypher, self._at(index), why)


def _bare(token: Token) -> str:
    """A name without its backticks."""
    return token.text.strip("`")


_REPEAT = re.compile(r"[*+{]|(?<!\()\?")
_GROUP = re.compile(r"\((?!\?[a-zA-Z]*\))")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REFERENCE = re.compile(r"\\[1-9k]")


def is_slow(pattern: str) -> bool:
    """Whether a regular expression might backtrack for long; ``.*`` at its end never does."""
    pattern = pattern.strip("'\"").removesuffix(".*")
    if _REPEATED_GROUP.search(pattern) or _REFERENCE.search(pattern):
        return True
    many_groups = "|" in pattern and len(_GROUP.findall(pattern)) > REPEATS
    return many_groups or len(_REPEAT.findall(pattern)) > REPEATS
