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


def decimal_text(value: Decimal) -> str:
    """Write a decimal for signing: no exponent, its digits kept.

    >>> decimal_text(Decimal("9.610E+1"))
    '96.10'
    """
    if not value.is_finite():
        raise InvalidValueError(f"{value} is not finite and cannot be signed")
    text = format(value, "f")
    return "0" if text in {"-0", "0"} else text
