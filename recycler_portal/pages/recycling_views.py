"""Recycling in words: batches, their input and output, their rates as management figures."""

from collections.abc import Sequence

from passport.ui.forms import FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Table, Tone
from recycler_portal.domain.batch import Batch, BatchBattery, BatchStep, Stage
from recycler_portal.domain.findings import Finding
from recycler_portal.domain.intake import Intake
from recycler_portal.domain.recovery import (
    MANAGEMENT_MARK,
    OPTIONAL_ELEMENTS,
    RECOVERY_MATERIALS,
    ChemistryFamily,
    OutputFraction,
    percent_text,
)
from recycler_portal.forms import OUTPUT_LINES
from recycler_portal.pages.views import (
    BatchInputPage,
    BatchPage,
    NewBatchPage,
    RecyclingPage,
    StepView,
    SubstanceLine,
)
from recycler_portal.pages.yard_views import measure, moment
from recycler_portal.rules.annex_xii import RecyclingRules
from recycler_portal.services.rates import CaseRate, Rates

_FAMILIES = {
    ChemistryFamily.LITHIUM_BASED: "Lithium-based",
    ChemistryFamily.LEAD_ACID: "Lead-acid",
    ChemistryFamily.NICKEL_CADMIUM: "Nickel-cadmium",
    ChemistryFamily.OTHER: "Other",
}
_STAGES = {
    Stage.ENTERING: Badge(text="Entering recycling", tone=Tone.NEUTRAL),
    Stage.IN_RECYCLING: Badge(text="In recycling", tone=Tone.INFORMATION),
    Stage.RECYCLING_DECLARED: Badge(text="Declared as recycled", tone=Tone.NEUTRAL),
    Stage.RECYCLED: Badge(text="Recycled", tone=Tone.AUTHENTIC),
    Stage.REFUSED: Badge(text="Refused by the record", tone=Tone.DANGER),
}
_KINDS = (
    ("", "Product or waste, in the Union"),
    ("slag", "Inside slag that is used"),
    ("third-country", "Made outside the Union, not proven"),
    ("third-country-proven", "Made outside the Union, conditions proven"),
)


def recycling_page(batches: Sequence[Batch], ready: Sequence[Intake]) -> RecyclingPage:
    """Say which batches there are."""
    return RecyclingPage(
        open_batches=tuple(_batch_item(one) for one in batches if one.is_open),
        closed_batches=tuple(_batch_item(one) for one in batches if not one.is_open),
        ready_count=len([one for one in ready if not one.is_held]),
    )


def new_batch_page(
    form: FormState, family: ChemistryFamily, ready: Sequence[Intake], rules: RecyclingRules
) -> NewBatchPage:
    """Make the page on which a batch of a family begins."""
    return NewBatchPage(
        form=form,
        family=family.value,
        families=tuple(
            Link(text=text, href=f"/recycling/new?family={one.value}")
            for one, text in _FAMILIES.items()
        ),
        ready=tuple(
            (one.intake_id, f"{one.intake_id} ({one.decision.chemistry}, {_weight(one)})")
            for one in ready
            if not one.is_held and one.decision.chemistry_family == family
        ),
        lines=_lines(family, rules),
    )


def batch_input_page(form: FormState, batch: Batch, rules: RecyclingRules) -> BatchInputPage:
    """Make the page on which the input of a batch is corrected."""
    return BatchInputPage(number=batch.batch_id, form=form, lines=_lines(batch.family, rules))


def _lines(family: ChemistryFamily, rules: RecyclingRules) -> tuple[SubstanceLine, ...]:
    return tuple(
        SubstanceLine(
            substance=substance,
            name=rules.substance_names[substance],
            has_basis=substance in RECOVERY_MATERIALS,
            is_optional=substance in OPTIONAL_ELEMENTS,
        )
        for substance in rules.element_rows[family]
    )


def batch_page(batch: Batch, rates: Rates, rules: RecyclingRules, form: FormState) -> BatchPage:
    """Say all there is about a batch."""
    stages = {one.stage for one in batch.batteries}
    return BatchPage(
        number=batch.batch_id,
        badge=_state(batch),
        is_open=batch.is_open,
        can_close=batch.is_open and bool(batch.steps),
        can_recycle=not batch.is_open and bool(stages & {Stage.ENTERING, Stage.IN_RECYCLING}),
        marking=MANAGEMENT_MARK,
        facts=_facts(batch),
        batteries=tuple(_battery_item(one) for one in batch.batteries),
        received=_received(batch, rules),
        steps=tuple(_step(one, rules) for one in batch.steps),
        balance=_balance(batch),
        efficiency=_efficiency(rates.cases) if batch.steps else None,
        recovery=_recovery(rates, rules) if batch.steps else None,
        findings=tuple(_finding(one) for one in rates.findings) if batch.steps else (),
        form=form,
        substances=tuple(
            (substance, rules.substance_names[substance])
            for substance in rules.element_rows[batch.family]
        ),
        kinds=_KINDS,
        lines=tuple(range(OUTPUT_LINES)),
    )


def _batch_item(batch: Batch) -> LineItem:
    return LineItem(
        title=batch.batch_id,
        href=f"/recycling/{batch.batch_id}",
        detail=f"{_FAMILIES[batch.family]}, {batch.main_chemistry}; {len(batch.batteries)}"
        f" batteries; since {moment(batch.opened_at)}",
        badge=_state(batch),
    )


