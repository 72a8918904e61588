"""Labels for batteries: SVG, PNG, PDF and ZPL, each read back before it is handed out."""

import re
import zlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from io import BytesIO
from typing import ClassVar
from xml.sax.saxutils import escape

import qrcode
import zxingcpp
from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_Q

from passport.domain.errors import PassportError
from passport.exchange.codes import codes_in
from passport.exchange.label_drawing import (
    HEIGHT,
    WIDTH,
    Disc,
    Drawing,
    LabelContent,
    Stroke,
    Words,
    draw,
    merged_modules,
    runs_of,
)
from passport.rules.annex_vi import CollectionSymbol

_DOTS_PER_MM = 600 / 25.4
_ZPL_DOTS_PER_MM = 300 / 25.4
_POINTS_PER_MM = 72 / 25.4
_QUIET_ZONE = 4
_READ_BACK_SCALE = 4
_LARGEST_ZPL_MODULE = 10


class LabelFormat(StrEnum):
    """File formats of a label."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
    ZPL = "zpl"


class LabelUnreadableError(PassportError):
    """The code on a finished label does not read as the battery's identifier."""

    code: ClassVar[str] = "label-unreadable"

    def __init__(self, expected: str, found: list[str]) -> None:
        read = ", ".join(found) or "nothing"
        super().__init__(f"the label for {expected} reads as {read}; it was not written")
        self.expected = expected
        self.found = found


def make_label(
    content: LabelContent, label_format: LabelFormat, *, symbol: CollectionSymbol
) -> bytes:
    """Make a label and read its code back.

    Args:
        content: What it says.
        label_format: File format.
        symbol: Size of the symbol for separate collection.

    Returns:
        The file.

    Raises:
        LabelTextError: A text cannot be printed as it is.
        LabelUnreadableError: The finished file does not read as the battery's IRI.
    """
    drawing = draw(content, symbol)
    label = _WRITERS[label_format](drawing)
    found = _READERS[label_format](label)
    if found != [content.battery_iri]:
        raise LabelUnreadableError(content.battery_iri, found)
    return label


def qr_svg(text: str) -> bytes:
    """Draw a QR code alone, as SVG that scales to any size."""
    matrix = _matrix(text)
    side = len(matrix)
    modules = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in merged_modules(matrix))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'fill="#000"><title>{escape(text)}</title><rect width="{side}" height="{side}" '
        f'fill="#fff"/><path id="qr" data-modules="{side}" shape-rendering="crispEdges" '
        f'd="{modules}"/></svg>\n'
    ).encode()


def _matrix(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=_QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


# SVG


def _svg(drawing: Drawing) -> bytes:
    code = drawing.code
    matrix = _matrix(code.text)
    scale = code.side / len(matrix)
    modules = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in merged_modules(matrix))
    body = [
        *(_svg_stroke(stroke) for stroke in drawing.strokes),
        *(f'<circle cx="{d.x:.2f}" cy="{d.y:.2f}" r="{d.radius:.2f}"/>' for d in drawing.discs),
        *(_svg_words(words) for words in drawing.words),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" height="{HEIGHT}mm" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" fill="#000">'
        f"<title>{escape(drawing.title)}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<g transform="translate({code.x} {code.y}) scale({scale:.6f})">'
        f'<path id="qr" data-modules="{len(matrix)}" shape-rendering="crispEdges" d="{modules}"/>'
        f"</g>{''.join(body)}</svg>\n"
    ).encode()


def _svg_stroke(stroke: Stroke) -> str:
    path = "L".join(f"{x:.2f} {y:.2f}" for x, y in stroke.points)
    return f'<path d="M{path}" fill="none" stroke="#000" stroke-width="{stroke.width:.2f}"/>'


def _svg_words(words: Words) -> str:
    weight = ' font-weight="700"' if words.bold else ""
    return (
        f'<text x="{words.x:.2f}" y="{words.y:.2f}" font-size="{words.size:.2f}"{weight} '
        'font-family="Atkinson Hyperlegible Next, Arial, Helvetica, sans-serif">'
        f"{escape(words.text)}</text>"
    )


