"""Register batteries from a file, with what is wrong beside each row."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.bootstrap.importing import read_import
from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.battery import BatteryModel
from passport.domain.content import Level, Term, codes_of, terms_at
from passport.domain.errors import PassportError
from passport.domain.identifiers import serial_of
from passport.linked_data.documents import parse_input
from passport.linked_data.terms import schema_file
from passport.services.importing import ImportResult, ImportRow
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Tone
from passport.ui.views.work import Cell, RegisterPage, UploadedRow, UploadResult
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.pages.record import model_name
from passport.web.uploads import FormSent, Upload

router = APIRouter(include_in_schema=False)

_PATH = "/operator/register"
_DRY_RUN, _REGISTER = "dry-run", "register"
_IDENTITY = (
    Fact(name="gtin", values=("GTIN of the model",), note="14 digits; or identifier"),
    Fact(name="serial", values=("Serial number",), note="1 to 20 characters of GS1 AI 21"),
    Fact(name="placedOnMarketOn", values=("Placed on the market",), note="2027-02-18"),
)
_MOST_SHOWN = 200
_MOST_COLUMNS = 6


@router.get(_PATH)
def register_page(visit: VisitedSignedIn) -> Response:
    """Show the form to upload a file."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    return visit.pages.show("register.html", _view(visit, EMPTY_FORM))


@router.post(_PATH)
def upload(visit: VisitedSignedIn, form: FormSent) -> Response:
    """Check a file, or register its batteries; rows that are in order are kept."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    files = form.files.get("file", ())
    errors = {}
    if not files:
        errors["file"] = "Choose a CSV or JSON file"
    if form.text("mode") not in {_DRY_RUN, _REGISTER}:
        errors["mode"] = "Choose what to do"
    models = {str(model.model_id): model for model in visit.services.models_of(visit.actor)}
    model = models.get(form.text("model"))
    if model is None:
        errors["model"] = "Choose the model; its own data come on record first"
    if errors or model is None:
        return _refuse(visit, form.shown(errors))
    is_dry_run = form.text("mode") == _DRY_RUN
    try:
        results = list(
            visit.services.import_batteries(
                visit.actor,
                visit.actor.organisation,
                _rows_of(files[0], model),
                is_dry_run=is_dry_run,
            )
        )
    except PassportError as refusal:
        return _refuse(visit, form.shown({"file": str(refusal)}))
    result = _result(files[0], results, is_dry_run=is_dry_run)
    refused = sum(bool(one.problems) for one in results)
    problem = f"{refused} of {len(results)} rows were refused" if refused else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    shown = FormState(values=form.texts, problem=problem)
    return visit.pages.show("register.html", _view(visit, shown, result), status=status)


@router.get(f"{_PATH}/example.csv")
def example(visit: VisitedSignedIn) -> Response:
    """Return a file with one battery, to be filled with others."""
    del visit  # for people who register; nothing in it is secret
    entered = parse_input(schema_file("examples/ev-pack.json").read_bytes())
    row = {name: value for name, value in entered.items() if name != "content"}
    row |= dict(_flattened(entered["content"], ""))
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, fieldnames=list(row))
    table.writeheader()
    table.writerow(row)
    headers = {"Content-Disposition": "attachment; filename=batteries.csv"}
    return Response(text.getvalue(), headers=headers, media_type="text/csv")


def _refuse(visit: Visit, form: FormState) -> Response:
    return visit.pages.show(
        "register.html", _view(visit, form), status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _rows_of(file: Upload, model: BatteryModel) -> Iterator[ImportRow]:
    """Read the rows; a maker's own identifier holds no model, so the chosen one joins it."""
    for row in read_import(file.content, file.name).rows:
        if row.entry is not None and row.entry.battery_id.startswith("id/"):
            named = row.entry.model_id or model.model_id
            yield replace(row, entry=replace(row.entry, model_id=named))
        else:
            yield row


def _view(visit: Visit, form: FormState, result: UploadResult | None = None) -> RegisterPage:
    models = visit.services.models_of(visit.actor)
    return RegisterPage(
        action=_PATH,
        models=tuple((one.model_id, model_name(one.content) or one.name) for one in models),
        columns=(*_IDENTITY, *_columns()),
        form=form,
        result=result,
        example=Link(text="Example file", href=f"{_PATH}/example.csv"),
    )


def _columns() -> Iterator[Fact]:
    for term in terms_at(frozenset({Level.ITEM, Level.DECLARED})).values():
        unit = f" [{term.unit_label}]" if term.unit_label else ""
        yield Fact(name=term.name, values=(f"{term.label}{unit}",), note=_how(term))


def _how(term: Term) -> str:
    if term.code_list:
        return ", ".join(codes_of(term.code_list))
    if term.value_class:
        return f"parts after a dot: {term.name}.…"
    return ""


def _result(file: Upload, results: Sequence[ImportResult], *, is_dry_run: bool) -> UploadResult:
    refused = [one for one in results if one.problems]
    good = len(results) - len(refused)
    done = "in order" if is_dry_run else "on record"
    head = _head(refused)
    cells = _cells_of(file)
    return UploadResult(
        file=file.name,
        summary=f"{good} {done}, {len(refused)} refused."
        + (" Nothing was registered: this was a check." if is_dry_run else ""),
        badge=_badge(good, len(refused)),
        head=head,
        refused=tuple(_row(one, head, cells) for one in refused[:_MOST_SHOWN]),
        accepted=tuple(_accepted(one) for one in results if one.registration)[:_MOST_SHOWN],
    )


def _badge(good: int, refused: int) -> Badge:
    if not refused:
        return Badge(text="All rows", tone=Tone.AUTHENTIC)
    return (
        Badge(text="In part", tone=Tone.WARNING) if good else Badge(text="None", tone=Tone.DANGER)
    )


def _head(refused: Iterable[ImportResult]) -> tuple[str, ...]:
    """Return the columns that something is wrong in, after the one that names the battery."""
    named = [problem.column for one in refused for problem in one.problems if problem.column]
    return tuple(dict.fromkeys(["serial", *named]))[:_MOST_COLUMNS]


def _row(
    result: ImportResult, head: Sequence[str], cells: Mapping[int, Mapping[str, str]]
) -> UploadedRow:
    entered = cells.get(result.number, {})
    wrong: dict[str, str] = {}
    whole = []
    for problem in result.problems:
        if problem.column in head:
            before = wrong.get(str(problem.column))
            wrong[str(problem.column)] = (
                f"{before}; {problem.message}" if before else problem.message
            )
        else:
            whole.append(problem.message)
    return UploadedRow(
        number=str(result.number),
        cells=tuple(
            Cell(text=entered.get(column, ""), problem=wrong.get(column, "")) for column in head
        ),
        problem="; ".join(whole),
    )


def _cells_of(file: Upload) -> dict[int, dict[str, str]]:
    """Return the texts of a table's cells as they were sent; nothing for JSON."""
    if not file.name.lower().endswith(".csv"):
        return {}
    text = file.content.decode("utf-8-sig", "replace")
    separator = max(";,\t", key=text.partition("\n")[0].count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    return {
        number: {str(name).strip(): str(cell or "") for name, cell in row.items() if name}
        for number, row in enumerate(table, start=1)
    }


def _accepted(result: ImportResult) -> LineItem:
    registration = result.registration
    if registration is None:
        raise LookupError(result.number)
    return LineItem(
        title=serial_of(registration.battery_id),
        href=f"/{registration.battery_id}",
        detail="New" if registration.is_new else "Was on record already",
        badge=Badge(text="Active", tone=Tone.AUTHENTIC),
    )


def _flattened(content: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)
