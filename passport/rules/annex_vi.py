"""Sizes of the symbols on a battery."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import NewType

from passport.domain.errors import InvalidValueError

Millimetres = NewType("Millimetres", Decimal)
SquareCentimetres = NewType("SquareCentimetres", Decimal)

_SHARE_OF_LARGEST_SIDE = Decimal("0.03")
_SHARE_OF_CYLINDER = Decimal("0.015")
_LARGEST = Millimetres(Decimal(50))
_SMALLEST_ON_BATTERY = Millimetres(Decimal("4.7"))
_ON_PACKAGING = Millimetres(Decimal(10))
_CHEMICAL_SIGN_SHARE = Decimal("0.25")
_TENTH = Decimal("0.1")


class SymbolPlace(StrEnum):
    """Where the symbol goes."""

    BATTERY = "battery"
    PACKAGING = "packaging"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionSymbol:
    """How large the crossed-out wheeled bin is at least, and where it goes.

    Attributes:
        side: Side of the square it fills [mm], rounded up to a tenth.
        place: On the battery, or on its packaging where it would be too small to see.
    """

    side: Millimetres
    place: SymbolPlace

    @property
    def chemical_sign_side(self) -> Millimetres:
        """Least side of the square for ``Cd`` or ``Pb`` beneath: a quarter of the area [mm]."""
        return Millimetres(self.side * _CHEMICAL_SIGN_SHARE.sqrt())


def collection_symbol(
    area: SquareCentimetres | None, *, cylindrical: bool = False
) -> CollectionSymbol:
    """Size the symbol for separate collection.

    Args:
        area: Largest side of the battery, or the whole surface of a cylindrical cell [cm2].
            Where it is not known, the largest symbol that can be asked for is taken.
        cylindrical: Whether it is a cylindrical cell.

    Raises:
        InvalidValueError: The area is not above 0.

    Source: Regulation (EU) 2023/1542, Annex VI, Part B; Article 13(4) and (5).

    >>> collection_symbol(SquareCentimetres(Decimal(300))).side
    Decimal('30.0')
    """
    if area is None:
        return CollectionSymbol(side=_LARGEST, place=SymbolPlace.BATTERY)
    if area <= 0:
        raise InvalidValueError(f"a battery's side of {area} cm2 is none; give its area in cm2")
    share = _SHARE_OF_CYLINDER if cylindrical else _SHARE_OF_LARGEST_SIDE
    needed = (100 * share * area).sqrt().quantize(_TENTH, ROUND_CEILING)
    if needed < _SMALLEST_ON_BATTERY:
        return CollectionSymbol(side=_ON_PACKAGING, place=SymbolPlace.PACKAGING)
    return CollectionSymbol(side=Millimetres(min(needed, _LARGEST)), place=SymbolPlace.BATTERY)
