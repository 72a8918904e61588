from decimal import Decimal

import pytest

from passport.domain.errors import InvalidValueError
from passport.rules.annex_vi import (
    CollectionSymbol,
    Millimetres,
    SquareCentimetres,
    SymbolPlace,
    collection_symbol,
)


def a_side(area: str) -> SquareCentimetres:
    return SquareCentimetres(Decimal(area))


@pytest.mark.parametrize(
    ("area", "side"),
    [
        ("300", "30.0"),  # 3 % of 300 cm2 are 9 cm2
        ("100", "17.4"),  # 3 cm2: 17.32 mm, rounded up
        ("833.3", "50"),  # 25 cm2 and more need no more than 5 x 5 cm
        ("26000", "50"),
    ],
)
def test_the_symbol_covers_3_percent_of_the_largest_side_up_to_5_cm(area, side):
    assert collection_symbol(a_side(area)).side == Decimal(side)


def test_a_cylinder_needs_half_the_share():
    assert collection_symbol(a_side("600"), cylindrical=True).side == Decimal("30.0")


def test_a_symbol_too_small_to_see_goes_on_the_packaging():
    assert collection_symbol(a_side("7")) == CollectionSymbol(
        side=Millimetres(Decimal(10)), place=SymbolPlace.PACKAGING
    )


def test_the_smallest_symbol_on_a_battery_is_4_7_mm():
    assert collection_symbol(a_side("7.3634")).place is SymbolPlace.BATTERY


def test_an_unknown_side_gets_the_largest_symbol():
    assert collection_symbol(None).side == 50


def test_a_chemical_sign_has_a_quarter_of_the_area():
    symbol = collection_symbol(None)

    assert symbol.chemical_sign_side**2 * 4 == symbol.side**2


@pytest.mark.parametrize("area", ["0", "-4"])
def test_a_side_without_area_is_refused(area):
    with pytest.raises(InvalidValueError, match="is none"):
        collection_symbol(a_side(area))
