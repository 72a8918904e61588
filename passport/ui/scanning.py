"""What a scanned or typed code is: a battery of ours, or a link that leads somewhere else."""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

from passport.domain.errors import InvalidIdentifierError, PassportError
from passport.domain.identifiers import (
    BatteryId,
    ModelId,
    gs1_battery_id,
    gs1_model_id,
    parse_battery_id,
    path_of_link,
)

_LONGEST_CODE = 2000
_ALIKE = 2
_MODEL_PATH = re.compile(r"/01/(?P<gtin>[0-9]{8,14})(/10/[^/]+)?/?")
_CONFUSABLE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "-": "", ".": ""})


class CodeRefusedError(PassportError):
    """A code names no battery and leads nowhere."""

    code: ClassVar[str] = "code-not-understood"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCode:
    """A code that leads to a battery of this service."""

    battery_id: BatteryId


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCode:
    """A code of this service that leads to a model: batteries without passport carry it."""

    model_id: ModelId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCode:
    """A link to another host. It is shown, never opened by itself.

    Attributes:
        address: The link as it stands in the code.
        host: Host it leads to, as a person reads it.
        host_ascii: The host as the network reads it, where that differs; else empty.
        warnings: What is suspicious about it, in plain words.
        battery_id: Battery its path names: a passport keeps its path when its host changes.
    """

    address: str
    host: str
    host_ascii: str = ""
    warnings: tuple[str, ...] = ()
    battery_id: BatteryId | None = None


def read_code(text: str, *, own_hosts: frozenset[str]) -> OwnCode | ModelCode | ForeignCode:
    """Say what a code is, without opening it.

    Args:
        text: What a QR code holds, or what somebody typed.
        own_hosts: Hosts with port that lead to this service.

    Raises:
        CodeRefusedError: It is neither a link nor an identifier.
        InvalidIdentifierError: It is an identifier of ours with an error, such as a check digit.
    """
    stripped = text.strip()
    if not stripped:
        raise CodeRefusedError("nothing was read; scan the label again or type what is printed")
    if len(stripped) > _LONGEST_CODE:
        raise CodeRefusedError(
            f"the code has {len(stripped)} characters; a battery's link has at most {_LONGEST_CODE}"
        )
    if "://" not in stripped:
        return OwnCode(battery_id=_typed(stripped))
    address = _split(stripped)
    if address.netloc.lower() in own_hosts:
        if (model_id := find_model_code(stripped)) is not None:
            return ModelCode(model_id=model_id)
        return OwnCode(battery_id=parse_battery_id(stripped))
    return _foreign(stripped, address, own_hosts)


def find_model_code(text: str) -> ModelId | None:
    """Return the model that a code names where it names no single battery, or nothing.

    Raises:
        InvalidIdentifierError: It has the form of such a code, and its GTIN is wrong.

    >>> find_model_code("https://id.example.com/01/09506000134352")
    '01/09506000134352'
    """
    path = path_of_link(text.strip()) if "://" in text else text.strip()
    named = _MODEL_PATH.fullmatch(f"/{path.lstrip('/')}")
    return None if named is None else gs1_model_id(named["gtin"])


def typed_battery(gtin: str, serial: str) -> BatteryId:
    """Read a GTIN and a serial number as they are printed on a label.

    Raises:
        InvalidIdentifierError: One of them is not valid; says which check digit is expected.
    """
    digits = "".join(mark for mark in gtin if mark not in " -\u00a0").removeprefix("(01)")
    return gs1_battery_id(digits, serial.strip().removeprefix("(21)").strip())


def _typed(text: str) -> BatteryId:
    if text.startswith("(01)"):
        gtin, _, serial = text.removeprefix("(01)").partition("(21)")
        return typed_battery(gtin, serial)
    try:
        return parse_battery_id(text)
    except InvalidIdentifierError as error:
        if text.startswith(("01/", "id/", "/")) or text[:1].isdigit():
            raise
        raise CodeRefusedError(
            f"“{text[:60]}” is no battery's code: it is a link, or a GTIN with a serial number"
        ) from error


def _split(text: str) -> SplitResult:
    try:
        address = urlsplit(text)
        host = address.hostname
        _ = address.port  # reading it checks it
    except ValueError as error:
        raise CodeRefusedError(f"“{text[:60]}” is no valid link: {error}") from error
    if address.scheme not in {"http", "https"} or not host:
        raise CodeRefusedError(f"the code holds “{text[:60]}”, which is no web link; do not use it")
    return address


def _foreign(text: str, address: SplitResult, own_hosts: frozenset[str]) -> ForeignCode:
    host = (address.hostname or "").rstrip(".")
    host_ascii, host_shown = _both_forms(host)
    try:
        battery_id = parse_battery_id(text)
    except InvalidIdentifierError:
        battery_id = None
    return ForeignCode(
        address=text,
        host=host_shown,
        host_ascii=host_ascii if host_ascii != host_shown else "",
        warnings=tuple(_warnings(address, host_ascii, host_shown, own_hosts)),
        battery_id=battery_id,
    )


def _both_forms(host: str) -> tuple[str, str]:
    """Return a host as the network reads it and as a person reads it."""
    try:
        host_ascii = host.encode("idna").decode()
        return host_ascii, host_ascii.encode().decode("idna")
    except UnicodeError:
        return host, host


def _warnings(
    address: SplitResult, host_ascii: str, host_shown: str, own_hosts: frozenset[str]
) -> list[str]:
    found = []
    if address.scheme != "https":
        found.append("The link is not encrypted (http): anybody on the way can change the page.")
    if address.username is not None:
        found.append(
            f"What stands before “@” is decoration: the link leads to {host_shown}, nowhere else."
        )
    if _is_ip_address(host_ascii):
        found.append("The link leads to a bare network address, not to a named company.")
    if any(_looks_like(host_shown, own.partition(":")[0]) for own in own_hosts):
        found.append(
            f"{host_shown} resembles the address of this service, but is another one. "
            "Somebody may want you to confuse them."
        )
    elif len(_scripts(host_shown)) > 1 or "xn--" in host_ascii:
        found.append("The address holds letters that can be mistaken for others.")
    return found


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _looks_like(host: str, own: str) -> bool:
    if host == own:
        return False
    plain = unicodedata.normalize("NFKD", host).encode("ascii", "ignore").decode()
    folded, folded_own = (name.lower().translate(_CONFUSABLE) for name in (plain, own))
    near = _distance(folded, folded_own) <= min(_ALIKE, len(folded_own) // 4)
    return near or folded_own in folded


def _distance(one: str, other: str) -> int:
    """Count the insertions, deletions and replacements between two texts (Levenshtein)."""
    row = list(range(len(other) + 1))
    for n, mark in enumerate(one, start=1):
        above, row[0] = row[0], n
        for m, wanted in enumerate(other, start=1):
            above, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, above + (mark != wanted))
    return row[-1]


def _scripts(host: str) -> set[str]:
    return {unicodedata.name(mark, "?").split()[0] for mark in host if mark.isalpha()}
