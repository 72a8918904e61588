"""What a workbook says about its cells beside their values, read before its values are.

The reader of values keeps a rectangle around all cells in memory, gives an empty text for an error,
and does not tell a share of one from a percentage. So the parts of the file are measured and walked
through first; what they say stands in a `SheetFacts`.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from xml.etree import ElementTree as ET
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from passport.services.importing import FileUnreadableError

MOST_ROWS = 200_000
"""Rows of one file, the names of the columns not counted."""
MOST_CELLS = 10_000_000
"""Cells of the rectangle around all that was entered: 320 MB while the file is read."""
_MOST_INFLATED = 400_000_000
_MOST_STRINGS = 100_000_000
_MOST_HEAD_ROWS = 100
_SHARED_STRINGS = "xl/sharedstrings.xml"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_CHUNK = 1 << 20
_DAMAGES = (
    *(BadZipFile, RuntimeError, zlib.error, EOFError),
    *(expat.ExpatError, LookupError, ValueError),
)
"""What opening an archive or reading a part may end with: an unknown version of ZIP is the second,
an encoding of letters that is not read one of the last two."""
_LOCAL_HEADER = struct.Struct("<26xHH")
_ENCRYPTED = 0x1
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_PERCENT_FORMATS = frozenset({"9", "10"})
"""Built-in number formats 0 % and 0.00 %. Source: ISO/IEC 29500-1, 18.8.30."""
_ERROR = "holds an error such as #N/A; put its formula right, or type the value"
_NEVER_COMPUTED = (
    "holds a formula that was never computed; open the file in the spreadsheet program, save it, "
    "and send it again"
)
_PERCENT = (
    "is formatted as a percentage, so that the file holds a hundredth of what is shown; format it "
    "as Number and write 95.5 for 95.5 %"
)


@dataclass(slots=True)
class SheetFacts:
    """What one sheet says beside its values.

    Attributes:
        faults: Why a cell has no value that could be taken, by row and column from 0.
        merged: Ranges of cells that are merged, such as ``A1:C1``.
    """

    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)


class WorkbookParts:
    """The parts of a workbook, each measured.

    Raises:
        FileUnreadableError: It is no workbook, damaged, locked, or far larger inside than outside.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = ZipFile(BytesIO(data))
        except _DAMAGES as error:
            raise FileUnreadableError(f"the file is no .xlsx workbook: {error}") from error
        self._parts: dict[str, ZipInfo] = {}
        room = _MOST_INFLATED
        for part in self._archive.infolist():
            name = part.filename.lower().replace("\\", "/")
            if name in self._parts:
                raise FileUnreadableError(f"the workbook holds its part {name} twice")
            self._parts[name] = part
            limit = min(room, _MOST_STRINGS) if name == _SHARED_STRINGS else room
            room -= _measure(data, part, limit)

    def facts(self, sheet: str) -> SheetFacts:
        """Walk through a sheet.

        Raises:
            FileUnreadableError: It is larger than what is read, or no XML.
        """
        walk = _Walk(self._percent_styles())
        parser = _parser()
        parser.StartElementHandler = walk.begin
        walk.parser = parser
        self._feed(self._part_of(sheet), parser)
        walk.end_cell()
        return walk.facts

    def _part_of(self, sheet: str) -> str:
        relation = next(
            (
                _named(element.attrib, "id")
                for element in self._elements(_WORKBOOK, "sheet")
                if element.get("name") == sheet
            ),
            "",
        )
        for element in self._elements(_RELATIONS, "Relationship"):
            if element.get("Id") == relation:
                target = element.get("Target", "").lower().lstrip("/")
                return target if target.startswith("xl/") else f"xl/{target}"
        raise FileUnreadableError(f"the workbook does not say where its sheet {sheet!r} is")

    def _percent_styles(self) -> frozenset[str]:
        """Return the numbers of the styles that show a share of one as a percentage."""
        if _STYLES not in self._parts:
            return frozenset()
        formats = set(_PERCENT_FORMATS)
        places: set[str] = set()
        for element in self._elements(_STYLES, "numFmt", "cellXfs"):
            if _local(element.tag) == "numFmt":
                if "%" in element.get("formatCode", ""):
                    formats.add(element.get("numFmtId", ""))
            else:
                places = {
                    str(place)
                    for place, style in enumerate(element)
                    if style.get("numFmtId") in formats
                }
        return frozenset(places)

    def _elements(self, name: str, *tags: str) -> Iterator[ET.Element]:
        builder = ET.TreeBuilder()
        parser = _parser()
        parser.StartElementHandler = builder.start
        parser.EndElementHandler = builder.end
        self._feed(name, parser)
        return (element for element in builder.close().iter() if _local(element.tag) in tags)

    def _feed(self, name: str, parser: expat.XMLParserType) -> None:
        if name not in self._parts:
            raise FileUnreadableError(f"the workbook lacks its part {name}")
        try:
            with self._archive.open(self._parts[name]) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk)
            parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by place only
        except _DAMAGES as error:
            raise FileUnreadableError(f"the workbook is damaged at {name}: {error}") from error


