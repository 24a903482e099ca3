"""The first schema: sources, segments, records, projections, jobs, and full text over two of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    *("scene_relation", "scene_object", "thumbnail", "scene", "fact", "embedding"),
    *("atlas_grounding", "action_event", "source_run", "segment", "page", "location", "job_item"),
    *("failure", "chunk", "source", "run", "projection", "outbox", "lease", "job"),
)
"""Those that refer to others first."""


def upgrade() -> None:
    tables()
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        text_search_postgresql()
    for name in ("segment", "action_event"):
        if postgresql:
            full_text_postgresql(name)
        else:
            full_text_sqlite(name)


def downgrade() -> None:
    """Takes everything out that was written."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ("segment", "action_event"):
        if not postgresql:
            op.execute(f"DROP TABLE {name}_fts")
    for name in TABLES:
        op.drop_table(name)
    if postgresql:
        op.execute("DROP TEXT SEARCH CONFIGURATION midspan")
        op.execute("DROP TEXT SEARCH DICTIONARY midspan_stem")


def full_text_sqlite(name: str) -> None:
    """An FTS5 index of a table's ``text`` that holds no copy of it; triggers keep it true."""
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


def text_search_postgresql() -> None:
    """PostgreSQL's ``english`` without its stop words: every word can be found and excluded."""
    op.execute("CREATE TEXT SEARCH DICTIONARY midspan_stem (TEMPLATE = snowball, LANGUAGE = english)")
    op.execute("CREATE TEXT SEARCH CONFIGURATION midspan (COPY = english)")
    op.execute("ALTER TEXT SEARCH CONFIGURATION midspan ALTER MAPPING REPLACE english_stem WITH midspan_stem")


def full_text_postgresql(name: str) -> None:
    op.execute(
        f"ALTER TABLE {name} ADD COLUMN tsv tsvector "
        "GENERATED ALWAYS AS (to_tsvector('midspan', text)) STORED"
    )
    op.execute(f"CREATE INDEX ix_{name}_tsv ON {name} USING gin (tsv)")


