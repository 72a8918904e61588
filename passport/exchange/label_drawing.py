"""What a label shows, and where on it: shapes in millimetres, no file format yet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import ClassVar

from PIL import ImageFont

from passport.domain.errors import PassportError
from passport.rules.annex_vi import CollectionSymbol

WIDTH, HEIGHT = 148.0, 105.0
"""A6, landscape [mm]: room for the largest collection symbol beside a large QR code."""

_MARGIN = 6.0
_TITLE_SIZE, _SUBTITLE_SIZE = 7.0, 4.4
_BODY_TOP = 23.0
_QR_SIDE = 46.0
_MIDDLE = _MARGIN + _QR_SIDE + 3
_SYMBOL_RIGHT = WIDTH - _MARGIN
_NAME_SIZE, _VALUE_SIZE = 2.5, 3.9
_SMALL_SIZES = (3.1, 2.9, 2.7, 2.5, 2.3, 2.1, 1.9)
_LEADING = 1.28
_MEASURED_AT = 100
_CAPITAL_HEIGHT = 0.66


class LabelTextError(PassportError):
    """A text cannot be printed on the label as it is."""

    code: ClassVar[str] = "label-text-unprintable"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContent:
    """What a label says, as text ready to print.

    Attributes:
        battery_iri: What the QR code holds, and nothing else.
        manufacturer: Name or trade mark.
        address: Postal address of the manufacturer.
        model: Model identification.
        category: Category of the battery.
        gtin: GTIN, or empty where the identifier is not GS1's.
        serial: Serial number, or the maker's own identifier.
        made: Place, month and year of manufacture.
        mass: With unit.
        capacity: With unit.
        chemistry: Short name.
        hazardous_substances: Other than mercury, cadmium and lead.
        extinguishing_agent: Usable one.
        critical_raw_materials: Above 0.1 % by mass.
        chemical_signs: ``Cd``, ``Pb`` where the battery holds more than Article 13(5) allows.
        second_life: What has changed since the first life; empty in the first life.

    Source: Regulation (EU) 2023/1542, Annex VI, Part A; Article 13(5), (6) and (9).
    """

    battery_iri: str
    manufacturer: str
    address: str
    model: str
    category: str
    gtin: str
    serial: str
    made: str
    mass: str
    capacity: str
    chemistry: str
    hazardous_substances: str
    extinguishing_agent: str
    critical_raw_materials: str
    chemical_signs: tuple[str, ...] = ()
    second_life: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points [mm] of a width [mm]."""

    points: tuple[tuple[float, float], ...]
    width: float


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle [mm]."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; ``y`` is its baseline, ``size`` the height of its type [mm]."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Place of the QR code with its quiet zone [mm]."""

    x: float
    y: float
    side: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole label."""

    title: str
    code: Code
    strokes: tuple[Stroke, ...]
    discs: tuple[Disc, ...]
    words: tuple[Words, ...]


def draw(content: LabelContent, symbol: CollectionSymbol) -> Drawing:
    """Place everything a label has to show.

    Raises:
        LabelTextError: A text is too long for its place, or the typeface lacks a character.
    """
    side = float(symbol.side)
    left = _SYMBOL_RIGHT - side
    strokes, discs = _bin(left, _BODY_TOP, side)
    signs = _chemical_signs(content.chemical_signs, symbol)
    right = min((left, *(sign.x for sign in signs))) - 2 if signs else WIDTH - _MARGIN
    return Drawing(
        title=", ".join(filter(None, (f"{content.manufacturer} {content.model}", content.serial))),
        code=Code(_MARGIN, _BODY_TOP, _QR_SIDE, content.battery_iri),
        strokes=strokes,
        discs=discs,
        words=(*_title(content), *_pairs(content, left - 2), *_small(content, right), *signs),
    )


def _title(content: LabelContent) -> Iterator[Words]:
    width = WIDTH - 2 * _MARGIN
    title = f"{content.manufacturer} {content.model}"
    yield Words(_MARGIN, 13, _fitting(title, _TITLE_SIZE, width), title, bold=True)
    below = " · ".join(part for part in (content.category, content.second_life) if part)
    yield Words(_MARGIN, 19.5, _fitting(below, _SUBTITLE_SIZE, width), below)


def _pairs(content: LabelContent, right: float) -> Iterator[Words]:
    pairs = (
        ("(01) GTIN", content.gtin),
        ("(21) Serial number" if content.gtin else "Identifier", content.serial),
        ("Mass", content.mass),
        ("Capacity", content.capacity),
        ("Chemistry", content.chemistry),
    )
    y = _BODY_TOP + 4
    for name, value in ((name, value) for name, value in pairs if value):
        yield Words(_MIDDLE, y, _NAME_SIZE, name)
        size = _fitting(value, _VALUE_SIZE, max(right, _MIDDLE + 30) - _MIDDLE)
        yield Words(_MIDDLE, y + 4.6, size, value, bold=True)
        y += 9.3


