"""Fetching ``did:web`` documents.

Source: did:web Method Specification, section Read (Resolve).
"""

from collections.abc import Mapping

import orjson

from passport.signing.did import did_document_url, parse_did_document
from passport.signing.errors import KeyUnknownError
from passport.signing.keys import VerificationKey
from passport.signing.web_reader import UnreachableError, WebReader

_MEDIA_TYPES = "application/did+json, application/json;q=0.9, */*;q=0.5"


class WebDidResolver:
    """KeyResolver that fetches DID documents, each once in its life.

    It reads other documents too, and so answers a verification that may go online.
    """

    def __init__(self, reader: WebReader) -> None:
        self._reader = reader
        self._documents: dict[str, Mapping[str, object]] = {}

    def read(self, url: str) -> bytes:
        """Fetch another document, such as a status list; see ``WebReader.read``."""
        return self._reader.read(url)

    def resolve(self, verification_method: str) -> VerificationKey:
        """Fetch the key behind a verification method.

        Raises:
            KeyUnknownError: The controller publishes no such key.
            PassportError: The document cannot be fetched, or not be believed.
        """
        did = verification_method.partition("#")[0]
        key = parse_did_document(self.fetch(did), did).get(verification_method)
        if key is None:
            raise KeyUnknownError(f"{did} publishes no key {verification_method}")
        return key

    def fetch(self, did: str) -> Mapping[str, object]:
        """Fetch the document of a DID.

        Raises:
            InvalidIdentifierError: It is no did:web.
            AddressRefusedError: It leads to a private address, or to another host.
            UnreachableError: There was no answer, or no JSON object in it.
        """
        if did not in self._documents:
            url = did_document_url(did)
            self._documents[did] = _json_object(self._reader.read(url, accept=_MEDIA_TYPES), url)
        return self._documents[did]


def _json_object(body: bytes, url: str) -> Mapping[str, object]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreachableError(f"{url} answered no JSON: {error}") from error
    if not isinstance(document, dict):
        raise UnreachableError(f"{url} answered no JSON object")
    return document
