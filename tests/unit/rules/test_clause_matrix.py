"""The clause matrix names only what exists: modules, addresses, tests, duties."""

import ast
from functools import cache
from pathlib import Path

import pytest

from passport.rules.obligations import State, read_obligations
from passport.rules.rulebook import read_rulebook
from passport.web import app
from passport.web.routes.resolver import BatteryRoute

ROOT = Path(__file__).parents[3]
OBLIGATIONS = read_obligations()
HOW_MANY = 38


@cache
def names_in(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


@cache
def addresses() -> frozenset[str]:
    paths = {route.path for router in app._ROUTERS for route in router.routes}
    assert BatteryRoute
    return frozenset(path.replace(":path}", "}") for path in paths)


def test_the_matrix_has_every_obligation_once_and_in_order():
    assert [one.number for one in OBLIGATIONS] == [str(n) for n in range(1, HOW_MANY + 1)]


@pytest.mark.parametrize("one", OBLIGATIONS, ids=lambda one: one.number)
def test_each_module_and_address_exists(one):
    for place in one.software:
        known = place in addresses() if place.startswith("/") else (ROOT / place).is_file()
        assert known, place


@pytest.mark.parametrize("one", OBLIGATIONS, ids=lambda one: one.number)
def test_each_test_exists(one):
    for test in one.tests:
        file, _, name = test.partition("::")
        assert name.startswith("test_"), test
        assert (ROOT / file).is_file(), test
        assert name in names_in(ROOT / file), test


@pytest.mark.parametrize("one", OBLIGATIONS, ids=lambda one: one.number)
def test_what_is_done_is_shown_by_a_test_and_what_is_not_says_why(one):
    if one.state is State.DONE:
        assert one.software
        assert one.tests
        assert one.reason == ""
    else:
        assert one.reason
    if one.state is State.IN_PART:
        assert one.software
        assert one.tests
    if one.state is State.NOT_DONE:
        assert one.software == ()


@pytest.mark.parametrize("one", OBLIGATIONS, ids=lambda one: one.number)
def test_each_obligation_says_when_by_a_duty_or_in_words(one):
    duties = {duty.duty for duty in read_rulebook().duties}

    assert bool(one.duty) is not bool(one.when)
    assert not one.duty or one.duty in duties
    assert one.legal_point
    assert one.actor
