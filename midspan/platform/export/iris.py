"""Addresses and typed literals of RDF for what facts speak of."""

from __future__ import annotations

import datetime
import re
from typing import Literal
from urllib.parse import quote

from midspan.db.graph.rows import slot_uid
from midspan.records import Fact, FactSlot

XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
"""Of dates that XML Schema has no type for, as ``186X``."""
ENTITIES = {"wd": "http://www.wikidata.org/entity/", "gn": "https://sws.geonames.org/"}
PROPERTIES = "http://www.wikidata.org/prop/direct/"
"""Wikidata's own place for a property between two things."""
URN = "urn:midspan:"

_KEPT = ":/?#[]@!$&'()*+,;=%~"
"""What stands in an address as it is."""
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
_DATE = re.compile(r"(-?\d{4,})(?:-(\d\d)(?:-(\d\d))?)?")


Part = Literal["subject", "predicate", "object"]


def uid_of(fact: Fact, part: Part) -> str:
    """A part's uid, also in the graph of facts."""
    slot: FactSlot = getattr(fact, part)
    return slot_uid(slot, fact.provenance.source_id)


def entity_iri(fact: Fact, part: Part) -> str:
    """Of a subject or an object that is an entity: Wikidata's or GeoNames' address, or a ``urn:``."""
    return _iri(uid_of(fact, part))


def predicate_iri(fact: Fact) -> str:
    uid = uid_of(fact, "predicate")
    prefix, _, name = uid.partition(":")
    return PROPERTIES + quote(name, safe="") if prefix == "wd" else _iri(uid)


def urn(kind: Literal["fact", "source", "run", "passage"], name: str) -> str:
    """Of what only this workspace knows."""
    return f"{URN}{kind}:{quote(name, safe='')}"


def literal(slot: FactSlot) -> tuple[str, str]:
    """A date or number as (text, address of its type); the type is empty for what is no more than words."""
    if slot.literal == "number" and _DECIMAL.fullmatch(slot.name.replace(",", "")):
        return slot.name.replace(",", ""), f"{XSD}decimal"
    if slot.literal == "date" and slot.value:
        return slot.value, _date_type(slot.value)
    return slot.name, ""


def _date_type(value: str) -> str:
    found = _DATE.fullmatch(value)
    if found is None:
        return EDTF
    year, month, day = found.groups()
    if month is None:
        return f"{XSD}gYear"
    if not 1 <= int(month) <= 12:
        return EDTF
    if day is None:
        return f"{XSD}gYearMonth"
    return f"{XSD}date" if _is_a_day(int(year), int(month), int(day)) else EDTF


def _is_a_day(year: int, month: int, day: int) -> bool:
    """By the Gregorian calendar, which has the same days every 400 years."""
    try:
        datetime.date(year % 400 or 400, month, day)
    except ValueError:
        return False
    return True


def _iri(uid: str) -> str:
    prefix, _, name = uid.partition(":")
    if prefix in ENTITIES:
        return ENTITIES[prefix] + quote(name, safe="") + ("/" if prefix == "gn" else "")
    if re.match(r"https?://|urn:", uid):
        return quote(uid, safe=_KEPT)
    return URN + quote(uid, safe=":")
