"""Proofs that were cut, exchanged, rewritten or made by somebody or for something else."""

from dataclasses import replace
from datetime import timedelta

import orjson
from builders_bundle import DID_DOCUMENTS, ITEM_PUBLIC, KEYS, MAKER, RIVAL, SIGNED_AT, TRUST
from builders_signing import NOON, a_key, an_ecdsa_key

from forgeries.forgery import (
    NOT_CHECKED,
    Forgery,
    Shown,
    a_statement,
    parsed,
    unsigned,
    with_members,
    with_proof,
)
from passport.signing.cryptosuites import SUITES
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.keys import KeyKind
from passport.signing.multibase import decode_base58btc, encode_base58btc
from passport.signing.proofs import NewProof, make_proof

_ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
EC_KEY = an_ecdsa_key("maker", MAKER, 2)


def published(*keys, **purposes):
    """A trust in which the maker publishes some keys."""
    document = build_did_document(
        MAKER,
        [
            PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
            for key in keys
        ],
    )
    return replace(TRUST, did_documents={**DID_DOCUMENTS, MAKER: document | purposes})


EC_TRUST = published(KEYS[MAKER], EC_KEY)


def proof_by(key=KEYS[MAKER], document=None, **members):
    """A proof that somebody made over the statement as they liked."""
    return make_proof(
        document or unsigned(a_statement()),
        NewProof(**{"created_at": SIGNED_AT} | members),
        key=key,
    )


def proven(*proofs):
    """The statement with these proofs."""
    return with_members(proof=proofs[0] if len(proofs) == 1 else list(proofs))


def by_curve(change=lambda value: value):
    """The statement signed on P-256, its signature written otherwise."""
    proof = proof_by(EC_KEY)
    signature = change(decode_base58btc(proof["proofValue"]))
    data = proven(proof | {"proofValue": encode_base58btc(signature)})
    return Shown(data=data, trust=EC_TRUST)


def value_changed(change):
    value = parsed(a_statement())["proof"]["proofValue"]
    return with_proof(proofValue=change(value))


def with_order_added():
    """Ed25519: S + L is a second signature for a verifier that does not compare with the order."""
    signature = decode_base58btc(parsed(a_statement())["proof"]["proofValue"])
    second = int.from_bytes(signature[32:], "little") + _ED25519_ORDER
    return with_proof(proofValue=encode_base58btc(signature[:32] + second.to_bytes(32, "little")))


def as_der(signature):
    """ECDSA: the same two numbers in the writing of X.509."""
    numbers = [
        b"\x02" + bytes([len(part)]) + part
        for half in (signature[:32], signature[32:])
        for part in [half if half[0] < 0x80 else b"\x00" + half]
    ]
    return b"\x30" + bytes([sum(map(len, numbers))]) + b"".join(numbers)


def beyond_the_order(signature):
    """ECDSA: a second number that no signer writes, as it is not below the order."""
    return signature[:32] + b"\xff" * 32


def in_jcs():
    """The maker's own proof, over the bytes instead of over what they mean."""
    document = unsigned(a_statement())
    options = NewProof(created_at=SIGNED_AT).options(KEYS[MAKER]) | {
        "cryptosuite": "eddsa-jcs-2022",
        "@context": document["@context"],
    }
    data = SUITES["eddsa-jcs-2022"].hash_data(document, options, kind=KeyKind.ED25519)
    return proven(options | {"proofValue": encode_base58btc(KEYS[MAKER].sign(data))})


def unnamed_key():
    return proof_by(a_key("rival", MAKER, 9))


def in_a_circle():
    own = parsed(a_statement())["proof"]
    first = own | {"id": "urn:proof:1", "previousProof": "urn:proof:2"}
    second = own | {"id": "urn:proof:2", "previousProof": "urn:proof:1"}
    return proven(first, second)


def of_one_name():
    own = parsed(a_statement())["proof"]
    return proven(own | {"id": "urn:proof:1"}, own | {"id": "urn:proof:1"})


def chained(**members):
    first = proof_by(proof_id="urn:proof:1")
    second = make_proof(
        unsigned(a_statement()) | {"proof": first},
        NewProof(created_at=SIGNED_AT, previous_proofs=["urn:proof:1"]),
        key=KEYS[MAKER],
    )
    return proven(first, second | members)


def of_nobody():
    """A statement by somebody whose name looks like the maker's."""
    did = "did:web:id.maker.example.org:operators:maker"
    return replace(ITEM_PUBLIC, issuer=did, key=a_key("rival", did)).sign()


def _one(name, make, code, phrase, *verdict, **more):
    return Forgery(name, make, code, phrase, *verdict, **{"genuine": a_statement} | more)


