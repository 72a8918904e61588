"""An operator's models: what is on record, what is being written, and how to begin another."""

from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.access import require_role
from passport.domain.battery import BatteryModel, Category, energy_kwh, needs_passport
from passport.domain.errors import ConflictError, InvalidIdentifierError, NotFoundError
from passport.domain.identifiers import ModelId, parse_model_id
from passport.domain.model_draft import DraftState, ModelDraft
from passport.linked_data.documents import parse_input
from passport.linked_data.terms import schema_file
from passport.services.model_drafts import NewDraft
from passport.services.model_progress import ModelProgress
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Link
from passport.ui.views.editor import ModelLine, ModelsPage, NewModelPage
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.editor.meter import meter_of
from passport.web.pages.drafts import MODELS, STATES, name_of, path_of
from passport.web.pages.model_editor import WRITERS
from passport.web.pages.record import kind_text, model_name
from passport.web.pages.scan import sentence
from passport.web.pages.words import day_text, figure, instant_text
from passport.web.uploads import FormSent

router = APIRouter(include_in_schema=False)

_ENDINGS = (("-model.json", ""), ("-model-minimal.json", ", only what the law asks for"))
"""How the files of examples end, and what each kind of example is."""
_EMPTY, _COPY = "empty", "copy:"
_SAID = {
    "discarded": "The draft was discarded. It stands under “Discarded” and can be restored.",
    "published": "Signed and published.",
}


@router.get(MODELS)
def models(visit: VisitedSignedIn) -> Response:
    """Show the models and drafts of the caller's organisation."""
    require_role(visit.actor, *WRITERS)
    drafts = visit.services.list_drafts(visit.actor)
    opened = {draft.model_id: draft for draft in drafts if draft.is_open}
    on_record = visit.services.models_to_write(visit.actor)
    counts = visit.services.count_batteries(visit.actor)
    lines = [_model_line(visit, one, opened.pop(one.model_id, None), counts) for one in on_record]
    lines = [*(_draft_line(visit, draft) for draft in opened.values()), *lines]
    page = ModelsPage(
        organisation=visit.organisation_name,
        models=tuple(lines),
        discarded=tuple(
            _draft_line(visit, draft) for draft in drafts if draft.state is DraftState.DISCARDED
        ),
        said=_SAID.get(visit.request.query_params.get("said", ""), ""),
    )
    return visit.pages.show("models.html", page)


@router.get(f"{MODELS}/new")
def new_model_page(visit: VisitedSignedIn) -> Response:
    """Show the form to begin a model."""
    require_role(visit.actor, *WRITERS)
    chosen = visit.request.query_params.get("from", "")
    form = FormState.of({"from": chosen}) if chosen else EMPTY_FORM
    return _show_new(visit, form)


@router.post(f"{MODELS}/new")
def begin_model(visit: VisitedSignedIn, form: FormSent) -> Response:
    """Begin the draft of a model."""
    require_role(visit.actor, *WRITERS)
    try:
        model_id = parse_model_id(form.text("model"))
    except InvalidIdentifierError as refusal:
        return _refuse(visit, form.shown({"model": sentence(str(refusal))}))
    begun_from = form.text("from")
    known = {name for name, _ in _beginnings(visit)}
    if begun_from not in known:
        return _refuse(visit, form.shown({"from": "Choose what to begin with"}))
    copy_of = ModelId(begun_from.removeprefix(_COPY)) if begun_from.startswith(_COPY) else None
    content = _example(begun_from) if begun_from in _examples() else {}
    new = NewDraft(model_id=model_id, content=content, copy_of=copy_of)
    operator = form.text("operator") or visit.actor.organisation
    try:
        draft = visit.services.start_draft(visit.actor, operator, new)
    except (ConflictError, NotFoundError) as refusal:
        return _refuse(visit, form.shown({"model": sentence(str(refusal))}))
    said = "started" if begun_from == _EMPTY else "filled-in"
    return see_other(f"{path_of(draft)}?said={said}")


