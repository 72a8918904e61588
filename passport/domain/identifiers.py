"""Identifiers of batteries, models and operators: GS1, IEC 61406, did:web slugs.

A ``BatteryId`` is the path of the battery's IRI, without the leading slash and percent-encoded:
``01/09506000134352/21/ABC%2F1`` or ``id/PACK-7``. The host is chosen per operator; two hosts never
share a path in one service, so the resolver matches the path alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NewType
from urllib.parse import quote, unquote, urlsplit

from biip import ParseError
from biip.gtin import Gtin

from passport.domain.errors import InvalidIdentifierError

BatteryId = NewType("BatteryId", str)
ModelId = NewType("ModelId", str)
"""``01/<gtin14>`` or ``id/<identifier of the model>``."""
OperatorSlug = NewType("OperatorSlug", str)

SERIAL_CHARACTERS = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
"""GS1 AI encodable character set 82. Source: GS1 General Specifications, section 7.11."""

_LONGEST_SERIAL = 20
_LONGEST_IEC_61406 = 120
_GTIN_LENGTHS = (8, 12, 13, 14)
_IEC_61406 = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_GTIN_PREFIX = re.compile(r"[0-9]{4,12}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Gs1Serial:
    """A battery named by GTIN and serial number (GS1 Digital Link, AI 01 and 21)."""

    gtin: str
    serial: str


@dataclass(frozen=True, slots=True)
class Iec61406Identifier:
    """A battery named by its maker's own identifier under the maker's own host (IEC 61406-1)."""

    identifier: str


def check_digit(body: str) -> int:
    """Return the GS1 modulo-10 check digit for the digits before it.

    >>> check_digit("950600013435")
    2
    """
    weighted = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))
    )
    return -weighted % 10


def parse_gtin(text: str) -> str:
    """Return a GTIN as its 14 digits.

    Raises:
        InvalidIdentifierError: Not 8, 12, 13 or 14 digits, or the check digit is wrong.

    >>> parse_gtin("9506000134352")
    '09506000134352'
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS):
        raise InvalidIdentifierError(f"{text!r} is no GTIN: write its 8, 12, 13 or 14 digits")
    expected = check_digit(digits[:-1])
    if int(digits[-1]) != expected:
        raise InvalidIdentifierError(
            f"the check digit of GTIN {digits} is {digits[-1]}, but {expected} belongs there"
        )
    try:
        return str(Gtin.parse(digits).as_gtin_14())
    except ParseError as error:
        raise InvalidIdentifierError(f"{digits} is no GTIN: {error}") from error


def parse_gtin_prefix(text: str) -> str:
    """Return the digits that the GTINs of one company begin with.

    Raises:
        InvalidIdentifierError: Not 4 to 12 digits.

    Source: GS1 General Specifications, section 1.4 (GS1 Company Prefix).

    >>> parse_gtin_prefix("9506000")
    '9506000'
    """
    if not _GTIN_PREFIX.fullmatch(text):
        raise InvalidIdentifierError(f"{text!r} is no GS1 company prefix: write 4 to 12 digits")
    return text


def has_gtin_prefix(name: str, prefixes: Iterable[str]) -> bool:
    """Tell whether a battery or model is named by a GTIN of one of some prefixes.

    A name without GTIN belongs to no prefix and is told apart by its host.

    Args:
        name: ``BatteryId`` or ``ModelId``.
        prefixes: GS1 company prefixes; they begin at the second of the 14 digits.

    >>> has_gtin_prefix("01/09506000134352/21/A1", ["9506000"])
    True
    """
    gtin = name.removeprefix("01/").partition("/")[0] if name.startswith("01/") else ""
    return not gtin or any(gtin[1:].startswith(prefix) for prefix in prefixes)


def parse_host(text: str) -> str:
    """Read scheme and host of a party's addresses, which are then compared letter by letter.

    Raises:
        InvalidIdentifierError: It is more or less than a host: a path, a user, a trailing dot,
            capitals, or letters outside ASCII, which are written ``xn--``.

    >>> parse_host("https://passport.maker.example/")
    'https://passport.maker.example'
    """
    host = text.removesuffix("/")
    try:
        parts = urlsplit(host)
    except ValueError as error:
        raise InvalidIdentifierError(f"{text[:60]!r} is no address: {error}") from error
    name = parts.hostname or ""
    plain = host.isascii() and host == host.lower() and not name.endswith(".")
    if host != f"{parts.scheme}://{parts.netloc}" or not (plain and name) or "@" in host:
        raise InvalidIdentifierError(
            f"{text!r} is no scheme and host like https://passport.maker.example"
        )
    return host


def parse_serial(text: str) -> str:
    """Return a serial number of GS1 AI 21: 1 to 20 characters of the set of 82.

    Raises:
        InvalidIdentifierError: Another length or character, or only dots, which no URL can carry.
    """
    if not 1 <= len(text) <= _LONGEST_SERIAL:
        raise InvalidIdentifierError(
            f"a serial number has 1 to {_LONGEST_SERIAL} characters; {text!r} has {len(text)}"
        )
    strange = sorted(set(text) - SERIAL_CHARACTERS)
    if strange:
        raise InvalidIdentifierError(
            f"serial number {text!r} holds {', '.join(map(repr, strange))}, "
            "which GS1 AI 21 does not allow"
        )
    if text in {".", ".."}:
        raise InvalidIdentifierError(
            f"serial number {text!r} cannot be written into an address: browsers drop it"
        )
    return text


