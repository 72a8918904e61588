"""Asking a witness for its signature.

Source: C2SP tlog-witness.
"""

from http import HTTPStatus
from typing import Final

import httpx

from passport.domain.errors import InvalidValueError, PassportError
from passport.signing.transparency_log import MalformedReceiptError, NoteKey, parse_number
from passport.signing.web_reader import UnreachableError, read_bounded
from passport.signing.witness import AddCheckpoint, parse_witness_key, verify_cosignatures

SIZE_MEDIA_TYPE: Final = "text/x.tlog.size"
"""Of the answer of a witness that signed another checkpoint last than it is told."""
_TIMEOUT_S = 10.0
_LARGEST_ANSWER: Final = 64 * 1024
"""Bytes; a signature line has some hundred."""


class WitnessRefusedError(PassportError):
    """A witness does not sign a checkpoint."""

    code = "witness-refused"


class OtherSizeError(WitnessRefusedError):
    """The witness signed another checkpoint last than the one it was told."""

    code = "witness-knows-other-size"

    def __init__(self, name: str, size: int) -> None:
        super().__init__(f"{name} signed a checkpoint with {size} entries last")
        self.size = size


class WitnessClient:
    """One witness, asked over the network.

    Args:
        url: Where it takes checkpoints; ``/add-checkpoint`` follows.
        key: What its signatures are verified with.
        transport: Carries the requests; the network when not given.
    """

    def __init__(
        self, url: str, key: NoteKey, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.key = key
        self._url = f"{url.rstrip('/')}/add-checkpoint"
        self._client = httpx.Client(transport=transport, timeout=_TIMEOUT_S, trust_env=False)

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def add_checkpoint(self, asked: AddCheckpoint) -> str:
        """Ask for a signature; return its line once it was verified.

        Raises:
            OtherSizeError: The witness signed another checkpoint last.
            WitnessRefusedError: It does not sign, or what it answered is not its signature.
            ForgedCosignatureError: Its signature does not hold.
            UnreachableError: It did not answer.
        """
        status, media_type, text = self._post(asked.to_bytes())
        if status == HTTPStatus.CONFLICT and media_type == SIZE_MEDIA_TYPE:
            raise OtherSizeError(self.key.name, self._size_in(text))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnreachableError(f"the witness {self.key.name} answered {status}")
        if status != HTTPStatus.OK:
            raise WitnessRefusedError(
                f"the witness {self.key.name} answered {status}: {text[:200]!r}"
            )
        return self._own_line(asked.note, text)

    def _post(self, body: bytes) -> tuple[int, str, str]:
        """Return status, media type and text of the answer."""
        try:
            with self._client.stream("POST", self._url, content=body) as answer:
                text = read_bounded(answer, _LARGEST_ANSWER).decode(errors="replace")
                media_type = str(answer.headers.get("content-type", ""))
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"the witness {self.key.name} did not answer: {error}"
            ) from error
        return answer.status_code, media_type.partition(";")[0].strip(), text

    def _size_in(self, text: str) -> int:
        try:
            return parse_number(text.removesuffix("\n"))
        except MalformedReceiptError as error:
            raise WitnessRefusedError(f"{self.key.name} tells no size: {error}") from error

    def _own_line(self, note: str, answer: str) -> str:
        for line in answer.splitlines(keepends=True):
            try:
                if self.key.name in verify_cosignatures(note + line, [self.key]):
                    return line
            except MalformedReceiptError as error:
                raise WitnessRefusedError(
                    f"{self.key.name} answered {line[:80]!r}, which is no signature"
                ) from error
        raise WitnessRefusedError(f"{self.key.name} answered without a signature of its own")


def parse_witness(text: str) -> tuple[str, NoteKey]:
    """Read a witness as settings name it: its address, a space, its verifier key.

    Raises:
        InvalidValueError: The text is not of this form.
        InvalidIdentifierError: The key is none of a witness.
    """
    url, _, key = text.partition(" ")
    if not url.startswith(("https://", "http://")) or not key:
        raise InvalidValueError(f"{text!r} is no witness; write its address, a space and its key")
    return url, parse_witness_key(key.strip())
