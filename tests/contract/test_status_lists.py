"""Lists of what is withdrawn, suspended and corrected: on SQLite and on PostgreSQL."""

from datetime import timedelta

import orjson
import pytest
from builders import (
    COLLECTOR,
    MAKER,
    NOON,
    PACK,
    RIVAL,
    SettableClock,
    a_new_battery,
    an_installation,
    register,
)

from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.errors import AccessDeniedError, InvalidValueError
from passport.linked_data.documents import parse_document
from passport.services.ports import STATUS_LISTS_HOLD_FOR as LISTS_HOLD_FOR
from passport.services.statement_status import SuspensionRefusedError
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.signing.instants import instant_text

REFRESHED_BEFORE = LISTS_HOLD_FOR / 2


@pytest.fixture
def clock():
    return SettableClock()


@pytest.fixture
def record(tmp_path, database_url, clock):
    passport = an_installation(tmp_path, database_url, clock=clock)
    yield passport
    passport.close()


def verdict(record) -> str:
    trust = Trust.parse(orjson.dumps(record.trust()))
    bundle = record.bundle(PUBLIC, PACK)
    return verify_passport(bundle, trust=trust, at=record.services.clock.now()).verdict.value


def list_document(record, list_id: str) -> dict:
    return parse_document(record.services.status_list(list_id))


def read(record, query):
    return record.services.do(SYSTEM, query)


def test_a_suspended_passport_is_told_so_and_counts_again_when_it_is_lifted(clock, record):
    register(record)
    assert verdict(record) == "authentic"
    clock.put_forward(timedelta(days=1))

    suspended = record.services.suspend_passport(MAKER, PACK, "cells of this week are looked at")

    assert suspended.is_suspended
    assert verdict(record) == "authentic but corrected or withdrawn"
    clock.put_forward(timedelta(days=1))
    lifted = record.services.lift_suspension(MAKER, PACK, "the cells are good")
    assert lifted.statements == suspended.statements
    assert verdict(record) == "authentic"


def test_suspending_withdraws_nothing_for_good(record):
    register(record)

    record.services.suspend_passport(MAKER, PACK, "looked at")

    assert read(record, lambda work: work.status_lists.find("voltra-1").marked) == frozenset()
    assert read(record, lambda work: len(work.status_lists.find("voltra-1-suspension").marked)) == 4


def test_only_who_answers_for_a_battery_suspends_it_and_says_why(record):
    register(record)
    services = record.services

    for actor in (RIVAL, COLLECTOR, PUBLIC):
        with pytest.raises(AccessDeniedError):
            services.suspend_passport(actor, PACK, "a competitor's")
    with pytest.raises(InvalidValueError, match="say why"):
        services.suspend_passport(MAKER, PACK, " ")
    with pytest.raises(SuspensionRefusedError, match="is not suspended"):
        services.lift_suspension(MAKER, PACK, "never was")
    services.suspend_passport(MAKER, PACK, "looked at")
    with pytest.raises(SuspensionRefusedError, match="suspended already"):
        services.suspend_passport(MAKER, PACK, "again")
    with pytest.raises(InvalidValueError, match="say why"):
        services.lift_suspension(MAKER, PACK, "")


def test_a_correction_marks_the_versions_that_were_wrong(record):
    register(record)

    record.services.amend_battery(
        MAKER, PACK, a_new_battery(individualMassKilograms="455.5").content
    )

    assert read(record, lambda work: len(work.status_lists.find("voltra-1-refresh").marked)) == 2
    assert verdict(record) == "authentic"


def test_a_statement_has_the_same_place_on_each_list(record):
    register(record)

    [first, *_] = record.services.disclose(PUBLIC, PACK).statements

    entries = parse_document(first.body)["credentialStatus"]
    assert [entry["statusListIndex"] for entry in entries] == [str(first.status_index)] * 3
    assert [entry["statusListCredential"].rpartition("/")[2] for entry in entries] == [
        "voltra-1",
        "voltra-1-suspension",
        "voltra-1-refresh",
    ]


