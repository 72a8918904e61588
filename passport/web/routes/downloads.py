"""What one takes away from a battery's page: bundle, label, code; and EN 18222's addresses."""

from typing import cast
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from passport.domain.access import Audience
from passport.domain.actor import PUBLIC
from passport.domain.identifiers import BatteryId, parse_model_id
from passport.exchange.labels import LabelFormat, qr_svg
from passport.ui.request import CurrentActor, caller_of
from passport.web.dependencies import BatteryInPath, Installation, Services
from passport.web.negotiation import PRESENTATIONS, Form, form_for
from passport.web.views import PassportViews, SentAnswer

router = APIRouter()

_MEDIA_TYPES = {
    LabelFormat.SVG: "image/svg+xml",
    LabelFormat.PNG: "image/png",
    LabelFormat.PDF: "application/pdf",
    LabelFormat.ZPL: "application/zpl",
}


@router.get("/batteries/{battery_id:path}/bundle", tags=["Evidence"])
def bundle(
    battery_id: BatteryInPath,
    actor: CurrentActor,
    passport: Installation,
    audience: Audience | None = None,
) -> Response:
    """Return what the caller may see, with all it takes to verify it without network.

    Pages of other hosts may read what everybody may see: browsers send no session to them.
    """
    return Response(
        passport.bundle(actor, battery_id, audience),
        headers={
            "Content-Disposition": _saved_as(battery_id, "bundle.json"),
            "Cache-Control": "private, no-cache",
            "Access-Control-Allow-Origin": "*",
            "Vary": "Cookie, Authorization",
        },
        media_type="application/json",
    )


@router.get("/batteries/{battery_id:path}/label.{label_format}", tags=["Batteries"])
def label(battery_id: BatteryInPath, label_format: LabelFormat, passport: Installation) -> Response:
    """Return the label of a battery, read back before it leaves."""
    return Response(
        passport.label(battery_id, label_format),
        headers={"Content-Disposition": _saved_as(battery_id, f"label.{label_format}")},
        media_type=_MEDIA_TYPES[label_format],
    )


@router.get("/models/{model_id:path}/label.{label_format}", tags=["Models"])
def model_label(model_id: str, label_format: LabelFormat, passport: Installation) -> Response:
    """Return the label of batteries without passport: it leads to their model's light record."""
    return Response(
        passport.model_label(parse_model_id(model_id), label_format),
        headers={"Content-Disposition": f"inline; filename=label.{label_format}"},
        media_type=_MEDIA_TYPES[label_format],
    )


@router.get("/batteries/{battery_id:path}/qr.svg", tags=["Batteries"])
def code(battery_id: BatteryInPath, services: Services) -> Response:
    """Return the QR code of a battery alone."""
    standing = services.read_standing(PUBLIC, battery_id)
    return Response(qr_svg(standing.iri), media_type=_MEDIA_TYPES[LabelFormat.SVG])


@router.get("/v1/dpps/{battery_id:path}", tags=["EN 18222"])
@router.get("/v1/dppsByProductId/{battery_id:path}", tags=["EN 18222"])
async def presentation(battery_id: BatteryInPath, request: Request) -> Response:
    """Return a passport as Verifiable Presentation of what the caller may see."""
    wanted = form_for(request.headers.get("accept", ""))
    form = wanted if wanted in PRESENTATIONS else Form.PRESENTATION_JSON
    views = cast("PassportViews", request.app.state.views)
    return SentAnswer(await views.answer(caller_of(request), battery_id, form))


def _saved_as(battery_id: BatteryId, name: str) -> str:
    serial = battery_id.rpartition("/")[2]
    return f"inline; filename*=UTF-8''{quote(serial, safe='')}-{name}"
