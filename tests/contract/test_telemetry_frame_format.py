"""The frame format: code, JSON Schema and documentation say the same."""

import re
from pathlib import Path

import jsonschema_rs
import orjson
import pytest
from builders_telemetry import BATTERY, a_frame

from bms_ingest.decoders.frame_json import decode_json, encode_batch
from bms_ingest.frame import FRAME_FORMAT, Frame
from bms_ingest.plausibility import Plausibility
from passport.linked_data.terms import schema_file

PAGE = (Path(__file__).parents[2] / "docs" / "protocols" / "frame.md").read_text()
SCHEMA = orjson.loads(schema_file("json-schema/telemetry-frame-1.json").read_bytes())
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
EXAMPLES = [
    text for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if 'frames": [{' in text
]


def test_a_batch_that_was_written_fulfils_the_schema():
    VALIDATOR.validate(orjson.loads(encode_batch(BATTERY, [a_frame(), a_frame(1, pack_mv=None)])))


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_page_fulfil_the_schema_and_are_read(example):
    VALIDATOR.validate(orjson.loads(example))
    decoded = decode_json(example.encode())
    assert decoded.frames
    assert decoded.malformed == []


@pytest.mark.parametrize(
    "batch",
    [
        {"frames": [{"epoch": 1, "seq": 1}]},
        {"frames": [{"epoch": 1, "seq": 1, "time_ms": 0, "pack_mv": 3.5}]},
        {"frames": [{"epoch": 1, "seq": -1, "time_ms": 0}]},
        {"frames": [{"epoch": 1, "seq": 1, "time_ms": 0, "voltage": 1}]},
        {"format": "other", "frames": []},
        {"battery": BATTERY},
    ],
)
def test_what_the_decoder_sets_aside_the_schema_refuses(batch):
    assert not VALIDATOR.is_valid({"battery": BATTERY, **batch})


def test_schema_page_and_code_name_the_same_fields():
    fields = {"battery", *Frame._fields[1:]}
    assert set(SCHEMA["$defs"]["frame"]["properties"]) == fields
    assert set(SCHEMA["properties"]["fields"]["items"]["enum"]) == fields
    assert {field for field in fields if f"`{field}`" not in PAGE} == set()
    assert SCHEMA["properties"]["format"]["const"] == FRAME_FORMAT


def test_the_page_names_each_reason_why_a_reading_is_taken_out():
    impossible = a_frame(
        pack_mv=-1,
        current_ma=10**15,
        temperature_max_cdegc=10**9,
        cell_min_mv=-1,
        charge_in_mah=-1,
        soc_permille=-1,
        soh_permille=-1,
    )
    reasons = Plausibility(None).judge(impossible, impossible.time_ms).reasons
    assert len(reasons) == 7
    assert {
        reason for reason in (*reasons, "clock", "malformed") if f"`{reason}`" not in PAGE
    } == set()
