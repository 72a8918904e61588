"""Canonical labels for blank nodes of foreign documents, found by a process that can be ended.

Blank nodes that are told apart by what stands around them are labelled at once. Where they are
alike the algorithm compares paths, and a small file can be made to cost minutes. So only a little
of that is done here; the rest is done by a process of its own, under the work limit and against the
clock.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Final

from passport.linked_data.nquads import Quad
from passport.linked_data.rdf_canon import (
    MOST_STEPS,
    TooComplexError,
    canonize_labelled,
    issue_canonical_labels,
)

MOST_SECONDS: Final = 5.0
"""Time that the process of its own has [s]."""
_QUADS_LOOKED_AT_HERE = 100_000
"""A step looks at the quads of a node; so much is done in a fraction of a second."""
_TOO_COMPLEX = 3
"""Exit code of the process that gave up by the work limit."""
_COMMAND = (sys.executable, "-P", "-m", "passport.linked_data.guarded")
"""Without the working folder among the paths: it may be the stick that the document came on."""


def canonize_guarded(quads: Iterable[Quad], *, most_seconds: float = MOST_SECONDS) -> str:
    """Write a dataset in its one canonical form.

    Raises:
        TooComplexError: The blank nodes are so alike that it takes too much work or time.
    """
    dataset = list(dict.fromkeys(quads))
    return canonize_labelled(dataset, issue_labels_guarded(dataset, most_seconds=most_seconds))


def issue_labels_guarded(
    quads: Iterable[Quad], *, most_seconds: float = MOST_SECONDS
) -> dict[str, str]:
    """Give each blank node its canonical label (``_:c14n0``, ...).

    Args:
        quads: The dataset.
        most_seconds: Time that a process of its own may take [s].

    Raises:
        TooComplexError: The blank nodes are so alike that it takes too much work or time.
    """
    dataset = list(quads)
    try:
        return issue_canonical_labels(
            dataset, most_steps=min(MOST_STEPS, _QUADS_LOOKED_AT_HERE // (len(dataset) + 1))
        )
    except TooComplexError:
        return _issue_labels_elsewhere(dataset, most_seconds)


def _issue_labels_elsewhere(dataset: list[Quad], most_seconds: float) -> dict[str, str]:
    try:
        answer = subprocess.run(  # noqa: S603 - this program itself, with no argument from outside
            _COMMAND,
            input=json.dumps(dataset).encode(),
            stdout=subprocess.PIPE,
            timeout=most_seconds,
            check=False,
            # Where this package runs from a folder, nobody else knows where it is.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    except subprocess.TimeoutExpired as error:
        raise TooComplexError(
            f"telling the blank nodes of this document apart takes more than {most_seconds:g} s; "
            "give its nodes identifiers"
        ) from error
    if answer.returncode == _TOO_COMPLEX:
        raise TooComplexError(answer.stdout.decode())
    answer.check_returncode()
    labels: dict[str, str] = json.loads(answer.stdout)
    return labels


def main() -> int:
    """Read a dataset from standard input, write its labels to standard output."""
    dataset = [Quad(*terms) for terms in json.load(sys.stdin.buffer)]
    try:
        sys.stdout.write(json.dumps(issue_canonical_labels(dataset)))
    except TooComplexError as error:
        sys.stdout.write(str(error))
        return _TOO_COMPLEX
    return 0


if __name__ == "__main__":
    sys.exit(main())
