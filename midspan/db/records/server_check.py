"""Whether a database server is what the record store needs, for the doctor."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, text

from midspan.db.records.engine import make_engine, reading

OLDEST = 14


def check(url: str) -> tuple[bool, str]:
    """Whether it is, and in words what it is or lacks. Raises ``StoreError``."""
    engine = make_engine(url, read_only=True)
    try:
        with reading(engine) as connection:
            return _check(connection)
    finally:
        engine.dispose()


def _check(connection: Connection) -> tuple[bool, str]:
    def setting(name: str) -> str:
        return str(connection.scalar(select(func.current_setting(name))))

    name = f"PostgreSQL {setting('server_version')}"
    if int(setting("server_version_num")) < OLDEST * 10_000:
        return False, f"{name}; midspan needs {OLDEST} or newer"
    cube = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'cube'"))
    if cube is None:
        return False, f"{name} without the extension cube; let a superuser say CREATE EXTENSION cube"
    encoding = setting("server_encoding")
    if encoding != "UTF8" or connection.scalar(select(func.lower("Ä"))) != "ä":
        return False, (
            f"{name} with a database in {encoding} whose locale does not know letters beyond ASCII: full "
            "text finds them in their own case only; make the database with LOCALE 'C.UTF-8'"
        )
    return True, f"{name} with cube {cube}"
