"""Condition reports: terms, occasions to sign, traits of a model."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from builders_contents import a_content, an_example, needs_of
from builders_telemetry import MIDNIGHT_MS, a_frame, some_traits

from bms_ingest.fold import fold_frames
from bms_ingest.measurement_source import MeasurementSource
from bms_ingest.model_traits import traits_of_model
from bms_ingest.occasions import LastSigned, Occasion, occasion_to_sign
from bms_ingest.reports import ConditionReport, report_condition
from bms_ingest.traits import CellFamily, TraitsError
from passport.domain.battery import PASSPORT_CATEGORIES
from passport.domain.content import Level
from passport.linked_data.schemas import check_content, normalise_content

CELL = some_traits()
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def a_report_of(*frames, source=None):
    total = fold_frames(frames, CELL)
    assert total is not None
    return report_condition(total, CELL, readings_digest=bytes(32), source=source)


def a_full_charge(first_seq=0):
    """Return the frames of a charge of 1.8 Ah, by the counter."""
    ends = [(3_300, 0, 0), (3_900, 1_500, 900), (4_200, 50, 1_800), (4_200, 0, 1_800)]
    return [
        a_frame(
            first_seq + place,
            time_ms=MIDNIGHT_MS + place * 50_000,
            pack_mv=mv,
            current_ma=ma,
            charge_in_mah=mah,
            charge_out_mah=0,
            soc_permille=500,
            soh_permille=950,
        )
        for place, (mv, ma, mah) in enumerate(ends)
    ]


@pytest.mark.parametrize("category", sorted(PASSPORT_CATEGORIES))
def test_a_report_fulfils_the_rules_of_its_terms(category):
    source = MeasurementSource(
        data_set="D", measured_cell="C", scaling="S", source_url="https://a.example/"
    )
    report = a_report_of(*a_full_charge(), source=source)
    content = normalise_content({**report.content, "measuredAt": report.measured_at})
    assert check_content(content, levels={Level.CONDITION}, needs=needs_of(category)) == []


def test_what_the_bms_says_and_what_was_computed_are_separate_terms():
    content = a_report_of(*a_full_charge()).content
    assert content["reportedStateOfHealthPercent"] == "95"
    assert content["assessedStateOfHealthPercent"] == "87.93"
    assert content["remainingCapacityAmpereHours"] == "1.76"
    assert "stateOfCertifiedEnergyPercent" not in content


def test_a_value_comes_with_method_interval_and_observations():
    content = a_report_of(*a_full_charge()).content
    health = content["assessments"][0]
    assert health["assessedTerm"] == "assessedStateOfHealthPercent"
    assert health["method"] == "full-charge"
    assert Decimal(health["intervalLow"]) < Decimal("87.93") < Decimal(health["intervalHigh"])
    assert health["observations"] == "1"


def test_a_value_that_the_readings_do_not_carry_is_left_out_with_its_reason():
    content = a_report_of(a_frame()).content
    assert "assessedStateOfHealthPercent" not in content
    assert "capacityThroughputAmpereHours" not in content
    assert "not enough data" in content["assessments"][0]["noValueReason"]


def a_report(**changed):
    data = {
        "measured_at": NOON,
        "content": {},
        "state_of_health": Decimal("90.0"),
        "reported_state_of_health": None,
        "harmful": (0, 0),
    }
    return ConditionReport(**data | changed)


def a_last(**changed):
    data = {
        "measured_at": NOON.replace(day=1),
        "status": "original",
        "state_of_health": Decimal("90.0"),
        "harmful": (0, 0),
    }
    return LastSigned(**data | changed)


@pytest.mark.parametrize(
    ("report", "last", "occasion"),
    [
        (a_report(), None, Occasion.FIRST),
        (a_report(), a_last(status="waste"), Occasion.STATUS_CHANGE),
        (a_report(harmful=(1, 0)), a_last(), Occasion.HARMFUL_EVENT),
        (a_report(state_of_health=Decimal("89.5")), a_last(), Occasion.STATE_OF_HEALTH),
        (a_report(state_of_health=Decimal("89.6")), a_last(), None),
        (a_report(), a_last(state_of_health=None), Occasion.STATE_OF_HEALTH),
        (a_report(), a_last(measured_at=NOON.replace(month=5)), Occasion.MONTHLY),
        (a_report(), a_last(), None),
        (a_report(harmful=(1, 0)), a_last(measured_at=NOON), None),
    ],
)
def test_a_condition_is_signed_when_it_matters(report, last, occasion):
    assert occasion_to_sign(report, "original", last) is occasion


def test_the_traits_follow_from_the_data_of_the_model():
    traits = traits_of_model(an_example("ev-pack-model")["content"])
    assert traits is not None
    assert (traits.rated_capacity_mah, traits.cells_in_series) == (206_000, 100)
    assert traits.family is CellFamily.LAYERED_OXIDE
    assert (traits.window.low_cdegc, traits.window.charging_high_cdegc) == (-3_000, 6_000)
    stationary = traits_of_model(an_example("stationary-battery-model")["content"])
    assert stationary is not None
    assert (stationary.cells_in_series, stationary.family) == (16, CellFamily.IRON_PHOSPHATE)


def test_cells_in_series_that_are_stated_go_before_those_that_the_voltage_tells():
    content = {**an_example("ev-pack-model")["content"], "cellsInSeries": "96"}
    assert traits_of_model(content).cells_in_series == 96
    del content["maximumVoltageVolts"]
    assert traits_of_model(content).cells_in_series == 96


@pytest.mark.parametrize(
    ("chemistry", "family"),
    [
        ("NMC811", CellFamily.LAYERED_OXIDE),
        ("NMC-Si", CellFamily.LAYERED_OXIDE),
        ("NMCA", CellFamily.LAYERED_OXIDE),
        ("LFP", CellFamily.IRON_PHOSPHATE),
        ("LMFP", CellFamily.OTHER),
        ("NMC-SS", CellFamily.OTHER),
    ],
)
def test_a_kind_of_a_chemistry_has_the_voltages_of_that_chemistry(chemistry, family):
    content = {
        **an_example("ev-pack-model")["content"],
        "chemistry": chemistry,
        "cellsInSeries": "100",
    }
    traits = traits_of_model(content)
    assert traits.family is family
    assert (traits.voltages is None) == (family is CellFamily.OTHER)


def test_a_cell_of_another_chemistry_has_the_voltages_of_the_table():
    content = a_content(chemistry="LTO", maximumVoltageVolts="57", cellsInSeries=None)
    traits = traits_of_model(content)
    assert (traits.family, traits.cells_in_series) == (CellFamily.OTHER, 20)
    assert traits.voltages.full_mv == 2_793
    assert traits.voltages.empty_rest_mv == traits.voltages.recovered_mv == 1_800
    assert traits.voltages.deep_discharge_mv == 1_440


def test_a_chemistry_whose_voltages_nobody_knows_needs_its_cells_to_be_stated():
    content = a_content(chemistry="Na-layered", cellsInSeries=None)
    assert traits_of_model(content) is None
    assert traits_of_model({**content, "cellsInSeries": "120"}).voltages is None


@pytest.mark.parametrize(
    "missing", ["chemistry", "ratedCapacityAmpereHours", "maximumVoltageVolts"]
)
def test_a_model_that_does_not_tell_them_has_no_traits(missing):
    content = a_content(cellsInSeries=None)
    del content[missing]
    assert traits_of_model(content) is None
    assert traits_of_model({**content, missing: {"absent": "notProvided"}}) is None


def test_a_battery_that_holds_nothing_is_refused():
    with pytest.raises(TraitsError, match="0 mAh"):
        some_traits(rated_capacity_mah=0)
