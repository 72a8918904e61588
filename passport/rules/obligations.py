"""What the Regulation obliges to, and where this software does it: the clause matrix as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from passport.rules.findings import Certainty
from passport.rules.rulebook import read_rows


class State(StrEnum):
    """How far this software meets an obligation."""

    DONE = "done"
    IN_PART = "part"
    NOT_DONE = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One row of the clause matrix.

    Attributes:
        duty: Duty of the table of duties that says when it begins; empty for ``when``.
        when: When it is asked, in words; empty where a duty says it.
        software: Modules of the source, and addresses with a leading slash.
        tests: Tests that show it, ``file::name``.
        reason: Why it is not done, or what is missing.
    """

    number: str
    obligation: str
    legal_point: str
    actor: str
    duty: str
    when: str
    software: tuple[str, ...]
    tests: tuple[str, ...]
    state: State
    reason: str
    certainty: Certainty


@cache
def read_obligations() -> Sequence[Obligation]:
    """Return the clause matrix that is shipped."""
    return tuple(
        Obligation(
            number=row["number"],
            obligation=row["obligation"],
            legal_point=row["legal_point"],
            actor=row["actor"],
            duty=row["duty"],
            when=row["when"],
            software=tuple(row["software"].split()),
            tests=tuple(row["tests"].split()),
            state=State(row["state"]),
            reason=row["reason"],
            certainty=Certainty(row["certainty"]),
        )
        for row in read_rows("obligations.csv")
    )
