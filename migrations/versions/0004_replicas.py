"""Replicas: each machine's own projection files, and leases that know their length."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LOCAL = "local"
"""The replica of a workspace whose record store lies in its own folder; what was there is its."""


def upgrade() -> None:
    before = _take_projection()
    op.create_table(
        "replica",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_replica"),
    )
    projection = op.create_table(
        "projection",
        sa.Column("replica", sa.Text(), nullable=False),
        *_columns(),
        sa.ForeignKeyConstraint(
            ["replica"], ["replica.id"], name="fk_projection_replica_replica", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("replica", "target", "generation", name="pk_projection"),
    )
    if before:
        seen_at = max(row["created_at"] for row in before)
        replica = sa.table("replica", sa.column("id"), sa.column("name"), sa.column("seen_at"))
        op.bulk_insert(replica, [{"id": LOCAL, "name": "", "seen_at": seen_at}])
        op.bulk_insert(projection, [{"replica": LOCAL, **row} for row in before])
    op.add_column("lease", sa.Column("seconds", sa.Float(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Only the files of the workspace with its own record store are known to the schema before."""
    before = [row for row in _take_projection() if row.pop("replica") == LOCAL]
    projection = op.create_table(
        "projection",
        *_columns(),
        sa.PrimaryKeyConstraint("target", "generation", name="pk_projection"),
    )
    op.bulk_insert(projection, before)
    op.drop_table("replica")
    op.drop_column("lease", "seconds")


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
    ]


def _take_projection() -> list[dict[str, Any]]:
    """The table's rows (a few), and the table gone: its key changes, which SQLite cannot alter."""
    bind = op.get_bind()
    table = sa.Table("projection", sa.MetaData(), autoload_with=bind)
    rows = [dict(row) for row in bind.execute(sa.select(table)).mappings()]
    op.drop_table("projection")
    return rows
