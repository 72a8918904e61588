"""Who answers for a battery that became waste."""

from datetime import date
from itertools import permutations

from builders import a_registration

from passport.domain.battery import Category
from passport.domain.responsibility import ResponsibleRole, find_responsible

PRODUCER = a_registration()
PRO = a_registration(
    party="collective",
    register_number="NL-2",
    role=ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION,
)
SELECTED = a_registration(
    operator="", party="melt", register_number="NL-3", role=ResponsibleRole.SELECTED_OPERATOR
)


def found(*lines, producer="voltra", country="NL", category=Category.EV, on=date(2026, 11, 21)):
    answer = find_responsible(lines, producer=producer, country=country, category=category, on=on)
    return answer and answer.party


def test_the_organisation_that_the_producer_appointed_goes_before_it_in_any_order():
    for lines in permutations((PRODUCER, PRO, SELECTED)):
        assert found(*lines) == "collective"
    for lines in permutations((PRODUCER, SELECTED)):
        assert found(*lines) == "voltra"


def test_the_selected_operator_answers_whoever_the_producer_is():
    assert found(PRODUCER, PRO, SELECTED, producer="rival") == "melt"


def test_nobody_found_is_an_orphan():
    assert found() is None
    assert found(PRODUCER, PRO, producer="rival") is None


def test_a_line_speaks_of_its_country_and_category_only():
    assert found(PRODUCER, PRO, SELECTED, country="DE") is None
    assert found(PRODUCER, PRO, SELECTED, category=Category.INDUSTRIAL) is None


def test_a_line_counts_from_its_first_to_its_last_day():
    line = a_registration(valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))

    assert found(line, on=date(2025, 12, 31)) is None
    assert found(line, on=date(2026, 1, 1)) == "voltra"
    assert found(line, on=date(2026, 12, 31)) == "voltra"
    assert found(line, on=date(2027, 1, 1)) is None


def test_the_answer_says_by_which_register_line():
    answer = find_responsible(
        [PRO], producer="voltra", country="NL", category=Category.EV, on=date(2026, 11, 21)
    )

    assert (answer.role, answer.register_number, answer.country) == (PRO.role, "NL-2", "NL")