def _state(batch: Batch) -> Badge:
    if batch.is_open:
        return Badge(text="Open", tone=Tone.INFORMATION)
    if all(one.stage is Stage.RECYCLED for one in batch.batteries):
        return Badge(text="Recycled", tone=Tone.AUTHENTIC)
    return Badge(text="Closed", tone=Tone.NEUTRAL)


def _weight(intake: Intake) -> str:
    mass = intake.observation.mass
    return "not weighed" if mass is None else f"{measure(mass)} kg"


def _facts(batch: Batch) -> tuple[Fact, ...]:
    collected = ", ".join(
        f"{country} {measure(share * 100)} %"
        for country, share in batch.report().collected_in.items()
    )
    return (
        Fact(name="Family", values=(_FAMILIES[batch.family],)),
        Fact(name="Main chemistry", values=(batch.main_chemistry,)),
        Fact(name="Facility", values=(f"{batch.site} ({batch.country})",)),
        Fact(
            name="Collected in",
            values=(collected,),
            note="By mass where every battery was weighed, else by number; our reading of"
            " Delegated Regulation (EU) 2025/606, Annex, section 5(1)",
        ),
        Fact(name="Opened", values=(f"{moment(batch.opened_at)} by {batch.opened_by}",)),
    )


def _battery_item(battery: BatchBattery) -> LineItem:
    weight = "not weighed" if battery.mass is None else f"{measure(battery.mass)} kg"
    return LineItem(
        title=battery.intake_id,
        href=f"/yard/intakes/{battery.intake_id}",
        detail=f"{battery.battery_id or 'no passport'}; {weight}",
        badge=_STAGES[battery.stage],
    )


def _received(batch: Batch, rules: RecyclingRules) -> Table:
    return Table(
        caption="What entered, free of water",
        head=("Substance", "Mass [kg]", "Basis of recovery [kg]"),
        rows=tuple(
            (
                rules.substance_names.get(row.substance, row.substance),
                "left out" if row.mass is None else measure(row.mass),
                "-" if row.recovery_basis is None else measure(row.recovery_basis),
            )
            for row in batch.rows
        ),
        numeric=frozenset({1, 2}),
    )


def _step(recorded: BatchStep, rules: RecyclingRules) -> StepView:
    step = recorded.step
    place = ", ".join(part for part in (step.operator, step.country) if part)
    return StepView(
        title=f"Step {step.name}{f' ({place})' if place else ''}",
        detail=f"Recorded by {recorded.recorded_by}, {moment(recorded.recorded_at)}",
        outputs=Table(
            caption=f"Output fractions of step {step.name}",
            head=("Substance", "Mass [kg]", "Recovered [kg]", "Counts"),
            rows=tuple(
                (
                    rules.substance_names.get(one.substance, one.substance),
                    measure(one.mass),
                    measure(one.recovered_mass),
                    _how_it_counts(one),
                )
                for one in step.outputs
            ),
            numeric=frozenset({1, 2}),
        ),
        intermediates=tuple(
            f"{one.label}: {measure(one.mass)} kg"
            + (f", on to {one.next_step}" if one.next_step else "")
            for one in recorded.intermediates
        ),
    )


def _how_it_counts(output: OutputFraction) -> str:
    label = f"{output.label}: " if output.label else ""
    if not output.counts:
        return f"{label}not at all: no evidence (Art. 72(3))"
    if output.in_slag:
        return f"{label}for the efficiency only"
    return f"{label}yes"


def _balance(batch: Batch) -> Table:
    balance = batch.balance()
    return Table(
        caption="Mass balance",
        head=("Where", "Mass [kg]"),
        rows=(
            ("Received, with water", measure(balance.received)),
            ("Water", measure(balance.water)),
            ("In output fractions", measure(balance.recovered)),
            ("Not recovered: waste, emissions, still in process", measure(balance.not_recovered)),
        ),
        numeric=frozenset({1}),
    )


def _efficiency(cases: Sequence[CaseRate]) -> Table:
    return Table(
        caption="Recycling efficiency",
        head=("Counted", "In [kg]", "Out [kg]", "Efficiency [%]", "Target [%]"),
        rows=tuple(
            (
                case.name.capitalize(),
                measure(case.counted_input),
                measure(case.counted_output),
                "-" if case.efficiency is None else percent_text(case.efficiency),
                _target(case),
            )
            for case in cases
        ),
        numeric=frozenset({1, 2, 3}),
    )


def _target(case: CaseRate) -> str:
    if case.target is None:
        return "none in force"
    reached = {True: "reached", False: "missed", None: "-"}[case.meets_target]
    return f"{measure(case.target.percent)}: {reached}"


def _recovery(rates: Rates, rules: RecyclingRules) -> Table | None:
    if not rates.materials:
        return None
    words = {True: "reached", False: "missed"}
    return Table(
        caption="Recovery of materials",
        head=("Material", "In [kg]", "Recovered [kg]", "Rate [%]", "2027 target", "2031 target"),
        rows=tuple(
            (
                rules.substance_names[material],
                measure(one.recovery.basis),
                measure(one.recovery.recovered),
                percent_text(one.recovery.rate),
                words[one.meets_2027],
                words[one.meets_2031],
            )
            for material, one in rates.materials.items()
        ),
        numeric=frozenset({1, 2, 3}),
    )


def _finding(finding: Finding) -> Notice:
    return Notice(
        title="To be corrected" if finding.refuses else "To be explained",
        text=f"{finding.message} ({finding.source})",
        tone=Tone.DANGER if finding.refuses else Tone.WARNING,
    )
