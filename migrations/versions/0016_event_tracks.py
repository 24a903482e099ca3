"""Where hands and things are while an event lasts.

Events that are there already were found without boxes; their checksums covered fewer columns, so they go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("action_event", sa.Column("tracks", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE action_event SET checksum = NULL")


def downgrade() -> None:
    op.drop_column("action_event", "tracks")
    op.execute("UPDATE action_event SET checksum = NULL")
