"""Which server keeps the vectors, by the scheme of ``MIDSPAN_VECTORS_URL``; nothing shown of it is secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from midspan.errors import WrongUse

Kind = Literal["pgvector", "milvus"]

SCHEMES: dict[str, Kind] = {
    "postgresql": "pgvector",
    "postgresql+psycopg": "pgvector",
    "postgres": "pgvector",
    "milvus": "milvus",
    "milvus+s": "milvus",
}
"""``+s`` is TLS with a certificate that the system trusts."""

EXPECTED = (
    "expected postgresql://USER:PASSWORD@HOST:5432/DATABASE, or milvus://USER:PASSWORD@HOST:19530/DATABASE "
    "(milvus+s:// with TLS; user, password, port and database may be left out); @, : and / in a password are "
    "written %40, %3A, %2F"
)


def kind_of(url: str) -> Kind:
    """Raises ``WrongUse``, which repeats nothing of the URL but its scheme."""
    scheme = url.strip().partition("://")[0]
    if scheme not in SCHEMES:
        shown = scheme if scheme.isalnum() and len(scheme) < 12 else "no known scheme"
        raise WrongUse(f"MIDSPAN_VECTORS_URL begins with {shown!r}; {EXPECTED}")
    return SCHEMES[scheme]


@dataclass(frozen=True)
class MilvusAddress:
    uri: str
    """For the client and for messages: no user, no password, no database."""
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    """Empty: the server's default database."""

    @classmethod
    def of(cls, url: str) -> MilvusAddress:
        """Raises ``WrongUse``."""
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError:  # its message may show the password
            raise WrongUse(f"MIDSPAN_VECTORS_URL: no host and port can be read in it; {EXPECTED}") from None
        if not host or parts.query or parts.fragment:
            raise WrongUse(f"MIDSPAN_VECTORS_URL names no host, or more than a database; {EXPECTED}")
        if parts.password and not parts.username:
            raise WrongUse(f"MIDSPAN_VECTORS_URL has a password without a user; {EXPECTED}")
        shown = f"[{host}]" if ":" in host else host
        return cls(
            uri=f"{'https' if parts.scheme == 'milvus+s' else 'http'}://{shown}:{port or 19530}",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.strip("/")),
        )
