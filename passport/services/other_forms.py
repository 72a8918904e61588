"""A statement in another form than it is stored in: its issuer's key signs it once more.

The host holds the key under its owner's mandate, and signs with it nothing but what its owner has
stated already and still stands by.

Source: docs/decisions/0012-subsets-and-tokens.md
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from passport.domain.errors import ConflictError
from passport.domain.organisation import Key, Operator
from passport.linked_data.documents import parse_document
from passport.services.operators import read_operator
from passport.services.pens import KeyHeldOutsideError
from passport.services.ports import SignedStatement, Work


class StatementNotStandingError(ConflictError):
    """The key that signed a statement was compromised before: its issuer has to stand by it."""

    code = "statement-not-standing"


@dataclass(frozen=True, slots=True)
class StatementToSignAgain:
    """A statement without its proof, and the key its issuer signs with now."""

    document: dict[str, object]
    key: Key


def take_to_sign_again(statement: SignedStatement, *, work: Work) -> StatementToSignAgain:
    """Take the proof off a statement, to give it another one of the same issuer.

    Args:
        statement: One that its reader may read.
        work: The unit of work.

    Raises:
        KeyHeldOutsideError: Its issuer signs with a key that this service does not hold.
        StatementNotStandingError: It was signed with a key that was compromised before.
    """
    issuer = read_operator(statement.issuer, work=work)
    document: dict[str, object] = parse_document(statement.body)
    proof = document.pop("proof")
    for key_id in _keys_named_in(proof):
        _require_standing(statement, key_id, issuer)
    if issuer.signs_outside:
        raise KeyHeldOutsideError(
            f"{issuer.slug} signs with a key of its own, so this service makes no other proof over "
            f"{statement.iri}; take the statement as it was signed"
        )
    return StatementToSignAgain(document, issuer.current_key)


def _keys_named_in(proof: object) -> Iterator[str]:
    for one in proof if isinstance(proof, list) else [proof]:
        if isinstance(one, Mapping):
            yield str(one.get("verificationMethod"))


def _require_standing(statement: SignedStatement, key_id: str, issuer: Operator) -> None:
    # Signed once more with a good key, a thief's statement would look like its owner's.
    key = next((key for key in issuer.keys if key.key_id == key_id), None)
    if key is None or key.revoked_at is None:
        return
    size, place = key.revoked_from_log_size, statement.leaf_index
    if size is None or place is None or place >= size:
        raise StatementNotStandingError(
            f"{statement.iri} was signed with {key_id}, which was compromised before it was logged"
        )
