"""How a DID document tells that a key was compromised."""

from datetime import UTC, datetime

import pytest

from passport.signing.did import (
    REVOKED_FROM_LOG_SIZE,
    DidDocumentError,
    PublishedKey,
    build_did_document,
    parse_did_document,
)
from passport.signing.keys import Ed25519SigningKey

DID = "did:web:maker.example"
KEY_ID = f"{DID}#key-1"
MULTIBASE = Ed25519SigningKey.from_seed(KEY_ID, bytes(range(32))).public_key_multibase
REVOKED = PublishedKey(
    key_id=KEY_ID,
    public_key_multibase=MULTIBASE,
    revoked_at=datetime(2027, 3, 1, tzinfo=UTC),
    revoked_from_log_size=42,
)


def test_a_compromised_key_is_published_with_the_size_the_log_had():
    document = build_did_document(DID, [REVOKED])

    key = parse_did_document(document, DID)[KEY_ID]

    assert (key.revoked_at, key.revoked_from_log_size) == (REVOKED.revoked_at, 42)


def test_a_key_that_was_never_compromised_names_no_size_of_the_log():
    document = build_did_document(
        DID, [PublishedKey(key_id=KEY_ID, public_key_multibase=MULTIBASE)]
    )

    assert parse_did_document(document, DID)[KEY_ID].revoked_from_log_size is None
    assert REVOKED_FROM_LOG_SIZE not in document["verificationMethod"][0]


@pytest.mark.parametrize("size", [42, "042", "-1", "1e3", "", "٣", None, "9" * 17])
def test_a_size_of_the_log_that_has_two_readings_is_refused(size):
    document = build_did_document(DID, [REVOKED])
    document["verificationMethod"][0][REVOKED_FROM_LOG_SIZE] = size

    with pytest.raises(DidDocumentError, match="no size of a log"):
        parse_did_document(document, DID)
