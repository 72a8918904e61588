"""The five legal values of a battery's status, and no other way between them than the law's."""

from decimal import Decimal

import pytest
from builders import a_remanufacturing

from passport.domain.errors import TransitionRefusedError
from passport.domain.status import (
    BatteryStatus,
    Operation,
    PassportState,
    require_can_become_waste,
    status_after,
)

IN_USE = frozenset(BatteryStatus) - {BatteryStatus.WASTE}
WAYS = {
    (Operation.PREPARATION_FOR_RE_USE, BatteryStatus.WASTE): BatteryStatus.RE_USED,
    (Operation.PREPARATION_FOR_REPURPOSING, BatteryStatus.WASTE): BatteryStatus.REPURPOSED,
    **{(Operation.REPURPOSING, before): BatteryStatus.REPURPOSED for before in IN_USE},
    **{
        (Operation.REMANUFACTURING, before): BatteryStatus.REMANUFACTURED
        for before in BatteryStatus
    },
}
"""Source: Regulation (EU) 2023/1542, Article 3(1)(29) to (32)."""


def test_the_status_has_the_five_values_of_annex_xiii():
    assert [status.value for status in BatteryStatus] == [
        "original",
        "repurposed",
        "re-used",
        "remanufactured",
        "waste",
    ]


@pytest.mark.parametrize("before", BatteryStatus)
@pytest.mark.parametrize("operation", Operation)
def test_each_operation_has_the_laws_way_or_none(operation, before):
    after = WAYS.get((operation, before))

    if after is None:
        with pytest.raises(TransitionRefusedError):
            status_after(operation, before, remanufacturing=a_remanufacturing())
    else:
        assert status_after(operation, before, remanufacturing=a_remanufacturing()) is after


def test_no_operation_leads_back_to_original_or_to_waste():
    assert {BatteryStatus.ORIGINAL, BatteryStatus.WASTE}.isdisjoint(WAYS.values())


def test_a_second_hand_sale_is_no_preparation_for_re_use():
    with pytest.raises(TransitionRefusedError, match="second-hand changes nothing"):
        status_after(Operation.PREPARATION_FOR_RE_USE, BatteryStatus.ORIGINAL)


@pytest.mark.parametrize(("restored", "is_enough"), [("90", True), ("89.99", False), ("101", True)])
def test_remanufacturing_restores_90_percent_of_the_rated_capacity(restored, is_enough):
    record = a_remanufacturing(restored=restored, original="100")

    if is_enough:
        assert remanufacture(record) is BatteryStatus.REMANUFACTURED
    else:
        with pytest.raises(TransitionRefusedError, match="at least 90 %"):
            remanufacture(record)


@pytest.mark.parametrize(("lowest", "is_even"), [("97", True), ("96.99", False), ("100", True)])
def test_remanufactured_cells_lie_within_3_percent(lowest, is_even):
    record = a_remanufacturing(health=("100", lowest, "99"))

    if is_even:
        assert remanufacture(record) is BatteryStatus.REMANUFACTURED
    else:
        with pytest.raises(TransitionRefusedError, match="at most 3 %"):
            remanufacture(record)


def test_remanufacturing_needs_its_record():
    for record in (None, a_remanufacturing(health=())):
        with pytest.raises(TransitionRefusedError, match="needs its record"):
            remanufacture(record)


@pytest.mark.parametrize("original", ["0", "-206"])
def test_a_rated_capacity_is_above_zero(original):
    with pytest.raises(TransitionRefusedError, match="above 0"):
        remanufacture(a_remanufacturing(original=original))


@pytest.mark.parametrize("state", PassportState)
@pytest.mark.parametrize("status", BatteryStatus)
def test_only_a_battery_of_its_own_that_is_no_waste_becomes_waste(status, state):
    if state is PassportState.ACTIVE and status is not BatteryStatus.WASTE:
        require_can_become_waste(status, state)
    else:
        with pytest.raises(TransitionRefusedError):
            require_can_become_waste(status, state)


def test_a_record_is_exact():
    record = a_remanufacturing(restored="185.4", original="206")

    assert record.restored_capacity / record.original_rated_capacity == Decimal("0.9")
    assert remanufacture(record) is BatteryStatus.REMANUFACTURED


def remanufacture(record):
    return status_after(Operation.REMANUFACTURING, BatteryStatus.ORIGINAL, remanufacturing=record)
