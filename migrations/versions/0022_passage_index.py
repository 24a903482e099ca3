"""The passages of a source, read from their index alone."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PASSAGES = sa.text("space = 'passage'")


def upgrade() -> None:
    _index(["source_id", "segment_key", "space"])


def downgrade() -> None:
    _index(["source_id", "segment_key"])


def _index(columns: Sequence[str]) -> None:
    op.drop_index("ix_embedding_passage", "embedding")
    op.create_index(
        "ix_embedding_passage", "embedding", columns, sqlite_where=PASSAGES, postgresql_where=PASSAGES
    )
