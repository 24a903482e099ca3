"""The date that a phrase means, as precise as it says, in the Extended Date/Time Format (EDTF).

What depends on when it was said ("last year", "Monday") means none here, nor does a stretch of time
("1914 to 1918"), nor what can be read in two ways ("07/11/1867", "'98").
"""

from __future__ import annotations

import re
from calendar import monthrange

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_ERA = r"(?:\s*(?P<era>bce?|b\.\s?c\.(?:\s?e\.)?|ad|a\.\s?d\.|ce|c\.\s?e\.))?"
_YEAR = rf"(?P<lord>ad\s|a\.\s?d\.\s)?(?P<year>\d{{1,4}}){_ERA}"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})-(?P<number>\d{2})(?:-(?P<day>\d{2}))?",
        rf"{_DAY}(?:\s+day)?(?:\s+of)?\s+{_MONTH},?(?:\s+of)?\s+{_YEAR}",
        rf"{_MONTH}(?:\s+the)?\s+{_DAY}\s*,?\s+{_YEAR}",
        rf"{_MONTH},?(?:\s+of)?\s+{_YEAR}",
        r"(?P<decade>\d{3})0['’]?s",
        rf"(?P<century>\d{{1,2}})(?:st|nd|rd|th)[\s-]century{_ERA}",
        _YEAR,
    )
)
_LEADING = re.compile(
    r"(?:(?:on|in|at|by|of|the|year|(?:mon|tues|wednes|thurs|fri|satur|sun)day|early|mid|late|later|middle"
    r"|beginning|end|spring|summer|autumn|fall|winter)\b[\s,-]*)*"
)
"""What stands before a date without changing it, or says where in it."""
_ABOUT = re.compile(r"^(?:c\.|(?:ca\.?|circa|around|about|approximately|roughly)\s)\s*")
_FIRST_YEAR_ALONE = 100
"""A smaller number is a year only with its era: "AD 79"."""


def edtf(surface: str) -> str:
    """``1867-11-07``, ``1867-11``, ``1867``, ``186X``, ``18XX``, with ``~`` behind it where it is said to be
    about; empty where no such date is meant. Years are astronomical: 44 BC is ``-0043``, the first century
    ``00XX``."""
    text = " ".join(surface.casefold().split()).strip(" ,.;()")
    text, about = _ABOUT.subn("", _LEADING.sub("", text, count=1), count=1)
    text = _LEADING.sub("", text, count=1)
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            meant = _meant({name: part for name, part in match.groupdict().items() if part})
            return meant + "~" if meant and about else meant
    return ""


def _meant(parts: dict[str, str]) -> str:
    before = parts.get("era", "").startswith("b")
    if "decade" in parts:
        return f"{parts['decade']}X"
    if "century" in parts:
        century = int(parts["century"]) - 1
        return f"{'-' * before}{century:02d}XX" if century >= 0 else ""
    number = int(parts["year"])
    if not number or (number < _FIRST_YEAR_ALONE and not parts.keys() & {"era", "lord"}):
        return ""
    value = 1 - number if before else number
    year = f"{'-' * (value < 0)}{abs(value):04d}"
    if not parts.keys() & {"month", "number"}:
        return year
    month = int(parts["number"]) if "number" in parts else _month(parts["month"])
    if not 1 <= month <= len(_MONTHS):
        return ""
    if "day" not in parts:
        return f"{year}-{month:02d}"
    day = int(parts["day"])
    # A year of the same length as the proleptic one, which Python's calendar begins with year 1.
    return f"{year}-{month:02d}-{day:02d}" if 1 <= day <= monthrange(2000 + value % 400, month)[1] else ""


def _month(word: str) -> int:
    """1 to 12; 0 for a word that is none. "Sept" is usual beside the first three letters."""
    if len(word) > len("sept") and word not in _MONTHS:
        return 0
    return next((number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word)), 0)
