"""A reader's copy is compared alike on both databases."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_registered import MAKER, PACK, an_installation

from passport.bootstrap import Passport
from passport.domain.identifiers import BatteryId
from passport.domain.key_change import KeyAction, KeyChange
from passport.storage.heads import PassportHead, PostgresqlHeads, heads_of, waiting_digest
from passport.storage.log import SqlTransparencyLog


@pytest.fixture
def passport(empty_database_url: str, tmp_path: Path) -> Iterator[Passport]:
    opened = an_installation(tmp_path / "data", empty_database_url)
    yield opened
    opened.close()


def ask(passport: Passport, *battery_ids: str) -> tuple[int, list[PassportHead | None]]:
    async def all_of_them() -> tuple[int, list[PassportHead | None]]:
        heads = heads_of(passport.engine)
        try:
            found = [await heads.find(BatteryId(one)) for one in battery_ids]
            return await heads.log_size(), found
        finally:
            await heads.close()

    return asyncio.run(all_of_them())


def correct(passport: Passport) -> None:
    battery = passport.services.disclose(MAKER, PACK).battery
    passport.services.amend_battery(MAKER, PACK, {**battery.content, "batchNumber": "2026-47"})


def test_a_head_changes_with_the_keys_of_who_answers_for_the_battery(passport):
    before_size, (before,) = ask(passport, PACK)
    change = KeyChange(action=KeyAction.COMPROMISE, key_id="key-1")
    passport.services.change_keys(MAKER, MAKER.organisation, change)

    size, (after,) = ask(passport, PACK)

    assert size > before_size
    assert after.key_versions == before.key_versions + 1
    assert after.list_revisions > before.list_revisions


def test_a_head_stays_until_something_is_published_about_the_battery(passport):
    _, (before,) = ask(passport, PACK)
    size, (same,) = ask(passport, PACK)
    correct(passport)

    grown, (after,) = ask(passport, PACK)

    assert before == same
    assert (after.newest > before.newest, after.logged > before.logged) == (True, True)
    assert grown > size


def test_a_battery_nobody_registered_has_no_head(passport):
    assert ask(passport, "01/09506000134352/21/NOBODY")[1] == [None]


def test_what_waits_for_the_log_is_no_part_of_the_head(passport, monkeypatch):
    _, (before,) = ask(passport, PACK)
    with monkeypatch.context() as slow:
        slow.setattr(SqlTransparencyLog, "wait_for", lambda *_, **__: False)
        correct(passport)
    _, (waiting,) = ask(passport, PACK)
    digest = waiting_digest(passport.engine, PACK)
    passport.log.sequence(passport.services.clock.now())
    _, (after,) = ask(passport, PACK)

    assert (waiting.newest, waiting.logged) == (before.newest, before.logged)
    assert passport.services.disclose(MAKER, PACK).statements[0].leaf_index is not None
    assert len(digest or b"") == 32
    assert after.newest > before.newest
    assert waiting_digest(passport.engine, PACK) is None


def test_a_connection_that_broke_is_opened_again(passport):
    async def ask_after_a_break() -> int:
        heads = heads_of(passport.engine)
        await heads.log_size()
        if isinstance(heads, PostgresqlHeads):
            await heads._connection.close()
        try:
            return await heads.log_size()
        finally:
            await heads.close()

    assert asyncio.run(ask_after_a_break()) > 0
