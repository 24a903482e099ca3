"""Checksums of rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    *("chunk", "page", "segment", "thumbnail", "embedding"),
    *("scene", "scene_object", "scene_relation", "atlas_grounding", "fact", "action_event"),
)


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("checksum", sa.BigInteger()))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "checksum")
