"""The calendar of duties: when each begins, and which acts the others wait for."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from passport.domain.battery import Category, SubType
from passport.rules.dates import Duty, DutyDay, day_of
from passport.rules.rulebook import Rulebook


def calendar(rulebook: Rulebook) -> Sequence[DutyDay]:
    """Return the day of each duty of the table, earliest first, undetermined ones last."""
    return _in_order(
        day_of(duty, rulebook.acts.get(duty.act)) for duty in rulebook.duties if duty.binds
    )


def duty_days(
    rulebook: Rulebook, kinds: Collection[tuple[Category, SubType | None]]
) -> Sequence[DutyDay]:
    """Return the day of each duty that binds one of some kinds, earliest first, unknown last."""
    found: dict[Duty, DutyDay] = {}
    for category, sub_type in kinds:
        for name in dict.fromkeys(duty.duty for duty in rulebook.duties):
            day = rulebook.day(name, category, sub_type)
            if day is not None:
                found[day.duty] = day
    return _in_order(found.values())


def _in_order(days: Iterable[DutyDay]) -> Sequence[DutyDay]:
    return sorted(days, key=lambda day: (day.on or date.max, day.duty.duty))
