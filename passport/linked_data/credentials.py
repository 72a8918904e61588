"""Is this a verifiable credential or presentation, whoever wrote it? Its form, without its proof.

What a member says is for the contexts and the proof; here stands which members there are, and of
what form. Statements of battery passports have narrower schemas of their own.

Source: W3C Recommendation Verifiable Credentials Data Model 2.0, section 4.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from textwrap import shorten
from typing import Final

from passport.domain.errors import PassportError
from passport.linked_data.patterns import IRI_PATTERN
from passport.linked_data.terms import CREDENTIALS_IRI

VERIFIABLE_CREDENTIAL: Final = "VerifiableCredential"
VERIFIABLE_PRESENTATION: Final = "VerifiablePresentation"
ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"

_IRI = re.compile(IRI_PATTERN)
_DATE_TIME_STAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_DATA_URL = "data:"
_LONGEST_SHOWN = 80
_LANGUAGE_MEMBERS = frozenset({"@value", "@language", "@direction"})
_DIGESTS = ("digestSRI", "digestMultibase")
_TYPED_PARTS = ("credentialStatus", "refreshService", "termsOfUse", "evidence", "proof")
"""Members whose objects say of which type they are; their id is optional."""

_Members = Mapping[str, object]


class CredentialMalformedError(PassportError):
    """A document is no credential or presentation of the data model 2.0."""

    code = "credential-malformed"


def check_credential(document: _Members) -> None:
    """Refuse what does not have the form of a verifiable credential.

    Raises:
        CredentialMalformedError: A member is missing or of another form; the message names it.

    Source: Verifiable Credentials Data Model 2.0, sections 4.3 to 4.12 and 5.3.
    """
    _check_context(document)
    _check_id(document, "id")
    _require_type(document, VERIFIABLE_CREDENTIAL)
    _check_texts(document, "")
    _check_issuer(document)
    _check_subjects(document)
    _check_validity(document)
    for part in _TYPED_PARTS:
        for path, item in _objects(document, part):
            _types(item, path)
            _check_id(item, "id", path)
    for path, schema in _objects(document, "credentialSchema"):
        _types(schema, path)
        _require_id(schema, path)
    _check_related_resources(document)


def check_presentation(document: _Members) -> None:
    """Refuse what does not have the form of a verifiable presentation.

    Raises:
        CredentialMalformedError: A member is missing or of another form, in the presentation or in
            a credential in it; the message names it.

    Source: Verifiable Credentials Data Model 2.0, section 4.13.
    """
    _check_context(document)
    _check_id(document, "id")
    _require_type(document, VERIFIABLE_PRESENTATION)
    if "holder" in document:
        _require_party(document["holder"], "/holder")
    for part in ("proof", "termsOfUse"):
        for path, item in _objects(document, part):
            _types(item, path)
    for path, credential in _objects(document, "verifiableCredential"):
        try:
            _check_presented(credential)
        except CredentialMalformedError as error:
            raise CredentialMalformedError(f"in the credential at {path}: {error}") from error


def is_enveloped(credential: _Members) -> bool:
    """Whether a credential stands in a ``data:`` address, signed as a token."""
    return credential.get("type") in (ENVELOPED_CREDENTIAL, [ENVELOPED_CREDENTIAL])


def _check_presented(credential: _Members) -> None:
    if not is_enveloped(credential):
        check_credential(credential)
        return
    _check_context(credential)
    if not _text(credential.get("id"), "/id").startswith(_DATA_URL):
        raise CredentialMalformedError(f"an {ENVELOPED_CREDENTIAL} has a data: address as /id")


def _check_context(document: _Members) -> None:
    contexts = document.get("@context")
    listed = contexts if isinstance(contexts, list) else [contexts]
    if not listed or listed[0] != CREDENTIALS_IRI:
        raise CredentialMalformedError(f"/@context begins with {CREDENTIALS_IRI}")
    for position, context in enumerate(listed):
        if not isinstance(context, dict):
            _require_iri(context, f"/@context/{position}")


def _require_type(document: _Members, wanted: str) -> None:
    if wanted not in _types(document, ""):
        raise CredentialMalformedError(f"/type names no {wanted}")


def _types(document: _Members, path: str) -> Sequence[str]:
    names = document.get("type")
    listed = names if isinstance(names, list) else [names]
    types = [name for name in listed if isinstance(name, str) and name]
    if not types or len(types) != len(listed):
        raise CredentialMalformedError(f"{path}/type is {_shown(names)}, not the name of a type")
    return types


def _check_id(document: _Members, name: str, path: str = "") -> None:
    if name in document:
        _require_iri(document[name], f"{path}/{name}")


def _require_id(document: _Members, path: str) -> None:
    _require_iri(document.get("id"), f"{path}/id")


def _require_iri(value: object, path: str) -> None:
    if not _IRI.fullmatch(_text(value, path)):
        raise CredentialMalformedError(f"{_shown(value)} at {path} is no whole address")


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise CredentialMalformedError(f"{path} is {_shown(value)}, not one text")
    return value


def _require_party(value: object, path: str) -> None:
    if isinstance(value, dict):
        _require_id(value, path)
    else:
        _require_iri(value, path)


def _check_issuer(document: _Members) -> None:
    issuer = document.get("issuer")
    _require_party(issuer, "/issuer")
    if isinstance(issuer, dict):
        _check_texts(issuer, "/issuer")


def _check_texts(document: _Members, path: str) -> None:
    """Check what people read: a text, or texts with language and direction (section 11.1)."""
    for name in ("name", "description"):
        value = document.get(name, "")
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str) and not _is_tagged_text(item):
                raise CredentialMalformedError(
                    f"{path}/{name} is {_shown(item)}, no text with a language and a direction"
                )


def _is_tagged_text(item: object) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("@value"), str)
        and item.keys() <= _LANGUAGE_MEMBERS
    )


def _check_subjects(document: _Members) -> None:
    subjects = list(_objects(document, "credentialSubject"))
    if not subjects:
        raise CredentialMalformedError("/credentialSubject is missing: nobody is spoken of")
    for path, subject in subjects:
        if not subject:
            raise CredentialMalformedError(f"{path} says nothing")
        _check_id(subject, "id", path)


def _check_validity(document: _Members) -> None:
    begins = _instant(document, "validFrom")
    ends = _instant(document, "validUntil")
    if begins is not None and ends is not None and ends < begins:
        raise CredentialMalformedError(
            f"/validUntil {document['validUntil']} is before /validFrom {document['validFrom']}"
        )


def _instant(document: _Members, name: str) -> datetime | None:
    if name not in document:
        return None
    text = _text(document[name], f"/{name}")
    try:
        instant = datetime.fromisoformat(text) if _DATE_TIME_STAMP.fullmatch(text) else None
    except ValueError:
        instant = None
    if instant is None:
        raise CredentialMalformedError(
            f"/{name} is {_shown(text)}, no instant like 2026-11-21T09:00:00Z"
        )
    return instant


def _check_related_resources(document: _Members) -> None:
    seen: set[object] = set()
    for path, resource in _objects(document, "relatedResource"):
        _require_id(resource, path)
        if resource["id"] in seen:
            raise CredentialMalformedError(f"{path}/id {resource['id']} stands there twice")
        seen.add(resource["id"])
        if not any(isinstance(resource.get(digest), str) for digest in _DIGESTS):
            raise CredentialMalformedError(f"{path} has none of {' and '.join(_DIGESTS)}")


def _objects(document: _Members, name: str) -> Sequence[tuple[str, _Members]]:
    """Return one object or several, each with its place; none where the member is not there."""
    if name not in document:
        return []
    value = document[name]
    listed = value if isinstance(value, list) else [value]
    found = []
    for position, item in enumerate(listed):
        path = f"/{name}/{position}" if isinstance(value, list) else f"/{name}"
        if not isinstance(item, dict):
            raise CredentialMalformedError(f"{path} is {_shown(item)}, not an object")
        found.append((path, item))
    return found


def _shown(value: object) -> str:
    return shorten(repr(value), _LONGEST_SHOWN, placeholder="...")
