"""The page behind the QR code: what everybody may know about one battery."""

from dataclasses import dataclass
from enum import StrEnum

from passport.ui.views.common import Badge, Fact, FactGroup, LineItem, Link, Notice, Tone


class Finding(StrEnum):
    """What the check of the signed record came to."""

    AUTHENTIC = "authentic"
    CORRECTED = "corrected"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    NOT_AUTHENTIC = "not-authentic"
    UNCHECKED = "unchecked"


_WORDS: dict[Finding, tuple[Tone, str, str]] = {
    Finding.AUTHENTIC: (
        Tone.AUTHENTIC,
        "Authentic record",
        "Signed by {signer}, unchanged since, and on the public log.",
    ),
    Finding.CORRECTED: (
        Tone.WARNING,
        "Authentic, but corrected",
        """Signed by {signer}, who has corrected a part of it since. This page shows the corrected
        record; an older copy of it is out of date.""",
    ),
    Finding.SUSPENDED: (
        Tone.WARNING,
        "Authentic, but suspended",
        """Signed by {signer}, who has suspended it for now. Do not rely on what it says until the
        suspension is lifted.""",
    ),
    Finding.WITHDRAWN: (
        Tone.WARNING,
        "Authentic, but withdrawn",
        "Signed by {signer}, who has withdrawn it. Do not rely on what it says.",
    ),
    Finding.NOT_AUTHENTIC: (
        Tone.DANGER,
        "Not signed by whom it says",
        """The signature does not hold for {signer}. Somebody changed this record, or made it up.
        Treat every value on this page as unknown.""",
    ),
    Finding.UNCHECKED: (
        Tone.INFORMATION,
        "Could not be checked",
        """The signature of {signer} could not be checked just now. Nothing shows that the record
        is false; nothing shows that it is genuine either.""",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the record is genuine, in one line and one sentence."""

    finding: Finding
    tone: Tone
    title: str
    text: str
    checked: str = ""
    reason: str = ""
    how: Link | None = None


def verdict_on(
    finding: Finding, *, signer: str, checked: str = "", reason: str = "", how: Link | None = None
) -> Verdict:
    """Say the outcome of a check the same way on every page.

    Args:
        finding: What the check came to.
        signer: Name of the organisation that the record names as its signer.
        checked: When it was checked and how it is on the log, ready to print.
        reason: Why the check failed, why the record was corrected or withdrawn.
        how: Where the reader can repeat the check.
    """
    tone, title, text = _WORDS[finding]
    return Verdict(
        finding=finding,
        tone=tone,
        title=title,
        text=" ".join(text.format(signer=signer).split()),
        checked=checked,
        reason=reason,
        how=how,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture of the battery; ``alternative`` says in words what it shows."""

    src: str
    alternative: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What to hold against the battery itself: a copied QR code differs in one of these."""

    serial: str
    mass: str
    chemistry: str
    others: tuple[Fact, ...] = ()
    photo: Photo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What somebody needs who stands beside a burning, leaking or damaged battery.

    Source: Regulation (EU) 2023/1542, Annex VI Part A (8), (9); Article 74(1)(d).
    """

    extinguishing_agent: str
    hazardous_substances: tuple[str, ...]
    safety: tuple[str, ...]
    document: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where the battery comes from and what became of it."""

    predecessors: tuple[LineItem, ...] = ()
    successors: tuple[LineItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementSource:
    """Which measurement stands behind the values on a page.

    Attributes:
        data_set: Name of the data set and who measured it.
        measured_on: The cell or bank that was measured; never called a pack where it is a cell.
        scaling: How its values became this battery's, as declared.
        licence: Terms of the data set.
        link: Where the data set is found.
    """

    data_set: str
    measured_on: str
    scaling: str
    licence: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryPage:
    """Everything of Annex XIII point 1 about one battery, in an order people can read."""

    name: str
    kind: str
    identifier: str
    serial: str
    state: Badge
    verdict: Verdict
    comparison: Comparison
    emergency: Emergency
    groups: tuple[FactGroup, ...]
    status: Badge | None = None
    notices: tuple[Notice, ...] = ()
    lineage: Lineage = Lineage()
    measurements: tuple[MeasurementSource, ...] = ()
    statements: tuple[LineItem, ...] = ()
    downloads: tuple[Link, ...] = ()
    check_here: Link | None = None
    documents: tuple[LineItem, ...] = ()
    ask_access: Link | None = None
    restricted: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage:
    """A battery model: what is the same for every battery of it.

    Attributes:
        is_light: Whether its batteries need no passport, so that this is all there is.
    """

    name: str
    kind: str
    identifier: str
    verdict: Verdict
    emergency: Emergency
    groups: tuple[FactGroup, ...]
    is_light: bool = False
    versions: Link | None = None
    check: Link | None = None
    dismantling: Link | None = None
    documents: tuple[LineItem, ...] = ()
    batteries: tuple[LineItem, ...] = ()
    statements: tuple[LineItem, ...] = ()
    downloads: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What remains of a passport that has ceased (Article 77(8))."""

    name: str
    identifier: str
    how_it_ended: str
    verdict: Verdict
    evidence: tuple[Fact, ...] = ()
    lineage: Lineage = Lineage()
    statements: tuple[LineItem, ...] = ()
    check_here: Link | None = None
