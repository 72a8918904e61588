"""Batteries from files: one bad row keeps the good ones and names the bad cell."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from passport.domain.batch_import import RowOutcome, RowResult
from passport.domain.content import Content
from passport.domain.errors import (
    ContentRefusedError,
    InvalidIdentifierError,
    InvalidValueError,
    PassportError,
    Problem,
)
from passport.domain.identifiers import (
    BatteryId,
    ModelId,
    gs1_battery_id,
    iec_61406_battery_id,
    parse_gtin,
    parse_model_id,
)
from passport.linked_data.documents import MalformedDocumentError, parse_input
from passport.linked_data.schemas import content_from_columns
from passport.services.import_cells import read_cells
from passport.services.import_table import EnteredRow, EnteredTable
from passport.services.issue import NewBattery, Registration

Value = TypeVar("Value")

LARGEST_FILE = 100_000_000
_MOST_COLUMNS = 1_000
_DEEPEST_COLUMN = 8
_IDENTITY_COLUMNS = frozenset(
    {"gtin", "serial", "identifier", "model", "placedOnMarketOn", "holder"}
)


class FileUnreadableError(PassportError):
    """A file is none of the kinds that batteries are registered from."""

    code = "file-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One battery of a file, read so far as it could be.

    Attributes:
        number: Row as people count: the first battery is 1.
        entry: The battery; ``None`` where its row names none.
        problems: What is wrong with the row.
    """

    number: int
    entry: NewBattery | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What became of one row: on record, or what is wrong with it.

    Attributes:
        registration: The battery on record; ``None`` where the row was refused, or on a dry run.
    """

    number: int
    registration: Registration | None
    problems: tuple[Problem, ...] = ()

    @property
    def row(self) -> RowResult:
        """What became of the row, as it is told beside it."""
        return RowResult(number=self.number, outcome=self._outcome, problems=self.problems)

    @property
    def _outcome(self) -> RowOutcome:
        if self.problems:
            return RowOutcome.REFUSED
        if self.registration is None:
            return RowOutcome.IN_ORDER
        return RowOutcome.REGISTERED if self.registration.is_new else RowOutcome.KNOWN


def read_json_rows(data: bytes) -> Iterator[ImportRow]:
    """Read the batteries of a JSON file: one object, a list, or an object with ``batteries``.

    Raises:
        MalformedDocumentError: It is no JSON.
        FileUnreadableError: ``batteries`` is no list.
    """
    stripped = data.lstrip()
    whole = b'{"batteries":' + stripped + b"}" if stripped.startswith(b"[") else stripped
    document = parse_input(whole, largest=LARGEST_FILE)
    batteries = document.get("batteries", [document])
    if not isinstance(batteries, Sequence) or isinstance(batteries, str):
        raise FileUnreadableError("batteries is a list of objects")
    for number, entered in enumerate(batteries, start=1):
        if isinstance(entered, Mapping):
            yield read_entry(entered, number)
        else:
            problem = Problem(message=f"{entered!r} is no object", row=number)
            yield ImportRow(number=number, entry=None, problems=(problem,))


def read_json_lines(data: bytes) -> Iterator[ImportRow]:
    """Read the batteries of a file with one JSON object a line."""
    lines = [line for line in data.splitlines() if line.strip()]
    yield from (_read_line(line, number) for number, line in enumerate(lines, start=1))


def read_table_rows(table: EnteredTable) -> Iterator[ImportRow]:
    """Read the batteries of a table whose columns are named by terms; blank rows are passed over.

    Raises:
        FileUnreadableError: A column that names batteries is missing, or a name stands twice.
    """
    _require_columns(table)
    seen: dict[BatteryId, int] = {}
    for row in table.read_rows():
        if row.is_blank:
            continue
        read = _read_row(table, row)
        if read.entry is None:
            yield read
            continue
        first = seen.setdefault(read.entry.battery_id, row.number)
        yield read if first == row.number else _doubled(read, table, first)


def with_model(rows: Iterable[ImportRow], model_id: ModelId) -> Iterator[ImportRow]:
    """Let a model join the batteries whose own identifier names none."""
    for row in rows:
        entry = row.entry
        if entry is not None and entry.model_id is None and entry.battery_id.startswith("id/"):
            yield replace(row, entry=replace(entry, model_id=model_id))
        else:
            yield row


def read_entry(entered: Mapping[str, object], number: int = 1) -> ImportRow:
    """Read one battery as JSON names it: identity, day of placing on the market, content."""
    content = entered.get("content", {})
    strange = set(entered) - _IDENTITY_COLUMNS - {"content"}
    problems = [
        Problem(
            message=f"{name!r} does not belong beside content; terms stand inside it",
            path=f"/{name}",
            row=number,
            column=name,
        )
        for name in sorted(strange)
    ]
    if not isinstance(content, Mapping):
        problems.append(
            Problem(message="content is an object of terms", path="/content", row=number)
        )
        content = {}
    return _row(entered, content, number, problems)


def refused_row(number: int, refusal: PassportError) -> ImportResult:
    """Return what a refusal says about one row."""
    if isinstance(refusal, ContentRefusedError) and refusal.problems:
        problems = tuple(
            replace(
                problem,
                row=number,
                column=problem.column or problem.path.strip("/").partition("/")[0] or None,
            )
            for problem in refusal.problems
        )
    else:
        problems = (Problem(message=str(refusal), row=number),)
    return ImportResult(number=number, registration=None, problems=problems)


def _require_columns(table: EnteredTable) -> None:
    names = [name for name in table.columns if name]
    if not {"gtin", "identifier"} & set(names):
        raise FileUnreadableError(
            "the first row names no column gtin or identifier; the columns are the names of terms"
        )
    if len(names) > _MOST_COLUMNS or any(name.count(".") > _DEEPEST_COLUMN for name in names):
        raise FileUnreadableError(
            f"the first row names more than {_MOST_COLUMNS:,} columns, or one with more than "
            f"{_DEEPEST_COLUMN} dots, which no term has"
        )
    doubled = sorted(name for name, count in Counter(names).items() if count > 1)
    if doubled:
        raise FileUnreadableError(f"the column {', '.join(doubled)} stands twice in the first row")


def _read_row(table: EnteredTable, row: EnteredRow) -> ImportRow:
    if len(row.cells) != len(table.columns):
        problem = Problem(
            message=f"this row has another number of cells ({len(row.cells)}) than the first row "
            f"({len(table.columns)})",
            row=row.number,
        )
        return ImportRow(number=row.number, entry=None, problems=(problem,))
    texts, problems = read_cells(table, row)
    terms = {name: text for name, text in texts.items() if name not in _IDENTITY_COLUMNS}
    try:
        content = content_from_columns(terms)
    except ContentRefusedError as refusal:
        problems += refused_row(row.number, refusal).problems
        content = {}
    refused = {problem.column for problem in problems}
    # What is wrong with a cell was said; that it is missing need not be said, too.
    return _row(texts, content, row.number, problems, silent=refused)


def _doubled(row: ImportRow, table: EnteredTable, first: int) -> ImportRow:
    column = next(name for name in ("serial", "identifier", "gtin") if name in table.columns)
    cell = table.cell_name(first, table.columns.index(column))
    problem = Problem(
        message=f"this battery stands in cell {cell} already; remove one of the two",
        path=f"/{column}",
        row=row.number,
        column=column,
    )
    return replace(row, entry=None, problems=(*row.problems, problem))


def _read_line(line: bytes, number: int) -> ImportRow:
    try:
        return read_entry(parse_input(line), number)
    except MalformedDocumentError as error:
        problem = Problem(message=str(error), row=number)
        return ImportRow(number=number, entry=None, problems=(problem,))


def _row(
    identity: Mapping[str, object],
    content: Content,
    number: int,
    problems: list[Problem],
    *,
    silent: Collection[str | None] = (),
) -> ImportRow:
    battery_id = placed_on = model_id = None
    if not {"gtin", "serial", "identifier"} & set(silent):
        battery_id = _cell(identity, _naming(identity), number, problems, _battery_id)
    if "placedOnMarketOn" not in silent:
        placed_on = _cell(identity, "placedOnMarketOn", number, problems, _day)
    if "model" not in silent:
        model_id = _cell(identity, "model", number, problems, _model_id)
    if battery_id is None or placed_on is None or problems:
        return ImportRow(number=number, entry=None, problems=tuple(problems))
    serial = str(identity.get("serial") or identity.get("identifier"))
    named = content.get("serialNumber", serial)
    if identity.get("serial") and named != serial:
        problems.append(
            Problem(
                message=f"serialNumber is {named!r}, but the identifier holds {serial!r}",
                path="/content/serialNumber",
                row=number,
                column="serialNumber",
            )
        )
    return ImportRow(
        number=number,
        entry=NewBattery(
            battery_id=battery_id,
            content={**content, "serialNumber": named},
            placed_on_market_on=placed_on,
            model_id=model_id,
            holder=str(identity.get("holder", "")),
        ),
        problems=tuple(problems),
    )


def _cell(
    identity: Mapping[str, object],
    name: str,
    number: int,
    problems: list[Problem],
    read: Callable[[Mapping[str, object]], Value],
) -> Value | None:
    """Read a value, or keep what is wrong with its cell."""
    try:
        return read(identity)
    except PassportError as error:
        problems.append(Problem(message=str(error), path=f"/{name}", row=number, column=name))
        return None


def _naming(identity: Mapping[str, object]) -> str:
    """Return the cell that is wrong where a battery has no valid name."""
    if not identity.get("gtin"):
        return "identifier" if identity.get("identifier") else "gtin"
    try:
        parse_gtin(str(identity["gtin"]))
    except InvalidIdentifierError:
        return "gtin"
    return "serial"


def _battery_id(identity: Mapping[str, object]) -> BatteryId:
    if identity.get("gtin"):
        return gs1_battery_id(_text(identity, "gtin"), _text(identity, "serial"))
    return iec_61406_battery_id(_text(identity, "identifier"))


def _model_id(identity: Mapping[str, object]) -> ModelId | None:
    return parse_model_id(_text(identity, "model")) if identity.get("model") else None


def _day(identity: Mapping[str, object]) -> date:
    text = _text(identity, "placedOnMarketOn")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValueError(f"{text!r} is no day; write 2027-02-18") from error


def _text(identity: Mapping[str, object], name: str) -> str:
    value = identity.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidValueError(f"{name} is missing, or is no text")
    return value