def _small(content: LabelContent, right: float) -> list[Words]:
    lines = (
        f"Made: {content.made}" if content.made else "",
        f"Manufacturer: {content.manufacturer}, {content.address}",
        f"Extinguish with: {content.extinguishing_agent}",
        f"Hazardous substances: {content.hazardous_substances}",
        f"Critical raw materials: {content.critical_raw_materials}",
    )
    top, bottom = _BODY_TOP + _QR_SIDE + 7, HEIGHT - _MARGIN + 1
    width = right - _MARGIN
    for size in _SMALL_SIZES:
        wrapped = [part for line in lines for part in _wrap(line, size, width)]
        if top + len(wrapped) * size * _LEADING <= bottom:
            return [
                Words(_MARGIN, top + n * size * _LEADING, size, text)
                for n, text in enumerate(wrapped)
            ]
    raise LabelTextError(
        f"the texts of Annex VI need {len(wrapped)} lines of {size} mm; shorten substances or "
        "materials: the full lists stand behind the QR code"
    )


def _chemical_signs(signs: Sequence[str], symbol: CollectionSymbol) -> list[Words]:
    """Set each sign beneath the bin so that its letters fill a quarter of the symbol's area."""
    area = float(symbol.chemical_sign_side) ** 2
    placed: list[Words] = []
    right = _SYMBOL_RIGHT
    for sign in reversed(signs):
        size = (area / (text_width(sign, 1, bold=True) * _CAPITAL_HEIGHT)) ** 0.5
        right -= text_width(sign, size, bold=True)
        baseline = _BODY_TOP + float(symbol.side) + 2 + size * _CAPITAL_HEIGHT
        placed.append(Words(right, baseline, size, sign, bold=True))
        right -= 2
    return placed


def _bin(left: float, top: float, side: float) -> tuple[tuple[Stroke, ...], tuple[Disc, ...]]:
    """Draw a crossed-out wheeled bin that fills its square."""

    def line(*points: tuple[float, float], width: float = 0.05) -> Stroke:
        places = tuple((left + x * side, top + y * side) for x, y in points)
        return Stroke(places, width * side)

    strokes = (
        line((0.28, 0.27), (0.345, 0.84), (0.655, 0.84), (0.72, 0.27)),
        line((0.22, 0.25), (0.78, 0.25), width=0.07),
        line((0.42, 0.18), (0.58, 0.18), width=0.05),
        line((0.37, 0.84), (0.37, 0.93), width=0.07),
        line((0.035, 0.035), (0.965, 0.965), width=0.07),
        line((0.035, 0.965), (0.965, 0.035), width=0.07),
    )
    return strokes, (Disc(left + 0.63 * side, top + 0.885 * side, 0.065 * side),)


def _fitting(text: str, size: float, width: float) -> float:
    return min(size, size * width / max(text_width(text, size, bold=True), 0.1))


def _wrap(text: str, size: float, width: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text [mm]."""
    runs = runs_of(text, _MEASURED_AT, bold=bold)
    return sum(font.getlength(run) for font, run in runs) * size / _MEASURED_AT


def runs_of(
    text: str, pixels: int, *, bold: bool = False
) -> Sequence[tuple[ImageFont.FreeTypeFont, str]]:
    """Split a text into runs of one typeface file each.

    Raises:
        LabelTextError: No typeface file has one of the characters.
    """
    fonts = _fonts(pixels, bold=bold)
    runs: list[tuple[ImageFont.FreeTypeFont, str]] = []
    for character in text:
        font = next((font for font in fonts if _has(font, character)), None)
        if font is None:
            raise LabelTextError(
                f"the label's typeface has no {character!r} for {text!r}; write it in Latin letters"
            )
        if runs and runs[-1][0] is font:
            runs[-1] = (font, runs[-1][1] + character)
        else:
            runs.append((font, character))
    return runs


@cache
def _fonts(pixels: int, *, bold: bool) -> tuple[ImageFont.FreeTypeFont, ...]:
    # The pages' own typeface: it tells 0 from O and 1 from l and I, in a serial number too.
    folder = files("passport") / "ui" / "static" / "fonts"
    fonts = []
    for name in ("atkinson-latin.woff2", "atkinson-latin-ext.woff2"):
        font = ImageFont.truetype(BytesIO((folder / name).read_bytes()), pixels)
        font.set_variation_by_axes([700 if bold else 450])
        fonts.append(font)
    return tuple(fonts)


@cache
def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    return character.isspace() or _drawn(font, character) != _drawn(font, "\U0010fffd")


def _drawn(font: ImageFont.FreeTypeFont, character: str) -> tuple[object, bytes]:
    mask = font.getmask(character)
    return mask.size, bytes(mask)


def merged_modules(matrix: Iterable[Sequence[bool]]) -> Iterator[tuple[int, int, int]]:
    """Yield (column, row, length) for every run of dark modules of a QR code."""
    for row, modules in enumerate(matrix):
        start = 0
        while start < len(modules):
            if not modules[start]:
                start += 1
                continue
            end = start
            while end < len(modules) and modules[end]:
                end += 1
            yield start, row, end - start
            start = end
