"""Parts of statements, `ecdsa-sd-2023`, beside the Node packages of Digital Bazaar."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any

from builders_signing import ListKeys, a_secret_multikey, a_verification_key, an_ecdsa_key
from node_process import NodeProcess, a_node_process

from benchmark.documents import MAKER, NOON
from benchmark.measuring import Better, Contest, Options, cpu_microseconds
from benchmark.registry import bench
from benchmark.variants import unsigned_variants
from passport.linked_data.contexts import context_document, known_contexts
from passport.services.subset_checks import verify_subset
from passport.services.subsets import mandatory_pointers
from passport.signing.instants import instant_text
from passport.signing.proofs import NewProof
from passport.signing.selective_disclosure import NewBaseProof, derive_document, make_base_proof

_KEY = an_ecdsa_key(did=MAKER)
_KEYS = ListKeys([a_verification_key(_KEY)])
_COUNT = 10
_WARM_UP = 20  # calls after which the peer's compiler has done its work
_EACH = 4  # one term of so many is shown


@contextmanager
def _a_peer() -> Iterator[NodeProcess]:
    method = {
        "type": "Multikey",
        "id": _KEY.key_id,
        "controller": MAKER,
        "publicKeyMultibase": _KEY.public_key_multibase,
    }
    with a_node_process("selective.mjs") as peer:
        peer.know({iri: context_document(iri) for iri in known_contexts()})
        peer.know(
            {
                MAKER: {
                    "@context": [
                        "https://www.w3.org/ns/did/v1",
                        "https://w3id.org/security/multikey/v1",
                    ],
                    "id": MAKER,
                    "verificationMethod": [method],
                    "assertionMethod": [_KEY.key_id],
                }
            }
        )
        yield peer


def _with_base_proof(document: dict[str, Any]) -> dict[str, Any]:
    new = NewBaseProof(
        proof=NewProof(created_at=NOON), mandatory_pointers=mandatory_pointers(document)
    )
    return {**document, "proof": make_base_proof(document, new, key=_KEY)}


def _shown(document: dict[str, Any]) -> list[str]:
    terms = sorted(document["credentialSubject"].keys() - {"id", "type"})
    return [f"/credentialSubject/{term}" for term in terms[::_EACH]]


def _next_of(documents: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return cycle(documents)


@bench("make a base proof of a model, ecdsa-sd-2023; Node", unit="us CPU", better=Better.LESS)
def make_base(options: Options) -> Iterator[Contest]:
    documents, count = unsigned_variants(), options.times(_COUNT)
    turn, request = _next_of(documents), {"key": a_secret_multikey(_KEY)}
    request |= {"mandatory": mandatory_pointers(documents[0]), "created": instant_text(NOON)}
    with _a_peer() as peer:
        peer.ask("base", credential=documents[0], count=_WARM_UP, **request)
        yield Contest(
            subject=lambda: cpu_microseconds(lambda: _with_base_proof(next(turn)), count),
            limit=lambda: peer.ask("base", credential=documents[1], count=count, **request)[
                "cpu_us"
            ],
        )


@bench("derive a quarter of a model, ecdsa-sd-2023; Node", unit="us CPU", better=Better.LESS)
def derive_part(options: Options) -> Iterator[Contest]:
    bases = [_with_base_proof(one) for one in unsigned_variants()[: _COUNT * 2]]
    turn, shown, count = _next_of(bases), _shown(bases[0]), options.times(_COUNT)
    with _a_peer() as peer:
        peer.ask("derive", credential=bases[0], selective=shown, count=_WARM_UP)
        yield Contest(
            subject=lambda: cpu_microseconds(lambda: derive_document(next(turn), shown), count),
            limit=lambda: peer.ask("derive", credential=bases[1], selective=shown, count=count)[
                "cpu_us"
            ],
        )


@bench("verify a quarter of a model, ecdsa-sd-2023; Node", unit="us CPU", better=Better.LESS)
def verify_part(options: Options) -> Iterator[Contest]:
    bases = [_with_base_proof(one) for one in unsigned_variants()[: _COUNT * 2]]
    parts = [derive_document(one, _shown(one)) for one in bases]
    turn, count = _next_of(parts), options.times(_COUNT)
    with _a_peer() as peer:
        theirs = peer.ask("verify", credential=parts[0], now=instant_text(NOON), count=_WARM_UP)
        if not theirs["verified"]:
            raise AssertionError(f"the peer does not verify our part: {theirs['errors']}")
        yield Contest(
            subject=lambda: cpu_microseconds(
                lambda: verify_subset(next(turn), keys=_KEYS, at=NOON), count
            ),
            limit=lambda: peer.ask(
                "verify", credential=parts[1], now=instant_text(NOON), count=count
            )["cpu_us"],
        )
