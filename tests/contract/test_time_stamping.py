"""The log is stamped by an authority over HTTP and the stamps are renewed, on both databases."""

from datetime import timedelta

import pytest
from builders import EV_GTIN, NOON, SettableClock, an_installation, register
from builders_time_stamps import an_authority, an_openssl_authority, served

from passport.domain.actor import SYSTEM
from passport.domain.identifiers import gs1_battery_id
from passport.services.time_stamping import RENEWED_BEFORE
from passport.settings import SettingsRefusedError
from passport.signing.time_stamps import stamped_bytes, verify_time_stamps
from passport.signing.web_reader import UnreachableError

YEAR = timedelta(days=365)


@pytest.fixture
def clock():
    return SettableClock()


def installation(tmp_path, database_url, clock, urls, authorities):
    roots = tmp_path / "roots.pem"
    roots.write_text("".join(authority.root_pem() for authority in authorities))
    return an_installation(
        tmp_path / "data",
        database_url,
        clock=clock,
        time_stamp_urls=",".join(urls),
        time_stamp_roots=roots,
    )


def chain(record, size):
    return record.services.do(SYSTEM, lambda work: work.time_stamps.chain(size))


def note_at(record, size):
    return record.log.checkpoint_at(size).decode()


def more(record, number):
    register(record, gs1_battery_id(EV_GTIN, f"EV75-{number:06}"))


def test_openssl_stamps_the_newest_checkpoint(tmp_path, database_url, clock):
    openssl = an_openssl_authority(tmp_path / "authority")
    with served(openssl.answer) as url:
        record = installation(tmp_path, database_url, clock, [url], [openssl.authority])

        done = record.upkeep.stamp_log()

    [stamp] = chain(record, done.size)
    note = note_at(record, done.size)
    root = openssl.authority.root
    assert f"\n{done.size}\n" in note
    assert stamped_bytes(note) == note.encode()
    assert "Verification: OK" in openssl.verify(note.encode(), stamp.token, root)
    assert verify_time_stamps(note, [stamp.token], [root], at=stamp.made_at) == stamp.made_at
    record.close()


def test_the_log_is_stamped_once_a_day_and_only_when_it_grew(tmp_path, database_url, clock):
    authority = an_authority("Daily", NOON - YEAR, NOON + 10 * YEAR)
    with served(lambda request: authority.answer(request, clock.now())) as url:
        record = installation(tmp_path, database_url, clock, [url], [authority])
        record.upkeep.begin()
        sizes = []
        for day in range(4):
            if day != 2:
                more(record, day + 1)
            record.run_due_jobs()
            newest = record.services.do(SYSTEM, lambda work: work.time_stamps.newest())
            sizes.append(newest.size)
            assert record.run_due_jobs() == 0
            clock.put_forward(timedelta(hours=24))

    assert sizes[0] < sizes[1] == sizes[2] < sizes[3]
    assert record.services.do(SYSTEM, lambda work: work.time_stamps.covering(1)) == sizes[0]
    found = record.services.do(SYSTEM, lambda work: work.time_stamps.covering(sizes[0] + 1))
    assert found == sizes[1]
    record.close()


def test_a_stamp_is_renewed_before_it_ends_by_an_authority_that_lasts_longer(
    tmp_path, database_url, clock
):
    first = an_authority("First", NOON - YEAR, NOON + 9 * YEAR)
    second = an_authority("Second", NOON + 7 * YEAR, NOON + 20 * YEAR)
    answers = (
        served(lambda asked, one=one: one.answer(asked, clock.now())) for one in (first, second)
    )
    with next(answers) as old, next(answers) as new:
        record = installation(tmp_path, database_url, clock, [old, new], [first, second])
        size = record.upkeep.stamp_log().size
        clock.put_forward(9 * YEAR - RENEWED_BEFORE - timedelta(days=1))
        assert record.upkeep.stamp_log().renewed == 0
        clock.put_forward(timedelta(days=2))

        assert record.upkeep.stamp_log().renewed == 1
        assert record.upkeep.stamp_log().renewed == 0

    stamps = chain(record, size)
    assert [stamp.authority for stamp in stamps] == [old, new]
    clock.put_forward(5 * YEAR)
    proven = verify_time_stamps(
        note_at(record, size),
        [stamp.token for stamp in stamps],
        [first.root, second.root],
        at=clock.now(),
    )
    assert proven == stamps[0].made_at == NOON
    record.close()


def test_where_one_authority_is_away_the_next_one_is_asked(tmp_path, database_url, clock):
    authority = an_authority("There", NOON - YEAR, NOON + YEAR)
    with served(bytes) as gone:
        pass
    with served(lambda request: authority.answer(request, clock.now())) as there:
        record = installation(tmp_path, database_url, clock, [gone, there], [authority])

        size = record.upkeep.stamp_log().size

    assert [stamp.authority for stamp in chain(record, size)] == [there]
    record.close()


def test_a_stamp_of_a_stranger_is_not_kept(tmp_path, database_url, clock):
    trusted = an_authority("Trusted", NOON - YEAR, NOON + YEAR)
    stranger = an_authority("Stranger", NOON - YEAR, NOON + YEAR)
    with served(lambda request: stranger.answer(request, clock.now())) as url:
        record = installation(tmp_path, database_url, clock, [url], [trusted])

        with pytest.raises(UnreachableError, match="does not hold"):
            record.upkeep.stamp_log()

    assert record.services.do(SYSTEM, lambda work: work.time_stamps.newest()) is None
    record.close()


def test_a_failed_round_is_tried_again_and_the_next_one_comes(tmp_path, database_url, clock):
    authority = an_authority("Late", NOON - YEAR, NOON + YEAR)
    is_away = True

    def answer(request):
        return b"nothing" if is_away else authority.answer(request, clock.now())

    with served(answer) as url:
        record = installation(tmp_path, database_url, clock, [url], [authority])
        record.upkeep.begin()
        record.run_due_jobs()
        assert record.services.do(SYSTEM, lambda work: work.time_stamps.newest()) is None
        is_away = False
        clock.put_forward(timedelta(hours=24))

        record.run_due_jobs()

    assert record.services.do(SYSTEM, lambda work: work.time_stamps.newest()) is not None
    record.close()


def test_without_an_authority_nothing_is_stamped_and_that_is_said(record):
    record.upkeep.begin()
    record.run_due_jobs()

    with pytest.raises(UnreachableError, match="PASSPORT_TIME_STAMP_URLS"):
        record.upkeep.stamp_log()


def test_authorities_without_roots_do_not_start(tmp_path):
    with pytest.raises(SettingsRefusedError, match="TIME_STAMP_ROOTS is missing"):
        an_installation(tmp_path, time_stamp_urls="https://stamps.example/")
    with pytest.raises(SettingsRefusedError, match="write addresses"):
        an_installation(tmp_path, time_stamp_urls="ftp://stamps.example/")
