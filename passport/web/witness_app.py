"""A witness as a service of its own: one address, no page, no database.

Source: C2SP tlog-witness.
"""

from http import HTTPStatus

import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from passport.services.witnessing import CheckpointNotSignedError, OldSizeError, WitnessDesk
from passport.signing.witness import LARGEST_REQUEST
from passport.signing.witness_client import SIZE_MEDIA_TYPE

_TEXT = "text/plain; charset=utf-8"

log = structlog.get_logger()


def make_witness_app(desk: WitnessDesk) -> FastAPI:
    """Return the service around a witness."""
    app = FastAPI(title="Witness of transparency logs", docs_url=None, redoc_url=None)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        """Sign a checkpoint that extends the one signed last."""
        body = await _read(request)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            line = await run_in_threadpool(desk.add_checkpoint, body)
        except OldSizeError as error:
            return Response(f"{error.size}\n", error.http_status, media_type=SIZE_MEDIA_TYPE)
        except CheckpointNotSignedError as error:
            log.warning("checkpoint_not_signed", code=error.code, reason=str(error))
            return Response(f"{error}\n", error.http_status, media_type=_TEXT)
        return Response(line, media_type=_TEXT)

    return app


async def _read(request: Request) -> bytes | None:
    """Return the body of a request, or nothing where it is longer than any that is signed."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            return None
    return body


def serve_witness(desk: WitnessDesk, *, host: str, port: int) -> None:
    """Serve until the process is asked to end."""
    uvicorn.run(make_witness_app(desk), host=host, port=port, log_config=None, server_header=False)
