"""What an event may be, what it was told from, and where it lies among sentences.

Events that are there already have none of it; their checksums covered fewer columns, so they go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    for name in ("answers", "modalities"):
        op.add_column("action_event", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE action_event SET checksum = NULL")
    op.create_table(
        "event_embedding",
        sa.Column("event_key", _KEY, nullable=False, autoincrement=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.BigInteger()),
        sa.PrimaryKeyConstraint("event_key", name="pk_event_embedding"),
        sa.ForeignKeyConstraint(
            ["event_key"],
            ["action_event.key"],
            name="fk_event_embedding_event_key_action_event",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("event_embedding")
    for name in ("modalities", "answers"):
        op.drop_column("action_event", name)
    op.execute("UPDATE action_event SET checksum = NULL")