def gs1_battery_id(gtin: str, serial: str) -> BatteryId:
    """Name a battery by GTIN and serial number.

    >>> gs1_battery_id("9506000134352", "A/1")
    '01/09506000134352/21/A%2F1'
    """
    return BatteryId(f"01/{parse_gtin(gtin)}/21/{quote(parse_serial(serial), safe='')}")


def iec_61406_battery_id(identifier: str) -> BatteryId:
    """Name a battery by its maker's own identifier.

    Raises:
        InvalidIdentifierError: Longer than 120 characters, or not letters, digits, ``.``, ``_``,
            ``~`` and ``-`` after a letter or digit.
    """
    if len(identifier) > _LONGEST_IEC_61406 or not _IEC_61406.fullmatch(identifier):
        raise InvalidIdentifierError(
            f"{identifier!r} is no identifier for an IEC 61406 link: use up to "
            f"{_LONGEST_IEC_61406} letters, digits, '.', '_', '~' and '-'"
        )
    return BatteryId(f"id/{identifier}")


def gs1_model_id(gtin: str) -> ModelId:
    """Name a model by its GTIN."""
    return ModelId(f"01/{parse_gtin(gtin)}")


def path_of_link(text: str) -> str:
    """Return the path of a link.

    Raises:
        InvalidIdentifierError: It is no link, such as one with half a bracket in its host.
    """
    try:
        return urlsplit(text).path
    except ValueError as error:
        raise InvalidIdentifierError(f"{text[:60]!r} is no link: {error}") from error


def parse_model_id(text: str) -> ModelId:
    """Read a model's name: a GTIN, ``01/<gtin>``, ``id/<identifier>`` or an IRI with that path."""
    path = path_of_link(text).lstrip("/") if "://" in text else text
    match path.split("/"):
        case ["01", gtin] | [gtin] if gtin.isdigit():
            return gs1_model_id(gtin)
        case ["id", identifier]:
            return ModelId(str(iec_61406_battery_id(identifier)))
    raise InvalidIdentifierError(f"{text!r} names no battery model: give its GTIN")


def model_of(battery_id: BatteryId) -> ModelId | None:
    """Return the model a GS1 identifier holds; an IEC 61406 identifier holds none."""
    name = describe_battery_id(battery_id)
    return ModelId(f"01/{name.gtin}") if isinstance(name, Gs1Serial) else None


def parse_battery_id(text: str) -> BatteryId:
    """Read a battery's name: the QR code's text, its path, or ``GTIN/SERIAL``.

    The host of a link is not looked at: passports keep their path when they move.

    Raises:
        InvalidIdentifierError: None of these, with what is wrong.

    >>> parse_battery_id("https://id.example.com/01/09506000134352/21/A%2F1?s=2")
    '01/09506000134352/21/A%2F1'
    >>> parse_battery_id("9506000134352/A/1")
    '01/09506000134352/21/A%2F1'
    """
    stripped = text.strip()
    if "://" in stripped:
        return _parse_path(path_of_link(stripped).lstrip("/"))
    if stripped.startswith(("01/", "id/", "/01/", "/id/")):
        return _parse_path(stripped.lstrip("/"))
    gtin, slash, serial = stripped.partition("/")
    if slash and gtin.isdigit():
        return gs1_battery_id(gtin, serial)
    raise InvalidIdentifierError(
        f"{text!r} names no battery: scan its QR code, or write GTIN/SERIAL"
    )


def _parse_path(path: str) -> BatteryId:
    if path.startswith("id/"):
        return iec_61406_battery_id(unquote(path.removeprefix("id/")))
    parts = path.split("/", 3)
    qualified = len(parts) == 4 and parts[0] == "01" and parts[2] == "21"  # noqa: PLR2004 - 4 segments
    if not qualified:
        raise InvalidIdentifierError(
            f"{path!r} names no single battery: it has the form 01/<GTIN>/21/<serial number>"
        )
    return gs1_battery_id(unquote(parts[1]), unquote(parts[3]))


def describe_battery_id(battery_id: BatteryId) -> Gs1Serial | Iec61406Identifier:
    """Take a battery's name apart again."""
    if battery_id.startswith("id/"):
        return Iec61406Identifier(battery_id.removeprefix("id/"))
    _, gtin, _, serial = battery_id.split("/", 3)
    return Gs1Serial(gtin, unquote(serial))


def serial_of(battery_id: BatteryId) -> str:
    """Return the serial number that an identifier holds, or the maker's own identifier."""
    name = describe_battery_id(battery_id)
    return name.serial if isinstance(name, Gs1Serial) else name.identifier


def battery_iri(base_url: str, battery_id: BatteryId) -> str:
    """Return what the QR code holds: the battery's IRI on its operator's host."""
    return f"{base_url.rstrip('/')}/{battery_id}"


def model_iri(base_url: str, model_id: ModelId) -> str:
    """Return the model's IRI on its operator's host."""
    return f"{base_url.rstrip('/')}/{model_id}"


def parse_slug(text: str) -> OperatorSlug:
    """Read an operator's short name, a part of its DID and of addresses.

    Raises:
        InvalidIdentifierError: Other characters than small letters, digits and inner hyphens.
    """
    if not _SLUG.fullmatch(text):
        raise InvalidIdentifierError(
            f"{text!r} is no short name: use small letters, digits and hyphens between them"
        )
    return OperatorSlug(text)


def slug_of(name: str) -> OperatorSlug:
    """Make a short name from a company's name.

    >>> slug_of("Voltra Packs GmbH")
    'voltra-packs-gmbh'
    """
    letters = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-")
    return parse_slug(letters or "operator")
