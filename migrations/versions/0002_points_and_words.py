"""Atlas points that are found by where they lie, and PostgreSQL's words cut as SQLite's FTS5 cuts them."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PUNCTUATION = r"[!-/:-@[-`{-~]"
"""All of ASCII's; what lies beyond, PostgreSQL's parser knows by itself."""
KINDS = "asciiword, word, numword, int, uint, float, sfloat, version"
"""Kinds of token that PostgreSQL's parser finds in a text without ASCII punctuation, and a few more."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        points_postgresql()
        words_postgresql()
    else:
        points_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # The extension stays: something else in the database may need it.
        op.execute("DROP INDEX ix_atlas_grounding_point")
        first_words_postgresql()
    else:
        for event in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER atlas_point_{event}")
        op.execute("DROP TABLE atlas_point_box")
        op.execute("DROP TABLE atlas_point")


# --- points ---


def points_postgresql() -> None:
    """Cubes of three dimensions and no extent. Built one dimension after the other, since that makes NULL
    of a missing coordinate, where an array would make an error."""
    op.execute("CREATE EXTENSION IF NOT EXISTS cube")
    op.execute(
        "CREATE INDEX ix_atlas_grounding_point ON atlas_grounding "
        "USING gist (cube(cube(cube(x_mm), y_mm), z_mm)) WHERE status = 'grounded'"
    )


def points_sqlite() -> None:
    """An R*Tree of boxes around the points, which it keeps as 32-bit floats; triggers keep it true.

    Its rows are numbers, and the number that SQLite itself gives to a row of ``atlas_grounding`` changes
    with VACUUM, so ``atlas_point`` has the numbers.
    """
    op.execute("CREATE TABLE atlas_point (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)")
    op.execute("CREATE VIRTUAL TABLE atlas_point_box USING rtree(key, x0, x1, y0, y1, z0, z1)")
    point = "{0}.status = 'grounded' AND {0}.x_mm + {0}.y_mm + {0}.z_mm IS NOT NULL"
    add = (
        f"INSERT INTO atlas_point(id) SELECT new.id WHERE {point.format('new')};"  # noqa: S608
        "INSERT INTO atlas_point_box SELECT key, new.x_mm, new.x_mm, new.y_mm, new.y_mm, new.z_mm, new.z_mm "
        "FROM atlas_point WHERE id = new.id;"
    )
    remove = (
        "DELETE FROM atlas_point_box WHERE key = (SELECT key FROM atlas_point WHERE id = old.id);"
        "DELETE FROM atlas_point WHERE id = old.id;"
    )
    on = "ON atlas_grounding BEGIN"
    op.execute(f"CREATE TRIGGER atlas_point_insert AFTER INSERT {on} {add} END")
    op.execute(f"CREATE TRIGGER atlas_point_delete AFTER DELETE {on} {remove} END")
    op.execute(f"CREATE TRIGGER atlas_point_update AFTER UPDATE {on} {remove} {add} END")
    old = f"SELECT g.id FROM atlas_grounding g WHERE {point.format('g')}"  # noqa: S608
    op.execute(f"INSERT INTO atlas_point(id) {old}")
    op.execute(
        "INSERT INTO atlas_point_box SELECT p.key, g.x_mm, g.x_mm, g.y_mm, g.y_mm, g.z_mm, g.z_mm "
        "FROM atlas_point p JOIN atlas_grounding g ON g.id = p.id"
    )


# --- words ---


def words_postgresql() -> None:
    """What FTS5's tokenizer does: ASCII punctuation stands between words, Latin letters lose their marks,
    and Porter's first stemmer is used on everything."""
    # The case is for speed: most text is ASCII. Without STRICT, so that PostgreSQL can inline it.
    bare = r"normalize(regexp_replace(normalize($1, NFD), '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC)"
    letters = rf"CASE WHEN $1 ~ '[^\x01-\x7f]' THEN {bare} ELSE $1 END"
    op.execute(
        "CREATE FUNCTION midspan_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE "
        f"RETURN regexp_replace({letters}, '{PUNCTUATION}', ' ', 'g')"
    )
    op.execute("ALTER TEXT SEARCH DICTIONARY midspan_stem (LANGUAGE = porter)")
    op.execute(f"ALTER TEXT SEARCH CONFIGURATION midspan ALTER MAPPING FOR {KINDS} WITH midspan_stem")
    index_text("midspan_words(text)")


def first_words_postgresql() -> None:
    op.execute("ALTER TEXT SEARCH DICTIONARY midspan_stem (LANGUAGE = english)")
    simple = "numword, int, uint, float, sfloat, version"
    op.execute(f"ALTER TEXT SEARCH CONFIGURATION midspan ALTER MAPPING FOR {simple} WITH simple")
    index_text("text")
    op.execute("DROP FUNCTION midspan_words")


def index_text(expression: str) -> None:
    for name in ("segment", "action_event"):
        op.execute(f"ALTER TABLE {name} DROP COLUMN tsv")
        op.execute(
            f"ALTER TABLE {name} ADD COLUMN tsv tsvector "
            f"GENERATED ALWAYS AS (to_tsvector('midspan', {expression})) STORED"
        )
        op.execute(f"CREATE INDEX ix_{name}_tsv ON {name} USING gin (tsv)")
