"""Verbs: those after which a preposition says where something is, and those that imply where it is."""

from __future__ import annotations

from dataclasses import dataclass

from midspan.models.scene.wordings import Predicate
from midspan.models.scene.words import words

STANCE = words(
    "be sit stand lie wait sleep rest kneel park play crouch perch stay lean hang float fly hover swim"
    " walk run jump"
    " climb crawl drive ride sail drift roll slide swing dance kick squat pose stretch curl nap doze"
    " graze land live"
    " locate position place situate mount balance pile stack lay set put keep hide store tuck tie attach"
    " fix hold see"
    " find show appear remain tower rise grow extend stick peek peer look gather cluster line scatter"
    " spread drape wrap"
    " suspend dangle soar dive leap hop skip skate ski surf race travel pass move come go step march"
    " ramble trot gallop"
    " glide circle nest roost burn shine glow bloom plant build seat lounge recline stop turn face point"
    " reach drop fall"
    " spill pour feed eat drink bark fight stare gaze watch wave smile laugh work cook paint read draw"
    " bury drown wade"
    " bathe wash row paddle dock anchor moor fit arrange squeeze stuff pack bind cling cross loom"
    " protrude stroll wander"
    " rush chase follow wear have carry pull push drag strap pin glue nail top cover display place"
    " sprawl huddle sun"
    " slump snooze rear buck splash paddle wave take remove bounce teeter rock lurk"
)
POSTURE = words(
    "be sit stand lie wait sleep rest kneel park play crouch perch stay lean hang float locate position place"
)
"""Verbs after which "by" and "at" mean beside."""
RESTING = words("sit lie sleep rest perch crouch kneel nap lounge")
PLACING = words(
    "put place set lay hang park drop draw move keep leave find see stand lean store hide pour add"
    " position insert slide"
    " arrange stack pile paint sketch shift bring throw toss drag push pull pack squeeze stuff tuck"
    " mount fix pin nail"
    " stick plant install seat locate spread show tie attach have make get lower raise lift rest sit balance"
)
"""Verbs whose object, not whose subject, is where the preposition says."""
SPATIAL = STANCE | PLACING
BECOMING = words("convert turn change transform divide cut break translate split develop grow")
"""Verbs after which "into" is no place."""


@dataclass(frozen=True)
class Implied:
    """What a verb implies of its subject and its object, or of what a preposition adds to it."""

    predicate: Predicate
    swapped: bool = False
    """It is the object that is where the predicate says."""
    preposition: str = ""
    """Empty for the direct object."""
    doer: str = ""
    thing: str = ""
    """Groups of the subject and of the object, by blanks; empty for any."""


_LIVING = "person animal"
_RULES: tuple[tuple[str, Implied], ...] = (
    ("wear don sport", Implied("on", True, doer=_LIVING)),
    (
        "hold carry grab grip clutch grasp lift hug embrace cuddle kiss pet stroke touch lick bite chew"
        " nibble eat drink"
        " sip peel wave swing wield pick clasp cradle squeeze brandish shake balance drag",
        Implied("touching", True, doer=_LIVING),
    ),
    ("have", Implied("touching", True, doer=_LIVING, thing="small food toy")),
    ("have", Implied("on", True, doer=_LIVING, thing="clothing")),
    ("read play juggle bounce dribble", Implied("touching", True, doer="person")),
    (
        "kick throw toss catch hit chase feed lead walk push pull pat water paint wash clean groom"
        " photograph milk fix"
        " repair shear brush herd poke smell sniff saw chop slice cut cook stir fly tow haul shake mow"
        " polish",
        Implied("next_to", True, doer="person animal large small toy sky"),
    ),
    ("ride climb mount straddle board bestride cross scale", Implied("on", doer=_LIVING)),
    ("drive steer pilot sail row paddle", Implied("inside", doer=_LIVING, thing="large sky")),
    ("hang dangle swing suspend droop", Implied("under", preposition="from")),
    (
        "overtake pass salute tackle carve sew knit inspect examine",
        Implied("next_to", doer="person animal large"),
    ),
    ("blow", Implied("touching", True, doer="person", thing="small")),
    ("follow", Implied("behind")),
    ("watch photograph", Implied("facing", doer=_LIVING)),
    ("look stare gaze point bark smile wave growl aim laugh peer glare", Implied("facing", preposition="at")),
    ("drink eat feed sip", Implied("touching", preposition="from", doer=_LIVING)),
    ("fill", Implied("inside")),
    ("pour spill", Implied("above", preposition="into")),
)
IMPLIED: dict[str, tuple[Implied, ...]] = {
    verb: tuple(rule for verbs, rule in _RULES if verb in verbs.split())
    for verbs, _ in _RULES
    for verb in verbs.split()
}
VERBS = STANCE | frozenset(IMPLIED)
