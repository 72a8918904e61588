"""Statements signed with a key that the service never holds, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest
from builders import (
    ADMINISTRATOR,
    EV_GTIN,
    HOST,
    MAKER,
    NOON,
    OTHER_PACK,
    PACK,
    RIVAL,
    SettableClock,
    a_condition,
    a_content,
    a_new_battery,
    an_installation,
)
from sqlalchemy import select

from passport.domain.access import Audience
from passport.domain.actor import SYSTEM, Actor, Role
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    ContentRefusedError,
    InvalidValueError,
)
from passport.domain.identifiers import gs1_battery_id, gs1_model_id
from passport.domain.key_change import KeyAction, KeyChange
from passport.services.issue import NewModel
from passport.services.keys_register import key_id_of
from passport.services.operator_keys import KeyConsentError, KeyFourEyesError, KeyStateError
from passport.services.operators import NewOperator
from passport.services.outside import PREPARED_HOLDS_FOR, KeyHeldHereError, SignedOutsideError
from passport.services.pens import KeyHeldOutsideError
from passport.signing.errors import KeyMalformedError, KeyUnknownError, ProofInvalidError
from passport.signing.keys import Ed25519SigningKey, KeyKind, new_secret, open_signing_key
from passport.signing.prepared import PreparedEntry, PreparedFileError, sign_entry
from passport.signing.status_list import LIST_SIZE
from passport.storage.engine import read_session
from passport.storage.tables_record import CommitmentRow

OWN_GTIN = "09506000134406"
OWN = Actor(organisation="own", roles=frozenset({Role.OPERATOR}), name="Oda")
MODEL = gs1_model_id(OWN_GTIN)
FIRST, SECOND = (gs1_battery_id(OWN_GTIN, serial) for serial in ("OWN-1", "OWN-2"))
COLLEAGUE = replace(OWN, name="Olaf")
HELD_HERE = KeyChange(action=KeyAction.ROTATE, cryptosuite="eddsa-rdfc-2022")
KEY_ID = "did:web:localhost%3A8000:operators:own#outside-1"


class Outsider:
    """An operator with a key of its own, and the service that does not have it."""

    def __init__(self, folder, database_url, kind=KeyKind.ED25519, **given):
        self.clock = SettableClock()
        self.passport = an_installation(folder, database_url, clock=self.clock, **given)
        self.services = self.passport.services
        self.key = open_signing_key(KEY_ID, kind, new_secret(kind))
        self.services.add_operator(
            SYSTEM,
            NewOperator(
                name="Own",
                slug="own",
                operator_uri="https://own.example.com/",
                country="NL",
                base_url=HOST,
                roles=frozenset({Role.OPERATOR}),
                public_key=self.key.public_key_multibase,
            ),
        )

    def is_outside(self, operator="own"):
        return self.services.read_operator(SYSTEM, operator).signs_outside

    def told(self, kind):
        """The newest event of a kind about the operator, as it was recorded."""
        with read_session(self.passport.engine) as session:
            rows = session.scalars(select(CommitmentRow).where(CommitmentRow.kind == kind))
            return orjson.loads(max(rows, key=lambda row: row.commitment_id).body)

    def prepare(self, *entries, actor=OWN):
        return self.services.prepare_outside(actor, "own", list(enumerate(entries, start=1)))

    def sign(self, batch, key=None, at=NOON):
        lines = [batch.lists] if batch.lists else []
        lines += [one.entry for one in batch.results if one.entry is not None]
        return [sign_entry(line, key or self.key, at=at) for line in lines]

    def accept(self, batch, signed, actor=OWN):
        return list(self.services.accept_signed(actor, batch.head, signed))

    def round_trip(self, *entries, key=None):
        batch = self.prepare(*entries)
        return self.accept(batch, self.sign(batch, key))

    def register_model(self):
        (done,) = self.round_trip(NewModel(model_id=MODEL, content=a_content("ev-pack-model")))
        assert done.refusal is None, done.refusal

    def refusal(self, batch, signed, **given):
        (done,) = self.accept(batch, signed, **given)
        assert done.registered is None
        return done.refusal


@pytest.fixture
def outsider(tmp_path, database_url, request):
    """Give an operator that signs outside; with four eyes where a test says so."""
    needs_two = getattr(request, "param", False)
    made = Outsider(tmp_path, database_url, four_eyes_for_keys=needs_two)
    yield made
    made.passport.close()


@pytest.fixture
def ready(outsider):
    """Give an operator whose model is on record."""
    outsider.register_model()
    return outsider


def a_pack(battery_id=FIRST, **changed):
    return a_new_battery(battery_id, **changed)


def changed(entry, number, change):
    """Return a prepared entry with one document changed before it is signed."""
    documents = list(entry.documents)
    document = orjson.loads(orjson.dumps(documents[number].document))
    change(document)
    documents[number] = replace(documents[number], document=document)
    return replace(entry, documents=tuple(documents))


def test_a_battery_signed_outside_is_a_battery_like_any_other(ready):
    (done,) = ready.round_trip(a_pack())

    assert done.registered.is_new
    shown = ready.services.disclose(OWN, FIRST, Audience.OPERATOR)
    assert {key_id_of(one.body) for one in shown.statements} == {KEY_ID}
    assert all(one.leaf_index is not None for one in shown.statements)


@pytest.mark.parametrize("kind", [KeyKind.P256, KeyKind.P384])
def test_the_key_may_be_of_another_kind(tmp_path, sqlite_database_url, kind):
    outsider = Outsider(tmp_path, sqlite_database_url, kind)
    outsider.register_model()

    (done,) = outsider.round_trip(a_pack())

    assert done.registered.is_new
    outsider.passport.close()


def test_what_is_served_is_exactly_what_came_back(ready):
    batch = ready.prepare(a_pack())
    signed = ready.sign(batch)
    ready.accept(batch, signed)

    shown = ready.services.disclose(OWN, FIRST, Audience.OPERATOR)

    bodies = {one.body for one in shown.statements}
    assert set(signed[-1].signed) & bodies
    assert bodies <= set(signed[-1].signed) | {
        one.body for one in ready.services.model_statements(OWN, MODEL)
    }


def test_the_lists_of_what_is_withdrawn_are_signed_with_the_same_key(ready):
    lists = ready.services.do(SYSTEM, lambda work: work.status_lists.of_operator("own"))

    assert {key_id_of(one.body) for one in lists} == {KEY_ID}


def test_preparing_puts_nothing_on_record(ready):
    ready.prepare(a_pack())

    assert ready.services.do(SYSTEM, lambda work: work.passports.find(FIRST)) is None


def test_the_same_file_again_changes_nothing(ready):
    batch = ready.prepare(a_pack())
    signed = ready.sign(batch)
    ready.accept(batch, signed)

    (again,) = ready.accept(batch, signed)

    assert again.registered.is_new is False


def test_a_bad_battery_keeps_the_good_ones(ready):
    batch = ready.prepare(a_pack(FIRST), a_pack(SECOND))
    bad, good = ready.sign(batch)

    done = ready.accept(batch, [replace(bad, signed=bad.signed[:-1]), good])

    assert isinstance(done[0].refusal, SignedOutsideError)
    assert done[1].registered.battery_id == SECOND
    assert ready.services.do(SYSTEM, lambda work: work.passports.find(FIRST)) is None


def test_a_battery_that_would_be_refused_is_refused_when_it_is_prepared(ready):
    batch = ready.prepare(a_pack(serialNumber="OTHER"), a_pack(SECOND))

    assert isinstance(batch.results[0].refusal, ContentRefusedError)
    assert batch.results[1].entry is not None


def test_places_are_kept_for_what_is_being_signed(ready):
    one, other = ready.prepare(a_pack(FIRST)), ready.prepare(a_pack(SECOND))

    def places(batch):
        return {(name, place) for name, kept in batch.places.items() for place in kept}

    assert not places(one) & places(other)
    group, place = next(iter(places(one)))
    assert ready.services.do(SYSTEM, lambda work: work.statements.taken(group, [place])) == {place}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(version="2"), "version"),
        (lambda d: d.update(validFrom="2026-11-21T12:00:01Z"), "one instant"),
        (lambda d: d.update(previous="sha256:" + "0" * 64), "previous"),
        (lambda d: d["credentialSubject"].update(serialNumber="OTHER"), "credentialSubject"),
        (lambda d: d["credentialSubject"].update(id=f"{HOST}/01/{EV_GTIN}/21/X"), "Subject"),
        (lambda d: d.update(series=f"{HOST}/01/{EV_GTIN}/21/X#item-public"), "nothing was signed"),
        (lambda d: d.update(id=f"{HOST}/statements/1"), "UUID of version 7"),
        (lambda d: d.pop("credentialStatus"), "no place"),
        (lambda d: d["credentialStatus"].pop(), "credentialStatus"),
        (lambda d: d["credentialStatus"][1].update(statusListIndex="7"), "credentialStatus"),
    ],
)
def test_a_document_that_says_something_else_is_refused(ready, change, reason):
    batch = ready.prepare(a_pack())
    entry = changed(batch.results[0].entry, 0, change)

    refusal = ready.refusal(batch, [sign_entry(entry, ready.key, at=NOON)])

    assert reason in str(refusal)


def test_another_issuer_is_refused(ready):
    batch = ready.prepare(a_pack())
    rival = "did:web:localhost%3A8000:operators:rival"
    entry = changed(batch.results[0].entry, 0, lambda d: d.update(issuer=rival))
    key = Ed25519SigningKey.from_seed(f"{rival}#outside-1", bytes(32))
    first = sign_entry(replace(entry, documents=entry.documents[:1]), key, at=NOON)
    rest = sign_entry(batch.results[0].entry, ready.key, at=NOON)

    refusal = ready.refusal(batch, [replace(rest, signed=(*first.signed, *rest.signed[1:]))])

    assert "issuer" in str(refusal)


def test_a_signature_of_another_key_is_refused(ready):
    batch = ready.prepare(a_pack())
    thief = Ed25519SigningKey.from_seed(KEY_ID, bytes(range(32)))

    assert isinstance(ready.refusal(batch, ready.sign(batch, thief)), ProofInvalidError)


def test_a_key_that_was_replaced_signs_nothing_new(ready):
    batch = ready.prepare(a_pack())
    signed = ready.sign(batch)
    new = Ed25519SigningKey.from_seed(KEY_ID, bytes(range(32)))
    ready.services.change_keys(
        OWN, "own", KeyChange(action=KeyAction.ROTATE, public_key=new.public_key_multibase)
    )

    assert isinstance(ready.refusal(batch, signed), KeyUnknownError)


def test_a_proof_from_the_future_is_refused(ready):
    batch = ready.prepare(a_pack())

    refusal = ready.refusal(batch, ready.sign(batch, at=NOON + timedelta(hours=1)))

    assert "lies ahead" in str(refusal)


def test_a_proof_that_ends_is_refused(ready):
    batch = ready.prepare(a_pack())
    (entry,) = ready.sign(batch)
    document = orjson.loads(entry.signed[0])
    document["proof"]["expires"] = "2030-01-01T00:00:00Z"

    refusal = ready.refusal(
        batch, [replace(entry, signed=(orjson.dumps(document), *entry.signed[1:]))]
    )

    assert "exactly the members" in str(refusal)


def test_a_place_of_another_statement_is_refused(ready):
    ready.round_trip(a_pack(FIRST))
    taken = ready.services.disclose(OWN, FIRST, Audience.OPERATOR).statements[0]
    batch = ready.prepare(a_pack(SECOND))

    def take(document):
        for entry in document["credentialStatus"]:
            entry["statusListIndex"] = str(taken.status_index)
            entry["id"] = f"{entry['statusListCredential']}#{taken.status_index}"

    entry = changed(batch.results[0].entry, 0, take)

    refusal = ready.refusal(batch, [sign_entry(entry, ready.key, at=NOON)])

    assert "another statement's" in str(refusal)


@pytest.mark.parametrize("place", [LIST_SIZE, 2**40, -1])
def test_a_place_beyond_the_list_is_refused_for_nothing_could_be_withdrawn_there(ready, place):
    batch = ready.prepare(a_pack())

    def leave(document):
        for entry in document["credentialStatus"]:
            entry["statusListIndex"] = str(place)
            entry["id"] = f"{entry['statusListCredential']}#{place}"

    entry = changed(batch.results[0].entry, 0, leave)

    refusal = ready.refusal(batch, [sign_entry(entry, ready.key, at=NOON)])

    assert isinstance(refusal, SignedOutsideError)
    assert "outside a list" in str(refusal)


def test_a_number_where_the_record_says_true_is_another_value(outsider):
    batch = outsider.prepare(NewModel(model_id=MODEL, content=a_content("ev-pack-model")))
    entry = changed(batch.results[0].entry, 0, lambda d: d["credentialSubject"].update(isSealed=1))
    lists = sign_entry(batch.lists, outsider.key, at=NOON)

    refusal = outsider.refusal(batch, [lists, sign_entry(entry, outsider.key, at=NOON)])

    assert isinstance(refusal, SignedOutsideError)
    assert "credentialSubject" in str(refusal)


def test_a_statement_is_not_registered_under_an_id_on_record(ready):
    ready.round_trip(a_pack(FIRST))
    known = ready.services.disclose(OWN, FIRST, Audience.OPERATOR).statements[0]
    batch = ready.prepare(a_pack(SECOND))
    entry = changed(batch.results[0].entry, 0, lambda d: d.update(id=known.iri))

    refusal = ready.refusal(batch, [sign_entry(entry, ready.key, at=NOON)])

    assert "on record already" in str(refusal)


def test_what_was_prepared_too_long_ago_is_prepared_again(ready):
    batch = ready.prepare(a_pack())
    signed = ready.sign(batch)
    ready.clock.put_forward(PREPARED_HOLDS_FOR + timedelta(seconds=1))

    assert "prepare it again" in str(ready.refusal(batch, signed))


def test_a_document_too_many_is_refused(ready):
    batch = ready.prepare(a_pack(FIRST), a_pack(SECOND))
    first, second = ready.sign(batch)

    refusal = ready.refusal(batch, [replace(first, signed=(*first.signed, second.signed[0]))])

    assert "does not belong" in str(refusal)


def test_a_file_that_nobody_signed_is_refused(ready):
    batch = ready.prepare(a_pack())

    assert isinstance(ready.refusal(batch, [batch.results[0].entry]), PreparedFileError)


def test_another_organisation_neither_prepares_nor_brings_back(ready):
    batch = ready.prepare(a_pack())
    signed = ready.sign(batch)

    assert isinstance(ready.refusal(batch, signed, actor=RIVAL), AccessDeniedError)
    with pytest.raises(AccessDeniedError):
        ready.prepare(a_pack(), actor=RIVAL)


def test_a_battery_on_record_with_other_content_is_a_conflict(ready):
    ready.round_trip(a_pack())
    batch = ready.prepare(replace(a_pack(), placed_on_market_on=date(2026, 11, 2)))

    assert isinstance(batch.results[0].refusal, ConflictError)


def test_what_cannot_be_signed_outside_yet_is_refused_with_that_sentence(ready):
    ready.round_trip(a_pack())

    with pytest.raises(KeyHeldOutsideError, match="cannot be signed outside yet"):
        ready.services.record_condition(OWN, FIRST, a_condition(), NOON)
    with pytest.raises(KeyHeldOutsideError):
        ready.services.register_battery(OWN, "own", a_pack(SECOND))


def test_who_lets_the_service_sign_has_nothing_to_prepare(ready):
    with pytest.raises(KeyHeldHereError):
        ready.services.prepare_outside(MAKER, "voltra", [(1, a_new_battery(PACK))])


def test_after_a_compromise_the_lists_are_signed_outside_with_the_new_key(ready):
    ready.round_trip(a_pack())
    new = Ed25519SigningKey.from_seed(KEY_ID.replace("-1", "-2"), bytes(range(32)))
    change = KeyChange(
        action=KeyAction.COMPROMISE, key_id=KEY_ID, public_key=new.public_key_multibase
    )
    ready.services.change_keys(OWN, "own", change)

    batch = ready.prepare()
    assert ready.accept(batch, ready.sign(batch, new)) == []

    lists = ready.services.do(SYSTEM, lambda work: work.status_lists.of_operator("own"))
    assert {key_id_of(one.body) for one in lists} == {new.key_id}
    assert ready.prepare().lists is None


def test_an_operator_can_let_the_service_sign_again(ready):
    asked = ready.services.change_keys(OWN, "own", HELD_HERE)
    assert ready.is_outside()

    ready.services.confirm_key_change(COLLEAGUE, asked.proposal.proposal_id)

    assert ready.services.register_battery(OWN, "own", a_pack()).is_new
    assert ready.told("key-rotate")["heldHereBy"] == "Oda, confirmed by Olaf"


COMPROMISED_TO_HERE = KeyChange(
    action=KeyAction.COMPROMISE, key_id="outside-1", cryptosuite="eddsa-rdfc-2022"
)


@pytest.mark.parametrize("change", [HELD_HERE, COMPROMISED_TO_HERE])
@pytest.mark.parametrize(
    "actor",
    [ADMINISTRATOR, replace(OWN, roles=frozenset({Role.OPERATOR, Role.ADMINISTRATOR}))],
)
@pytest.mark.parametrize("outsider", [False, True], indirect=True, ids=["plain", "four-eyes"])
def test_an_administrator_makes_nobody_sign_here(outsider, actor, change):
    with pytest.raises(KeyConsentError, match="never by an administrator"):
        outsider.services.change_keys(actor, "own", change)

    assert outsider.is_outside()
    assert outsider.services.key_proposals(OWN, "own") == []


def test_that_an_outside_key_was_compromised_takes_its_successor_in_after_a_second_person(outsider):
    asked = outsider.services.change_keys(OWN, "own", COMPROMISED_TO_HERE)
    assert outsider.is_outside()

    outsider.services.confirm_key_change(ADMINISTRATOR, asked.proposal.proposal_id)

    assert not outsider.is_outside()


@pytest.mark.parametrize("second", [OWN, SYSTEM, replace(COLLEAGUE, is_machine=True)])
def test_who_asked_to_sign_here_the_console_and_a_machine_do_not_confirm_it(outsider, second):
    asked = outsider.services.change_keys(OWN, "own", HELD_HERE)

    with pytest.raises(KeyFourEyesError):
        outsider.services.confirm_key_change(second, asked.proposal.proposal_id)
    assert outsider.is_outside()


def test_an_api_key_does_not_ask_to_sign_here(outsider):
    with pytest.raises(KeyFourEyesError, match="no API key"):
        outsider.services.change_keys(replace(OWN, is_machine=True), "own", HELD_HERE)


def test_the_console_lets_an_operator_sign_here_and_the_event_says_so(outsider):
    outsider.services.change_keys(SYSTEM, "own", HELD_HERE)

    assert not outsider.is_outside()
    assert outsider.told("key-rotate")["heldHereBy"] == "the console, without a login of own"


@pytest.mark.parametrize("outsider", [True], indirect=True)
def test_what_was_proposed_before_an_operator_signed_outside_does_not_take_its_key_in(outsider):
    asked = outsider.services.change_keys(ADMINISTRATOR, "voltra", HELD_HERE)
    outsider.clock.put_forward(timedelta(minutes=1))
    outside = KeyChange(
        action=KeyAction.COMPROMISE, key_id="key-1", public_key=outsider.key.public_key_multibase
    )
    moved = outsider.services.change_keys(MAKER, "voltra", outside)
    outsider.services.confirm_key_change(ADMINISTRATOR, moved.proposal.proposal_id)

    with pytest.raises(KeyStateError, match="propose it again"):
        outsider.services.confirm_key_change(MAKER, asked.proposal.proposal_id)
    assert outsider.is_outside("voltra")


def test_who_takes_its_key_out_of_the_service_signs_its_lists_anew(ready):
    ready.services.register_battery(MAKER, "voltra", a_new_battery(PACK))
    owner = replace(OWN, organisation="voltra")
    key_id = "did:web:localhost%3A8000:operators:voltra#outside-2"
    key = Ed25519SigningKey.from_seed(key_id, bytes(range(32)))
    change = KeyChange(action=KeyAction.ROTATE, public_key=key.public_key_multibase)
    ready.services.change_keys(owner, "voltra", change)

    batch = ready.services.prepare_outside(owner, "voltra", [(1, a_new_battery(OTHER_PACK))])
    (done,) = ready.accept(batch, ready.sign(batch, key), actor=owner)

    assert done.registered.is_new, done.refusal
    lists = ready.services.do(SYSTEM, lambda work: work.status_lists.of_operator("voltra"))
    assert {key_id_of(one.body) for one in lists} == {key_id}
    assert {one.valid_until for one in lists} == {None}


def test_a_compromise_of_an_outside_key_needs_the_new_one(ready):
    change = KeyChange(action=KeyAction.COMPROMISE, key_id="outside-1")

    with pytest.raises(InvalidValueError, match="give the Multikey"):
        ready.services.change_keys(OWN, "own", change)


def test_an_outside_operator_with_a_key_that_is_none_is_not_added(ready):
    new = NewOperator(
        name="Odd",
        operator_uri="https://odd.example.com/",
        country="NL",
        base_url=HOST,
        roles=frozenset({Role.OPERATOR}),
        public_key="z6MkOdd",
    )

    with pytest.raises(KeyMalformedError):
        ready.services.add_operator(SYSTEM, new)


def test_an_entry_of_another_kind_is_refused(ready):
    batch = ready.prepare(a_pack())
    (entry,) = ready.sign(batch)

    refusal = ready.refusal(batch, [replace(entry, kind="event")])

    assert isinstance(refusal, PreparedFileError)
    assert isinstance(entry, PreparedEntry)
