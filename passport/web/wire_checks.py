"""Bodies of answers about placing on the market, as they are written on the wire."""

from collections.abc import Iterable
from datetime import date

from passport.rules.completeness import Matter, Place
from passport.rules.dates import DutyDay
from passport.rules.findings import Finding
from passport.services.check import IncompleteModels, ModelChange, PlacingReport
from passport.web.wire import Body


class MatterBody(Body):
    """One datum or clause with its legal point."""

    legal_point: str
    data_points: list[str]
    clauses: list[str]
    label: str
    reason: str
    paths: list[str]
    what_to_do: str
    begins_on: date | None
    certainty: str
    source: str

    @classmethod
    def of(cls, matter: Matter) -> "MatterBody":
        """Write a matter."""
        return cls(
            legal_point=matter.legal_point,
            data_points=list(matter.data_points),
            clauses=list(matter.clauses),
            label=matter.label,
            reason=matter.reason,
            paths=list(matter.paths),
            what_to_do=matter.what_to_do,
            begins_on=matter.begins_on,
            certainty=matter.certainty.value,
            source=matter.source,
        )

    @classmethod
    def all_of(cls, matters: Iterable[Matter]) -> "list[MatterBody]":
        """Write several matters."""
        return [cls.of(matter) for matter in matters]


class PlausibilityBody(Body):
    """Values that cannot well be true together."""

    rule: str
    path: str
    message: str
    source: str

    @classmethod
    def of(cls, finding: Finding) -> "PlausibilityBody":
        """Write a finding."""
        return cls(
            rule=finding.rule, path=finding.path, message=finding.message, source=finding.source
        )


class PlacingBody(Body):
    """Whether a battery, or the batteries of a model, may be placed on the market on a day."""

    kind: str
    subject: str
    name: str
    on: date
    may_be_placed: bool
    category: str
    sub_type: str | None
    life: str
    is_light: bool
    blockers: list[MatterBody]
    questions: list[MatterBody]
    not_yet: list[MatterBody]
    not_applicable: list[MatterBody]
    later: list[MatterBody]
    cannot_judge: list[MatterBody]
    findings: list[PlausibilityBody]
    counts: dict[str, int]

    @classmethod
    def of(cls, report: PlacingReport) -> "PlacingBody":
        """Write a report."""
        scope = report.scope
        return cls(
            kind=report.kind.value,
            subject=report.subject,
            name=report.name,
            on=report.on,
            may_be_placed=report.may_be_placed,
            category=scope.category.value,
            sub_type=scope.sub_type.value if scope.sub_type else None,
            life=scope.life.value,
            is_light=scope.is_light,
            blockers=MatterBody.all_of(report.under(Place.BLOCKER)),
            questions=MatterBody.all_of(report.under(Place.QUESTION)),
            not_yet=MatterBody.all_of(report.under(Place.NOT_YET)),
            not_applicable=MatterBody.all_of(report.under(Place.NOT_APPLICABLE)),
            later=MatterBody.all_of(report.under(Place.LATER)),
            cannot_judge=MatterBody.all_of(report.under(Place.CANNOT_JUDGE)),
            findings=[PlausibilityBody.of(one) for one in report.findings],
            counts={place.value: count for place, count in report.counts.items()},
        )


class ChangeBody(Body):
    """What is asked of a model from a day on, and was not before."""

    on: date
    blockers: list[MatterBody]
    questions: list[MatterBody]


class ModelChangeBody(Body):
    """How one model stands on the first day, and what is asked of it later."""

    model: str
    name: str
    is_complete_first: bool
    incomplete_from: date | None
    changes: list[ChangeBody]

    @classmethod
    def of(cls, model: ModelChange) -> "ModelChangeBody":
        """Write the change of a model."""
        return cls(
            model=model.model_id,
            name=model.name,
            is_complete_first=model.is_complete_first,
            incomplete_from=model.incomplete_from,
            changes=[
                ChangeBody(
                    on=change.on,
                    blockers=MatterBody.all_of(change.blockers),
                    questions=MatterBody.all_of(change.questions),
                )
                for change in model.changes
            ],
        )


class DutyBody(Body):
    """A duty with the day it begins, or the act it waits for."""

    duty: str
    label: str
    category: str | None
    sub_type: str | None
    begins_on: date | None
    waits_for: str
    certainty: str
    source: str

    @classmethod
    def of(cls, day: DutyDay) -> "DutyBody":
        """Write the day of a duty."""
        duty = day.duty
        return cls(
            duty=duty.duty,
            label=duty.label,
            category=duty.category.value if duty.category else None,
            sub_type=duty.sub_type.value if duty.sub_type else None,
            begins_on=day.on,
            waits_for=day.waits_for,
            certainty=duty.certainty.value,
            source=duty.source,
        )


class IncompleteBody(Body):
    """Which models of an operator become incomplete between two days."""

    operator: str
    first: date
    last: date
    models: list[ModelChangeBody]
    begins: list[DutyBody]
    undetermined: list[DutyBody]

    @classmethod
    def of(cls, found: IncompleteModels) -> "IncompleteBody":
        """Write what was found."""
        return cls(
            operator=found.operator,
            first=found.first,
            last=found.last,
            models=[ModelChangeBody.of(model) for model in found.models],
            begins=[DutyBody.of(day) for day in found.begins],
            undetermined=[DutyBody.of(day) for day in found.undetermined],
        )
