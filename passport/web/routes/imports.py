"""Batteries from files: good rows are kept, bad cells are named."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from passport.bootstrap.importing import read_import
from passport.exchange.import_reports import report_workbook
from passport.exchange.import_templates import MEDIA_TYPE as WORKBOOK
from passport.services.importing import ImportResult
from passport.ui.request import SignedIn
from passport.web.dependencies import Services
from passport.web.routes.batteries import operator_for
from passport.web.uploads import UploadedFile
from passport.web.wire import ImportBody, ImportOptions, ImportRowBody

router = APIRouter(prefix="/api/v1/batteries", tags=["Batteries"])

_LINES = "application/x-ndjson"


@router.post("/import", response_model=ImportBody)
def import_batteries(
    upload: UploadedFile,
    actor: SignedIn,
    services: Services,
    options: Annotated[ImportOptions, Query()],
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Register the batteries of an Excel, CSV, JSON or JSON-lines file, as body or form field.

    The same file again registers nothing twice. A client that accepts ``application/x-ndjson``
    reads each row's answer as soon as the row is durable; one that accepts a workbook gets the
    table with what became of each row beside it.
    """
    entered = read_import(upload.content, upload.name)
    results = services.import_batteries(
        actor, operator_for(actor, options.operator), entered.rows, is_dry_run=options.dry_run
    )
    if WORKBOOK in accept and entered.table is not None:
        told = {result.number: result.row for result in results}
        return Response(report_workbook(entered.table, told), media_type=WORKBOOK)
    if _LINES in accept:
        # A file that cannot be read at all is refused before the answer begins.
        first = list(islice(results, 1))
        return StreamingResponse(_lines(chain(first, results)), media_type=_LINES)
    body = summary_of(results, is_dry_run=options.dry_run)
    return Response(body.model_dump_json(by_alias=True), media_type="application/json")


def summary_of(results: Iterable[ImportResult], *, is_dry_run: bool) -> ImportBody:
    """Return what became of a file."""
    rows = [ImportRowBody.of(result) for result in results]
    return ImportBody(
        dry_run=is_dry_run,
        registered=sum(row.is_new is True for row in rows),
        known=sum(row.is_new is False for row in rows),
        refused=sum(bool(row.problems) for row in rows),
        rows=rows,
    )


def _lines(results: Iterable[ImportResult]) -> Iterator[bytes]:
    for result in results:
        yield orjson.dumps(ImportRowBody.of(result).model_dump(by_alias=True)) + b"\n"
