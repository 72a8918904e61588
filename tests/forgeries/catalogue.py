"""All forgeries, by what is forged; and the page of the documentation that lists them."""

from collections.abc import Mapping, Sequence
from typing import Final

from forgeries.evidence import EVIDENCE
from forgeries.foreign import FOREIGN
from forgeries.forgery import Forgery
from forgeries.lists import LISTS
from forgeries.logs import LOGS
from forgeries.parties import PARTIES
from forgeries.parts import PARTS
from forgeries.presentations import PRESENTATIONS
from forgeries.proofs import PROOFS
from forgeries.tokens import TOKENS
from forgeries.wholes import WHOLES
from forgeries.words import WORDS

CATALOGUE: Final[Mapping[str, Sequence[Forgery]]] = {
    "The words of a statement": WORDS,
    "Proofs": PROOFS,
    "A whole put together from genuine statements": WHOLES,
    "Who may say what, and where": PARTIES,
    "Presentations": PRESENTATIONS,
    "Status lists": LISTS,
    "The log and its witnesses": LOGS,
    "Keys, suites and time": EVIDENCE,
    "Tokens": TOKENS,
    "Parts of statements": PARTS,
    "Credentials of others": FOREIGN,
}
FORGERIES: Final = tuple(forgery for group in CATALOGUE.values() for forgery in group)

_HEAD = """\
# Forgeries that are refused

{number} ways to forge a passport, or to show a genuine one as something that it is not, and the
reason for which the verifier refuses each. A test makes every one of them, compares the answer with
this page, and verifies the same thing unforged, so that nothing is refused for another reason.
`PYTHONPATH=tests python -m forgeries` writes the page; the code that forges stands in
`tests/forgeries`. What the codes mean: [problems.md](problems.md). What no check can find:
[trust.md](trust.md).
"""
_COLUMNS = "| Forgery | Code | In the message | Answer |\n|---|---|---|---|\n"


def page() -> str:
    """Return docs/forgeries.md as it has to be."""
    groups = [
        f"\n## {title}\n\n{_COLUMNS}{''.join(map(_row, group))}"
        for title, group in CATALOGUE.items()
    ]
    return _HEAD.format(number=len(FORGERIES)) + "".join(groups)


def _row(forgery: Forgery) -> str:
    phrase = forgery.phrase.replace("|", "\\|")
    return f"| {forgery.name} | `{forgery.code}` | `{phrase}` | {forgery.verdict.value} |\n"
