"""Forms: the token that shows a form is ours, and what somebody typed with what is wrong in it."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from passport.domain.errors import AccessDeniedError

_NONCE_BYTES = 16
_PURPOSE = b"passport form token v1\x00"
CSRF_FIELD = "csrf_token"
"""Name of the hidden field; scripts send the same value as header ``X-CSRF-Token``."""


class CsrfRefusedError(AccessDeniedError):
    """A form came without the token of the session that sends it."""

    code: ClassVar[str] = "csrf-refused"

    def __init__(self) -> None:
        super().__init__(
            "this form does not belong to your session; open the page again and send it once more"
        )


@dataclass(frozen=True, slots=True)
class CsrfTokens:
    """Makes and checks form tokens, each bound to one session by HMAC-SHA-256.

    Attributes:
        secret: At least 32 bytes that only this service knows.
    """

    secret: bytes = field(repr=False)

    def issue(self, session_id: str) -> str:
        """Make a token for the forms of a session; two tokens of a session differ."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return (nonce + self._seal(session_id, nonce)).hex()

    def check(self, session_id: str, token: str) -> None:
        """Accept a token of this session.

        Raises:
            CsrfRefusedError: The token is missing, malformed or of another session.
        """
        try:
            raw = bytes.fromhex(token)
        except ValueError as error:
            raise CsrfRefusedError from error
        nonce, seal = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        if not session_id or not hmac.compare_digest(seal, self._seal(session_id, nonce)):
            raise CsrfRefusedError

    def _seal(self, session_id: str, nonce: bytes) -> bytes:
        message = _PURPOSE + nonce + session_id.encode()
        return hmac.new(self.secret, message, hashlib.sha256).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """What somebody entered and what is wrong with it, field by field.

    Attributes:
        values: Entered texts by field; several for check boxes. Passwords are left out.
        errors: What to correct, by field.
        problem: What is wrong with the form as a whole.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def of(
        cls,
        entered: Mapping[str, str],
        errors: Mapping[str, str] | None = None,
        *,
        problem: str = "",
    ) -> "FormState":
        """Show a form again with what was entered; secrets are not sent back."""
        kept = {name: (text,) for name, text in entered.items() if name not in _NEVER_SHOWN}
        return cls(values=kept, errors=errors or {}, problem=problem)

    def value_of(self, name: str) -> str:
        """Text entered into a field; empty where there is none."""
        return next(iter(self.values.get(name, ())), "")

    def values_of(self, name: str) -> Sequence[str]:
        """All texts chosen in a field."""
        return self.values.get(name, ())

    def error_of(self, name: str) -> str:
        """What is wrong with a field; empty where nothing is."""
        return self.errors.get(name, "")


_NEVER_SHOWN = frozenset({"password", CSRF_FIELD})

EMPTY_FORM = FormState()
"""A form nobody has filled in yet."""
