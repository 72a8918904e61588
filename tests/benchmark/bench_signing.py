"""Signing and verifying `eddsa-rdfc-2022` beside the Node packages of Digital Bazaar."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from builders_signing import ListKeys, a_key, a_verification_key, read_json
from node_peer import NodePeer, a_node_peer

from benchmark.documents import MAKER, NOON, a_full_statement
from benchmark.measuring import Better, Contest, Options, cpu_microseconds
from benchmark.registry import bench
from passport.domain.passport import StatementKind
from passport.linked_data.contexts import context_document, known_contexts
from passport.linked_data.documents import parse_document
from passport.signing.multibase import encode_base58btc
from passport.signing.proofs import sign_document, verify_proofs

KEY = a_key(did=MAKER)
_MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1"
_SECRET_KEY_PREFIX = b"\x80\x26"  # Multikey: ed25519-priv
_COUNT = 40
_WARM_UP = 60  # calls after which the peer's compiler has done its work


def _method() -> dict[str, str]:
    return {
        "type": "Multikey",
        "id": KEY.key_id,
        "controller": MAKER,
        "publicKeyMultibase": KEY.public_key_multibase,
    }


def a_multikey() -> dict[str, str]:
    seed = bytes.fromhex(read_json("keys", "ed25519.json")["maker"])
    return {
        "@context": _MULTIKEY_CONTEXT,
        **_method(),
        "secretKeyMultibase": encode_base58btc(_SECRET_KEY_PREFIX + seed),
    }


@contextmanager
def a_peer() -> Iterator[NodePeer]:
    did_document = {
        "@context": ["https://www.w3.org/ns/did/v1", _MULTIKEY_CONTEXT],
        "id": MAKER,
        "verificationMethod": [_method()],
        "assertionMethod": [KEY.key_id],
    }
    with a_node_peer() as peer:
        peer.know({iri: context_document(iri) for iri in known_contexts()})
        peer.know({MAKER: did_document})
        yield peer


def _signing(kind: StatementKind, options: Options) -> Iterator[Contest]:
    document, key, count = a_full_statement(kind), a_multikey(), options.times(_COUNT)
    with a_peer() as peer:
        peer.sign(document, key, count=_WARM_UP)
        yield Contest(
            subject=lambda: cpu_microseconds(
                lambda: sign_document(document, key=KEY, created=NOON), count
            ),
            limit=lambda: peer.sign(document, key, count=count)["cpu_us"],
        )


def _verifying(kind: StatementKind, options: Options) -> Iterator[Contest]:
    signed: dict[str, Any] = parse_document(
        sign_document(a_full_statement(kind), key=KEY, created=NOON)
    )
    keys, count = ListKeys([a_verification_key(KEY)]), options.times(_COUNT)
    with a_peer() as peer:
        theirs = peer.verify(signed, count=_WARM_UP)
        if not theirs["verified"]:
            raise AssertionError(f"the peer does not verify our statement: {theirs['errors']}")
        yield Contest(
            subject=lambda: cpu_microseconds(
                lambda: verify_proofs(signed, keys=keys, at=NOON), count
            ),
            limit=lambda: peer.verify(signed, count=count)["cpu_us"],
        )


@bench("sign a condition statement; @digitalbazaar/vc", unit="us CPU", better=Better.LESS)
def sign_condition(options: Options) -> Iterator[Contest]:
    yield from _signing(StatementKind.CONDITION, options)


@bench("sign a full model statement; @digitalbazaar/vc", unit="us CPU", better=Better.LESS)
def sign_model(options: Options) -> Iterator[Contest]:
    yield from _signing(StatementKind.MODEL_PUBLIC, options)


@bench("verify a condition statement; @digitalbazaar/vc", unit="us CPU", better=Better.LESS)
def verify_condition(options: Options) -> Iterator[Contest]:
    yield from _verifying(StatementKind.CONDITION, options)


@bench("verify a full model statement; @digitalbazaar/vc", unit="us CPU", better=Better.LESS)
def verify_model(options: Options) -> Iterator[Contest]:
    yield from _verifying(StatementKind.MODEL_PUBLIC, options)
