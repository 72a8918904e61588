"""The Regulation as data: duties with their days, acts they wait for, data points of Annex XIII."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

from passport.domain.applicability import Needs, Scope
from passport.domain.battery import Category, SubType
from passport.domain.content import Level, Requirement
from passport.rules.annex_xiii import (
    DataPoint,
    Kind,
    Standing,
    requirement_of,
    standing_of,
    strongest,
)
from passport.rules.dates import Act, Duty, DutyDay, day_of, find_duty
from passport.rules.findings import Certainty

PASSPORT_DUTY = "passport"
QR_DUTY = "qr-code"
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything the Regulation says that a rule is evaluated with."""

    acts: Mapping[str, Act]
    duties: Sequence[Duty]
    data_points: Mapping[str, DataPoint]
    _needs: dict[Scope, Needs] = field(default_factory=dict)

    def day(self, duty: str, category: Category, sub_type: SubType | None) -> DutyDay | None:
        """Return when a duty begins for a kind of battery, or nothing where it never binds it."""
        row = find_duty(self.duties, duty, category, sub_type)
        return None if row is None else day_of(row, self.acts.get(row.act))

    def requirement(self, data_point: str, scope: Scope) -> Requirement:
        """Return what is asked of a battery for a data point.

        Raises:
            KeyError: There is no such data point.
        """
        point = self.data_points[data_point]
        return requirement_of(point, scope, self.beginning(scope), self._own_day(point, scope))

    def beginning(self, scope: Scope) -> DutyDay | None:
        """Return when the passport is asked for, or the QR code of a battery that needs none."""
        duty = QR_DUTY if scope.is_light else PASSPORT_DUTY
        return self.day(duty, scope.category, scope.sub_type)

    def standings(self, content: Mapping[str, object], scope: Scope) -> Iterator[Standing]:
        """Yield how a content stands towards every data point, in the order of the table."""
        for point in self.data_points.values():
            day = self._own_day(point, scope)
            requirement = requirement_of(point, scope, self.beginning(scope), day)
            if point.spared_by and content.get(point.spared_by) is True:
                requirement = Requirement.NEVER
            yield standing_of(point, requirement, content, day)

    def needs(self, scope: Scope) -> Needs:
        """Return what is asked of a kind of battery on its days, by term."""
        needs = self._needs.get(scope)
        if needs is None:
            if len(self._needs) >= _REMEMBERED:
                self._needs.clear()
            needs = self._needs[scope] = dict(self._asked_of_terms(scope))
        return needs

    def needs_of(self, content: Mapping[str, object], scope: Scope) -> Needs:
        """Return what is asked on its days of a battery with this content, by term.

        Differs from `needs` where a datum frees the battery of another: one that is rechargeable
        states no minimum average duration.
        """
        needs = dict(self.needs(scope))
        for point in self.data_points.values():
            if point.spared_by and content.get(point.spared_by) is True:
                for path in point.terms:
                    needs.pop(path, None)
                    if not scope.is_light:
                        needs[path] = Requirement.NEVER
        return needs

    def _asked_of_terms(self, scope: Scope) -> Iterator[tuple[str, Requirement]]:
        asked: dict[str, list[Requirement]] = {}
        for number, point in self.data_points.items():
            letter = self.requirement(number, scope)
            for path in point.terms:
                asked.setdefault(path.partition(".")[0], []).append(letter)
        for name, letters in asked.items():
            letter = strongest(iter(letters))
            # A light record does not say of each datum of a passport that it does not apply.
            if not (scope.is_light and letter is Requirement.NEVER):
                yield name, letter

    def _own_day(self, point: DataPoint, scope: Scope) -> DutyDay | None:
        return self.day(point.duty, scope.category, scope.sub_type) if point.duty else None

    def first_passport_day(self, category: Category, sub_type: SubType | None) -> date:
        """Return the first day on which a battery of a kind needs its record.

        Raises:
            LookupError: The table of duties names none.
        """
        for duty in (PASSPORT_DUTY, QR_DUTY):
            found = self.day(duty, category, sub_type)
            if found is not None and found.on is not None:
                return found.on
        raise LookupError(category)


@cache
def read_rulebook() -> Rulebook:
    """Return the rulebook that is shipped; every row names its source and how sure it is."""
    return Rulebook(
        acts={row["act"]: _act(row) for row in read_rows("acts.csv")},
        duties=tuple(_duty(row) for row in read_rows("duties.csv")),
        data_points={row["data_point"]: _data_point(row) for row in read_rows("data_points.csv")},
    )


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table in ``passport/rules/data``."""
    text = files("passport.rules").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _act(row: Mapping[str, str]) -> Act:
    return Act(
        act=row["act"],
        label=row["label_en"],
        due_on=_day(row["due_on"]),
        in_force_on=_day(row["in_force_on"]),
        certainty=Certainty(row["certainty"]),
        source=row["source"],
    )


def _duty(row: Mapping[str, str]) -> Duty:
    return Duty(
        duty=row["duty"],
        label=row["label_en"],
        category=None if row["category"] == "*" else Category(row["category"]),
        sub_type=SubType(row["sub_type"]) if row["sub_type"] else None,
        fixed_on=_day(row["fixed_on"]),
        act=row["act"],
        months_after_act=int(row["months_after_act"] or 0),
        certainty=Certainty(row["certainty"]),
        source=row["source"],
    )


def _data_point(row: Mapping[str, str]) -> DataPoint:
    return DataPoint(
        number=row["data_point"],
        point=row["point"],
        label=row["label_en"],
        level=Level(row["level"]),
        terms=tuple(row["terms"].split()),
        asked={kind: Requirement(row[kind.value] or row[Kind.INDUSTRIAL.value]) for kind in Kind},
        asked_of_second_life=Requirement(row["second_life"]) if row["second_life"] else None,
        duty=row["duty"],
        then=Requirement(row["then"]) if row["then"] else None,
        spared_by=row["spared_by"],
        certainty=Certainty(row["certainty"]),
        source=row["source"],
        note=row["note"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
