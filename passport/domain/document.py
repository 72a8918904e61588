"""Documents that an operator keeps here, named by their bytes, and what names them."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from passport.domain.errors import InvalidValueError

_SHA256 = re.compile(r"sha256[:-]([0-9a-f]{64})")
ADDRESS = "/documents/"
"""Where documents are read, on the host of who uploaded them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """One document as one organisation uploaded it.

    Attributes:
        digest: ``sha256:<hex>`` of its bytes; the same bytes are one document, whoever brings them.
        media_type: What it is by its bytes.
        size: Length [bytes].
        organisation: Short name of who uploaded it.
        file_name: What the file was called there.
        title: What people call it; empty where nobody said so.
        kind: Code of the list ``document-kind``.
        language: BCP 47; empty where unknown.
        issuer: Who issued the document itself.
        valid_from: First day it holds.
        valid_until: Last day it holds.
        version: The author's number of its version.
    """

    digest: str
    media_type: str
    size: int
    organisation: str
    file_name: str
    uploaded_at: datetime
    title: str = ""
    kind: str = "other"
    language: str = ""
    issuer: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReference:
    """A signed statement names a document.

    Attributes:
        digest: ``sha256:<hex>`` of the document.
        about: `BatteryId` or `ModelId` of the statement.
        point: Point of Annex XIII of the statement: it decides who reads the document.
        issuer: Short name of who signed. Only the documents that the signer brought here itself
            are opened by its statement; a digest that was overheard opens nothing.
    """

    digest: str
    about: str
    point: str
    issuer: str


def parse_document_digest(text: str) -> str:
    """Return a document's digest, from its address (``sha256-``) or as statements write it.

    Raises:
        InvalidValueError: It is neither.

    >>> parse_document_digest("sha256-" + "0" * 64)[:12]
    'sha256:00000'
    """
    found = _SHA256.fullmatch(text)
    if found is None:
        raise InvalidValueError(
            f"{text!r} names no document; write sha256- and 64 hexadecimal digits"
        )
    return f"sha256:{found.group(1)}"


def document_path(digest: str) -> str:
    """Return the path under which a document is read.

    >>> document_path("sha256:" + "0" * 64)[:24]
    '/documents/sha256-000000'
    """
    return ADDRESS + digest.replace(":", "-", 1)
