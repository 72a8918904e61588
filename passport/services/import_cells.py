"""Cells of a table become the exact texts that are signed, or are refused by their name.

A spreadsheet program changes what it takes for a number or a day: zeros in front go, long numbers
get an exponent, "1-2" becomes a day. What is no longer certain is refused, never guessed.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from passport.domain.content import Datatype, find_term
from passport.domain.errors import InvalidValueError, Problem
from passport.domain.identifiers import check_digit
from passport.services.import_table import (
    ADDED_COLUMNS,
    CellValue,
    EnteredRow,
    EnteredTable,
    FaultyCell,
    Layout,
)

EXAMPLE_SERIAL = "EXAMPLE"
"""Serial number of the row that shows in a template how a row is filled; it is no battery."""

_IDENTITIES: Mapping[str, Datatype] = {
    "gtin": Datatype.TEXT,
    "serial": Datatype.TEXT,
    "identifier": Datatype.TEXT,
    "model": Datatype.TEXT,
    "holder": Datatype.TEXT,
    "placedOnMarketOn": Datatype.DATE,
}
_GTIN_COLUMNS = frozenset({"gtin", "model"})
_NAMES_SOMETHING = re.compile(
    r"(?i)(gtin|serial|holder|model|identifier|number|code|casNumber|\bid)$"
)
"""Columns whose digits are a name, not a quantity: a zero in front belongs to them."""
_MOST_CERTAIN_DIGITS = 15
"""A spreadsheet keeps 15 digits of a number; what follows is zeros."""
_SHORTEST_GTIN = 8
_GTIN_DIGITS = 14
_EXPONENT = re.compile(r"[+-]?\d([.,]\d+)?[eE][+-]\d{1,3}")
_POINT = re.compile(r"[+-]?\d+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,' \u00a0\u202f]\d{3})+([.,]\d+)?")
_POINT_OR_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_KIND_MARK = re.compile(r".* \[(number|day|time|truth value)\]")
"""How a CSV file with results keeps that a cell was no text; see `marked_text`."""
_MOST_NAMES = 4096
_NUMBERS = frozenset({Datatype.DECIMAL, Datatype.INTEGER})
_AS_TEXT = "format the column as Text in the spreadsheet, then type the value again"
_BEGINNINGS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-][0-9]+([.,][0-9]+)?")


def read_cells(table: EnteredTable, row: EnteredRow) -> tuple[dict[str, str], list[Problem]]:
    """Return the texts of a row by column, and what is wrong with its cells.

    Empty cells are left out; the columns that a file with results begins with are passed over.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for place, (column, value) in enumerate(zip(table.columns, row.cells, strict=True)):
        if column in ADDED_COLUMNS:
            continue
        try:
            text = cell_text(column, value, table) if column else _nothing(value)
        except InvalidValueError as refusal:
            message = f"cell {table.cell_name(row.number, place)}: {refusal}"
            path = f"/{column.replace('.', '/')}"
            problems.append(
                Problem(message=message, path=path, row=row.number, column=column or None)
            )
        else:
            if text:
                texts[column] = text
    return texts, problems


def cell_text(column: str, value: CellValue, table: EnteredTable) -> str:
    """Return the text of a cell as it is registered; empty for an empty one.

    Raises:
        InvalidValueError: The spreadsheet may have changed what was entered, or it is ambiguous.
    """
    datatype = datatype_of(column)
    match value:
        case FaultyCell():
            raise InvalidValueError(str(value))
        case str():
            return _from_text(column, datatype, value.strip(), table)
        case bool():
            return _from_truth(datatype, is_true=value)
        case int() | float():
            return _from_number(column, datatype, value)
        case date():
            return _from_day(datatype, value)
        case time() | timedelta():
            raise InvalidValueError(
                f"holds the time of day {value}, which no term here is; {_AS_TEXT}"
            )


def marked_text(value: CellValue) -> str:
    """Write a cell that is no text so that its kind is still seen, and refused, in a CSV file.

    >>> marked_text(12345)
    '12345 [number]'
    """
    match value:
        case str():
            return value
        case bool():
            return f"{'TRUE' if value else 'FALSE'} [truth value]"
        case int() | float():
            return f"{number_text(value)} [number]"
        case date():
            return f"{value.isoformat()} [day]"
        case _:
            return f"{value} [time]"


