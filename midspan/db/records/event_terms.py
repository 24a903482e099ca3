"""Conditions on what is done in an event, and with what."""

from __future__ import annotations

import json

from sqlalchemy import ColumnElement, Text, cast

from midspan.db.records.kinds.event import action_event


def of_terms(verb: str | None, noun: str | None) -> list[ColumnElement[bool]]:
    """Conditions on ``action_event``; what is not said leaves that side open."""
    found: list[ColumnElement[bool]] = []
    if verb is not None:
        found.append(action_event.c.verb == verb)
    if noun is not None:
        found.append(nouns().contains(json.dumps(noun), autoescape=True))
    return found


def nouns() -> ColumnElement[str]:
    """The list as it is written: JSON, in which a noun stands between its quotes."""
    return cast(action_event.c.nouns, Text)
