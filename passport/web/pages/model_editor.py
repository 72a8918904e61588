"""Write a model: a draft with its completeness, and one page for each group of its data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from http import HTTPStatus
from textwrap import shorten

import orjson
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.battery import Category, SubType
from passport.domain.content import Content, Term, absence_of, codes_of, read_term
from passport.domain.content_values import number_of
from passport.domain.errors import InvalidValueError
from passport.domain.model_draft import DraftState, ModelDraft
from passport.domain.units import Kilograms, is_count
from passport.linked_data.documents import parse_input
from passport.linked_data.terms import schema_file
from passport.rules.annex_xiii import value_at
from passport.rules.categories import possible_categories
from passport.services.accounts import SignInRefusedError
from passport.services.documents import document_node
from passport.services.model_drafts import DraftChange, DraftClashError
from passport.services.model_progress import ModelProgress
from passport.ui.request import open_to_everyone, see_other
from passport.ui.views.common import Link, Notice, Tone
from passport.ui.views.editor import Clashing, DraftPage, Entry, GroupPage, Option
from passport.web.dependencies import Visit, Visited, VisitedSignedIn
from passport.web.editor.changes import texts_of
from passport.web.editor.fields import (
    content_of_fields,
    field_of,
    fits_form,
    rows_at,
    without_row,
)
from passport.web.editor.groups import Group, all_groups, find_group
from passport.web.editor.meter import Asked, asked_of, clause_of, meter_of, words_of
from passport.web.editor.parts import FormMaker, definition_of
from passport.web.errors import AddressUnknownError, TooManyAttemptsError
from passport.web.pages.account import begin_session, cookie_setting
from passport.web.pages.drafts import (
    MODELS,
    STATES,
    absence_options,
    changes_text,
    group_lines,
    name_of,
    path_of,
)
from passport.web.pages.scan import sentence
from passport.web.pages.sign_in_again import ask_to_sign_in_again
from passport.web.pages.words import instant_text
from passport.web.uploads import FormSent, SentForm

router = APIRouter(include_in_schema=False)

WRITERS = (Role.OPERATOR, Role.SECOND_LIFE)
_DAYS = ("2026-12-01", "2027-02-18", "2028-08-18", "2031-08-18")
_MOST_DOCUMENTS = 200
_LONGEST_EXAMPLE = 200
_EXAMPLES = ("ev-pack-model.json", "stationary-battery-model.json", "lmt-battery-model.json")
_NEVER_ABSENT = frozenset({"category", "subType"})
_SAID = {
    "saved": "Saved.",
    "started": "The draft is begun. Choose the kind of battery first.",
    "filled-in": "The draft is begun. It is filled in already: change what differs.",
    "handed-in": "Handed in. Nobody changes the draft until it is reviewed.",
    "approved": "Approved. It can be signed and published now.",
    "sent-back": "Sent back, with what the reviewer says.",
    "restored": "The draft is back as it was.",
    "caught-up": "The version on record is in the draft now. Look at the comments.",
    "withdrawn": "Taken back from review.",
}


# --- a draft --------------------------------------------------------------------------------------


@router.get(f"{MODELS}/drafts/{{draft_id}}")
def draft_page(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Show how complete a draft is, and the next step."""
    require_role(visit.actor, *WRITERS)
    return show_draft(visit, visit.services.read_draft(visit.actor, draft_id))


