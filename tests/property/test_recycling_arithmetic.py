"""Laws of recycling rates, whatever the masses."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from recycler_portal.domain.recovery import (
    OPTIONAL_ELEMENTS,
    ChemistryFamily,
    InputRow,
    OutputFraction,
    RecoveryReport,
    RecyclingStep,
    counted_input,
    counted_output,
    material_recovery,
    percent_text,
    recycling_efficiency,
)

SUBSTANCES = ("Co", "Cu", "Li", "Ni", "Mn", "Al", "Steel", "Plastics", "Other", *OPTIONAL_ELEMENTS)
masses = st.decimals("0.001", "100000", places=3)
shares = st.integers(0, 1000).map(lambda thousandth: Decimal(thousandth) / 1000)
choices = st.sets(st.sampled_from(OPTIONAL_ELEMENTS))


@st.composite
def balanced_reports(draw: st.DrawFn) -> RecoveryReport:
    """Return a report in which no substance leaves in a greater mass than it came."""
    substances = draw(st.sets(st.sampled_from(SUBSTANCES), min_size=1)) | {"Cu"}
    rows, steps = [], []
    for substance in sorted(substances):
        mass = draw(masses)
        rows.append(InputRow(substance=substance, mass=mass, recovery_basis=mass))
        out = mass * draw(shares)
        first = out * draw(shares)
        for name, part in (("N_0", first), ("N_1", out - first)):
            output = OutputFraction(substance=substance, mass=part, recovered_mass=part)
            steps.append(RecyclingStep(name=name, outputs=(output,)))
    return RecoveryReport(
        family=ChemistryFamily.LITHIUM_BASED,
        rows=tuple(rows),
        steps=tuple(steps),
        collected_in={"NL": Decimal(1)},
        declared_totals={},
    )


@given(report=balanced_reports(), included=choices)
def test_rates_of_a_balanced_report_stay_between_0_and_100_percent(report, included):
    assert 0 <= recycling_efficiency(report, included) <= 100
    for recovery in material_recovery(report).values():
        assert 0 <= recovery.rate <= 100


@given(report=balanced_reports(), included=choices, data=st.data())
def test_the_order_of_rows_and_steps_changes_nothing(report, included, data):
    rows = data.draw(st.permutations(report.rows))
    steps = data.draw(st.permutations(report.steps))
    other = replace(report, rows=tuple(rows), steps=tuple(steps))

    assert recycling_efficiency(other, included) == recycling_efficiency(report, included)
    assert counted_output(other, included) == counted_output(report, included)
    assert {name: one.rate for name, one in material_recovery(other).items()} == {
        name: one.rate for name, one in material_recovery(report).items()
    }


@given(report=balanced_reports(), included=choices)
def test_all_optional_elements_and_the_rest_make_the_whole(report, included):
    whole = counted_input(report, OPTIONAL_ELEMENTS)
    left_out = set(OPTIONAL_ELEMENTS) - included

    assert whole == sum(row.mass for row in report.rows)
    assert whole == counted_input(report, included) + sum(
        row.mass for row in report.rows if row.substance in left_out
    )


@given(report=balanced_reports())
def test_metal_in_slag_never_counts_as_recovered(report):
    in_slag = tuple(
        replace(step, outputs=tuple(replace(one, in_slag=True) for one in step.outputs))
        for step in report.steps
    )

    recovered = material_recovery(replace(report, steps=in_slag))

    assert all(one.rate == 0 for one in recovered.values())
    assert recycling_efficiency(replace(report, steps=in_slag), ()) == recycling_efficiency(
        report, ()
    )


@given(rate=st.fractions(0, 100))
def test_a_printed_rate_is_at_most_half_a_digit_from_the_rate(rate):
    difference = Fraction(percent_text(rate)) - rate

    assert Fraction(-1, 20000) < difference <= Fraction(1, 20000)
