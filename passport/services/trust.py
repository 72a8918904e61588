"""Whom a verifier trusts: a small file that it brings itself, so that no network is needed.

The file is a JSON object::

    {"dids": {"did:web:...": <DID document, or {"sha256": "<hex>"} to pin one that comes along>},
     "logs": [{"origin": "<origin line>", "key": "<verifier key>"}],
     "roles": {"did:web:...": ["operator", "recycler"]},
     "contexts": {"https://...": <context document>}}

``roles`` and ``contexts`` may be left out. Where a DID has roles, it may state only what goes with
them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, cast

import orjson

from passport.domain.actor import Role
from passport.domain.errors import PassportError
from passport.linked_data.canonical import Canonicalizer, pinned_canonicalizer
from passport.linked_data.contexts import context_document, known_contexts
from passport.linked_data.documents import MalformedDocumentError, parse_document
from passport.signing.did import DidDocuments
from passport.signing.transparency_log import TrustedLog, parse_note_key

_LARGEST_TRUST_FILE = 16 * 1024 * 1024
_MEMBERS = frozenset({"dids", "logs", "roles", "contexts"})


class TrustFileError(PassportError):
    """A trust file cannot be read."""

    code = "trust-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Parties, logs and contexts that a verifier believes.

    Attributes:
        did_documents: What each trusted party publishes, by DID.
        pinned_documents: SHA-256 of DID documents that may come along with what is verified.
        logs: Logs whose receipts count.
        roles: What a party may state, by DID; a party without entry may state anything.
        contexts: Contexts known beside the pinned ones of this project.
    """

    did_documents: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    pinned_documents: Mapping[str, str] = field(default_factory=dict)
    logs: Sequence[TrustedLog] = ()
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
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
            content = parse_document(data, largest=_LARGEST_TRUST_FILE)
            unknown = content.keys() - _MEMBERS
            if unknown:
                raise TrustFileError(f"a trust file has no {', '.join(sorted(unknown))}")
            dids = _objects(content, "dids")
            return cls(
                did_documents={did: value for did, value in dids.items() if "sha256" not in value},
                pinned_documents={
                    did: str(value["sha256"]) for did, value in dids.items() if "sha256" in value
                },
                logs=[_log(entry) for entry in content.get("logs", [])],
                roles={
                    did: frozenset(Role(name) for name in names)
                    for did, names in content.get("roles", {}).items()
                },
                contexts=_objects(content, "contexts"),
            )
        except MalformedDocumentError as error:
            raise TrustFileError(f"the trust file is no JSON: {error}") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TrustFileError(
                f"the trust file has another form than expected: {error}"
            ) from error

    def to_bytes(self) -> bytes:
        """Write the trust file."""
        pinned = {did: {"sha256": digest} for did, digest in self.pinned_documents.items()}
        content: dict[str, object] = {
            "dids": {**self.did_documents, **pinned},
            "logs": [{"origin": log.origin, "key": log.key.text} for log in self.logs],
            "roles": {did: sorted(roles) for did, roles in self.roles.items()},
        }
        if self.contexts:
            content["contexts"] = self.contexts
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


def did_document_digest(document: Mapping[str, object]) -> str:
    """Return the SHA-256 of a DID document as a trust file pins it, in hexadecimal.

    The document is hashed with its members sorted, so that storing it elsewhere keeps the digest.
    """
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _objects(content: Mapping[str, object], name: str) -> dict[str, Mapping[str, object]]:
    found = content.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise TrustFileError(f"{name} of a trust file is an object of objects")
    return cast("dict[str, Mapping[str, object]]", found)


def _log(entry: Mapping[str, str]) -> TrustedLog:
    return TrustedLog(origin=entry["origin"], key=parse_note_key(entry["key"]))
