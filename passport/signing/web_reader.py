"""Reading from the web without being led to places nobody meant.

TLS only, no private addresses, no other host by redirect, bounded in size and time. In a
demonstration, plain http to this machine.

Source: did:web Method Specification, security considerations; OWASP, server-side request forgery.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from passport.domain.errors import PassportError
from passport.signing.did import LOOPBACK_HOSTS

LARGEST_ANSWER: Final = 256 * 1024
"""Bytes; a DID document of 500 keys has about 130 KiB, a status list some KiB."""
_MOST_REDIRECTS = 3
_TIMEOUT_S = 10.0
_PORTS = {"https": 443, "http": 80}

HostLookup = Callable[[str, int], Sequence[str]]
"""Host and port -> its addresses."""


class UnreachableError(PassportError):
    """What is needed could not be fetched; it may be there another time."""

    code = "unreachable"


class AddressRefusedError(PassportError):
    """An address is one that a service must not call for others."""

    code = "address-refused"


def look_up_host(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host.

    Raises:
        UnreachableError: The host is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UnreachableError(f"the host {host} is not known: {error}") from error
    return [str(address[0]) for *_, address in found]


def read_bounded(response: httpx.Response, largest: int) -> bytes:
    """Return the body of an answer that is being streamed, as far as it may be long.

    Args:
        response: The answer; what it packed is counted as it unpacks.
        largest: Bytes read at most.

    Raises:
        UnreachableError: There is more.
        httpx.HTTPError: The connection broke.
    """
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > largest:
            host = response.request.headers["Host"]
            raise UnreachableError(f"{host} sent more than {largest} bytes")
    return bytes(body)


class WebReader:
    """Fetches small documents from addresses that strangers name.

    Args:
        demonstration: Whether plain http to this machine is allowed.
        look_up: Finds the addresses of a host.
        transport: Carries the requests; the network when not given.
        largest_answer: Bytes read at most.
        timeout_s: Seconds to wait for each step.
    """

    def __init__(
        self,
        *,
        demonstration: bool = False,
        look_up: HostLookup = look_up_host,
        transport: httpx.BaseTransport | None = None,
        largest_answer: int = LARGEST_ANSWER,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._demonstration = demonstration
        self._look_up = look_up
        self._largest_answer = largest_answer
        # Proxies of the environment would look the host up again, past the check below.
        self._client = httpx.Client(
            transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def read(self, url: str, *, accept: str = "*/*") -> bytes:
        """Fetch a document.

        Raises:
            AddressRefusedError: The address is private, not https, or redirects to another host.
            UnreachableError: There was no answer, or another one than a document.
        """
        place = url
        for _ in range(_MOST_REDIRECTS):
            status, location, body = self._get(place, accept)
            if status == httpx.codes.OK:
                return body
            if location is None:
                raise UnreachableError(f"{place} answered {status} instead of a document")
            place = _same_host(place, location)
        raise UnreachableError(f"{url} redirects more than {_MOST_REDIRECTS} times")

    def _get(self, url: str, accept: str) -> tuple[int, str | None, bytes]:
        address = self._checked_address(url)
        target = httpx.URL(url)
        # The address that was checked is the one that is called (no second look-up), while the
        # certificate is still checked against the name.
        request = self._client.build_request(
            "GET",
            target.copy_with(host=address),
            headers={"Host": target.netloc.decode(), "Accept": accept},
            extensions={"sni_hostname": target.host},
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                body = read_bounded(response, self._largest_answer)
                return response.status_code, response.headers.get("Location"), body
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise UnreachableError(f"{url} did not answer: {error}") from error

    def _checked_address(self, url: str) -> str:
        scheme, host, port = _parts(url)
        is_local = host in LOOPBACK_HOSTS
        if is_local and not self._demonstration:
            raise AddressRefusedError(f"{url} is on this machine; only a demonstration reads it")
        if scheme != "https" and not (is_local and scheme == "http"):
            raise AddressRefusedError(f"{url} is not https")
        addresses = self._look_up(host.strip("[]"), port)
        if not addresses:
            raise UnreachableError(f"the host {host} has no address")
        for text in addresses:
            address = ipaddress.ip_address(text.partition("%")[0])
            if not (address.is_loopback if is_local else _is_public(address)):
                raise AddressRefusedError(f"{url} leads to {address}, which is no public host")
        return addresses[0]


def _parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise AddressRefusedError(f"{url} is no address of the web") from error
    if not host or parts.username is not None:
        raise AddressRefusedError(f"{url} is no address of the web")
    return parts.scheme, f"[{host}]" if ":" in host else host, port or _PORTS.get(parts.scheme, 0)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    seen = inner or address
    return seen.is_global and not seen.is_multicast


def _same_host(url: str, location: str) -> str:
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    if (old.scheme, old.netloc) != (new.scheme, new.netloc):
        raise AddressRefusedError(f"{url} redirects to another host, {new.netloc}")
    return target
