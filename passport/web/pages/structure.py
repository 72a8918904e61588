"""What a battery is made of: the tree of its parts, the bench to change them, their history."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from fastapi import APIRouter, Response

from passport.domain.access import BATTERY_SCOPE, EVENT_SCOPE
from passport.domain.content import codes_of
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    ContentRefusedError,
    InvalidValueError,
    PassportError,
)
from passport.domain.identifiers import BatteryId, parse_battery_id, serial_of
from passport.domain.structure import (
    ChangeReason,
    PartHistory,
    StructureLevel,
    Whereabouts,
    part_id_of,
)
from passport.services.part_change import Destination, PartChange
from passport.services.structure_file import read_structure_file
from passport.services.structure_reading import Origin, Step, Structure, StructurePart
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Badge, LineItem, Link, Notice, Tone
from passport.ui.views.structure import Bench, PartBranch, PartPage, StructurePage
from passport.web.dependencies import BatteryInPath, Visit, VisitedSignedIn
from passport.web.pages.record import Record
from passport.web.pages.scan import sentence
from passport.web.pages.words import day_text, figure
from passport.web.uploads import FormSent, SentForm

router = APIRouter(include_in_schema=False)

Choice = TypeVar("Choice", bound=StrEnum)

_SWAP, _TAKE_OUT, _PUT_IN = "swap", "take-out", "put-in"
_KINDS = (
    (_SWAP, "Swap a part for another"),
    (_TAKE_OUT, "Take a part out"),
    (_PUT_IN, "Put a part in"),
)
_DONE = {
    _SWAP: "The part was swapped.",
    _TAKE_OUT: "The part was taken out.",
    _PUT_IN: "The part was put in.",
    "recorded": "The parts were put on record.",
}
_DESTINATIONS = (
    (Destination.STORE.value, "Into our store"),
    (Destination.WASTE.value, "To waste"),
    (Destination.BATTERY.value, "Into another battery"),
)
_HISTORIES = (
    (PartHistory.NEW.value, "New"),
    (PartHistory.UNKNOWN.value, "Used, nobody knows where"),
)
_MIXED = {
    True: "None of them is new here: look at where each comes from.",
    False: "Parts of different age and health work together here.",
}
_RECYCLED = Notice(title="It was recycled with its battery", tone=Tone.NEUTRAL)
_REFUSALS = (ConflictError, InvalidValueError, ContentRefusedError)
_NEEDED = {
    _SWAP: ("in", "Scan or type the serial number of the part that goes in"),
    _TAKE_OUT: ("", ""),
    _PUT_IN: ("in", "Scan or type the serial number of the part that goes in"),
}


@router.get("/structure/{battery_id:path}")
def structure(battery_id: BatteryInPath, visit: VisitedSignedIn) -> Response:
    """Show what a battery is made of, with one part on the bench where the address names it."""
    query = visit.request.query_params
    chosen = {name: query[name] for name in ("position", "out") if query.get(name)}
    form = FormState.of({"do": _SWAP, **chosen}) if chosen else EMPTY_FORM
    return _show(visit, battery_id, form)


@router.post("/structure/{battery_id:path}")
def change(battery_id: BatteryInPath, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Change a part, signed by who is signed in."""
    errors: dict[str, str] = {}
    kind = form.text("do")
    entered = _change_of(form, kind, visit.services.clock.now(), errors)
    if errors or entered is None:
        return _show(visit, battery_id, form.shown(errors))
    services = visit.services
    use_case = {
        _SWAP: services.swap_part,
        _TAKE_OUT: services.take_out_part,
        _PUT_IN: services.install_part,
    }[kind]
    try:
        use_case(visit.actor, battery_id, entered)
    except _REFUSALS as refusal:
        return _show(visit, battery_id, form.shown(problem=sentence(str(refusal))))
    return see_other(f"/structure/{battery_id}?done={kind}")