def _read_svg(label: bytes) -> list[str]:
    text = label.decode()
    size = re.search(r'data-modules="(\d+)"', text)
    if size is None:
        return []
    side = int(size[1]) * _READ_BACK_SCALE
    picture = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(picture)
    for run in re.finditer(r"M(\d+) (\d+)h(\d+)v1h-\3z", text):
        x, y, length = (int(number) * _READ_BACK_SCALE for number in run.groups())
        pen.rectangle((x, y, x + length - 1, y + _READ_BACK_SCALE - 1), fill=0)
    return codes_in(picture)


# PNG


def _painted(drawing: Drawing) -> Image.Image:
    """Paint a label at 600 dots per inch; modules fall on whole dots."""
    picture = Image.new("L", (_dots(WIDTH), _dots(HEIGHT)), 255)
    pen = ImageDraw.Draw(picture)
    _paint_code(pen, drawing)
    for stroke in drawing.strokes:
        places = [(_dots(x), _dots(y)) for x, y in stroke.points]
        pen.line(places, fill=0, width=_dots(stroke.width), joint="curve")
    for disc in drawing.discs:
        pen.circle((_dots(disc.x), _dots(disc.y)), _dots(disc.radius), fill=0)
    for words in drawing.words:
        _paint_words(pen, words)
    return picture.point(lambda level: 255 if level > 127 else 0).convert("1")  # noqa: PLR2004


def _paint_code(pen: ImageDraw.ImageDraw, drawing: Drawing) -> None:
    matrix = _matrix(drawing.code.text)
    module = _dots(drawing.code.side) // len(matrix)
    left, top = _dots(drawing.code.x), _dots(drawing.code.y)
    for column, row, length in merged_modules(matrix):
        x, y = left + column * module, top + row * module
        pen.rectangle((x, y, x + length * module - 1, y + module - 1), fill=0)


def _paint_words(pen: ImageDraw.ImageDraw, words: Words) -> None:
    x = float(_dots(words.x))
    for font, run in runs_of(words.text, _dots(words.size), bold=words.bold):
        pen.text((x, _dots(words.y)), run, fill=0, font=font, anchor="ls")
        x += font.getlength(run)


def _dots(millimetres: float) -> int:
    return round(millimetres * _DOTS_PER_MM)


def _png(drawing: Drawing) -> bytes:
    file = BytesIO()
    _painted(drawing).save(file, "PNG", dpi=(600, 600), optimize=True)
    return file.getvalue()


def _read_png(label: bytes) -> list[str]:
    with Image.open(BytesIO(label), formats=("PNG",)) as picture:
        return codes_in(picture.convert("L"))


# PDF: one page that holds one picture, ISO 32000-1, section 7.5


def _pdf(drawing: Drawing) -> bytes:
    picture = _painted(drawing)
    width, height = WIDTH * _POINTS_PER_MM, HEIGHT * _POINTS_PER_MM
    place = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Label Do Q".encode()
    title = drawing.title.encode("utf-16-be").hex().upper()
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3f} {height:.3f}] "
        "/Resources << /XObject << /Label 4 0 R >> >> /Contents 5 0 R >>".encode(),
        _pdf_stream(
            f"/Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} "
            "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode",
            zlib.compress(picture.tobytes(), 9),
        ),
        _pdf_stream("", place),
        f"<< /Title <FEFF{title}> >>".encode(),
    )
    file = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    file += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    file += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\n" % (len(bodies) + 1)
    file += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(file)


def _pdf_stream(entries: str, content: bytes) -> bytes:
    head = f"<< {entries} /Length {len(content)} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def _read_pdf(label: bytes) -> list[str]:
    head = re.search(rb"/Width (\d+) /Height (\d+) .*/Length (\d+) >>\nstream\n", label)
    if head is None:
        return []
    width, height, length = (int(number) for number in head.groups())
    packed = zlib.decompress(label[head.end() : head.end() + length])
    return codes_in(Image.frombytes("1", (width, height), packed).convert("L"))


