"""Who sends a request: a session cookie, or an API key; and how often somebody may try."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from threading import Lock

from starlette.concurrency import run_in_threadpool

from passport.bootstrap import PassportServices
from passport.services.accounts import SignInRefusedError
from passport.ui.request import Caller
from passport.ui.session import SessionCookie
from passport.web.errors import TooManyAttemptsError

_MOST_ATTEMPTS = 10
_WINDOW_S = 300.0
_MOST_NAMES = 10_000
_BEARER = "bearer "


async def identify(
    headers: Iterable[tuple[bytes, bytes]], *, services: PassportServices, cookie: SessionCookie
) -> Caller:
    """Return who sends a request with these headers.

    An API key goes before a cookie: a program that sends both means the key.

    Raises:
        SignInRefusedError: There is an Authorization header, and it does not hold.
    """
    cookies = ""
    for name, value in headers:
        if name == b"authorization":
            actor = await run_in_threadpool(services.actor_of_key, _secret(value.decode("latin-1")))
            return Caller(actor=actor)
        if name == b"cookie":
            cookies = (
                f"{cookies}; {value.decode('latin-1')}" if cookies else value.decode("latin-1")
            )
    session = _session(cookies, cookie.name)
    if not session:
        return Caller()
    actor = await run_in_threadpool(services.actor_of_session, session)
    return Caller(actor=actor, session=session, is_browser=True)


def _secret(header: str) -> str:
    if not header.lower().startswith(_BEARER):
        raise SignInRefusedError("send the API key as Authorization: Bearer obp_...")
    return header[len(_BEARER) :].strip()


def _session(cookies: str, name: str) -> str:
    if name not in cookies:
        return ""
    try:
        found = SimpleCookie(cookies).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


@dataclass(slots=True)
class Attempts:
    """Counts failed sign-ins in this process, for each login and each address.

    Attributes:
        clock: Seconds of a clock that never goes back.
    """

    clock: Callable[[], float]
    _failed: dict[str, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, *names: str) -> None:
        """Refuse where one of the names failed too often of late.

        Raises:
            TooManyAttemptsError: With the time to wait.
        """
        with self._lock:
            for name in names:
                failed = self._recent(name)
                if len(failed) >= _MOST_ATTEMPTS:
                    wait_s = int(failed[0] + _WINDOW_S - self.clock()) + 1
                    raise TooManyAttemptsError(
                        f"{_MOST_ATTEMPTS} sign-ins failed; wait {wait_s} seconds", wait_s
                    )

    def note_failure(self, *names: str) -> None:
        """Count a failure for each of the names."""
        with self._lock:
            if len(self._failed) > _MOST_NAMES:
                self._forget_old()
            for name in names:
                self._failed.setdefault(name, deque(maxlen=_MOST_ATTEMPTS)).append(self.clock())

    def forget(self, name: str) -> None:
        """Begin anew after a sign-in that succeeded."""
        with self._lock:
            self._failed.pop(name, None)

    def _recent(self, name: str) -> deque[float]:
        failed = self._failed.get(name, deque())
        while failed and failed[0] <= self.clock() - _WINDOW_S:
            failed.popleft()
        return failed

    def _forget_old(self) -> None:
        for name in list(self._failed):
            if not self._recent(name):
                del self._failed[name]
