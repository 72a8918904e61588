"""A bundle: a presentation with all it takes to verify it without network, in one JSON file.

The issuer may be gone before the battery is. So the bundle carries, beside the statements as the
exact bytes that were signed, the DID documents, status lists, contexts and log receipts of the
day it was made; an archive adds each earlier DID document with its receipt, and time stamps of the
checkpoint that the receipts are for. What it carries is evidence to be checked, never a reason to
trust.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from passport.domain.errors import PassportError
from passport.linked_data.contexts import STATEMENT_CONTEXTS, context_bytes
from passport.linked_data.documents import (
    MalformedDocumentError,
    parse_document,
    presentation_bytes,
)

BUNDLE_FORMAT: Final = "open-battery-passport-bundle/1"
LARGEST_BUNDLE: Final = 32 * 1024 * 1024
_MOST_ENTRIES: Final = 10_000
_MOST_TOKENS: Final = 100
"""A passport kept for a century, its stamps renewed every year."""


class MalformedBundleError(PassportError):
    """A bundle is not as bundles are written."""

    code = "malformed-bundle"


class BundleContradictsError(MalformedBundleError):
    """A bundle shows its reader something else than what was signed."""

    code = "bundle-contradicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedDidDocument:
    """One version of a DID document, as it was served when it was put into the log.

    Attributes:
        document: The exact bytes; the entry of the log is their SHA-256.
        receipt: Log receipt of that entry.
    """

    document: bytes
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedCheckpoint:
    """A checkpoint of the log with time stamps, the later ones renewing the earlier ones.

    Attributes:
        note: The note as the log signed it: text, empty line and the log's own signature line, all
            of which is stamped.
        tokens: TimeStampTokens in DER, in the order in which they were made.
    """

    note: str
    tokens: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogExtension:
    """Proof that one tree of a log begins with another, smaller one.

    Attributes:
        path: Hashes of the consistency proof (RFC 6962, section 2.1.2).
    """

    origin: str
    old_size: int
    new_size: int
    path: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle holds, not verified yet.

    Attributes:
        statements: Exact bytes of each signed statement.
        did_documents: By DID.
        status_lists: Exact bytes of each signed status list.
        receipts: Log receipt by digest of a statement.
        contexts: Bytes of the contexts by address.
        did_history: Each version of a party's DID document, oldest first, by DID.
        time_stamps: The stamped checkpoint that the receipts are for, where there is one.
        log_extensions: Proofs that lead from one checkpoint of a log to another.
    """

    statements: Sequence[bytes]
    did_documents: Mapping[str, Mapping[str, object]]
    status_lists: Sequence[bytes]
    receipts: Mapping[bytes, str]
    contexts: Mapping[str, bytes]
    did_history: Mapping[str, Sequence[ArchivedDidDocument]] = field(default_factory=dict)
    time_stamps: StampedCheckpoint | None = None
    log_extensions: Sequence[LogExtension] = ()


def make_bundle(  # noqa: PLR0913 - a bundle is these seven things
    statements: Sequence[bytes],
    *,
    did_documents: Mapping[str, Mapping[str, object]],
    status_lists: Sequence[bytes],
    receipts: Mapping[bytes, str],
    did_history: Mapping[str, Sequence[ArchivedDidDocument]] | None = None,
    time_stamps: StampedCheckpoint | None = None,
    log_extensions: Sequence[LogExtension] = (),
) -> bytes:
    """Write a bundle.

    Args:
        statements: Exact bytes of the signed statements, in reading order.
        did_documents: DID documents of the issuers, by DID.
        status_lists: Exact bytes of the signed status lists that the statements name.
        receipts: Log receipt by digest of a statement (SHA-256 of its bytes).
        did_history: Each version of a party's DID document, oldest first, by DID.
        time_stamps: The stamped checkpoint that the receipts are for.
        log_extensions: Proofs that lead from a checkpoint the reader keeps to this one.
    """
    presentation = orjson.Fragment(presentation_bytes(statements))
    members: dict[str, object] = {
        "format": BUNDLE_FORMAT,
        "presentation": presentation,
        "statements": [_text(statement) for statement in statements],
        "didDocuments": did_documents,
        "statusLists": [_text(status_list) for status_list in status_lists],
        "receipts": {digest.hex(): receipt for digest, receipt in receipts.items()},
        "contexts": {iri: _text(context_bytes(iri)) for iri in _contexts_of(statements)},
    }
    if did_history:
        members["didHistory"] = {
            did: [{"document": _text(one.document), "receipt": one.receipt} for one in versions]
            for did, versions in did_history.items()
        }
    if time_stamps is not None:
        members["timeStamps"] = {
            "checkpoint": time_stamps.note,
            "tokens": [_text(token) for token in time_stamps.tokens],
        }
    if log_extensions:
        members["logExtensions"] = [
            {
                "origin": one.origin,
                "oldSize": one.old_size,
                "newSize": one.new_size,
                "path": [_text(digest) for digest in one.path],
            }
            for one in log_extensions
        ]
    return orjson.dumps(members)


