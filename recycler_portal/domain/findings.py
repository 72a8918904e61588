"""What is not in order about a report, each with where it is written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not in order.

    Attributes:
        code: Stable name, as in ``MANDATORY_ELEMENT_MISSING``.
        message: The thing, both values and what to do, in one sentence.
        source: Where the rule is written.
        refuses: Whether a report with this finding must not be filed.
    """

    code: str
    message: str
    source: str
    refuses: bool = True
