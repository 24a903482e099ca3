"""Typed-in Cypher: only plain reads pass.

A read-only transaction is not enough (both engines read local files by ``LOAD CSV`` in one), so the text
itself is checked: cut into tokens, then held against lists of what may occur. What is not on a list is
refused. The engines' own read-only modes, time-outs and row limits stand behind this.

The cutting takes the cautious side wherever engines read a text differently. Neo4j replaces ``\\u0027``
by a quote before it looks for strings, and a line comment ends at ``\\r`` in one engine and not in the
other: such texts are refused, not interpreted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from midspan.errors import CypherRefused, WrongUse


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_CHARACTERS = 20_000
MAX_TOKENS = 4_000
MAX_DEPTH = 100
MAX_SECONDS = 3600
MAX_UNIONS = 50
"""The embedded engine's parser recurses; some hundred unions overflow its stack and end the process."""

FIRST_WORDS = _words("MATCH OPTIONAL WITH RETURN UNWIND CALL")

EXPECT_OPERAND = _words(
    "MATCH OPTIONAL WHERE WITH RETURN BY SKIP OFFSET LIMIT UNWIND UNION CALL YIELD ORDER DISTINCT ALL "
    "AND OR XOR NOT IN IS STARTS ENDS CONTAINS AS CASE WHEN THEN ELSE EXISTS COUNT COLLECT"
)
_AFTER_OPERAND = (EXPECT_OPERAND - {"BY", "CASE", "EXISTS", "COUNT", "COLLECT", "DISTINCT", "ALL"}) | _words(
    "ASC ASCENDING DESC DESCENDING END NULL SHORTEST"
)
"""Words that may follow a finished expression or pattern: clauses that read, and operators."""

_NEVER = _words(
    "CREATE MERGE INSERT SET DELETE DETACH NODETACH REMOVE DROP FOREACH LOAD CSV USE EXPLAIN PROFILE SHOW "
    "TERMINATE ALTER GRANT DENY REVOKE RENAME TRANSACTIONS CYPHER COMMIT PERIODIC"
)
"""Refused wherever they stand as bare words, also where a variable could be called so."""

PROCEDURES = frozenset(
    {
        "db.labels",
        "db.relationshipTypes",
        "db.propertyKeys",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
    }
)

FUNCTIONS = _words(
    # predicates, scalars
    "all any none single exists isempty coalesce nullif elementid id endnode startnode head last length "
    "properties size char_length character_length timestamp toboolean tobooleanornull tofloat tofloatornull "
    "tointeger tointegerornull tostring tostringornull type valuetype "
    # aggregates
    "avg collect count max min percentilecont percentiledisc stdev stdevp sum "
    # lists, patterns
    "keys labels nodes range reduce relationships reverse tail tobooleanlist tofloatlist tointegerlist "
    "tostringlist shortestpath allshortestpaths "
    # numbers
    "abs ceil floor isnan rand round sign e exp log log10 sqrt acos asin atan atan2 cos cot degrees "
    "haversin pi radians sin tan "
    # strings
    "btrim left lower ltrim normalize replace right rtrim split substring tolower toupper trim upper "
    # time, space
    "date datetime localdatetime localtime time duration point date.truncate datetime.truncate "
    "localdatetime.truncate localtime.truncate time.truncate duration.between duration.inmonths "
    "duration.indays duration.inseconds datetime.fromepoch datetime.fromepochmillis point.distance "
    "point.withinbbox vector.similarity.cosine vector.similarity.euclidean"
)
"""Lower case. None of them writes, reads files or reads the environment."""

_WORDS_BEFORE_PARENTHESIS = EXPECT_OPERAND | {"SHORTEST"}

Kind = Literal["word", "quoted", "string", "number", "parameter", "symbol"]


@dataclass(frozen=True)
class Token:
    kind: Kind
    text: str
    position: int
    """Index of its first character in the query."""

    @property
    def upper(self) -> str:
        """The word in upper case, or the symbol; empty for everything else."""
        return self.text.upper() if self.kind in ("word", "symbol") else ""


def check_read_only(cypher: str) -> None:
    """Raise ``CypherRefused``, naming the word and its place, unless the query is a plain read.

    Says nothing of whether the query is well-formed otherwise; the engine does.
    """
    if len(cypher) > MAX_CHARACTERS:
        raise CypherRefused(f"the query has {len(cypher):,} characters; at most {MAX_CHARACTERS:,} may come")
    tokens = tokenize(cypher)
    if tokens and tokens[-1].text == ";":
        tokens = tokens[:-1]
    if not tokens:
        raise CypherRefused("the query is empty; begin with MATCH, for example MATCH (n) RETURN n LIMIT 10")
    _check_size(cypher, tokens)
    for index, token in enumerate(tokens):
        if token.text == ";" and token.kind == "symbol":
            refuse(cypher, token, "one query at a time")
        if token.text == "(" and token.kind == "symbol":
            _check_call(cypher, tokens, index)
        if token.kind == "word" and not is_name(tokens, index):
            _check_word(cypher, tokens, index)


