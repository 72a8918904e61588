"""May it be placed on the market: a model or a battery against everything the law asks on a day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from typing import TypedDict

from passport.domain.access import (
    READ_SCOPE,
    Audience,
    audiences_of,
    require_reach,
)
from passport.domain.actor import Actor, Role
from passport.domain.applicability import Life, Scope
from passport.domain.battery import Battery, BatteryModel
from passport.domain.chemistry import Chemistry
from passport.domain.content import Content
from passport.domain.errors import AccessDeniedError, InvalidIdentifierError, InvalidValueError
from passport.domain.identifiers import BatteryId, ModelId, parse_battery_id, parse_model_id
from passport.domain.passport import StatementKind
from passport.domain.second_life import NEEDED_EVIDENCE, Succession
from passport.domain.status import BatteryStatus
from passport.linked_data.documents import content_of, parse_document
from passport.rules.calendar import duty_days
from passport.rules.categories import check_category
from passport.rules.clauses import ClauseResult, Outcome, PlacingFacts
from passport.rules.completeness import (
    AT_PLACING,
    OF_MODEL,
    Matter,
    Place,
    data_point_matters,
)
from passport.rules.dates import DutyDay
from passport.rules.documents import DISMANTLING_CONTENTS, check_dismantling, check_documents
from passport.rules.findings import Certainty, Finding
from passport.rules.placing import judge_clauses
from passport.rules.placing_checks import ends_of_declaration
from passport.rules.plausibility import check_plausibility
from passport.services.current import read_living, read_model_of
from passport.services.issue import ModelUnknownError
from passport.services.operators import read_operator, require_acts_for
from passport.services.ports import Work
from passport.services.scopes import scope_of_content


class SubjectKind(StrEnum):
    """What was checked."""

    MODEL = "model"
    BATTERY = "battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacingReport:
    """Whether a model's batteries, or one battery, may be placed on the market on a day.

    Attributes:
        subject: `ModelId` or `BatteryId`.
        model_id: The model; of a battery its own.
        operator: Who entered the model.
        name: What people call the model.
        on: Day of placing that was asked about.
        matters: Every data point and clause, each under its heading.
        clauses: How each clause beside the data points stands.
        findings: Values that cannot well be true together; they block nothing.
    """

    kind: SubjectKind
    subject: str
    model_id: ModelId
    operator: str
    name: str
    on: date
    scope: Scope
    matters: tuple[Matter, ...]
    clauses: tuple[ClauseResult, ...]
    findings: tuple[Finding, ...]

    def under(self, place: Place) -> tuple[Matter, ...]:
        """Return the matters under a heading, in the order of the tables."""
        return tuple(one for one in self.matters if one.place is place)

    @property
    def may_be_placed(self) -> bool:
        """Whether nothing that the record shows stands against it."""
        return not self.under(Place.BLOCKER)

    @property
    def counts(self) -> Mapping[Place, int]:
        """How many matters stand under each heading."""
        return {place: len(self.under(place)) for place in Place}


def check_model(
    actor: Actor, model_id: ModelId, on: date | None = None, *, work: Work
) -> PlacingReport:
    """Return whether batteries of a model may be placed on the market on a day.

    Args:
        actor: The model's operator, its delegate, or an authority.
        model_id: The model.
        on: Day of placing; without, the first on which a battery needs its record, or today.
        work: The unit of work.

    Raises:
        ModelUnknownError: The model is not on record.
        AccessDeniedError: The actor is none of these.
    """
    require_reach(actor, READ_SCOPE)
    model = work.passports.find_model(model_id)
    if model is None:
        raise ModelUnknownError(f"model {model_id} is not on record")
    if not actor.has(Role.AUTHORITY):
        require_acts_for(actor, read_operator(model.operator, work=work), work=work)
    return _model_report(model, on, work=work)


def check_battery(
    actor: Actor, battery_id: BatteryId, on: date | None = None, *, work: Work
) -> PlacingReport:
    """Return whether a battery may be placed on the market on a day.

    Args:
        actor: Who answers for the battery, a delegate, or an authority.
        battery_id: The battery.
        on: Day of placing; without, the day on record, or today.
        work: The unit of work.

    Raises:
        PassportNotFoundError: None is registered.
        PassportCeasedError: It has been recycled.
        TransitionRefusedError: Its registration was annulled.
        AccessDeniedError: The actor is none of these.
    """
    require_reach(actor, READ_SCOPE)
    battery = work.passports.read(battery_id)
    audiences = audiences_of(actor, work.standing(battery), work.clock.now())
    if audiences.isdisjoint({Audience.OPERATOR, Audience.AUTHORITY}):
        raise AccessDeniedError(
            f"whether battery {battery_id} may be placed on the market is shown to who answers "
            f"for it and to authorities; {actor.organisation or 'a visitor without login'} is "
            "neither"
        )
    return _battery_report(read_living(battery_id, work=work), on, work=work)


def check_named(actor: Actor, name: str, on: date | None = None, *, work: Work) -> PlacingReport:
    """Return the report on whatever a name stands for: a battery on record, or else a model.

    Raises:
        InvalidIdentifierError: It names neither a battery nor a model.
        PassportError: What `check_battery` and `check_model` refuse.
    """
    try:
        battery_id = parse_battery_id(name)
    except InvalidIdentifierError:
        return check_model(actor, parse_model_id(name), on, work=work)
    if work.passports.find(battery_id) is None:
        try:
            model_id = parse_model_id(name)
        except InvalidIdentifierError:
            return check_battery(actor, battery_id, on, work=work)
        if work.passports.find_model(model_id) is not None:
            return check_model(actor, model_id, on, work=work)
    return check_battery(actor, battery_id, on, work=work)


def _model_report(model: BatteryModel, on: date | None, *, work: Work) -> PlacingReport:
    scope = scope_of_content(model.content, work=work, on=on)
    today = work.clock.now().date()
    return _report(
        kind=SubjectKind.MODEL,
        subject=model.model_id,
        model=model,
        scope=scope,
        facts=PlacingFacts(content=model.content, **_of_model(model, work=work)),
        findings=chain(
            check_plausibility(
                model.content,
                chemistry=_chemistry_of(model, work=work),
                needs=work.rulebook.needs(scope),
                placed_on=scope.placed_on,
                today=today,
            ),
            check_documents(model.content, scope.placed_on),
            check_dismantling(model.content),
        ),
        work=work,
    )


def _battery_report(battery: Battery, on: date | None, *, work: Work) -> PlacingReport:
    model = read_model_of(battery, work=work)
    succession = work.successions.made(battery.battery_id)
    condition = _newest_condition(battery.battery_id, work=work)
    today = work.clock.now().date()
    day = on or battery.placed_on_market_on or today
    scope = Scope(
        category=battery.category,
        sub_type=battery.sub_type,
        placed_on=day,
        read_on=day,
        life=Life.FIRST if succession is None else Life.SECOND,
    )
    return _report(
        kind=SubjectKind.BATTERY,
        subject=battery.battery_id,
        model=model,
        scope=scope,
        facts=PlacingFacts(
            content={**model.content, **battery.content, **(condition or {})},
            is_battery=True,
            is_waste=battery.status is BatteryStatus.WASTE,
            needed_evidence=NEEDED_EVIDENCE,
            originals=len(succession.predecessors) if succession else 0,
            evidence=_evidence_of(succession),
        ),
        findings=chain(
            check_plausibility(
                model.content,
                item=battery.content,
                condition=condition,
                chemistry=_chemistry_of(model, work=work),
                needs=work.rulebook.needs(scope),
                placed_on=day,
                today=today,
            ),
            check_documents({**model.content, **battery.content}, day),
            check_dismantling(model.content),
        ),
        work=work,
    )


def _chemistry_of(model: BatteryModel, *, work: Work) -> Chemistry | None:
    return work.chemistries.find(str(model.content.get("chemistry", "")))


def _report(  # noqa: PLR0913 - everything that a report is made of
    *,
    kind: SubjectKind,
    subject: str,
    model: BatteryModel,
    scope: Scope,
    facts: PlacingFacts,
    findings: Iterator[Finding],
    work: Work,
) -> PlacingReport:
    levels = AT_PLACING if facts.is_battery else OF_MODEL
    matters = data_point_matters(facts.content, scope, work.rulebook, levels)
    clauses = tuple(judge_clauses(facts, scope, work.rulebook))
    for result in clauses:
        _join(matters, result)
    told = tuple(findings)
    left_out = () if scope.is_light else tuple(one for one in told if _is_left_out(one))
    matters.extend(_question_about(one) for one in left_out)
    return PlacingReport(
        kind=kind,
        subject=subject,
        model_id=model.model_id,
        operator=model.operator,
        name=model.name,
        on=scope.placed_on,
        scope=scope,
        matters=tuple(matters),
        clauses=clauses,
        findings=tuple(one for one in told if one not in left_out),
    )


def _is_left_out(finding: Finding) -> bool:
    """Whether steps are given, and leave out what point 2(c) asks of them at least."""
    return finding.rule == DISMANTLING_CONTENTS and finding.path.startswith("/disassemblySteps/")


def _question_about(finding: Finding) -> Matter:
    """Return a content that steps leave out as a question: a battery may do without some."""
    return Matter(
        place=Place.QUESTION,
        legal_point="Annex XIII 2(c)",
        label="Dismantling information",
        reason=f"{finding.message[:1].upper()}{finding.message[1:]}",
        source=finding.source,
        certainty=Certainty.READ,
        paths=(finding.path.removeprefix("/").replace("/", "."),),
        what_to_do="Enter it with the steps, where the battery needs it",
    )


def _join(matters: list[Matter], result: ClauseResult) -> None:
    """Enter a clause among the data points; one that says the same as a data point joins it."""
    clause, place = result.clause, _PLACES[result.outcome]
    same = _saying_the_same(matters, result, place)
    for index in same:
        matter = matters[index]
        matters[index] = replace(
            matter,
            clauses=(*matter.clauses, clause.clause),
            what_to_do=clause.what_to_do if matter.what_to_do else "",
            legal_point=_both(matter.legal_point, _article(clause.source)),
        )
    if same:
        return
    matters.append(
        Matter(
            place=place,
            legal_point=_article(clause.source),
            label=clause.label,
            reason=result.reason[:1].upper() + result.reason[1:],
            source=clause.source,
            certainty=clause.certainty,
            clauses=(clause.clause,),
            paths=result.paths,
            what_to_do=clause.what_to_do if place in _TO_DO else "",
            begins_on=result.day.on if result.day and place is Place.NOT_YET else None,
        )
    )


def _saying_the_same(matters: list[Matter], result: ClauseResult, place: Place) -> list[int]:
    """Return which data points say together all that a clause asks for; none where they do not."""
    asked, points = set(result.paths), set(result.clause.data_points)
    found = [
        index
        for index, matter in enumerate(matters)
        if matter.place is place
        and matter.data_points
        and (asked & set(matter.paths) if asked else points & set(matter.data_points))
    ]
    said = {path for index in found for path in matters[index].paths}
    return found if asked <= said else []


_PLACES = {
    Outcome.MET: Place.PRESENT,
    Outcome.NOT_MET: Place.BLOCKER,
    Outcome.UNANSWERED: Place.QUESTION,
    Outcome.NOT_YET: Place.NOT_YET,
    Outcome.NOT_APPLICABLE: Place.NOT_APPLICABLE,
    Outcome.LATER: Place.LATER,
    Outcome.CANNOT_JUDGE: Place.CANNOT_JUDGE,
}
_TO_DO = frozenset({Place.BLOCKER, Place.QUESTION, Place.CANNOT_JUDGE})


def _article(source: str) -> str:
    return source.removeprefix("Regulation (EU) 2023/1542, ")


class _OfModel(TypedDict):
    """What clauses are judged on that follows from the model."""

    metals: frozenset[str] | None
    category_findings: tuple[Finding, ...] | None


def _of_model(model: BatteryModel, *, work: Work) -> _OfModel:
    states_use = bool(model.content.get("intendedPurposes"))
    return _OfModel(
        metals=_metals_of(model, work=work),
        category_findings=tuple(check_category(model.content)) if states_use else None,
    )


def _metals_of(model: BatteryModel, *, work: Work) -> frozenset[str] | None:
    """Return the metals that the chemistry holds; nothing where its row names none."""
    chemistry = _chemistry_of(model, work=work)
    if chemistry is None or not chemistry.contains:
        return None
    return frozenset(_METALS[symbol] for symbol in chemistry.contains if symbol in _METALS)


_METALS = {"Cd": "cadmium", "Co": "cobalt", "Li": "lithium", "Ni": "nickel", "Pb": "lead"}


def _both(legal_point: str, article: str) -> str:
    """Return two legal points as one; the same again adds nothing.

    >>> _both("Annex XIII 1(q); Article 13(5)", "Article 13(5)")
    'Annex XIII 1(q); Article 13(5)'
    """
    return legal_point if article in legal_point.split("; ") else f"{legal_point}; {article}"


def _evidence_of(succession: Succession | None) -> frozenset[str]:
    if succession is None:
        return frozenset()
    return frozenset(evidence.kind for evidence in succession.evidence)


def _newest_condition(battery_id: BatteryId, *, work: Work) -> Content | None:
    conditions = work.statements.all_about(battery_id, StatementKind.CONDITION)
    return content_of(parse_document(conditions[-1].body)) if conditions else None


# --- between two days -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BecomesAsked:
    """What blocks a model from a day on, and did not before."""

    on: date
    blockers: tuple[Matter, ...]
    questions: tuple[Matter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """How one model stands on a first day, and what is asked of it until a last one.

    Attributes:
        changes: Days on which something new blocks or is to be answered, in their order.
    """

    model_id: ModelId
    name: str
    is_complete_first: bool
    changes: tuple[BecomesAsked, ...]

    @property
    def incomplete_from(self) -> date | None:
        """First day on which something new blocks the model; nothing where nothing does."""
        return next((change.on for change in self.changes if change.blockers), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompleteModels:
    """Which models of an operator become incomplete between two days.

    Attributes:
        begins: Duties of their kinds of battery that begin between the days.
        undetermined: Duties of their kinds whose day nobody knows.
    """

    operator: str
    first: date
    last: date
    models: tuple[ModelChange, ...]
    begins: tuple[DutyDay, ...]
    undetermined: tuple[DutyDay, ...]


def models_incomplete_between(
    actor: Actor, operator: str, first: date, last: date, *, work: Work
) -> IncompleteModels:
    """Return which models of an operator become incomplete between two days, and by what.

    Args:
        actor: The operator, its delegate, or an authority.
        operator: Short name or DID.
        first: Day from which is compared.
        last: Last day, included.
        work: The unit of work.

    Raises:
        InvalidValueError: The last day is before the first.
        AccessDeniedError: The actor is none of these.
    """
    require_reach(actor, READ_SCOPE)
    if last < first:
        raise InvalidValueError(f"the last day {last} lies before the first, {first}")
    owner = read_operator(operator, work=work)
    if not actor.has(Role.AUTHORITY):
        require_acts_for(actor, owner, work=work)
    models = work.passports.models_of(owner.slug)
    days = duty_days(work.rulebook, {(model.category, model.sub_type) for model in models})
    return IncompleteModels(
        operator=owner.slug,
        first=first,
        last=last,
        models=tuple(_model_change(model, first, last, work=work) for model in models),
        begins=tuple(day for day in days if day.on is not None and first < day.on <= last),
        undetermined=tuple(day for day in days if day.on is None),
    )


def _model_change(model: BatteryModel, first: date, last: date, *, work: Work) -> ModelChange:
    before = _model_report(model, first, work=work)
    known = _asked_in(before)
    changes = []
    for day in _days_of(model, first, last, work=work):
        report = _model_report(model, day, work=work)
        new = [one for one in report.matters if (one.place, one.label) not in known]
        known |= _asked_in(report)
        change = BecomesAsked(
            on=day,
            blockers=tuple(one for one in new if one.place is Place.BLOCKER),
            questions=tuple(one for one in new if one.place is Place.QUESTION),
        )
        if change.blockers or change.questions:
            changes.append(change)
    return ModelChange(
        model_id=model.model_id,
        name=model.name,
        is_complete_first=before.may_be_placed,
        changes=tuple(changes),
    )


def _asked_in(report: PlacingReport) -> set[tuple[Place, str]]:
    return {(one.place, one.label) for one in report.matters}


def _days_of(model: BatteryModel, first: date, last: date, *, work: Work) -> list[date]:
    """Return the days between two on which a duty of a model begins, or a paper has run out."""
    kind = (model.category, model.sub_type)
    days = {day.on for day in duty_days(work.rulebook, {kind}) if day.on is not None}
    days |= {end + timedelta(days=1) for end in ends_of_declaration(model.content)}
    return sorted(day for day in days if first < day <= last)
