"""Which abstentions speak of a condition only, or of a relative."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REASONS = {"hypothetical": "only a condition: %", "family": "about a relative: %"}
"""How the reasons begin that say so in what was written before."""


def upgrade() -> None:
    columns = [sa.column(name, sa.Boolean()) for name in REASONS]
    grounding = sa.table("atlas_grounding", sa.column("reason", sa.Text()), *columns)
    for name, reason in REASONS.items():
        column = sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("atlas_grounding", column)
        op.execute(grounding.update().where(grounding.c.reason.like(reason)).values({name: True}))


def downgrade() -> None:
    for name in REASONS:
        op.drop_column("atlas_grounding", name)
