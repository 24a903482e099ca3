"""Full text is a projection of its own and no longer in the database.

What is there is indexed anew from the records: an entry in the outbox says that there is work to do.
"""

from __future__ import annotations

import json
import time

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("segment", "action_event")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in TABLES:
            op.execute(f"ALTER TABLE {name} DROP COLUMN tsv")
        op.execute("DROP FUNCTION midspan_words(text)")
        op.execute("DROP TEXT SEARCH CONFIGURATION midspan")
        op.execute("DROP TEXT SEARCH DICTIONARY midspan_stem")
    else:
        for name in TABLES:
            for event in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER {name}_fts_{event}")
            op.execute(f"DROP TABLE {name}_fts")
    if op.get_bind().scalar(sa.text("SELECT 1 FROM segment LIMIT 1")):
        op.execute(
            sa.text(
                "INSERT INTO outbox (target, ids, created_at) VALUES ('words', CAST(:ids AS json), :now)"
                if op.get_bind().dialect.name == "postgresql"
                else "INSERT INTO outbox (target, ids, created_at) VALUES ('words', :ids, :now)"
            ).bindparams(ids=json.dumps([]), now=time.time())
        )


def downgrade() -> None:
    """Entries and generations of full text go: whoever goes on without it would leave them out of date."""
    for table in ("outbox", "projection"):
        op.execute(f"DELETE FROM {table} WHERE target = 'words'")  # noqa: S608
    if op.get_bind().dialect.name == "postgresql":
        full_text_postgresql()
    else:
        full_text_sqlite()


def full_text_sqlite() -> None:
    for name in TABLES:
        index = f"{name}_fts"
        op.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5(text, content='{name}', content_rowid='key', "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
        add = f"INSERT INTO {index}(rowid, text) VALUES (new.key, new.text);"  # noqa: S608
        remove = f"INSERT INTO {index}({index}, rowid, text) VALUES ('delete', old.key, old.text);"  # noqa: S608
        op.execute(f"CREATE TRIGGER {index}_insert AFTER INSERT ON {name} BEGIN {add} END")
        op.execute(f"CREATE TRIGGER {index}_delete AFTER DELETE ON {name} BEGIN {remove} END")
        op.execute(f"CREATE TRIGGER {index}_update AFTER UPDATE OF text ON {name} BEGIN {remove} {add} END")
        op.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")  # noqa: S608


def full_text_postgresql() -> None:
    op.execute("CREATE TEXT SEARCH DICTIONARY midspan_stem (TEMPLATE = snowball, LANGUAGE = porter)")
    op.execute("CREATE TEXT SEARCH CONFIGURATION midspan (COPY = english)")
    op.execute("ALTER TEXT SEARCH CONFIGURATION midspan ALTER MAPPING REPLACE english_stem WITH midspan_stem")
    kinds = "asciiword, word, numword, int, uint, float, sfloat, version"
    op.execute(f"ALTER TEXT SEARCH CONFIGURATION midspan ALTER MAPPING FOR {kinds} WITH midspan_stem")
    bare = r"normalize(regexp_replace(normalize($1, NFD), '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC)"
    letters = rf"CASE WHEN $1 ~ '[^\x01-\x7f]' THEN {bare} ELSE $1 END"
    op.execute(
        "CREATE FUNCTION midspan_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        f"RETURN regexp_replace({letters}, '[!-/:-@[-`{{-~]', ' ', 'g')"
    )
    for name in TABLES:
        op.execute(
            f"ALTER TABLE {name} ADD COLUMN tsv tsvector "
            "GENERATED ALWAYS AS (to_tsvector('midspan', midspan_words(text))) STORED"
        )
        op.execute(f"CREATE INDEX ix_{name}_tsv ON {name} USING gin (tsv)")
