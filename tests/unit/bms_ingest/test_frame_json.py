"""Our own frame format: batches and lines to frames, and what is set aside."""

import orjson
import pytest
from builders_telemetry import BATTERY, a_frame

from bms_ingest.decoders.frame_json import decode_json, decode_ndjson, encode_batch
from bms_ingest.frame import FrameError

FRAME = {"epoch": 1, "seq": 0, "time_ms": 1_767_225_600_000}


def a_batch(*frames, **changed):
    return orjson.dumps(
        {"format": "obp-telemetry-frame-1", "battery": BATTERY, "frames": frames} | changed
    )


def test_a_batch_that_was_written_is_read_again():
    frames = [a_frame(seq, soc_permille=0, operation="charge") for seq in range(3)]
    decoded = decode_json(encode_batch(BATTERY, frames))
    assert decoded.frames == list(enumerate(frames))
    assert decoded.malformed == []


def test_a_missing_reading_is_none_and_zero_is_a_reading():
    decoded = decode_json(a_batch(FRAME | {"current_ma": 0, "pack_mv": None}))
    (_, frame), *_ = decoded.frames
    assert frame.current_ma == 0
    assert frame.pack_mv is None
    assert frame.cell_min_mv is None


def test_a_battery_may_be_named_by_its_link_or_by_gtin_and_serial():
    links = ["https://host.example/01/09506000134352/21/A%2F1", "9506000134352/A/1"]
    names = {
        frame.battery_id
        for link in links
        for _, frame in decode_json(a_batch(FRAME, battery=link)).frames
    }
    assert names == {"01/09506000134352/21/A%2F1"}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pack_mv": 3.7}, "pack_mv is 3.7"),
        ({"pack_mv": True}, "pack_mv is True"),
        ({"pack_mv": "3700"}, "pack_mv is '3700'"),
        ({"current_ma": 2**53}, "current_ma is 9007199254740992"),
        ({"seq": None}, "seq is None"),
        ({"epoch": -1}, "epoch is -1"),
        ({"voltage": 3}, "unknown field 'voltage'"),
        ({"operation": "x" * 33}, "operation is"),
        ({"battery": "nonsense"}, "names no battery"),
        ({"battery": 7}, 'no "battery"'),
    ],
)
def test_a_malformed_frame_is_set_aside_and_the_others_are_read(changed, reason):
    decoded = decode_json(a_batch(FRAME, FRAME | {"seq": 1} | changed, FRAME | {"seq": 2}))
    assert [place for place, _ in decoded.frames] == [0, 2]
    (malformed,) = decoded.malformed
    assert malformed.place == 1
    assert reason in malformed.reason
    assert orjson.loads(malformed.raw) == FRAME | {"seq": 1} | changed


def test_a_row_with_too_few_values_is_set_aside():
    body = orjson.dumps(
        {"battery": BATTERY, "fields": ["epoch", "seq", "time_ms"], "rows": [[1, 0], [1, 1, 5]]}
    )
    decoded = decode_json(body)
    assert [frame.seq for _, frame in decoded.frames] == [1]
    assert len(decoded.malformed) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no JSON"),
        (b"[]", "a batch is a JSON object"),
        (b'{"frames": 1}', "neither"),
        (b'{"format": "other", "frames": []}', "format 'other'"),
        (b'{"fields": [1], "rows": [[1]]}', "a list of names"),
        (b'{"fields": [[1]], "rows": [[1]]}', "a list of names"),
    ],
)
def test_what_is_no_batch_is_refused(body, said):
    with pytest.raises(FrameError, match=said):
        decode_json(body)


def test_lines_are_read_one_frame_each():
    lines = b"\n".join(orjson.dumps(FRAME | {"battery": BATTERY, "seq": seq}) for seq in (4, 5))
    assert [frame.seq for _, frame in decode_ndjson(lines + b"\n\n").frames] == [4, 5]


def test_what_is_nested_too_deeply_to_be_written_again_is_set_aside_without_it():
    deep = b"[" * 300 + b"]" * 300
    (malformed,) = decode_json(b'{"battery": "x", "frames": [' + deep + b"]}").malformed
    assert malformed.raw == b'"nested too deeply"'
