"""Workers that tell of themselves; items by kind, with how often a worker died over them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VIDEO = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg")


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("rss_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_worker"),
    )
    op.add_column("job", sa.Column("background", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("job", sa.Column("delivered_at", sa.Float(), nullable=False, server_default="0"))
    op.add_column("job_item", sa.Column("kind", sa.Text(), nullable=False, server_default="document"))
    op.add_column("job_item", sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_job_item_running",
        "job_item",
        ["lease_until"],
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    item = sa.table("job_item", sa.column("uri", sa.Text()), sa.column("kind", sa.Text()))
    named_video = sa.or_(*(sa.func.lower(item.c.uri).like(f"%{suffix}") for suffix in VIDEO))
    op.execute(item.update().where(named_video).values(kind="video"))


def downgrade() -> None:
    op.drop_index("ix_job_item_running", "job_item")
    for table, columns in {"job_item": ("kind", "deaths"), "job": ("background", "delivered_at")}.items():
        for column in columns:
            op.drop_column(table, column)
    op.drop_table("worker")
