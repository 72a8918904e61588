"""The page behind the QR code: what everybody may know about one battery."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from passport.domain.chemistry import published_chemistries
from passport.domain.content import absence_of, codes_of, read_term
from passport.domain.errors import InvalidIdentifierError
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId, battery_iri, parse_battery_id, serial_of
from passport.domain.passport import StatementKind
from passport.domain.status import BatteryStatus, PassportState
from passport.services.chemistry import words_of_chemistry
from passport.ui.views.battery import BatteryPage, Comparison, Lineage, Photo, Tombstone
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Tone
from passport.web.pages.parts import (
    emergency_of,
    evidence_of,
    groups_of,
    measurement_sources,
)
from passport.web.pages.record import ReadStatement, Record
from passport.web.pages.words import (
    day_text,
    document_title,
    fact_of,
    figure,
    is_web_address,
    parse_instant,
)
from passport.web.verdicts import Checked, verdict_of

_STATES = {
    PassportState.ACTIVE: Badge(text="Passport active", tone=Tone.AUTHENTIC),
    PassportState.ARCHIVED: Badge(text="Passport archived", tone=Tone.HELD),
    PassportState.ANNULLED: Badge(text="Registered by mistake", tone=Tone.WARNING),
    PassportState.CEASED: Badge(text="Passport ceased", tone=Tone.NEUTRAL),
}
_STATUS_TONES = {
    BatteryStatus.ORIGINAL: Tone.NEUTRAL,
    BatteryStatus.REPURPOSED: Tone.INFORMATION,
    BatteryStatus.RE_USED: Tone.INFORMATION,
    BatteryStatus.REMANUFACTURED: Tone.INFORMATION,
    BatteryStatus.WASTE: Tone.WARNING,
}
_COMPARED = ("modelIdentifier", "manufacturedOn", "batchNumber")
_ARCHIVED_NOTICE = Notice(
    title="This battery became part of another one",
    text="Its own passport is archived: what it says was true for its first life. "
    "The battery it lives on in has a passport of its own.",
    tone=Tone.HELD,
)


def state_badge(state: PassportState) -> Badge:
    """Return the state of a passport as everybody sees it."""
    return _STATES[state]


def status_badge(status: BatteryStatus | None) -> Badge | None:
    """Return the status of a battery, where this reader sees it."""
    if status is None:
        return None
    words = codes_of("battery-status")[status.value]
    return Badge(text=words, tone=_STATUS_TONES[status])


def public_page(
    record: Record,
    checked: Checked,
    *,
    status: BatteryStatus | None,
    restricted: Link | None = None,
    documents: tuple[LineItem, ...] = (),
) -> BatteryPage:
    """Make the public page of a battery.

    Args:
        record: What this reader was given.
        checked: Whether it is genuine.
        status: The battery's status, where this reader sees it.
        restricted: Where a reader who may see more finds it; anybody else is told how to ask.
        documents: The documents that its public part names, as they stand today.
    """
    battery = record.disclosure.battery
    path = f"/{record.battery_id}"
    return BatteryPage(
        name=record.name,
        kind=record.kind,
        identifier=battery_iri(battery.base_url, record.battery_id),
        serial=record.serial,
        state=_STATES[battery.state],
        status=status_badge(status),
        verdict=verdict_of(checked, record.signer, reason=annulment_reason(record)),
        comparison=_comparison(record),
        emergency=emergency_of(record.model),
        groups=groups_of(record.item, record.model, record.content(StatementKind.PRODUCTION)),
        notices=(_ARCHIVED_NOTICE,) if battery.state is PassportState.ARCHIVED else (),
        lineage=lineage_of(record),
        documents=documents,
        measurements=measurement_sources(record.all(StatementKind.CONDITION)),
        statements=evidence_of(record.statements, names=checked.issuers, holds=checked.holds),
        downloads=downloads_of(record),
        check_here=check_here(record.battery_id),
        ask_access=None if restricted else Link(text="Ask for access", href=f"/access{path}"),
        restricted=restricted,
    )


def tombstone_page(record: Record, checked: Checked) -> Tombstone:
    """Make the page of a passport that has ceased; content is no longer shown.

    Source: Regulation (EU) 2023/1542, Article 77(8).
    """
    battery = record.disclosure.battery
    end = _event(record, EventKind.RECYCLED)
    by, how = "", "It went into another battery, and was recycled with that one."
    evidence = []
    if end is not None:
        by = checked.issuers.get(end.signed.issuer, "the recycler")
        on = day_text(parse_instant(end.content["occurredAt"]))
        how = f"This battery was recycled on {on} by {by}."
        if "treatmentBatch" in end.content:
            batch = f"Batch {end.content['treatmentBatch']}, {on}"
            evidence.append(Fact(name="Recycled", values=(batch,), point="Article 77(8)"))
    return Tombstone(
        name=f"Battery {record.serial}",
        identifier=battery_iri(battery.base_url, record.battery_id),
        how_it_ended=how,
        verdict=verdict_of(checked, by),
        evidence=tuple(evidence),
        lineage=lineage_of(record),
        statements=evidence_of(record.statements, names=checked.issuers, holds=checked.holds),
        check_here=check_here(record.battery_id),
    )


def annulled_page(record: Record, checked: Checked) -> BatteryPage:
    """Make the page of a battery that was registered by mistake: the reason, and no content."""
    reason = annulment_reason(record)
    page = public_page(record, checked, status=None)
    return BatteryPage(
        name=f"Battery {record.serial}",
        kind=page.kind,
        identifier=page.identifier,
        serial=page.serial,
        state=page.state,
        verdict=page.verdict,
        comparison=page.comparison,
        emergency=page.emergency,
        groups=(),
        notices=(Notice(title="Registered by mistake", text=reason, tone=Tone.WARNING),),
        statements=page.statements,
        downloads=page.downloads,
        check_here=page.check_here,
    )


def annulment_reason(record: Record) -> str:
    """Return why the registration was a mistake; empty where it was none."""
    event = _event(record, EventKind.ANNULLED)
    return "" if event is None else str(event.content.get("eventReason", ""))


def _event(record: Record, kind: EventKind) -> ReadStatement | None:
    found = [
        one for one in record.all(StatementKind.EVENT) if one.content.get("eventKind") == kind.value
    ]
    return found[-1] if found else None


def _comparison(record: Record) -> Comparison:
    item, model = record.item, record.model
    mass = item.get("individualMassKilograms") or model.get("massKilograms")
    is_known = mass is not None and absence_of(mass) is None
    return Comparison(
        serial=record.serial,
        mass=f"{figure(mass)} kg" if is_known else "Not on record",
        chemistry=words_of_chemistry(model, published_chemistries()) or "Not on record",
        others=tuple(_compared_facts(record)),
        photo=_photo(record),
    )


def _compared_facts(record: Record) -> Iterable[Fact]:
    for name in _COMPARED:
        value = record.item.get(name) or record.model.get(name)
        if value is not None and absence_of(value) is None:
            yield fact_of(read_term(name), value, point=False)


def _photo(record: Record) -> Photo | None:
    photos = record.item.get("photos")
    for node in photos if isinstance(photos, list) else ():
        # Only our own pictures: a page asks nobody else for anything.
        address = node.get("documentUrl") if isinstance(node, Mapping) else None
        if is_web_address(address) and str(address).startswith(record.disclosure.battery.base_url):
            title = document_title(node)
            return Photo(src=str(address), alternative=title, caption=title)
    return None


def lineage_of(record: Record) -> Lineage:
    """Return where a battery comes from and what became of it."""
    index, item = record.index, record.item
    successors = _iris(index.get("successors")) or [
        iri
        for event in record.all(StatementKind.EVENT)
        if event.content.get("eventKind") == EventKind.SUCCESSION.value
        for iri in _iris(event.content.get("relatedBatteries"))
    ]
    plates = item.get("legacyPredecessors")
    return Lineage(
        predecessors=(
            *(_battery_line(iri) for iri in _iris(item.get("predecessors"))),
            *(
                _plate_line(plate)
                for plate in (plates if isinstance(plates, list) else ())
                if isinstance(plate, Mapping)
            ),
        ),
        successors=tuple(_battery_line(iri) for iri in successors),
    )


def _iris(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _battery_line(iri: str) -> LineItem:
    try:
        return LineItem(title=f"Serial {serial_of(parse_battery_id(iri))}", href=iri, detail=iri)
    except InvalidIdentifierError:
        return LineItem(title=iri, href=iri if is_web_address(iri) else "")


def _plate_line(plate: Mapping[str, object]) -> LineItem:
    return LineItem(
        title=str(plate.get("plateText") or plate.get("plateModel") or "A battery"),
        detail=". ".join(
            filter(
                None,
                (
                    words_of_chemistry(plate, published_chemistries()),
                    "Without a passport; described by its name plate and photos",
                ),
            )
        ),
        badge=Badge(text="No passport", tone=Tone.HELD),
    )


def check_here(battery_id: BatteryId) -> Link:
    """Return where the reader's own browser checks the record of a battery."""
    address = quote(f"/{battery_id}", safe="/")
    return Link(
        text="Check it yourself in this browser",
        href=f"/verify?address={address}",
        note="The program for it is loaded then: less than 90 kB.",
    )


def downloads_of(record: Record) -> tuple[Link, ...]:
    """Return what can be taken away to check it elsewhere."""
    battery_id = record.battery_id
    size_kb = len(record.disclosure.presentation) // 1000 + 1
    return (
        Link(text="Signed record", href=f"/v1/dpps/{battery_id}", note=f"JSON-LD, {size_kb} kB"),
        Link(
            text="Record with everything to check it offline",
            href=f"/batteries/{battery_id}/bundle",
            note="JSON",
        ),
        Link(text="Label", href=f"/batteries/{battery_id}/label.pdf", note="PDF"),
    )
