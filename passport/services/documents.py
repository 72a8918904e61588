"""Documents come here, and statements name them: by digest, with what the digest stands for."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from passport.domain.access import BATTERY_SCOPE, Point, require_reach
from passport.domain.actor import Actor
from passport.domain.content import Content, absence_of, codes_of, find_term
from passport.domain.document import (
    ADDRESS,
    DocumentReference,
    StoredDocument,
    document_path,
    parse_document_digest,
)
from passport.domain.errors import ContentRefusedError, InvalidValueError, Problem
from passport.domain.identifiers import path_of_link
from passport.linked_data.patterns import LANGUAGE_PATTERN
from passport.services.file_types import document_media_type
from passport.services.operators import read_operator, require_acts_for
from passport.services.ports import Work

_LANGUAGE = re.compile(LANGUAGE_PATTERN)
_LONGEST_NAME = 200
_LONGEST_TEXT = 500
_NODE_CLASS = "Document"

Uploads = Callable[[str], Sequence[StoredDocument]]
"""Looks a digest up among the documents of one operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document to be kept.

    Attributes:
        media_type: What the sender calls it; empty for nothing.
        file_name: What the file is called at the sender.
        title: What people shall read, in ``language``; the file's name without.
        kind: Code of the list ``document-kind``.
        language: Language of the document (BCP 47).
        issuer: Who issued it.
        valid_from: First day it holds.
        valid_until: Last day it holds.
        version: Its author's number of the version.
    """

    content: bytes
    media_type: str = ""
    file_name: str = ""
    title: str = ""
    kind: str = "other"
    language: str = ""
    issuer: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    version: str = ""


def add_document(actor: Actor, operator: str, new: NewDocument, *, work: Work) -> StoredDocument:
    """Keep a document of an operator; the same bytes again describe the same document anew.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
        InvalidValueError: It is no kind of file that is kept, or what is said of it is no value.
    """
    require_reach(actor, BATTERY_SCOPE)
    owner = read_operator(operator, work=work)
    require_acts_for(actor, owner, work=work)
    _check_description(new)
    name = _file_name(new.file_name)
    digest = f"sha256:{hashlib.sha256(new.content).hexdigest()}"
    media_type = document_media_type(new.content, new.media_type, name)
    before = work.documents.uploads_of(digest)
    own = next((one for one in before if one.organisation == owner.slug), None)
    document = StoredDocument(
        digest=digest,
        # One address has one media type: who came first has said which kind of text it is.
        media_type=before[0].media_type if before else media_type,
        size=len(new.content),
        organisation=owner.slug,
        file_name=name,
        uploaded_at=own.uploaded_at if own else work.clock.now(),
        title=new.title.strip() or name,
        kind=new.kind,
        language=new.language,
        issuer=new.issuer.strip(),
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        version=new.version.strip(),
    )
    work.documents.keep(document, new.content)
    return document


def _check_description(new: NewDocument) -> None:
    if new.kind not in codes_of("document-kind"):
        raise InvalidValueError(
            f"{new.kind!r} is no kind of document; it is one of: "
            f"{', '.join(codes_of('document-kind'))}"
        )
    if new.language and not _LANGUAGE.fullmatch(new.language):
        raise InvalidValueError(f"{new.language!r} is no language; write en, nl, de-AT ...")
    if new.valid_from and new.valid_until and new.valid_from > new.valid_until:
        raise InvalidValueError(
            f"the document would hold from {new.valid_from} until {new.valid_until}"
        )
    for text in (new.title, new.issuer, new.version):
        if len(text) > _LONGEST_TEXT or not text.isprintable():
            raise InvalidValueError(
                f"{text[:40]!r} is no title, issuer or version: one line of at most "
                f"{_LONGEST_TEXT} characters"
            )


def _file_name(given: str) -> str:
    """Return a file's name without folders and control characters."""
    name = PurePosixPath(given.replace("\\", "/")).name
    kept = "".join(mark for mark in name if mark.isprintable()).strip(" .")
    return kept[-_LONGEST_NAME:] or "document"


