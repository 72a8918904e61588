"""How a battery is taken apart: steps, tools, fastenings, warnings and drawings for the bench."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from fastapi import APIRouter, Response

from passport.domain.content import Content, absence_of, codes_of, read_term
from passport.domain.content_values import nodes_in, number_in
from passport.domain.document import StoredDocument, document_path
from passport.domain.errors import (
    AccessDeniedError,
    InvalidIdentifierError,
    PassportCeasedError,
    PassportNotFoundError,
)
from passport.domain.identifiers import ModelId, parse_model_id
from passport.domain.passport import StatementKind
from passport.domain.status import PassportState
from passport.rules.documents import LEAVE_OUT, check_dismantling
from passport.services.file_types import IMAGES
from passport.ui.views.common import Fact, Link, Notice, Table, Tone
from passport.ui.views.documents import DismantlingPage, Drawing, Step
from passport.web.dependencies import Visit, VisitedSignedIn, battery_in_path
from passport.web.pages.papers import detail_of, href_of, kept_papers, paper_lines
from passport.web.pages.record import Record, model_name, read
from passport.web.pages.words import (
    document_title,
    fact_of,
    figure,
    in_language,
)

router = APIRouter(include_in_schema=False)

_TERMS = ("explodedDiagrams", "disassemblySteps", "cellCount", "cellLayout")
_MINUTES_PER_HOUR = 60
_TIMES = "\N{MULTIPLICATION SIGN}"


def dismantling_link(name: str, *contents: Content) -> Link | None:
    """Return where instructions for dismantling are, if some contents hold any.

    Args:
        name: Path of the battery or model, without slash.
        contents: What the reader was given.
    """
    for content in contents:
        if any(_is_given(content, term) for term in _TERMS):
            return Link(text="Take it apart: steps, tools, drawings", href=f"/dismantling/{name}")
    return None


@router.get("/dismantling/{name:path}")
def dismantling(name: str, visit: VisitedSignedIn) -> Response:
    """Show the instructions for a battery or a model to who reads Annex XIII point 2(c)."""
    return visit.pages.show("dismantling.html", _page_of(visit, name))


def _page_of(visit: Visit, name: str) -> DismantlingPage:
    """Make the page of a battery, or of a model where the name is one of a model.

    Raises:
        AccessDeniedError: The reader does not read point 2.
        PassportCeasedError: The battery has been recycled.
    """
    model_id = _model_in(visit, name)
    if model_id is not None:
        statements = [read(one) for one in visit.services.model_statements(visit.actor, model_id)]
        found = {one.signed.kind: one.content for one in statements}
        public = found.get(StatementKind.MODEL_PUBLIC, {})
        back = Link(text="Page of this model", href=f"/{model_id}")
        restricted = found.get(StatementKind.MODEL_RESTRICTED)
        return _page(visit, public, restricted, back=back, serial="")
    battery_id = battery_in_path(name)
    record = Record.of(visit.services.disclose(visit.actor, battery_id))
    if record.disclosure.battery.state is PassportState.CEASED:
        raise PassportCeasedError(battery_id)
    return _page(
        visit,
        record.model,
        next((one.content for one in record.all(StatementKind.MODEL_RESTRICTED)), None),
        back=Link(text="Restricted page of this battery", href=f"/condition/{battery_id}"),
        serial=record.serial,
    )


def _model_in(visit: Visit, name: str) -> ModelId | None:
    """Return the model that a name is one of; a battery of the same name goes first."""
    try:
        visit.services.read_standing(visit.actor, battery_in_path(name))
    except (InvalidIdentifierError, PassportNotFoundError) as error:
        try:
            return parse_model_id(name)
        except InvalidIdentifierError:
            raise error from None
    return None


def _page(
    visit: Visit, public: Content, restricted: Content | None, *, back: Link, serial: str
) -> DismantlingPage:
    if restricted is None:
        raise AccessDeniedError(
            f"{visit.actor.organisation} does not read instructions for dismantling here (Annex "
            "XIII point 2(c)); ask for access to a battery and name your purpose"
        )
    steps = sorted(nodes_in(restricted.get("disassemblySteps")), key=_position)
    diagrams = nodes_in(restricted.get("explodedDiagrams"))
    drawn = [*diagrams, *(one for step in steps for one in nodes_in(step.get("stepDrawings")))]
    kept = kept_papers(visit.services, visit.actor, drawn)
    safety = in_language(restricted["safetyMeasures"]) if _is_given(restricted, _SAFETY) else ""
    return DismantlingPage(
        name=model_name(public) or "Battery",
        kind=codes_of("category").get(str(public.get("category", "")), "Battery"),
        back=back,
        serial=serial,
        safety=tuple(f"{one.rstrip('.')}." for one in safety.split(". ") if one),
        overview=tuple(_overview(restricted, steps)),
        tools=_each_once(steps, "tools"),
        equipment=tuple(_equipment(code) for code in _each_once(steps, "protectiveEquipment")),
        fastenings=_fastenings(steps),
        drawings=tuple(_drawing(node, kept) for node in diagrams if "absent" not in node),
        steps=tuple(_step(step, kept) for step in steps if "absent" not in step),
        documents=paper_lines(
            visit.services,
            visit.actor,
            [{name: value for name, value in restricted.items() if name == "safetyDocuments"}],
        ),
        notices=tuple(_notices(restricted)),
    )


_SAFETY = "safetyMeasures"


def _is_given(content: Content, name: str) -> bool:
    return bool(content.get(name)) and absence_of(content[name]) is None


def _position(step: Mapping[str, object]) -> Decimal:
    return number_in(step.get("position")) or Decimal(0)


def _overview(content: Content, steps: Sequence[Mapping[str, object]]) -> Iterator[Fact]:
    for name in ("cellCount", "cellLayout"):
        if _is_given(content, name):
            yield fact_of(read_term(name), content[name])
    minutes = [found for step in steps if (found := number_in(step.get("workMinutes"))) is not None]
    if minutes:
        is_whole = len(minutes) == len(steps)
        note = "" if is_whole else f"{len(minutes)} of {len(steps)} steps say how long they take"
        yield Fact(name="Work", values=(_duration(sum(minutes, Decimal(0))),), note=note)


def _duration(minutes: Decimal) -> str:
    if minutes < _MINUTES_PER_HOUR:
        return f"{figure(minutes)} min"
    hours, rest = divmod(round(minutes), _MINUTES_PER_HOUR)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _each_once(steps: Iterable[Mapping[str, object]], name: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for step in steps:
        values = step.get(name)
        found |= dict.fromkeys(map(str, values if isinstance(values, list) else ()))
    return tuple(found)


def _equipment(code: str) -> str:
    return codes_of("protective-equipment").get(code, code)


def _fastenings(steps: Sequence[Mapping[str, object]]) -> Table | None:
    """Count the fastenings by kind; a kind of which a step gives no number is not added up."""
    totals: dict[str, Decimal | None] = {}
    for step in steps:
        kind = step.get("fasteningType")
        if kind is None:
            continue
        before, count = totals.get(str(kind), Decimal(0)), number_in(step.get("fasteningCount"))
        totals[str(kind)] = None if before is None or count is None else before + count
    if not totals:
        return None
    return Table(
        caption="Fastenings to undo",
        head=("Kind", "Number"),
        rows=tuple(
            (kind, "not said" if count is None else figure(count)) for kind, count in totals.items()
        ),
        numeric=frozenset({1}),
    )


def _step(step: Mapping[str, object], kept: Mapping[str, StoredDocument]) -> Step:
    return Step(
        number=str(step.get("position", "")),
        instruction=in_language(step.get("instruction")),
        warning=in_language(step.get("damageWarning")),
        facts=tuple(_facts_of(step)),
        drawings=tuple(_drawing(node, kept) for node in nodes_in(step.get("stepDrawings"))),
    )


def _facts_of(step: Mapping[str, object]) -> Iterator[Fact]:
    kind, count = step.get("fasteningType"), step.get("fasteningCount")
    if kind is not None:
        many = f"{figure(count)} {_TIMES} " if count is not None else ""
        yield Fact(name="Undo", values=(f"{many}{kind}",))
    for name, label in (("tools", "Tools"), ("removedPartNumbers", "Parts taken out")):
        values = step.get(name)
        if isinstance(values, list) and values:
            yield Fact(name=label, values=tuple(map(str, values)))
    worn = step.get("protectiveEquipment")
    if isinstance(worn, list) and worn:
        yield Fact(name="Wear", values=tuple(_equipment(str(code)) for code in worn))
    minutes = number_in(step.get("workMinutes"))
    if minutes is not None:
        yield Fact(name="Work", values=(_duration(minutes),))


def _drawing(node: Mapping[str, object], kept: Mapping[str, StoredDocument]) -> Drawing:
    stored = kept.get(str(node.get("documentDigest")))
    is_picture = stored is not None and stored.media_type in IMAGES
    return Drawing(
        title=": ".join(filter(None, (document_title(node), detail_of(node, stored)))),
        href=href_of(node, stored),
        src=document_path(stored.digest) if stored is not None and is_picture else "",
    )


def _notices(restricted: Content) -> Iterator[Notice]:
    left_out = [one.message for one in check_dismantling(restricted)]
    first, *others = left_out or [""]
    told = "; ".join([first, *(one.removeprefix(LEAVE_OUT) for one in others)])
    if not any(_is_given(restricted, name) for name in _TERMS):
        yield Notice(
            title="No instructions are on record",
            text="Nobody has put steps, tools or drawings for this model on record. Ask its maker.",
            tone=Tone.WARNING,
        )
    elif left_out:
        yield Notice(
            title="These instructions are not complete",
            text=f"{told[:1].upper()}{told[1:]}.",
            tone=Tone.WARNING,
        )