PROOFS = (
    _one(
        "no proof",
        lambda: orjson.dumps(unsigned(a_statement())),
        "proof-missing",
        "carries no proof",
    ),
    _one("an empty list of proofs", lambda: with_members(proof=[]), "proof-empty", "is empty"),
    _one(
        "a text for a proof",
        lambda: with_members(proof="signed"),
        "proof-malformed",
        "something else stands where a proof belongs",
    ),
    _one(
        "a thousand proofs",
        lambda: with_members(proof=[parsed(a_statement())["proof"]] * 1_000),
        "proof-malformed",
        "1000 proofs",
    ),
    _one(
        "a proof of another type",
        lambda: with_proof(type="Ed25519Signature2020"),
        "cryptosuite-unknown",
        "Ed25519Signature2020",
        NOT_CHECKED,
    ),
    # --- signatures ---
    _one(
        "a signature that was cut",
        lambda: value_changed(lambda value: value[:-10]),
        "proof-value",
        "bytes; Ed25519 has 64",
    ),
    _one(
        "a signature in another base",
        lambda: value_changed(lambda value: "u" + value[1:]),
        "proof-value",
        "base58",
    ),
    _one(
        "a signature of a million characters",
        lambda: value_changed(lambda _: "z" + "2" * 1_000_000),
        "proof-value",
        "of a key's size",
    ),
    _one("no signature in the proof", lambda: with_proof(proofValue=""), "proof-malformed", "''"),
    _one(
        "a second Ed25519 signature made of the first (S + L)",
        with_order_added,
        "signature-not-canonical",
        "not below the order",
    ),
    _one(
        "an ECDSA signature in the writing of X.509",
        lambda: by_curve(as_der),
        "proof-value",
        "71 bytes; P-256 has 64",
        genuine=by_curve,
    ),
    _one(
        "an ECDSA signature with a number beyond the order",
        lambda: by_curve(beyond_the_order),
        "signature-not-canonical",
        "between 0 and the order of P-256",
        genuine=by_curve,
    ),
    # --- algorithms ---
    _one(
        "the name of another suite over the same signature",
        lambda: with_proof(cryptosuite="ecdsa-rdfc-2019"),
        "cryptosuite-unknown",
        "is a key of Ed25519; the suite ecdsa-rdfc-2019 takes",
        NOT_CHECKED,
    ),
    _one(
        "a suite that signs bytes instead of meaning",
        in_jcs,
        "cryptosuite-unknown",
        "eddsa-jcs-2022",
        NOT_CHECKED,
    ),
    _one(
        "a suite that does not exist",
        lambda: with_proof(cryptosuite="none"),
        "cryptosuite-unknown",
        "of the suite none",
        NOT_CHECKED,
    ),
    # --- what for, when ---
    _one(
        "a proof for another purpose",
        lambda: proven(proof_by(purpose="authentication")),
        "proof-purpose",
        "was made for authentication",
    ),
    _one(
        "a proof that has ended",
        lambda: proven(proof_by(expires_at=NOON - timedelta(days=1))),
        "proof-expired",
        "the proof ended at",
    ),
    _one(
        "a proof whose day is no day",
        lambda: with_proof(created="2026-02-30T00:00:00Z"),
        "proof-malformed",
        "the proof's created",
    ),
    _one(
        "a proof with a word that nobody signs",
        lambda: with_proof(witness="did:web:notary.example"),
        "undefined-term",
        "witness",
    ),
    # --- whose key ---
    _one(
        "a proof by another party's key",
        lambda: proven(proof_by(KEYS[RIVAL])),
        "issuer-mismatch",
        f"was signed by {RIVAL}",
    ),
    _one(
        "a key that its owner does not publish",
        lambda: proven(unnamed_key()),
        "key-unknown",
        f"{MAKER} publishes no key {MAKER}#key-9",
        NOT_CHECKED,
    ),
    _one(
        "an issuer whom nobody knows",
        of_nobody,
        "key-unknown",
        "nobody you trust vouches for did:web:id.maker.example.org:",
        NOT_CHECKED,
    ),
    _one(
        "a key that its owner keeps for signing in",
        lambda: Shown(
            data=a_statement(),
            trust=published(KEYS[MAKER], assertionMethod=[], authentication=[KEYS[MAKER].key_id]),
        ),
        "key-not-authorized",
        "under assertionMethod",
    ),
    # --- sets and chains ---
    _one(
        "a set of proofs of which one is over another document",
        lambda: proven(
            parsed(a_statement())["proof"],
            proof_by(KEYS[RIVAL], unsigned(a_statement()) | {"id": "urn:other"}),
        ),
        "proof-invalid",
        f"the key {KEYS[RIVAL].public_key_multibase} did not sign",
    ),
    _one(
        "a chain of proofs whose first is missing",
        lambda: with_proof(previousProof="urn:proof:0"),
        "proof-chain",
        "'urn:proof:0', which is not in the document",
    ),
    _one("proofs in a circle", in_a_circle, "proof-chain", "in a circle"),
    _one("two proofs of one name", of_one_name, "proof-chain", "two proofs have the id"),
    _one(
        "a chain of proofs that names one twice",
        lambda: chained(previousProof=["urn:proof:1"] * 2),
        "proof-chain",
        "one of them twice",
        genuine=chained,
    ),
)
