"""A whole passport as its statements, its bundle and a trust file, each with one thing changed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import orjson
from builders_signing import NOON, a_key

from passport.domain.access import Audience
from passport.domain.actor import Role
from passport.domain.passport import StatementKind
from passport.linked_data.documents import StatusEntry, build_statement, digest_of, digest_text
from passport.services.bundle import make_bundle
from passport.services.trust import Trust
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.keys import Ed25519SigningKey
from passport.signing.merkle_tree import HASH_BYTES
from passport.signing.proofs import sign_document
from passport.signing.status_list import build_status_list
from passport.signing.transparency_log import (
    Checkpoint,
    KeyNoteSigner,
    TrustedLog,
    make_receipt,
    sign_checkpoint,
)

HOST = "https://id.maker.example"
BATTERY = f"{HOST}/01/09506000134352/21/A1"
MODEL = f"{HOST}/01/09506000134352"
MAKER, RIVAL, RECYCLER = (
    f"did:web:id.maker.example:operators:{name}" for name in ("maker", "rival", "recycler")
)
KEYS = {MAKER: a_key("maker", MAKER), RIVAL: a_key("rival", RIVAL)} | {
    RECYCLER: a_key("recycler", RECYCLER)
}
LOG = KeyNoteSigner("id.maker.example/log", a_key("log"))
OTHER_LOG = KeyNoteSigner("other.example/log", a_key("rival"))
SIGNED_AT = NOON - timedelta(days=10)


def list_iri(did: str) -> str:
    return f"{HOST}/status/{did.rpartition(':')[2]}-1"


@dataclass(frozen=True)
class StatementPlan:
    """One statement to be signed; ``edit`` changes the document before the signature."""

    kind: StatementKind
    number: int
    content: Mapping[str, object]
    series: str
    issuer: str = MAKER
    subject: str = BATTERY
    version: int = 1
    previous: bytes | None = None
    edit: Callable[[dict[str, object]], dict[str, object]] = lambda document: document
    key: Ed25519SigningKey | None = None

    def sign(self) -> bytes:
        document = build_statement(
            self.kind,
            statement_iri=f"{HOST}/statements/{self.number}",
            subject_iri=self.subject,
            series_iri=self.series,
            version=self.version,
            issuer_did=self.issuer,
            content=self.content,
            valid_from=SIGNED_AT,
            status=StatusEntry(list_iri(self.issuer), self.number),
            previous=self.previous,
        )
        key = self.key or KEYS[self.issuer]
        return sign_document(self.edit(document), key=key, created=SIGNED_AT)


ITEM_PUBLIC = StatementPlan(
    StatementKind.ITEM_PUBLIC,
    1,
    {"batteryModel": MODEL, "serialNumber": "A1", "manufacturedOn": "2026-09"},
    f"{BATTERY}#item-public",
)
ITEM_DECLARED = StatementPlan(
    StatementKind.ITEM_DECLARED, 2, {"batteryStatus": "original"}, f"{BATTERY}#item-declared"
)
MODEL_PUBLIC = StatementPlan(
    StatementKind.MODEL_PUBLIC,
    3,
    {"category": "EV", "modelIdentifier": "M-1"},
    f"{MODEL}#model-public",
    subject=MODEL,
)
PRODUCTION = StatementPlan(
    StatementKind.PRODUCTION,
    4,
    {"batteryModel": MODEL},
    f"{MODEL}#production-2026",
    subject=f"{MODEL}#production-2026",
)
FIRST_CONDITION = StatementPlan(
    StatementKind.CONDITION,
    5,
    {"measuredAt": SIGNED_AT, "stateOfCertifiedEnergyPercent": "98.5"},
    f"{BATTERY}#conditions",
)
SUCCESSION = StatementPlan(
    StatementKind.EVENT,
    7,
    {"eventKind": "succession", "occurredAt": SIGNED_AT, "involvedParties": [MAKER]},
    f"{BATTERY}#events-public",
)
RECYCLING_STARTED = StatementPlan(
    StatementKind.EVENT,
    8,
    {"eventKind": "recycling-started", "occurredAt": SIGNED_AT},
    f"{BATTERY}#events",
    issuer=RECYCLER,
)
RECYCLED = StatementPlan(
    StatementKind.EVENT,
    9,
    {"eventKind": "recycled", "occurredAt": SIGNED_AT},
    f"{BATTERY}#events-public",
    issuer=RECYCLER,
)


@dataclass(frozen=True)
class PassportPlan:
    """A passport to be bundled; changed with ``dataclasses.replace``."""

    items: Sequence[StatementPlan] = (ITEM_PUBLIC, ITEM_DECLARED)
    others: Sequence[StatementPlan] = (MODEL_PUBLIC, PRODUCTION)
    listed: Sequence[StatementPlan] | None = None
    withheld: Sequence[StatementPlan] = ()
    audience: Audience = Audience.LEGITIMATE_INTEREST
    responsible: str = MAKER
    index_issuer: str = MAKER
    revoked: Sequence[int] = ()
    log: KeyNoteSigner = LOG
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    with_index: bool = True
    lists_valid_until: datetime | None = None

    def statements(self) -> list[bytes]:
        shown = [one for one in (*self.items, *self.others) if one not in self.withheld]
        signed = [one.sign() for one in shown]
        return [self.index(), *signed] if self.with_index else signed

    def index(self) -> bytes:
        listed = self.items if self.listed is None else self.listed
        wide = self.audience is not Audience.PUBLIC
        content = {
            "audience": self.audience.value,
            "granularity": "item",
            "passportState": "active",
            "lastUpdatedAt": SIGNED_AT,
            "responsibleOperator": {"id": self.responsible, "partyName": "Maker"},
            "statements": [
                {
                    "statementKind": one.kind.value,
                    "statement": f"{HOST}/statements/{one.number}",
                    "statementDigest": digest_text(digest_of(one.sign())),
                }
                for one in listed
            ],
            "modelSeries": [f"{MODEL}#model-public"]
            + ([f"{MODEL}#model-restricted"] if wide else []),
            "productionSeries": [f"{MODEL}#production-2026"],
        } | ({"conditionChain": f"{BATTERY}#conditions"} if wide else {})
        document = build_statement(
            StatementKind.INDEX,
            content=content,
            statement_iri=f"{HOST}/statements/100",
            subject_iri=BATTERY,
            series_iri=f"{BATTERY}#index-{self.audience.value}",
            version=1,
            issuer_did=self.index_issuer,
            valid_from=SIGNED_AT,
            status=StatusEntry(list_iri(self.index_issuer), 100),
        )
        return sign_document(document, key=KEYS[self.index_issuer], created=SIGNED_AT)

    def status_lists(self) -> list[bytes]:
        return [
            sign_document(
                build_status_list(
                    list_iri(did),
                    issuer_did=did,
                    marked=self.revoked,
                    valid_from=SIGNED_AT,
                    valid_until=self.lists_valid_until,
                ),
                key=key,
                created=SIGNED_AT,
            )
            for did, key in KEYS.items()
        ]

    def bundle(self) -> bytes:
        return a_bundle(self.statements(), self.status_lists(), self.log)

    def trust(self) -> Trust:
        return replace(TRUST, roles=self.roles)


DID_DOCUMENTS = {
    did: build_did_document(
        did, [PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)]
    )
    for did, key in KEYS.items()
}
TRUST = Trust(did_documents=DID_DOCUMENTS, logs=(TrustedLog(origin=LOG.key.name, key=LOG.key),))


def a_bundle(
    statements: Sequence[bytes],
    status_lists: Sequence[bytes],
    log: KeyNoteSigner = LOG,
) -> bytes:
    return make_bundle(
        statements,
        did_documents=DID_DOCUMENTS,
        status_lists=status_lists,
        receipts=receipts_for(statements, log),
    )


def receipts_for(statements: Sequence[bytes], log: KeyNoteSigner) -> dict[bytes, str]:
    """One log of these statements, after one entry of somebody else."""
    return receipts_in([bytes(HASH_BYTES), *map(digest_of, statements)], log)


def receipts_in(
    entries: Sequence[bytes], log: KeyNoteSigner = LOG, *, cosigned: Callable[[str], str] = str
) -> dict[bytes, str]:
    """Receipts of all entries of a log, under its one checkpoint."""
    note = cosigned(note_over(entries, log))
    leaves = [_hash(b"\x00" + entry) for entry in entries]
    return {
        entry: make_receipt(place, _path(place, leaves), note)
        for place, entry in enumerate(entries)
    }


def note_over(entries: Sequence[bytes], log: KeyNoteSigner = LOG) -> str:
    """The signed checkpoint of a log with these entries."""
    root = _root([_hash(b"\x00" + entry) for entry in entries])
    return sign_checkpoint(Checkpoint(origin=log.key.name, size=len(entries), root=root), log)


def _split(leaves: Sequence[bytes]) -> int:
    # RFC 6962, section 2.1: the largest power of two smaller than the number of leaves.
    return 1 << ((len(leaves) - 1).bit_length() - 1)


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    left = _split(leaves)
    return _hash(b"\x01" + _root(leaves[:left]) + _root(leaves[left:]))


def _path(place: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    left = _split(leaves)
    if place < left:
        return [*_path(place, leaves[:left]), _root(leaves[left:])]
    return [*_path(place - left, leaves[left:]), _root(leaves[:left])]


def consistency_in(entries: Sequence[bytes], old_size: int) -> list[bytes]:
    """Consistency proof from the first entries of a log to all of them."""
    leaves = [_hash(b"\x00" + entry) for entry in entries]
    return _subproof(old_size, leaves, is_whole=True) if old_size < len(leaves) else []


def _subproof(old_size: int, leaves: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    # RFC 6962, section 2.1.2.
    if old_size == len(leaves):
        return [] if is_whole else [_root(leaves)]
    left = _split(leaves)
    if old_size <= left:
        return [*_subproof(old_size, leaves[:left], is_whole=is_whole), _root(leaves[left:])]
    return [*_subproof(old_size - left, leaves[left:], is_whole=False), _root(leaves[:left])]


def changed_bundle(bundle: bytes, **members: object) -> bytes:
    return orjson.dumps(orjson.loads(bundle) | members)


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
