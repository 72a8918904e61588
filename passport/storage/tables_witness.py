"""Table of what witnesses signed."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Column, Field

from passport.storage.columns import SEQUENCE, UtcDateTime
from passport.storage.tables import PassportTable


class CosignatureRow(PassportTable, table=True):
    """The line with which one witness signed one checkpoint."""

    __tablename__: ClassVar[str] = "passport_cosignature"

    size: int = Field(sa_column=Column(SEQUENCE, primary_key=True, autoincrement=False))
    witness: str = Field(primary_key=True)
    line: str
    created_at: datetime = Field(sa_type=UtcDateTime)
