"""What a verb, noun or adjective says about the truth of the clause that it governs: a literal table.

The classes are those of the literature on factive and implicative verbs (Karttunen 1971, "Implicative
verbs"): under a *fact* the clause holds even where the governor is denied or asked; *carry* passes a denial
on, *avert* turns it round; the others take the clause out of what is asserted.
"""

from __future__ import annotations

from typing import Literal

from midspan.models.facts.wordlist import words

Attitude = Literal[
    "fact", "carry", "avert", "deny", "doubt", "believe", "report", "seem", "plan", "contrary", "ask", "dream"
]


def _table(rows: dict[Attitude, str]) -> dict[str, Attitude]:
    return {word: attitude for attitude, text in rows.items() for word in words(text)}


VERBS = _table(
    {
        "fact": """acknowledge admit appreciate confirm demonstrate deplore detect discover establish
            explain find forget grasp ignore know learn mourn note notice observe overlook perceive
            prove realise realize recall recognise recognize regret remember resent reveal see show
            understand""",
        "carry": """begin bring bother cause choose come condescend continue dare do end enable enjoy force
            get go grow happen hate have hear hasten help keep lead leave let like live love make
            manage persist prefer proceed remain serve spend start stop tend use watch""",
        "avert": """avoid cease decline fail forbear neglect omit prevent prohibit refrain refuse forbid bar
            dissuade discourage""",
        "deny": "contradict deny disprove disclaim rebut refute reject repudiate",
        "doubt": "contest dispute distrust doubt question",
        "believe": "assume believe consider feel figure guess presume reckon suppose suspect think",
        "report": """accuse add affirm allege announce argue assert assure boast claim comment complain
            conclude contend declare denounce estimate fear hint hold imply indicate insinuate
            insist maintain mention postulate predict profess protest reckon remark repeat reply
            report respond rumor rumour say speculate state stress suggest swear testify theorise
            theorize warn write posit hypothesise hypothesize conjecture""",
        "seem": "appear look seem sound",
        "plan": """advise agree aim aspire attempt decide demand desire encourage endeavour endeavor expect
            hope instruct intend invite mean need offer order persuade plan pledge prepare promise
            propose recommend request require resolve schedule seek strive struggle threaten try
            urge vow want wait allow ask permit authorise authorize""",
        "contrary": "wish",
        "ask": "debate inquire enquire wonder",
        "dream": "daydream dream fantasise fantasize hallucinate imagine pretend envision",
    }
)

NOUNS = _table(
    {
        "fact": "discovery fact knowledge news realisation realization recognition truth",
        "carry": "case duty",
        "avert": "failure falsehood fiction hoax inability lie misconception myth refusal reluctance",
        "deny": "denial rebuttal rejection",
        "doubt": "doubt question scepticism skepticism uncertainty",
        "believe": "assumption belief conviction feeling hypothesis impression opinion suspicion theory view",
        "report": """accusation allegation announcement argument assertion claim conclusion conjecture
            evidence hint idea indication notion prediction proof report rumor rumour sign
            speculation statement suggestion thesis warning""",
        "dream": "daydream dream fantasy hallucination nightmare",
    }
)
"""Others with "that" are taken as reports; with an infinitive, as plans."""

ADJECTIVES = _table(
    {
        "fact": """aware clear conscious evident famous fortunate glad grateful happy ironic known lucky
            obvious odd proud regrettable remarkable sad sorry strange surprised surprising tragic
            unaware unfortunate unsurprising upset wise""",
        "carry": "able certain first last right sure true",
        "avert": "false impossible incorrect unable untrue wrong",
        "doubt": "conceivable debatable doubtful dubious possible questionable unclear unlikely unsure",
        "seem": "likely plausible probable",
    }
)
"""Others are taken as plans: "ready to", "due to", "eager to"."""

ADVERBS: dict[str, Literal["doubted", "reported"]] = {
    **dict.fromkeys(
        words(
            """apparently arguably conceivably likely maybe perhaps possibly presumably probably
            seemingly"""
        ),
        "doubted",
    ),
    **dict.fromkeys(words("allegedly ostensibly purportedly reportedly reputedly supposedly"), "reported"),
}
