"""What is not in order about a battery, a model or a passport: collected and shown together."""

from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How sure a fact of the law is that a rule stands on."""

    READ = "read"
    """Read in a reproduction of the law or in the Commission's guidance."""
    KNOWN = "known"
    """Certain, though not read in the text at hand."""
    UNSURE = "unsure"
    """One weak source; verify before relying on it."""
    INTERPRETED = "interp"
    """Our own reading or choice, not law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that somebody should look at; it refuses nothing.

    Attributes:
        rule: Stable name of the rule.
        path: JSON pointer into the content, such as ``/ratedEnergyKilowattHours``.
        message: What was found, with both values.
        source: Where the rule is written.
    """

    rule: str
    path: str
    message: str
    source: str
