"""Tables of keys: changes that wait for a second person, places kept for outside signatures."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from passport.storage.columns import JSON_TREE, UtcDateTime
from passport.storage.tables import PassportTable


class KeyProposalRow(PassportTable, table=True):
    """A change of an operator's keys that one person asked for."""

    __tablename__: ClassVar[str] = "passport_key_proposal"
    __table_args__ = (Index("ix_passport_key_proposal_operator", "operator", "proposed_at"),)

    proposal_id: str = Field(primary_key=True)
    operator: str
    change: dict[str, Any] = Field(sa_type=JSON_TREE)
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    state: str
    decided_by: str
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int


class ReservedPlaceRow(PassportTable, table=True):
    """A place of a status list that is kept for a statement being signed outside."""

    __tablename__: ClassVar[str] = "passport_reserved_place"

    status_list: str = Field(primary_key=True)
    status_index: int = Field(primary_key=True)
    statement_id: str
    until: datetime = Field(sa_type=UtcDateTime)
