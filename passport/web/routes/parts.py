"""What a battery is made of: recorded, changed part by part, read at any instant."""

from http import HTTPStatus

from fastapi import APIRouter

from passport.ui.request import IdempotencyKey, SignedIn
from passport.web.dependencies import BatteryInPath, ExactRoute, Services
from passport.web.wire import Instant
from passport.web.wire_parts import (
    ChangeReceiptBody,
    NewStructureBody,
    PartBody,
    PartChangeBody,
    StructureBody,
)

router = APIRouter(prefix="/api/v1", tags=["Parts"], route_class=ExactRoute)


@router.post("/batteries/{battery_id:path}/structure", status_code=HTTPStatus.CREATED)
def record_structure(
    battery_id: BatteryInPath,
    body: NewStructureBody,
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
) -> ChangeReceiptBody:
    """Put on record what a battery is made of; parts that are there already are passed over."""
    receipt = services.record_structure(actor, battery_id, body.to_structure(), idempotency_key=key)
    return ChangeReceiptBody.of(receipt)


@router.get("/batteries/{battery_id:path}/structure")
def structure(
    battery_id: BatteryInPath, actor: SignedIn, services: Services, at: Instant | None = None
) -> StructureBody:
    """Return what a battery is made of, now or at an instant; never public."""
    return StructureBody.of(services.read_structure(actor, battery_id, at))


@router.post("/batteries/{battery_id:path}/parts/swap", status_code=HTTPStatus.CREATED)
def swap(
    battery_id: BatteryInPath,
    body: PartChangeBody,
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
) -> ChangeReceiptBody:
    """Take one part out and put another in at its position, as one signed event."""
    receipt = services.swap_part(actor, battery_id, body.to_change(), idempotency_key=key)
    return ChangeReceiptBody.of(receipt)


@router.post("/batteries/{battery_id:path}/parts/take-out", status_code=HTTPStatus.CREATED)
def take_out(
    battery_id: BatteryInPath,
    body: PartChangeBody,
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
) -> ChangeReceiptBody:
    """Take a part out: into store, to waste, or into another battery."""
    receipt = services.take_out_part(actor, battery_id, body.to_change(), idempotency_key=key)
    return ChangeReceiptBody.of(receipt)


@router.post("/batteries/{battery_id:path}/parts/install", status_code=HTTPStatus.CREATED)
def install(
    battery_id: BatteryInPath,
    body: PartChangeBody,
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
) -> ChangeReceiptBody:
    """Put a part in at a position that is empty."""
    receipt = services.install_part(actor, battery_id, body.to_change(), idempotency_key=key)
    return ChangeReceiptBody.of(receipt)


@router.get("/parts/{part:path}")
def part(part: str, actor: SignedIn, services: Services) -> PartBody:
    """Return where a part is and how it came there; by serial number or name."""
    return PartBody.of(services.where_is_part(actor, part))