def document_node(document: StoredDocument, base_url: str) -> dict[str, object]:
    """Return the node with which a model or battery names a document.

    Args:
        document: The document as its organisation brought it.
        base_url: Scheme and host of that organisation's addresses.
    """
    node: dict[str, object] = {
        "documentKind": document.kind,
        "documentTitle": {document.language or "en": document.title},
        "documentUrl": f"{base_url}{document_path(document.digest)}",
        "documentDigest": document.digest,
        "documentMediaType": document.media_type,
    }
    said = {
        "documentLanguage": document.language,
        "documentIssuer": document.issuer,
        "documentVersion": document.version,
        "documentValidFrom": document.valid_from and document.valid_from.isoformat(),
        "documentValidUntil": document.valid_until and document.valid_until.isoformat(),
    }
    return node | {name: value for name, value in said.items() if value}


# --- what statements name -------------------------------------------------------------------------


def complete_documents(content: Content, operator: str, *, work: Work) -> dict[str, object]:
    """Return a content whose documents are told by digest where its operator keeps them here.

    Documents of others are not looked at: nobody learns by naming a digest what it stands for.

    Raises:
        ContentRefusedError: A document is named by nothing, or by an address of ours, a digest
            and a media type that do not go together; every place is named.
    """
    problems: list[Problem] = []

    def uploads_of(digest: str) -> Sequence[StoredDocument]:
        found = work.documents.uploads_of(digest)
        return [one for one in found if one.organisation == operator]

    completed = {
        name: _completed(name, value, f"/{name}", problems, uploads_of)
        for name, value in content.items()
    }
    if problems:
        raise ContentRefusedError("; ".join(one.message for one in problems[:3]), tuple(problems))
    return completed


def _completed(
    name: str, value: object, path: str, problems: list[Problem], uploads_of: Uploads
) -> object:
    if isinstance(value, str):  # most are; each signing comes by here
        return value
    if isinstance(value, list | tuple):
        return [
            _completed(name, one, f"{path}/{place}", problems, uploads_of)
            for place, one in enumerate(value)
        ]
    if not isinstance(value, Mapping) or absence_of(value) is not None:
        return value
    node = {
        part: _completed(part, one, f"{path}/{part}", problems, uploads_of)
        for part, one in value.items()
    }
    return _completed_document(node, path, problems, uploads_of) if _is_document(name) else node


def _is_document(name: str) -> bool:
    term = find_term(name)
    return term is not None and term.value_class == _NODE_CLASS


def _completed_document(
    node: dict[str, object], path: str, problems: list[Problem], uploads_of: Uploads
) -> dict[str, object]:
    address = node.get("documentUrl")
    digest = node.get("documentDigest")
    if address is None and digest is None:
        problems.append(_problem("a document is named by documentDigest or documentUrl", path))
        return node
    own = _digest_in(address)
    if own and digest not in {None, own}:
        problems.append(
            _problem(f"documentUrl {address} is not the document {digest}", f"{path}/documentUrl")
        )
        return node
    uploads = uploads_of(str(digest or own)) if digest or own else ()
    if not uploads:
        return node
    said = node.get("documentMediaType", uploads[0].media_type)
    if said != uploads[0].media_type:
        message = f"documentMediaType is {said}, but the document is {uploads[0].media_type}"
        problems.append(_problem(message, f"{path}/documentMediaType"))
    return node | {"documentDigest": digest or own}


def _digest_in(address: object) -> str:
    """Return the digest in an address of the form that this service gives out; empty in others."""
    try:
        path = path_of_link(address) if isinstance(address, str) else ""
        if not path.startswith(ADDRESS):
            return ""
        return parse_document_digest(path.removeprefix(ADDRESS))
    except InvalidValueError:
        return ""


def _problem(message: str, path: str) -> Problem:
    return Problem(message=message, path=path, column=path.strip("/").replace("/", "."))


def references_of(
    content: Content, *, about: str, point: Point, issuer: str
) -> list[DocumentReference]:
    """Return a reference for each document that a content names by digest."""
    return [
        DocumentReference(digest=digest, about=about, point=point.value, issuer=issuer)
        for digest in sorted(set(_digests_in(content)))
    ]


def _digests_in(value: object) -> Iterator[str]:
    parts: Iterable[object] = ()
    if isinstance(value, Mapping):
        digest = value.get("documentDigest")
        if isinstance(digest, str):
            yield digest
        parts = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    for one in parts:
        if not isinstance(one, str):
            yield from _digests_in(one)
