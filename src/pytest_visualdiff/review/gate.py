"""Who may talk to the review page: one person, from the page itself. Pure.

The page decides about baselines, so another site that the person has open must not be able to,
nor another user of the machine:

- ``Host`` names this server, or a name that was pointed at 127.0.0.1 (DNS rebinding) is refused;
- what changes something comes with our ``Origin``, which scripts of other sites cannot forge;
- all data needs the token of this start. It travels in the address's fragment, which browsers send
  nowhere, then in a header that no form and no picture element can set;
- pictures need a cookie (``HttpOnly``, ``SameSite=Strict``), since elements cannot send headers. It
  is another secret than the token: other servers on 127.0.0.1 may be sent it, and can do nothing
  but look.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
"""The only address that is listened on."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every answer."""

LOCKED = "default-src 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy of all that is no page."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered, and the HTTP status that says so."""

    status: int
    why: str


@dataclass(frozen=True)
class Gate:
    """The rules of one start of the server on a port; secrets are 256 random bits."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """What the cookie holds."""

    @property
    def address(self) -> str:
        """The address to open, with the token in its fragment."""
        return f"http://{HOST}:{self.port}/#token={self.token}"

    @property
    def cookie(self) -> str:
        """The cookie's name; cookies know no ports, so the port is part of it."""
        return f"visualdiff-{self.port}"

    def set_cookie(self) -> str:
        """The value of the ``Set-Cookie`` header."""
        return f"{self.cookie}={self.ticket}; Path=/; HttpOnly; SameSite=Strict"

    def refusal(
        self, method: str, path: str, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Refusal | None:
        """Why such a request is refused; None where it may pass. Header names in lower case."""
        hosts = {f"{name}:{self.port}" for name in (HOST, "localhost")}
        if headers.get("host", "") not in hosts:
            return Refusal(421, "this server answers to 127.0.0.1 and localhost only")
        if method not in ("GET", "HEAD", "POST"):
            return Refusal(405, f"{method} is not answered here")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return Refusal(403, "requests of other sites are not answered")
        if method == "POST" and headers.get("origin") != f"http://{headers['host']}":
            return Refusal(403, "decisions are taken from the review page only")
        return self._unknown(path, headers, cookies)

    def _unknown(
        self, path: str, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Refusal | None:
        """Whether the request lacks the secret that its path needs; the empty page needs none."""
        if path == "/":
            return None
        if path.startswith(("/run/", "/baseline/")):
            good = _same(cookies.get(self.cookie, ""), self.ticket)
        else:
            good = _same(headers.get("authorization", ""), f"Bearer {self.token}")
        return None if good else Refusal(401, "the token of this start of the server is missing")


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())
