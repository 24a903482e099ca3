"""Which wording means which Wikidata property: a hand-written table.

A row holds wordings (keys of :class:`midspan.models.facts.extraction.Triple`), the property, the kinds
that subject and object must be of, and whether the property runs from the object to the subject
("X wrote Y": the author of Y is X). The first row that fits decides.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY = frozenset[str]()
PERSON = frozenset({"person"})
PLACE = frozenset({"place"})
GROUP = frozenset({"organisation"})
WORK = frozenset({"work"})
DATE = frozenset({"date"})
JOB = frozenset({"occupation"})
MADE = frozenset({"organisation", "work", "other"})
AGENT = PERSON | GROUP

_DIVISIONS = ("city", "town", "village", "county", "state", "region", "province", "district", "suburb")


@dataclass(frozen=True)
class Pattern:
    """Kinds are those of the knowledge graph, or ``date`` and ``number``; an empty set allows any."""

    wordings: tuple[str, ...]
    property: str
    subject: frozenset[str] = ANY
    object: frozenset[str] = ANY
    inverse: bool = False


def _rows(
    wordings: str, prop: str, subject: frozenset[str], obj: frozenset[str], *, inverse: bool = False
) -> Pattern:
    return Pattern(tuple(wording.strip() for wording in wordings.split("|")), prop, subject, obj, inverse)


PATTERNS = (
    # lives
    _rows("bear in|bear at|bear near|be native of", "P19", PERSON, PLACE),
    _rows("bear on|bear in|be bear on|be bear in", "P569", PERSON, DATE),
    _rows("die in|die at|die near|pass away in|kill in|murder in", "P20", PERSON, PLACE),
    _rows("die on|die in|pass away in|pass away on|kill on|kill in|murder on", "P570", PERSON, DATE),
    _rows("bury in|bury at", "P119", PERSON, PLACE),
    _rows("live in|reside in|settle in|move to|grow up in|emigrate to", "P551", PERSON, PLACE),
    _rows("marry|marry to|be married to|wed|be wife of|be husband of|be spouse of", "P26", PERSON, PERSON),
    _rows("be father of|be mother of", "P40", PERSON, PERSON),
    _rows("be son of|be daughter of|be child of", "P40", PERSON, PERSON, inverse=True),
    _rows("be brother of|be sister of|be sibling of", "P3373", PERSON, PERSON),
    _rows("be citizen of", "P27", PERSON, PLACE),
    # work and learning
    _rows(
        "study at|graduate from|attend|educate at|enroll at|enrol at|be alumnus of|be graduate of|train at",
        "P69",
        PERSON,
        GROUP,
    ),
    _rows("study under|be student of|be pupil of", "P1066", PERSON, PERSON),
    _rows("teach", "P802", PERSON, PERSON),
    _rows("influence by", "P737", PERSON, PERSON),
    _rows(
        "work for|work at|teach at|lecture at|join|be employee of|be professor at|employ by",
        "P108",
        PERSON,
        GROUP,
    ),
    _rows("be member of|belong to|be part of|be founding member of", "P463", AGENT, GROUP),
    _rows("play for|sign for|sign with", "P54", PERSON, GROUP),
    _rows(
        "be ceo of|be chief executive of|be chief executive officer of", "P169", PERSON, GROUP, inverse=True
    ),
    _rows("be president of|be king of|be queen of|be monarch of", "P35", PERSON, PLACE, inverse=True),
    _rows(
        "be prime minister of|be minister of|be chancellor of|be mayor of", "P6", PERSON, PLACE, inverse=True
    ),
    _rows("be chairman of|be chairwoman of|be chair of", "P488", PERSON, GROUP, inverse=True),
    _rows("win|receive|be recipient of|be winner of|earn|award", "P166", AGENT | WORK, frozenset({"other"})),
    _rows("be|become|work as|serve as", "P106", PERSON, JOB),
    _rows("play|sing", "P1303", PERSON, frozenset({"other"})),
    # organisations
    _rows(
        "found|co found|cofound|establish|start|set up|be founder of|be co-founder of|be cofounder of",
        "P112",
        AGENT,
        GROUP,
        inverse=True,
    ),
    _rows("found by|co found by|establish by|set up by|start by", "P112", GROUP, AGENT),
    _rows("found in|establish in|form in|start in|create in|found on|establish on", "P571", GROUP, DATE),
    _rows("found in|establish in|form in|start in", "P740", GROUP, PLACE),
    _rows(
        "headquarter in|base in|headquarter at|be headquarter in|have headquarter in", "P159", GROUP, PLACE
    ),
    _rows("own by|acquire by|buy by|purchase by|be owned by", "P127", ANY, AGENT),
    _rows("own|acquire|buy|purchase|be owner of", "P127", AGENT, MADE, inverse=True),
    _rows("be subsidiary of|be division of|be unit of", "P749", GROUP, GROUP),
    _rows("sign to|record for", "P264", AGENT, GROUP),
    # works and things
    _rows("write|author|pen|be author of", "P50", PERSON, WORK, inverse=True),
    _rows("write by|author by", "P50", WORK, PERSON),
    _rows("direct|be director of", "P57", PERSON, WORK, inverse=True),
    _rows("direct by", "P57", WORK, PERSON),
    _rows("produce|be producer of", "P162", PERSON, WORK, inverse=True),
    _rows("produce by", "P162", WORK, PERSON),
    _rows("produce by|make by", "P272", WORK, GROUP),
    _rows("compose|be composer of", "P86", PERSON, WORK, inverse=True),
    _rows("compose by|score by", "P86", WORK, PERSON),
    _rows("star in|act in|appear in", "P161", PERSON, WORK, inverse=True),
    _rows("star", "P161", WORK, PERSON),
    _rows("perform by|record by|sing by", "P175", WORK, AGENT),
    _rows("record|perform|release", "P175", AGENT, WORK, inverse=True),
    _rows("publish by", "P123", WORK, GROUP),
    _rows(
        "publish in|release in|publish on|release on|premiere in|premiere on|appear in|appear on|come out in",
        "P577",
        WORK,
        DATE,
    ),
    _rows("create|be creator of", "P170", AGENT, WORK, inverse=True),
    _rows("create by|paint by", "P170", WORK, AGENT),
    _rows(
        "invent|discover|be inventor of|be discoverer of", "P61", PERSON, frozenset({"other"}), inverse=True
    ),
    _rows("invent by|discover by", "P61", frozenset({"other"}), PERSON),
    _rows("develop by", "P178", MADE, AGENT),
    _rows("develop", "P178", AGENT, MADE, inverse=True),
    _rows("manufacture by|make by|build by", "P176", frozenset({"other"}), GROUP),
    _rows("make|manufacture|build|produce", "P1056", GROUP, frozenset({"other"})),
    _rows("design by", "P84", PLACE, PERSON),
    _rows("name after|name for|name in honour of|name in honor of", "P138", ANY, ANY),
    # places
    _rows("be capital of|be capital city of", "P1376", PLACE, PLACE),
    _rows("border|share border with|be border by|border on", "P47", PLACE, PLACE),
    _rows("locate in|be in|lie in|situate in|be located in|be situated in", "P131", PLACE | GROUP, PLACE),
    _rows(
        "|".join(f"be {place} {of}" for place in _DIVISIONS for of in ("in", "of")),
        "P131",
        PLACE,
        PLACE,
    ),
    _rows("flow into|empty into|drain into", "P403", PLACE, PLACE),
    _rows("cross", "P177", PLACE, PLACE),
    _rows("be official language of", "P37", ANY, PLACE, inverse=True),
    _rows("be currency of", "P38", ANY, PLACE, inverse=True),
    # anything
    _rows("be part of|belong to", "P361", ANY, ANY),
    _rows("consist of|include|comprise|contain", "P527", PLACE | GROUP | WORK, ANY),
)

BY_WORDING: dict[str, tuple[Pattern, ...]] = {
    wording: tuple(pattern for pattern in PATTERNS if wording in pattern.wordings)
    for wording in {wording for pattern in PATTERNS for wording in pattern.wordings}
}


def matching(wording: str, subject: str, object_: str) -> Pattern | None:
    """The first row for this wording that allows these kinds.

    An empty kind is unknown, and allowed but for dates and occupations; not on both sides at once.
    """
    for pattern in BY_WORDING.get(wording, ()):
        if (subject or object_) and _allows(pattern.subject, subject) and _allows(pattern.object, object_):
            return pattern
    return None


def _allows(kinds: frozenset[str], kind: str) -> bool:
    return not kinds or kind in kinds or (not kind and kinds not in (DATE, JOB))
