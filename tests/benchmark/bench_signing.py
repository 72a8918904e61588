"""Signing and verifying beside the Node packages of Digital Bazaar, and beside bare signatures."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import orjson
from builders_signing import a_key, a_secret_multikey, an_ecdsa_key, read_json
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from node_peer import NodePeer, a_node_peer

from benchmark.documents import MAKER, NOON
from benchmark.measuring import Better, Contest, Options, cpu_microseconds
from benchmark.registry import bench
from benchmark.variants import NUMBER_OF_VARIANTS, unsigned_variants
from passport.linked_data.documents import parse_document
from passport.signing.did import DidDocuments
from passport.signing.keys import SigningKey
from passport.signing.proofs import sign_document, verify_proofs

_KEYS: dict[str, SigningKey] = {
    key.cryptosuite: key for key in (a_key(did=MAKER), an_ecdsa_key(did=MAKER))
}
_EDDSA, _ECDSA = "eddsa-rdfc-2022", "ecdsa-rdfc-2019"
_COUNT = 40
_WARM_UP = 60  # calls after which the peer's compiler has done its work
_BARE_COUNT = 400
_HASHES = bytes(64)  # what a proof signs: two SHA-256
_SECONDS_OF_A_ROUND = 1.0


def _did_document(key: SigningKey) -> dict[str, Any]:
    method = {
        "type": "Multikey",
        "id": key.key_id,
        "controller": MAKER,
        "publicKeyMultibase": key.public_key_multibase,
    }
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": MAKER,
        "verificationMethod": [method],
        "assertionMethod": [key.key_id],
    }


@contextmanager
def _a_peer(key: SigningKey) -> Iterator[NodePeer]:
    with a_node_peer() as peer:
        peer.know({MAKER: _did_document(key)})
        yield peer


def _in_turn(work: Callable[[Any], object], inputs: Sequence[object], count: int) -> float:
    """CPU time of one call, each with the next of the inputs [us]."""
    waiting = cycle(inputs)
    return cpu_microseconds(lambda: work(next(waiting)), count)


def _signed_variants(suite: str) -> list[bytes]:
    key = _KEYS[suite]
    return [sign_document(one, key=key, created=NOON) for one in unsigned_variants()]


def _signing(suite: str, options: Options) -> Iterator[Contest]:
    key, documents, count = _KEYS[suite], unsigned_variants(), options.times(_COUNT)
    multikey = a_secret_multikey(key)
    with _a_peer(key) as peer:
        peer.sign(documents[0], multikey, count=_WARM_UP, suite=suite)
        yield Contest(
            subject=lambda: _in_turn(
                lambda one: sign_document(one, key=key, created=NOON), documents, NUMBER_OF_VARIANTS
            ),
            limit=lambda: peer.sign(documents[1], multikey, count=count, suite=suite)["cpu_us"],
        )


def _verifying(suite: str, options: Options) -> Iterator[Contest]:
    signed = [parse_document(body) for body in _signed_variants(suite)]
    keys, count = DidDocuments({MAKER: _did_document(_KEYS[suite])}), options.times(_COUNT)
    with _a_peer(_KEYS[suite]) as peer:
        theirs = peer.verify(signed[0], count=_WARM_UP, suite=suite)
        if not theirs["verified"]:
            raise AssertionError(f"the peer does not verify our statement: {theirs['errors']}")
        yield Contest(
            subject=lambda: _in_turn(
                lambda one: verify_proofs(one, keys=keys, at=NOON), signed, NUMBER_OF_VARIANTS
            ),
            limit=lambda: peer.verify(signed[1], count=count, suite=suite)["cpu_us"],
        )


@bench(f"sign a model, {_EDDSA}; @digitalbazaar/vc", unit="us CPU", better=Better.LESS, bar=18)
def sign_eddsa(options: Options) -> Iterator[Contest]:
    yield from _signing(_EDDSA, options)


@bench(f"verify a model, {_EDDSA}; @digitalbazaar/vc", unit="us CPU", better=Better.LESS, bar=13)
def verify_eddsa(options: Options) -> Iterator[Contest]:
    yield from _verifying(_EDDSA, options)


@bench(f"sign a model, {_ECDSA}; @digitalbazaar/vc", unit="us CPU", better=Better.LESS, bar=18)
def sign_ecdsa(options: Options) -> Iterator[Contest]:
    yield from _signing(_ECDSA, options)


@bench(f"verify a model, {_ECDSA}; @digitalbazaar/vc", unit="us CPU", better=Better.LESS, bar=13)
def verify_ecdsa(options: Options) -> Iterator[Contest]:
    yield from _verifying(_ECDSA, options)


def bare_signature_us() -> float:
    """CPU time of one Ed25519 signature of 64 bytes, key in memory [us]."""
    key = _bare_key()
    return cpu_microseconds(lambda: key.sign(_HASHES), _BARE_COUNT)


def _bare_key() -> Ed25519PrivateKey:
    seed = bytes.fromhex(str(read_json("keys", "ed25519.json")["maker"]))
    return Ed25519PrivateKey.from_private_bytes(seed)


@bench("model, bytes to signed bytes; bare Ed25519 signature", unit="us CPU", most=9.5)
def bytes_to_signed_bytes(_options: Options) -> Iterator[Contest]:
    key = _KEYS[_EDDSA]
    bodies = [orjson.dumps(document) for document in unsigned_variants()]
    yield Contest(
        subject=lambda: _in_turn(
            lambda body: sign_document(parse_document(body), key=key, created=NOON),
            bodies,
            NUMBER_OF_VARIANTS,
        ),
        limit=bare_signature_us,
    )


@bench("model, bytes to verdict; bare Ed25519 verification", unit="us CPU", most=4.1)
def bytes_to_verdict(_options: Options) -> Iterator[Contest]:
    bodies = _signed_variants(_EDDSA)
    keys = DidDocuments({MAKER: _did_document(_KEYS[_EDDSA])})
    bare = _bare_key()
    public_key, signature = bare.public_key(), bare.sign(_HASHES)
    yield Contest(
        subject=lambda: _in_turn(
            lambda body: verify_proofs(parse_document(body), keys=keys, at=NOON),
            bodies,
            NUMBER_OF_VARIANTS,
        ),
        limit=lambda: cpu_microseconds(lambda: public_key.verify(signature, _HASHES), _BARE_COUNT),
    )


def sign_for(seconds: float) -> float:
    """Sign one variant after the other for a while: signatures a second of wall time."""
    key, documents = _KEYS[_EDDSA], cycle(_prepared())
    done, start = 0, time.perf_counter()
    while (now := time.perf_counter()) - start < seconds:
        sign_document(next(documents), key=key, created=NOON)
        done += 1
    return done / (now - start)


_documents: list[dict[str, Any]] = []


def _prepared() -> list[dict[str, Any]]:
    if not _documents:
        _documents.extend(unsigned_variants())
    return _documents


@bench("sign models in two processes; in one", unit="1/s", better=Better.MORE, bar=1.7)
def two_processes(options: Options) -> Iterator[Contest]:
    seconds = _SECONDS_OF_A_ROUND * options.scale
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(sign_for, [seconds, seconds], chunksize=1)
        yield Contest(
            subject=lambda: sum(pool.map(sign_for, [seconds, seconds], chunksize=1)),
            limit=lambda: pool.apply(sign_for, (seconds,)),
        )
