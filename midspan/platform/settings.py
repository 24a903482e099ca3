"""Settings from the environment (``MIDSPAN_*``). The only place that reads it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are. Without URLs everything lies in the workspace folder."""

    model_config = SettingsConfigDict(env_prefix="MIDSPAN_", extra="ignore")

    workspace: Path = Path("workspace")
    database_url: SecretStr | None = None
    """SQLAlchemy URL; default: SQLite in the workspace."""
    graph_url: SecretStr | None = None
    """bolt:// or neo4j:// URL, with user and password in it; default: the embedded graph."""
    vectors_url: SecretStr | None = None
    """postgresql:// (pgvector) or milvus:// URL of a server that keeps the vectors for all machines; default:
    FAISS, on every machine that searches."""
    broker_url: SecretStr | None = None
    """Celery broker; default: a redis-server of the workspace's own on a Unix socket."""
    cache: Path = Path("~/.cache/midspan")
    """Where the knowledge graph of the package is unpacked, for all workspaces."""
    text_model: str | None = None
    """Name or folder of a sentence-transformers model; default: the bundled all-MiniLM-L6-v2."""
    engine: Literal["auto", "onnxruntime", "torch"] = "auto"
    """What answers for the networks; auto: torch where it finds a CUDA device, else ONNX Runtime."""
    threads: int = Field(default=1, ge=0)
    """Threads a process gives to a network on the CPU; 0 leaves the choice to ONNX Runtime."""
    scenes: Literal["usual", "model"] = "usual"
    """Where the things of a scene begin before its relations move them: the usual places of their kinds, or
    where the shipped model says, with a confidence."""
    recogniser: str = "shipped"
    """What tells actions in videos: the student that ships, "none", or the folder of one's own
    (`midspan distill`)."""
    detector: str = "shipped"
    """What finds hands and things in videos: the model that ships, "none", or the folder of one in ONNX; real
    hands are found besides where `midspan models add hands` was run."""
    workers: int = Field(default=0, ge=0)
    """Processes among which an ingest in the foreground shares its work; 1: it does all itself; 0: one a
    core, as far as memory goes, and with servers 1."""
    worker_memory_mb: int = Field(default=4096, ge=1)
    """Resident memory above which a worker process is replaced after the task at hand."""
    read_seconds: float = Field(default=45, gt=0)
    """CPU seconds that reading one file may take; of a large one 8 for each MB where that is more."""
    read_memory_mb: int = Field(default=896, ge=128)
    """Memory that the process in which files are read may take."""
    ui_token: SecretStr | None = Field(default=None, min_length=16)
    """What the browser UI asks for; default: made anew by each `midspan ui`, which prints it."""
    ui_roots: Annotated[tuple[Path, ...], NoDecode] = (Path("~"),)
    """Folders, with colons between, in which the browser may name files; what is elsewhere is uploaded."""
    log_level: str = "WARNING"

    @field_validator("ui_token", "vectors_url", mode="before")
    @classmethod
    def _unset(cls, value: Any) -> Any:
        return value or None

    @field_validator("ui_roots", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value

    @property
    def folder(self) -> Path:
        return self.workspace.expanduser().absolute()
