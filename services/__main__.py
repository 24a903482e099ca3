"""``python -m services up | down``: the three servers, their data under ``.services/``; prints their URLs.

``eval "$(make -s services)"`` points a shell at them. Where a Docker engine runs they are those of
docker-compose.yml, else processes of this machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

from services import docker
from services.neo4j import Neo4j
from services.postgres import Postgres
from services.redis import Redis
from services.server import Failed, Missing, Server

FOLDER = Path(__file__).parents[1] / ".services"


def servers(folder: Path) -> dict[str, Server]:
    """By the setting that names each."""
    return {
        "MIDSPAN_DATABASE_URL": Postgres(folder / "postgres"),
        "MIDSPAN_GRAPH_URL": Neo4j(folder / "neo4j"),
        "MIDSPAN_BROKER_URL": Redis(folder / "redis"),
    }


def up(folder: Path) -> int:
    if docker.engine_runs():
        for setting, url in docker.up(folder).items():
            print(f"export {setting}='{url}'")
        return 0
    missing = 0
    for setting, server in servers(folder).items():
        try:
            server.start()
        except (Missing, Failed) as problem:
            print(problem, file=sys.stderr)
            missing += 1
            continue
        print(f"export {setting}='{server.url}'", flush=True)
    return 1 if missing else 0


def down(folder: Path) -> int:
    docker.down(folder)
    for server in servers(folder).values():
        server.stop()
    return 0


if __name__ == "__main__":
    verbs = {"up": up, "down": down}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit("usage: python -m services up | down")
    sys.exit(verbs[sys.argv[1]](FOLDER))
