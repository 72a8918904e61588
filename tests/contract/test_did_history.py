"""Each version of a DID document is kept and logged, on SQLite and on PostgreSQL."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import orjson
from builders import NOON
from sqlmodel import delete

from passport.domain.actor import SYSTEM
from passport.services.did_history import did_document, publish_did_document
from passport.storage.engine import writing
from passport.storage.tables_evidence import DidDocumentRow


def test_a_new_operator_publishes_a_document_that_the_log_holds(record):
    [version] = record.services.did_history("voltra")

    assert version.body == record.services.did_document("voltra")
    assert version.digest == hashlib.sha256(version.body).digest()
    assert record.log.index_of(version.digest) == version.leaf_index


def test_a_changed_key_makes_a_second_version_and_keeps_the_first(record):
    first = record.services.did_document("voltra")
    operator = record.services.read_operator(SYSTEM, "voltra")
    ended = replace(operator.current_key, expires_at=NOON + timedelta(days=1))
    changed = replace(operator, keys=(ended,))

    record.services.do(SYSTEM, lambda work: publish_did_document(changed, work=work))

    history = record.services.did_history("voltra")
    assert [version.body for version in history] == [first, orjson.dumps(did_document(changed))]
    assert [version.version for version in history] == [1, 2]
    assert record.services.did_document("voltra") == history[-1].body


def test_a_document_that_says_the_same_is_not_published_again(record):
    operator = record.services.read_operator(SYSTEM, "voltra")

    record.services.do(SYSTEM, lambda work: publish_did_document(operator, work=work))

    assert len(record.services.did_history("voltra")) == 1


def test_operators_from_before_get_their_first_version_once(record):
    with writing(record.engine) as connection:
        connection.execute(delete(DidDocumentRow).where(DidDocumentRow.operator == "rival"))
    operator = record.services.read_operator(SYSTEM, "rival")
    changed = replace(operator, keys=(replace(operator.current_key, expires_at=NOON),))
    assert record.services.did_history("rival") == []

    assert record.services.do(SYSTEM, lambda work: len(work.did_documents.unpublished())) == 1
    record.services.do(SYSTEM, lambda work: publish_did_document(changed, work=work))

    assert record.services.publish_missing_did_documents() == 0
    assert [version.version for version in record.services.did_history("rival")] == [1]
