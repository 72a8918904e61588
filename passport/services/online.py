"""What a verifier may fetch: keys by did:web, status lists by address."""

from passport.signing.did_web import WebDidResolver
from passport.signing.keys import VerificationKey
from passport.signing.web_reader import WebReader


class OnlineSources:
    """Online on the web; addresses that strangers name are read with care."""

    def __init__(self, reader: WebReader) -> None:
        self._reader = reader
        self._keys = WebDidResolver(reader)

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return the key behind a verification method."""
        return self._keys.resolve(verification_method)

    def read(self, url: str) -> bytes:
        """Return a document."""
        return self._reader.read(url)
