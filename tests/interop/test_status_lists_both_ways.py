"""Status lists cross between this project and Digital Bazaar's package, both ways."""

from datetime import UTC, datetime

import orjson
import pytest
from builders_signing import NOON, a_key, a_secret_multikey, an_ecdsa_key
from node_peer import ECDSA, EDDSA, a_node_peer

from passport.signing.did import DidDocuments, PublishedKey, build_did_document
from passport.signing.instants import instant_text
from passport.signing.proofs import sign_document, verify_proofs
from passport.signing.status_list import LIST_SIZE, build_status_list, read_status

MAKER = "did:web:id.maker.example:operators:lists"
LIST = "https://id.maker.example/status/lists-1"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""The package asks its own clock whether a list holds yet."""
MARKED = [0, 7, 8, 4711, LIST_SIZE - 1]
UNMARKED = [1, 6, 9, 4710, LIST_SIZE - 2]
SUITES = {EDDSA: a_key(did=MAKER), ECDSA: an_ecdsa_key(did=MAKER, number=2)}
DID_DOCUMENTS = {
    MAKER: build_did_document(
        MAKER,
        [
            PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
            for key in SUITES.values()
        ],
    )
}
EACH_SUITE = pytest.mark.parametrize("suite", SUITES)


@pytest.fixture
def peer():
    with a_node_peer() as running:
        running.know(DID_DOCUMENTS)
        yield running


def an_entry(place):
    return {
        "id": f"{LIST}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": LIST,
    }


def a_statement(place, issuer=MAKER):
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://id.maker.example/statements/1",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "https://id.maker.example/01/09506000134352/21/A1"},
        "credentialStatus": an_entry(place),
    }


def a_list_of_ours(suite):
    document = build_status_list(LIST, issuer_did=MAKER, marked=MARKED, valid_from=LONG_AGO)
    return orjson.loads(sign_document(document, key=SUITES[suite], created=LONG_AGO))


def a_list_of_theirs(peer, suite):
    document = peer.status_list(LIST, length=LIST_SIZE, revoked=MARKED)
    document |= {"issuer": MAKER, "validFrom": instant_text(LONG_AGO)}
    key = a_secret_multikey(SUITES[suite])
    return peer.sign(document, key, created=instant_text(LONG_AGO), suite=suite)["credential"]


@EACH_SUITE
def test_a_list_written_here_reads_there(peer, suite):
    peer.know({LIST: a_list_of_ours(suite)})

    answers = {place: peer.status(a_statement(place), suite=suite) for place in MARKED + UNMARKED}

    assert [answer["errors"] for answer in answers.values()] == [[]] * len(answers)
    assert [place for place, answer in answers.items() if answer["statuses"] == [True]] == MARKED
    assert [place for place, answer in answers.items() if answer["statuses"] == [False]] == UNMARKED


@EACH_SUITE
def test_a_list_written_there_reads_here(peer, suite):
    document = a_list_of_theirs(peer, suite)

    assert verify_proofs(document, keys=DidDocuments(DID_DOCUMENTS), at=NOON)
    for place in MARKED + UNMARKED:
        assert read_status(an_entry(place), document) is (place in MARKED)


def test_a_list_that_was_changed_is_refused_there(peer):
    document = a_list_of_ours(EDDSA)
    other = build_status_list(LIST, issuer_did=MAKER, marked=[], valid_from=LONG_AGO)
    document["credentialSubject"]["encodedList"] = other["credentialSubject"]["encodedList"]
    peer.know({LIST: document})

    answer = peer.status(a_statement(MARKED[0]))

    assert answer["verified"] is False
    assert answer["errors"]


def test_a_list_of_another_issuer_is_refused_there(peer):
    peer.know({LIST: a_list_of_ours(EDDSA)})

    answer = peer.status(a_statement(MARKED[0], issuer="did:web:rival.example"))

    assert answer["verified"] is False
