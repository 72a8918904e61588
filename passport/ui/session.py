"""The cookie of a session and its random token; `passport.services.accounts` keeps its digest."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie

_TOKEN_BYTES = 32


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
