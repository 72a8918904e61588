"""Whom a verifier trusts: a small file that it brings itself, so that no network is needed.

The file is a JSON object::

    {"dids": {"did:web:...": <DID document>, or {"sha256": "<hex>"} to pin one that comes along,
                             or {"history": true} to believe what a trusted log kept of it},
     "logs": [{"origin": "<origin line>", "key": "<verifier key>", "checkpoint": "<signed note>"}],
     "roles": {"did:web:...": ["operator", "recycler"]},
     "gtinPrefixes": {"did:web:...": ["9506000"]},
     "hosts": {"did:web:...": ["https://passport.maker.example"]},
     "witnesses": [{"key": "<verifier key>"}], "witnessQuorum": 1,
     "timeStampAuthorities": ["<certificate in PEM>"],
     "retired": {"eddsa-rdfc-2022": "2041-01-01T00:00:00Z"},
     "contexts": {"https://...": <context document>}}

All but ``dids`` may be left out. Where a DID has roles, prefixes or hosts, it may state only what
goes with them; a party without entry is not restricted.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self, cast

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from passport.domain.actor import Role
from passport.domain.errors import PassportError
from passport.domain.identifiers import parse_gtin_prefix, parse_host
from passport.linked_data.canonical import Canonicalizer, pinned_canonicalizer
from passport.linked_data.contexts import context_document, known_contexts
from passport.linked_data.documents import MalformedDocumentError, parse_document
from passport.signing.did import DidDocuments
from passport.signing.instants import instant_text, parse_instant
from passport.signing.transparency_log import TrustedLog, parse_note_key, verify_checkpoint
from passport.signing.witness import parse_witness_key

_LARGEST_TRUST_FILE = 16 * 1024 * 1024
_MEMBERS = frozenset(
    {
        "dids",
        "logs",
        "roles",
        "gtinPrefixes",
        "hosts",
        "witnesses",
        "witnessQuorum",
        "timeStampAuthorities",
        "retired",
        "contexts",
    }
)
_HISTORY: Mapping[str, object] = {"history": True}


class TrustFileError(PassportError):
    """A trust file cannot be read."""

    code = "trust-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Parties, logs and contexts that a verifier believes.

    Attributes:
        did_documents: What each trusted party publishes, by DID.
        pinned_documents: SHA-256 of DID documents that may come along with what is verified.
        history_dids: Parties whose keys are those that a trusted log kept of them.
        logs: Logs whose receipts count.
        kept_checkpoints: Signed notes seen before; a log that does not agree with its own is
            forked.
        roles: What a party may state, by DID.
        gtin_prefixes: GS1 company prefixes of a party, by DID.
        hosts: Scheme and host of the addresses that a party's statements may use, by DID.
        witnesses: Verifier keys of those that cosign checkpoints.
        witness_quorum: How many of them must have cosigned, where any are named.
        time_stamp_authorities: Roots of those that stamp the time.
        retired: Suites broken from an instant on; what they signed must be proven older.
        contexts: Contexts known beside the pinned ones of this project.
    """

    did_documents: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    pinned_documents: Mapping[str, str] = field(default_factory=dict)
    history_dids: frozenset[str] = frozenset()
    logs: Sequence[TrustedLog] = ()
    kept_checkpoints: Sequence[str] = ()
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    gtin_prefixes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hosts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    witnesses: Sequence[str] = ()
    witness_quorum: int = 1
    time_stamp_authorities: Sequence[x509.Certificate] = ()
    retired: Mapping[str, datetime] = field(default_factory=dict)
    contexts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a trust file.

        Raises:
            TrustFileError: It is not there, or is no trust file.
        """
        try:
            return cls.parse(path.read_bytes())
        except OSError as error:
            raise TrustFileError(f"the trust file {path} cannot be read: {error}") from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the bytes of a trust file.

        Raises:
            TrustFileError: They are no trust file.
        """
        try:
            return cls(**_members(parse_document(data, largest=_LARGEST_TRUST_FILE)))
        except MalformedDocumentError as error:
            raise TrustFileError(f"the trust file is no JSON: {error}") from error
        except TrustFileError:
            raise
        except PassportError as error:
            raise TrustFileError(f"the trust file cannot be used: {error}") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TrustFileError(
                f"the trust file has another form than expected: {error}"
            ) from error

    def to_bytes(self) -> bytes:
        """Write the trust file."""
        pinned = {did: {"sha256": digest} for did, digest in self.pinned_documents.items()}
        kept = dict.fromkeys(sorted(self.history_dids), _HISTORY)
        content: dict[str, object] = {
            "dids": {**self.did_documents, **pinned, **kept},
            "logs": [self._log_entry(log) for log in self.logs],
            "roles": {did: sorted(roles) for did, roles in self.roles.items()},
        }
        others: dict[str, object] = {
            "gtinPrefixes": {did: list(prefixes) for did, prefixes in self.gtin_prefixes.items()},
            "hosts": {did: list(hosts) for did, hosts in self.hosts.items()},
            "witnesses": [{"key": key} for key in self.witnesses],
            "timeStampAuthorities": [
                authority.public_bytes(Encoding.PEM).decode()
                for authority in self.time_stamp_authorities
            ],
            "retired": {suite: instant_text(since) for suite, since in self.retired.items()},
            "contexts": self.contexts,
        }
        if self.witnesses:
            content["witnessQuorum"] = self.witness_quorum
        content |= {name: value for name, value in others.items() if value}
        return orjson.dumps(content, option=orjson.OPT_INDENT_2)

    def keys(self, brought_along: Mapping[str, Mapping[str, object]]) -> DidDocuments:
        """Return the keys of the trusted parties.

        Args:
            brought_along: DID documents that came with what is verified; only those count that
                are pinned by digest.

        Raises:
            DidDocumentError: A DID document does not say whose keys it holds.
        """
        pinned = {
            did: brought_along[did]
            for did, digest in self.pinned_documents.items()
            if did in brought_along and did_document_digest(brought_along[did]) == digest
        }
        return DidDocuments({**self.did_documents, **pinned})

    def canonicalizer(self) -> Canonicalizer:
        """Return a canonicalizer for the pinned contexts and the trusted ones."""
        return Canonicalizer(self._load_context) if self.contexts else pinned_canonicalizer()

    def _load_context(self, address: str) -> Mapping[str, object]:
        if address in self.contexts and address not in known_contexts():
            return self.contexts[address]
        return context_document(address)

    def _log_entry(self, log: TrustedLog) -> dict[str, str]:
        entry = {"origin": log.origin, "key": log.key.text}
        for note in self.kept_checkpoints:
            if note.partition("\n")[0] == log.origin:
                entry["checkpoint"] = note
        return entry


