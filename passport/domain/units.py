"""Quantities as the Regulation writes them: decimals with one fixed unit each."""

import re
from decimal import Decimal
from typing import NewType

from passport.domain.errors import InvalidValueError

AmpereHours = NewType("AmpereHours", Decimal)
KilowattHours = NewType("KilowattHours", Decimal)
Volts = NewType("Volts", Decimal)
Amperes = NewType("Amperes", Decimal)
Ohms = NewType("Ohms", Decimal)
Watts = NewType("Watts", Decimal)
Kilograms = NewType("Kilograms", Decimal)
DegreesCelsius = NewType("DegreesCelsius", Decimal)
Percent = NewType("Percent", Decimal)
"""0 to 100 as the Regulation writes it; 82.5 means 82.5 %."""

_LONGEST_DECIMAL = 40
_COUNT = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def parse_decimal(text: str) -> Decimal:
    """Read a decimal as it is signed: digits, at most one point, an optional minus.

    Raises:
        InvalidValueError: The text is no such decimal, or longer than 40 characters.

    >>> parse_decimal("206.50")
    Decimal('206.50')
    """
    if len(text) > _LONGEST_DECIMAL or not _DECIMAL.fullmatch(text):
        raise InvalidValueError(f"{text!r} is no decimal; write digits with a point, like 206.5")
    return Decimal(text)


def is_count(text: str) -> bool:
    """Whether a text is a small whole number in the digits 0 to 9, such as a place in a list.

    >>> is_count("12"), is_count("\u00b2"), is_count("9" * 5000)
    (True, False, False)
    """
    return _COUNT.fullmatch(text) is not None


def is_short(value: Decimal) -> bool:
    """Whether a finite decimal has no more than 40 digits written without exponent.

    Nine characters such as ``1e9999999`` would otherwise become a text of ten megabytes.

    >>> is_short(Decimal("9.610E+1")), is_short(Decimal("1e9999999"))
    (True, False)
    """
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and max(value.adjusted(), -exponent) < _LONGEST_DECIMAL


def decimal_text(value: Decimal) -> str:
    """Write a decimal for signing: no exponent, its digits kept.

    Raises:
        InvalidValueError: It is not finite, or would have more than 40 digits.

    >>> decimal_text(Decimal("9.610E+1"))
    '96.10'
    """
    if not value.is_finite():
        raise InvalidValueError(f"{value} is not finite and cannot be signed")
    if not is_short(value):
        raise InvalidValueError(f"{value} has more than {_LONGEST_DECIMAL} digits")
    text = format(value, "f")
    return "0" if text in {"-0", "0"} else text
