"""Which passage a sentence lies in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PASSAGES = sa.text("space = 'passage'")


def upgrade() -> None:
    op.create_index(
        "ix_embedding_passage",
        "embedding",
        ["source_id", "segment_key"],
        sqlite_where=PASSAGES,
        postgresql_where=PASSAGES,
    )


def downgrade() -> None:
    op.drop_index("ix_embedding_passage", "embedding")
    op.execute("DELETE FROM embedding WHERE space = 'passage'")
