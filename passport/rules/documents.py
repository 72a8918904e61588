"""Documents that do not hold on a day, and what instructions for dismantling leave out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from passport.domain.content import Content, absence_of, find_term
from passport.domain.content_values import day_in, nodes_in
from passport.rules.findings import Finding

_DISMANTLING = "Regulation (EU) 2023/1542, Annex XIII point 2(c)"
DISMANTLING_CONTENTS = "dismantling-contents"
LEAVE_OUT = "the instructions for dismantling leave out "
"""How each message about a content that is left out begins."""
_VOLUNTARY = "our own rule: a document names its days so that readers can rely on them"


def check_documents(content: Content, on: date) -> Iterator[Finding]:
    """Yield each document of a content that has expired, or does not hold yet, on a day.

    Args:
        content: Terms and their values, as entered or as read from statements.
        on: The day of reading.
    """
    for name, value in content.items():
        for path, node in _documents_in(name, value, f"/{name}"):
            yield from _check_days(path, node, on)


def _check_days(path: str, node: Mapping[str, object], on: date) -> Iterator[Finding]:
    begins = day_in(node.get("documentValidFrom"))
    ends = day_in(node.get("documentValidUntil"))
    if begins and ends and begins > ends:
        yield Finding(
            rule="document-days",
            path=f"{path}/documentValidUntil",
            message=f"the document would hold from {begins} until {ends}",
            source=_VOLUNTARY,
        )
    elif ends and ends < on:
        yield Finding(
            rule="document-expired",
            path=f"{path}/documentValidUntil",
            message=f"the document was valid until {ends}; on {on} it has expired",
            source=_source_of(path),
        )
    elif begins and begins > on:
        yield Finding(
            rule="document-not-valid-yet",
            path=f"{path}/documentValidFrom",
            message=f"the document holds from {begins}; on {on} it does not yet",
            source=_source_of(path),
        )


def check_dismantling(content: Content) -> Iterator[Finding]:
    """Yield each of the six contents of instructions for dismantling that a content leaves out.

    Silent where nobody gives such instructions: whether they are needed is asked elsewhere.

    Source: Regulation (EU) 2023/1542, Annex XIII point 2(c).
    """
    given = [name for name in _GIVEN_BY if _is_given(content.get(name))]
    if not given:
        return
    steps = nodes_in(content.get("disassemblySteps"))
    drawings = [one for step in steps for one in nodes_in(step.get("stepDrawings"))]
    stated = {
        "explodedDiagrams": "explodedDiagrams" in given or bool(drawings),
        "disassemblySteps": bool(steps),
        "disassemblySteps/fasteningType": any(
            step.get("fasteningType") and step.get("fasteningCount") for step in steps
        ),
        "disassemblySteps/tools": any(step.get("tools") for step in steps),
        "disassemblySteps/damageWarning": any(step.get("damageWarning") for step in steps),
        "cellCount": "cellCount" in given and "cellLayout" in given,
    }
    for path, is_stated in stated.items():
        if not is_stated:
            yield Finding(
                rule=DISMANTLING_CONTENTS,
                path=f"/{path}",
                message=f"{LEAVE_OUT}{_CONTENTS[path]}",
                source=_DISMANTLING,
            )
    yield from _check_sequence(steps)


_GIVEN_BY = ("explodedDiagrams", "disassemblySteps", "cellCount", "cellLayout")
_CONTENTS = {
    "explodedDiagrams": "exploded diagrams that show where the cells are",
    "disassemblySteps": "the sequence of steps",
    "disassemblySteps/fasteningType": "kind and number of the fastenings to undo",
    "disassemblySteps/tools": "the tools",
    "disassemblySteps/damageWarning": "warnings where parts may be damaged",
    "cellCount": "the number of cells and their layout",
}


def _check_sequence(steps: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    positions = [str(step.get("position", "")) for step in steps]
    wanted = [str(number) for number in range(1, len(steps) + 1)]
    if sorted(positions) != sorted(wanted):
        yield Finding(
            rule="dismantling-sequence",
            path="/disassemblySteps",
            message=f"the steps are numbered {', '.join(positions)}; number them from 1 on",
            source=_DISMANTLING,
        )


def _documents_in(
    name: str, value: object, path: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    if isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from _documents_in(name, one, f"{path}/{place}")
    elif isinstance(value, Mapping):
        term = find_term(name)
        if term is not None and term.value_class == "Document":
            yield path, value
        for part, one in value.items():
            yield from _documents_in(str(part), one, f"{path}/{part}")


def _source_of(path: str) -> str:
    term = find_term(path.split("/")[1])
    if term is None or not term.point:
        return _VOLUNTARY
    return f"Regulation (EU) 2023/1542, Annex XIII point {term.point.partition(',')[0]}"


def _is_given(value: object) -> bool:
    return bool(value) and absence_of(value) is None
