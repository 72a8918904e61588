"""Bodies of requests and answers, as they are written on the wire."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)
from pydantic.alias_generators import to_camel

from passport.domain.access import Audience, Grant
from passport.domain.actor import Role
from passport.domain.battery import Battery, BatteryModel, Category
from passport.domain.errors import ContentRefusedError, Problem
from passport.domain.event import Event, EventKind
from passport.domain.organisation import Notice, Operator
from passport.domain.responsibility import ProducerRegistration, ResponsibleRole
from passport.domain.second_life import Succession
from passport.services.condition import ConditionReceipt
from passport.services.end_of_life import WasteOutcome
from passport.services.importing import ImportResult, read_entry
from passport.services.issue import NewBattery, Registration
from passport.services.status import BatteryStanding
from passport.signing.keys import EDDSA_RDFC_2022, KeyKind


class Body(BaseModel):
    """A JSON object of ours: names in camel case, nothing unknown."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant lies in the years 1 to 9999, in UTC") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A day and time with its time zone."""

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


class BatteryBody(Body):
    """Where a battery stands, as far as the caller reads it.

    Attributes:
        status: Absent where the caller may not see it (Annex XIII point 4(c)).
    """

    id: str
    iri: str
    state: str
    status: str | None
    responsible: str | None
    predecessors: list[str]
    successors: list[str]

    @classmethod
    def of(cls, standing: BatteryStanding) -> "BatteryBody":
        """Write where a battery stands."""
        return cls(
            id=standing.battery_id,
            iri=standing.iri,
            state=standing.state.value,
            status=standing.status.value if standing.status else None,
            responsible=standing.responsible or None,
            predecessors=list(standing.predecessors),
            successors=list(standing.successors),
        )


class BatteryLineBody(Body):
    """One battery in a list."""

    id: str
    state: str
    status: str
    model: str

    @classmethod
    def of(cls, battery: Battery) -> "BatteryLineBody":
        """Write one of the caller's own batteries."""
        return cls(
            id=battery.battery_id,
            state=battery.state.value,
            status=battery.status.value,
            model=battery.model_id,
        )


class BatteryListBody(Body):
    """The caller's batteries, by identifier.

    Attributes:
        next: Value of ``after`` for the next page; absent on the last one.
    """

    batteries: list[BatteryLineBody]
    next: str | None = None


class NewModelBody(Body):
    """A battery model to be put on record."""

    gtin: str = Field(default="", description="Or model: id/<identifier>")
    model: str = ""
    operator: str = ""
    content: Terms


class ModelBody(Body):
    """A battery model on record."""

    id: str
    operator: str
    category: str
    name: str
    revision: int

    @classmethod
    def of(cls, model: BatteryModel) -> "ModelBody":
        """Write a model."""
        return cls(
            id=model.model_id,
            operator=model.operator,
            category=model.category.value,
            name=model.name,
            revision=model.revision,
        )


class ContentBody(Body):
    """A whole content that takes the place of the one before."""

    content: Terms


class NewConditionBody(Body):
    """A condition of a battery at one instant."""

    measured_at: Instant
    content: Terms


class ConditionBody(Body):
    """A condition on record; ``digest`` is its entry in the log."""

    battery: str
    statement: str
    version: int
    digest: str
    signed_by: str

    @classmethod
    def of(cls, receipt: ConditionReceipt) -> "ConditionBody":
        """Write a receipt."""
        return cls(
            battery=receipt.battery_id,
            statement=receipt.statement_iri,
            version=receipt.version,
            digest=receipt.digest,
            signed_by=receipt.signed_by,
        )


class NewEventBody(Body):
    """What happened to a battery; ``country`` for waste, ``batch`` for recycling."""

    kind: EventKind
    occurred_at: Instant | None = None
    reason: str = ""
    country: str = ""
    batch: str = ""
    buyer: str = ""
    details: dict[str, Any] = Field(default_factory=dict)


class EventBody(Body):
    """An event on record."""

    id: str
    battery: str
    kind: str
    occurred_at: datetime
    reported_by: str
    statement: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "EventBody":
        """Write an event."""
        return cls(
            id=event.event_id,
            battery=event.battery_id,
            kind=event.kind.value,
            occurred_at=event.occurred_at,
            reported_by=event.reported_by,
            statement=event.statement_id,
            facts=dict(event.facts),
        )


class WasteBody(Body):
    """A battery that became waste: who answers for it from now on."""

    battery: str
    status: str
    is_orphan: bool
    responsible: str | None
    role: str | None
    register_number: str | None
    grant: str
    is_new: bool

    @classmethod
    def of(cls, outcome: WasteOutcome) -> "WasteBody":
        """Write an outcome."""
        found = outcome.responsibility
        return cls(
            battery=outcome.battery_id,
            status=outcome.status.value,
            is_orphan=outcome.is_orphan,
            responsible=found.party if found else None,
            role=found.role.value if found else None,
            register_number=found.register_number if found else None,
            grant=outcome.grant_id,
            is_new=outcome.is_new,
        )


class PlacingBody(Body):
    """The day a battery is placed on the market."""

    placed_on_market_on: date


class DisputeBody(Body):
    """An objection against a second life."""

    reason: str


