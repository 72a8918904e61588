"""Values of a content as numbers, days and nodes; what is none of them is passed over.

For those who judge a content. What is wrong with its form is told where it is entered.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from passport.domain.content import absence_of
from passport.domain.errors import InvalidValueError
from passport.domain.units import parse_decimal


def number_in(value: object) -> Decimal | None:
    """Return the number that a text writes, or nothing where it writes none.

    >>> number_in("432.5")
    Decimal('432.5')
    """
    if not isinstance(value, str):
        return None
    try:
        return parse_decimal(value)
    except InvalidValueError:
        return None


def number_of(content: Mapping[str, object], name: str) -> Decimal | None:
    """Return a decimal or integer of a content, or nothing where it states none."""
    return number_in(content.get(name))


def day_in(value: object) -> date | None:
    """Return the day that a value is or that a text writes, or nothing.

    >>> day_in("2027-02-18")
    datetime.date(2027, 2, 18)
    """
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def nodes_in(value: object) -> list[Mapping[str, object]]:
    """Return the nodes of a value: of a list those in it, else the one that it is."""
    if isinstance(value, Mapping):
        return [] if absence_of(value) is not None else [value]
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