def check_limits(limit: int, seconds: float) -> None:
    """Raise ``WrongUse`` unless a query's limits are of sense."""
    if limit < 1 or not 0 < seconds <= MAX_SECONDS:
        raise WrongUse(
            f"a query returns 1 row or more and takes up to {MAX_SECONDS:,} s, not {limit} and {seconds}"
        )


def _check_size(cypher: str, tokens: Sequence[Token]) -> None:
    if len(tokens) > MAX_TOKENS:
        refuse(cypher, tokens[MAX_TOKENS], f"a query has at most {MAX_TOKENS:,} words and signs")
    depth, unions = 0, 0
    for token in tokens:
        depth += (token.upper in ("(", "[", "{")) - (token.upper in (")", "]", "}"))
        unions += token.upper == "UNION"
        if depth > MAX_DEPTH:
            refuse(cypher, token, f"brackets nest at most {MAX_DEPTH} deep")
        if unions > MAX_UNIONS:
            refuse(cypher, token, f"at most {MAX_UNIONS} UNIONs may come")


def _check_word(cypher: str, tokens: Sequence[Token], index: int) -> None:
    """Check a bare word that is no property, label, map key or parameter."""
    token, word = tokens[index], tokens[index].upper
    before = tokens[index - 1] if index else None
    if word in _NEVER:
        refuse(cypher, token, "only clauses that read may come; a name like this goes into backticks")
    if word == "CALL":
        _check_procedure(cypher, tokens, index)
    if before is None or before.upper == "UNION" or _starts_union_part(tokens, index):
        if word not in FIRST_WORDS and not (before is not None and word in ("ALL", "DISTINCT")):
            refuse(cypher, token, f"a query begins with one of {', '.join(sorted(FIRST_WORDS))}")
    elif before.upper == "OPTIONAL":
        if word not in ("MATCH", "CALL"):
            refuse(cypher, token, "OPTIONAL goes with MATCH or CALL")
    elif _ends_operand(tokens, index - 1) and word not in _AFTER_OPERAND:
        refuse(cypher, token, f"no reading clause or operator; known: {', '.join(sorted(_AFTER_OPERAND))}")


def _starts_union_part(tokens: Sequence[Token], index: int) -> bool:
    return (
        index >= 2 and tokens[index - 2].upper == "UNION" and tokens[index - 1].upper in ("ALL", "DISTINCT")
    )


def _check_procedure(cypher: str, tokens: Sequence[Token], index: int) -> None:
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is not None and following.upper in ("{", "("):
        return
    name = ""
    for part in tokens[index + 1 :]:
        if part.kind not in ("word", "quoted") and part.text != ".":
            break
        if part.kind == "word" and name and not name.endswith("."):
            break
        name += part.text if part.kind != "quoted" else "`"
    if name not in PROCEDURES:
        refuse(
            cypher,
            following or tokens[index],
            f"only these procedures may be called: {', '.join(sorted(PROCEDURES))}",
        )


def _check_call(cypher: str, tokens: Sequence[Token], index: int) -> None:
    """Check what stands before an opening parenthesis: nothing to call, a keyword, or a known function."""
    first = index - 1
    if first < 0 or tokens[first].kind not in ("word", "quoted"):
        return
    if tokens[first].upper in _WORDS_BEFORE_PARENTHESIS and not is_name(tokens, first):
        return
    while first >= 2 and tokens[first - 1].text == "." and tokens[first - 2].kind in ("word", "quoted"):
        first -= 2
    name = "".join("`" if part.kind == "quoted" else part.text for part in tokens[first:index])
    if name in PROCEDURES and first >= 1 and tokens[first - 1].upper == "CALL":
        return
    if name.lower() not in FUNCTIONS:
        refuse(cypher, tokens[first], "not among the functions that may be called")


def is_name(tokens: Sequence[Token], index: int) -> bool:
    """Whether a word can only be a property, label, type or map key: no clause may begin there."""
    before = tokens[index - 1] if index else None
    if before is not None and before.kind == "symbol":
        if before.text in (":", "|", "&"):
            return True
        if before.text == ".":
            return index < 2 or tokens[index - 2].kind != "number"
        if before.text in ("{", ","):
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            return following is not None and following.kind == "symbol" and following.text == ":"
    return False


def _ends_operand(tokens: Sequence[Token], index: int) -> bool:
    """Whether an expression or pattern may be complete with this token."""
    token = tokens[index]
    if token.kind == "symbol":
        return token.text in (")", "]", "}")
    if token.kind == "word" and not is_name(tokens, index):
        return token.upper not in EXPECT_OPERAND
    return True


def refuse(cypher: str, token: Token, why: str) -> NoReturn:
    raise CypherRefused(f"refused {token.text[:40]!r} at {_place(cypher, token.position)}: {why}")


def _place(cypher: str, position: int) -> str:
    line = cypher.count("\n", 0, position) + 1
    column = position - (cypher.rfind("\n", 0, position) + 1) + 1
    return f"line {line}, column {column}"


# --- cutting the text into tokens ---

