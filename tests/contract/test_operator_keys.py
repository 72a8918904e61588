"""The life of a key, on both databases: rotated, ended, compromised, with four eyes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import orjson
import pytest
from builders import (
    ADMINISTRATOR,
    COLLECTOR,
    HOST,
    MAKER,
    NOON,
    OTHER_PACK,
    PACK,
    RIVAL,
    SettableClock,
    a_condition,
    an_installation,
    limited,
    register,
)

from passport.domain.access import Audience
from passport.domain.actor import SYSTEM, Actor, Role
from passport.domain.errors import AccessDeniedError, InvalidValueError, PassportError
from passport.domain.key_change import PROPOSALS_HOLD_FOR, KeyAction, KeyChange
from passport.domain.passport import StatementKind
from passport.services.keys_register import key_id_of
from passport.services.operator_keys import (
    KeyFourEyesError,
    KeyNotOfOperatorError,
    KeyProposalStateError,
    KeyProposalUnknownError,
    KeyStateError,
)
from passport.services.operators import NewOperator
from passport.signing.did import REVOKED_FROM_LOG_SIZE, parse_did_document
from passport.signing.errors import KeyMalformedError
from passport.storage.errors import StaleWriteError

DID = "did:web:localhost%3A8000:operators:voltra"
FIRST, SECOND = f"{DID}#key-1", f"{DID}#key-2"
COLLEAGUE = replace(MAKER, name="Milo")
MACHINE = replace(MAKER, name="obp_machine", is_machine=True)
ROTATE = KeyChange(action=KeyAction.ROTATE)
HOUR = timedelta(hours=1)


class Installed:
    """An installation whose clock can be put forward."""

    def __init__(self, folder, database_url, **given):
        self.clock = SettableClock()
        self.passport = an_installation(folder, database_url, clock=self.clock, **given)
        self.services = self.passport.services

    def change(self, action, *, actor=MAKER, **given):
        return self.services.change_keys(actor, "voltra", KeyChange(action=action, **given))

    def voltra(self):
        return self.services.read_operator(SYSTEM, "voltra")

    def published(self):
        return orjson.loads(self.services.did_document("voltra"))

    def signers_of(self, about=PACK):
        newest = self.services.do(SYSTEM, lambda work: work.statements.newest_about(about))
        return {one.kind: key_id_of(one.body) for one in newest}


@pytest.fixture
def installed(tmp_path, database_url):
    made = Installed(tmp_path, database_url)
    yield made
    made.passport.close()


@pytest.fixture
def careful(tmp_path, database_url):
    made = Installed(tmp_path, database_url, four_eyes_for_keys=True)
    yield made
    made.passport.close()


def test_a_new_key_signs_from_the_rotation_on_and_the_old_one_stays_published(installed):
    register(installed.passport)

    installed.change(KeyAction.ROTATE)
    register(installed.passport, OTHER_PACK)

    assert set(installed.signers_of(PACK).values()) == {FIRST}
    assert set(installed.signers_of(OTHER_PACK).values()) == {SECOND}
    assert list(parse_did_document(installed.published(), DID)) == [FIRST, SECOND]


def test_an_id_of_a_key_is_never_used_again(installed):
    for _ in range(3):
        installed.change(KeyAction.ROTATE)

    assert [key.key_id for key in installed.voltra().keys] == [
        f"{DID}#key-{n}" for n in (1, 2, 3, 4)
    ]


def test_each_version_of_the_published_keys_is_in_the_log(installed):
    installed.change(KeyAction.ROTATE)

    history = installed.services.did_history("voltra")

    assert [one.version for one in history] == [1, 2]
    assert history[-1].body == installed.services.did_document("voltra")
    assert history[-1].leaf_index is not None


def test_a_rotation_can_change_the_suite(installed):
    installed.change(KeyAction.ROTATE, cryptosuite="ecdsa-rdfc-2019")

    assert installed.voltra().current_key.public_key_multibase.startswith("zDn")


def test_a_key_ends_at_an_instant_after_another_one_signs(installed):
    installed.change(KeyAction.ROTATE)
    installed.change(KeyAction.END, key_id=FIRST, at=NOON + HOUR)

    assert parse_did_document(installed.published(), DID)[FIRST].expires_at == NOON + HOUR


def test_a_short_name_of_a_key_means_the_key_of_this_operator(installed):
    installed.change(KeyAction.ROTATE)
    installed.change(KeyAction.END, key_id="key-1")

    assert installed.voltra().keys[0].expires_at == NOON


def test_the_key_that_signs_does_not_end_before_there_is_another(installed):
    with pytest.raises(KeyStateError, match="rotate to a new one first"):
        installed.change(KeyAction.END, key_id=FIRST)


@pytest.mark.parametrize("action", [KeyAction.END, KeyAction.COMPROMISE])
def test_a_key_that_the_operator_never_had_is_refused(installed, action):
    with pytest.raises(KeyNotOfOperatorError, match="never had"):
        installed.change(action, key_id="did:web:rival.example#key-1")


def test_a_compromise_names_the_size_the_log_had_and_brings_a_new_key(installed):
    register(installed.passport)
    size_then = int(installed.passport.log.checkpoint().split(b"\n")[1])
    installed.clock.put_forward(2 * HOUR)
    register(installed.passport, OTHER_PACK)

    installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON + HOUR, reason="Laptop stolen")

    method = installed.published()["verificationMethod"][0]
    assert method["revoked"] == "2026-11-21T13:00:00Z"
    assert method[REVOKED_FROM_LOG_SIZE] == str(size_then)
    assert installed.voltra().current_key.key_id == SECOND


def test_a_compromise_from_before_the_log_began_leaves_the_key_nothing(installed):
    installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON - HOUR)

    assert installed.voltra().keys[0].revoked_from_log_size == 0


def test_a_compromise_that_lies_ahead_is_refused(installed):
    with pytest.raises(InvalidValueError, match="lies ahead"):
        installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON + HOUR)


def test_a_compromise_stays(installed):
    installed.change(KeyAction.COMPROMISE, key_id=FIRST)

    with pytest.raises(KeyStateError, match="was declared compromised"):
        installed.change(KeyAction.COMPROMISE, key_id=FIRST)
    with pytest.raises(KeyStateError, match="that stays"):
        installed.change(KeyAction.END, key_id=FIRST)


def test_the_lists_of_what_is_withdrawn_are_signed_with_the_new_key_at_once(installed):
    register(installed.passport)

    installed.change(KeyAction.COMPROMISE, key_id=FIRST)

    lists = installed.services.do(SYSTEM, lambda work: work.status_lists.of_operator("voltra"))
    assert lists
    assert {key_id_of(one.body) for one in lists} == {SECOND}


def test_what_a_compromised_key_signed_afterwards_is_counted(installed):
    register(installed.passport)
    installed.clock.put_forward(2 * HOUR)
    register(installed.passport, OTHER_PACK)
    installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON + HOUR)

    use = installed.services.use_of_key(MAKER, "voltra", FIRST)

    newest = installed.services.do(MAKER, lambda work: work.statements.newest_about(OTHER_PACK))
    count = len(newest)
    assert (use.count, use.first_at, use.last_at) == (count, NOON + 2 * HOUR, NOON + 2 * HOUR)


def test_what_a_key_signed_is_found_by_its_short_name_too(installed):
    register(installed.passport)
    installed.change(KeyAction.COMPROMISE, key_id="key-1", at=NOON - HOUR)

    by_short_name, by_full_id = (
        installed.services.use_of_key(MAKER, "voltra", name) for name in ("key-1", FIRST)
    )
    steps = list(installed.services.reissue(MAKER, "voltra", "key-1"))

    assert by_short_name == by_full_id
    assert by_short_name.count == steps[-1].done > 0
    assert set(installed.signers_of().values()) == {SECOND}


def test_nothing_is_counted_of_a_key_that_was_not_compromised(installed):
    with pytest.raises(KeyStateError, match="not declared compromised"):
        installed.services.use_of_key(MAKER, "voltra", FIRST)


def test_the_operator_signs_anew_what_it_stands_by(installed):
    register(installed.passport)
    installed.clock.put_forward(2 * HOUR)
    register(installed.passport, OTHER_PACK)
    installed.services.record_condition(MAKER, PACK, a_condition(), NOON)
    installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON + HOUR)

    steps = list(installed.services.reissue(MAKER, "voltra", FIRST))

    assert steps[-1].done == steps[-1].total > 0
    assert set(installed.signers_of(OTHER_PACK).values()) == {SECOND}
    assert installed.signers_of(PACK)[StatementKind.ITEM_DECLARED] == FIRST
    assert installed.signers_of(PACK)[StatementKind.CONDITION] == SECOND
    assert list(installed.services.reissue(MAKER, "voltra", FIRST)) == []


def test_models_are_signed_anew_too(installed):
    installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON - HOUR)

    list(installed.services.reissue(MAKER, "voltra", FIRST))

    model_id = installed.services.models_of(MAKER)[0].model_id
    assert set(installed.signers_of(model_id).values()) == {SECOND}


def test_what_the_operator_does_not_stand_by_stays_as_it_is(installed):
    register(installed.passport)
    installed.services.record_condition(MAKER, PACK, a_condition(), NOON)
    forged = installed.services.condition_chain(SYSTEM, PACK)[-1]
    installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON - HOUR)

    list(installed.services.reissue(MAKER, "voltra", FIRST, frozenset({forged.statement_id})))

    assert installed.signers_of()[StatementKind.CONDITION] == FIRST
    assert installed.signers_of()[StatementKind.ITEM_PUBLIC] == SECOND


def test_a_passport_signed_anew_is_shown_as_before(installed):
    register(installed.passport)
    before = installed.services.disclose(SYSTEM, PACK, Audience.PUBLIC)
    installed.change(KeyAction.COMPROMISE, key_id=FIRST, at=NOON - HOUR)

    list(installed.services.reissue(MAKER, "voltra", FIRST))

    after = installed.services.disclose(SYSTEM, PACK, Audience.PUBLIC)
    assert [one.kind for one in after.statements] == [one.kind for one in before.statements]
    assert {key_id_of(one.body) for one in after.statements} == {SECOND}


@pytest.mark.parametrize("actor", [RIVAL, limited(MAKER, "battery:write")])
def test_nobody_else_changes_the_keys_of_an_operator(installed, actor):
    with pytest.raises(AccessDeniedError):
        installed.change(KeyAction.ROTATE, actor=actor)


def test_who_works_in_the_yard_of_a_maker_does_not_end_what_the_maker_signed(installed):
    services = installed.services
    both = frozenset({Role.OPERATOR, Role.COLLECTOR})
    services.add_operator(
        SYSTEM,
        NewOperator(
            name="Both",
            slug="both",
            operator_uri="https://both.example.com/",
            country="NL",
            base_url=HOST,
            roles=both,
        ),
    )
    maker, yard = (
        Actor(organisation="both", roles=frozenset({role}), name=role.value)
        for role in (Role.OPERATOR, Role.COLLECTOR)
    )

    with pytest.raises(AccessDeniedError, match="operator"):
        services.change_keys(yard, "both", ROTATE)
    assert len(services.change_keys(maker, "both", ROTATE).operator.keys) == 2


def test_a_collector_changes_its_own_keys(installed):
    changed = installed.services.change_keys(COLLECTOR, "yard", ROTATE)

    assert len(changed.operator.keys) == 2


def test_an_administrator_changes_them(installed):
    installed.change(KeyAction.ROTATE, actor=ADMINISTRATOR)

    assert installed.voltra().current_key.key_id == SECOND


def sign_while_it_is_declared_compromised(installed):
    with installed.services.unit_of_work(MAKER) as work:
        work.key_changes.require_unchanged(work.operators.find("voltra"))
        installed.change(KeyAction.COMPROMISE, key_id=FIRST)


def test_a_statement_signed_while_the_key_was_declared_compromised_is_not_stored(installed):
    with pytest.raises(StaleWriteError, match="keys of voltra were changed"):
        sign_while_it_is_declared_compromised(installed)


# --- four eyes ------------------------------------------------------------------------------------


def test_with_four_eyes_nothing_changes_before_another_person_confirms(careful):
    outcome = careful.change(KeyAction.ROTATE)
    assert careful.voltra().current_key.key_id == FIRST

    careful.services.confirm_key_change(COLLEAGUE, outcome.proposal.proposal_id)

    assert careful.voltra().current_key.key_id == SECOND
    assert careful.services.key_proposals(MAKER, "voltra") == []


def test_an_administrator_confirms(careful):
    outcome = careful.change(KeyAction.ROTATE)

    careful.services.confirm_key_change(ADMINISTRATOR, outcome.proposal.proposal_id)

    assert careful.voltra().current_key.key_id == SECOND


@pytest.mark.parametrize("second", [MAKER, MACHINE, SYSTEM])
def test_neither_the_same_person_nor_a_machine_nor_the_console_confirms(careful, second):
    outcome = careful.change(KeyAction.ROTATE)

    with pytest.raises(KeyFourEyesError):
        careful.services.confirm_key_change(second, outcome.proposal.proposal_id)

    assert careful.voltra().current_key.key_id == FIRST


def test_an_api_key_proposes_nothing(careful):
    with pytest.raises(KeyFourEyesError, match="no API key"):
        careful.change(KeyAction.ROTATE, actor=MACHINE)


def test_another_organisation_does_not_learn_of_a_proposal(careful):
    outcome = careful.change(KeyAction.ROTATE)

    with pytest.raises(KeyProposalUnknownError):
        careful.services.confirm_key_change(RIVAL, outcome.proposal.proposal_id)


def test_a_proposal_lapses(careful):
    outcome = careful.change(KeyAction.ROTATE)
    careful.clock.put_forward(PROPOSALS_HOLD_FOR)

    assert careful.services.key_proposals(MAKER, "voltra") == []
    with pytest.raises(KeyProposalStateError, match="lapsed"):
        careful.services.confirm_key_change(COLLEAGUE, outcome.proposal.proposal_id)


def test_a_withdrawn_proposal_is_confirmed_by_nobody(careful):
    outcome = careful.change(KeyAction.ROTATE)
    careful.services.withdraw_key_change(MAKER, outcome.proposal.proposal_id)

    with pytest.raises(KeyProposalStateError, match="withdrawn"):
        careful.services.confirm_key_change(COLLEAGUE, outcome.proposal.proposal_id)


def test_the_same_is_not_proposed_twice(careful):
    careful.change(KeyAction.ROTATE)

    with pytest.raises(KeyProposalStateError, match="proposed the same already"):
        careful.change(KeyAction.ROTATE, actor=COLLEAGUE)


def test_a_compromise_counts_from_the_proposal_on_whenever_it_is_confirmed(careful):
    outcome = careful.change(KeyAction.COMPROMISE, key_id=FIRST)
    careful.clock.put_forward(HOUR)

    careful.services.confirm_key_change(COLLEAGUE, outcome.proposal.proposal_id)

    assert careful.voltra().keys[0].revoked_at == NOON


def test_of_two_who_decide_at_once_one_does(careful):
    outcome = careful.change(KeyAction.ROTATE)
    begin = Barrier(2)

    def decide(actor):
        begin.wait()
        try:
            return careful.services.confirm_key_change(actor, outcome.proposal.proposal_id)
        except PassportError as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, (COLLEAGUE, ADMINISTRATOR)))

    assert sum(isinstance(answer, KeyProposalStateError) for answer in answers) == 1
    assert len(careful.voltra().keys) == 2


def test_rotations_at_once_lose_no_key(installed):
    begin = Barrier(4)

    def rotate(_):
        begin.wait()
        return installed.change(KeyAction.ROTATE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rotate, range(4)))

    ids = [key.key_id for key in installed.voltra().keys]
    assert len(ids) == len(set(ids)) == 5
    assert {method["id"] for method in installed.published()["verificationMethod"]} == set(ids)


def test_a_public_key_that_is_none_is_refused(installed):
    with pytest.raises(KeyMalformedError):
        installed.change(KeyAction.ROTATE, public_key="z6MkNothing")


def test_the_host_of_the_codes_stays_when_keys_change(installed):
    installed.change(KeyAction.ROTATE)

    assert installed.voltra().base_url == HOST
