"""Alembic's entry: runs the steps in the transaction of the connection it is given.

Without one (the ``alembic`` command of a developer) it opens the database named by ``-x url=...``.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from midspan.db.migrate import is_ours
from midspan.db.records.engine import make_engine, writing
from midspan.db.records.schema import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, include_name=is_ours)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with writing(make_engine(context.get_x_argument(as_dictionary=True)["url"])) as opened:
        run(opened)
