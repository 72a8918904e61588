"""Tables of text (.csv) in: encoding and separator are found for certain, or refused.

Why not by statistics: docs/decisions/0009-workbooks-are-read-cell-by-cell.md.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from passport.domain.content import Datatype
from passport.exchange.workbook_parts import MOST_ROWS
from passport.services.import_cells import datatype_of, unguarded_text
from passport.services.import_table import EnteredRow, EnteredTable, Layout
from passport.services.importing import FileUnreadableError

_MARK_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WESTERN = "cp1252"
_ENCODINGS = (
    *(_WESTERN, "cp1250", "cp1251", "cp1253", "cp1254", "cp1257"),
    *("cp437", "cp850", "cp852", "mac_roman", "iso8859_2"),
)
"""What programs in Europe write that do not write UTF-8."""
_WORD = re.compile(r"[^\s\"\x00-\x26\x28-\x2c\x2e-\x40\x5b-\x60\x7b-\x7f]+")
_FITS_INTO_WORDS = "'-\u2019\u00b5"  # apostrophe, hyphen, typographic apostrophe, micro
_LIGATURES = "\ufb01\ufb02"  # nobody types them
_BEGIN_OF_ZIP = b"PK\x03\x04"
_SEPARATORS = (Layout.SEMICOLONS, Layout.COMMAS, Layout.TABS)


def read_text_table(data: bytes) -> EnteredTable:
    """Read a table of text.

    Raises:
        FileUnreadableError: Its encoding is unknown, it has too many rows, or its quotes do not
            close.
    """
    text = decode_text(data)
    layout = _layout_of(text)
    head = _head(text, layout)
    height, comma_columns = _look_through(text, layout, head)

    def read_rows() -> Iterator[EnteredRow]:
        records = _records(text, layout)
        next(records)
        for number, cells in enumerate(records, start=1):
            # A line with nothing in it is a row with nothing in its cells.
            yield EnteredRow(number, [unguarded_text(cell) for cell in cells] or [""] * len(head))

    return EnteredTable(
        columns=head,
        read_rows=read_rows,
        layout=layout,
        height=height,
        comma_columns=comma_columns,
    )


def decode_text(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or Windows-1252 where that is sure.

    Raises:
        FileUnreadableError: It is none of these.
    """
    if data.startswith(_BEGIN_OF_ZIP):
        raise FileUnreadableError("the file is a workbook; give it a name that ends in .xlsx")
    if data.startswith(_MARK_UTF_16):
        return _decoded(data, "utf-16")
    if b"\x00" in data:
        raise FileUnreadableError("the file is no text; save it as CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _western(data, error.start)


def _western(data: bytes, start: int) -> str:
    """Return a text of Western European Windows, where no other encoding of Europe reads as well.

    Statistics of letters guess wrong where a file holds few words beyond ASCII, and what is guessed
    here is signed: "Rīga" of Baltic Windows reads as "Rîga". So each word has to have one reading.
    """
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())
    readings = {encoding: _plausible(telling, encoding) for encoding in _ENCODINGS}
    western = readings[_WESTERN]
    if western is None or set(readings.values()) - {None, western}:
        others = [name for name, text in readings.items() if text is not None]
        raise FileUnreadableError(
            f"the file is no UTF-8 at byte {start}, and its letters may be read in several ways "
            f"({', '.join(others) or 'none of them makes words'}); save it as CSV UTF-8"
        )
    return data.decode(_WESTERN)


def _plausible(data: bytes, encoding: str) -> str | None:
    """Return a text in an encoding; nothing where its words cannot have been meant like this."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if any(map(_is_strange, _WORD.findall(text))) else text


def _is_strange(word: str) -> bool:
    """Whether a word holds signs, letters of two scripts, or a capital after a small letter."""
    if word.isascii():
        return False
    letters = [sign for sign in word if sign not in _FITS_INTO_WORDS]
    scripts = {unicodedata.name(sign, "?").partition(" ")[0] for sign in letters}
    is_mixed = len(scripts) > 1 or any(sign in _LIGATURES or not sign.isalpha() for sign in letters)
    return is_mixed or any(one.islower() and next_.isupper() for one, next_ in pairwise(word))


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileUnreadableError(
            f"the file is no {encoding} at byte {error.start}; save it as CSV UTF-8"
        ) from error


def _layout_of(text: str) -> Layout:
    """Return what separates the cells of the first line most often outside quotes."""
    first = text.lstrip("\r\n").splitlines()[0] if text.strip() else ""
    bare = "".join(first.split('"')[::2])
    return max(_SEPARATORS, key=lambda layout: bare.count(layout.value))


def _head(text: str, layout: Layout) -> tuple[str, ...]:
    head = next(_records(text, layout), [])
    return tuple(name.strip() for name in head)


def _look_through(text: str, layout: Layout, head: tuple[str, ...]) -> tuple[int, frozenset[str]]:
    """Return how many rows there are, and which columns of numbers hold decimal commas."""
    numbers = {
        place
        for place, name in enumerate(head)
        if layout is Layout.SEMICOLONS
        and name
        and datatype_of(name) in {Datatype.DECIMAL, Datatype.INTEGER}
    }
    with_comma: set[int] = set()
    height = -1
    for cells in _records(text, layout):
        height += 1
        if height > MOST_ROWS:
            raise FileUnreadableError(
                f"the file has more than {MOST_ROWS:,} rows, the most that are read: divide it"
            )
        for place in numbers - with_comma:
            if place < len(cells) and "," in cells[place]:
                with_comma.add(place)
    return max(height, 0), frozenset(head[place] for place in with_comma)


def _records(text: str, layout: Layout) -> Iterator[list[str]]:
    """Yield the records from the first that is not empty on."""
    reader = csv.reader(
        io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=layout.value, strict=True
    )
    try:
        yield from reader
    except csv.Error as error:
        raise FileUnreadableError(f"line {reader.line_num}: {error}") from error
