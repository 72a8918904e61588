"""Sessions in the browser: a random token in a cookie, of which the store keeps only a digest."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Protocol

_TOKEN_BYTES = 32


class SessionRegister(Protocol):
    """Keeps sessions; the caller commits."""

    def begin(self, token_digest: bytes, account: str, *, ends_at: datetime) -> None:
        """Remember a session; an empty account is a visitor who has not signed in."""

    def end(self, token_digest: bytes) -> None:
        """Forget a session; an unknown one is no error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCookie:
    """The cookie that carries a session token.

    Attributes:
        secure: Only over https; switched off for the demonstration on plain http to loopback.
        lasts: How long the browser keeps it.
    """

    secure: bool = True
    lasts: timedelta = timedelta(hours=12)

    @property
    def name(self) -> str:
        """Name of the cookie; with ``__Host-`` no other host or path can set it."""
        return "__Host-session" if self.secure else "session"

    def header_setting(self, token: str) -> str:
        """Value of a ``Set-Cookie`` header that hands out a session."""
        return self._header(token, int(self.lasts.total_seconds()))

    def header_removing(self) -> str:
        """Value of a ``Set-Cookie`` header that takes a session away."""
        return self._header("", 0)

    def _header(self, token: str, max_age_s: int) -> str:
        cookie = SimpleCookie({self.name: token})
        morsel = cookie[self.name]
        morsel["path"] = "/"
        morsel["max-age"] = max_age_s
        morsel["httponly"] = True
        morsel["samesite"] = "Lax"
        if self.secure:
            morsel["secure"] = True
        return morsel.OutputString()


def new_token() -> str:
    """Make a session token of 256 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest_of(token: str) -> bytes:
    """Digest under which the store knows a token: whoever reads the store cannot sign in."""
    return hashlib.sha256(token.encode()).digest()


def rotate(
    old_token: str | None, account: str, *, register: SessionRegister, ends_at: datetime
) -> str:
    """Begin a session under a new token and end the old one.

    At sign-in and sign-out the token changes, so that a token planted in a browser before
    sign-in is worth nothing after it.

    Args:
        old_token: Token the browser came with, if any.
        account: Who has signed in; empty for a visitor.
        register: Where sessions are kept.
        ends_at: When the new session ends.

    Returns:
        The new token, for the cookie.
    """
    if old_token:
        register.end(digest_of(old_token))
    token = new_token()
    register.begin(digest_of(token), account, ends_at=ends_at)
    return token
