"""Genuine passports of a running installation, as the files that leave it.

Beside them one of a party that is gone, believed by what a stamped log kept of its keys, and a
statement of a recycler in other forms: as token, and in part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from builders_bundle import HOST, KEYS, LOG, MAKER, RECYCLED, RECYCLER, SIGNED_AT
from builders_signing import an_ecdsa_key
from forgeries.evidence import a_kept_passport, authority
from forgeries.forgery import unsigned

from passport.bootstrap import Passport
from passport.bootstrap.demonstration import MANUFACTURER
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM
from passport.services.trust import Trust
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.jose import sign_token
from passport.signing.proofs import NewProof
from passport.signing.selective_disclosure import NewBaseProof, derive_document, make_base_proof
from passport.signing.transparency_log import TrustedLog

_MOST_BATTERIES = 6
_RECYCLED = unsigned(RECYCLED.sign())
_CURVE_KEY = an_ecdsa_key("maker", RECYCLER, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What a forger starts from, and what the verifier believes.

    Attributes:
        bundles: Of several batteries, each for several audiences.
        tokens: Statements as tokens.
        parts: Parts of these statements.
        at: The instant asked about.
    """

    bundles: Sequence[bytes]
    tokens: Sequence[bytes]
    parts: Sequence[bytes]
    trust: Trust
    at: datetime


def corpus_of(passport: Passport) -> Corpus:
    """Take the bundles of some batteries out of an installation."""
    trust = Trust.parse(orjson.dumps(passport.trust()))
    batteries = passport.services.batteries_of(MANUFACTURER.actor, limit=_MOST_BATTERIES)
    return Corpus(
        bundles=[
            passport.bundle(SYSTEM, battery.battery_id, audience)
            for battery in batteries
            for audience in (Audience.PUBLIC, Audience.LEGITIMATE_INTEREST, Audience.AUTHORITY)
        ]
        + [a_kept_passport()],
        tokens=[sign_token(_RECYCLED, key=KEYS[RECYCLER])],
        parts=[_a_part()],
        trust=replace(
            trust,
            did_documents={**trust.did_documents, RECYCLER: _published()},
            history_dids=frozenset({MAKER}),
            logs=[*trust.logs, TrustedLog(origin=LOG.key.name, key=LOG.key)],
            time_stamp_authorities=[authority().root],
            gtin_prefixes={**trust.gtin_prefixes, MAKER: ["9506000"]},
            hosts={**trust.hosts, MAKER: [HOST]},
        ),
        at=passport.services.clock.now() + timedelta(minutes=1),
    )


def _a_part() -> bytes:
    """What happened, without when; everything that says of whom it is is always shown."""
    always = [f"/{name}" for name in _RECYCLED if name not in {"@context", "credentialSubject"}]
    new = NewBaseProof(
        proof=NewProof(created_at=SIGNED_AT),
        mandatory_pointers=[*always, "/credentialSubject/id", "/credentialSubject/type"],
    )
    proof = make_base_proof(_RECYCLED, new, key=_CURVE_KEY)
    part = derive_document({**_RECYCLED, "proof": proof}, ["/credentialSubject/eventKind"])
    return orjson.dumps(part)


def _published() -> Mapping[str, object]:
    return build_did_document(
        RECYCLER,
        [
            PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
            for key in (KEYS[RECYCLER], _CURVE_KEY)
        ],
    )
