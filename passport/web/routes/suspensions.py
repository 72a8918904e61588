"""Passports are suspended and count again."""

from fastapi import APIRouter

from passport.ui.request import SignedIn
from passport.web.dependencies import BatteryInPath, ExactRoute, Services
from passport.web.wire_evidence import ReasonBody, SuspensionBody

router = APIRouter(prefix="/api/v1/batteries", tags=["Batteries"], route_class=ExactRoute)


@router.post("/{battery_id:path}/suspension")
def suspend(
    battery_id: BatteryInPath, body: ReasonBody, actor: SignedIn, services: Services
) -> SuspensionBody:
    """Suspend what the responsible operator states of a battery, until it lifts that again."""
    return SuspensionBody.of(services.suspend_passport(actor, battery_id, body.reason))


@router.post("/{battery_id:path}/suspension/lift")
def lift(
    battery_id: BatteryInPath, body: ReasonBody, actor: SignedIn, services: Services
) -> SuspensionBody:
    """Let the statements of a suspended passport count again."""
    return SuspensionBody.of(services.lift_suspension(actor, battery_id, body.reason))
