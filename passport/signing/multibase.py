"""Multibase texts: ``z`` + base58btc for keys and signatures, ``u`` + base64url for lists.

Source: W3C Controlled Identifiers 1.0, section 2.4.
"""

import base64
import binascii
import re

from passport.domain.errors import InvalidValueError

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_PAIR = {pair: number for number, pair in enumerate(_PAIRS)}
_BASE_OF_PAIRS = len(_PAIRS)
_BASE_OF_HALVES = _BASE_OF_PAIRS**2
_BASE_OF_WORDS = _BASE_OF_HALVES**2
"""Eight digits fit into a machine word, and half of them into what Python adds at once."""
_LONGEST_BASE58 = 256
"""Characters; base58 takes quadratic time, and a signature has 88."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def encode_base58btc(data: bytes) -> str:
    """Write bytes as multibase base58btc.

    >>> encode_base58btc(bytes([0, 1, 2]))
    'z15T'
    """
    number = int.from_bytes(data, "big")
    words = []
    while number:
        number, word = divmod(number, _BASE_OF_WORDS)
        high, low = divmod(word, _BASE_OF_HALVES)
        first, second = divmod(high, _BASE_OF_PAIRS)
        third, fourth = divmod(low, _BASE_OF_PAIRS)
        words.append(f"{_PAIRS[first]}{_PAIRS[second]}{_PAIRS[third]}{_PAIRS[fourth]}")
    words.reverse()
    digits = "".join(words).lstrip(_ALPHABET[0])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def decode_base58btc(text: str) -> bytes:
    """Read multibase base58btc; each value has one writing only.

    Raises:
        InvalidValueError: The text does not begin with ``z``, is longer than 256 characters, or
            holds a character outside the alphabet.
    """
    body = text[1:]
    if not text.startswith("z") or len(body) > _LONGEST_BASE58:
        raise InvalidValueError(f"{text[:20]!r}... is no base58btc multibase text of a key's size")
    digits = body if len(body) % 2 == 0 else _ALPHABET[0] + body
    number = 0
    try:
        for place in range(0, len(digits), 2):
            number = number * _BASE_OF_PAIRS + _PAIR[digits[place : place + 2]]
    except KeyError as error:
        other = next(character for character in body if character not in _ALPHABET)
        raise InvalidValueError(f"{other!r} in {text!r} is not in the base58 alphabet") from error
    zeros = len(body) - len(body.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_base64url(data: bytes) -> str:
    """Write bytes as multibase base64url without padding.

    >>> encode_base64url(b"open")
    'ub3Blbg'
    """
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """Read multibase base64url without padding.

    Raises:
        InvalidValueError: The text does not begin with ``u`` or is no base64url.
    """
    body = text[1:]
    if not text.startswith("u") or not _BASE64URL.fullmatch(body):
        raise InvalidValueError(f"{text[:20]!r}... is no base64url multibase text")
    try:
        return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error as error:
        raise InvalidValueError(f"{text[:20]!r}... is no whole base64url text") from error
