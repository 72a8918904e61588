"""Parts and tokens that are asked for again: signed once, and the same bytes each time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier

import pytest
from builders import MAKER, NOON, PACK, SettableClock, an_installation, register
from hsm import PIN

from passport.bootstrap import PassportServices
from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.errors import AccessDeniedError
from passport.domain.key_change import KeyAction, KeyChange
from passport.domain.passport import StatementKind
from passport.services.made_forms import MadeForms, Question
from passport.services.other_forms import StatementNotStandingError
from passport.signing.did import DidDocuments
from passport.signing.jose import verify_token
from passport.signing.keys import SigningKey

MODEL = StatementKind.MODEL_PUBLIC
BEFORE_ALL = NOON - timedelta(days=1)
TERMS = ["ratedCapacityAmpereHours", "category"]


@dataclass
class CountingKey:
    """A key that counts what it signs."""

    key: SigningKey
    signed: list[str]

    def __getattr__(self, name):
        return getattr(self.key, name)

    def sign(self, data):
        self.signed.append(self.key.key_id)
        return self.key.sign(data)


@dataclass
class CountingKeys:
    """A keystore whose keys count what they sign."""

    keys: object
    signed: list[str] = field(default_factory=list)

    def __getattr__(self, name):
        return getattr(self.keys, name)

    def signing_key(self, key_id):
        return CountingKey(self.keys.signing_key(key_id), self.signed)


class Process:
    """One process of an installation, with a memory of its own and keys that count."""

    def __init__(self, passport):
        self.keys = CountingKeys(passport.keys)
        self.services = PassportServices(
            passport.engine, self.keys, passport.log, passport.services.clock
        )

    def statement(self, kind=MODEL):
        found = self.services.disclose(PUBLIC, PACK).statements
        return next(one for one in found if one.kind is kind)

    def token(self, kind=MODEL):
        return self.services.read_statement_as_token(PUBLIC, self.statement(kind).statement_id)

    def part(self, *terms):
        return self.services.make_subset(PUBLIC, PACK, MODEL, list(terms or TERMS))

    @property
    def signatures(self):
        return len(self.keys.signed)


def opened(folder, **given):
    """Return an installation with a pack, whose maker signs with a P-256 key."""
    passport = an_installation(folder, clock=SettableClock(), **given)
    register(passport)
    rotate(passport)
    return passport


def rotate(passport):
    change = KeyChange(action=KeyAction.ROTATE, cryptosuite="ecdsa-rdfc-2019")
    passport.services.change_keys(SYSTEM, "voltra", change)


@pytest.fixture
def passport(tmp_path):
    made = opened(tmp_path)
    yield made
    made.close()


@pytest.fixture
def process(passport):
    return Process(passport)


def test_a_token_that_is_asked_for_again_is_signed_once(process):
    tokens = {process.token() for _ in range(5)}

    assert (len(tokens), process.signatures) == (1, 1)


def test_a_part_that_is_asked_for_again_is_signed_once_in_whatever_order_its_terms_stand(process):
    parts = {process.part(*TERMS), process.part(*reversed(TERMS)), process.part(*TERMS, *TERMS)}

    assert (len(parts), process.signatures) == (1, 1)


def test_another_statement_or_other_terms_are_another_question(process):
    tokens = {process.token(), process.token(StatementKind.ITEM_PUBLIC)}
    parts = {process.part(), process.part("category")}

    assert (len(tokens), len(parts), process.signatures) == (2, 2, 4)


def test_many_who_ask_at_once_wait_for_one_signature(process):
    begin = Barrier(6)

    def ask(_):
        begin.wait()
        return process.token()

    with ThreadPoolExecutor(6) as pool:
        tokens = set(pool.map(ask, range(6)))

    assert (len(tokens), process.signatures) == (1, 1)


def test_after_a_rotation_the_new_key_signs_what_is_asked_for(passport, process):
    before = process.token(), process.part()
    rotate(passport)
    new = passport.services.read_operator(SYSTEM, "voltra").current_key

    after = process.token(), process.part()

    keys = DidDocuments(passport.trust()["dids"])
    assert verify_token(after[0], keys=keys, at=passport.services.clock.now())[1].key.key_id == (
        new.key_id
    )
    assert new.key_id.encode() in after[1]
    assert set(before).isdisjoint(after)


def test_what_was_kept_is_not_given_after_the_key_of_the_statement_was_compromised(
    passport, process
):
    process.token()
    process.part()
    change = KeyChange(action=KeyAction.COMPROMISE, key_id="key-1", at=BEFORE_ALL)
    passport.services.change_keys(SYSTEM, "voltra", change)

    with pytest.raises(StatementNotStandingError):
        process.token()
    with pytest.raises(StatementNotStandingError):
        process.part()


def test_what_was_kept_for_its_reader_is_not_given_to_a_visitor(process):
    closed = StatementKind.ITEM_DECLARED
    found = process.services.disclose(MAKER, PACK).statements
    number = next(one for one in found if one.kind is closed).statement_id
    process.services.read_statement_as_token(MAKER, number)

    with pytest.raises(AccessDeniedError):
        process.services.read_statement_as_token(PUBLIC, number)


def test_a_key_that_draws_random_numbers_gives_the_same_bytes_in_one_process_alone(tmp_path, token):
    passport = opened(tmp_path, keystore=token, keystore_pin=PIN, log_keystore="memory:")
    here, there = Process(passport), Process(passport)

    assert (here.token(), here.part()) == (here.token(), here.part())
    assert here.signatures == 2
    assert here.token() != there.token()
    passport.close()


# --- the memory -----------------------------------------------------------------------------------


def question(number, terms=None):
    return Question(bytes([number]) * 32, "did:web:maker.example#key-1", terms)


def test_what_nobody_asked_for_the_longest_goes_when_the_memory_is_full():
    made, calls = MadeForms(most_kept=100), []

    def ask(number):
        return made.take(question(number), lambda: calls.append(number) or b"x" * 40)

    for number in (1, 2, 1, 3, 1, 2):
        ask(number)

    assert calls == [1, 2, 3, 2]


def test_the_terms_of_a_part_count_towards_the_memory():
    made, calls = MadeForms(most_kept=100), []

    for number in (1, 2, 1):
        made.take(question(number, ("t" * 60,)), lambda: calls.append(1) or b"x")

    assert len(calls) == 3


def test_a_form_that_could_not_be_made_is_tried_again():
    made = MadeForms()

    with pytest.raises(TimeoutError):
        made.take(question(1), never)

    assert made.take(question(1), lambda: b"form") == b"form"


def never():
    raise TimeoutError
