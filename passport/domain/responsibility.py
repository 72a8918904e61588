"""Who answers for a waste battery: found by country, category and register number.

Source: Regulation (EU) 2023/1542, Article 77(7) second subparagraph; Articles 55 to 57.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from passport.domain.battery import Category


class ResponsibleRole(StrEnum):
    """In which quality a party answers for a waste battery."""

    PRODUCER = "producer"
    """The producer of that Member State (Art. 3(1)(47))."""
    PRODUCER_RESPONSIBILITY_ORGANISATION = "producer-responsibility-organisation"
    """Appointed by the producer (Art. 57(1))."""
    SELECTED_OPERATOR = "selected-waste-management-operator"
    """Selected under Art. 57(8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerRegistration:
    """One line of a national register of producers, as far as somebody entered it here.

    Attributes:
        country: ISO 3166-1 alpha-2 of the Member State.
        operator: Organisation whose batteries the line covers; empty for a selected operator,
            who answers for batteries whatever their producer.
        party: Organisation that answers: the producer itself, its PRO or the selected operator.
    """

    country: str
    category: Category
    register_number: str
    operator: str
    party: str
    role: ResponsibleRole
    valid_from: date
    valid_until: date | None = None

    def covers(self, *, country: str, category: Category, on: date) -> bool:
        """Whether the line speaks about this country and category on that day."""
        in_force = self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)
        return in_force and self.country == country and self.category is category


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteResponsibility:
    """Who answers for a waste battery from now on, and why."""

    party: str
    role: ResponsibleRole
    country: str
    register_number: str


def find_responsible(
    registrations: Iterable[ProducerRegistration],
    *,
    producer: str,
    country: str,
    category: Category,
    on: date,
) -> WasteResponsibility | None:
    """Find who answers for a battery that became waste; nobody found makes it an orphan.

    A producer responsibility organisation goes before the producer that appointed it; the
    operator selected under Article 57(8) answers where neither is on record.
    """
    lines = [
        line for line in registrations if line.covers(country=country, category=category, on=on)
    ]
    order = (
        (ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION, producer),
        (ResponsibleRole.PRODUCER, producer),
        (ResponsibleRole.SELECTED_OPERATOR, ""),
    )
    for role, operator in order:
        for line in lines:
            if line.role is role and line.operator == operator:
                return WasteResponsibility(
                    party=line.party,
                    role=role,
                    country=country,
                    register_number=line.register_number,
                )
    return None
