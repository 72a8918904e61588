"""Asking authorities for time stamps.

Source: RFC 3161, section 3.4 (over HTTP).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

import httpx
import structlog
from cryptography import x509

from passport.domain.errors import PassportError
from passport.signing.instants import instant_text
from passport.signing.time_stamps import (
    TimeStamp,
    TimeStampError,
    build_request,
    read_answer,
    verify_time_stamp,
)
from passport.signing.web_reader import UnreachableError

_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"
_LARGEST_ANSWER: Final = 64 * 1024
_TIMEOUT_S: Final = 15.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTimeStamp:
    """A token that was asked for and checked.

    Attributes:
        authority: Address that gave it.
    """

    token: bytes
    stamp: TimeStamp
    authority: str


class TimeStampAuthorities:
    """The authorities of an installation, asked one after the other until one answers.

    Args:
        urls: Where they take requests; plain http does, for an answer is signed.
        roots: Certificates they are believed by.
        transport: Carries the requests; the network when not given.
    """

    def __init__(
        self,
        urls: Sequence[str],
        roots: Collection[x509.Certificate],
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._urls = tuple(urls)
        self._roots = tuple(roots)
        self._client = httpx.Client(transport=transport, timeout=_TIMEOUT_S, trust_env=False)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def stamp(self, data: bytes, *, lasting_beyond: datetime | None = None) -> GivenTimeStamp:
        """Return a checked token over some bytes.

        Args:
            data: What it is made over.
            lasting_beyond: Whoever gives one that ends sooner is passed over.

        Raises:
            UnreachableError: No authority gave one; the reasons are told.
        """
        reasons = []
        for url in self._urls:
            try:
                given = self._ask(url, data)
                _require_lasts(given.stamp, lasting_beyond)
            except PassportError as error:
                log.warning("time_stamp_refused", authority=url, reason=str(error))
                reasons.append(f"{url}: {error}")
            else:
                return given
        raise UnreachableError(f"no authority gave a time stamp: {'; '.join(reasons)}")

    def _ask(self, url: str, data: bytes) -> GivenTimeStamp:
        request, nonce = build_request(data)
        token = read_answer(self._post(url, request))
        stamp = verify_time_stamp(data, token, self._roots, nonce=nonce)
        return GivenTimeStamp(token=token, stamp=stamp, authority=url)

    def _post(self, url: str, request: bytes) -> bytes:
        headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        try:
            with self._client.stream("POST", url, content=request, headers=headers) as response:
                if response.status_code != HTTPStatus.OK:
                    raise UnreachableError(f"it answered {response.status_code}")
                answer = b""
                for chunk in response.iter_bytes():
                    answer += chunk
                    if len(answer) > _LARGEST_ANSWER:
                        raise TimeStampError(f"it answered more than {_LARGEST_ANSWER} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnreachableError(f"it did not answer: {error}") from error
        return answer


def _require_lasts(stamp: TimeStamp, beyond: datetime | None) -> None:
    if beyond is not None and stamp.holds_until <= beyond:
        raise TimeStampError(
            f"its stamp holds until {instant_text(stamp.holds_until)}, no longer than the one it "
            "would renew"
        )
