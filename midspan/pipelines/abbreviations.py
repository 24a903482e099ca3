"""English words whose full stop does not end the sentence.

Holds what spaCy's English tokenizer keeps together, and what scientific, medical and legal texts use.
A literal table rather than a library's: it decides where sentences end, hence ids that must stay the
same on every machine.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CAPITALISED = _words(
    """
    Adm. Capt. Col. Cpl. Cmdr. Dr. Drs. Fr. Gen. Gov. Hon. Lt. Maj. Messrs. Mgr. Mlle. Mme. Mr. Mrs. Ms. Mt.
    Pres. Prof. Profs. Rep. Reps. Rev. Sen. Sens. Sgt. Sr. St. Ste. Supt. Univ. Dept. Assn. Bros. Ave. Blvd.
    Jan. Feb. Mar. Apr. Jun. Jul. Aug. Sep. Sept. Oct. Nov. Dec.
    Mon. Tue. Tues. Wed. Thu. Thur. Thurs. Fri.
    Ak. Ala. Ariz. Ark. Calif. Colo. Conn. Del. Fla. Ga. Ia. Id. Ill. Ind. Kan. Kans. Ky. La. Mass. Md. Mich.
    Minn. Miss. Mo. Mont. Neb. Nebr. Nev. Okla. Ore. Pa. Tenn. Va. Wash. Wis.
    """
)
"""Only as written here: "Mass." is a state, "a mass." ends a sentence."""

ANY_CASE = _words(
    """
    e.g. i.e. cf. ca. approx. vs. v.s. viz. resp. incl. excl. esp. al. op. cit. ibid. dept. suppl. subsp. spp.
    q.d. b.i.d. t.i.d. q.i.d. p.o. i.v. i.m. p.r.n. aka.
    """
)
"""In lower case here, matched in any."""

BEFORE_NUMBER = _words(
    """
    no. nos. nr. art. fig. figs. eq. eqs. eqn. sec. sect. ch. chap. tab. ref. refs. vol. vols. ed. eds. p. pp.
    pg. par. app. max. min. ext. tel. var. sp. c. b. d.
    """
)
"""Matched in any case (single letters in lower case), and only before a number or a single letter:
"No. 5", but "No. He left."."""

UNLESS_CAPITAL = _words(
    """
    etc. inc. corp. co. ltd. llc. plc. jr. a.m. p.m. ph.d. m.d. b.c. a.d.
    """
)
"""Matched in any case; they end the sentence when a capitalised word follows."""

STARTERS = _words(
    """
    A An And But He However If In It On She The Then There These They This Those We When
    """
)
"""After an initial or an acronym these begin a new sentence: "of vitamin C. The", but "John C. Miller"."""
