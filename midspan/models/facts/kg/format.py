"""A knowledge graph on disk: a folder that is written once and only read then.

What a linker makes of it lies there as well (:mod:`midspan.models.facts.link.near`), and can be made again.

==================  =========================================================================================
kg.json             :class:`Card`: what the graph is
entities.sqlite     entities, names, predicates and relations; the tables are :data:`TABLES`
==================  =========================================================================================
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from midspan.errors import ModelFilesMissing, WrongUse
from midspan.models.kit.files import write_json

VERSION = 2
"""Raised when a folder made before can no longer be read, or would be made otherwise today."""

CARD = "kg.json"
ENTITIES = "entities.sqlite"

TABLES = """
CREATE TABLE entity (
    id INTEGER PRIMARY KEY, -- from 0, without gaps
    uid TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, kind TEXT NOT NULL,
    popularity INTEGER NOT NULL,
    types TEXT NOT NULL, -- uids with blanks between
    aliases TEXT NOT NULL -- with line ends between
);
CREATE TABLE alias ( -- the name and every alias
    key TEXT NOT NULL, -- normalised
    entity INTEGER NOT NULL,
    common INTEGER NOT NULL, -- 1 where it is written in small letters
    PRIMARY KEY (key, entity, common)
) WITHOUT ROWID;
CREATE TABLE type (uid TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE predicate (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL,
    aliases TEXT NOT NULL,
    subject_kinds TEXT NOT NULL, object_kinds TEXT NOT NULL -- JSON: kind to number of relations
);
CREATE TABLE relation (
    subject INTEGER NOT NULL, predicate INTEGER NOT NULL, object INTEGER NOT NULL,
    PRIMARY KEY (subject, predicate, object)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE spelling USING fts5( -- rowid: the entity's; its keys, each within blanks
    keys, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1'
);
CREATE TABLE gram (term TEXT PRIMARY KEY, entities INTEGER NOT NULL) WITHOUT ROWID; -- how frequent it is
"""


@dataclass(frozen=True)
class Card:
    name: str
    sha256: str
    """Of entities, names, predicates and relations in the order of their source."""
    source: str
    licence: str
    entities: int
    names: int
    predicates: int
    relations: int
    dangling: int
    """Relations left out, since their object is not among the entities."""
    skipped: int
    """Broken lines of the source."""
    format: int = VERSION


def read_card(folder: Path) -> Card:
    """Raises ``ModelFilesMissing``, and ``WrongUse`` for a folder of another version of the format."""
    path = folder / CARD
    if not path.is_file():
        raise ModelFilesMissing(f"{folder}: expected a knowledge graph, found no {CARD} in it")
    fields = json.loads(path.read_text("utf-8"))
    if fields.get("format") != VERSION:
        raise WrongUse(
            f"{folder} has format {fields.get('format')}, this midspan reads {VERSION}; build it again "
            "(`midspan kg build`)"
        )
    return Card(**fields)


def write_card(folder: Path, card: Card) -> None:
    write_json(folder / CARD, asdict(card))


def open_readonly(path: Path) -> sqlite3.Connection:
    """For several threads, one at a time. Nobody writes to a finished graph, so nothing is locked."""
    if not path.is_file():
        raise ModelFilesMissing(f"{path}: expected a table of entities, found none; build the graph again")
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    connection.execute("PRAGMA cache_size = -16384")  # KiB
    return connection