def _contexts_of(statements: Iterable[bytes]) -> list[str]:
    """Return the contexts that statements name; older ones may name older versions."""
    named = (iri for statement in statements for iri in orjson.loads(statement)["@context"])
    return list(dict.fromkeys((*STATEMENT_CONTEXTS, *named)))


def is_bundle(document: Mapping[str, object]) -> bool:
    """Tell whether a JSON object is a bundle, from its members."""
    return "format" in document or ("statements" in document and "receipts" in document)


def parse_bundle(document: Mapping[str, Any]) -> Bundle:
    """Read a bundle.

    Raises:
        MalformedBundleError: A member is missing or of another kind.
        BundleContradictsError: The presentation shows other statements than were signed.
    """
    if document.get("format", BUNDLE_FORMAT) != BUNDLE_FORMAT:
        raise MalformedBundleError(f"{document['format']!r} is not {BUNDLE_FORMAT}")
    try:
        bundle = Bundle(
            statements=[_bytes(text) for text in document["statements"]],
            did_documents=dict(document["didDocuments"]),
            status_lists=[_bytes(text) for text in document["statusLists"]],
            receipts={bytes.fromhex(k): str(v) for k, v in document["receipts"].items()},
            contexts={iri: _bytes(text) for iri, text in document.get("contexts", {}).items()},
            did_history={
                str(did): [_archived(version) for version in _listed(versions)]
                for did, versions in document.get("didHistory", {}).items()
            },
            time_stamps=_stamped(document["timeStamps"]) if "timeStamps" in document else None,
            log_extensions=[_extension(one) for one in _listed(document.get("logExtensions", []))],
        )
        shown = document["presentation"]["verifiableCredential"]
        shown_statements = shown if isinstance(shown, list) else [shown]
        signed_statements = [parse_document(statement) for statement in bundle.statements]
    except MalformedDocumentError as error:
        raise MalformedBundleError(f"a statement in the bundle is no document: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedBundleError(f"the bundle has another form than expected: {error}") from error
    if shown_statements != signed_statements:
        raise BundleContradictsError(
            "the presentation in the bundle shows other statements than those that were signed"
        )
    return bundle


def _archived(version: Mapping[str, Any]) -> ArchivedDidDocument:
    return ArchivedDidDocument(
        document=_bytes(version["document"]), receipt=_string(version["receipt"])
    )


def _stamped(member: Mapping[str, Any]) -> StampedCheckpoint:
    tokens = [_bytes(token) for token in _listed(member["tokens"])]
    if not tokens or len(tokens) > _MOST_TOKENS:
        raise MalformedBundleError(f"{len(tokens)} time stamps; there are 1 to {_MOST_TOKENS}")
    return StampedCheckpoint(note=_string(member["checkpoint"]), tokens=tokens)


def _extension(member: Mapping[str, Any]) -> LogExtension:
    return LogExtension(
        origin=_string(member["origin"]),
        old_size=int(member["oldSize"]),
        new_size=int(member["newSize"]),
        path=[_bytes(digest) for digest in _listed(member["path"])],
    )


def _listed(value: object) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > _MOST_ENTRIES:
        raise MalformedBundleError(f"a list of at most {_MOST_ENTRIES} entries belongs here")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise MalformedBundleError(f"{value!r} stands where a text belongs")
    return value


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise MalformedBundleError(f"{text[:20]!r}... is no base64url") from error
    if _text(data) != text:
        raise MalformedBundleError(f"{text[:20]!r}... is another writing of base64url")
    return data
