"""The canonical form of plain proof options, from a template instead of a context.

The template says what the contexts of Data Integrity make of these five members and no others, so
whatever else stands in a proof, or stands there in another way, is left to the canonicalizer.

Source: W3C Recommendation Verifiable Credential Data Integrity 1.0, section 2.1; its context
``https://www.w3.org/ns/credentials/v2``.
"""

import re
from collections.abc import Mapping
from typing import Final

from passport.linked_data.contexts import are_statement_contexts
from passport.linked_data.terms import CREDENTIALS_IRI

_MEMBERS: Final = frozenset(
    {"@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose"}
)
_CRYPTOSUITE = re.compile(r"[a-z0-9-]+")
_CREATED = re.compile(r"[0-9T:.+Z-]+")
_METHOD = re.compile(r"did:[A-Za-z0-9._~%:#/-]+")
"""Ids that no context changes: no prefix of a context is called ``did``."""

_SECURITY = "https://w3id.org/security#"
_XSD = "http://www.w3.org/2001/XMLSchema#"


def canonical_proof_options(options: Mapping[str, object]) -> bytes | None:
    """Write plain proof options in canonical N-Quads.

    Args:
        options: A proof without ``proofValue``, and with the ``@context`` of its document.

    Returns:
        What the canonicalizer writes; ``None`` where only that can tell: there is another member,
        another value, or another context than statements have.
    """
    if options.keys() != _MEMBERS or not _are_known(options["@context"]):
        return None
    if (
        options["type"] != "DataIntegrityProof"
        or options["proofPurpose"] != "assertionMethod"
        or (cryptosuite := _text(options["cryptosuite"], _CRYPTOSUITE)) is None
        or (created := _text(options["created"], _CREATED)) is None
        or (method := _text(options["verificationMethod"], _METHOD)) is None
    ):
        return None
    return (
        f'_:c14n0 <http://purl.org/dc/terms/created> "{created}"^^<{_XSD}dateTime> .\n'
        "_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        f" <{_SECURITY}DataIntegrityProof> .\n"
        f'_:c14n0 <{_SECURITY}cryptosuite> "{cryptosuite}"^^<{_SECURITY}cryptosuiteString> .\n'
        f"_:c14n0 <{_SECURITY}proofPurpose> <{_SECURITY}assertionMethod> .\n"
        f"_:c14n0 <{_SECURITY}verificationMethod> <{method}> .\n"
    ).encode()


def _are_known(contexts: object) -> bool:
    return contexts == [CREDENTIALS_IRI] or are_statement_contexts(contexts)


def _text(value: object, form: re.Pattern[str]) -> str | None:
    return value if type(value) is str and form.fullmatch(value) else None
