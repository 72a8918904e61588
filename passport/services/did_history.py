"""DID documents with a past: each version is kept as it was served, and is an entry of the log.

A `did:web` document has no history of its own, and today's may have lost a key that was signed
with. The log says which keys a party published, and when, after its host has gone.
"""

import hashlib

import orjson

from passport.domain.organisation import Operator
from passport.services.evidence_registers import PublishedDidDocument
from passport.services.ports import Work
from passport.signing.did import PublishedKey, build_did_document


def did_document(operator: Operator) -> dict[str, object]:
    """Return an operator's `did:web` document; keys it signed with before stay in it."""
    return build_did_document(
        operator.did,
        [
            PublishedKey(
                key_id=key.key_id,
                public_key_multibase=key.public_key_multibase,
                expires_at=key.expires_at,
                revoked_at=key.revoked_at,
                revoked_from_log_size=key.revoked_from_log_size,
            )
            for key in operator.keys
        ],
    )


def publish_did_document(operator: Operator, *, work: Work) -> PublishedDidDocument:
    """Publish an operator's DID document as its keys are now, and log that version.

    Call it in the unit of work that adds the operator or changes a key. A document that says
    what the last one said is not published again.

    Args:
        operator: The operator with its keys as they are from now on.
        work: The unit of work that changes them.

    Returns:
        What is published from now on.
    """
    body = orjson.dumps(did_document(operator))
    newest = work.did_documents.newest(operator.slug)
    if newest is not None and newest.body == body:
        return newest
    published = PublishedDidDocument(
        operator=operator.slug,
        did=operator.did,
        version=1 if newest is None else newest.version + 1,
        body=body,
        digest=hashlib.sha256(body).digest(),
        published_at=work.clock.now(),
    )
    work.did_documents.add(published)
    return published


def publish_missing_did_documents(*, work: Work) -> int:
    """Publish the documents of operators from before versions were kept; return how many."""
    slugs = work.did_documents.unpublished()
    for slug in slugs:
        operator = work.operators.find(slug)
        if operator is not None:
            publish_did_document(operator, work=work)
    return len(slugs)


def did_document_bytes(operator: Operator, *, work: Work) -> bytes:
    """Return the DID document of an operator, exactly as the version in the log."""
    newest = work.did_documents.newest(operator.slug)
    return orjson.dumps(did_document(operator)) if newest is None else newest.body
