"""Every register of the record over both databases: what goes in comes out, and only once."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    NEW_LIFE,
    NOON,
    OTHER_PACK,
    PACK,
    FixedClock,
    a_battery,
    a_grant,
    a_legacy_plate,
    a_model,
    a_notice,
    a_registration,
    a_remanufacturing,
    a_succession,
    an_operator,
)
from sqlalchemy import Engine

from passport.domain.access import Audience
from passport.domain.actor import Role
from passport.domain.battery import Category, SubType
from passport.domain.errors import PassportNotFoundError
from passport.domain.event import Event, EventKind
from passport.domain.identifiers import OperatorSlug
from passport.domain.organisation import Account, ApiKey, Key
from passport.domain.passport import StatementKind
from passport.domain.responsibility import ResponsibleRole
from passport.domain.second_life import Dispute, Predecessor
from passport.domain.status import BatteryStatus, Operation, PassportState
from passport.keystore.memory import MemoryKeystore
from passport.services.ports import Answered, SignedStatement, StatusList, Work
from passport.signing.transparency_log import KeyNoteSigner
from passport.storage.engine import read_session
from passport.storage.errors import StaleWriteError
from passport.storage.log import SqlTransparencyLog
from passport.storage.rows import Store
from passport.storage.unit import WriteBuffer
from passport.storage.work import work_on

SERIES = f"http://localhost:8000/{PACK}#item-public"


@pytest.fixture
def write(database: Engine) -> Callable[[Callable[[Work], object]], None]:
    """Give what runs some writes in one transaction."""

    def run(*do: Callable[[Work], object]) -> None:
        with read_session(database) as session:
            store = Store(session, WriteBuffer())
            work = work_on(store, keys=MemoryKeystore(), clock=FixedClock())
            for one in do:
                one(work)
        store.writes.commit(database)

    return run


@pytest.fixture
def read(database: Engine):
    """Give what reads in a unit of work of its own."""

    def run(ask: Callable[[Work], object]):
        with read_session(database) as session:
            store = Store(session, WriteBuffer())
            return ask(work_on(store, keys=MemoryKeystore(), clock=FixedClock()))

    return run


@pytest.fixture
def sequence(database: Engine) -> Callable[[], int]:
    """Give what takes all waiting entries into the log."""
    keys = MemoryKeystore()
    signer = KeyNoteSigner("localhost:8000/log", keys.signing_key(keys.create("log:test")))
    log = SqlTransparencyLog(database, signer)
    return lambda: log.sequence(NOON)


def a_signed_statement(version: int = 1, **changed: object) -> SignedStatement:
    body = f"statement {version} {sorted(changed)}".encode()
    return SignedStatement(
        **{
            "statement_id": f"statement-{version}",
            "iri": f"http://localhost:8000/statements/{version}",
            "kind": StatementKind.ITEM_PUBLIC,
            "series": SERIES,
            "version": version,
            "about": PACK,
            "point": "1",
            "issuer": OperatorSlug("voltra"),
            "digest": hashlib.sha256(body).digest(),
            "body": body,
            "issued_at": NOON,
            "status_list": "voltra-1",
            "status_index": version,
            **changed,
        }
    )


# --- operators ------------------------------------------------------------------------------------


def test_an_operator_comes_back_by_name_and_by_did(write, read):
    old = Key(
        key_id="did#key-1",
        public_key_multibase="z6Mk1",
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
        revoked_at=NOON + timedelta(hours=1),
    )
    operator = an_operator(
        keys=(old, replace(old, key_id="did#key-2", expires_at=None, revoked_at=None)),
        roles=frozenset({Role.OPERATOR, Role.SECOND_LIFE}),
    )
    write(lambda work: work.operators.add(operator))

    assert read(lambda work: work.operators.find("voltra")) == operator
    assert read(lambda work: work.operators.find_by_did(operator.did)) == operator
    assert read(lambda work: work.operators.all()) == [operator]
    assert read(lambda work: work.operators.find("nobody")) is None
    assert read(lambda work: work.operators.find_by_did("did:web:nobody")) is None


def test_a_short_name_is_taken_once(write):
    write(lambda work: work.operators.add(an_operator()))

    with pytest.raises(StaleWriteError):
        write(lambda work: work.operators.add(an_operator(name="Other")))


def test_delegates_belong_to_their_operator(write, read):
    write(lambda work: work.operators.add_delegate("voltra", "again", "sha256:00", NOON))

    assert read(lambda work: work.operators.delegates_of("voltra")) == {"again"}
    assert read(lambda work: work.operators.delegates_of("again")) == frozenset()
    assert read(lambda work: work.operators.delegates_of("")) == frozenset()


def test_a_register_line_entered_again_is_changed(write, read):
    line = a_registration(valid_until=date(2030, 12, 31))
    selected = a_registration(
        operator="", party="melt", role=ResponsibleRole.SELECTED_OPERATOR, register_number="NL-3"
    )
    write(lambda work: work.operators.add_registration(line))
    write(lambda work: work.operators.add_registration(selected))
    changed = replace(line, valid_until=None)
    write(lambda work: work.operators.add_registration(changed))

    assert set(read(lambda work: work.operators.registrations())) == {changed, selected}


# --- models and batteries -------------------------------------------------------------------------


def test_a_model_comes_back_and_is_changed_from_its_newest_revision_only(write, read):
    model = a_model(category=Category.INDUSTRIAL, sub_type=SubType.STATIONARY)
    write(lambda work: work.passports.add_model(model))
    assert read(lambda work: work.passports.find_model(model.model_id)) == model
    assert read(lambda work: work.passports.models_of("voltra")) == [model]
    assert read(lambda work: work.passports.models_of("rival")) == []

    write(lambda work: work.passports.save_model(replace(model, name="new")))

    newest = read(lambda work: work.passports.find_model(model.model_id))
    assert newest == replace(model, name="new", revision=1)
    with pytest.raises(StaleWriteError, match="changed meanwhile"):
        write(lambda work: work.passports.save_model(replace(model, name="late")))


def test_a_battery_comes_back_and_is_changed_from_its_newest_revision_only(write, read):
    battery = a_battery(holder="again", parts=2, placed_on_market_on=None)
    write(lambda work: work.passports.add_model(a_model()), lambda w: w.passports.add(battery))
    assert read(lambda work: work.passports.read(PACK)) == battery

    changed = replace(battery, status=BatteryStatus.WASTE, state=PassportState.ARCHIVED)
    write(lambda work: work.passports.save(changed))

    assert read(lambda work: work.passports.read(PACK)) == replace(changed, revision=1)
    with pytest.raises(StaleWriteError, match="changed meanwhile"):
        write(lambda work: work.passports.save(replace(battery, holder="late")))


def test_what_is_not_registered_is_not_found(read):
    assert read(lambda work: work.passports.find(PACK)) is None
    assert read(lambda work: work.passports.find_model(a_model().model_id)) is None
    with pytest.raises(PassportNotFoundError, match=PACK):
        read(lambda work: work.passports.read(PACK))


def test_a_battery_is_registered_once(write):
    write(lambda work: work.passports.add_model(a_model()), lambda w: w.passports.add(a_battery()))

    with pytest.raises(StaleWriteError, match="came first"):
        write(lambda work: work.passports.add(a_battery(holder="late")))


def test_a_stale_write_takes_everything_of_its_unit_of_work_back(write, read):
    write(lambda work: work.passports.add_model(a_model()), lambda w: w.passports.add(a_battery()))
    stale = replace(a_battery(), revision=7)

    with pytest.raises(StaleWriteError):
        write(
            lambda work: work.events.notify(a_notice()),
            lambda work: work.statements.add(a_signed_statement()),
            lambda work: work.passports.save(stale),
        )

    assert read(lambda work: work.events.notices_for("voltra")) == []
    assert read(lambda work: work.statements.newest(SERIES)) is None


def test_batteries_are_listed_for_who_answers_for_them_or_holds_them(write, read):
    mine = a_battery()
    held = a_battery(battery_id=OTHER_PACK, responsible="rival", holder="voltra")
    theirs = a_battery(battery_id=NEW_LIFE, responsible="rival")
    write(
        lambda work: work.passports.add_model(a_model()),
        *(lambda work, one=one: work.passports.add(one) for one in (theirs, held, mine)),
    )

    listed = read(lambda work: work.passports.batteries_of("voltra"))
    assert [one.battery_id for one in listed] == [PACK, OTHER_PACK]
    page = read(lambda work: work.passports.batteries_of("voltra", limit=1))
    rest = read(lambda work: work.passports.batteries_of("voltra", after=page[0].battery_id))
    assert [*page, *rest] == listed


def test_orphans_are_waste_that_nobody_answers_for(write, read):
    orphan = a_battery(status=BatteryStatus.WASTE, responsible="")
    found = a_battery(battery_id=OTHER_PACK, status=BatteryStatus.WASTE)
    write(
        lambda work: work.passports.add_model(a_model()),
        lambda work: work.passports.add(orphan),
        lambda work: work.passports.add(found),
    )

    assert read(lambda work: work.passports.orphans()) == [orphan]


# --- statements -----------------------------------------------------------------------------------


def test_a_statement_comes_back_byte_for_byte(write, read, sequence):
    statement = a_signed_statement(body=b"\x00\xff exact", digest=b"\x01" * 32)
    write(lambda work: work.statements.add(statement))
    assert read(lambda work: work.statements.find("statement-1")) == statement

    assert sequence() == 1

    assert read(lambda work: work.statements.find("statement-1")) == replace(
        statement, leaf_index=0
    )
    assert read(lambda work: work.statements.find("none")) is None


def test_a_version_of_a_series_exists_once(write, read):
    write(lambda work: work.statements.add(a_signed_statement()))

    with pytest.raises(StaleWriteError, match="came first"):
        write(
            lambda work: work.statements.add(
                a_signed_statement(statement_id="other", status_index=9, digest=b"\x02" * 32)
            )
        )

    assert read(lambda work: work.statements.find("other")) is None


def test_a_place_on_a_status_list_is_taken_once(write, read):
    write(lambda work: work.statements.add(a_signed_statement()))

    with pytest.raises(StaleWriteError):
        write(lambda work: work.statements.add(a_signed_statement(2, status_index=1)))
    assert read(lambda work: work.statements.taken("voltra-1", [1, 2])) == {1}
    assert read(lambda work: work.statements.taken("voltra-2", [1, 2])) == set()
    assert read(lambda work: work.statements.count_on("voltra-1")) == 1


def test_readers_see_a_statement_when_the_log_has_it(write, read, sequence):
    write(lambda work: work.statements.add(a_signed_statement(1)))
    sequence()
    write(lambda work: work.statements.add(a_signed_statement(2)))

    assert read(lambda work: work.statements.newest(SERIES)).version == 2
    assert [one.version for one in read(lambda work: work.statements.newest_about(PACK))] == [1]

    sequence()

    assert [one.version for one in read(lambda work: work.statements.newest_about(PACK))] == [2]
    everything = read(lambda work: work.statements.all_about(PACK, StatementKind.ITEM_PUBLIC))
    assert [one.version for one in everything] == [1, 2]
    assert read(lambda work: work.statements.all_about(PACK, StatementKind.INDEX)) == []


def test_a_status_list_is_changed_from_its_newest_revision_only(write, read):
    lists = [
        StatusList(
            list_id=f"voltra-{number}",
            group=f"voltra-{number}",
            purpose="revocation",
            operator=OperatorSlug("voltra"),
            marked=frozenset(),
            body=f"signed {number}".encode(),
            valid_from=NOON,
        )
        for number in (10, 2, 1)
    ]
    write(*(lambda work, one=one: work.status_lists.add(one) for one in lists))
    assert read(lambda work: work.status_lists.of_operator("voltra")) == lists[::-1]
    assert read(lambda work: work.status_lists.of_operator("rival")) == []
    changed = replace(lists[2], marked=frozenset({7, 131_071}), body=b"signed anew")

    write(lambda work: work.status_lists.save(changed))

    assert read(lambda work: work.status_lists.find("voltra-1")) == replace(changed, revision=1)
    with pytest.raises(StaleWriteError):
        write(lambda work: work.status_lists.save(changed))


# --- events ---------------------------------------------------------------------------------------


def an_event(number: int = 1, **changed: object) -> Event:
    return Event(
        **{
            "event_id": f"event-{number}",
            "battery_id": PACK,
            "kind": EventKind.REPAIR,
            "occurred_at": NOON - timedelta(days=1),
            "recorded_at": NOON + timedelta(seconds=number),
            "reported_by": "voltra",
            "statement_id": "statement-1",
            "facts": {"eventReason": "fuse"},
            **changed,
        }
    )


def test_events_come_back_in_the_order_they_were_recorded(write, read):
    events = [an_event(1), an_event(2, kind=EventKind.RESET), an_event(3)]
    for event in reversed(events):
        write(lambda work, one=event: work.events.add(one))

    assert read(lambda work: work.events.of_battery(PACK)) == events
    assert read(lambda work: work.events.find_kind(PACK, EventKind.REPAIR)) == events[2]
    assert read(lambda work: work.events.find_kind(PACK, EventKind.WASTE)) is None
    assert read(lambda work: work.events.of_battery(OTHER_PACK)) == []


def test_an_unsigned_event_is_a_salted_entry_of_the_log(write, sequence):
    facts = {"grant": "1"}
    write(
        lambda work: work.events.commit_to("access-granted", PACK, facts, NOON),
        lambda work: work.events.commit_to("access-granted", PACK, facts, NOON),
    )

    assert sequence() == 2


def test_a_notice_is_for_its_organisation_until_it_is_put_away(write, read):
    old, new = a_notice(), a_notice(notice_id="notice-2", created_at=NOON + timedelta(hours=1))
    write(lambda work: work.events.notify(old), lambda work: work.events.notify(new))
    assert read(lambda work: work.events.notices_for("voltra")) == [new, old]
    assert read(lambda work: work.events.notices_for("rival")) == []

    write(lambda work: work.events.close_notice("notice-2", NOON))

    assert read(lambda work: work.events.notices_for("voltra")) == [old]


# --- second lives ---------------------------------------------------------------------------------


def test_a_second_life_comes_back_with_everything_that_was_declared(write, read):
    succession = a_succession(
        operation=Operation.REMANUFACTURING,
        predecessors=(
            Predecessor(battery_id=PACK),
            Predecessor(foreign_iri="https://x.example/1", declared_status=BatteryStatus.WASTE),
            Predecessor(plate=a_legacy_plate(photos=("sha256:00",))),
        ),
        remanufacturing=a_remanufacturing(restored="185.40"),
        disputes=(Dispute(organisation="voltra", reason="not sold", at=NOON),),
    )
    write(lambda work: work.successions.add(succession))

    assert read(lambda work: work.successions.find("succession-1")) == succession
    assert read(lambda work: work.successions.made(NEW_LIFE)) == succession
    assert read(lambda work: work.successions.successors_of(PACK)) == [succession]
    assert read(lambda work: work.successions.successors_of(OTHER_PACK)) == []
    assert read(lambda work: work.successions.made(PACK)) is None
    assert read(lambda work: work.successions.find("none")) is None


def test_a_second_life_is_changed_from_its_newest_revision_only(write, read):
    succession = a_succession()
    write(lambda work: work.successions.add(succession))
    placed = replace(succession, placed_on=date(2026, 11, 21))

    write(lambda work: work.successions.save(placed))

    assert read(lambda work: work.successions.find("succession-1")) == replace(placed, revision=1)
    with pytest.raises(StaleWriteError):
        write(lambda work: work.successions.save(succession))


def test_a_battery_comes_out_of_one_second_life(write):
    write(lambda work: work.successions.add(a_succession()))

    with pytest.raises(StaleWriteError):
        write(lambda work: work.successions.add(a_succession(succession_id="succession-2")))


# --- access ---------------------------------------------------------------------------------------


def test_grants_are_for_one_battery_or_for_a_whole_model(write, read):
    grants = [
        a_grant(scopes=frozenset({"condition:write"})),
        a_grant(grant_id="grant-2", battery_id="", expires_at=None, audience=Audience.OWNER),
        a_grant(grant_id="grant-3", battery_id=OTHER_PACK, organisation="yard"),
        a_grant(grant_id="grant-4", battery_id="", model_id="01/00000000000000"),
    ]
    write(*(lambda work, one=one: work.grants.add(one) for one in grants))

    listed = read(lambda work: work.grants.for_battery(a_battery()))
    assert {grant.grant_id for grant in listed} == {"grant-1", "grant-2"}
    assert read(lambda work: work.grants.find("grant-1")) == grants[0]
    assert read(lambda work: work.grants.find("none")) is None
    assert read(lambda work: work.grants.of_organisation("yard")) == [grants[2]]


def test_a_grant_ends_once(write, read):
    write(lambda work: work.grants.add(a_grant()))

    write(lambda work: work.grants.revoke("grant-1", NOON))
    write(lambda work: work.grants.revoke("grant-1", NOON + timedelta(days=1)))

    assert read(lambda work: work.grants.find("grant-1")).revoked_at == NOON


def test_people_and_keys_come_back_by_what_they_present(write, read):
    account = Account(
        login="mara",
        organisation=OperatorSlug("voltra"),
        roles=frozenset({Role.OPERATOR}),
        password_hash="$argon2id$",
    )
    key = ApiKey(
        key_id="obp_1",
        organisation=OperatorSlug("voltra"),
        roles=frozenset({Role.OPERATOR}),
        scopes=frozenset({"telemetry:write"}),
        secret_hash=b"\x01" * 32,
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    write(lambda work: work.accounts.add(account), lambda work: work.accounts.add_key(key))

    assert read(lambda work: work.accounts.find("mara")) == account
    assert read(lambda work: work.accounts.find("Mara")) is None
    assert read(lambda work: work.accounts.find_key(b"\x01" * 32)) == key
    assert read(lambda work: work.accounts.find_key(b"\x02" * 32)) is None


def test_a_session_holds_until_its_end_or_its_sign_out(write, read):
    ends = NOON + timedelta(hours=1)
    write(lambda work: work.accounts.start_session(b"\x01" * 32, "mara", ends))

    assert read(lambda work: work.accounts.session_login(b"\x01" * 32, NOON)) == "mara"
    assert read(lambda work: work.accounts.session_login(b"\x01" * 32, ends)) is None
    assert read(lambda work: work.accounts.session_login(b"\x02" * 32, NOON)) is None

    write(lambda work: work.accounts.end_session(b"\x01" * 32))

    assert read(lambda work: work.accounts.session_login(b"\x01" * 32, NOON)) is None


def test_a_document_is_kept_once_and_concerns_more_and_more(write, read):
    digest = f"sha256:{hashlib.sha256(b'photo').hexdigest()}"
    for organisation in ("voltra", "again", "voltra"):
        write(
            lambda work: work.attachments.put(b"photo", "image/png", NOON),
            lambda work, one=organisation: work.attachments.let_read(digest, {one}),
            lambda work, one=organisation: work.attachments.let_read(digest, {one, "yard"}),
        )

    assert read(lambda work: work.attachments.get(digest)) == (b"photo", "image/png")
    assert read(lambda work: work.attachments.readers_of(digest)) == {"voltra", "again", "yard"}
    assert read(lambda work: work.attachments.get("sha256:00")) is None
    assert read(lambda work: work.attachments.readers_of("sha256:00")) == frozenset()


def test_an_answer_is_kept_for_its_organisation_and_key(write, read):
    answered = Answered(request_digest=b"\x01" * 32, response=b'{"a":1}')
    write(lambda work: work.idempotency.add("voltra", "k", answered, NOON))

    assert read(lambda work: work.idempotency.find("voltra", "k")) == answered
    assert read(lambda work: work.idempotency.find("rival", "k")) is None
    with pytest.raises(StaleWriteError):
        write(lambda work: work.idempotency.add("voltra", "k", answered, NOON))
