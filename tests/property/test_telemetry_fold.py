"""The fold is a function of the set of frames."""

from itertools import pairwise

from builders_telemetry import BATTERY, MIDNIGHT_MS, some_traits
from hypothesis import given, settings
from hypothesis import strategies as st

from bms_ingest.fold import OpenDay, fold_frames, join_days
from bms_ingest.frame import MILLISECONDS_PER_DAY, Frame
from bms_ingest.storage.records import decode_stretches, encode_stretches
from bms_ingest.stretch import fold_in_order

TRAITS = some_traits()

maybe = st.none()
frames = st.builds(
    Frame,
    battery_id=st.just(BATTERY),
    epoch=st.integers(1, 3),
    seq=st.integers(0, 12),
    time_ms=st.one_of(
        st.integers(MIDNIGHT_MS, MIDNIGHT_MS + 600_000),
        st.integers(MIDNIGHT_MS - 5_000, MIDNIGHT_MS + MILLISECONDS_PER_DAY + 5_000),
    ),
    pack_mv=st.one_of(maybe, st.sampled_from([2_300, 2_700, 3_300, 4_200])),
    current_ma=st.one_of(maybe, st.sampled_from([-2_000, -8, 0, 8, 40, 1_500])),
    temperature_min_cdegc=st.one_of(maybe, st.integers(-3_000, 7_000)),
    temperature_max_cdegc=st.one_of(maybe, st.integers(-3_000, 7_000)),
    charge_in_mah=st.one_of(maybe, st.integers(0, 3_000)),
    charge_out_mah=st.one_of(maybe, st.integers(0, 300)),
    energy_in_mwh=st.one_of(maybe, st.integers(0, 300)),
    energy_out_mwh=st.one_of(maybe, st.integers(0, 300)),
    soc_permille=st.one_of(maybe, st.integers(0, 1_000)),
    soh_permille=st.one_of(maybe, st.integers(0, 1_000)),
)
frame_sets = st.lists(frames, min_size=1, max_size=40, unique_by=lambda f: (f.epoch, f.seq))
charging_runs = st.lists(
    st.sampled_from([1_500, 1_500, 1_500, 1_500, 60, 0, -2_000]), min_size=2, max_size=40
).map(
    lambda currents: [
        Frame(
            BATTERY,
            1 + place // 12,
            place,
            MIDNIGHT_MS + MILLISECONDS_PER_DAY - 120_000 + place * 10_000,
            pack_mv=3_300 + place * 30,
            current_ma=current,
            charge_in_mah=place * 100,
            charge_out_mah=place * 2,
        )
        for place, current in enumerate(currents)
    ]
)
some_frames = st.one_of(frame_sets, charging_runs)


def stored_total(day: OpenDay):
    """Return the total of a day that was stored and read again."""
    return join_days(decode_stretches(encode_stretches(day.stretches), TRAITS))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_frames_in_any_order_twice_and_in_parts_give_the_same_result_bit_for_bit(data):
    raw = data.draw(some_frames)
    again = data.draw(st.lists(st.sampled_from(raw), max_size=10))
    arrived = data.draw(st.permutations(raw + again))
    days: dict[int, OpenDay] = {}

    for frame in arrived:
        days.setdefault(frame.day, OpenDay(TRAITS)).add(frame)
    joined = join_days(day for _, kept in sorted(days.items()) if (day := stored_total(kept)))

    oracle = fold_frames(raw, TRAITS)
    assert joined is not None
    assert oracle is not None
    assert joined.state() == oracle.state()
    assert joined.charge_records() == oracle.charge_records()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_stretch_is_the_join_of_its_parts_wherever_it_is_cut(data):
    raw = sorted(data.draw(some_frames), key=lambda f: (f.epoch, f.seq))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(raw) - 1)), max_size=4)))
    bounds = [0, *(cut for cut in cuts if cut < len(raw)), len(raw)]
    parts = [fold_in_order(raw[a:b], TRAITS) for a, b in pairwise(bounds)]

    whole = fold_in_order(raw, TRAITS)
    left = join_days(part for part in parts if part)
    right = parts[-1]
    for part in reversed(parts[:-1]):
        right = part.join(right)

    assert left.state() == right.state() == whole.state()


@given(some_frames)
def test_a_frame_that_came_before_is_not_new(raw):
    day = OpenDay(TRAITS)
    first_day = [frame for frame in raw if frame.day == raw[0].day]
    news = [day.add(frame) for frame in first_day + first_day]
    assert news == [True] * len(first_day) + [False] * len(first_day)