_NUMBER = re.compile(
    r"0[xX][0-9a-fA-F]+|0o[0-7]+|(?:[0-9]+\.)?[0-9]+(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?"
)
_UNICODE_ESCAPE = re.compile(r"\\(?:u+([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_SIGNS = frozenset("()[]{}.,:;|&!%+-*/^=<>~?")
_STRING_ENDS = frozenset("'\"\\\n\r")


def tokenize(cypher: str) -> list[Token]:
    """Words, backticked names, strings, numbers, parameters and signs; comments and spaces are dropped.

    Raises ``CypherRefused`` for what is not closed, and for what engines may read in different ways.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(cypher):
        character = cypher[position]
        if character in " \t\n\r":
            position += 1
        elif cypher.startswith("//", position) or cypher.startswith("/*", position):
            position = _skip_comment(cypher, position)
        else:
            token, position = _next_token(cypher, position)
            tokens.append(token)
    return tokens


def _next_token(cypher: str, start: int) -> tuple[Token, int]:
    character = cypher[start]
    if character in "'\"":
        end = _string_end(cypher, start)
        return Token("string", cypher[start:end], start), end
    if character == "`":
        end = _backtick_end(cypher, start)
        return Token("quoted", cypher[start:end], start), end
    if character == "$":
        return _parameter(cypher, start)
    number = _NUMBER.match(cypher, start)
    if number:
        return Token("number", number[0], start), number.end()
    if _begins_word(character):
        end = _word_end(cypher, start)
        return Token("word", cypher[start:end], start), end
    if cypher.startswith("..", start):
        return Token("symbol", "..", start), start + 2
    if character in _SIGNS:
        return Token("symbol", character, start), start + 1
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    raise CypherRefused(
        f"refused the character {character!r} ({name}) at {_place(cypher, start)}: outside strings and "
        "backticks only letters, digits, plain spaces and Cypher's signs may come"
    )


def _parameter(cypher: str, start: int) -> tuple[Token, int]:
    end = start + 1
    end = _backtick_end(cypher, end) if cypher.startswith("`", end) else _word_end(cypher, end)
    if end == start + 1:
        raise CypherRefused(f"refused '$' at {_place(cypher, start)}: a parameter's name follows it at once")
    return Token("parameter", cypher[start:end], start), end


def _begins_word(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] == "L"


def _word_end(cypher: str, start: int) -> int:
    end = start
    while end < len(cypher) and (cypher[end] == "_" or unicodedata.category(cypher[end])[0] in "LN"):
        end += 1
    return end


def _string_end(cypher: str, start: int) -> int:
    position = start + 1
    while position < len(cypher):
        character = cypher[position]
        if character == cypher[start]:
            return position + 1
        if character == "\\":
            _check_escape(cypher, position, escaped=False)
            position += 1
            if cypher.startswith("\\", position):
                _check_escape(cypher, position, escaped=True)
        position += 1
    raise CypherRefused(f"the string that begins at {_place(cypher, start)} is not closed")


def _check_escape(cypher: str, position: int, *, escaped: bool) -> None:
    r"""Refuse ``\uXXXX`` of a character that would end the string if it were replaced before parsing.

    ``escaped``: another backslash stands before this one, so that it should mean itself.
    """
    escape = _UNICODE_ESCAPE.match(cypher, position)
    if escape is None:
        if not escaped and cypher.startswith("\\u", position):
            raise CypherRefused(
                f"refused the backslash at {_place(cypher, position)}: four hex digits follow \\u; "
                r"a backslash itself is written \\"
            )
        return
    code = int(escape[1] or escape[2], 16)
    if code < 0x110000 and chr(code) in _STRING_ENDS:
        raise CypherRefused(
            f"refused {escape[0]} at {_place(cypher, position)}: engines may replace it before they look for "
            "the end of the string; pass the text as a parameter"
        )


def _backtick_end(cypher: str, start: int) -> int:
    end = cypher.find("`", start + 1)
    while end >= 0 and cypher.startswith("``", end):
        end = cypher.find("`", end + 2)
    if end < 0:
        raise CypherRefused(f"the backtick at {_place(cypher, start)} is not closed")
    _refuse_backslash(cypher, start, end)
    return end + 1


def _skip_comment(cypher: str, start: int) -> int:
    if cypher.startswith("/*", start):
        end = cypher.find("*/", start + 2)
        if end < 0:
            raise CypherRefused(f"the comment that begins at {_place(cypher, start)} is not closed")
        _refuse_backslash(cypher, start, end)
        return end + 2
    end = cypher.find("\n", start)
    end = len(cypher) if end < 0 else end
    _refuse_backslash(cypher, start, end)
    line = cypher[start:end]
    for separator in "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":
        inside = line[:-1] if separator == "\r" else line
        if separator in inside:
            raise CypherRefused(
                f"refused the comment at {_place(cypher, start)}: it holds a line separator other than a "
                "line break, and engines do not agree where it ends"
            )
    return end


def _refuse_backslash(cypher: str, start: int, end: int) -> None:
    found = cypher.find("\\u", start, end)
    if found >= 0:
        raise CypherRefused(
            f"refused \\u at {_place(cypher, found)}: engines replace such escapes in comments and names "
            "before they read the query"
        )
