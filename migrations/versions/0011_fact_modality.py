"""Why a fact is hedged, what its pronouns stand for, its further arguments, and who generated it.

What is there already was said by the rules over clauses; its checksums covered fewer columns, so they go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SLOTS = ("subject", "predicate", "object")
OWN = (("modality", sa.Text(), ""), ("generator", sa.Text(), "clause"), ("further", sa.JSON(), "[]"))


def upgrade() -> None:
    for name, kind, value in OWN:
        op.add_column("fact", sa.Column(name, kind, nullable=False, server_default=value))
    for slot in SLOTS:
        op.add_column("fact", sa.Column(f"{slot}_antecedent", sa.Text(), nullable=False, server_default=""))
        op.add_column("fact", sa.Column(f"{slot}_antecedent_start", sa.Integer()))
        op.add_column("fact", sa.Column(f"{slot}_antecedent_end", sa.Integer()))
        op.add_column("fact", sa.Column(f"{slot}_antecedent_segment", sa.Text()))
    op.execute("UPDATE fact SET checksum = NULL")


def downgrade() -> None:
    for slot in SLOTS:
        for part in ("", "_start", "_end", "_segment"):
            op.drop_column("fact", f"{slot}_antecedent{part}")
    for name, _, _ in OWN:
        op.drop_column("fact", name)
    op.execute("UPDATE fact SET checksum = NULL")
