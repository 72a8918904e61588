"""Corrections of models that have batteries on record: nothing is signed that was never so."""

from datetime import date

import pytest
from builders import MAKER
from builders_contents import a_content

from passport.domain.errors import ConflictError
from passport.domain.identifiers import gs1_battery_id, gs1_model_id
from passport.services.issue import NewBattery, NewModel

GTIN = "09506000980102"
MODEL = gs1_model_id(GTIN)
SMALL = a_content("small-industrial-battery-model")
LARGE = a_content("industrial-battery-model")


def entered(record, content):
    return record.services.add_model(MAKER, "voltra", NewModel(model_id=MODEL, content=content))


def registered(record):
    record.services.register_battery(
        MAKER,
        "voltra",
        NewBattery(
            battery_id=gs1_battery_id(GTIN, "I-1"),
            content=a_content("industrial-battery", serialNumber="I-1"),
            placed_on_market_on=date(2027, 3, 1),
        ),
    )


def amended(record, content):
    return record.services.amend_model(MAKER, MODEL, content)


def test_a_mistyped_energy_is_put_right_both_ways_while_no_battery_is_on_record(record):
    assert entered(record, SMALL).is_light

    assert not amended(record, LARGE).is_light
    assert amended(record, SMALL).is_light


def test_a_model_whose_batteries_have_passports_becomes_no_light_record(record):
    entered(record, LARGE)
    registered(record)

    with pytest.raises(ConflictError, match="1 of its batteries are on record"):
        amended(record, SMALL)


def test_a_model_of_new_batteries_on_record_does_not_become_one_of_used_batteries(record):
    entered(record, LARGE)
    amended(record, LARGE | {"madeFromUsedBatteries": False})
    registered(record)

    with pytest.raises(ConflictError, match="a model of used batteries"):
        amended(record, LARGE | {"madeFromUsedBatteries": True})


def test_everything_else_of_such_a_model_is_corrected(record):
    entered(record, LARGE)
    registered(record)

    assert amended(record, LARGE | {"massKilograms": "91"}).content["massKilograms"] == "91"
