"""The relational schema but for the records: SQLAlchemy Core tables, no logic.

The tables of each kind of record lie in ``kinds/``; ``schema`` has all of them. The steps that bring a
database here lie in ``migrations/``; a test compares the two.

Paths are stored escaped, see :mod:`midspan.db.records.codec`. Moments are Unix seconds.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)

RowNumber = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts up and never gives twice; SQLite does so for INTEGER only."""

# --- sources ---

source = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),  # SHA-256 of the bytes
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    Column("added_at", Float, nullable=False, index=True),
    Column("superseded_by", Text),  # empty: removed, and nothing came in its place
)

location = Table(
    "location",
    metadata,
    Column("uri", Text, primary_key=True),
    Column("source_id", Text, ForeignKey(source.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("byte_count", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("seen_at", Float, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stage", Text, nullable=False, index=True),
    Column("stage_version", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("weights_sha256", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)


def source_id(*, primary_key: bool = False, index: bool | None = None) -> Column[str]:
    """The column of rows that go when their source goes."""
    key = ForeignKey(source.c.id, ondelete="CASCADE")
    return Column("source_id", Text, key, nullable=False, primary_key=primary_key, index=index)


def run_id(*, primary_key: bool = False) -> Column[str]:
    return Column("run_id", Text, ForeignKey(run.c.id), nullable=False, primary_key=primary_key)


def checksum() -> Column[int]:
    """Of the row's other columns; NULL in rows from before it was kept. See ``checksums.py``."""
    return Column("checksum", BigInteger)


source_run = Table(
    "source_run",
    metadata,
    source_id(primary_key=True),
    run_id(primary_key=True),
    Column("complete", Boolean, nullable=False),
    Column("finished_at", Float, nullable=False),
)

# --- what reading gives; rows of two reading runs may stand side by side ---

chunk = Table(
    "chunk",
    metadata,
    source_id(primary_key=True),
    run_id(primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    checksum(),
)

page = Table(
    "page",
    metadata,
    source_id(primary_key=True),
    run_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("boxes", LargeBinary, nullable=False),
    checksum(),
)

segment = Table(
    "segment",
    metadata,
    Column("key", RowNumber, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    source_id(),
    run_id(),
    Column("ordinal", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("page", Integer),
    checksum(),
    UniqueConstraint("source_id", "run_id", "ordinal"),
    sqlite_autoincrement=True,
)

thumbnail = Table(
    "thumbnail",
    metadata,
    Column("segment_id", Text, ForeignKey(segment.c.id, ondelete="CASCADE"), primary_key=True),
    source_id(index=True),
    Column("jpeg", LargeBinary, nullable=False),
    checksum(),
)

embedding = Table(
    "embedding",
    metadata,
    Column("segment_key", RowNumber, ForeignKey(segment.c.key, ondelete="CASCADE"), primary_key=True),
    Column("space", Text, primary_key=True),
    source_id(),
    run_id(),
    Column("vector", LargeBinary, nullable=False),  # float16, little endian
    Column("text_sha256", Text, index=True),
    checksum(),
    Index(None, "source_id", "run_id"),
    Index(
        "ix_embedding_passage",
        "source_id",
        "segment_key",
        "space",  # without it SQLite looks into the rows, each with its vector
        sqlite_where=text("space = 'passage'"),  # PostgreSQL's too; naming it here would import its dialect
    ),
)

# --- imported atlases; the phantom is made from its formulas ---

atlas = Table(
    "atlas",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("citation", Text, nullable=False),
    Column("file_affine", JSON, nullable=False),
    Column("file_shape", JSON, nullable=False),
    Column("origin_mm", JSON, nullable=False),
    Column("pitch_mm", Float, nullable=False),
    Column("shape", JSON, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("added_at", Float, nullable=False),
    Column("volume", LargeBinary, nullable=False),  # uint16 labels, little endian, C order, deflated
)

atlas_organ = Table(
    "atlas_organ",
    metadata,
    Column("atlas", Text, ForeignKey(atlas.c.name, ondelete="CASCADE"), primary_key=True),
    Column("label", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("organ", Text, nullable=False),
    Column("laterality", Text, nullable=False),
    Column("snomed", Text, nullable=False),
    Column("uberon", Text, nullable=False),
    Column("centre_mm", JSON, nullable=False),
    Column("low_mm", JSON, nullable=False),
    Column("high_mm", JSON, nullable=False),
    Column("volume_mm3", Float, nullable=False),
    Column("n_voxels", BigInteger, nullable=False),
)

organ_alias = Table(
    "organ_alias",
    metadata,
    Column("atlas", Text, primary_key=True),
    Column("label", Integer, primary_key=True, autoincrement=False),
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("alias", Text, nullable=False, index=True),
    ForeignKeyConstraint(["atlas", "label"], [atlas_organ.c.atlas, atlas_organ.c.label], ondelete="CASCADE"),
)

# --- what people decided about entities of facts; rows are added and never changed ---

decision = Table(
    "decision",
    metadata,
    Column("key", RowNumber, primary_key=True, autoincrement=True),
    Column("verdict", Text, nullable=False),  # same, different, or undo
    Column("one", Text, nullable=False, index=True),
    Column("one_name", Text, nullable=False),
    Column("other", Text, nullable=False, index=True),
    Column("other_name", Text, nullable=False),
    Column("undoes", BigInteger),  # the key of another decision; NULL but for an undo
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("why", Text, nullable=False),
    checksum(),
    sqlite_autoincrement=True,
)

# --- projections ---

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("target", Text, nullable=False),
    Column("ids", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Index(None, "target", "id"),
    sqlite_autoincrement=True,
)

identity = Table("identity", metadata, Column("id", Text, primary_key=True))
"""One row, made with the schema: which record store this is."""

replica = Table(
    "replica",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("seen_at", Float, nullable=False),
)

projection = Table(
    "projection",
    metadata,
    Column("replica", Text, ForeignKey(replica.c.id, ondelete="CASCADE"), primary_key=True),
    Column("target", Text, primary_key=True),
    Column("generation", BigInteger, primary_key=True, autoincrement=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("model", Text, nullable=False),
    Column("dim", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
)

tail = Table(
    "tail",
    metadata,
    Column("replica", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("generation", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("applied", BigInteger, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),  # of the data
    ForeignKeyConstraint(
        ["replica", "target", "generation"],
        [projection.c.replica, projection.c.target, projection.c.generation],
        ondelete="CASCADE",
    ),
)
"""What a generation's file lacks of what was applied."""

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),  # empty: given back
    Column("token", BigInteger, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("seconds", Float, nullable=False),  # its length when it was taken
)

# --- jobs ---

job = Table(
    "job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False, index=True),
    Column("paths", JSON, nullable=False),
    Column("stages", JSON, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("partial", Integer, nullable=False, server_default="0"),  # of those that are done
    Column("discovering", Boolean, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("created_at", Float, nullable=False, index=True),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("message", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("background", Boolean, nullable=False, server_default=true()),  # workers take such jobs only
    Column("follow_links", Boolean, nullable=False, server_default=false()),
    Column("delivered_at", Float, nullable=False, server_default="0"),
)

job_item = Table(
    "job_item",
    metadata,
    Column("job_id", Text, ForeignKey(job.c.id, ondelete="CASCADE"), primary_key=True),
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("uri", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_holder", Text, nullable=False),
    Column("lease_token", BigInteger, nullable=False),
    Column("lease_until", Float, nullable=False),
    Column("heartbeat_at", Float),
    Column("source_id", Text),
    Column("segments", Integer, nullable=False),
    Column("records", JSON, nullable=False),
    Column("kind", Text, nullable=False, server_default="document"),
    Column("deaths", Integer, nullable=False, server_default="0"),  # of workers that had it
    UniqueConstraint("job_id", "uri"),
    Index(None, "job_id", "state"),
    Index(
        "ix_job_item_running",
        "lease_until",
        sqlite_where=text("state = 'running'"),  # PostgreSQL's too; naming it here would import its dialect
    ),
)

worker = Table(
    "worker",
    metadata,
    Column("name", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("queues", JSON, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("doing", Text, nullable=False),
    Column("rss_bytes", BigInteger, nullable=False),
)

failure = Table(
    "failure",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("digest", Text, nullable=False, unique=True),  # the same failure again is the same row
    Column("job_id", Text, ForeignKey(job.c.id, ondelete="CASCADE")),
    Column("item", Integer),
    Column("source_id", Text),
    Column("run_id", Text),
    Column("segment_id", Text),
    Column("path", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("retryable", Boolean, nullable=False),
    Column("page", Integer),
    Column("second", Float),
    Column("created_at", Float, nullable=False),
    Index(None, "job_id", "item"),
    sqlite_autoincrement=True,
)
