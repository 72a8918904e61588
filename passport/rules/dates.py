"""From which day a duty of the Regulation binds: the dates engine.

Many duties begin on the later of a fixed day and some months after an act that the Commission
still has to adopt. As long as the act is missing the day is undetermined, and nothing here guesses.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from passport.domain.battery import Category, SubType
from passport.rules.findings import Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A delegated or implementing act that a duty waits for.

    Attributes:
        due_on: Day by which the law wanted it.
        in_force_on: Day it entered into force; nothing while it is not adopted.
    """

    act: str
    label: str
    due_on: date | None
    in_force_on: date | None
    certainty: Certainty
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One row of the table of duties: from when a duty binds one kind of battery.

    Attributes:
        category: Category it binds; nothing for all.
        sub_type: Sub-type it binds; nothing for all of the category. The narrower row wins.
        fixed_on: Day the Regulation names.
        act: Act it waits for; empty without.
        months_after_act: Months after the act enters into force.
    """

    duty: str
    label: str
    category: Category | None
    sub_type: SubType | None
    fixed_on: date | None
    act: str
    months_after_act: int
    certainty: Certainty
    source: str

    @property
    def binds(self) -> bool:
        """Whether the row names a beginning; a row without one frees its sub-type."""
        return self.fixed_on is not None or bool(self.act)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDay:
    """The day a duty begins for one kind of battery.

    Attributes:
        on: The day; nothing while it is undetermined.
        waits_for: Label of the act it waits for; empty where the day is known.
    """

    duty: Duty
    on: date | None
    waits_for: str = ""

    def has_begun(self, day: date) -> bool:
        """Whether the duty binds on a day; an undetermined one binds on none."""
        return self.on is not None and day >= self.on

    @property
    def text(self) -> str:
        """The day in words."""
        if self.on is not None:
            return f"from {self.on.isoformat()}"
        return f"undetermined; waits for: {self.waits_for}"


def find_duty(
    duties: Sequence[Duty], name: str, category: Category, sub_type: SubType | None
) -> Duty | None:
    """Return the row of a duty that fits a kind of battery best, or nothing where none binds it."""
    fitting = [
        duty
        for duty in duties
        if duty.duty == name
        and duty.category in (None, category)
        and duty.sub_type in (None, sub_type)
    ]
    if not fitting:
        return None
    best = max(fitting, key=lambda duty: (duty.category is not None, duty.sub_type is not None))
    return best if best.binds else None


def day_of(duty: Duty, act: Act | None) -> DutyDay:
    """Return when a duty begins: the later of its fixed day and its act plus months.

    >>> duty = Duty(duty="label", label="", category=None, sub_type=None,
    ...     fixed_on=date(2026, 8, 18), act="label", months_after_act=18,
    ...     certainty=Certainty.READ, source="Article 13(1)")
    >>> act = Act(act="label", label="", due_on=None, in_force_on=date(2027, 1, 31),
    ...     certainty=Certainty.READ, source="Article 13(10)")
    >>> day_of(duty, act).on
    datetime.date(2028, 7, 31)
    """
    if act is None:
        return DutyDay(duty=duty, on=duty.fixed_on)
    if act.in_force_on is None:
        return DutyDay(duty=duty, on=None, waits_for=act.label)
    after_act = add_months(act.in_force_on, duty.months_after_act)
    return DutyDay(duty=duty, on=max(after_act, duty.fixed_on or after_act))


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month.

    >>> add_months(date(2026, 8, 31), 18)
    datetime.date(2028, 2, 29)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
