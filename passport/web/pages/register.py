"""Register batteries from a file, with what is wrong beside each row."""

import csv
import io
from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from passport.bootstrap.importing import read_import
from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.battery import BatteryModel
from passport.domain.content import Level, Term, codes_of, terms_at
from passport.domain.errors import PassportError
from passport.domain.identifiers import parse_model_id
from passport.exchange.import_templates import MEDIA_TYPE, flattened
from passport.linked_data.documents import parse_input
from passport.linked_data.terms import schema_file
from passport.services.importing import with_model
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Fact, Link
from passport.ui.views.work import RegisterPage, UploadResult
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.pages.imports import IMPORTS, import_item
from passport.web.pages.record import model_name
from passport.web.pages.uploaded import upload_result
from passport.web.uploads import FormSent, SentForm, Upload

router = APIRouter(include_in_schema=False)

_PATH = "/operator/register"
_DRY_RUN, _REGISTER = "dry-run", "register"
_IDENTITY = (
    Fact(name="gtin", values=("GTIN of the model",), note="14 digits; or identifier"),
    Fact(name="serial", values=("Serial number",), note="1 to 20 characters of GS1 AI 21"),
    Fact(name="placedOnMarketOn", values=("Placed on the market",), note="2027-02-18"),
)
_MOST_AT_ONCE = 200
"""Rows of a file that are registered while its sender waits, two or three seconds."""


@router.get(_PATH)
def register_page(visit: VisitedSignedIn) -> Response:
    """Show the form to upload a file."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    return visit.pages.show("register.html", _view(visit, EMPTY_FORM))


@router.post(_PATH)
def upload(visit: VisitedSignedIn, form: FormSent) -> Response:
    """Check a file, or register its batteries; rows that are in order are kept.

    A long file is registered beside the requests; the answer leads to how far it is.
    """
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    files = form.files.get("file", ())
    errors = {}
    if not files:
        errors["file"] = "Choose an Excel, CSV or JSON file"
    if form.text("mode") not in {_DRY_RUN, _REGISTER}:
        errors["mode"] = "Choose what to do"
    models = {str(model.model_id): model for model in visit.services.models_of(visit.actor)}
    model = models.get(form.text("model"))
    if model is None:
        errors["model"] = "Choose the model; its own data come on record first"
    if errors or model is None:
        return _refuse(visit, form.shown(errors))
    try:
        if form.text("mode") == _REGISTER and _is_long(files[0]):
            record = visit.passport.imports.begin(
                visit.actor, files[0].name, files[0].content, model.model_id
            )
            return RedirectResponse(f"{IMPORTS}/{record.import_id}", HTTPStatus.SEE_OTHER)
        return _answer(visit, form, files[0], model)
    except PassportError as refusal:
        return _refuse(visit, form.shown({"file": str(refusal)}))


def _is_long(file: Upload) -> bool:
    entered = read_import(file.content, file.name)
    rows = entered.rows if entered.height is None else range(entered.height)
    return sum(1 for _ in islice(rows, _MOST_AT_ONCE + 1)) > _MOST_AT_ONCE


def _answer(visit: Visit, form: SentForm, file: Upload, model: BatteryModel) -> Response:
    """Show what became of each row, now."""
    is_dry_run = form.text("mode") == _DRY_RUN
    entered = read_import(file.content, file.name)
    results = list(
        visit.services.import_batteries(
            visit.actor,
            visit.actor.organisation,
            with_model(entered.rows, model.model_id),
            is_dry_run=is_dry_run,
        )
    )
    result = upload_result(file.name, entered.table, results, is_dry_run=is_dry_run)
    refused = sum(bool(one.problems) for one in results)
    problem = f"{refused} of {len(results)} rows were refused" if refused else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    shown = FormState(values=form.texts, problem=problem)
    return visit.pages.show("register.html", _view(visit, shown, result), status=status)


@router.get(f"{_PATH}/template.xlsx")
def template(visit: VisitedSignedIn, model: str) -> Response:
    """Return a workbook to fill in for the batteries of a model."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    content = visit.passport.imports.template(visit.actor, parse_model_id(model))
    headers = {"Content-Disposition": "attachment; filename=batteries.xlsx"}
    return Response(content, headers=headers, media_type=MEDIA_TYPE)


@router.get(f"{_PATH}/example.csv")
def example(visit: VisitedSignedIn) -> Response:
    """Return a file with one battery, to be filled with others."""
    del visit  # for people who register; nothing in it is secret
    entered = parse_input(schema_file("examples/ev-pack.json").read_bytes())
    row = {name: value for name, value in entered.items() if name != "content"}
    row |= dict(flattened(entered["content"]))
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


def _view(visit: Visit, form: FormState, result: UploadResult | None = None) -> RegisterPage:
    models = visit.services.models_of(visit.actor)
    return RegisterPage(
        action=_PATH,
        models=tuple((one.model_id, model_name(one.content) or one.name) for one in models),
        columns=(*_IDENTITY, *_columns()),
        form=form,
        result=result,
        example=Link(text="Example file", href=f"{_PATH}/example.csv"),
        templates=tuple(
            Link(
                text=model_name(one.content) or one.name,
                href=f"{_PATH}/template.xlsx?{urlencode({'model': one.model_id})}",
            )
            for one in models
            if not one.is_light
        ),
        files=tuple(map(import_item, visit.passport.imports.all_of(visit.actor))),
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
