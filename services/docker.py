"""The three servers of docker-compose.yml on ports of 127.0.0.1, where a Docker engine runs."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from services.server import HOST, free_port

ROOT = Path(__file__).parents[1]
FILES = (ROOT / "docker-compose.yml", ROOT / "services" / "compose-ports.yml")
STORES = ("postgres", "neo4j", "redis")


def engine_runs() -> bool:
    """Whether a Docker engine answers and its client knows ``compose``."""
    if shutil.which("docker") is None:
        return False
    return all(
        subprocess.run(["docker", *call], capture_output=True, check=False).returncode == 0
        for call in (["compose", "version"], ["info"])
    )


def up(folder: Path) -> dict[str, str]:
    """Start them and wait until they are healthy; URLs by the setting that names each."""
    values = _values(folder)
    _compose(folder, "up", "--detach", "--wait", *STORES)
    postgres, neo4j, redis = (values[f"{name.upper()}_PASSWORD"] for name in STORES)
    return {
        "MIDSPAN_DATABASE_URL": f"postgresql+psycopg://midspan:{postgres}@{HOST}:{values['POSTGRES_PORT']}/midspan",
        "MIDSPAN_GRAPH_URL": f"bolt://neo4j:{neo4j}@{HOST}:{values['NEO4J_PORT']}",
        "MIDSPAN_BROKER_URL": f"redis://:{redis}@{HOST}:{values['REDIS_PORT']}/0",
    }


def down(folder: Path) -> None:
    """Stop what ``up`` started from this folder; the named volumes stay."""
    if _environment(folder).exists():
        _compose(folder, "down")


def _environment(folder: Path) -> Path:
    return folder / "compose.env"


def _values(folder: Path) -> dict[str, str]:
    """Ports and passwords, made once."""
    path = _environment(folder)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = {f"{name.upper()}_PORT": str(free_port()) for name in STORES}
        made |= {f"{name.upper()}_PASSWORD": secrets.token_hex(12) for name in STORES}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in made.items())
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def _compose(folder: Path, *call: str) -> None:
    files = [part for file in FILES for part in ("--file", str(file))]
    named = ["--project-name", "midspan-development", "--env-file", str(_environment(folder))]
    subprocess.run(["docker", "compose", *named, *files, *call], check=True, stdout=subprocess.DEVNULL)
