"""The bench measures in turns, compares medians, and tells a missed bar from a met one."""

import json
from contextlib import contextmanager

import pytest
from benchmark import __main__ as command
from benchmark.measuring import Bench, Better, Contest, Options, run


def a_bench(*, subject, limit=None, better=Better.MORE, bar=None, most=None):
    @contextmanager
    def prepare(_options):
        yield Contest(subject=subject, limit=limit)

    return Bench(name="a bench", unit="/s", better=better, bar=bar, most=most, prepare=prepare)


def figures(*values):
    """A sample that gives the first value once for warming up, then all in turn, for ever."""
    given = [values[0]]

    def sample():
        if len(given) == 1:
            given.extend(values * 100)
        return given.pop(0)

    return sample


def test_the_ratio_of_a_rate_is_ours_over_the_limit():
    row = run(a_bench(subject=lambda: 50.0, limit=lambda: 100.0), Options())

    assert (row.value, row.limit, row.ratio, row.met) == (50.0, 100.0, 0.5, None)


def test_the_ratio_of_a_time_is_the_limit_over_ours():
    row = run(a_bench(subject=lambda: 50.0, limit=lambda: 100.0, better=Better.LESS), Options())

    assert row.ratio == 2.0


@pytest.mark.parametrize(("bar", "met"), [(0.5, True), (0.51, False), (None, None)])
def test_a_bar_is_met_when_the_ratio_reaches_it(bar, met):
    assert run(a_bench(subject=lambda: 50.0, limit=lambda: 100.0, bar=bar), Options()).met is met


@pytest.mark.parametrize(("most", "met"), [(3.0, True), (2.9, False)])
def test_a_cost_is_met_when_it_is_not_too_many_times_the_limit(most, met):
    row = run(a_bench(subject=lambda: 30.0, limit=lambda: 10.0, most=most), Options())

    assert (row.ratio, row.met) == (3.0, met)
    assert command.bound(row.bar, row.most) == f"<={most:g}x"


def test_a_figure_without_limit_is_reported_only():
    row = run(a_bench(subject=lambda: 50.0), Options())

    assert (row.limit, row.ratio, row.met) == (None, None, None)


def test_the_median_forgets_one_bad_round():
    assert run(a_bench(subject=figures(10.0, 10.0, 900.0)), Options(rounds=3)).value == 10.0


def test_a_missed_bar_is_measured_three_times_as_long_before_it_counts():
    calls = []

    def slow():
        calls.append(1)
        return 1.0

    row = run(a_bench(subject=slow, limit=lambda: 100.0, bar=0.5), Options(rounds=4))

    assert row.met is False
    assert len(calls) == 1 + 12


def test_both_contenders_take_turns():
    turns = []
    bench = a_bench(
        subject=lambda: turns.append("s") or 1.0, limit=lambda: turns.append("l") or 1.0
    )

    run(bench, Options(rounds=6))

    pairs = ["".join(sorted(pair)) for pair in zip(turns[::2], turns[1::2], strict=True)]
    assert pairs == ["ls"] * 7


def test_the_command_writes_rows_and_fails_where_a_bar_is_missed(monkeypatch, tmp_path, capsys):
    good = a_bench(subject=lambda: 90.0, limit=lambda: 100.0, bar=0.8)
    bad = a_bench(subject=lambda: 50.0, limit=lambda: 100.0, bar=0.8)
    output = tmp_path / "bench.json"

    monkeypatch.setattr(command, "all_benches", lambda: (good,))
    assert command.main(["--quick", "--output", str(output)]) == 0
    monkeypatch.setattr(command, "all_benches", lambda: (good, bad))
    assert command.main(["--quick", "--output", str(output)]) == 1

    rows = json.loads(output.read_text())
    assert [set(row) for row in rows] == [
        {"name", "value", "unit", "limit", "ratio", "bar", "most", "met"}
    ] * 2
    assert [row["met"] for row in rows] == [True, False]
    assert "bar not met: a bench" in capsys.readouterr().err


def test_a_name_that_no_bench_has_is_an_error(monkeypatch):
    monkeypatch.setattr(command, "all_benches", tuple)

    assert command.main(["--only", "nothing"]) == 2
