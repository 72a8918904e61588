"""Second lives for people: declare, dispute, place on the market."""

import re
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.content import AbsenceReason, absent
from passport.domain.errors import InvalidIdentifierError, InvalidValueError, PassportError
from passport.domain.identifiers import (
    BatteryId,
    ModelId,
    gs1_battery_id,
    iec_61406_battery_id,
    serial_of,
)
from passport.domain.second_life import Evidence, LegacyPlate, Predecessor, Succession
from passport.domain.status import Operation, RemanufacturingRecord
from passport.domain.units import AmpereHours, Percent, parse_decimal
from passport.services.overviews import own_second_lives
from passport.services.second_life import NewSecondLife
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.scanning import CodeRefusedError, ModelCode, OwnCode, read_code
from passport.ui.views.common import Badge, Fact, Link, Tone
from passport.ui.views.moves import SecondLifeDetail
from passport.ui.views.work import DeclaredMove, FormAction, SecondLifePage
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.pages.operator import operation_text
from passport.web.pages.record import model_name
from passport.web.pages.scan import own_hosts, sentence
from passport.web.pages.words import day_text
from passport.web.problems import status_of
from passport.web.uploads import FormSent, SentForm, checked_media_type

router = APIRouter(include_in_schema=False)

_PATH = "/operator/second-life"
_OPERATIONS = {
    Operation.REPURPOSING: "Repurposed: another use than before, never waste",
    Operation.PREPARATION_FOR_REPURPOSING: "Prepared for repurposing: was waste, another use",
    Operation.PREPARATION_FOR_RE_USE: "Prepared for re-use: was waste, same use again",
    Operation.REMANUFACTURING: "Remanufactured: restored to at least 90 % of its capacity",
}
_DOCUMENTS = {
    "title_evidence": "that the batteries are yours",
    "operation_evidence": "that the work was done",
}
_NUMBERS = {
    "mass_kg": "the mass",
    "rated_capacity_ah": "the rated capacity",
    "restored_capacity_ah": "the capacity after the work",
    "original_capacity_ah": "the original rated capacity",
}
_PLATE_PARTS = 6
_NOT_PROVIDED = absent(AbsenceReason.NOT_PROVIDED)


@router.get(_PATH)
def declare_page(visit: VisitedSignedIn) -> Response:
    """Show the form to declare a second life, and what waits to be placed on the market."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    return visit.pages.show("second_life.html", _view(visit, EMPTY_FORM))


@router.post(_PATH)
def declare(visit: VisitedSignedIn, form: FormSent) -> Response:
    """Declare a second life; the former operators are told."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    entry = _SecondLifeForm(visit, form)
    new = entry.read()
    if new is None:
        shown = form.shown(entry.errors)
        view, status = _view(visit, shown), HTTPStatus.UNPROCESSABLE_ENTITY
        return visit.pages.show("second_life.html", view, status=status)
    try:
        declared = visit.services.declare_second_life(visit.actor, visit.actor.organisation, new)
    except PassportError as refusal:
        view = _view(visit, form.shown(problem=sentence(str(refusal))))
        return visit.pages.show("second_life.html", view, status=status_of(refusal))
    return see_other(f"/second-lives/{declared.succession_id}")


@router.get("/second-lives/{succession_id}")
def detail(succession_id: str, visit: VisitedSignedIn) -> Response:
    """Show one second life to those it concerns."""
    return _show_detail(visit, succession_id, EMPTY_FORM)


@router.post("/second-lives/{succession_id}/place")
def place(succession_id: str, visit: VisitedSignedIn) -> Response:
    """Place the new battery on the market today: its passport begins."""
    today = visit.services.clock.now().date()
    placed = visit.services.place_second_life(visit.actor, succession_id, today)
    return see_other(f"/{placed.battery_id}")


