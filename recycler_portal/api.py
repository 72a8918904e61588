"""The routes of the end of life for programs; each writing one is idempotent by key."""

from typing import Any

import orjson
from fastapi import APIRouter, Response

from passport.ui.request import IdempotencyKey, SignedIn
from recycler_portal.domain.batch import Batch
from recycler_portal.doorway import CurrentPortal
from recycler_portal.portal import Portal
from recycler_portal.wire import (
    NewBatchBody,
    NewIntakeBody,
    NewStepBody,
    NewStepOfBatchBody,
    ReleaseBody,
    batch_tree,
    intake_tree,
    today,
)

router = APIRouter(prefix="/api/v1", tags=["End of life"])


@router.post("/intakes", status_code=201)
def take_in(
    body: NewIntakeBody, actor: SignedIn, portal: CurrentPortal, key: IdempotencyKey
) -> Response:
    """Take a battery in, by its code or as one that nobody knows."""
    new = body.new_intake(key, today(portal.now()))
    return _answer(intake_tree(portal.take_in(actor, new)), status=201)


@router.get("/intakes")
def waiting_intakes(actor: SignedIn, portal: CurrentPortal) -> Response:
    """Return the batteries that wait in the yard, newest first."""
    return _answer([intake_tree(one) for one in portal.waiting_intakes(actor)])


@router.get("/intakes/{intake_id}")
def read_intake(intake_id: str, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Return one intake."""
    return _answer(intake_tree(portal.read_intake(actor, intake_id)))


@router.post("/intakes/{intake_id}/release")
def release(intake_id: str, body: ReleaseBody, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Record what a held battery is, and how one knows."""
    released = portal.release_from_hold(
        actor, intake_id, chemistry=body.chemistry, reason=body.reason
    )
    return _answer(intake_tree(released))


@router.post("/batches", status_code=201)
def start_batch(
    body: NewBatchBody, actor: SignedIn, portal: CurrentPortal, key: IdempotencyKey
) -> Response:
    """Put batteries into recycling as one batch."""
    batch = portal.start_batch(actor, body.new_batch(key))
    return _batch(portal, batch, status=201)


@router.get("/batches/{batch_id}")
def read_batch(batch_id: str, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Return a batch with its mass balance and rates."""
    return _batch(portal, portal.read_batch(actor, batch_id))


@router.post("/batches/{batch_id}/steps", status_code=201)
def record_step(
    batch_id: str,
    body: NewStepBody,
    actor: SignedIn,
    portal: CurrentPortal,
    key: IdempotencyKey,
) -> Response:
    """Record what one step made of a batch."""
    batch = portal.record_step(actor, batch_id, body.new_step(key))
    return _batch(portal, batch, status=201)


@router.post("/steps", status_code=201)
def record_step_of_batch(
    body: NewStepOfBatchBody, actor: SignedIn, portal: CurrentPortal, key: IdempotencyKey
) -> Response:
    """Record what one step made of the batch that the body names."""
    batch = portal.record_step(actor, body.batch, body.new_step(key))
    return _batch(portal, batch, status=201)


@router.post("/batches/{batch_id}/close")
def close_batch(batch_id: str, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Close a batch whose figures are in order."""
    return _batch(portal, portal.close_batch(actor, batch_id))


@router.post("/batches/{batch_id}/recycled")
def declare_recycled(batch_id: str, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Declare the batteries of a closed batch as recycled; their passports cease."""
    return _batch(portal, portal.declare_recycled(actor, batch_id))


def _batch(portal: Portal, batch: Batch, *, status: int = 200) -> Response:
    return _answer(batch_tree(batch, portal.rates_of(batch)), status=status)


def _answer(tree: dict[str, Any] | list[dict[str, Any]], *, status: int = 200) -> Response:
    return Response(orjson.dumps(tree), status_code=status, media_type="application/json")
