"""Tables of the part ledger: where each part is, and how it came there."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlmodel import Column, Field

from passport.storage.columns import UtcDateTime
from passport.storage.tables import PassportTable


class PartRow(PassportTable, table=True):
    """One part and the one place where it is."""

    __tablename__: ClassVar[str] = "passport_part"
    __table_args__ = (
        # The law of the ledger: a position holds one part.
        Index("uq_passport_part_place", "container", "position", unique=True),
        CheckConstraint(
            "(container IS NULL) = (position IS NULL)", name="a_container_has_positions"
        ),
        CheckConstraint(
            "(container IS NOT NULL) = (whereabouts = 'built-in')", name="built_in_has_a_place"
        ),
    )

    part_id: str = Field(primary_key=True)
    level: str
    serial: str = Field(index=True)
    operator: str
    base_url: str
    part_number: str
    battery_id: str | None = Field(default=None, unique=True)
    history: str
    whereabouts: str
    container: str | None = Field(
        default=None, sa_column=Column(ForeignKey("passport_part.part_id"), nullable=True)
    )
    position: str | None = None
    holder: str
    moves: int


class PartMoveRow(PassportTable, table=True):
    """One step of a part from place to place; its number makes the second of two at once fail."""

    __tablename__: ClassVar[str] = "passport_part_move"
    __table_args__ = (
        Index("ix_passport_part_move_from_battery", "from_battery", "occurred_at"),
        Index("ix_passport_part_move_to_battery", "to_battery", "occurred_at"),
    )

    part_id: str = Field(sa_column=Column(ForeignKey("passport_part.part_id"), primary_key=True))
    number: int = Field(primary_key=True)
    from_whereabouts: str | None = None
    from_container: str | None = None
    from_position: str
    from_holder: str
    from_battery: str | None = None
    from_path: str
    to_whereabouts: str
    to_container: str | None = Field(default=None, index=True)
    to_position: str
    to_holder: str
    to_battery: str | None = None
    to_path: str
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    moved_by: str
    reason: str | None = None
    note: str
    origin_status: str | None = None
    origin_health_percent: str
