"""What must agree between the statements of one presentation.

Each statement may be genuine and the whole still a lie: put together from two batteries, with an
old version, without what speaks against the seller, or stated by somebody who has no say. Only
statements whose proof holds are looked at here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from passport.domain.event import EventKind
from passport.domain.passport import StatementKind
from passport.linked_data.documents import digest_text
from passport.services.series import CHAINS, series_iri
from passport.services.verification_evidence import CLOCKS_DIFFER_BY
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.signing.instants import instant_text, parse_instant

_MODEL_KINDS = frozenset(
    {
        StatementKind.MODEL_PUBLIC,
        StatementKind.MODEL_RESTRICTED,
        StatementKind.MODEL_AUTHORITY,
        StatementKind.PRODUCTION,
    }
)
_LISTED_KINDS = frozenset({StatementKind.ITEM_PUBLIC, StatementKind.ITEM_DECLARED})
"""Kinds that an index lists by digest."""
_SIGNED_BY_RESPONSIBLE = frozenset({StatementKind.INDEX, *_LISTED_KINDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class GenuineStatement:
    """A statement whose proof holds.

    Attributes:
        digests: SHA-256 of the bytes as they came, and of the same as compact JSON, which is how
            statements are signed: so a presentation that was printed nicely still matches.
    """

    document: Mapping[str, Any]
    kind: StatementKind
    digests: frozenset[bytes]

    @property
    def iri(self) -> str:
        """Its own address."""
        return str(self.document["id"])

    @property
    def issuer(self) -> str:
        """DID of the one who signed it."""
        return str(self.document["issuer"])

    @property
    def subject(self) -> Mapping[str, Any]:
        """What it states."""
        subject: Mapping[str, Any] = self.document["credentialSubject"]
        return subject

    @property
    def series(self) -> str:
        """What it is a version of."""
        return str(self.document["series"])

    @property
    def version(self) -> int:
        """Place in the series, from 1."""
        return int(self.document["version"])

    @property
    def begins_at(self) -> datetime:
        """When it was stated."""
        return parse_instant(self.document["validFrom"])

    @property
    def model(self) -> str:
        """IRI of the model it is about or names; empty where it names none."""
        if self.kind is StatementKind.PRODUCTION or self.kind not in _MODEL_KINDS:
            return str(self.subject.get("batteryModel", ""))
        return str(self.subject["id"])

    @property
    def event(self) -> str:
        """What happened, for an event; empty for other kinds."""
        return str(self.subject.get("eventKind", "")) if self.kind is StatementKind.EVENT else ""


def why_not_valid(document: Mapping[str, Any], at: datetime) -> str | None:
    """Return why a document is not valid at an instant; ``None`` where it is.

    Raises:
        InvalidValueError: Its begin or end is no instant.
    """
    if "validFrom" in document and parse_instant(document["validFrom"]) > at + CLOCKS_DIFFER_BY:
        return f"valid from {document['validFrom']}, after {instant_text(at)}"
    if "validUntil" in document and parse_instant(document["validUntil"]) <= at:
        return f"valid until {document['validUntil']}, before {instant_text(at)}"
    return None


def in_force(
    statements: Sequence[GenuineStatement], *, at: datetime, now: datetime
) -> list[GenuineStatement]:
    """Return the statements of a passport as it was at an instant.

    What was stated later is left aside, unless nothing of its series was valid then: a passport
    of which a part did not exist yet is not valid then. What lies ahead of the verifier's clock is
    never left aside.

    Args:
        statements: The statements of one presentation.
        at: The instant asked about.
        now: The verifier's clock.
    """
    begun = {one.series for one in statements if one.begins_at <= at + CLOCKS_DIFFER_BY}
    return [
        one
        for one in statements
        if one.begins_at <= at + CLOCKS_DIFFER_BY
        or one.begins_at > now + CLOCKS_DIFFER_BY
        or (one.series not in begun and one.kind not in CHAINS)
    ]


def check_one_battery(statements: Sequence[GenuineStatement], report: VerificationReport) -> None:
    """Find statements that speak about another battery, model or production run."""
    about_item = [one for one in statements if one.kind not in _MODEL_KINDS]
    battery = str(about_item[0].subject["id"]) if about_item else ""
    models = [one.model for one in about_item if one.model]
    model = (models or [one.model for one in statements if one.model] or [""])[0]
    for statement in statements:
        if statement.kind in _MODEL_KINDS:
            subject, expected = statement.model, model
            place, home = "model", f"{model}#"
        else:
            subject, expected = str(statement.subject["id"]), battery
            place, home = "battery", f"{battery}#"
        if subject != expected or not statement.series.startswith(home):
            report.found(
                Check.ONE_BATTERY,
                Finding.OTHER_BATTERY,
                f"{statement.iri} is about {subject}, series {statement.series}; the {place} of "
                f"this passport is {expected}",
                statement=statement.iri,
            )
        elif statement.model and statement.model != model:
            report.found(
                Check.ONE_BATTERY,
                Finding.OTHER_BATTERY,
                f"{statement.iri} names the model {statement.model}; the others name {model}",
                statement=statement.iri,
            )
    report.passed(Check.ONE_BATTERY, f"all statements are about {battery or model}")


def check_versions(statements: Sequence[GenuineStatement], report: VerificationReport) -> None:
    """Find versions that are superseded, exist twice, or do not continue the one before."""
    by_series: dict[str, list[GenuineStatement]] = defaultdict(list)
    for statement in statements:
        by_series[statement.series].append(statement)
    for versions in by_series.values():
        versions.sort(key=lambda one: one.version)
        for older, newer in pairwise(versions):
            _check_step(older, newer, report)
    report.passed(Check.VERSIONS, "no version is superseded, and no chain has a gap")


def _check_step(
    older: GenuineStatement, newer: GenuineStatement, report: VerificationReport
) -> None:
    if older.version == newer.version:
        if older.digests.isdisjoint(newer.digests):
            report.found(
                Check.VERSIONS,
                Finding.VERSION_TWICE,
                f"{older.iri} and {newer.iri} are both version {newer.version} of {newer.series}",
                statement=newer.iri,
            )
        return
    previous = newer.document.get("previous")
    follows = newer.version == older.version + 1
    if follows and previous not in {digest_text(digest) for digest in older.digests}:
        report.found(
            Check.VERSIONS,
            Finding.CHAIN_BROKEN,
            f"{newer.iri} continues {previous}, which is not {older.iri}",
            statement=newer.iri,
        )
    if newer.kind in CHAINS and not follows:
        report.found(
            Check.VERSIONS,
            Finding.WITHHELD,
            f"{newer.iri} is version {newer.version} of {newer.series}; the one before it in the "
            f"presentation is version {older.version}: what lies between was left out",
            statement=newer.iri,
        )
    if newer.kind not in CHAINS:
        report.found(
            Check.VERSIONS,
            Finding.SUPERSEDED,
            f"{older.iri} is version {older.version} of {older.series}; version {newer.version} "
            "stands beside it",
            statement=older.iri,
        )


def check_index(statements: Sequence[GenuineStatement], report: VerificationReport) -> None:
    """Find what an index lists and the presentation withholds, and what the index hides."""
    indexes = [one for one in statements if one.kind is StatementKind.INDEX]
    if not indexes:
        if any(one.kind in _LISTED_KINDS | {StatementKind.CONDITION} for one in statements):
            report.found(
                Check.INDEX,
                Finding.INDEX_MISSING,
                "the presentation has no genuine index, so nobody can tell what was left out",
            )
        return
    for index in indexes:
        _check_listed(index, statements, report)
        _check_series(index, statements, report)
    listed = {str(entry["statementDigest"]) for one in indexes for entry in _entries(one)}
    for statement in statements:
        # An index for everyone does not list what everyone may not read.
        hidden_from_all = statement.kind is StatementKind.ITEM_DECLARED and not any(
            _is_wide(index) for index in indexes
        )
        if statement.kind not in _LISTED_KINDS or hidden_from_all:
            continue
        if listed.isdisjoint(map(digest_text, statement.digests)):
            report.found(
                Check.INDEX,
                Finding.INDEX_HIDES,
                f"{statement.iri} is not the version that the index lists",
                statement=statement.iri,
            )
    report.passed(Check.INDEX, "everything the index lists is there, as it was signed")


def _check_listed(
    index: GenuineStatement, statements: Sequence[GenuineStatement], report: VerificationReport
) -> None:
    present = {digest_text(digest) for one in statements for digest in one.digests}
    addresses = {one.iri for one in statements}
    for entry in _entries(index):
        if entry["statementDigest"] in present:
            continue
        if entry["statement"] in addresses:
            finding, what = Finding.INDEX_MISMATCH, "is there with another content"
        else:
            finding, what = Finding.WITHHELD, "is not in the presentation"
        report.found(
            Check.INDEX,
            finding,
            f"the index lists {entry['statement']}, which {what}",
            statement=index.iri,
        )


def _check_series(
    index: GenuineStatement, statements: Sequence[GenuineStatement], report: VerificationReport
) -> None:
    present = {one.series for one in statements}
    named = [*index.subject.get("modelSeries", []), *index.subject.get("productionSeries", [])]
    for series in named:
        # An owner reads the wide index, but not the model's restricted statement.
        restricted = series_iri(series.partition("#")[0], StatementKind.MODEL_RESTRICTED)
        if series not in present and series != restricted:
            report.found(
                Check.INDEX,
                Finding.WITHHELD,
                f"the index names the series {series}; no statement of it is in the presentation",
                statement=index.iri,
            )


def check_issuers(statements: Sequence[GenuineStatement], report: VerificationReport) -> None:
    """Find statements by a party that has no say in them.

    The index names who is responsible for the passport; that party signs the index and the item
    statements. The model is one party's. Who recycles, or places a successor on the market, says
    so itself.
    """
    indexes = [one for one in statements if one.kind is StatementKind.INDEX]
    responsible = _responsible(indexes[0]) if indexes else ""
    model_issuers = sorted({one.issuer for one in statements if one.kind in _MODEL_KINDS})
    if len(model_issuers) > 1:
        report.found(
            Check.ISSUERS,
            Finding.ISSUER_WITHOUT_SAY,
            f"the model is described by {' and '.join(model_issuers)}",
        )
    recyclers = {one.issuer for one in statements if one.event == EventKind.RECYCLING_STARTED}
    for statement in statements:
        if reason := _why_not_theirs(statement, responsible, recyclers):
            report.found(
                Check.ISSUERS,
                Finding.ISSUER_WITHOUT_SAY,
                f"{statement.iri}: {reason}",
                statement=statement.iri,
            )
    report.passed(
        Check.ISSUERS,
        f"responsible: {responsible or 'not named'}; "
        f"model described by: {', '.join(model_issuers) or 'nobody'}",
    )


def _why_not_theirs(
    statement: GenuineStatement, responsible: str, recyclers: set[str]
) -> str | None:
    issuer = statement.issuer
    by_responsible = statement.kind in _SIGNED_BY_RESPONSIBLE
    if responsible and issuer != responsible:
        if by_responsible:
            return f"signed by {issuer}, but {responsible} is responsible for the passport"
        if statement.event == EventKind.ANNULLED:
            return f"{issuer} annuls a passport that {responsible} is responsible for"
    if statement.event == EventKind.RECYCLED and recyclers and issuer not in recyclers:
        return f"{issuer} says it was recycled, but it entered recycling at {_names(recyclers)}"
    if statement.event == EventKind.SUCCESSION:
        involved = statement.subject.get("involvedParties", [])
        if issuer not in involved:
            return f"{issuer} is not the party that placed the successor on the market"
    return None


def _responsible(index: GenuineStatement) -> str:
    named = index.subject.get("responsibleOperator", {})
    return str(named.get("id", index.issuer))


def _entries(index: GenuineStatement) -> Sequence[Mapping[str, Any]]:
    entries: Sequence[Mapping[str, Any]] = index.subject.get("statements", [])
    return entries


def _is_wide(index: GenuineStatement) -> bool:
    return bool(index.subject.get("audience") != "public")


def _names(dids: set[str]) -> str:
    return ", ".join(sorted(dids))
