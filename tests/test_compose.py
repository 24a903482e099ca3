"""docker-compose.yml: what it promises, read from the file and, where it is installed, by the client."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PASSWORDS = {"POSTGRES_PASSWORD": "one", "NEO4J_PASSWORD": "two", "REDIS_PASSWORD": "three"}
PORTS = {"POSTGRES_PORT": "15432", "NEO4J_PORT": "17687", "REDIS_PORT": "16379"}


def client() -> list[str]:
    """The command that reads compose files; there need be no engine."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            asked = subprocess.run([*command, "version"], capture_output=True, check=False)
            if asked.returncode == 0:
                return command
    pytest.skip("CLIENT MISSING: neither `docker compose` nor docker-compose is installed")


def configured(*files: str, **values: str) -> subprocess.CompletedProcess[str]:
    chosen = [part for file in files for part in ("--file", str(ROOT / file))]
    environment = {name: value for name, value in os.environ.items() if name not in PASSWORDS}
    return subprocess.run(
        [*client(), *chosen, "config"],
        env={**environment, **values},
        capture_output=True,
        text=True,
        check=False,
    )


def services(text: str) -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(text)["services"])


WRITTEN = services((ROOT / "docker-compose.yml").read_text())


def test_the_five_services_are_there() -> None:
    assert set(WRITTEN) == {"postgres", "neo4j", "redis", "worker", "ui"}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_service_is_checked_limited_and_not_root(name: str) -> None:
    service = WRITTEN[name]
    assert service["healthcheck"]["test"]
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("file", ["docker-compose.yml", "services/compose-ports.yml"])
def test_ports_are_published_on_127_0_0_1_alone(file: str) -> None:
    ports = [
        port for service in services((ROOT / file).read_text()).values() for port in service.get("ports", [])
    ]
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", ["postgres", "neo4j", "redis"])
def test_a_store_keeps_its_data_in_a_named_volume(name: str) -> None:
    declared = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["volumes"]
    [volume] = WRITTEN[name]["volumes"]
    assert volume.split(":")[0] in declared


def test_every_secret_comes_from_the_environment() -> None:
    for service in WRITTEN.values():
        for variable, value in service["environment"].items():
            if "PASSWORD" in variable or "AUTH" in variable.split("_") or variable.endswith("_URL"):
                assert "_PASSWORD:?" in value, variable


@pytest.mark.parametrize("missing", PASSWORDS)
def test_the_client_refuses_to_go_on_without_a_secret(missing: str) -> None:
    given = {name: value for name, value in PASSWORDS.items() if name != missing}
    refused = configured("docker-compose.yml", **given)
    assert refused.returncode != 0
    assert "set it in the environment" in refused.stderr


def test_the_client_takes_the_file_and_fills_in_the_secrets() -> None:
    done = configured("docker-compose.yml", **PASSWORDS)
    assert done.returncode == 0, done.stderr
    worker = services(done.stdout)["worker"]
    assert ":one@postgres:5432/" in worker["environment"]["MIDSPAN_DATABASE_URL"]
    assert ":two@neo4j:7687" in worker["environment"]["MIDSPAN_GRAPH_URL"]
    assert ":three@redis:6379/" in worker["environment"]["MIDSPAN_BROKER_URL"]


def test_the_client_takes_the_ports_for_development() -> None:
    done = configured("docker-compose.yml", "services/compose-ports.yml", **PASSWORDS, **PORTS)
    assert done.returncode == 0, done.stderr
    assert all(services(done.stdout)[name]["ports"] for name in ("postgres", "neo4j", "redis"))
