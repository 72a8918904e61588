"""A battery comes on record and lives, on both kinds of database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    ADMINISTRATOR,
    AUTHORITY,
    COLLECTOR,
    EV_GTIN,
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    NOON,
    OTHER_PACK,
    PACK,
    RECYCLER,
    RIVAL,
    a_condition,
    a_new_battery,
    a_second_life,
    an_installation,
    give_second_life,
    register,
)
from builders_life import (
    IN_NL,
    kinds,
    newest,
    recycle,
    reopened,
    require_verified,
    standing,
)

from passport.domain.access import Audience
from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    ContentRefusedError,
    IdempotencyConflictError,
    InvalidValueError,
    TransitionRefusedError,
)
from passport.domain.event import EventKind
from passport.domain.identifiers import gs1_battery_id
from passport.domain.passport import StatementKind
from passport.domain.status import PassportState
from passport.linked_data.documents import digest_of, parse_document
from passport.services.issue import ModelUnknownError
from passport.services.reporting import EventReport


def test_the_same_pack_again_is_the_same_passport(record):
    services = record.services

    first = services.register_battery(MAKER, "voltra", a_new_battery())
    again = services.register_battery(MAKER, "voltra", a_new_battery())

    assert first.is_new
    assert not again.is_new
    assert again.iri == first.iri == f"http://localhost:8000/01/{EV_GTIN}/21/EV75-000001"
    assert len(services.disclose(SYSTEM, PACK).statements) == 8


def test_the_same_pack_with_another_content_is_a_conflict(record):
    register(record)

    with pytest.raises(ConflictError, match="another content"):
        record.services.register_battery(
            MAKER, "voltra", a_new_battery(individualMassKilograms="1")
        )
    with pytest.raises(ConflictError, match="another content"):
        record.services.register_battery(
            MAKER, "voltra", replace(a_new_battery(), placed_on_market_on=date(2026, 11, 2))
        )


def test_a_pack_is_registered_by_who_acts_for_its_operator_with_its_model(record):
    for actor in (RIVAL, COLLECTOR, AUTHORITY, ADMINISTRATOR, PUBLIC):
        with pytest.raises(AccessDeniedError):
            record.services.register_battery(actor, "voltra", a_new_battery())
    with pytest.raises(ModelUnknownError):
        record.services.register_battery(RIVAL, "rival", a_new_battery())


def test_what_is_signed_has_the_serial_number_of_the_qr_code(record):
    with pytest.raises(ContentRefusedError, match="the identifier holds 'EV75-000001'"):
        record.services.register_battery(MAKER, "voltra", a_new_battery(serialNumber="EV75-9"))


def test_a_registration_by_mistake_is_annulled_with_its_reason_and_withdrawn(record):
    services = record.services
    register(record)
    said = services.disclose(SYSTEM, PACK).statements
    with pytest.raises(InvalidValueError, match="why"):
        services.annul_battery(MAKER, PACK, " ")
    with pytest.raises(AccessDeniedError):
        services.annul_battery(RIVAL, PACK, "not mine")

    services.annul_battery(MAKER, PACK, "typed twice")

    assert standing(record).state is PassportState.ANNULLED
    assert kinds(record, PACK, Audience.PUBLIC) == ["EventStatement"]
    assert newest(record, PACK, StatementKind.EVENT)["eventReason"] == "typed twice"
    require_verified(record, PACK, Audience.PUBLIC)
    places = {one.status_index for one in said if one.about == PACK}
    with services.unit_of_work(SYSTEM) as work:
        assert work.status_lists.find("voltra-1").marked == places


def test_an_annulled_pack_neither_lives_on_nor_comes_back(record):
    services = record.services
    register(record)
    services.annul_battery(MAKER, PACK, "typed twice")

    with pytest.raises(ConflictError, match="annulled"):
        register(record)
    with pytest.raises(TransitionRefusedError, match="annulled"):
        services.declare_waste(COLLECTOR, PACK, IN_NL)
    with pytest.raises(TransitionRefusedError, match="annulled"):
        services.record_condition(MAKER, PACK, a_condition(), NOON)


@pytest.mark.parametrize("history", ["event", "condition", "original", "second life"])
def test_a_pack_with_a_history_is_not_annulled(record, history):
    services = record.services
    battery_id, actor = register(record), MAKER
    if history == "event":
        report = EventReport(kind=EventKind.REPAIR, occurred_at=NOON, reason="fuse")
        services.report_event(MAKER, PACK, report)
    elif history == "condition":
        services.record_condition(MAKER, PACK, a_condition(), NOON)
    elif history == "original":
        services.declare_second_life(INTEGRATOR, "again", a_second_life(record))
    else:
        give_second_life(record)
        battery_id, actor = NEW_LIFE, INTEGRATOR

    with pytest.raises(TransitionRefusedError, match="has a history"):
        services.annul_battery(actor, battery_id, "typed twice")


def test_a_correction_is_a_new_version_and_marks_the_wrong_one_as_corrected(record):
    services = record.services
    register(record)
    corrected = a_new_battery(individualMassKilograms="455.5").content

    services.amend_battery(MAKER, PACK, corrected)

    item = newest(record, PACK, StatementKind.ITEM_PUBLIC)
    assert item["individualMassKilograms"] == "455.5"
    require_verified(record, PACK, Audience.OPERATOR)
    with services.unit_of_work(SYSTEM) as work:
        assert len(work.status_lists.find("voltra-1-refresh").marked) == 2
        assert work.status_lists.find("voltra-1").marked == frozenset()
    with pytest.raises(ConflictError, match="names the battery"):
        services.amend_battery(MAKER, PACK, {**corrected, "serialNumber": "X"})
    with pytest.raises(AccessDeniedError):
        services.amend_battery(RIVAL, PACK, corrected)


def test_conditions_form_a_chain_by_digest(record):
    register(record)

    for day in range(3):
        record.services.record_condition(MAKER, PACK, a_condition(), NOON - timedelta(days=3 - day))

    chain = record.services.condition_chain(MAKER, PACK)
    documents = [parse_document(statement.body) for statement in chain]
    assert [statement.version for statement in chain] == [1, 2, 3]
    assert "previous" not in documents[0]
    assert [document["previous"] for document in documents[1:]] == [
        f"sha256:{digest_of(statement.body).hex()}" for statement in chain[:-1]
    ]
    require_verified(record, PACK, Audience.LEGITIMATE_INTEREST)


def test_a_condition_is_not_of_tomorrow(record):
    register(record)

    with pytest.raises(InvalidValueError, match="lies ahead"):
        record.services.record_condition(MAKER, PACK, a_condition(), NOON + timedelta(hours=1))


def test_a_sale_changes_the_purchaser_and_nothing_else(record):
    services = record.services
    register(record)
    before = standing(record)

    sale = EventReport(kind=EventKind.SOLD, occurred_at=NOON, buyer="rival")
    services.report_event(MAKER, PACK, sale)

    assert standing(record) == before
    assert "ItemDeclaredStatement" in {
        one.kind.value for one in services.disclose(RIVAL, PACK, Audience.OWNER).statements
    }
    services.report_event(RIVAL, PACK, replace(sale, buyer="again"))
    with pytest.raises(AccessDeniedError):
        services.disclose(RIVAL, PACK, Audience.OWNER)


def test_the_same_request_with_its_key_gets_the_same_answer(record):
    services = record.services
    register(record)
    report = EventReport(kind=EventKind.REPAIR, occurred_at=NOON, reason="fuse")

    first = services.report_event(MAKER, PACK, report, idempotency_key="k")
    again = services.report_event(MAKER, PACK, report, idempotency_key="k")

    assert again == first
    assert len(services.events_of(MAKER, PACK)) == 1


def test_a_key_that_came_with_another_request_is_refused(record):
    services = record.services
    register(record)
    report = EventReport(kind=EventKind.REPAIR, occurred_at=NOON, reason="fuse")
    services.report_event(MAKER, PACK, report, idempotency_key="k")

    with pytest.raises(IdempotencyConflictError):
        services.report_event(MAKER, PACK, replace(report, reason="cell"), idempotency_key="k")
    with pytest.raises(IdempotencyConflictError):
        services.annul_battery(MAKER, PACK, "mistake", idempotency_key="k")


def test_a_key_belongs_to_its_organisation(record):
    services = record.services
    for battery_id in (PACK, OTHER_PACK):
        register(record, battery_id)

    mine = services.declare_waste(COLLECTOR, PACK, IN_NL, idempotency_key="k")
    theirs = services.declare_waste(RECYCLER, OTHER_PACK, IN_NL, idempotency_key="k")

    assert (mine.battery_id, theirs.battery_id) == (PACK, OTHER_PACK)


def test_every_kind_of_answer_comes_back_from_its_key(record):
    services = record.services
    register(record)
    new = a_second_life(record)
    asked = (
        lambda: services.register_battery(
            MAKER, "voltra", a_new_battery(OTHER_PACK), idempotency_key="1"
        ),
        lambda: services.record_condition(MAKER, PACK, a_condition(), NOON, idempotency_key="2"),
        lambda: services.declare_second_life(INTEGRATOR, "again", new, idempotency_key="3"),
        lambda: services.declare_waste(COLLECTOR, OTHER_PACK, IN_NL, idempotency_key="4"),
        lambda: services.enter_recycling(RECYCLER, OTHER_PACK, "B", idempotency_key="5"),
        lambda: services.declare_recycled(RECYCLER, OTHER_PACK, "B", idempotency_key="6"),
    )

    for ask in asked:
        assert ask() == ask()


def test_a_second_process_knows_the_keys_of_the_first(tmp_path, database_url):
    first = an_installation(tmp_path, database_url, keystore=f"file:{tmp_path / 'keys'}")
    register(first)
    report = EventReport(kind=EventKind.REPAIR, occurred_at=NOON, reason="fuse")
    event = first.services.report_event(MAKER, PACK, report, idempotency_key="k")
    first.close()

    second = reopened(tmp_path, database_url)
    again = second.services.report_event(MAKER, PACK, report, idempotency_key="k")
    with pytest.raises(IdempotencyConflictError):
        second.services.report_event(
            MAKER, PACK, replace(report, reason="cell"), idempotency_key="k"
        )
    second.close()

    assert again == event


def test_a_serial_number_with_a_slash_lives_like_any_other(record):
    battery_id = gs1_battery_id(EV_GTIN, "A/1%?")
    record.services.register_battery(
        MAKER, "voltra", a_new_battery(battery_id, serialNumber="A/1%?")
    )

    recycle(record, battery_id)

    assert standing(record, battery_id).state is PassportState.CEASED