@router.post("/structure-file/{battery_id:path}")
def record(battery_id: BatteryInPath, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Put the parts of a file on record."""
    sent = form.files.get("file", ())
    if not sent:
        wrong = form.shown({"file": "Choose a file with the parts"})
        return _show(visit, battery_id, EMPTY_FORM, upload_form=wrong)
    try:
        entered = read_structure_file(sent[0].content, sent[0].name)
        visit.services.record_structure(visit.actor, battery_id, entered)
    except ContentRefusedError as refusal:
        lines = [
            f"row {problem.row}, {problem.column}: {problem.message}"
            for problem in refusal.problems[:10]
        ]
        wrong = form.shown({"file": "; ".join(lines) or str(refusal)})
        return _show(visit, battery_id, EMPTY_FORM, upload_form=wrong)
    except (ConflictError, InvalidValueError) as refusal:
        wrong = form.shown(problem=sentence(str(refusal)))
        return _show(visit, battery_id, EMPTY_FORM, upload_form=wrong)
    return see_other(f"/structure/{battery_id}?done=recorded")


@router.get("/operators/{slug}/parts/{serial:path}")
def part(slug: str, serial: str, visit: VisitedSignedIn) -> Response:
    """Show where a part is and how it came there, under its name, which its code may hold."""
    found = visit.services.where_is_part(visit.actor, part_id_of(slug, serial))
    place = found.part.place
    where = codes_of("part-origin").get(place.whereabouts.value, "Built into a battery")
    if place.holder:
        where = f"{where}: {visit.name_of(place.holder)}"
    inside = next(iter(found.batteries), None)
    link = None
    if inside is not None:
        where = f"At {found.position}" if found.position else where
        link = Link(text=f"In serial {serial_of(inside)}", href=f"/structure/{inside}")
    page = PartPage(
        level=codes_of("structure-level")[found.part.level.value],
        serial=found.part.serial,
        part_number=found.part.part_number,
        place=where,
        battery=link,
        notices=(_RECYCLED,) if found.is_gone else (),
        steps=tuple(reversed([_step_line(visit, step) for step in found.steps])),
    )
    return visit.pages.show("part.html", page)


# --- what was sent --------------------------------------------------------------------------------


def _change_of(
    form: SentForm, kind: str, now: datetime, errors: dict[str, str]
) -> PartChange | None:
    if kind not in _NEEDED:
        errors["do"] = "Choose what you do"
        return None
    field, words = _NEEDED[kind]
    if field and not form.text(field):
        errors[field] = words
    if kind == _PUT_IN and not form.text("position"):
        errors["position"] = "Say at which position the part goes in"
    if kind != _PUT_IN and not (form.text("position") or form.text("out")):
        errors["position"] = "Say which part comes out: its position or its serial number"
    reason = _choice(ChangeReason, form.text("reason"))
    if reason is None:
        errors["reason"] = "Choose why"
    to_battery = _battery(form.text("to_battery"), errors)
    occurred_at = _instant(form.text("occurred_on"), now, errors)
    if errors:
        return None
    return PartChange(
        position=form.text("position"),
        out="" if kind == _PUT_IN else form.text("out"),
        put_in="" if kind == _TAKE_OUT else form.text("in"),
        level=_choice(StructureLevel, form.text("level")),
        history=_choice(PartHistory, form.text("history")) or PartHistory.NEW,
        destination=_choice(Destination, form.text("destination")) or Destination.STORE,
        to_battery=to_battery,
        to_position=form.text("to_position"),
        occurred_at=occurred_at,
        reason=reason,
        note=form.text("note"),
    )


def _choice(kind: type[Choice], text: str) -> Choice | None:
    return next((one for one in kind if one.value == text), None)


def _battery(text: str, errors: dict[str, str]) -> BatteryId | None:
    if not text:
        return None
    try:
        return parse_battery_id(text)
    except PassportError as refusal:
        errors["to_battery"] = sentence(str(refusal))
        return None


def _instant(text: str, now: datetime, errors: dict[str, str]) -> datetime | None:
    if not text:
        return None
    try:
        return min(datetime.combine(date.fromisoformat(text), time(12), UTC), now)
    except ValueError:
        errors["occurred_on"] = f"{text} is no day; write it like 2027-02-18"
        return None


# --- what is shown --------------------------------------------------------------------------------


def _show(
    visit: Visit, battery_id: BatteryId, form: FormState, *, upload_form: FormState = EMPTY_FORM
) -> Response:
    page = _page(visit, battery_id, form, upload_form)
    is_wrong = any(one.errors or one.problem for one in (form, upload_form))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    has_camera = page.bench is not None
    return visit.pages.show("structure.html", page, status=status, camera=has_camera)


def _page(
    visit: Visit, battery_id: BatteryId, form: FormState, upload_form: FormState
) -> StructurePage:
    """Make the page.

    Raises:
        AccessDeniedError: Point 4 of this battery is closed to the reader.
        PassportCeasedError: The battery has been recycled.
    """
    day = _day(visit.request.query_params.get("at", ""))
    at = None if day is None else datetime.combine(day, time(23, 59, 59), UTC)
    services, actor = visit.services, visit.actor
    found = services.read_structure(actor, battery_id, at)
    may_change = _may(visit, battery_id, EVENT_SCOPE) and day is None
    record = Record.of(services.disclose(actor, battery_id))
    address = f"/structure/{battery_id}"
    upload = f"/structure-file/{battery_id}" if _may(visit, battery_id, BATTERY_SCOPE) else ""
    level = "" if found.level is None else codes_of("structure-level")[found.level.value]
    return StructurePage(
        name=record.name,
        serial=serial_of(battery_id),
        battery=Link(text="Health and events of this battery", href=f"/condition/{battery_id}"),
        level=level or record.kind,
        address=address,
        at="" if day is None else day.isoformat(),
        at_words="" if day is None else day_text(day),
        done=_DONE.get(visit.request.query_params.get("done", ""), ""),
        notices=tuple(_notices(found)),
        parts=tuple(_branch(part, address if may_change else "") for part in found.parts),
        bench=_bench(address, form) if may_change and (found.parts or not upload) else None,
        upload=upload,
        upload_form=upload_form,
        changes=tuple(_changes(visit, services.part_changes(actor, battery_id), battery_id)),
    )


def _may(visit: Visit, battery_id: BatteryId, scope: str) -> bool:
    try:
        visit.services.may_write(visit.actor, battery_id, scope)
    except AccessDeniedError:
        return False
    return True


def _bench(address: str, form: FormState) -> Bench:
    return Bench(
        action=address,
        kinds=_KINDS,
        reasons=tuple(
            (code, words)
            for code, words in codes_of("part-change-reason").items()
            if code != ChangeReason.SECOND_LIFE
        ),
        destinations=_DESTINATIONS,
        histories=_HISTORIES,
        levels=tuple(codes_of("structure-level").items()),
        form=form,
    )


def _notices(found: Structure) -> Iterator[Notice]:
    for mixed in found.mixed:
        doubt = ""
        if mixed.questionable:
            doubt = (
                f" {mixed.questionable} of them came out of a waste battery or out of nobody knows "
                "what: measure before you rely on the whole."
            )
        yield Notice(
            title=f"{mixed.foreign} of {mixed.total} {mixed.level.value}s come from another "
            "battery",
            text=_MIXED[mixed.foreign == mixed.total] + doubt,
            tone=Tone.WARNING if mixed.questionable else Tone.HELD,
        )
    for finding in found.findings:
        title, _, text = finding.partition(": ")
        yield Notice(title=title, text=sentence(text), tone=Tone.WARNING)


def _branch(part: StructurePart, address: str) -> PartBranch:
    count = len(part.parts)
    own = part.battery_id
    return PartBranch(
        position=part.position,
        level=codes_of("structure-level")[part.level.value],
        serial=part.serial,
        holds=f"holds {count} part{'' if count == 1 else 's'}" if count else "",
        note=_origin_words(part.origin),
        badge=_origin_badge(part.origin),
        passport=None if own is None else Link(text="Its own passport", href=f"/{own}"),
        swap=Link(text="Swap", href=f"{address}?position={part.position}#bench")
        if address
        else None,
        # Parts of a battery with its own passport are changed there.
        parts=tuple(_branch(one, "" if own else address) for one in part.parts),
    )


def _origin_badge(origin: Origin | None) -> Badge | None:
    if origin is None:
        return None
    if origin.battery_id is None:
        return Badge(text="History unknown", tone=Tone.WARNING)
    if origin.was_waste:
        return Badge(text="Out of waste", tone=Tone.WARNING)
    return Badge(text="From another battery", tone=Tone.HELD)


def _origin_words(origin: Origin | None) -> str:
    if origin is None or origin.battery_id is None:
        return ""
    words = f"Out of serial {serial_of(origin.battery_id)}"
    if origin.health_percent:
        return f"{words}, whose state of health was {figure(origin.health_percent)} % then"
    return f"{words}, whose state of health was not known then"


def _changes(visit: Visit, steps: Sequence[Step], battery_id: BatteryId) -> Iterator[LineItem]:
    first = [step for step in steps if step.move.before is None and step.move.reason is None]
    together = Counter((step.move.recorded_at, step.move.moved_by) for step in first)
    for step in steps:
        move = step.move
        if move.before is None and move.reason is None:
            count = together.pop((move.recorded_at, move.moved_by), 0)
            if count:
                yield LineItem(
                    title=f"{count} part{'' if count == 1 else 's'} came on record",
                    detail=f"{day_text(move.occurred_at)}, {visit.name_of(move.moved_by)}",
                )
            continue
        level = codes_of("structure-level")[step.part.level.value]
        yield LineItem(
            title=f"{level} {step.part.serial}: {_way(step, battery_id)}",
            href=f"/{step.part.part_id}",
            detail=_told(visit, step),
        )


def _step_line(visit: Visit, step: Step) -> LineItem:
    """Say a step of one part in words, wherever it led."""
    move = step.move
    goal = _AFTER[move.after.whereabouts]
    if step.to_battery is not None:
        goal = f"into {step.to_position} of serial {serial_of(step.to_battery)}"
    if step.from_battery is not None:
        goal = f"{goal}, out of {step.from_position} of serial {serial_of(step.from_battery)}"
    return LineItem(title=f"{goal[:1].upper()}{goal[1:]}", detail=_told(visit, step))


def _told(visit: Visit, step: Step) -> str:
    """Say when a step was, who did it and why."""
    move = step.move
    reason = codes_of("part-change-reason").get(move.reason.value if move.reason else "", "")
    words = (day_text(move.occurred_at), visit.name_of(move.moved_by), reason, move.note)
    return ", ".join(filter(None, words))


def _way(step: Step, battery_id: BatteryId) -> str:
    """Say a step in words, as seen from one battery."""
    move = step.move
    if move.from_battery == move.to_battery:
        return f"from {move.from_path} to {move.to_path}"
    if move.to_battery == battery_id:
        return f"into {move.to_path}, {_before(step)}"
    goal = _AFTER[move.after.whereabouts]
    if move.to_battery is not None:
        known = step.to_battery
        goal = f"into serial {serial_of(known)}" if known else "into another battery"
    return f"out of {move.from_path}, {goal}"


def _before(step: Step) -> str:
    move = step.move
    if move.from_battery is not None:
        known = step.from_battery
        return f"out of serial {serial_of(known)}" if known else "out of another battery"
    if move.before is not None:
        return _BEFORE[move.before.whereabouts]
    return "used before, nobody knows where" if step.part.history is PartHistory.UNKNOWN else "new"


_BEFORE: Mapping[Whereabouts, str] = {
    Whereabouts.BUILT_IN: "out of another battery",
    Whereabouts.ON_ITS_OWN: "a battery of its own",
    Whereabouts.STORE: "from store",
    Whereabouts.WASTE: "from waste",
}
_AFTER: Mapping[Whereabouts, str] = {
    Whereabouts.BUILT_IN: "into another battery",
    Whereabouts.ON_ITS_OWN: "a battery of its own again",
    Whereabouts.STORE: "into store",
    Whereabouts.WASTE: "to waste",
}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidValueError(f"{text!r} is no day; write 2027-02-18") from error
