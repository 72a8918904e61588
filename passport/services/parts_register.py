"""What the part ledger needs of the store."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from passport.domain.identifiers import BatteryId
from passport.domain.structure import Part, PartId, PartMove


class PartRegister(Protocol):
    """Parts, each in one place, and their way there; moves are never changed."""

    def look_up(self, part_ids: Collection[PartId]) -> dict[PartId, Part]:
        """Return those of some parts that are on record."""
        ...

    def with_serial(self, serial: str) -> Sequence[Part]:
        """Return the parts with a serial number, of whichever operator."""
        ...

    def inside(self, containers: Collection[PartId]) -> Sequence[Part]:
        """Return the parts that lie in some others, not what lies in those in turn."""
        ...

    def moves_of(self, part_ids: Collection[PartId]) -> Sequence[PartMove]:
        """Return the moves of some parts, each part's oldest first."""
        ...

    def once_inside(self, containers: Collection[PartId]) -> Sequence[PartId]:
        """Return the parts that lie in some others or lay in them once."""
        ...

    def changes_of(self, battery_id: BatteryId) -> Sequence[PartMove]:
        """Return the moves into, out of and within a battery, the last recorded first."""
        ...

    def last_change_of(self, battery_id: BatteryId) -> datetime | None:
        """Return when the structure of a battery changed last."""
        ...

    def move(self, moved: Sequence[tuple[Part, PartMove]]) -> None:
        """Put parts into their new places, all at once.

        Each part is given as it is afterwards, with its move.
        """
        ...
