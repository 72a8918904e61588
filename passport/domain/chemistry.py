"""Chemistries: carrier ion, cathode, anode and state of the electrolyte under one code.

The table behind this module is generated from ``schemas/chemistries.csv``. An installation adds
rows of its own to it, from a file with the same columns: a new chemistry is data, not code.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from functools import cache

from passport.domain.chemistry_table import CHEMISTRY_ROWS
from passport.domain.content import OPEN_CODE, codes_of
from passport.domain.errors import InvalidValueError
from passport.domain.units import Volts, parse_decimal

COLUMNS = (
    "code",
    "label_en",
    "short_name",
    "carrier_ion",
    "cathode",
    "anode",
    "electrolyte_state",
    "family",
    "contains",
    "minimum_cell_volts",
    "nominal_cell_volts",
    "maximum_cell_volts",
    "broader",
    "aliases",
    "certainty",
    "source",
)
OTHER = "other"
"""The code that says that none of the list fits; words tell the rest."""
_NEEDED = ("code", "label_en", "certainty", "source")
_CERTAINTIES = frozenset({"read", "known", "unsure", "interp"})
_NAME_OF_ALL = ("lithiumion", "liion")
"""What plates write before the name of a lithium chemistry."""


class ChemistryFamily(StrEnum):
    """Families for which the law has recycling efficiencies.

    Source: Regulation (EU) 2023/1542, Annex XII, Part B; Delegated Regulation (EU) 2025/606.
    """

    LEAD_ACID = "lead-acid"
    NICKEL_CADMIUM = "nickel-cadmium"
    LITHIUM_BASED = "lithium-based"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellVoltages:
    """Typical voltages of one cell [V]; ``None`` where the table does not know one."""

    minimum: Volts | None = None
    nominal: Volts | None = None
    maximum: Volts | None = None

    def __post_init__(self) -> None:
        """Refuse voltages that do not rise, or that no cell can have."""
        given = [one for one in (self.minimum, self.nominal, self.maximum) if one is not None]
        if given != sorted(given) or any(one <= 0 for one in given):
            raise InvalidValueError("the voltages of a cell rise from minimum to maximum, above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chemistry:
    """One electrochemical system; an empty field is not known, or not told by the code.

    What a row leaves empty it has from the broader chemistry, where that knows it.

    Attributes:
        code: As passports write it.
        label: In words for people.
        short_name: As a label on a battery writes it.
        carrier_ion: Ion that moves between the electrodes.
        cathode: Material of the positive electrode.
        anode: Material of the negative electrode.
        electrolyte_state: Code of the list ``electrolyte-state``.
        family: Family of the recycling law; ``None`` where the code does not decide it.
        contains: Symbols of the metals in its active materials.
        voltages: Of a cell.
        broader: Code of the chemistry of which it is a kind.
        aliases: Other spellings, on plates and in older passports.
        certainty: How sure the row is: ``read``, ``known``, ``unsure`` or ``interp``.
        source: Where it comes from.
    """

    code: str
    label: str
    short_name: str
    carrier_ion: str
    cathode: str
    anode: str
    electrolyte_state: str
    family: ChemistryFamily | None
    contains: tuple[str, ...]
    voltages: CellVoltages
    broader: str
    aliases: tuple[str, ...]
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class Chemistries:
    """The chemistries that an installation knows.

    Attributes:
        published: Codes of the list that everybody has.
    """

    _by_code: Mapping[str, Chemistry]
    _by_name: Mapping[str, str]
    published: frozenset[str]

    def __iter__(self) -> Iterator[Chemistry]:
        return iter(self._by_code.values())

    def find(self, code: str) -> Chemistry | None:
        """Return the chemistry of a code."""
        return self._by_code.get(code)

    def find_named(self, text: str) -> Chemistry | None:
        """Return the chemistry that a plate or an older passport names, whatever the spelling.

        A text that says more than a name decides nothing.

        >>> published_chemistries().find_named("Li-ion NCM 622").code
        'NMC622'
        """
        code = self._by_name.get(_key(text))
        return None if code is None else self._by_code[code]

    def near(self, text: str) -> tuple[str, ...]:
        """Return the codes that somebody may have meant, the nearest first."""
        named = self.find_named(text)
        if named is not None:
            return (named.code,)
        names = get_close_matches(_key(text), self._by_name, n=3)
        return tuple(dict.fromkeys(self._by_name[name] for name in names))

    def lineage(self, code: str) -> tuple[Chemistry, ...]:
        """Return a chemistry and each broader one; nothing for a code that is not known.

        >>> [one.code for one in published_chemistries().lineage("Pb-gel")]
        ['Pb-gel', 'Pb-VRLA', 'Pb']
        """
        found = self._by_code.get(code)
        return () if found is None else (found, *self.lineage(found.broader))

    def label_of(self, code: str) -> str:
        """Return a chemistry in words; the code itself where nobody here knows it."""
        found = self._by_code.get(code)
        return code if found is None else found.label

    def with_rows(self, text: str) -> "Chemistries":
        """Return these chemistries and those of a table of one's own.

        Args:
            text: CSV with the columns of ``schemas/chemistries.csv``; those that are left out
                are empty.

        Raises:
            InvalidValueError: A row is none; its line is named.
        """
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        unknown = sorted(set(reader.fieldnames or ()) - set(COLUMNS))
        if unknown or "code" not in (reader.fieldnames or ()):
            raise InvalidValueError(
                f"its columns are {', '.join(COLUMNS)}, not {', '.join(unknown) or 'none of them'}"
            )
        by_code, by_name = dict(self._by_code), dict(self._by_name)
        for row in reader:
            try:
                cells = {column: (row.get(column) or "") for column in COLUMNS}
                _join(_chemistry(cells), by_code, by_name)
            except InvalidValueError as error:
                raise InvalidValueError(f"line {reader.line_num}: {error}") from error
        return Chemistries(by_code, by_name, self.published)


@cache
def published_chemistries() -> Chemistries:
    """Return the chemistries of the list that is published with the vocabulary."""
    by_code: dict[str, Chemistry] = {}
    by_name: dict[str, str] = {}
    for cells in CHEMISTRY_ROWS:
        _join(_chemistry(dict(zip(COLUMNS, cells, strict=True))), by_code, by_name)
    return Chemistries(by_code, by_name, frozenset(by_code))


def _join(row: Chemistry, by_code: dict[str, Chemistry], by_name: dict[str, str]) -> None:
    """Add a row to those above it."""
    if row.code in by_code:
        raise InvalidValueError(f"{row.code} is in the list already: {by_code[row.code].label}")
    if row.broader and row.broader not in by_code:
        raise InvalidValueError(
            f"{row.code} is a kind of {row.broader}, which stands in no row above it"
        )
    by_code[row.code] = _filled(row, by_code[row.broader]) if row.broader else row
    for name in (row.code, row.label, *row.aliases):
        if by_name.setdefault(_key(name), row.code) != row.code:
            raise InvalidValueError(
                f"{row.code} is also called {name!r}, which is {by_name[_key(name)]} already"
            )


def _filled(row: Chemistry, broader: Chemistry) -> Chemistry:
    """Return a row with what it leaves empty taken from the broader one."""
    own, other = row.voltages, broader.voltages
    return replace(
        row,
        carrier_ion=row.carrier_ion or broader.carrier_ion,
        cathode=row.cathode or broader.cathode,
        anode=row.anode or broader.anode,
        electrolyte_state=row.electrolyte_state or broader.electrolyte_state,
        family=row.family or broader.family,
        contains=row.contains or broader.contains,
        voltages=CellVoltages(
            minimum=other.minimum if own.minimum is None else own.minimum,
            nominal=other.nominal if own.nominal is None else own.nominal,
            maximum=other.maximum if own.maximum is None else own.maximum,
        ),
    )


def _key(text: str) -> str:
    """Return the letters and digits of a name, without what stands before every lithium name."""
    key = "".join(letter for letter in text.casefold() if letter.isalnum())
    for common in _NAME_OF_ALL:
        if len(key) > len(common):
            key = key.removeprefix(common)
    return key


def _chemistry(cells: Mapping[str, str]) -> Chemistry:
    row = {column: cell.strip() for column, cell in cells.items()}
    missing = [column for column in _NEEDED if not row[column]]
    if missing:
        raise InvalidValueError(f"{', '.join(missing)} is empty")
    for column in ("code", "carrier_ion", "cathode", "anode"):
        if row[column] and not OPEN_CODE.fullmatch(row[column]):
            raise InvalidValueError(
                f"{column} {row[column]!r} is no code: a letter, then up to 31 letters, digits, "
                "dots, plus or minus signs"
            )
    _require_one_of(row, "electrolyte_state", codes_of("electrolyte-state"))
    _require_one_of(row, "family", ChemistryFamily)
    _require_one_of(row, "certainty", _CERTAINTIES)
    return Chemistry(
        code=row["code"],
        label=row["label_en"],
        short_name=row["short_name"] or row["code"],
        carrier_ion=row["carrier_ion"],
        cathode=row["cathode"],
        anode=row["anode"],
        electrolyte_state=row["electrolyte_state"],
        family=ChemistryFamily(row["family"]) if row["family"] else None,
        contains=tuple(row["contains"].split()),
        voltages=_voltages(row),
        broader=row["broader"],
        aliases=tuple(name.strip() for name in row["aliases"].split("|") if name.strip()),
        certainty=row["certainty"],
        source=row["source"],
    )


def _require_one_of(row: Mapping[str, str], column: str, values: Iterable[str]) -> None:
    known = sorted(map(str, values))
    if row[column] and row[column] not in known:
        raise InvalidValueError(f"{column} is {row[column]!r}; it is one of {', '.join(known)}")


def _voltages(row: Mapping[str, str]) -> CellVoltages:
    names = ("minimum_cell_volts", "nominal_cell_volts", "maximum_cell_volts")
    minimum, nominal, maximum = (
        Volts(parse_decimal(row[name])) if row[name] else None for name in names
    )
    return CellVoltages(minimum=minimum, nominal=nominal, maximum=maximum)
