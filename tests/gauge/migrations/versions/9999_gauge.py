"""Gauges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gauge",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
        sa.Column("run_id", sa.Text, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("segment_id", sa.Text, sa.ForeignKey("segment.id", ondelete="CASCADE"), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("end", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("checksum", sa.BigInteger),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("unit_symbol", sa.Text, nullable=False),
    )
    op.create_index("ix_gauge_source_id_run_id", "gauge", ["source_id", "run_id"])
    op.create_index("ix_gauge_segment_id", "gauge", ["segment_id"])


def downgrade() -> None:
    op.drop_table("gauge")
