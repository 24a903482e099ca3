"""The box of a thing in a scene, and how sure its place is.

Checksums of what is there covered fewer columns, so they go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = ("width", "height", "confidence")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("scene_object", sa.Column(column, sa.Float()))
    op.execute("UPDATE scene_object SET checksum = NULL")


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("scene_object", column)
    op.execute("UPDATE scene_object SET checksum = NULL")
