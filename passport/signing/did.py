"""``did:web`` identifiers, the documents behind them, and the keys in those.

Source: did:web Method Specification; W3C Decentralized Identifiers 1.0; Controlled Identifiers 1.0.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from passport.domain.errors import InvalidIdentifierError, InvalidValueError, PassportError
from passport.linked_data.terms import VOCABULARY
from passport.signing.errors import KeyMalformedError, KeyUnknownError
from passport.signing.instants import instant_text, parse_instant
from passport.signing.keys import VerificationKey, parse_multikey

DID_CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
"""In this order: Digital Bazaar's libraries take a slow way where did/v1 is not the first."""

LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PREFIX = "did:web:"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(%3A[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
_LOG_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_SEGMENT = re.compile(r"([A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_PURPOSES = ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation")
_MOST_METHODS = 500
REVOKED_FROM_LOG_SIZE: Final = f"{VOCABULARY}revokedFromLogSize"
"""Beside ``revoked``: entries of the log with a smaller index were in it before that instant."""


class DidDocumentError(PassportError):
    """A DID document does not say whose keys these are."""

    code = "did-document"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """A key as it stands in its controller's DID document, for as long as passports live.

    Attributes:
        key_id: Full id, ``<did>#key-<n>``; never used for another key.
        public_key_multibase: The public key as Multikey.
        expires_at: Routine end; what was signed before stays good.
        revoked_at: Declared compromised.
        revoked_from_log_size: Entries of the log with a smaller index were in it before that.
    """

    key_id: str
    public_key_multibase: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_from_log_size: int | None = None


def did_web(base_url: str, *path: str) -> str:
    """Name a party by a place on a web site.

    Raises:
        InvalidIdentifierError: The address has no host, or more than a host.

    >>> did_web("http://localhost:8000", "operators", "acme")
    'did:web:localhost%3A8000:operators:acme'
    """
    address = urlsplit(base_url)
    if not address.netloc or address.path.strip("/") or address.username is not None:
        raise InvalidIdentifierError(f"{base_url!r} is no web site to name parties by")
    host = address.netloc.replace(":", "%3A")
    return ":".join([f"{_PREFIX}{host}", *(quote(segment, safe="") for segment in path)])


def did_document_url(did: str) -> str:
    """Return where the document of a ``did:web`` stands; plain http only on this machine.

    Raises:
        InvalidIdentifierError: It is no did:web.

    >>> did_document_url("did:web:localhost%3A8000:operators:acme")
    'http://localhost:8000/operators/acme/did.json'
    >>> did_document_url("did:web:maker.example")
    'https://maker.example/.well-known/did.json'
    """
    host, *segments = did.removeprefix(_PREFIX).split(":")
    shaped = _HOST.fullmatch(host) and all(_SEGMENT.fullmatch(segment) for segment in segments)
    leaves = any(unquote(segment) in {".", ".."} for segment in segments)
    if not did.startswith(_PREFIX) or not shaped or leaves:
        raise InvalidIdentifierError(f"{did!r} is no did:web like did:web:maker.example:batteries")
    netloc = unquote(host)
    scheme = "http" if netloc.partition(":")[0].lower() in LOOPBACK_HOSTS else "https"
    return f"{scheme}://{netloc}/{'/'.join(segments or ['.well-known'])}/did.json"


def build_did_document(did: str, keys: Iterable[PublishedKey]) -> dict[str, object]:
    """Make the document that publishes a party's keys, old ones included.

    A key that has ended stays: verifiers read today's document for a passport of ten years ago.
    """
    methods = [_method(did, key) for key in keys]
    return {
        "@context": list(DID_CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def parse_did_document(document: Mapping[str, object], did: str) -> dict[str, VerificationKey]:
    """Read the keys a party publishes, by their full id.

    Keys of kinds that are not checked here are left out: others may use them for other things.

    Raises:
        DidDocumentError: The document is about somebody else, or names a key twice.
    """
    if document.get("id") != did:
        raise DidDocumentError(f"the DID document is about {document.get('id')!r}, not {did}")
    purposes = _purposes(document, did)
    keys: dict[str, VerificationKey] = {}
    for method in _methods(document):
        key_id = _full_id(method.get("id"), did)
        if key_id in keys:
            raise DidDocumentError(f"the DID document of {did} names the key {key_id} twice")
        key = _verification_key(method, key_id, did, purposes)
        if key is not None:
            keys[key_id] = key
    return keys


class DidDocuments:
    """KeyResolver over DID documents that somebody vouches for; fetches nothing."""

    def __init__(self, documents: Mapping[str, Mapping[str, object]]) -> None:
        self._keys: dict[str, VerificationKey] = {}
        self._dids = frozenset(documents)
        for did, document in documents.items():
            self._keys |= parse_did_document(document, did)

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return a key that one of the documents publishes.

        Raises:
            KeyUnknownError: Nobody vouches for its controller, or the controller not for the key.
        """
        key = self._keys.get(verification_method)
        if key is not None:
            return key
        did = verification_method.partition("#")[0]
        if did in self._dids:
            raise KeyUnknownError(f"{did} publishes no key {verification_method}")
        raise KeyUnknownError(f"nobody you trust vouches for {did}, who is said to have signed")


def _method(did: str, key: PublishedKey) -> dict[str, object]:
    method: dict[str, object] = {
        "id": key.key_id,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.public_key_multibase,
    }
    if key.expires_at is not None:
        method["expires"] = instant_text(key.expires_at)
    if key.revoked_at is not None:
        method["revoked"] = instant_text(key.revoked_at)
        if key.revoked_from_log_size is not None:
            method[REVOKED_FROM_LOG_SIZE] = str(key.revoked_from_log_size)
    return method


def _methods(document: Mapping[str, object]) -> list[Mapping[str, object]]:
    listed = document.get("verificationMethod", [])
    embedded = [
        entry for purpose in _PURPOSES for entry in _entries(document, purpose) if not _is_id(entry)
    ]
    methods = [*(listed if isinstance(listed, list) else [listed]), *embedded]
    if len(methods) > _MOST_METHODS:
        raise DidDocumentError(f"a DID document with {len(methods)} keys; at most {_MOST_METHODS}")
    return [method for method in methods if isinstance(method, dict)]


def _entries(document: Mapping[str, object], purpose: str) -> list[object]:
    entries = document.get(purpose, [])
    return entries if isinstance(entries, list) else [entries]


def _is_id(entry: object) -> bool:
    return isinstance(entry, str)


def _purposes(document: Mapping[str, object], did: str) -> dict[str, frozenset[str]]:
    purposes: dict[str, frozenset[str]] = {}
    for purpose in _PURPOSES:
        for entry in _entries(document, purpose):
            named = entry.get("id") if isinstance(entry, dict) else entry
            key_id = _full_id(named, did)
            purposes[key_id] = purposes.get(key_id, frozenset()) | {purpose}
    return purposes


def _full_id(key_id: object, did: str) -> str:
    if not isinstance(key_id, str):
        raise DidDocumentError(f"the DID document of {did} has a key named {key_id!r}")
    return f"{did}{key_id}" if key_id.startswith("#") else key_id


def _verification_key(
    method: Mapping[str, object], key_id: str, did: str, purposes: Mapping[str, frozenset[str]]
) -> VerificationKey | None:
    multibase = method.get("publicKeyMultibase")
    if method.get("type") != "Multikey" or not isinstance(multibase, str):
        return None
    if method.get("controller") != did or key_id.partition("#")[0] != did:
        raise DidDocumentError(
            f"the DID document of {did} publishes {key_id} of {method.get('controller')}"
        )
    try:
        public_key = parse_multikey(multibase)
    except KeyMalformedError:
        return None
    return VerificationKey(
        key_id=key_id,
        controller=did,
        public_key=public_key,
        purposes=purposes.get(key_id, frozenset()),
        expires_at=_end(method, "expires", did),
        revoked_at=_end(method, "revoked", did),
        revoked_from_log_size=_log_size(method, did),
    )


def _end(method: Mapping[str, object], name: str, did: str) -> datetime | None:
    if name not in method:
        return None
    try:
        return parse_instant(method[name])
    except InvalidValueError as error:
        raise DidDocumentError(f"the DID document of {did}, {name}: {error}") from error


def _log_size(method: Mapping[str, object], did: str) -> int | None:
    if REVOKED_FROM_LOG_SIZE not in method:
        return None
    text = method[REVOKED_FROM_LOG_SIZE]
    if not isinstance(text, str) or not _LOG_SIZE.fullmatch(text):
        raise DidDocumentError(
            f"the DID document of {did}: {text!r} is no size of a log; write it as text of digits"
        )
    return int(text)
