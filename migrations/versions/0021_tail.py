"""What a projection has applied behind its file, so that a small change rewrites no file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

OF = ["replica", "target", "generation"]


def upgrade() -> None:
    op.create_table(
        "tail",
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            OF,
            [f"projection.{name}" for name in OF],
            name="fk_tail_replica_target_generation_projection",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*OF, "number", name="pk_tail"),
    )


def downgrade() -> None:
    op.drop_table("tail")
    op.execute("DELETE FROM projection WHERE target = 'graph'")