def did_document_digest(document: Mapping[str, object]) -> str:
    """Return the SHA-256 of a DID document as a trust file pins it, in hexadecimal.

    The document is hashed with its members sorted, so that storing it elsewhere keeps the digest.
    """
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _members(content: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := content.keys() - _MEMBERS:
        raise TrustFileError(f"a trust file has no {', '.join(sorted(unknown))}")
    dids = _objects(content, "dids")
    for did, value in dids.items():
        if not ("id" in value or "sha256" in value or value == _HISTORY):
            raise TrustFileError(f"{did} has no DID document, no sha256 and no history in it")
    logs = [_log(entry) for entry in content.get("logs", [])]
    kept = [str(entry["checkpoint"]) for entry in content.get("logs", []) if "checkpoint" in entry]
    for note in kept:
        verify_checkpoint(note, logs)
    witnesses = [
        parse_witness_key(str(entry["key"])).text for entry in content.get("witnesses", [])
    ]
    return {
        "did_documents": {did: value for did, value in dids.items() if "id" in value},
        "pinned_documents": {
            did: str(value["sha256"]) for did, value in dids.items() if "sha256" in value
        },
        "history_dids": frozenset(did for did, value in dids.items() if value == _HISTORY),
        "logs": logs,
        "kept_checkpoints": kept,
        "roles": {
            did: frozenset(Role(name) for name in names)
            for did, names in content.get("roles", {}).items()
        },
        "gtin_prefixes": {
            did: tuple(parse_gtin_prefix(prefix) for prefix in _texts(prefixes))
            for did, prefixes in content.get("gtinPrefixes", {}).items()
        },
        "hosts": {
            did: tuple(parse_host(host) for host in _texts(hosts))
            for did, hosts in content.get("hosts", {}).items()
        },
        "witnesses": witnesses,
        "witness_quorum": _quorum(content, len(witnesses)),
        "time_stamp_authorities": [
            x509.load_pem_x509_certificate(pem.encode())
            for pem in _texts(content.get("timeStampAuthorities", []))
        ],
        "retired": {
            suite: parse_instant(since) for suite, since in content.get("retired", {}).items()
        },
        "contexts": _objects(content, "contexts"),
    }


def _quorum(content: Mapping[str, Any], witnesses: int) -> int:
    quorum = content.get("witnessQuorum", 1)
    if type(quorum) is not int or not 1 <= quorum <= max(1, witnesses):
        raise TrustFileError(f"a witnessQuorum of {quorum!r} for {witnesses} witnesses")
    return quorum


def _objects(content: Mapping[str, object], name: str) -> dict[str, Mapping[str, object]]:
    found = content.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise TrustFileError(f"{name} of a trust file is an object of objects")
    return cast("dict[str, Mapping[str, object]]", found)


def _texts(value: object) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TrustFileError(f"{str(value)[:60]!r} stands where a list of texts belongs")
    return value


def _log(entry: Mapping[str, str]) -> TrustedLog:
    return TrustedLog(origin=entry["origin"], key=parse_note_key(entry["key"]))
