"""Bodies of requests and answers, as they are written on the wire."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic.alias_generators import to_camel

from passport.domain.errors import ContentRefusedError
from passport.services.importing import read_entry
from passport.services.issue import NewBattery, Registration


class Body(BaseModel):
    """A JSON object of ours: names in camel case, nothing unknown."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


Terms = Annotated[
    dict[str, Any],
    Field(description="Values by term; numbers as text or as exact decimals (docs/vocabulary)"),
]
"""A content as it is entered; its rules stand in the table of terms."""


class NewBatteryBody(Body):
    """One battery to be registered: ``gtin`` and ``serial``, or ``identifier`` and ``model``."""

    gtin: str = ""
    serial: str = ""
    identifier: str = ""
    model: str = ""
    placed_on_market_on: date
    holder: str = ""
    operator: str = Field(default="", description="Short name or DID; the caller's own without")
    content: Terms

    def to_entry(self) -> NewBattery:
        """Return the battery as the use case takes it.

        Raises:
            ContentRefusedError: Identifier and content do not go together.
        """
        given = self.model_dump(
            mode="json", by_alias=True, exclude={"operator", "content"}, exclude_defaults=True
        )
        row = read_entry({**given, "content": self.content})
        if row.entry is None or row.problems:
            words = "; ".join(problem.message for problem in row.problems)
            raise ContentRefusedError(words, row.problems)
        return row.entry


class BatteriesBody(Body):
    """Some batteries, registered together: all of them or none."""

    batteries: Annotated[list[NewBatteryBody], Field(min_length=1, max_length=100)]


def _how_many(body: object) -> str:
    if isinstance(body, list):
        return "~list"
    return "~some" if isinstance(body, dict) and "batteries" in body else "~one"


RegisterBody = Annotated[
    Annotated[NewBatteryBody, Tag("~one")]
    | Annotated[BatteriesBody, Tag("~some")]
    | Annotated[list[NewBatteryBody], Tag("~list"), Field(min_length=1, max_length=100)],
    Discriminator(_how_many),
]
"""One battery, or some of one operator; a tag begins with ``~`` and is no part of a path."""


class RegistrationBody(Body):
    """A battery on record.

    Attributes:
        id: Its identifier, as it stands in the addresses of this API.
        iri: What its QR code holds.
    """

    id: str
    iri: str
    is_new: bool

    @classmethod
    def of(cls, registration: Registration) -> "RegistrationBody":
        """Write a registration."""
        return cls(id=registration.battery_id, iri=registration.iri, is_new=registration.is_new)


class RegistrationsBody(Body):
    """Batteries on record."""

    batteries: list[RegistrationBody]
