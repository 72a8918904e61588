"""Whether this process lives, and whether it can do its work."""

from http import HTTPStatus

import orjson
from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from passport.bootstrap import Passport
from passport.domain.errors import PassportError
from passport.storage.engine import reading
from passport.storage.jobs import SqlJobs
from passport.web.dependencies import Installation

router = APIRouter(tags=["Health"])

_UNCACHED = {"Cache-Control": "no-store"}


@router.get("/healthz")
async def live() -> Response:
    """Tell that this process answers."""
    return Response(b'{"status":"alive"}', headers=_UNCACHED, media_type="application/json")


@router.get("/readyz")
def ready(passport: Installation) -> Response:
    """Tell of each thing this service needs whether it is there.

    Jobs that were given up make no process unready, but somebody has to look at them: each stands
    in the log with what it was and why it failed.
    """
    checks = {
        "database": _database(passport),
        "log": _log(passport),
        "keys": _keys(passport),
    }
    is_ready = all(said == "ready" for said in checks.values())
    body = {
        "status": "ready" if is_ready else "not ready",
        "checks": checks,
        "jobsGivenUp": _jobs_given_up(passport),
    }
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(orjson.dumps(body), status, _UNCACHED, media_type="application/json")


def _database(passport: Passport) -> str:
    try:
        with reading(passport.engine) as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"not ready: {type(error).__name__}"
    return "ready"


def _log(passport: Passport) -> str:
    try:
        passport.log.checkpoint()
    except (PassportError, SQLAlchemyError) as error:
        return f"not ready: {type(error).__name__}"
    return "ready"


def _keys(passport: Passport) -> str:
    try:
        passport.keys.public_keys(f"log:{passport.settings.log_origin}")
    except (PassportError, OSError) as error:
        return f"not ready: {type(error).__name__}"
    return "ready"


def _jobs_given_up(passport: Passport) -> int | None:
    try:
        return len(SqlJobs(passport.engine, passport.services.clock).dead())
    except SQLAlchemyError:
        return None
