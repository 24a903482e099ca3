"""Items that are done in part, counted in their jobs; the page or second at which something failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("partial", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("failure", sa.Column("page", sa.Integer()))
    op.add_column("failure", sa.Column("second", sa.Float()))


def downgrade() -> None:
    """What was done in part has failed, as it was before, so that a retry takes it up."""
    item = sa.table("job_item", sa.column("state", sa.Text()), sa.column("outcome", sa.Text()))
    partial = item.c.outcome == "partial"
    op.execute(item.update().where(partial).values(state="failed", outcome="failed"))
    job = sa.table("job", *(sa.column(name, sa.Integer()) for name in ("done", "failed", "partial")))
    counts = {"done": job.c.done - job.c.partial, "failed": job.c.failed + job.c.partial}
    op.execute(job.update().where(job.c.partial > 0).values(counts))
    for table, column in (("failure", "second"), ("failure", "page"), ("job", "partial")):
        op.drop_column(table, column)
