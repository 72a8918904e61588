"""Parts and tokens of statements: for whom they are made, what they prove, when they are not."""

import copy
from datetime import timedelta

import orjson
import pytest
from builders import NOON, PACK, SettableClock, an_installation, register
from builders_web import a_browser, a_running_installation, key_of

from passport.bootstrap.demonstration import EV_IN_USE, INTEGRATOR, MANUFACTURER
from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.errors import PassportError
from passport.domain.key_change import KeyAction, KeyChange
from passport.domain.passport import StatementKind
from passport.linked_data.documents import parse_document
from passport.services.other_forms import StatementNotStandingError
from passport.services.pens import KeyHeldOutsideError
from passport.services.subset_checks import is_subset, verify_subset
from passport.services.subsets import SubsetKeyError
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.signing.did import DidDocuments
from passport.signing.jose import verify_token

MAKER = "voltra"
SUBSET = f"/api/v1/batteries/{EV_IN_USE}/subset"
MODEL = {"kind": "ModelPublicStatement", "term": ["ratedCapacityAmpereHours", "category"]}
TOKEN = {"Accept": "application/vc+jwt"}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """The invented companies; the maker of the packs signs with a P-256 key since a moment."""
    with a_running_installation(tmp_path_factory.mktemp("forms") / "data") as passport:
        rotate(passport, MAKER, "ecdsa-rdfc-2019")
        yield passport


@pytest.fixture
def with_a_pack(tmp_path):
    """One pack of a maker that signs with an Ed25519 key."""
    passport = an_installation(tmp_path)
    register(passport)
    yield passport
    passport.close()


@pytest.fixture
def visitor(web):
    return a_browser(web)


def rotate(passport, operator, suite):
    change = KeyChange(action=KeyAction.ROTATE, cryptosuite=suite)
    passport.services.change_keys(SYSTEM, operator, change)


def keys(passport):
    return DidDocuments(passport.trust()["dids"])


def now(passport):
    return passport.services.clock.now()


def statement(passport, kind, actor=PUBLIC):
    found = passport.services.disclose(actor, EV_IN_USE).statements
    return next(one for one in found if one.kind is kind)


def statement_id_of(passport, kind=StatementKind.MODEL_PUBLIC):
    """The number of a public statement about the pack or its model."""
    found = passport.services.disclose(PUBLIC, PACK).statements
    return next(one for one in found if one.kind is kind).statement_id


def without_proof(body):
    document = parse_document(body)
    del document["proof"]
    return document


# --- parts ----------------------------------------------------------------------------------------


def test_a_part_shows_the_terms_asked_for_and_which_statement_it_is_from(visitor, web):
    answer = visitor.get(SUBSET, params=MODEL)
    whole = without_proof(statement(web, StatementKind.MODEL_PUBLIC).body)

    part = parse_document(answer.content)
    proofs = verify_subset(part, keys=keys(web), at=now(web))
    subject = part.pop("credentialSubject")
    del part["proof"]

    assert answer.headers["content-type"] == "application/vc"
    assert answer.headers["cache-control"] == "private, no-store"
    assert subject.keys() == {"id", "type", "ratedCapacityAmpereHours", "category"}
    assert subject.items() <= whole["credentialSubject"].items()
    assert part == {name: value for name, value in whole.items() if name != "credentialSubject"}
    assert [proof.key.controller for proof in proofs] == [whole["issuer"]]


def test_a_part_is_no_whole_statement_to_a_verifier(visitor, web):
    part = visitor.get(SUBSET, params=MODEL).content
    trust = Trust.parse(orjson.dumps(web.trust()))

    presented = orjson.dumps(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [orjson.loads(part)],
        }
    )

    assert is_subset(orjson.loads(part))
    assert not is_subset(orjson.loads(statement(web, StatementKind.MODEL_PUBLIC).body))
    assert not verify_passport(presented, trust=trust, at=now(web)).verified


@pytest.mark.parametrize("member", ["validFrom", "version", "credentialStatus", "series", "type"])
def test_a_part_without_what_every_part_shows_is_refused(visitor, web, member):
    part = parse_document(visitor.get(SUBSET, params=MODEL).content)
    shorter = {name: value for name, value in part.items() if name != member}

    with pytest.raises(PassportError):
        verify_subset(shorter, keys=keys(web), at=now(web))


def test_a_changed_part_is_refused(visitor, web):
    part = parse_document(visitor.get(SUBSET, params=MODEL).content)
    changed = copy.deepcopy(part)
    changed["credentialSubject"]["ratedCapacityAmpereHours"] = "999"

    with pytest.raises(PassportError):
        verify_subset(changed, keys=keys(web), at=now(web))