class SecondLifeBody(Body):
    """A second life on record; ``placedOnMarketOn`` is absent before it takes effect."""

    id: str
    battery: str
    operation: str
    predecessors: list[str]
    declared_by: str
    declared_at: datetime
    placed_on_market_on: date | None
    disputes: list[dict[str, str]]

    @classmethod
    def of(cls, succession: Succession) -> "SecondLifeBody":
        """Write a second life."""
        return cls(
            id=succession.succession_id,
            battery=succession.battery_id,
            operation=succession.operation.value,
            predecessors=[one.label for one in succession.predecessors],
            declared_by=succession.declared_by,
            declared_at=succession.declared_at,
            placed_on_market_on=succession.placed_on,
            disputes=[
                {
                    "organisation": one.organisation,
                    "reason": one.reason,
                    "at": one.at.isoformat(),
                }
                for one in succession.disputes
            ],
        )


class NewGrantBody(Body):
    """Leave to be given to an organisation, for one battery and one purpose."""

    organisation: str
    battery: str
    audience: Audience = Audience.LEGITIMATE_INTEREST
    purpose: str
    legal_ground: str = "Regulation (EU) 2023/1542, Article 77(2), third subparagraph"
    scopes: frozenset[str] = frozenset()
    expires_at: Instant | None = None


class GrantBody(Body):
    """Leave on record."""

    id: str
    organisation: str
    battery: str
    audience: str
    purpose: str
    scopes: list[str]
    expires_at: datetime | None

    @classmethod
    def of(cls, grant: Grant) -> "GrantBody":
        """Write a grant."""
        return cls(
            id=grant.grant_id,
            organisation=grant.organisation,
            battery=grant.battery_id,
            audience=grant.audience.value,
            purpose=grant.purpose,
            scopes=sorted(grant.scopes),
            expires_at=grant.expires_at,
        )


class NewAccessRequestBody(Body):
    """The wish to read the restricted part of a passport, with its purpose."""

    battery: str
    purpose: str


class AttachmentBody(Body):
    """A document kept as evidence, named by its SHA-256."""

    digest: str
    media_type: str
    size: int


class NewOperatorBody(Body):
    """An organisation to be added.

    Attributes:
        id: Its LEI, VAT, EORI or GLN as URI.
        cryptosuite: The suite its key signs in.
        curve: Kind of its key; the usual one of the suite when left out.
    """

    name: str
    id: str
    country: str
    roles: frozenset[Role] = frozenset({Role.OPERATOR})
    slug: str = ""
    host: str = ""
    cryptosuite: str = EDDSA_RDFC_2022
    curve: KeyKind | None = None


class OperatorBody(Body):
    """What is public about an organisation."""

    slug: str
    name: str
    id: str
    country: str
    did: str
    roles: list[str]

    @classmethod
    def of(cls, operator: Operator) -> "OperatorBody":
        """Write an organisation."""
        return cls(
            slug=operator.slug,
            name=operator.name,
            id=operator.operator_uri,
            country=operator.country,
            did=operator.did,
            roles=sorted(role.value for role in operator.roles),
        )


class NewKeyBody(Body):
    """An API key to be made for the caller's organisation."""

    scopes: frozenset[str] = frozenset()
    expires_at: Instant | None = None


class KeyBody(Body):
    """An API key; its secret is shown this once."""

    id: str
    secret: str
    organisation: str
    scopes: list[str]


class NewRegisterLineBody(Body):
    """A line of a national register of producers.

    Attributes:
        operator: Short name of the producer whose batteries it covers; empty for the operator
            selected under Article 57(8).
        party: Short name of who answers.
    """

    country: str
    category: Category
    register_number: str
    operator: str = ""
    party: str
    role: ResponsibleRole
    valid_from: date


class RegisterLineBody(NewRegisterLineBody):
    """A line on record; ``validUntil`` is absent while it counts."""

    valid_until: date | None

    @classmethod
    def of(cls, line: ProducerRegistration) -> "RegisterLineBody":
        """Write a line."""
        return cls(
            country=line.country,
            category=line.category,
            register_number=line.register_number,
            operator=line.operator,
            party=line.party,
            role=line.role,
            valid_from=line.valid_from,
            valid_until=line.valid_until,
        )


class NoticeBody(Body):
    """Something the caller's organisation is told, or asked to do."""

    id: str
    kind: str
    about: str
    text: str
    link: str
    created_at: datetime

    @classmethod
    def of(cls, notice: Notice) -> "NoticeBody":
        """Write a notice."""
        return cls(
            id=notice.notice_id,
            kind=notice.kind,
            about=notice.about,
            text=notice.text,
            link=notice.link,
            created_at=notice.created_at,
        )


class ImportOptions(Body):
    """Query parameters of an import."""

    dry_run: bool = False
    operator: str = ""


class ImportRowBody(Body):
    """What became of one row of a file."""

    row: int
    id: str | None = None
    iri: str | None = None
    is_new: bool | None = None
    problems: list[dict[str, Any]] = Field(default_factory=list)

    @classmethod
    def of(cls, result: ImportResult) -> "ImportRowBody":
        """Write a result."""
        registration = result.registration
        return cls(
            row=result.number,
            id=registration.battery_id if registration else None,
            iri=registration.iri if registration else None,
            is_new=registration.is_new if registration else None,
            problems=[place_of(problem) for problem in result.problems],
        )


class ImportBody(Body):
    """What became of a file; rows that were accepted stay, whatever became of the others."""

    dry_run: bool
    registered: int
    known: int
    refused: int
    rows: list[ImportRowBody]


def place_of(problem: Problem) -> dict[str, object]:
    """Write one thing that is wrong with an input, and where."""
    given = {
        "message": problem.message,
        "path": problem.path,
        "row": problem.row,
        "column": problem.column,
    }
    return {name: value for name, value in given.items() if value not in {None, ""}}
