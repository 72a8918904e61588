"""Frames by HTTP: ``POST /api/v1/telemetry``."""

from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Header, Request

from bms_ingest.decoders.frame_json import DecodedBatch, decode_json, decode_ndjson
from bms_ingest.frame import FrameError
from bms_ingest.telemetry import BatchReceipt, Telemetry
from passport.domain.errors import PassportError
from passport.ui.request import SignedIn

_DETAILS = 1_000
"""So many frames that were set aside are named in an answer; the count names them all."""
_JSON = "application/json"
_NDJSON = frozenset({"application/x-ndjson", "application/jsonl"})


class BatchTooLargeError(PassportError):
    """A batch of frames is larger than this installation reads."""

    code: ClassVar[str] = "telemetry-too-large"
    http_status: ClassVar[HTTPStatus] = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def telemetry_router(telemetry: Telemetry) -> APIRouter:
    """Return the route that takes frames, over one installation's telemetry."""
    router = APIRouter(prefix="/api/v1", tags=["telemetry"])
    body = _body_of_at_most(telemetry.settings.max_batch_bytes)

    @router.post("/telemetry", summary="Take in frames of batteries")
    def take_in(
        actor: SignedIn,
        batch: Annotated[bytes, Depends(body)],
        content_type: Annotated[str, Header()] = _JSON,
    ) -> dict[str, Any]:
        """Take in a batch; the same batch again changes nothing and is counted as duplicates."""
        return _answer(telemetry.take_in(actor, _decoded(batch, content_type)))

    return router


def _body_of_at_most(limit: int) -> Callable[[Request], Any]:
    """Return a dependency that reads a body and stops at the limit."""

    async def read(request: Request) -> bytes:
        received = bytearray()
        async for chunk in request.stream():
            received += chunk
            if len(received) > limit:
                raise BatchTooLargeError(
                    f"a batch may have {limit} bytes; send its frames in several batches"
                )
        return bytes(received)

    return read


def _decoded(body: bytes, content_type: str) -> DecodedBatch:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == _JSON:
        return decode_json(body)
    if media_type in _NDJSON:
        return decode_ndjson(body)
    raise FrameError(f"frames come as {_JSON} or application/x-ndjson, not {media_type}")


def _answer(receipt: BatchReceipt) -> dict[str, Any]:
    return {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "quarantined": sum(not refused.kept for refused in receipt.quarantined),
        "cleared": sum(refused.kept for refused in receipt.quarantined),
        "frames": [asdict(refused) for refused in receipt.quarantined[:_DETAILS]],
    }
