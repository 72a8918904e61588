"""A workbook to fill in: one column for each datum of a battery, named, explained and formatted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import xlsxwriter

from passport.domain.applicability import Needs
from passport.domain.battery import BatteryModel, Category
from passport.domain.content import Datatype, Level, Requirement, Term, codes_of, terms_at, terms_in
from passport.exchange.workbooks import SHEET
from passport.linked_data.documents import parse_input
from passport.linked_data.terms import schema_file
from passport.services.import_cells import EXAMPLE_SERIAL

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_GTIN_MODEL = "01/"
_DAY = "2027-02-18"
_EXAMPLES: Mapping[Category, str] = {
    Category.EV: "ev-pack",
    Category.INDUSTRIAL: "stationary-battery",
}
_NUMBERS = frozenset({Datatype.DECIMAL, Datatype.INTEGER})
_HOW: Mapping[Datatype, str] = {
    Datatype.DECIMAL: "A number.",
    Datatype.INTEGER: "A whole number.",
    Datatype.DATE: "A day: 2027-02-18.",
    Datatype.YEAR_MONTH: "Year and month: 2027-02.",
    Datatype.DATE_TIME: "An instant in UTC: 2027-02-18T08:00:00Z.",
    Datatype.COUNTRY: "Two letters: DE.",
    Datatype.IRI: "An address or URN.",
    Datatype.BOOLEAN: "true or false.",
    Datatype.LANGUAGE_MAP: "In English; a column that ends in .de takes German.",
}
_SHOWN: Mapping[Datatype, str] = {
    Datatype.DECIMAL: "1.5",
    Datatype.INTEGER: "1",
    Datatype.DATE: _DAY,
    Datatype.YEAR_MONTH: "2027-02",
    Datatype.DATE_TIME: "2027-02-18T08:00:00Z",
    Datatype.COUNTRY: "DE",
    Datatype.IRI: "https://www.example.com/1",
    Datatype.BOOLEAN: "true",
}
_LONGEST_CHOICE = 255
"""Characters of a list to choose from. Source: ISO/IEC 29500-1, 18.3.1.32, as Excel limits it."""
_MOST_ROWS = 10_000
_LEAST_WIDTH, _WIDTH_OF_MARKS = 12, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column, and what is said about it.

    Attributes:
        note: What stands in the comment on its name.
        example: What the example row holds.
        codes: Codes to choose from.
    """

    name: str
    note: str
    is_number: bool = False
    is_asked_for: bool = False
    example: str = ""
    codes: tuple[str, ...] = ()


def import_template(model: BatteryModel, needs: Needs) -> bytes:
    """Return a workbook for the batteries of a model.

    Args:
        model: The model; its identifier says how its batteries are named.
        needs: What is asked of such a battery, by term.
    """
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_urls": False}) as book:
        sheet = book.add_worksheet(SHEET)
        text = book.add_format({"num_format": "@"})
        plain = book.add_format({})
        head = {"num_format": "@", "bottom": 1, "bg_color": "#dfe6ee"}
        names = book.add_format(head), book.add_format(head | {"bold": True})
        grey = book.add_format({"num_format": "@", "font_color": "#808080", "italic": True})
        for place, column in enumerate((*_identities(model), *_terms(model, needs))):
            width = max(_LEAST_WIDTH, len(column.name) + _WIDTH_OF_MARKS)
            sheet.set_column(place, place, width, plain if column.is_number else text)
            sheet.write_string(0, place, column.name, names[column.is_asked_for])
            sheet.write_comment(0, place, column.note, {"x_scale": 2, "y_scale": 1.5})
            sheet.write_string(1, place, column.example, grey)
            _offer(sheet, place, column.codes)
        sheet.freeze_panes(1, 2)
    return target.getvalue()


def _offer(sheet: Any, place: int, codes: tuple[str, ...]) -> None:  # noqa: ANN401 - no types
    if codes and len(",".join(codes)) <= _LONGEST_CHOICE:
        sheet.data_validation(
            1, place, _MOST_ROWS, place, {"validate": "list", "source": list(codes)}
        )


def _identities(model: BatteryModel) -> Iterator[_Column]:
    if model.model_id.startswith(_GTIN_MODEL):
        yield _identity(
            "gtin", "GTIN of the model: 14 digits.", model.model_id.removeprefix(_GTIN_MODEL)
        )
        yield _identity("serial", "Serial number: 1 to 20 characters of GS1 AI 21.", EXAMPLE_SERIAL)
    else:
        yield _identity("identifier", "The maker's own identifier (IEC 61406).", EXAMPLE_SERIAL)
        yield _identity("model", "Identifier of the model.", model.model_id)
    yield _identity("placedOnMarketOn", "Day of placing on the market: 2027-02-18.", _DAY)


def _identity(name: str, note: str, example: str) -> _Column:
    note += " The grey row is an example; overwrite or remove it." if name != "gtin" else ""
    return _Column(name=name, note=note, is_asked_for=True, example=example)


def _terms(model: BatteryModel, needs: Needs) -> Iterator[_Column]:
    shown = _example(model.category)
    for term in terms_at(frozenset({Level.ITEM, Level.DECLARED})).values():
        need = needs.get(term.name, Requirement.OPTIONAL)
        is_needed = need is Requirement.MANDATORY
        if need is not Requirement.NEVER and term.name != "serialNumber" and not term.is_many:
            yield from _columns(term, term.name, shown, is_asked_for=is_needed)


def _columns(
    term: Term, name: str, shown: Mapping[str, str], *, is_asked_for: bool, within: str = ""
) -> Iterator[_Column]:
    if term.datatype is Datatype.NODE:
        for inner in terms_in(term.value_class).values():
            if not inner.is_many:
                yield from _columns(
                    inner,
                    f"{name}.{inner.name}",
                    shown,
                    is_asked_for=is_asked_for and inner.is_needed,
                    within=term.label if inner.is_needed else "",
                )
        return
    codes = tuple(codes_of(term.code_list)) if term.code_list else ()
    yield _Column(
        name=f"{name}.en" if term.datatype is Datatype.LANGUAGE_MAP else name,
        note=_note(term, codes, is_asked_for=is_asked_for, within=within),
        is_number=term.datatype in _NUMBERS,
        is_asked_for=is_asked_for,
        example=shown.get(name, "") or (_SHOWN.get(term.datatype, "") if is_asked_for else ""),
        codes=codes,
    )


def _note(term: Term, codes: tuple[str, ...], *, is_asked_for: bool, within: str) -> str:
    unit = f" [{term.unit_label}]" if term.unit_label else ""
    lines = [
        f"{term.label}{unit}",
        f"Annex XIII point {term.point}" if term.point else "",
        "Asked for." if is_asked_for else _may_stay_empty(within),
        _HOW.get(term.datatype, ""),
        f"One of: {', '.join(codes)}" if codes else "",
    ]
    return "\n".join(line for line in lines if line)


def _may_stay_empty(within: str) -> str:
    return f"Needed once anything of “{within}” is filled." if within else "May stay empty."


@cache
def _example(category: Category) -> Mapping[str, str]:
    """Return the published example of a battery of a category by column; nothing without one."""
    if category not in _EXAMPLES:
        return {}
    file = schema_file(f"examples/{_EXAMPLES[category]}.json")
    return dict(flattened(parse_input(file.read_bytes())["content"]))


def flattened(content: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the values of a content by the columns that they stand in."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{before}{name}.")
        elif not isinstance(value, list):
            yield f"{before}{name}", str(value)
