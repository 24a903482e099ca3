"""Which entities somebody decided to be the same, or not to be; and what a name outside the graph names.

Checksums of facts covered fewer columns, so they go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SLOTS = ("subject", "predicate", "object")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("key", NUMBER, autoincrement=True, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("one_name", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("other_name", sa.Text(), nullable=False),
        sa.Column("undoes", sa.BigInteger()),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("checksum", sa.BigInteger()),
        sa.PrimaryKeyConstraint("key", name="pk_decision"),
        sqlite_autoincrement=True,
    )
    for column in ("one", "other"):
        op.create_index(f"ix_decision_{column}", "decision", [column])
    for slot in SLOTS:
        op.add_column("fact", sa.Column(f"{slot}_kind", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE fact SET checksum = NULL")


def downgrade() -> None:
    for slot in SLOTS:
        op.drop_column("fact", f"{slot}_kind")
    op.execute("UPDATE fact SET checksum = NULL")
    op.drop_table("decision")