def show_draft(
    visit: Visit,
    draft: ModelDraft,
    *,
    notices: tuple[Notice, ...] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Show a draft, with what was refused."""
    query = visit.request.query_params
    kind, day = query.get("kind", ""), _day(query.get("on", ""))
    progress = visit.services.model_progress(visit.actor, _as_kind(draft.content, kind), day)
    standing = visit.services.reviewer_standing(visit.actor, draft)
    path = path_of(draft)
    is_old = _is_outdated(visit, draft)
    page = DraftPage(
        model=name_of(draft),
        identifier=draft.model_id,
        badge=STATES[draft.state],
        state=changes_text(draft),
        facts=_facts(draft),
        groups=group_lines(draft, progress),
        meter=meter_of(progress, draft_path=path),
        action=path,
        days=_day_options(progress, day),
        kinds=_kind_options(draft.content, kind),
        can_hand_in=draft.state is DraftState.DRAFT,
        can_discard=draft.is_open,
        can_restore=draft.state is DraftState.DISCARDED,
        can_catch_up=draft.state in {DraftState.DRAFT, DraftState.APPROVED} and is_old,
        review=Link(text="Review it", href=f"{path}/review")
        if draft.state is DraftState.IN_REVIEW
        else None,
        publish=Link(text="Look at what will be signed", href=f"{path}/publish")
        if draft.state is DraftState.APPROVED
        else None,
        versions=Link(text="Signed versions", href=f"/models/{draft.model_id}/versions")
        if draft.based_on or draft.state is DraftState.PUBLISHED
        else None,
        policy=policy_text(needs_another=standing.needs_another),
        said=_SAID.get(query.get("said", ""), ""),
        notices=notices,
        comments=tuple(
            (read_term(one.term).label if one.term else "The whole model", one.text, one.by)
            for one in draft.comments
        ),
    )
    return visit.pages.show("model_draft.html", page, status=status)


def policy_text(*, needs_another: bool) -> str:
    """Return who approves a draft, in words."""
    if needs_another:
        return "Four eyes: whoever hands a model in does not approve it; another person does."
    return (
        "Whoever hands a model in may approve it here: your organisation has one login, or the "
        "service allows it."
    )


def _facts(draft: ModelDraft) -> tuple[tuple[str, str], ...]:
    facts = [
        ("Begun", f"{draft.started_by}, {instant_text(draft.started_at)}"),
        ("Changed last", f"{draft.changed_by}, {instant_text(draft.changed_at)}"),
    ]
    if draft.handed_in_by:
        facts.append(("Handed in by", draft.handed_in_by))
    if draft.reviewed_by:
        facts.append(("Reviewed by", draft.reviewed_by))
    return tuple(facts)


def _is_outdated(visit: Visit, draft: ModelDraft) -> bool:
    known = {model.model_id: model for model in visit.services.models_to_write(visit.actor)}
    model = known.get(draft.model_id)
    return model is not None and draft.is_open and model.revision + 1 != draft.based_on


def _as_kind(content: Content, kind: str) -> Content:
    if not kind:
        return content
    category, _, sub_type = kind.partition(" ")
    rest = {name: value for name, value in content.items() if name != "subType"}
    return {**rest, "category": category} | ({"subType": sub_type} if sub_type else {})


def _kind_options(content: Content, kind: str) -> tuple[Option, ...]:
    own = " ".join(str(content[name]) for name in ("category", "subType") if name in content)
    labels, kinds = codes_of("sub-type"), codes_of("category")
    pairs = [(one.value, kinds[one.value]) for one in Category]
    pairs += [(f"{Category.INDUSTRIAL} {one}", labels[one.value]) for one in SubType]
    return tuple(
        Option(value=value, text=text, is_chosen=value == (kind or own)) for value, text in pairs
    )


def _day_options(progress: ModelProgress, day: date | None) -> tuple[Option, ...]:
    used = day or (progress.scope.placed_on if progress.scope else None)
    days = sorted({*_DAYS, *([used.isoformat()] if used else [])})
    return tuple(
        Option(value=one, text=one, is_chosen=used is not None and one == used.isoformat())
        for one in days
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValueError(f"{text!r} is no day; write 2027-02-18") from error


# --- one group ------------------------------------------------------------------------------------


@router.get(f"{MODELS}/drafts/{{draft_id}}/edit/{{group_name}}")
def group_page(draft_id: str, group_name: str, visit: VisitedSignedIn) -> Response:
    """Show one group of a draft to be filled in."""
    require_role(visit.actor, *WRITERS)
    group = _read_group(group_name)
    draft = visit.services.read_draft(visit.actor, draft_id)
    return _show_group(visit, draft, group)


@router.post(f"{MODELS}/drafts/{{draft_id}}/edit/{{group_name}}")
@open_to_everyone  # a session may end while somebody types: what was typed is not lost
def save_group(draft_id: str, group_name: str, visit: Visited, form: FormSent) -> Response:
    """Keep what was typed into one group."""
    group = _read_group(group_name)
    if visit.actor.is_anonymous:
        return ask_to_sign_in_again(visit, form, action=f"{draft_id}/{group.name}")
    return _save(visit, draft_id, group, form)


@router.post(f"{MODELS}/again")
@open_to_everyone  # it signs in, and saves what was typed before
def sign_in_and_save(visit: Visited, form: FormSent) -> Response:
    """Begin a session again and keep what was typed when the last one ended."""
    draft_id, _, group_name = form.text("again").partition("/")
    group = _read_group(group_name)
    try:
        token = begin_session(visit, form)
    except (SignInRefusedError, TooManyAttemptsError) as refusal:
        return ask_to_sign_in_again(
            visit, form, action=form.text("again"), problem=sentence(str(refusal))
        )
    actor = visit.services.actor_of_session(token)
    answer = _save(replace(visit, actor=actor), draft_id, group, form)
    answer.headers.append("Set-Cookie", cookie_setting(visit.request, token))
    return answer


def _save(visit: Visit, draft_id: str, group: Group, form: SentForm) -> Response:
    path = f"{MODELS}/drafts/{draft_id}/edit/{group.name}"
    require_role(visit.actor, *WRITERS)
    draft = visit.services.read_draft(visit.actor, draft_id)
    doing, _, where = form.text("do").partition(":")
    fields = without_row(form.texts, where) if doing == "remove" else form.texts
    change = _change_of(visit, draft, group, form, fields)
    is_script = "application/json" in visit.request.headers.get("accept", "")
    try:
        saved = visit.services.save_draft(visit.actor, draft_id, change)
    except DraftClashError as refusal:
        if is_script:
            return JSONResponse({"clash": str(refusal)}, HTTPStatus.CONFLICT)
        return _show_group(visit, refusal.draft, group, refused=refusal, typed=change.values)
    if is_script:
        return _told_to_script(visit, saved, group)
    return see_other(_next_page(path, doing, where, form))


def _next_page(path: str, doing: str, where: str, form: SentForm) -> str:
    if doing == "add":
        rows = rows_at(where, form.texts)
        return f"{path}?added={where}#field-{where}.{len(rows) + 1}"
    if doing == "language":
        language = form.text(f"language:{where}")
        return f"{path}?added={where}.{language}#field-{where}.{language}"
    if doing == "remove":
        return f"{path}?said=saved#term-{where.partition('.')[0]}"
    if doing == "next":
        names = [group.name for group in all_groups()]
        here = path.rpartition("/")[2]
        after = names[names.index(here) + 1 :]
        before = path.removesuffix(f"/edit/{here}")
        return f"{before}/edit/{after[0]}" if after else before
    return f"{path}?said=saved"


def _change_of(
    visit: Visit,
    draft: ModelDraft,
    group: Group,
    form: SentForm,
    fields: Mapping[str, Sequence[str]],
) -> DraftChange:
    """Return what a form changes; values that it could not show stay as they are."""
    base = parse_input(form.text("base").encode() or b"{}")
    replaced, kept_theirs = set(form.texts.get("replace", ())), set(form.texts.get("take", ()))
    values = content_of_fields(fields, group.terms)
    for term in group.terms:
        value = draft.content.get(term.name)
        is_unseen = value is not None and not fits_form(term, value) and term.name not in replaced
        if term.name in kept_theirs or (is_unseen and term.name not in values):
            values.pop(term.name, None)
            if value is not None:
                values[term.name] = value
                base[term.name] = value
    for term in group.terms:
        if nodes := _chosen_documents(visit, draft, form, term):
            values[term.name] = _with_documents(values.get(term.name), term, nodes)
    revision = form.text("revision")
    return DraftChange(
        values=values,
        base=base,
        revision=int(revision) if is_count(revision) else -1,
        terms=frozenset(term.name for term in group.terms),
    )


def _chosen_documents(
    visit: Visit, draft: ModelDraft, form: SentForm, term: Term
) -> list[dict[str, object]]:
    """Return nodes of the documents that were chosen for a term from the operator's own."""
    digests = [text for text in form.texts.get(f"document:{term.name}", ()) if text]
    if not digests:
        return []
    kept = visit.services.documents_for_models(visit.actor, draft.operator)
    known = {one.digest: one for one in kept}
    base_url = visit.services.read_operator(visit.actor, draft.operator).base_url
    return [document_node(known[digest], base_url) for digest in digests if digest in known]


def _with_documents(value: object, term: Term, nodes: list[dict[str, object]]) -> object:
    if not term.is_many:
        return nodes[0]
    return [*(value if isinstance(value, list) else []), *nodes]


def _told_to_script(visit: Visit, draft: ModelDraft, group: Group) -> Response:
    progress = visit.services.model_progress(visit.actor, draft.content)
    names = {term.name for term in group.terms}
    return JSONResponse(
        {
            "revision": draft.revision,
            "base": _base_of(draft, group),
            "meter": meter_of(progress, draft_path=path_of(draft)).text,
            "errors": {
                name: text
                for name, text in _errors_of(progress).items()
                if name.partition(".")[0] in names
            },
        }
    )


def _show_group(
    visit: Visit,
    draft: ModelDraft,
    group: Group,
    *,
    refused: DraftClashError | None = None,
    typed: Content | None = None,
) -> Response:
    query = visit.request.query_params
    content = draft.content if typed is None else {**draft.content, **typed}
    progress = visit.services.model_progress(visit.actor, draft.content)
    asked = asked_of(progress)
    maker = FormMaker(
        errors=_errors_of(progress),
        added=frozenset(query.getlist("added")),
        codes={"chemistry": visit.services.chemistry_names()},
    )
    clashes = {clash.term: clash for clash in refused.clashes} if refused else {}
    notices = () if refused is None else (_clash_notice(refused),)
    is_locked = draft.state not in {DraftState.DRAFT, DraftState.APPROVED}
    names = [one.name for one in all_groups()]
    after = names[names.index(group.name) + 1 :]
    following = find_group(after[0]) if after else None
    page = GroupPage(
        model=name_of(draft),
        title=group.title,
        intro=group.intro,
        action=f"{path_of(draft)}/edit/{group.name}",
        overview=Link(text="The whole draft", href=path_of(draft)),
        groups=group_lines(draft, progress, current=group),
        entries=tuple(
            _entry(
                term,
                content,
                draft,
                maker,
                asked.get(term.name),
                clash=Clashing(
                    by=draft.changed_by,
                    theirs="; ".join(texts_of(term, clashes[term.name].theirs)) or "nothing",
                )
                if term.name in clashes
                else None,
            )
            for term in group.terms
        ),
        meter=meter_of(progress, draft_path=path_of(draft)),
        revision=draft.revision,
        base=_base_of(draft, group),
        draft_id=draft.draft_id,
        is_locked=is_locked,
        said=_SAID.get(query.get("said", ""), ""),
        notices=(
            *notices,
            *_kind_notices(draft.content, group),
            *_findings_notices(progress, group),
        ),
        following=following.title if following else "the whole draft",
        documents=_documents(visit, draft, group),
    )
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return visit.pages.show("model_group.html", page, status=status)


def _entry(  # noqa: PLR0913 - everything that is shown about one field
    term: Term,
    content: Content,
    draft: ModelDraft,
    maker: FormMaker,
    asked: Asked | None,
    *,
    clash: Clashing | None,
) -> Entry:
    value = content.get(term.name)
    reason = absence_of(value)
    is_seen = value is None or fits_form(term, value)
    can_be_absent = (asked is not None and asked.is_legal) or reason is not None
    return Entry(
        name=term.name,
        title=term.label,
        definition=definition_of(term),
        clause=clause_of(term.point, asked.numbers if asked else ()),
        part=maker.part(term, value if is_seen and reason is None else None),
        badge=asked.badge if asked else None,
        example=_example_of(term),
        absence=absence_options(reason) if can_be_absent and term.name not in _NEVER_ABSENT else (),
        raw="" if is_seen else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
        comments=tuple(f"{one.by}: {one.text}" for one in draft.comments if one.term == term.name),
        clash=clash,
    )


def _example_of(term: Term) -> str:
    for content in _example_contents():
        value = value_at(content, term.name)
        if value is not None and absence_of(value) is None:
            return shorten("; ".join(texts_of(term, value)), _LONGEST_EXAMPLE, placeholder=" …")
    return ""


@cache
def _example_contents() -> Sequence[Content]:
    return [
        parse_input(schema_file(f"examples/{name}").read_bytes())["content"] for name in _EXAMPLES
    ]


def _documents(
    visit: Visit, draft: ModelDraft, group: Group
) -> Mapping[str, tuple[tuple[str, str], ...]]:
    names = [term.name for term in group.terms if term.value_class == "Document"]
    found = (
        visit.services.documents_for_models(visit.actor, draft.operator)[:_MOST_DOCUMENTS]
        if names
        else ()
    )
    options = tuple(
        (one.digest, f"{one.title} ({one.language or one.media_type})") for one in found
    )
    return dict.fromkeys(names, options) if options else {}


def _kind_notices(content: Content, group: Group) -> tuple[Notice, ...]:
    """Say which category follows from the use, where people choose it."""
    uses = content.get("intendedPurposes")
    known = [use for use in uses if use in codes_of("use")] if isinstance(uses, list) else []
    if not known or not any(term.name == "category" for term in group.terms):
        return ()
    mass, sealed = number_of(content, "massKilograms"), content.get("isSealed")
    possible = possible_categories(
        known,
        Kilograms(mass) if mass is not None and mass > 0 else None,
        is_sealed=sealed if isinstance(sealed, bool) else None,
    )
    labels = codes_of("category")
    words = " or ".join(sorted(labels[one.value] for one in possible)) or "no category"
    return (
        Notice(
            title=f"By what is entered it is: {words}",
            text="From its uses, its mass and whether it is sealed "
            "(Regulation (EU) 2023/1542, Article 3(1)(9) and (11) to (15)).",
        ),
    )


def _findings_notices(progress: ModelProgress, group: Group) -> tuple[Notice, ...]:
    names = {term.name for term in group.terms}
    return tuple(
        Notice(
            title="Please look at this again",
            text=f"{one.message} ({one.source})",
            tone=Tone.WARNING,
        )
        for one in progress.findings
        if one.path.strip("/").partition("/")[0] in names
    )


def _clash_notice(refusal: DraftClashError) -> Notice:
    count = len(refusal.clashes)
    fields = "1 field" if count == 1 else f"{count} fields"
    return Notice(
        title=f"{refusal.draft.changed_by} changed {fields} of this page meanwhile",
        text="Nothing is lost: what you typed stands in the form, the other value beside it. Save "
        "again to keep yours, or choose the other one.",
        tone=Tone.WARNING,
    )


def _errors_of(progress: ModelProgress) -> dict[str, str]:
    errors: dict[str, str] = {}
    for problem in progress.problems:
        name = field_of(problem.path)
        words = words_of(problem)
        errors[name] = f"{errors[name]}; {words}" if name in errors else words
    return errors


def _base_of(draft: ModelDraft, group: Group) -> str:
    names = {term.name for term in group.terms}
    base = {name: value for name, value in draft.content.items() if name in names}
    return orjson.dumps(base).decode()


def _read_group(name: str) -> Group:
    group = find_group(name)
    if group is None:
        raise AddressUnknownError(f"a model has no group {name}")
    return group
