"""A part of one statement for one purpose: as few terms as the purpose needs, still provable.

Nobody but its issuer can make one, and nobody can put it together to another whole: each shows
number, version, status and validity of the statement it is from.

Source: docs/decisions/0012-subsets-and-tokens.md; Data Integrity ECDSA Cryptosuites 1.0.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from passport.domain.actor import Actor
from passport.domain.errors import ConflictError, InvalidValueError
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.linked_data.canonical import Document
from passport.services.disclosure import StatementUnknownError, disclose
from passport.services.made_forms import MadeForms, Question
from passport.services.other_forms import take_to_sign_again
from passport.services.ports import SignedStatement, Work
from passport.signing.keys import KeyKind, parse_multikey
from passport.signing.proofs import NewProof
from passport.signing.selective_disclosure import NewBaseProof, derive_document, make_base_proof

_SUBJECT: Final = "credentialSubject"
_NOT_POINTED_AT: Final = frozenset({"@context", "proof", _SUBJECT})
_MOST_TERMS: Final = 200


class SubsetKeyError(ConflictError):
    """The issuer signs with a key of a kind that makes no subsets."""

    code = "subset-key"


class SubsetTermError(InvalidValueError):
    """A term that was asked for is not in the statement."""

    code = "subset-term"


def make_subset(  # noqa: PLR0913 - what is asked for is these four things
    actor: Actor,
    battery_id: BatteryId,
    kind: StatementKind,
    terms: Sequence[str],
    *,
    made: MadeForms,
    work: Work,
) -> bytes:
    """Make a subset of the newest statement of a kind about a battery.

    Args:
        actor: Who reads; gets nothing that the statement itself would not show.
        battery_id: The battery.
        kind: Which of the statements about it and its model.
        terms: The terms to show; beside them stand what statement and battery they are from.
        made: What was made before in this process; the same terms in any order are one question.
        work: The unit of work.

    Returns:
        The subset with a derived proof, JSON in UTF-8.

    Raises:
        PassportNotFoundError: None is registered.
        StatementUnknownError: There is no such statement, or the actor does not read it.
        SubsetTermError: A term is not in the statement, or none is named.
        SubsetKeyError: Its issuer signs with no P-256 key.
        KeyHeldOutsideError: Its issuer signs with a key that this service does not hold.
        StatementNotStandingError: It was signed with a key that was compromised before.
    """
    statement = _newest(actor, battery_id, kind, work=work)
    again = take_to_sign_again(statement, work=work)
    key_kind = parse_multikey(again.key.public_key_multibase).kind
    if key_kind is not KeyKind.P256:
        raise SubsetKeyError(
            f"{statement.issuer} signs with a key of {key_kind}, subsets take one of "
            f"{KeyKind.P256}: `passport operator key-rotate --suite ecdsa-rdfc-2019` makes one"
        )
    asked = _require_terms(terms, again.document)

    def make() -> bytes:
        new = NewBaseProof(
            proof=NewProof(created_at=work.clock.now()),
            mandatory_pointers=mandatory_pointers(again.document),
        )
        key = work.keys.signing_key(again.key.key_id)
        proof = make_base_proof(again.document, new, key=key)
        selective = [f"/{_SUBJECT}/{term}" for term in asked]
        return orjson.dumps(derive_document({**again.document, "proof": proof}, selective))

    return made.take(Question(statement.digest, again.key.key_id, asked), make)


def mandatory_pointers(document: Document) -> list[str]:
    """Return pointers to what every subset shows: all but the statement's content.

    So no subset hides that its statement ended, was withdrawn or replaced another one.
    """
    members = [f"/{name}" for name in document if name not in _NOT_POINTED_AT]
    return [*members, f"/{_SUBJECT}/id", f"/{_SUBJECT}/type"]


def _newest(
    actor: Actor, battery_id: BatteryId, kind: StatementKind, *, work: Work
) -> SignedStatement:
    if kind is StatementKind.INDEX:
        raise InvalidValueError("an index says what a passport consists of; it is shown whole")
    found = [
        one for one in disclose(actor, battery_id, None, work=work).statements if one.kind is kind
    ]
    if not found:
        raise StatementUnknownError(
            f"there is no {kind.value} about {battery_id}, or none that you may read"
        )
    return max(found, key=lambda one: (one.issued_at, one.version))


def _require_terms(terms: Sequence[str], document: Document) -> tuple[str, ...]:
    subject = document[_SUBJECT]
    if not isinstance(subject, Mapping) or not 0 < len(terms) <= _MOST_TERMS:
        raise SubsetTermError(f"{len(terms)} terms; a subset shows between 1 and {_MOST_TERMS}")
    for term in terms:
        if term not in subject:
            raise SubsetTermError(
                f"the statement says nothing of {term[:80]!r}; it says "
                f"{', '.join(sorted(subject.keys() - {'id', 'type'}))}"
            )
    return tuple(sorted(set(terms)))