# ZPL: the printer draws code and type itself, so both stay sharp at any resolution


def _zpl(drawing: Drawing) -> bytes:
    code = drawing.code
    module = round(code.side * _ZPL_DOTS_PER_MM) // len(_matrix(code.text))
    place = f"^FO{_zpl_dots(code.x)},{_zpl_dots(code.y)}"
    commands = [
        "^XA",
        "^CI28",
        f"^PW{_zpl_dots(WIDTH)}",
        f"^LL{_zpl_dots(HEIGHT)}",
        f"{place}^BQN,2,{min(module, _LARGEST_ZPL_MODULE)}^FH_^FDQA,{_zpl_text(code.text)}^FS",
        *(command for stroke in drawing.strokes for command in _zpl_stroke(stroke)),
        *(_zpl_disc(disc) for disc in drawing.discs),
        *(_zpl_words(words) for words in drawing.words),
        "^XZ",
    ]
    return ("\n".join(commands) + "\n").encode()


def _zpl_stroke(stroke: Stroke) -> list[str]:
    thick = max(_zpl_dots(stroke.width), 1)
    commands = []
    for (x1, y1), (x2, y2) in zip(stroke.points, stroke.points[1:], strict=False):
        left, top = _zpl_dots(min(x1, x2)), _zpl_dots(min(y1, y2))
        width, height = _zpl_dots(abs(x2 - x1)), _zpl_dots(abs(y2 - y1))
        if width == 0 or height == 0:
            half = thick // 2
            corner = f"^FO{left - (half if not width else 0)},{top - (half if not height else 0)}"
            commands.append(f"{corner}^GB{max(width, thick)},{max(height, thick)},{thick}^FS")
        else:
            leaning = "L" if (x2 - x1) * (y2 - y1) > 0 else "R"
            commands.append(f"^FO{left},{top}^GD{width},{height},{thick},B,{leaning}^FS")
    return commands


def _zpl_disc(disc: Disc) -> str:
    x, y, wide = (
        _zpl_dots(n) for n in (disc.x - disc.radius, disc.y - disc.radius, 2 * disc.radius)
    )
    return f"^FO{x},{y}^GC{wide},{wide},B^FS"


def _zpl_words(words: Words) -> str:
    size = _zpl_dots(words.size)
    place = f"^FT{_zpl_dots(words.x)},{_zpl_dots(words.y)}"
    return f"{place}^A0N,{size},{size}^FH_^FD{_zpl_text(words.text)}^FS"


def _zpl_dots(millimetres: float) -> int:
    return round(millimetres * _ZPL_DOTS_PER_MM)


def _zpl_text(text: str) -> str:
    """Escape what ZPL would read as a command, as ``_`` and two hexadecimal digits."""
    return re.sub(r"[\^~_\\]", lambda mark: f"_{ord(mark[0]):02X}", text)


def _read_zpl(label: bytes) -> list[str]:
    field = re.search(r"\^BQN,2,\d+\^FH_\^FDQA,([^^]*)\^FS", label.decode())
    if field is None:
        return []
    text = re.sub(r"_([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), field[1])
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    return codes_in(Image.fromarray(drawn.to_image(scale=_READ_BACK_SCALE, add_quiet_zones=True)))


_WRITERS: Mapping[LabelFormat, Callable[[Drawing], bytes]] = {
    LabelFormat.SVG: _svg,
    LabelFormat.PNG: _png,
    LabelFormat.PDF: _pdf,
    LabelFormat.ZPL: _zpl,
}
_READERS: Mapping[LabelFormat, Callable[[bytes], list[str]]] = {
    LabelFormat.SVG: _read_svg,
    LabelFormat.PNG: _read_png,
    LabelFormat.PDF: _read_pdf,
    LabelFormat.ZPL: _read_zpl,
}