def guarded_text(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula when it opens a CSV file.

    Numbers stay as they are. Source: CWE-1236.

    >>> guarded_text("=1+1"), guarded_text("-A7"), guarded_text("-20.5")
    ("'=1+1", "'-A7", '-20.5')
    """
    return f"'{text}" if _is_taken_for_formula(text) else text


def unguarded_text(text: str) -> str:
    """Return the text that `guarded_text` wrote.

    >>> unguarded_text("'=1+1"), unguarded_text("'s-Hertogenbosch")
    ('=1+1', "'s-Hertogenbosch")
    """
    inside = text.removeprefix("'")
    return inside if _is_taken_for_formula(inside) else text


def _is_taken_for_formula(text: str) -> bool:
    return text.startswith(_BEGINNINGS_OF_FORMULAS) and not _NUMBER.fullmatch(text)


def number_text(value: float) -> str:
    """Write a number with the digits that a spreadsheet keeps, without exponent.

    >>> number_text(0.1 + 0.2), number_text(431.0)
    ('0.3', '431')
    """
    exact = Decimal(f"{value:.{_MOST_CERTAIN_DIGITS}g}")
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=_MOST_NAMES)
def datatype_of(column: str) -> Datatype:
    """Return how the values of a column are written; text where no term says it."""
    if column in _IDENTITIES:
        return _IDENTITIES[column]
    for step in reversed(column.split(".")):
        term = None if step.isdigit() else find_term(step)
        if term is not None:
            return term.datatype
    return Datatype.TEXT


@lru_cache(maxsize=_MOST_NAMES)
def is_identifying(column: str) -> bool:
    """Whether a column's digits name something, so that a zero in front belongs to them."""
    last = column.rpartition(".")[2]
    is_text = datatype_of(column) not in _NUMBERS
    return is_text and (column in _IDENTITIES or bool(_NAMES_SOMETHING.search(last)))


def _nothing(value: CellValue) -> str:
    if isinstance(value, str) and not value.strip():
        return ""
    raise InvalidValueError(f"holds {value!r}, but its column has no name in the first row")


def _from_text(column: str, datatype: Datatype, text: str, table: EnteredTable) -> str:
    if not text:
        return ""
    if text.startswith("="):
        raise InvalidValueError(
            f"holds the formula {text!r}, not its value; copy the column and paste its values"
        )
    if text in _ERRORS or set(text) == {"#"}:
        raise InvalidValueError(f"holds {text}, which a spreadsheet shows instead of a value")
    if _KIND_MARK.fullmatch(text):
        raise InvalidValueError(f"holds {text!r}; type the value again, without the mark behind it")
    if datatype in _NUMBERS:
        return _number_from_text(column, text, table)
    if is_identifying(column):
        if _EXPONENT.fullmatch(text):
            raise InvalidValueError(
                f"holds {text!r}: a spreadsheet has rounded the number; {_AS_TEXT}"
            )
        if text == EXAMPLE_SERIAL and column in {"serial", "identifier"}:
            raise InvalidValueError("this is the example of the template; remove its row")
    return text


def _number_from_text(column: str, text: str, table: EnteredTable) -> str:
    if _POINT.fullmatch(text):
        if column in table.comma_columns and _POINT_OR_THOUSAND.fullmatch(text):
            raise InvalidValueError(
                f"holds {text!r} in a column of decimal commas, where a point may mean thousands; "
                f"write {text.replace('.', ',')} or {text.replace('.', '')}"
            )
        return text
    if _DECIMAL_COMMA.fullmatch(text):
        if table.layout is Layout.SEMICOLONS:
            return text.replace(",", ".")
        raise InvalidValueError(f"holds {text!r} with a comma; write a point, like 206.5")
    if _THOUSANDS.fullmatch(text):
        raise InvalidValueError(f"holds {text!r}; write digits with a point, like 1206.5")
    if _EXPONENT.fullmatch(text):
        raise InvalidValueError(
            f"holds {text!r}: a spreadsheet has rounded the number; write its digits, like 206.5"
        )
    return text


def _from_truth(datatype: Datatype, *, is_true: bool) -> str:
    if datatype is not Datatype.BOOLEAN:
        raise InvalidValueError(f"holds the truth value {str(is_true).upper()}; {_AS_TEXT}")
    return "true" if is_true else "false"


def _from_number(column: str, datatype: Datatype, value: float) -> str:
    text = number_text(value)
    if datatype in _NUMBERS:
        return text
    if datatype in {Datatype.DATE, Datatype.YEAR_MONTH, Datatype.DATE_TIME}:
        raise InvalidValueError(
            f"holds the number {text}; write {_DAYS[datatype]}, or format the cell as a day"
        )
    digits = text.lstrip("-")
    is_certain = digits.isdigit() and digits == text and len(digits) <= _MOST_CERTAIN_DIGITS
    if column in _GTIN_COLUMNS and is_certain:
        return _gtin(digits)
    if is_identifying(column) or not is_certain:
        raise InvalidValueError(
            f"holds the number {text}, so that zeros in front or digits behind may be lost; "
            f"{_AS_TEXT}"
        )
    return text


def _gtin(digits: str) -> str:
    """Give a GTIN back the zeros that a number does not keep."""
    whole = digits.zfill(_GTIN_DIGITS)
    is_whole = len(digits) >= _SHORTEST_GTIN and len(whole) == _GTIN_DIGITS
    if is_whole and int(whole[-1]) == check_digit(whole[:-1]):
        return whole
    raise InvalidValueError(
        f"holds the number {digits}, which is no GTIN with zeros in front either; {_AS_TEXT}"
    )


def _from_day(datatype: Datatype, value: date) -> str:
    if isinstance(value, datetime):
        if value.time() != time():
            raise InvalidValueError(f"holds the instant {value}, where no time of day belongs")
        value = value.date()
    match datatype:
        case Datatype.DATE:
            return value.isoformat()
        case Datatype.YEAR_MONTH:
            return f"{value:%Y-%m}"
        case Datatype.DATE_TIME:
            raise InvalidValueError(f"holds the day {value}; write {_DAYS[datatype]} as text")
        case _:
            raise InvalidValueError(
                f"holds the day {value}, which a spreadsheet has made of what was typed; {_AS_TEXT}"
            )


_DAYS: Mapping[Datatype, str] = {
    Datatype.DATE: "2027-02-18",
    Datatype.YEAR_MONTH: "2027-02",
    Datatype.DATE_TIME: "2027-02-18T08:00:00Z",
}
