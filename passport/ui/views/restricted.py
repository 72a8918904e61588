"""What an audience of its own may see of one battery: health, events, composition."""

from dataclasses import dataclass

from passport.ui.charts import Chart
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.battery import MeasurementSource, Verdict
from passport.ui.views.common import Badge, FactGroup, LineItem, Link, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """State of health as computed here, with everything that says how far to trust it.

    Attributes:
        value: With unit, like ``82.4 %``.
        interval: The 95 % interval.
        age: How old it is, in words.
        measured: Day and hour of the measurement.
        method: How it was found.
        badge: Whether it is fresh, ageing or out of date.
        reported: What the BMS itself says, or that it says nothing.
        difference: How the two compare, in one sentence.
        measured_on: Data set and cell, where it was not measured on the battery itself.
    """

    value: str
    interval: str
    age: str
    measured: str
    method: str
    badge: Badge
    reported: str
    difference: str = ""
    measured_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Why this reader sees this page, and until when."""

    reason: str
    until: str
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionLine:
    """One signed statement in the chain of conditions; the newest comes first."""

    measured: str
    health: str
    signer: str
    badge: Badge
    verify: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachTest:
    """Form with which a capacity test is put on record."""

    action: str
    methods: tuple[tuple[str, str], ...]
    form: FormState = EMPTY_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedPage:
    """One battery for a reader with a grant, the responsible operator, or an authority.

    Attributes:
        sees_use: Whether Annex XIII point 4 is open to this reader: health, events, use.
        dismantling: Where the instructions for taking it apart are, if there are any.
        documents: Documents that the restricted part names.
        actions: What who answers for the battery can do about it.
    """

    name: str
    kind: str
    serial: str
    public: Link
    state: Badge
    access: Access
    verdict: Verdict
    groups: tuple[FactGroup, ...]
    sees_use: bool = True
    dismantling: Link | None = None
    documents: tuple[LineItem, ...] = ()
    actions: tuple[Link, ...] = ()
    status: Badge | None = None
    notices: tuple[Notice, ...] = ()
    health: Health | None = None
    chart: Chart | None = None
    conditions: tuple[ConditionLine, ...] = ()
    events: tuple[LineItem, ...] = ()
    attach: AttachTest | None = None
    measurements: tuple[MeasurementSource, ...] = ()
    statements: tuple[LineItem, ...] = ()
    downloads: tuple[Link, ...] = ()