def test_a_list_is_signed_anew_before_it_ends_and_once_a_period(clock, record):
    register(record)
    services = record.services
    first = list_document(record, "voltra-1")
    assert first["validUntil"] == instant_text(clock.now() + LISTS_HOLD_FOR)

    clock.put_forward(LISTS_HOLD_FOR - REFRESHED_BEFORE - timedelta(minutes=1))
    assert record.run_due_jobs() == 0
    clock.put_forward(timedelta(minutes=2))
    assert record.run_due_jobs() == 6

    second = list_document(record, "voltra-1")
    assert second["validUntil"] == instant_text(clock.now() + LISTS_HOLD_FOR)
    assert record.run_due_jobs() == 0
    assert services.refresh_status_list("voltra-1") is False
    assert verdict(record) == "authentic"


def test_how_long_lists_hold_is_set_in_days(tmp_path, database_url, clock):
    record = an_installation(tmp_path, database_url, clock=clock, status_lists_hold_for_days=7)
    register(record)
    assert list_document(record, "voltra-1")["validUntil"] == instant_text(
        clock.now() + timedelta(days=7)
    )

    clock.put_forward(timedelta(days=3, hours=11))
    assert record.run_due_jobs() == 0
    clock.put_forward(timedelta(hours=2))

    assert record.run_due_jobs() == 6
    assert list_document(record, "voltra-1")["validUntil"] == instant_text(
        clock.now() + timedelta(days=7)
    )
    record.close()


def test_lists_are_refreshed_again_and_again(clock, record):
    register(record)

    for _ in range(5):
        clock.put_forward(LISTS_HOLD_FOR - REFRESHED_BEFORE + timedelta(minutes=1))
        assert record.run_due_jobs() == 6

    assert verdict(record) == "authentic"
    version = read(record, lambda work: work.status_lists.find("voltra-1").revision)
    assert version == 5


def test_a_list_that_changed_meanwhile_waits_for_its_new_end(clock, record):
    register(record)
    clock.put_forward(timedelta(days=10))
    record.services.suspend_passport(MAKER, PACK, "looked at")
    clock.put_forward(LISTS_HOLD_FOR - REFRESHED_BEFORE - timedelta(days=9))

    assert record.run_due_jobs() == 6

    def revision(list_id):
        return read(record, lambda work: work.status_lists.find(list_id).revision)

    assert [revision(f"voltra-1{end}") for end in ("", "-suspension", "-refresh")] == [1, 1, 1]
    clock.put_forward(timedelta(days=9, minutes=1))
    assert record.run_due_jobs() == 1
    assert revision("voltra-1-suspension") == 2


def test_a_list_that_nobody_refreshed_leaves_the_status_open(clock, record):
    register(record)

    clock.put_forward(LISTS_HOLD_FOR + timedelta(minutes=6))

    assert verdict(record) == "could not be checked"


def test_lists_that_ended_while_the_service_stood_still_are_signed_at_its_start(clock, record):
    register(record)
    assert record.services.begin_refreshing() == 0
    clock.put_forward(LISTS_HOLD_FOR + timedelta(days=100))

    assert record.services.begin_refreshing() == 6
    record.run_due_jobs()

    assert verdict(record) == "authentic"


def test_the_list_of_an_earlier_day_can_be_shown_with_its_place_in_the_log(clock, record):
    register(record)
    before = record.services.status_list("voltra-1-suspension")
    clock.put_forward(timedelta(days=1))
    record.services.suspend_passport(MAKER, PACK, "looked at")

    now = clock.now()
    then = read(record, lambda work: work.status_lists.version_at("voltra-1-suspension", NOON))
    newest = read(record, lambda work: work.status_lists.version_at("voltra-1-suspension", now))

    assert then.body == before
    assert newest.body == record.services.status_list("voltra-1-suspension")
    assert record.log.index_of(then.digest) == then.leaf_index
    in_log = read(
        record,
        lambda work: work.status_lists.version_in_log("voltra-1-suspension", newest.leaf_index),
    )
    assert in_log == then
