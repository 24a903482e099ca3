"""Of which kind an entity is, seen from its types or, without them, from its description."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from midspan.models.facts.knowledge_graph import Kind

ROOTS: dict[str, Kind] = {
    "wd:Q5": "person",
    "wd:Q215627": "person",
    "wd:Q95074": "person",
    "wd:Q12737077": "occupation",
    "wd:Q28640": "occupation",
    "wd:Q43229": "organisation",
    "wd:Q386724": "work",
    "wd:Q2221906": "place",
    "wd:Q17334923": "place",
}
"""Classes of Wikidata: human, person, fictional character; occupation, profession; organisation; work;
geographic location, location."""
DEEPEST = 25
"""Steps up from a class; Wikidata's hierarchy has cycles."""

WORDS: dict[Kind, str] = {
    "occupation": "profession|occupation|position|musical profession|filmmaking occupation",
    "person": "human|person|actor|actress|singer|songwriter|musician|composer|rapper|guitarist|drummer|"
    "director|producer|screenwriter|writer|author|novelist|poet|playwright|journalist|comedian|model|"
    "politician|president|prime minister|lawyer|judge|monarch|king|queen|emperor|pope|philosopher|scientist|"
    "physicist|chemist|mathematician|economist|historian|painter|artist|animator|designer|architect|"
    "cinematographer|editor|athlete|footballer|player|wrestler|boxer|coach|manager|businessman|businesswoman|"
    "entrepreneur|businessperson|conductor|pianist|bassist|dancer|choreographer|presenter|host|personality|"
    "activist|general|officer|engineer|inventor|psychologist|theologian|dramatist|essayist|critic|celebrity|"
    "filmmaker|pornographic actor|entertainer|magician|cartoonist|lyricist|saxophonist|trumpeter|violinist|"
    "vocalist|theorist|biologist|statesman|explorer|astronomer|scholar|impressionist|character in",
    "work": "film|television series|series|sitcom|miniseries|album|song|novel|book|play|musical|opera|"
    "video game|poem|comic book|magazine|newspaper|soundtrack|TV show|telenovela|drama series|anime|manga",
    "organisation": "university|college|school|company|corporation|band|musical group|group|team|club|"
    "organization|organisation|party|label|studio|agency|airline|network|channel|orchestra|league|bank|"
    "publisher|enterprise|business|manufacturer|conglomerate|institution|association|military branch|army|"
    "navy|church|duo|broadcaster|conservatory|academy|retailer|chain",
    "place": "city|town|village|county|state|country|capital|province|region|island|municipality|commune|"
    "borough|district|settlement|neighborhood|neighbourhood|river|lake|mountain|continent|sea|ocean|"
    "republic|kingdom|archipelago|territory|area|empire|metropolis|county seat|suburb|prefecture|parish|"
    "airport|cemetery|desert|peninsula|nation|suburb|canton|emirate|comune|principality|dependency|building",
}
"""Words of a type or description, by kind."""

_PATTERNS = {kind: re.compile(rf"\b(?:{words})s?\b", re.IGNORECASE) for kind, words in WORDS.items()}
_WHO_DOES = re.compile(r"(person|someone|one) (who|that|whose)\b|(profession|occupation)\b")
_NO_THING = re.compile(r"\b(genre|award|sport|position|species|element|currency)\b")
_BEHIND = re.compile(r",? (?:in|by|of|from|for|based|located|directed|with|who|that)\b")


def kind_of(type_kinds: Iterable[Kind], description: str) -> Kind:
    """What most of its types are, else what the description says."""
    votes = Counter(kind for kind in type_kinds if kind != "other")
    return votes.most_common(1)[0][0] if votes else kind_of_description(description)


@lru_cache(100_000)
def kind_of_description(description: str) -> Kind:
    """What it is comes before a preposition: "city in Texas", "1994 film directed by somebody"."""
    if _WHO_DOES.match(description):
        return "occupation"
    if _NO_THING.search(description):
        return "other"
    return kind_of_words(head_of(description))


def head_of(description: str) -> str:
    return _BEHIND.split(description)[0]


def kind_of_words(text: str) -> Kind:
    """Of a noun phrase: its last noun is its head. A film director is a person, a university town a place."""
    found = [(match.start(), kind) for kind, words in _PATTERNS.items() for match in words.finditer(text)]
    return max(found)[1] if found else "other"


class KindsOfTypes:
    """Types to kinds: by the nearest class above that has one, else by the type's label."""

    def __init__(self, parents: Callable[[str], list[str]], label: Callable[[str], str]) -> None:
        self._parents, self._label = parents, label
        self._known: dict[str, Kind] = {}

    def __call__(self, type_: str) -> Kind:
        if type_ not in self._known:
            self._known[type_] = self._above(type_) or kind_of_words(self._label(type_))
        return self._known[type_]

    def _above(self, type_: str) -> Kind | None:
        level, seen = [type_], {type_}
        for _ in range(DEEPEST):
            kinds = [ROOTS[uid] for uid in level if uid in ROOTS]
            if kinds:
                return kinds[0]
            above = [parent for uid in level for parent in self._parents(uid)]
            level = [uid for uid in dict.fromkeys(above) if uid not in seen]
            seen.update(level)
            if not level:
                break
        return None
