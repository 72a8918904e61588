"""For which kind of battery, days and life the rules are evaluated."""

from datetime import date
from enum import StrEnum
from typing import TypeVar

from passport.domain.applicability import Life, Needs, Scope
from passport.domain.battery import (
    Battery,
    BatteryModel,
    Category,
    SubType,
    energy_kwh,
    needs_passport,
)
from passport.domain.content import Content
from passport.domain.errors import ContentRefusedError, Problem
from passport.domain.status import BatteryStatus
from passport.services.ports import Work

Code = TypeVar("Code", bound=StrEnum)


def scope_of_content(content: Content, *, work: Work, on: date | None = None) -> Scope:
    """Return the scope of a model's content.

    Args:
        content: The content, checked or not; it names the category.
        work: The unit of work, with the rulebook and the clock.
        on: Day of placing on the market to ask about; without, the first day on which a battery
            of the model can be placed and needs its record.

    Raises:
        ContentRefusedError: It names no category, or a sub-type that is not known.
    """
    category = _one_of(Category, content, "category")
    sub_type = _one_of(SubType, content, "subType") if "subType" in content else None
    today = work.clock.now().date()
    day = on or max(today, work.rulebook.first_passport_day(category, sub_type))
    return Scope(
        category=category,
        sub_type=sub_type,
        placed_on=day,
        read_on=day,
        life=Life.SECOND if content.get("madeFromUsedBatteries") is True else Life.FIRST,
        is_light=not needs_passport(category, energy_kwh(content)),
    )


def scope_of_placing(
    model: BatteryModel, placed_on: date | None, *, work: Work, read_on: date | None = None
) -> Scope:
    """Return the scope of a battery of a model that is placed on the market on a day.

    Args:
        model: The model.
        placed_on: The day; a battery without one counts as placed on the day of reading.
        work: The unit of work, with the clock.
        read_on: Day of reading; without, today, or the day of placing where that is to come.
    """
    today = read_on or work.clock.now().date()
    placed = placed_on or today
    is_second = model.content.get("madeFromUsedBatteries") is True
    return Scope(
        category=model.category,
        sub_type=model.sub_type,
        placed_on=placed,
        read_on=max(today, placed),
        life=Life.SECOND if is_second else Life.FIRST,
        is_light=model.is_light,
    )


def needs_of_battery(battery: Battery, *, work: Work) -> Needs:
    """Return what is asked of a battery on record today, by term."""
    today = work.clock.now().date()
    placed = battery.placed_on_market_on or today
    scope = Scope(
        category=battery.category,
        sub_type=battery.sub_type,
        placed_on=placed,
        read_on=max(today, placed),
        life=Life.FIRST if battery.status is BatteryStatus.ORIGINAL else Life.SECOND,
    )
    return work.rulebook.needs(scope)


def _one_of(codes: type[Code], content: Content, name: str) -> Code:
    try:
        return codes(str(content.get(name, "")))
    except ValueError as error:
        message = f"{name} is {content.get(name)!r}; it is one of {', '.join(codes)}"
        raise ContentRefusedError(
            message, (Problem(message=message, path=f"/{name}", column=name),)
        ) from error