class _Walk:
    """Goes through the elements of a sheet and keeps what its reader would not tell."""

    def __init__(self, percent_styles: frozenset[str]) -> None:
        self.facts = SheetFacts()
        self.parser: expat.XMLParserType
        self._percent_styles = percent_styles
        self._row = self._column = -1
        self._last_row = self._last_column = 0
        self._style = self._kind = ""
        self._has_value = self._has_formula = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the begin of an element; there are some hundred thousand of them in a sheet."""
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._begin_part(name)
        else:
            self._begin_other(_local(name), attributes)

    def _begin_other(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "c":
                self._begin_cell(attributes)
            case "v" | "is" | "f":
                self._begin_part(name)
            case "row":
                self.end_cell()
                self._row = _row_place(attributes["r"]) if "r" in attributes else self._row + 1
                self._column = -1
            case "mergeCell":
                self.facts.merged.append(attributes.get("ref", ""))

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        if self._has_formula:
            self.end_cell()
        self._has_value = False
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            self._row, self._column = _place_of(reference)
        self._kind = attributes.get("t", "")
        self._style = attributes.get("s", "")

    def _begin_part(self, part: str) -> None:
        if self._row > self._last_row or self._column > self._last_column:
            self._grow()
        if part == "f":
            self._has_formula = True
        elif self._has_formula:
            # What the formula came to: there may be an element for it with nothing inside.
            self.parser.CharacterDataHandler = self._take
        else:
            self._has_value = True
        if self._kind == "e":
            self.facts.faults[(self._row, self._column)] = _ERROR
        elif self._style in self._percent_styles and self._kind in {"", "n"}:
            self.facts.faults[(self._row, self._column)] = _PERCENT

    def _take(self, text: str) -> None:
        self._has_value = self._has_value or bool(text.strip())

    def end_cell(self) -> None:
        """Take the end of a cell: what a formula came to is known now."""
        if self._has_formula:
            self.parser.CharacterDataHandler = None
            if not self._has_value and self._kind != "str":
                self.facts.faults[(self._row, self._column)] = _NEVER_COMPUTED
        self._has_value = self._has_formula = False

    def _grow(self) -> None:
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        if self._last_row > MOST_ROWS + _MOST_HEAD_ROWS:
            raise FileUnreadableError(
                f"row {self._row + 1} of the sheet holds something; at most {MOST_ROWS:,} "
                "batteries are read from a file: divide it"
            )
        if (self._last_row + 1) * (self._last_column + 1) > MOST_CELLS:
            raise FileUnreadableError(
                f"the sheet reaches to row {self._last_row + 1} and column "
                f"{self._last_column + 1}; at most {MOST_CELLS:,} cells are read: divide it"
            )


def _measure(data: bytes, part: ZipInfo, limit: int) -> int:
    """Return how large a part is inside, from its own bytes: what it says of itself may be false.

    Raises:
        FileUnreadableError: It is larger than the limit, locked, or not what it says.
    """
    if part.flag_bits & _ENCRYPTED:
        raise FileUnreadableError("the workbook is locked with a password; save it without one")
    if part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise FileUnreadableError(f"the workbook packs {part.filename} in an unknown way")
    try:
        name_length, extra_length = _LOCAL_HEADER.unpack_from(data, part.header_offset)
    except struct.error as error:
        raise FileUnreadableError(f"the workbook is damaged at {part.filename}") from error
    start = part.header_offset + 30 + name_length + extra_length
    packed = memoryview(data)[start : start + part.compress_size]
    size = len(packed) if part.compress_type == ZIP_STORED else _inflated_size(packed, limit)
    if size > limit:
        raise FileUnreadableError(
            f"the workbook is larger than {_MOST_INFLATED:,} bytes inside; divide it"
        )
    if size != part.file_size:
        raise FileUnreadableError(f"the workbook says another size of {part.filename} than it has")
    return size


def _inflated_size(packed: memoryview, limit: int) -> int:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    rest: bytes | memoryview = packed
    try:
        while rest and not inflater.eof and size <= limit:
            size += len(inflater.decompress(rest, _CHUNK))
            rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise FileUnreadableError(f"the workbook is damaged: {error}") from error
    return size


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise FileUnreadableError("the workbook declares entities of its own, which no program writes")


def _row_place(number: str) -> int:
    if not _ROW.fullmatch(number):
        raise FileUnreadableError(f"the workbook names a row {number!r}")
    return int(number) - 1


def _place_of(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference.upper())
    if found is None:
        raise FileUnreadableError(f"the workbook names a cell {reference!r}")
    return int(found[2]) - 1, _column_place(found[1])


@lru_cache(maxsize=20_000)
def _column_place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _named(attributes: Mapping[str, str], name: str) -> str:
    """Return an attribute with a prefix, such as ``r:id``; each program chooses its own."""
    return next((text for key, text in attributes.items() if key.rpartition(":")[2] == name), "")
