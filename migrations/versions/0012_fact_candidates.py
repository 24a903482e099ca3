"""What a slot of a fact was weighed against, and the date that it means.

What is there already was linked without; its checksums covered fewer columns, so they go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SLOTS = ("subject", "predicate", "object")


def upgrade() -> None:
    for slot in SLOTS:
        op.add_column("fact", sa.Column(f"{slot}_value", sa.Text(), nullable=False, server_default=""))
        op.add_column("fact", sa.Column(f"{slot}_candidates", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE fact SET checksum = NULL")


def downgrade() -> None:
    for slot in SLOTS:
        op.drop_column("fact", f"{slot}_candidates")
        op.drop_column("fact", f"{slot}_value")
    op.execute("UPDATE fact SET checksum = NULL")
