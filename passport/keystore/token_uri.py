"""Where a keystore in hardware is: the address of a token, as RFC 7512 writes it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from passport.domain.errors import InvalidValueError

SCHEME = "pkcs11:"
_MODULE, _PIN_SOURCE, _PIN_VALUE = "module-path", "pin-source", "pin-value"
_PATH_MEMBERS = frozenset({"token", "serial"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUri:
    """One token of one PKCS#11 module.

    Attributes:
        module: The module's shared library.
        label: Label of the token; empty where its serial number is given.
        serial: Serial number of the token; empty where its label is enough.
        pin_file: File that holds the PIN; ``None`` where a setting does.
    """

    module: Path
    label: str
    serial: str = ""
    pin_file: Path | None = None


def parse_token_uri(text: str) -> TokenUri:
    """Read ``pkcs11:token=LABEL?module-path=LIBRARY&pin-source=file:FILE``.

    Raises:
        InvalidValueError: It is none, names no token or module, or holds the PIN itself.

    >>> parse_token_uri("pkcs11:token=passport?module-path=/usr/lib/module.so").label
    'passport'
    """
    path, _, query = text.removeprefix(SCHEME).partition("?")
    try:
        named = [part.split("=", 1) for part in path.split(";") if part]
        members = {name: unquote(value, errors="strict") for name, value in named}
        options = dict(parse_qsl(query, strict_parsing=True, errors="strict"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"is no address of a token: {error}") from error
    if _PIN_VALUE in options:
        # What stands in a setting is read by whoever lists the processes or copies the file.
        raise InvalidValueError(
            "holds a PIN; name a file instead: pin-source=file:/run/secrets/pin"
        )
    strange = sorted((members.keys() - _PATH_MEMBERS) | (options.keys() - {_MODULE, _PIN_SOURCE}))
    if strange:
        raise InvalidValueError(f"says {', '.join(strange)}, which means nothing here")
    if not text.startswith(SCHEME) or not members or _MODULE not in options:
        raise InvalidValueError("is pkcs11:token=LABEL?module-path=LIBRARY")
    return TokenUri(
        module=Path(options[_MODULE]),
        label=members.get("token", ""),
        serial=members.get("serial", ""),
        pin_file=_pin_file(options.get(_PIN_SOURCE, "")),
    )


def _pin_file(source: str) -> Path | None:
    if not source:
        return None
    path = source.removeprefix("file:").removeprefix("//")
    if not path.startswith("/"):
        raise InvalidValueError(
            "names no file as pin-source; write pin-source=file:/run/secrets/pin"
        )
    return Path(path)
