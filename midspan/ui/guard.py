"""Who may use the browser UI: whoever has the token that its address was printed with, in a page of our own.

A page of another site can make a browser send requests here, also by a name of its own that it lets point to
this machine (DNS rebinding). So a request must name a host that we answer to, and, where it says which page
it comes from, that must be one of ours; and it brings the token: first in the address, then in a cookie that
only our own pages send.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOKEN = "token"
"""In the address."""
HEALTH = "/_stcore/health"
"""Says only that the server is up; needs no token."""
POLICY_VIOLATION = 1008
HEADERS = {
    # Streamlit's own pages hold inline styles and scripts, and Plotly compiles its shaders' code.
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; frame-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware before everything else."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: Collection[str]) -> None:
        """``hosts`` are the names and addresses that are answered to, beside the loopback's."""
        self._app, self._token = app, token
        self._hosts = {host.lower() for host in (*LOOPBACK, *hosts)}
        self._cookie = f"midspan-{hashlib.sha256(token.encode()).hexdigest()[:12]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._answer(scope)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            refusal.headers.update(HEADERS)
            await refusal(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered in place of the page; None lets the request through."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            return PlainTextResponse(
                f"midspan does not answer to the name {_name(host)!r}; name it by --allow-host at the start",
                421,
            )
        if not _same_origin(headers.get("origin"), host, required=scope["type"] == "websocket"):
            return PlainTextResponse("this request comes from a page of another site", 403)
        if scope["path"] == HEALTH or self._has_cookie(headers):
            return None
        if scope["type"] == "http" and (given := _given(scope)) is not None:
            return self._admit(scope, headers, given)
        return PlainTextResponse(
            "open the address that `midspan ui` printed: it holds the token that this page asks for", 401
        )

    def _has_cookie(self, headers: Headers) -> bool:
        """Other servers of this machine set cookies too, and whatever these hold stands beside ours."""
        return self._is_token(cookie_parser(headers.get("cookie", "")).get(self._cookie, ""))

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _admit(self, scope: Scope, headers: Headers, given: str) -> Response:
        """Take the token from the address into a cookie, so that it stays in no history and no link."""
        if not self._is_token(given):
            return PlainTextResponse(
                "this token is not of the midspan that runs now; open the address that it printed", 403
            )
        rest = [(name, value) for name, value in _query(scope) if name != TOKEN]
        path = "/" + scope["path"].lstrip("/")  # two of them would begin the name of another host
        answer = RedirectResponse(path + (f"?{urlencode(rest)}" if rest else ""), 303)
        answer.set_cookie(
            self._cookie, self._token, httponly=True, samesite="strict", secure=scope["scheme"] == "https"
        )
        return answer


def _name(host: str) -> str:
    """Of a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _same_origin(origin: str | None, host: str, *, required: bool) -> bool:
    """Whether the page that asks was served under the same name and port."""
    if origin is None:
        return not required
    try:
        return urlsplit(origin).scheme in ("http", "https") and urlsplit(origin).netloc == host
    except ValueError:
        return False


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _given(scope: Scope) -> str | None:
    return dict(_query(scope)).get(TOKEN) if scope["method"] in ("GET", "HEAD") else None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sending
