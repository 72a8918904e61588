"""Statements as tokens (``vc+jwt``), for readers whose software takes nothing else.

Source: docs/decisions/0012-subsets-and-tokens.md; UN Transparency Protocol, Verifiable Credentials.
"""

from passport.domain.actor import Actor
from passport.services.disclosure import read_statement
from passport.services.made_forms import MadeForms, Question
from passport.services.other_forms import take_to_sign_again
from passport.services.ports import Work
from passport.signing.jose import sign_token


def read_statement_as_token(
    actor: Actor, statement_id: str, *, made: MadeForms, work: Work
) -> bytes:
    """Return one statement as token, to a reader of its point.

    Args:
        actor: Who reads.
        statement_id: Number of the statement.
        made: What was made before in this process.
        work: The unit of work.

    Returns:
        The compact token; the same bytes from one process as long as the issuer keeps its key and
        the token stays in memory, and from all where its signatures draw no random numbers.

    Raises:
        StatementUnknownError: There is none under this number, or the log has not taken it.
        PassportCeasedError: It is about a battery that has been recycled.
        AccessDeniedError: The reader does not read its point.
        KeyHeldOutsideError: Its issuer signs with a key that this service does not hold.
        StatementNotStandingError: It was signed with a key that was compromised before.
    """
    statement = read_statement(actor, statement_id, work=work)
    again = take_to_sign_again(statement, work=work)
    return made.take(
        Question(statement.digest, again.key.key_id),
        lambda: sign_token(again.document, key=work.keys.signing_key(again.key.key_id)),
    )