@router.post("/second-lives/{succession_id}/disputes")
def dispute(succession_id: str, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Put an objection on record; it blocks nothing."""
    if not form.text("reason"):
        shown = form.shown({"reason": "Say what is wrong"})
        return _show_detail(visit, succession_id, shown, HTTPStatus.UNPROCESSABLE_ENTITY)
    visit.services.dispute_second_life(visit.actor, succession_id, form.text("reason"))
    return see_other(f"/second-lives/{succession_id}")


def _view(visit: Visit, form: FormState) -> SecondLifePage:
    waiting = [
        one
        for one in own_second_lives(visit.actor, overview=visit.overview)
        if not one.has_taken_effect
    ]
    models = visit.services.models_of(visit.actor)
    return SecondLifePage(
        action=_PATH,
        operations=tuple((operation.value, words) for operation, words in _OPERATIONS.items()),
        models=tuple((one.model_id, model_name(one.content) or one.name) for one in models),
        declared=tuple(_move(visit, one) for one in waiting),
        form=form,
    )


def _move(visit: Visit, succession: Succession) -> DeclaredMove:
    return DeclaredMove(
        title=f"Serial {serial_of(succession.battery_id)}",
        facts=_facts(visit, succession),
        badge=_badge(succession),
        place=_place_action(succession),
    )


def _badge(succession: Succession) -> Badge:
    if succession.has_taken_effect:
        return Badge(text="On the market", tone=Tone.AUTHENTIC)
    if succession.disputes:
        return Badge(text="Disputed", tone=Tone.WARNING)
    return Badge(text="Declared, undisputed", tone=Tone.HELD)


def _place_action(succession: Succession) -> FormAction:
    return FormAction(
        text="Place on the market today",
        action=f"/second-lives/{succession.succession_id}/place",
    )


def _facts(visit: Visit, succession: Succession) -> tuple[Fact, ...]:
    return (
        Fact(name="Made from", values=tuple(one.label for one in succession.predecessors)),
        Fact(name="Operation", values=(operation_text(succession),)),
        Fact(name="Declared by", values=(visit.name_of(succession.declared_by),)),
        Fact(name="Declared on", values=(day_text(succession.declared_at.date()),)),
        *(
            Fact(
                name=f"Evidence of {one.kind}",
                link=Link(
                    text=one.description or "Document",
                    href=f"/api/v1/attachments/{one.digest}",
                ),
            )
            for one in succession.evidence
        ),
    )


def _show_detail(
    visit: Visit, succession_id: str, form: FormState, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    succession = visit.services.read_succession(visit.actor, succession_id)
    is_own = succession.declared_by == visit.actor.organisation
    can_place = is_own and not succession.has_taken_effect
    can_dispute = not is_own and not visit.actor.has(Role.AUTHORITY)
    view = SecondLifeDetail(
        title=f"Serial {serial_of(succession.battery_id)}",
        badge=_badge(succession),
        facts=_facts(visit, succession),
        disputes=tuple(
            Fact(
                name=visit.name_of(one.organisation),
                values=(one.reason,),
                note=day_text(one.at.date()),
            )
            for one in succession.disputes
        ),
        dispute=f"/second-lives/{succession_id}/disputes" if can_dispute else "",
        place=_place_action(succession) if can_place else None,
        form=form,
    )
    return visit.pages.show("second_life_detail.html", view, status=status)


class _SecondLifeForm:
    """Reads the form field by field and keeps what is wrong."""

    def __init__(self, visit: Visit, form: SentForm) -> None:
        self._visit = visit
        self._form = form
        self.errors: dict[str, str] = {}

    def read(self) -> NewSecondLife | None:
        """Return the second life, or nothing where a field is wrong; documents are kept last."""
        operation = self._operation()
        battery_id = self._battery_id()
        content = self._content()
        originals = self._originals()
        plates = self._plates()
        record = self._record() if operation is Operation.REMANUFACTURING else None
        for field, words in _DOCUMENTS.items():
            if not self._form.files.get(field):
                self.errors[field] = f"Choose the document that proves {words}"
        if plates and not self._form.files.get("photos"):
            self.errors["photos"] = "Add a photo of each name plate"
        if self.errors or operation is None or battery_id is None:
            return None
        photos = tuple(digest for _, digest in self._keep("photos"))
        evidence = tuple(
            Evidence(kind=kind, description=name, digest=digest)
            for kind in ("title", "operation")
            for name, digest in self._keep(f"{kind}_evidence")
        )
        if self.errors:
            return None
        return NewSecondLife(
            battery_id=battery_id,
            content=content,
            operation=operation,
            predecessors=(
                *originals,
                *(Predecessor(plate=replace(plate, photos=photos)) for plate in plates),
            ),
            evidence=evidence,
            model_id=self._model_id(),
            remanufacturing=record,
        )

    def _operation(self) -> Operation | None:
        try:
            return Operation(self._form.text("operation"))
        except ValueError:
            self.errors["operation"] = "Choose what was done"
            return None

    def _model_id(self) -> ModelId | None:
        chosen = self._form.text("model")
        return ModelId(chosen) if chosen.startswith("id/") else None

    def _battery_id(self) -> BatteryId | None:
        model, serial = self._form.text("model"), self._form.text("serial")
        known = {one.model_id for one in self._visit.services.models_of(self._visit.actor)}
        if model not in known:
            self.errors["model"] = "Choose the model of the new battery"
            return None
        try:
            if model.startswith("01/"):
                return gs1_battery_id(model.removeprefix("01/"), serial)
            return iec_61406_battery_id(serial)
        except InvalidIdentifierError as refusal:
            self.errors["serial"] = sentence(str(refusal))
            return None

    def _content(self) -> dict[str, object]:
        """Return what is said of the new battery; what the form does not ask is said absent."""
        today = self._visit.services.clock.now().date()
        content: dict[str, object] = {
            "serialNumber": self._form.text("serial"),
            "manufacturedOn": f"{today:%Y-%m}",
            "manufacturingFacility": _NOT_PROVIDED,
        }
        for field, term in _MEASURED.items():
            number = self._number(field)
            if number is not None:
                content[term] = number
        return content

    def _number(self, field: str) -> Decimal | None:
        try:
            return parse_decimal(self._form.text(field).replace(",", "."))
        except InvalidValueError:
            self.errors[field] = f"Write {_NUMBERS[field]} in digits with a point, like 195.2"
            return None

    def _originals(self) -> list[Predecessor]:
        found = []
        for line in self._form.text("predecessors").splitlines():
            if not line.strip():
                continue
            try:
                code = read_code(line, own_hosts=own_hosts(self._visit.passport))
            except (CodeRefusedError, InvalidIdentifierError) as refusal:
                self.errors["predecessors"] = sentence(str(refusal))
                continue
            if isinstance(code, ModelCode):
                self.errors["predecessors"] = (
                    f"{line.strip()} names a model, not one battery; batteries without a passport "
                    "are entered below by their name plate"
                )
            elif isinstance(code, OwnCode):
                found.append(Predecessor(battery_id=code.battery_id))
            else:
                found.append(Predecessor(foreign_iri=code.address))
        if not found and not self._form.text("legacy"):
            self.errors["predecessors"] = "Name what the new battery is made from"
        return found

    def _plates(self) -> list[LegacyPlate]:
        plates = []
        for line in self._form.text("legacy").splitlines():
            parts = [part.strip() for part in line.split(";")]
            if not line.strip():
                continue
            if len(parts) != _PLATE_PARTS or not _MONTH.fullmatch(parts[-1]):
                self.errors["legacy"] = (
                    "Write each as maker; model; serial number; chemistry; capacity; 2019-03"
                )
                continue
            maker, model, serial, chemistry, capacity, made = parts
            plates.append(
                LegacyPlate(
                    manufacturer=maker,
                    model=model,
                    serial=serial,
                    chemistry=chemistry,
                    manufactured=made,
                    rated_capacity_ah=capacity,
                    photos=(),
                )
            )
        return plates

    def _record(self) -> RemanufacturingRecord | None:
        restored = self._number("restored_capacity_ah")
        original = self._number("original_capacity_ah")
        cells = []
        for text in self._form.text("cell_health_percent").split():
            try:
                cells.append(Percent(parse_decimal(text.replace(",", "."))))
            except InvalidValueError as refusal:
                self.errors["cell_health_percent"] = sentence(str(refusal))
        if not cells:
            self.errors.setdefault("cell_health_percent", "Give one value for each cell or module")
        if restored is None or original is None or not cells:
            return None
        return RemanufacturingRecord(
            restored_capacity=AmpereHours(restored),
            original_rated_capacity=AmpereHours(original),
            cell_health=tuple(cells),
        )

    def _keep(self, field: str) -> list[tuple[str, str]]:
        """Keep the files of a field; return name and digest of each."""
        kept = []
        for file in self._form.files.get(field, ()):
            try:
                digest = self._visit.services.keep_attachment(
                    self._visit.actor, file.content, checked_media_type(file)
                )
            except InvalidValueError as refusal:
                self.errors[field] = sentence(str(refusal))
            else:
                kept.append((file.name, digest))
        return kept


_MEASURED = {
    "mass_kg": "individualMassKilograms",
    "rated_capacity_ah": "individualRatedCapacityAmpereHours",
}
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
