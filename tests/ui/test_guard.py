"""Who gets in: nine handshakes with a real server, and what it says to those who do not."""

import os
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from midspan import Workspace
from midspan.errors import WrongUse
from midspan.platform.roots import within
from midspan.platform.settings import Settings


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The process, and the address as it prints it, token and all."""
    folder = tmp_path_factory.mktemp("guard") / "workspace"
    command = [sys.executable, "-m", "midspan.platform", "--workspace", folder, "ui", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**environment, "MIDSPAN_THREADS": "2"}
    )
    printed = server.stdout.readline().split()[2]
    wait_for(urlsplit(printed).port)
    yield server, printed
    server.terminate()
    server.wait(timeout=30)
    server.stdout.close()
    with pytest.raises(OSError):  # nobody is left to answer
        urllib.request.urlopen(printed, timeout=5)


@pytest.fixture(scope="module")
def address(server):
    return server[1]


def wait_for(port):
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def get(address, **headers):
    """Status, headers and text of one answer."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        answer = opener.open(urllib.request.Request(address, headers=headers), timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read().decode()


def test_libraries_have_as_many_threads_as_a_network(server):
    assert psutil.Process(server[0].pid).environ()["OMP_NUM_THREADS"] == "2"


@pytest.fixture(scope="module")
def cookie(address):
    status, headers, _ = get(address)
    assert status == 303 and headers["Location"] == "/"
    given = headers["Set-Cookie"]
    assert "HttpOnly" in given and "SameSite=strict" in given
    return given.split(";")[0]


def handshake(port, host, origin, cookie):
    """The status of a WebSocket's handshake."""
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *([f"Origin: {origin}"] if origin else []),
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(connection.recv(1024).split()[1])


HANDSHAKES = {
    "ours": ("127.0.0.1:PORT", "http://127.0.0.1:PORT", "ours", 101),
    "without a token": ("127.0.0.1:PORT", "http://127.0.0.1:PORT", None, 403),
    "with another token": ("127.0.0.1:PORT", "http://127.0.0.1:PORT", "other", 403),
    "from another site": ("127.0.0.1:PORT", "http://evil.example", "ours", 403),
    "from another port": ("127.0.0.1:PORT", "http://127.0.0.1:1", "ours", 403),
    "from a page without an origin": ("127.0.0.1:PORT", "null", "ours", 403),
    "from no page": ("127.0.0.1:PORT", None, "ours", 403),
    "by DNS rebinding": ("evil.example:PORT", "http://evil.example:PORT", "ours", 403),
    "to another name": ("evil.example:PORT", "http://127.0.0.1:PORT", "ours", 403),
}


@pytest.mark.parametrize("case", HANDSHAKES)
def test_of_nine_handshakes_only_the_right_one_enters(address, cookie, case):
    host, origin, who, expected = HANDSHAKES[case]
    port = urlsplit(address).port
    cookies = {
        "ours": cookie,
        "other": cookie.split("=")[0] + "=" + "A" * 32,
        None: None,
    }
    host, origin = (text and text.replace("PORT", str(port)) for text in (host, origin))
    assert handshake(port, host, origin, cookies[who]) == expected


def test_who_comes_without_the_token_is_told_what_to_open(address):
    plain = address.split("?")[0]
    status, headers, said = get(plain)
    assert status == 401 and "midspan ui" in said
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert get(plain + "?token=" + "A" * 32)[0] == 403


def test_a_name_that_is_not_ours_is_not_answered_to(address, cookie):
    status, _, said = get(address, Host="evil.example", Cookie=cookie)
    assert status == 421 and "--allow-host" in said


@pytest.mark.parametrize("other", ['{"a": [1]}; x', "a b=c", 'theme="dark', "=; ;"])
def test_what_other_servers_of_the_machine_set_does_not_keep_us_out(address, cookie, other):
    assert get(address.split("?")[0], Cookie=f"{other}; {cookie}; {other}")[0] == 200


def test_with_the_cookie_the_page_comes_and_no_other_site_may_frame_it(address, cookie):
    status, headers, said = get(address.split("?")[0], Cookie=cookie)
    assert status == 200 and "<html" in said.lower()
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/sources", "/?q=liver&x=1", "//evil.example/x"])
def test_the_token_goes_out_of_the_address_and_the_rest_stays(address, path):
    parts = urlsplit(address)
    joined = f"http://{parts.netloc}{path}{'&' if '?' in path else '?'}{parts.query}"
    status, headers, _ = get(joined)
    assert status == 303
    assert headers["Location"] == ("/evil.example/x" if path.startswith("//") else path)


def test_what_a_workspace_keeps_is_its_owner_s(tmp_path):
    (tmp_path / "a.txt").write_text("The liver is an organ.")
    command = [
        sys.executable,
        "-m",
        "midspan.platform",
        "--workspace",
        tmp_path / "w",
        "ingest",
        "--stage",
        "none",
    ]
    subprocess.run([*command, tmp_path / "a.txt"], check=True, stdout=subprocess.DEVNULL)
    for path in [tmp_path / "w", *(tmp_path / "w").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_browser_may_name_files_in_its_folders_only(tmp_path):
    inside, outside = tmp_path / "docs", tmp_path / "secret"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.txt").write_text("a")
    (inside / "link").symlink_to(outside)
    assert within(inside / "a.txt", [inside]) == inside / "a.txt"
    assert within(inside, [inside]) == inside
    for path in (outside / "a.txt", inside / "../secret/a.txt", inside / "link/a.txt", tmp_path, Path("/")):
        with pytest.raises(WrongUse, match="MIDSPAN_UI_ROOTS"):
            within(path, [inside])
    with pytest.raises(WrongUse, match="none"):
        within(inside, [])


def test_a_token_that_is_not_set_is_made_and_a_short_one_refused(monkeypatch):
    monkeypatch.setenv("MIDSPAN_UI_TOKEN", "")
    assert Settings().ui_token is None
    monkeypatch.setenv("MIDSPAN_UI_TOKEN", "short")
    with pytest.raises(ValueError, match="16"):
        Settings()


def test_roots_come_from_the_environment_with_colons_between(monkeypatch, tmp_path):
    assert Settings().ui_roots == (Path("~"),)
    monkeypatch.setenv("MIDSPAN_UI_ROOTS", "/data:/more")
    assert Settings().ui_roots == (Path("/data"), Path("/more"))
    monkeypatch.setenv("MIDSPAN_UI_ROOTS", "")
    monkeypatch.setenv("MIDSPAN_WORKSPACE", str(tmp_path / "w"))
    with Workspace.open(create=True) as workspace, pytest.raises(WrongUse):
        workspace.nameable(tmp_path)
