"""The keys of an organisation on its pages: seen, changed, confirmed by a second person."""

import re
from dataclasses import replace

import pytest
from builders_web import (
    AS_PAGE,
    a_browser,
    a_running_installation,
    an_entry,
    key_of,
    signed_in,
    token_on,
)

from passport.bootstrap.demonstration import ADMINISTRATION, MANUFACTURER
from passport.domain.actor import SYSTEM, Role
from passport.domain.key_change import KeyAction, KeyChange
from passport.services.accounts import NewAccount
from passport.signing.keys import KeyKind, new_secret, open_signing_key


@pytest.fixture
def web(tmp_path):
    with a_running_installation(tmp_path) as passport:
        yield passport


@pytest.fixture
def careful(tmp_path):
    with a_running_installation(tmp_path, four_eyes_for_keys=True) as passport:
        passport.services.add_account(
            SYSTEM,
            NewAccount(
                login="milo",
                organisation="voltra",
                roles=frozenset({Role.OPERATOR}),
                password="demonstration",
            ),
        )
        yield passport


def page_of(browser, path):
    return re.sub(r"\s+", " ", browser.get(path, headers=AS_PAGE).text)


def send(browser, page, *, to=None, **form):
    data = {"csrf_token": token_on(browser, page), **form}
    return browser.post(to or page.partition("?")[0], data=data, headers=AS_PAGE)


def current_key(passport):
    return passport.services.read_operator(SYSTEM, "voltra").current_key.key_id.partition("#")[2]


def test_an_operator_finds_its_keys_and_rotates_them(web):
    maker = signed_in(web, "manufacturer")
    assert 'href="/keys"' in page_of(maker, "/operator")

    done = send(maker, "/keys/voltra/rotate", key="")

    shown = page_of(maker, done.headers["location"])
    assert "A new key signs from now on" in shown
    assert "Replaced, still good" in shown
    assert current_key(web) == "key-2"


def test_a_compromise_is_asked_twice_and_says_what_it_means(web):
    maker = signed_in(web, "manufacturer")
    asked = page_of(maker, "/keys/voltra/compromise?key=key-1")
    assert "It cannot be taken back" in asked

    done = send(maker, "/keys/voltra/compromise?key=key-1", key="key-1", reason="Laptop stolen")

    assert "Compromised from" in page_of(maker, done.headers["location"])
    assert current_key(web) == "key-2"


@pytest.mark.parametrize(("at", "said"), [("soon", "Write day and time"), ("2999-01-01", "ahead")])
def test_an_instant_that_is_none_or_lies_ahead_is_asked_again(web, at, said):
    maker = signed_in(web, "manufacturer")

    answer = send(maker, "/keys/voltra/compromise?key=key-1", key="key-1", at=at)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert current_key(web) == "key-1"


def test_a_page_that_was_shown_before_says_at_once_that_the_key_is_compromised(web):
    made = a_browser(web).post(
        "/api/v1/batteries", json=an_entry("KEYS-1"), headers=key_of(web, "voltra")
    )
    visitor = a_browser(web)
    page = f"/{made.json()['id']}"
    assert "Authentic" in page_of(visitor, page)

    send(
        signed_in(web, "manufacturer"),
        "/keys/voltra/compromise?key=key-1",
        key="key-1",
        at="2020-01-01",
    )

    assert "was revoked at 2020-01-01" in page_of(visitor, page)


def test_the_key_that_signs_is_not_ended(web):
    maker = signed_in(web, "manufacturer")

    answer = send(maker, "/keys/voltra/end?key=key-1", key="key-1")

    assert (answer.status_code, "rotate to a new one first" in answer.text) == (422, True)


def test_a_second_person_confirms_and_the_first_cannot(careful):
    maker = signed_in(careful, "manufacturer")
    done = send(maker, "/keys/voltra/rotate", key="")
    assert "when another person confirms it" in page_of(maker, done.headers["location"])
    assert 'value="Confirm"' not in page_of(maker, "/keys/voltra")
    confirm = re.search(r'action="(/keys/proposals/[^"]+/confirm)"', page_of(maker, "/keys/voltra"))
    assert confirm is None
    colleague = signed_in(careful, "milo")
    found = re.search(
        r'action="(/keys/proposals/[^"]+/confirm)"', page_of(colleague, "/keys/voltra")
    )

    assert send(maker, "/keys/voltra", to=found[1]).status_code == 403
    send(colleague, "/keys/voltra", to=found[1])

    assert current_key(careful) == "key-2"


def test_who_confirms_sees_whose_key_would_sign_from_then_on(careful):
    new = open_signing_key(
        "did:web:own.example#1", KeyKind.ED25519, new_secret(KeyKind.ED25519)
    ).public_key_multibase
    change = KeyChange(action=KeyAction.ROTATE, public_key=new)
    careful.services.change_keys(SYSTEM, "voltra", change)
    colleague = signed_in(careful, "milo")

    (listed,) = colleague.get("/api/v1/operators/voltra/key-proposals").json()

    assert listed["publicKey"] == new
    assert new in page_of(colleague, "/keys/voltra")


def test_who_confirms_sees_that_this_service_would_hold_the_key_and_a_machine_does_not_ask(careful):
    own = open_signing_key("did:web:own.example#1", KeyKind.ED25519, new_secret(KeyKind.ED25519))
    outside = KeyChange(action=KeyAction.ROTATE, public_key=own.public_key_multibase)
    moved = careful.services.change_keys(MANUFACTURER.actor, "voltra", outside)
    colleague = replace(MANUFACTURER.actor, name="milo")
    careful.services.confirm_key_change(colleague, moved.proposal.proposal_id)
    asked = {"cryptosuite": "eddsa-rdfc-2022"}
    careful.services.change_keys(
        MANUFACTURER.actor, "voltra", KeyChange(action=KeyAction.ROTATE, **asked)
    )

    house, machine = (
        a_browser(careful).post(
            "/api/v1/operators/voltra/keys", json=asked, headers=key_of(careful, slug)
        )
        for slug in (ADMINISTRATION.slug, "voltra")
    )

    assert "held by this service" in page_of(signed_in(careful, "milo"), "/keys/voltra")
    assert (house.status_code, house.json()["code"]) == (403, "key-consent")
    assert (machine.status_code, machine.json()["code"]) == (403, "key-four-eyes")


def test_a_proposal_is_withdrawn_on_the_page(careful):
    maker = signed_in(careful, "manufacturer")
    send(maker, "/keys/voltra/rotate", key="")
    found = re.search(r'action="(/keys/proposals/[^"]+/withdraw)"', page_of(maker, "/keys/voltra"))

    done = send(maker, "/keys/voltra", to=found[1])

    assert "is withdrawn" in page_of(maker, done.headers["location"])
    assert current_key(careful) == "key-1"


def test_an_administrator_chooses_whose_keys_to_see(web):
    administrator = signed_in(web, "administrator")

    assert 'href="/keys/voltra"' in page_of(administrator, "/keys")
    assert "key-1" in page_of(administrator, "/keys/voltra")


def test_another_organisation_and_visitors_see_no_such_page(web):
    integrator = signed_in(web, "integrator")

    assert integrator.get("/keys/voltra", headers=AS_PAGE).status_code == 403
    assert integrator.get("/keys/voltra/rotate", headers=AS_PAGE).status_code == 403
    assert a_browser(web).get("/keys/voltra", headers=AS_PAGE).status_code == 303
