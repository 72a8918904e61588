"""How far long files of batteries are; the page is read anew by itself, without script."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from fastapi import APIRouter, Response

from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.batch_import import ImportRecord, ImportState, RowResult
from passport.exchange.import_templates import MEDIA_TYPE
from passport.ui.views.common import Badge, Fact, LineItem, Notice, Table, Tone
from passport.ui.views.work import Download, ImportPage
from passport.web.dependencies import VisitedSignedIn
from passport.web.pages.uploaded import results_name

router = APIRouter(include_in_schema=False)

IMPORTS = "/operator/imports"
_ADDRESS = f"{IMPORTS}/{{import_id}}"
_SECONDS_BETWEEN = 3
_MOST_SHOWN = 200
_BADGES = {
    ImportState.RUNNING: Badge(text="Goes on", tone=Tone.INFORMATION),
    ImportState.DONE: Badge(text="Done", tone=Tone.AUTHENTIC),
    ImportState.STOPPED: Badge(text="Stopped", tone=Tone.DANGER),
}


@router.get(_ADDRESS)
def import_page(visit: VisitedSignedIn, import_id: str) -> Response:
    """Show how far a file is; while it goes on, the browser asks again after some seconds."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    record = visit.passport.imports.read(visit.actor, import_id)
    refused = visit.passport.imports.refused(visit.actor, import_id, limit=_MOST_SHOWN)
    answer = visit.pages.show("import.html", _view(record, refused))
    if record.state is ImportState.RUNNING:
        # A header, not an element of the page: it needs no script, and readers can turn it off.
        answer.headers["Refresh"] = str(_SECONDS_BETWEEN)
    return answer


@router.get(f"{_ADDRESS}/results.xlsx")
def results(visit: VisitedSignedIn, import_id: str) -> Response:
    """Return the file with what became of each row beside it."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    record = visit.passport.imports.read(visit.actor, import_id)
    content = visit.passport.imports.report(visit.actor, import_id)
    name = quote(results_name(record.file_name))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, headers=headers, media_type=MEDIA_TYPE)


def import_item(record: ImportRecord) -> LineItem:
    """Return a file as one line of a list."""
    return LineItem(
        title=record.file_name,
        href=f"{IMPORTS}/{record.import_id}",
        detail=_summary(record),
        badge=_badge(record),
    )


def _view(record: ImportRecord, refused: Sequence[RowResult]) -> ImportPage:
    is_table = not record.file_name.lower().endswith(("json", "jsonl"))
    return ImportPage(
        file=record.file_name,
        badge=_badge(record),
        summary=_summary(record),
        # Blank rows are rows of the file, too; at its end every row was looked at.
        done=record.total if record.state is ImportState.DONE else record.last_number,
        total=record.total,
        is_running=record.state is ImportState.RUNNING,
        facts=tuple(_facts(record)),
        refused=_refused(record, refused) if refused else None,
        download=Download(
            text="Download the file with the results",
            href=f"{IMPORTS}/{record.import_id}/results.xlsx",
            name=results_name(record.file_name),
        )
        if is_table
        else None,
        notice=Notice(title="The file could not be read to its end", text=record.reason)
        if record.state is ImportState.STOPPED
        else None,
    )


def _badge(record: ImportRecord) -> Badge:
    if record.state is ImportState.DONE and record.refused:
        is_part = record.registered or record.known
        return Badge(text="Done in part" if is_part else "All rows refused", tone=Tone.WARNING)
    return _BADGES[record.state]


def _summary(record: ImportRecord) -> str:
    on_record = record.registered + record.known
    return f"{on_record:,} on record, {record.refused:,} refused"


def _facts(record: ImportRecord) -> Iterator[Fact]:
    yield Fact(name="Newly registered", values=(f"{record.registered:,}",))
    yield Fact(name="On record already", values=(f"{record.known:,}",))
    yield Fact(name="Refused", values=(f"{record.refused:,}",))
    yield Fact(name="Sent by", values=(record.started_by,))
    yield Fact(name="Sent at", values=(f"{record.begun_at:%Y-%m-%d %H:%M:%S} UTC",))
    if record.state is not ImportState.RUNNING:
        yield Fact(name="Ended at", values=(f"{record.changed_at:%Y-%m-%d %H:%M:%S} UTC",))


def _refused(record: ImportRecord, results: Sequence[RowResult]) -> Table:
    more = record.refused - len(results)
    rest = f" (and {more:,} more, all in the file with the results)" if more > 0 else ""
    return Table(
        caption=f"Refused rows{rest}",
        head=("Row below the head", "Column", "What to put right"),
        rows=tuple(
            (str(result.number), problem.column or "whole row", problem.message)
            for result in results
            for problem in result.problems
        ),
    )
