"""Where a Neo4j is, taken from one URL; what is shown of it never has the password in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from midspan.errors import WrongUse

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
"""``+s`` is TLS with a certificate that the system trusts, ``+ssc`` TLS with any certificate."""

EXPECTED = (
    f"expected SCHEME://USER:PASSWORD@HOST:7687/DATABASE with one of the schemes {', '.join(SCHEMES)}; "
    "user, password, port and database may be left out; @, : and / in a password are written %40, %3A, %2F"
)


@dataclass(frozen=True)
class Neo4jAddress:
    url: str
    """For the driver and for messages: no user, no password, no database."""
    user: str = ""
    password: str = field(default="", repr=False)
    database: str | None = None
    """None: the user's home database."""

    @classmethod
    def of(cls, url: str) -> Neo4jAddress:
        """Raises ``WrongUse``, which says what is expected and repeats nothing of the URL but its scheme."""
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError:  # its message may show the password
            raise WrongUse(f"MIDSPAN_GRAPH_URL: no host and port can be read in it; {EXPECTED}") from None
        if parts.scheme not in SCHEMES:
            shown = parts.scheme if parts.scheme.isalnum() and len(parts.scheme) < 12 else "no known scheme"
            raise WrongUse(f"MIDSPAN_GRAPH_URL begins with {shown!r}; {EXPECTED}")
        if not host:
            raise WrongUse(f"MIDSPAN_GRAPH_URL names no host; {EXPECTED}")
        if parts.fragment or (parts.query and not parts.scheme.startswith("neo4j")):
            raise WrongUse(f"MIDSPAN_GRAPH_URL has a part behind ? or #; {EXPECTED}")
        database = unquote(parts.path.strip("/"))
        if "/" in database:
            raise WrongUse(f"MIDSPAN_GRAPH_URL names more than a database behind the host; {EXPECTED}")
        if parts.password and not parts.username:
            raise WrongUse(f"MIDSPAN_GRAPH_URL has a password without a user; {EXPECTED}")
        shown_host = f"[{host}]" if ":" in host else host
        routing = f"?{parts.query}" if parts.query else ""
        return cls(
            url=f"{parts.scheme}://{shown_host}:{port or 7687}{routing}",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=database or None,
        )
