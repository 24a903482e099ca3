"""Which wording means which property: the rows that are written by hand.

A row holds wordings (keys of :class:`midspan.models.facts.extraction.Triple`), the property, the kinds
that subject and object must be of, and whether the property runs from the object to the subject
("X wrote Y": the author of Y is X). :mod:`midspan.models.facts.wordings` looks them up: the first row that
fits decides.

``JOB`` in a wording stands for any occupation that the graph knows ("be JOB at"); ``party`` behind it says
that the object is a political party by its name, ``school`` that it is one.
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
THING = frozenset({"other"})
MADE = frozenset({"organisation", "work", "other"})
AGENT = PERSON | GROUP

_DIVISIONS = ("city", "town", "village", "county", "state", "region", "province", "district", "suburb")


@dataclass(frozen=True)
class Pattern:
    """Kinds are those of the knowledge graph, or ``date`` and ``number``; an empty set allows any."""

    wordings: tuple[str, ...]
    property: str
    """CURIE, as ``wd:P19``."""
    subject: frozenset[str] = ANY
    object: frozenset[str] = ANY
    inverse: bool = False
    strict: bool = False
    """Both kinds must be known: the wording says other things of other things."""


def _rows(
    wordings: str,
    prop: str,
    subject: frozenset[str],
    obj: frozenset[str],
    *,
    inverse: bool = False,
    strict: bool = False,
) -> Pattern:
    return Pattern(tuple(wordings.split("|")), f"wd:{prop}", subject, obj, inverse, strict)


def _roles(
    nouns: str,
    prop: str,
    holder: frozenset[str],
    of: frozenset[str],
    *,
    to: str = "of|at|for",
    back: bool = True,
    strict: bool = False,
) -> Pattern:
    """ "X is the N of Y": the property runs from Y to X, unless not ``back``."""
    wordings = [f"be {noun} {prep}" for noun in nouns.split("|") for prep in to.split("|")]
    return _rows("|".join(wordings), prop, holder, of, inverse=back, strict=strict)


_STUDYING = (
    "attend|enter|go to|study in|study in +|educate in|receive from +|receive at +|receive from"
    "|earn from +|earn at +|obtain from +|obtain at +|hold from +|hold from|have from +|have from"
    "|complete at +|complete from +|do at +|take at +|get from +|get at +|pursue at +|gain from +"
    "|gain at +|degree from|degree at|school at|finish at|finish|phd from|doctorate from"
)
"""Said of other things as well."""

PATTERNS = (
    # lives
    _rows("bear in|bear at|bear near|be native of|be originally from|birth in", "P19", PERSON, PLACE),
    _rows("bear on|bear in|bear|be bear on|be bear in|birth in|birth on", "P569", PERSON, DATE),
    _rows("die in|die at|die near|pass away in|kill in|murder in|death in|death at", "P20", PERSON, PLACE),
    _rows(
        "die on|die in|die|pass away in|pass away on|pass away|kill on|kill in|murder on|murder in"
        "|death in|death on|execute in|execute on|assassinate in|assassinate on",
        "P570",
        PERSON,
        DATE,
    ),
    _rows("bury in|bury at|inter in|inter at", "P119", PERSON, PLACE),
    _rows("reside in|reside at|grow up in|grow up near|raise in|emigrate to", "P551", PERSON, PLACE),
    _rows(
        "live in|live at|live near|settle in|move to|move in|relocate to|immigrate to|be resident of"
        "|be inhabitant of|stay in",
        "P551",
        PERSON,
        PLACE,
        strict=True,
    ),
    _rows("marry|marry to|be married to|wed|divorce|divorce from", "P26", PERSON, PERSON),
    _roles("wife|husband|spouse|widow|widower|bride|consort", "P26", PERSON, PERSON, to="of|to", back=False),
    _roles("father|mother|parent|dad|mom|mum", "P40", PERSON, PERSON, to="of|to", back=False),
    _roles("son|daughter|child|kid|baby", "P40", PERSON, PERSON, to="of|to"),
    _rows("have son|have daughter|have child", "P40", PERSON, PERSON),
    _roles("brother|sister|sibling|twin", "P3373", PERSON, PERSON, to="of|to", back=False),
    _rows("be citizen of|be national of", "P27", PERSON, PLACE),
    # politics
    _rows(
        "be member of party|be JOB of party|be JOB for party|be JOB with party|be JOB in party"
        "|be candidate of party|be candidate for party|be leader of party|be chairman of party"
        "|be member in party|join party|belong to party|represent party|be supporter of party"
        "|run for party|elect for party|be activist of party|be activist in party"
        "|be activist for party|be nominee of party|be party",
        "P102",
        PERSON,
        ANY,
    ),
    _roles(
        "politician|senator|congressman|congresswoman|representative|mp|governor|mayor|candidate"
        "|nominee|deputy|lawmaker|legislator|councillor|councilman|assemblyman|premier|whip|incumbent"
        "|activist|leader",
        "P102",
        PERSON,
        THING,
        to="of",
        back=False,
        strict=True,
    ),
    # work and learning
    _rows(
        "graduate from|graduate at|educate at|enroll at|enrol at|enroll in|enrol in|matriculate at"
        "|train at|study at|study at +",
        "P69",
        PERSON,
        GROUP,
    ),
    _rows(_STUDYING, "P69", PERSON, GROUP, strict=True),
    _rows(_STUDYING.replace("|", " school|") + " school", "P69", PERSON, GROUP),
    _roles(
        "alumnus|alumna|graduate|student|undergraduate|pupil|postgraduate", "P69", PERSON, GROUP, back=False
    ),
    _rows("study under|be student of|be pupil of|be disciple of", "P1066", PERSON, PERSON),
    _rows("teach", "P802", PERSON, PERSON),
    _rows("influence by|inspire by", "P737", PERSON, PERSON),
    _rows("play for|sign for|sign with|captain", "P54", PERSON, GROUP),
    _roles(
        "ceo|chief executive|chief executive officer|c.e.o.|c.e.o", "P169", PERSON, GROUP, to="of|at|for|with"
    ),
    _rows(
        "be president of|be king of|be queen of|be monarch of|be emperor of|be head of state of"
        "|be empress of|be sultan of|be tsar of|be king in",
        "P35",
        PERSON,
        PLACE,
        inverse=True,
    ),
    _roles(
        "prime minister|premier|chancellor|mayor|governor|head of government|first minister"
        "|chief minister|taoiseach|lord mayor",
        "P6",
        PERSON,
        PLACE,
        to="of",
    ),
    _roles("chairman|chairwoman|chair|chairperson", "P488", PERSON, GROUP),
    _roles("founder|co-founder|cofounder|founding father", "P112", AGENT, GROUP, to="of|at|for"),
    _rows(
        "found|co found|co-found|cofound|establish|set up",
        "P112",
        AGENT,
        GROUP,
        inverse=True,
    ),
    _rows("start|launch|create|form|open", "P112", AGENT, GROUP, inverse=True, strict=True),
    _rows(
        "found by|co found by|co-found by|cofound by|establish by|set up by",
        "P112",
        GROUP,
        AGENT,
    ),
    _rows("start by|create by|launch by|form by|open by|be brainchild of", "P112", GROUP, AGENT, strict=True),
    _roles("owner", "P127", AGENT, MADE, to="of"),
    _rows("be professor of|be professor emeritus of|be student of", "P101", PERSON, THING),
    _rows(
        "work for|work at|work with|work in|teach at|teach at +|lecture at|join|employ by|employ at"
        "|hire by|consult for|research at|recruit by|serve with|serve on|serve at|run|head|lead"
        "|manage|chair|direct",
        "P108",
        PERSON,
        GROUP,
        strict=True,
    ),
    _roles(
        "employee|staff|executive|officer|head|manager|director|president|dean|chancellor|JOB|fellow"
        "|faculty|commissioner|secretary|treasurer|principal|consultant|coach|leader|partner|trustee"
        "|chief|anchor|columnist|analyst|correspondent|technician|representative|veteran"
        "|vice president|assistant|chair|chairman",
        "P108",
        PERSON,
        GROUP,
        back=False,
        to="of|at|for|with",
        strict=True,
    ),
    _roles(
        "professor|lecturer|researcher|instructor|scientist|teacher|fellow",
        "P108",
        PERSON,
        GROUP,
        back=False,
        to="at",
    ),
    _rows("be chief financial officer of|be chief operating officer of", "P108", PERSON, GROUP),
    _roles(
        "member|founding member|part|singer|guitarist|drummer|bassist|vocalist|frontman",
        "P463",
        AGENT,
        GROUP,
        to="of|in|with",
        back=False,
    ),
    _rows("belong to|play in|sing in|perform with", "P463", AGENT, GROUP),
    _rows(
        "win|receive|be recipient of|be winner of|earn|award|award with|honor with",
        "P166",
        AGENT | WORK,
        THING,
    ),
    _rows("be|become|work as|serve as", "P106", PERSON, JOB),
    _rows("play|sing", "P1303", PERSON, THING),
    # organisations
    _rows(
        "found in|found on|establish in|establish on|co found in|co-found in|incorporate in"
        "|founding in|foundation in|establishment in|formation in|inception in",
        "P571",
        GROUP,
        DATE,
    ),
    _rows(
        "form in|form on|start in|create in|launch in|open in|begin in|set up in|start on|open on"
        "|create on|launch on|organize in|charter in",
        "P571",
        GROUP,
        DATE,
    ),
    _rows("found in|establish in|form in|start in", "P740", GROUP, PLACE),
    _rows(
        "headquarter in|base in|headquarter at|be headquarter in|have headquarter in"
        "|be headquarter of|headquarters in|headquarter be in|have office in|base at|base out of"
        "|headquarter locate in",
        "P159",
        GROUP,
        PLACE,
    ),
    _roles(
        "subsidiary|division|unit|arm|branch|brand|affiliate|imprint|subsidiary company"
        "|subsidiary arm|daughter company",
        "P749",
        GROUP,
        GROUP,
        to="of|for|by|within",
        back=False,
    ),
    _rows("have subsidiary", "P355", GROUP, GROUP),
    _roles(
        "parent|parent company|holding company|parent corporation|parent organization|parent organisation",
        "P749",
        GROUP,
        GROUP,
        to="of|for|to",
    ),
    _rows("own by|acquire by|buy by|purchase by|be owned by", "P127", ANY, AGENT),
    _rows("own|acquire|buy|purchase", "P127", AGENT, MADE, inverse=True),
    _rows("sign to|record for", "P264", AGENT, GROUP),
    # works and things
    _rows("write|author|pen|be author of|be writer of", "P50", PERSON, WORK, inverse=True),
    _rows("write by|author by|pen by", "P50", WORK, PERSON),
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
    _rows("know for|remember for|be famous for|be known for|be notable for", "P800", PERSON, WORK),
    _rows("publish by", "P123", WORK, GROUP),
    _rows("publish in|print in", "P291", ANY, PLACE),
    _rows(
        "publish in|release in|publish on|release on|premiere in|premiere on|appear in|appear on|come out in",
        "P577",
        WORK,
        DATE,
    ),
    _rows("create|be creator of", "P170", AGENT, WORK, inverse=True),
    _rows("create by|paint by", "P170", WORK, AGENT),
    _rows("invent|discover|be inventor of|be discoverer of", "P61", PERSON, THING, inverse=True),
    _rows("invent by|discover by", "P61", THING, PERSON),
    _rows("develop by", "P178", MADE, AGENT),
    _rows("develop", "P178", AGENT, MADE, inverse=True),
    _rows("manufacture by|make by|build by", "P176", THING, GROUP),
    _rows("make|manufacture|build|produce", "P1056", GROUP, THING),
    _rows("design by", "P84", PLACE, PERSON),
    _rows("name after|name for|name in honour of|name in honor of", "P138", ANY, ANY),
    # places
    _roles("capital|capital city", "P1376", PLACE, PLACE, to="of", back=False),
    _rows("border|share border with|be border by|border on", "P47", PLACE, PLACE),
    _rows("locate in|be in|lie in|situate in|be located in|be situated in", "P131", PLACE | GROUP, PLACE),
    _roles("|".join(_DIVISIONS), "P131", PLACE, PLACE, to="in|of", back=False),
    _rows("flow into|empty into|drain into", "P403", PLACE, PLACE),
    _rows("cross", "P177", PLACE, PLACE),
    _rows("be official language of", "P37", ANY, PLACE, inverse=True),
    _rows("be currency of", "P38", ANY, PLACE, inverse=True),
    # anything
    _rows("be part of|belong to", "P361", ANY, ANY),
    _rows("consist of|include|comprise|contain", "P527", PLACE | GROUP | WORK, ANY),
)