def test_a_part_is_for_those_who_read_the_statement(visitor, web):
    asked = {"kind": "ItemDeclaredStatement", "term": "batteryStatus"}

    closed = visitor.get(SUBSET, params=asked)
    open_ = visitor.get(SUBSET, params=asked, headers=key_of(web, INTEGRATOR.slug))

    assert (closed.status_code, closed.json()["code"]) == (404, "statement-unknown")
    assert open_.status_code == 200, open_.text
    assert open_.json()["credentialSubject"].keys() == {"id", "type", "batteryStatus"}


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"kind": "ModelPublicStatement", "term": "unheardOf"}, 422, "subset-term"),
        ({"kind": "ModelPublicStatement", "term": "chemistry/0"}, 422, "subset-term"),
        ({"kind": "ModelPublicStatement", "term": ["category"] * 201}, 422, "subset-term"),
        ({"kind": "ModelPublicStatement"}, 422, "request-invalid"),
        ({"kind": "Statement", "term": "category"}, 422, "request-invalid"),
        ({"kind": "PassportIndex", "term": "statements"}, 422, "invalid-value"),
        ({"kind": "EventStatement", "term": "category"}, 404, "statement-unknown"),
    ],
)
def test_a_part_that_cannot_be_is_refused_with_its_reason(visitor, asked, status, code):
    answer = visitor.get(SUBSET, params=asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_issuer_with_an_ed25519_key_makes_no_parts(with_a_pack):
    with pytest.raises(SubsetKeyError, match="key-rotate"):
        with_a_pack.services.make_subset(PUBLIC, PACK, StatementKind.MODEL_PUBLIC, ["category"])


# --- tokens ---------------------------------------------------------------------------------------


def test_a_token_carries_the_statement_as_it_was_signed(visitor, web):
    one = statement(web, StatementKind.MODEL_PUBLIC)

    answer = visitor.get(f"/statements/{one.statement_id}", headers=TOKEN)
    document, proof = verify_token(answer.content, keys=keys(web), at=now(web))

    assert answer.headers["content-type"] == "application/vc+jwt"
    assert answer.headers["vary"] == "Accept, Cookie, Authorization"
    assert document == without_proof(one.body)
    assert proof.key.controller == document["issuer"]


def test_a_token_is_the_same_each_time_and_not_sent_twice(visitor, web):
    path = f"/statements/{statement(web, StatementKind.MODEL_PUBLIC).statement_id}"

    first = visitor.get(path, headers=TOKEN)
    again = visitor.get(path, headers=TOKEN | {"If-None-Match": first.headers["etag"]})
    as_document = visitor.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert (as_document.status_code, as_document.headers["content-type"]) == (200, "application/vc")
    assert visitor.get(path, headers=TOKEN).content == first.content


def test_a_token_is_for_those_who_read_the_statement(visitor, web):
    one = statement(web, StatementKind.ITEM_DECLARED, MANUFACTURER.actor)
    path = f"/statements/{one.statement_id}"

    closed = visitor.get(path, headers=TOKEN)
    open_ = visitor.get(path, headers=TOKEN | key_of(web, INTEGRATOR.slug))

    assert (closed.status_code, closed.json()["code"]) == (403, "access-denied")
    assert verify_token(open_.content, keys=keys(web), at=now(web))[0] == without_proof(one.body)
    assert visitor.get("/statements/nothing", headers=TOKEN).json()["code"] == "statement-unknown"


def test_without_asking_for_tokens_nobody_gets_one(visitor, web):
    path = f"/statements/{statement(web, StatementKind.MODEL_PUBLIC).statement_id}"

    for accept in ("*/*", "application/vc", "application/vc, application/vc+jwt", "text/html"):
        answer = visitor.get(path, headers={"Accept": accept})

        assert answer.headers["content-type"] == "application/vc"


# --- keys -----------------------------------------------------------------------------------------


def test_what_a_thief_signed_is_not_signed_once_more(tmp_path):
    clock = SettableClock()
    passport = an_installation(tmp_path, clock=clock)
    clock.put_forward(timedelta(hours=2))
    register(passport)
    stolen = passport.services.read_operator(SYSTEM, MAKER).current_key
    change = KeyChange(
        action=KeyAction.COMPROMISE,
        key_id=stolen.key_id,
        at=NOON + timedelta(hours=1),
        cryptosuite="ecdsa-rdfc-2019",
    )
    passport.services.change_keys(SYSTEM, MAKER, change)
    later, earlier = StatementKind.ITEM_PUBLIC, StatementKind.MODEL_PUBLIC

    with pytest.raises(StatementNotStandingError, match="was compromised before"):
        passport.services.make_subset(PUBLIC, PACK, later, ["serialNumber"])
    with pytest.raises(StatementNotStandingError):
        passport.services.read_statement_as_token(PUBLIC, statement_id_of(passport, later))
    assert passport.services.make_subset(PUBLIC, PACK, earlier, ["category"])
    passport.close()


def test_for_an_issuer_that_signs_outside_nothing_is_signed_here(with_a_pack):
    services = with_a_pack.services
    outside = "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
    change = KeyChange(action=KeyAction.ROTATE, public_key=outside)
    services.change_keys(SYSTEM, MAKER, change)

    with pytest.raises(KeyHeldOutsideError):
        services.make_subset(PUBLIC, PACK, StatementKind.MODEL_PUBLIC, ["category"])
    with pytest.raises(KeyHeldOutsideError):
        services.read_statement_as_token(PUBLIC, statement_id_of(with_a_pack))


def test_what_was_signed_before_a_key_was_replaced_is_signed_with_the_new_one(with_a_pack):
    rotate(with_a_pack, MAKER, "ecdsa-rdfc-2019")
    new = with_a_pack.services.read_operator(SYSTEM, MAKER).current_key

    token = with_a_pack.services.read_statement_as_token(PUBLIC, statement_id_of(with_a_pack))

    assert verify_token(token, keys=keys(with_a_pack), at=now(with_a_pack))[1].key.key_id == (
        new.key_id
    )
