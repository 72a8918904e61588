"""Find a battery: by camera, by photo, by what is printed on its label."""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import APIRouter, Response

from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM
from passport.domain.errors import InvalidIdentifierError, PassportNotFoundError
from passport.domain.identifiers import BatteryId, ModelId, serial_of
from passport.exchange.codes import PhotoRefusedError, read_codes
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import open_to_everyone, see_other
from passport.ui.scanning import (
    CodeRefusedError,
    ForeignCode,
    ModelCode,
    OwnCode,
    read_code,
    typed_battery,
)
from passport.ui.views.common import LineItem, Link, Notice, Tone
from passport.ui.views.entry import ForeignLink, ScanPage
from passport.web.dependencies import Visit, Visited
from passport.web.uploads import FormSent

router = APIRouter(include_in_schema=False)

_UNREAD = "No code was found in the photo. Go closer, avoid reflections, or type what is printed."


@router.get("/scan")
def scan(visit: Visited) -> Response:
    """Show the scanner."""
    return _show(visit, ScanPage())


@router.post("/scan")
@open_to_everyone
def scanned(visit: Visited, form: FormSent) -> Response:
    """Lead to the battery that a code or a typed label names."""
    code, gtin, serial = form.text("code"), form.text("gtin"), form.text("serial")
    is_typed = bool(not code and (gtin or serial))
    try:
        if is_typed:
            found: OwnCode | ModelCode | ForeignCode = OwnCode(
                battery_id=typed_battery(gtin, serial)
            )
        else:
            found = read_code(code, own_hosts=own_hosts(visit.passport))
    except (CodeRefusedError, InvalidIdentifierError) as refusal:
        field = "gtin" if is_typed else "code"
        return _show(visit, ScanPage(form=form.shown({field: sentence(str(refusal))})))
    if isinstance(found, ForeignCode):
        page = ScanPage(form=form.shown(), foreign=(_foreign(visit.passport, found),))
        return _show(visit, page)
    if isinstance(found, ModelCode):
        return see_other(f"/{found.model_id}")
    return _lead_to(visit, found.battery_id, form.shown())


@router.post("/scan/photo")
@open_to_everyone
def photographed(visit: Visited, form: FormSent) -> Response:
    """Read the codes in a photo; it is not kept."""
    photos = form.files.get("photo", ())
    if not photos:
        return _refuse_photo(visit, "choose a photo of the label")
    try:
        texts = read_codes(photos[0].content)
    except PhotoRefusedError as refusal:
        return _refuse_photo(visit, str(refusal))
    own, foreign, models = _sorted_codes(visit.passport, texts)
    if len(models) == 1 and not own and not foreign:
        return see_other(f"/{models[0]}")
    if not own and not foreign:
        return _refuse_photo(visit, _UNREAD)
    if len(own) == 1 and not foreign:
        return _lead_to(visit, own[0], EMPTY_FORM)
    page = ScanPage(
        found=tuple(
            LineItem(title=f"Serial {serial_of(one)}", href=f"/{one}", detail=one) for one in own
        ),
        foreign=tuple(_foreign(visit.passport, one) for one in foreign),
    )
    return _show(visit, page)


def _sorted_codes(
    passport: Passport, texts: Iterable[str]
) -> tuple[list[BatteryId], list[ForeignCode], list[ModelId]]:
    """Return our batteries and the links to elsewhere; labels carry other codes, too."""
    own: list[BatteryId] = []
    foreign: list[ForeignCode] = []
    models: list[ModelId] = []
    hosts = own_hosts(passport)
    for text in dict.fromkeys(texts):
        try:
            found = read_code(text, own_hosts=hosts)
        except (CodeRefusedError, InvalidIdentifierError):
            continue
        if isinstance(found, OwnCode):
            own.append(found.battery_id)
        elif isinstance(found, ModelCode):
            models.append(found.model_id)
        else:
            foreign.append(found)
    return own, foreign, models


def own_hosts(passport: Passport) -> frozenset[str]:
    """Return the hosts whose links lead to this service."""
    operators = passport.services.all_operators(SYSTEM)
    bases = {passport.base_url, *(operator.base_url for operator in operators)}
    return frozenset(urlsplit(base).netloc.lower() for base in bases)


def _lead_to(visit: Visit, battery_id: BatteryId, form: FormState) -> Response:
    if _is_known(visit.passport, battery_id):
        return see_other(f"/{battery_id}")
    light = visit.services.find_light_record(visit.actor, battery_id)
    if light is not None:
        return see_other(f"/{light.model_id}")
    notice = Notice(
        title="No passport under this identifier",
        text=f"We have no record of {battery_id}. Compare it with the label. Old and small "
        "batteries often have no passport.",
        tone=Tone.WARNING,
    )
    page = ScanPage(form=form, notices=(notice,))
    return _show(visit, page, HTTPStatus.NOT_FOUND)


def _is_known(passport: Passport, battery_id: BatteryId) -> bool:
    try:
        passport.services.read_standing(SYSTEM, battery_id)
    except PassportNotFoundError:
        return False
    return True


def _foreign(passport: Passport, code: ForeignCode) -> ForeignLink:
    own = None
    if code.battery_id is not None and _is_known(passport, code.battery_id):
        own = Link(text="Our record under this identifier", href=f"/{code.battery_id}")
    return ForeignLink(
        address=code.address,
        host=code.host,
        host_ascii=code.host_ascii,
        warnings=code.warnings,
        own_record=own,
    )


def _refuse_photo(visit: Visit, words: str) -> Response:
    return _show(visit, ScanPage(form=FormState(errors={"photo": sentence(words)})))


def sentence(words: str) -> str:
    """Begin with a capital letter."""
    return f"{words[:1].upper()}{words[1:]}"


def _show(visit: Visit, page: ScanPage, status: HTTPStatus | None = None) -> Response:
    is_wrong = bool(page.form.errors)
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK)
    return visit.pages.show("scan.html", page, status=status, camera=True)
