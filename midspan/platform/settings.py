"""Settings from the environment (``MIDSPAN_*``). The only place that reads it."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are. Without URLs everything lies in the workspace folder."""

    model_config = SettingsConfigDict(env_prefix="MIDSPAN_", extra="ignore")

    workspace: Path = Path("workspace")
    database_url: SecretStr | None = None
    """SQLAlchemy URL; default: SQLite in the workspace."""
    graph_url: SecretStr | None = None
    """bolt:// or neo4j:// URL, with user and password in it; default: the embedded graph."""
    broker_url: SecretStr | None = None
    """Celery broker; default: a redis-server of the workspace's own on a Unix socket."""
    text_model: str | None = None
    """Name or folder of a sentence-transformers model; default: the bundled all-MiniLM-L6-v2."""
    threads: int = Field(default=0, ge=0)
    """Threads a process gives to torch; 0 leaves torch's own choice."""
    workers: int = Field(default=0, ge=0)
    """Processes among which an ingest in the foreground shares its work; 1: it does all itself; 0: one a
    core, as far as memory goes, and with servers 1."""
    worker_memory_mb: int = Field(default=4096, ge=1)
    """Resident memory above which a worker process is replaced after the task at hand."""
    log_level: str = "WARNING"

    @property
    def folder(self) -> Path:
        return self.workspace.expanduser().absolute()
