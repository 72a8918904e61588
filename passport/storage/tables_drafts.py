"""Table of the drafts of battery models."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field

from passport.storage.columns import JSON_TREE, UtcDateTime
from passport.storage.tables import PassportTable

_IS_OPEN = text("state IN ('draft', 'in-review', 'approved')")


class ModelDraftRow(PassportTable, table=True):
    """One draft as it was typed; a model has at most one that is open."""

    __tablename__: ClassVar[str] = "passport_model_draft"
    __table_args__ = (
        Index("ix_passport_model_draft_operator", "operator", "changed_at"),
        Index(
            "uq_passport_model_draft_open",
            "operator",
            "model_id",
            unique=True,
            postgresql_where=_IS_OPEN,
            sqlite_where=_IS_OPEN,
        ),
    )

    draft_id: str = Field(primary_key=True)
    operator: str
    model_id: str
    content: dict[str, Any] = Field(sa_type=JSON_TREE)
    base: dict[str, Any] = Field(sa_type=JSON_TREE)
    based_on: int
    state: str
    started_by: str
    started_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str
    changed_at: datetime = Field(sa_type=UtcDateTime)
    handed_in_by: str
    reviewed_by: str
    comments: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
    revision: int