@router.post(f"{MODELS}/begin/{{model_id:path}}")
def begin_next_version(model_id: str, visit: VisitedSignedIn) -> Response:
    """Begin a draft of a model on record, or go to the one that is open."""
    require_role(visit.actor, *WRITERS)
    wanted = parse_model_id(model_id)
    known = {one.model_id: one for one in visit.services.models_to_write(visit.actor)}
    model = known.get(wanted)
    operator = model.operator if model else visit.actor.organisation
    draft = visit.services.start_draft(visit.actor, operator, NewDraft(model_id=wanted))
    return see_other(path_of(draft))


def _model_line(
    visit: Visit, model: BatteryModel, draft: ModelDraft | None, counts: Mapping[str, int]
) -> ModelLine:
    progress = visit.services.model_progress(visit.actor, model.content)
    versions = Link(text="Versions", href=f"/models/{model.model_id}/versions")
    count = counts.get(model.model_id, 0)
    return ModelLine(
        title=model_name(model.content) or model.name,
        href=path_of(draft) if draft else f"/{model.model_id}",
        identifier=model.model_id,
        badge=STATES[draft.state if draft else DraftState.PUBLISHED],
        completeness=_completeness(progress),
        changed=f"Version {model.revision + 1}"
        + (f", draft changed {instant_text(draft.changed_at)}" if draft else ""),
        batteries="1 battery" if count == 1 else f"{figure(count)} batteries",
        versions=versions,
    )


def _draft_line(visit: Visit, draft: ModelDraft) -> ModelLine:
    progress = visit.services.model_progress(visit.actor, draft.content)
    return ModelLine(
        title=name_of(draft),
        href=path_of(draft),
        identifier=draft.model_id,
        badge=STATES[draft.state],
        completeness=_completeness(progress),
        changed=f"{draft.changed_by}, {day_text(draft.changed_at.date())}",
        batteries="",
    )


def _completeness(progress: ModelProgress) -> str:
    return meter_of(progress, draft_path="").text


def _refuse(visit: Visit, form: FormState) -> Response:
    return _show_new(visit, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _show_new(visit: Visit, form: FormState, status: HTTPStatus = HTTPStatus.OK) -> Response:
    page = NewModelPage(
        action=f"{MODELS}/new",
        beginnings=_beginnings(visit),
        operators=_operators(visit),
        form=form,
    )
    return visit.pages.show("model_new.html", page, status=status)


def _beginnings(visit: Visit) -> tuple[tuple[str, str], ...]:
    models: Sequence[BatteryModel] = visit.services.models_to_write(visit.actor)
    return (
        (_EMPTY, "Empty"),
        *_examples().items(),
        *(
            (f"{_COPY}{one.model_id}", f"Copy of {model_name(one.content) or one.name}")
            for one in models
        ),
    )


def _operators(visit: Visit) -> tuple[tuple[str, str], ...]:
    slugs = visit.services.operators_written_for(visit.actor)
    return tuple((slug, visit.name_of(slug)) for slug in slugs) if len(slugs) > 1 else ()


@cache
def _examples() -> Mapping[str, str]:
    """Return the examples of models that are shipped, by file, in words."""
    names = sorted(file.name for file in schema_file("examples").iterdir())
    return {
        name: f"Example: {_kind_of(_example(name))}{words}"
        for ending, words in _ENDINGS
        for name in names
        if name.endswith(ending)
    }


def _kind_of(content: Mapping[str, object]) -> str:
    kind = kind_text(content, Category(str(content["category"])))
    if not needs_passport(Category(str(content["category"])), energy_kwh(content)):
        return f"{kind}, light record"
    is_second = content.get("madeFromUsedBatteries") is True
    return f"{kind}, made from used batteries" if is_second else kind


def _example(name: str) -> Mapping[str, object]:
    content: Mapping[str, object] = parse_input(schema_file(f"examples/{name}").read_bytes())[
        "content"
    ]
    return content