def tables() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paths", sa.JSON(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("discovering", sa.Boolean(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float()),
        sa.Column("finished_at", sa.Float()),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_created_at", "job", ["created_at"])
    op.create_index("ix_job_state", "job", ["state"])
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_target_id", "outbox", ["target", "id"])
    op.create_table(
        "projection",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("target", "generation", name="pk_projection"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stage_version", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("weights_sha256", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_stage", "run", ["stage"])
    op.create_table(
        "source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.Float(), nullable=False),
        sa.Column("superseded_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_index("ix_source_added_at", "source", ["added_at"])
    op.create_table(
        "chunk",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_chunk_run_id_run"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_chunk_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "run_id", "start", name="pk_chunk"),
    )
    op.create_table(
        "failure",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text()),
        sa.Column("item", sa.Integer()),
        sa.Column("source_id", sa.Text()),
        sa.Column("run_id", sa.Text()),
        sa.Column("segment_id", sa.Text()),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("retryable", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_failure_job_id_job", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_failure"),
        sa.UniqueConstraint("digest", name="uq_failure_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_failure_job_id_item", "failure", ["job_id", "item"])
    op.create_table(
        "job_item",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.Text(), nullable=False),
        sa.Column("lease_token", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=False),
        sa.Column("heartbeat_at", sa.Float()),
        sa.Column("source_id", sa.Text()),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_job_item_job_id_job", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "idx", name="pk_job_item"),
        sa.UniqueConstraint("job_id", "uri", name="uq_job_item_job_id_uri"),
    )
    op.create_index("ix_job_item_job_id_state", "job_item", ["job_id", "state"])
    op.create_table(
        "location",
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_location_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("uri", name="pk_location"),
    )
    op.create_index("ix_location_source_id", "location", ["source_id"])
    op.create_table(
        "page",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("width", sa.Float(), nullable=False),
        sa.Column("height", sa.Float(), nullable=False),
        sa.Column("boxes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_page_run_id_run"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_page_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "run_id", "number", name="pk_page"),
    )
    op.create_table(
        "segment",
        sa.Column("key", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer()),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_segment_run_id_run"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_segment_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_segment"),
        sa.UniqueConstraint("id", name="uq_segment_id"),
        sa.UniqueConstraint("source_id", "run_id", "ordinal", name="uq_segment_source_id_run_id_ordinal"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "source_run",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_source_run_run_id_run"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_source_run_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "run_id", name="pk_source_run"),
    )
    op.create_table(
        "action_event",
        sa.Column("key", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("nouns", sa.JSON(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_action_event_run_id_run"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name="fk_action_event_segment_id_segment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_action_event_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_action_event"),
        sa.UniqueConstraint("id", name="uq_action_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_action_event_segment_id", "action_event", ["segment_id"])
    op.create_index("ix_action_event_source_id_run_id", "action_event", ["source_id", "run_id"])
    op.create_table(
        "atlas_grounding",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("atlas", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("x_mm", sa.Float()),
        sa.Column("y_mm", sa.Float()),
        sa.Column("z_mm", sa.Float()),
        sa.Column("organ", sa.Text()),
        sa.Column("organs", sa.JSON(), nullable=False),
        sa.Column("laterality", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_atlas_grounding_run_id_run"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name="fk_atlas_grounding_segment_id_segment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_atlas_grounding_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_atlas_grounding"),
    )
    op.create_index("ix_atlas_grounding_organ", "atlas_grounding", ["organ"])
    op.create_index("ix_atlas_grounding_segment_id", "atlas_grounding", ["segment_id"])
    op.create_index("ix_atlas_grounding_source_id_run_id", "atlas_grounding", ["source_id", "run_id"])
    op.create_table(
        "embedding",
        sa.Column("segment_key", NUMBER, nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("text_sha256", sa.Text()),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_embedding_run_id_run"),
        sa.ForeignKeyConstraint(
            ["segment_key"], ["segment.key"], name="fk_embedding_segment_key_segment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_embedding_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_key", "space", name="pk_embedding"),
    )
    op.create_index("ix_embedding_source_id_run_id", "embedding", ["source_id", "run_id"])
    op.create_index("ix_embedding_text_sha256", "embedding", ["text_sha256"])
    op.create_table(
        "fact",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("subject_surface", sa.Text(), nullable=False),
        sa.Column("subject_start", sa.Integer(), nullable=False),
        sa.Column("subject_end", sa.Integer(), nullable=False),
        sa.Column("subject_uid", sa.Text()),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("subject_score", sa.Float(), nullable=False),
        sa.Column("subject_literal", sa.Text(), nullable=False),
        sa.Column("predicate_surface", sa.Text(), nullable=False),
        sa.Column("predicate_start", sa.Integer(), nullable=False),
        sa.Column("predicate_end", sa.Integer(), nullable=False),
        sa.Column("predicate_uid", sa.Text()),
        sa.Column("predicate_name", sa.Text(), nullable=False),
        sa.Column("predicate_score", sa.Float(), nullable=False),
        sa.Column("predicate_literal", sa.Text(), nullable=False),
        sa.Column("object_surface", sa.Text(), nullable=False),
        sa.Column("object_start", sa.Integer(), nullable=False),
        sa.Column("object_end", sa.Integer(), nullable=False),
        sa.Column("object_uid", sa.Text()),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("object_score", sa.Float(), nullable=False),
        sa.Column("object_literal", sa.Text(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_fact_run_id_run"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name="fk_fact_segment_id_segment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_fact_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_fact"),
    )
    op.create_index("ix_fact_object_uid", "fact", ["object_uid"])
    op.create_index("ix_fact_segment_id", "fact", ["segment_id"])
    op.create_index("ix_fact_source_id_run_id", "fact", ["source_id", "run_id"])
    op.create_index("ix_fact_subject_uid", "fact", ["subject_uid"])
    op.create_table(
        "scene",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("end", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_scene_run_id_run"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name="fk_scene_segment_id_segment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_scene_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_scene"),
    )
    op.create_index("ix_scene_segment_id", "scene", ["segment_id"])
    op.create_index("ix_scene_source_id_run_id", "scene", ["source_id", "run_id"])
    op.create_table(
        "thumbnail",
        sa.Column("segment_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name="fk_thumbnail_segment_id_segment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name="fk_thumbnail_source_id_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_id", name="pk_thumbnail"),
    )
    op.create_index("ix_thumbnail_source_id", "thumbnail", ["source_id"])
    op.create_table(
        "scene_object",
        sa.Column("scene_id", sa.Text(), nullable=False),
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("facing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scene_id"], ["scene.id"], name="fk_scene_object_scene_id_scene", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scene_id", "idx", name="pk_scene_object"),
    )
    op.create_index("ix_scene_object_category", "scene_object", ["category"])
    op.create_table(
        "scene_relation",
        sa.Column("scene_id", sa.Text(), nullable=False),
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("predicate", sa.Text(), nullable=False),
        sa.Column("object", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scene_id"], ["scene.id"], name="fk_scene_relation_scene_id_scene", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scene_id", "idx", name="pk_scene_relation"),
    )
