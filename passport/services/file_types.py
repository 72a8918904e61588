"""What a file is by its own bytes; what its sender calls it decides among texts alone."""

import io
import json
import re
from zipfile import is_zipfile

from passport.domain.errors import InvalidValueError

PDF = "application/pdf"
IMAGES = frozenset({"image/png", "image/jpeg", "image/webp"})
SHOWN_MEDIA_TYPES = IMAGES | {PDF}
"""What a browser shows in its place; everything else is saved."""
_PLAIN = "text/plain"
_CSV = "text/csv"
_JSON = "application/json"
_XML = "application/xml"
_STEP = "model/step"
_ZIP = "application/zip"
DOCUMENT_MEDIA_TYPES = SHOWN_MEDIA_TYPES | {_PLAIN, _CSV, _JSON, _XML, _STEP, _ZIP}
"""Everything that is kept as a document."""

_OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "text/xml": _XML,
    "application/step": _STEP,
    "application/x-step": _STEP,
    "application/x-zip-compressed": _ZIP,
    "application/octet-stream": "",
}
_BEGINNINGS = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_DECLARATION = re.compile(r"<!doctype\s+([\w.:-]+)", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w-]+)")
_RUN_IN_BROWSERS = frozenset({"html", "svg", "script"})
_STEP_BEGINNING = "ISO-10303-21;"
_WEBP_HEAD = 12


def document_media_type(content: bytes, claimed: str, name: str) -> str:
    """Return the media type of a document.

    Args:
        content: The bytes.
        claimed: What its sender calls it; empty or ``application/octet-stream`` claims nothing.
        name: What the file is called, for the messages.

    Raises:
        InvalidValueError: It is empty, no kind of file that is kept, one that runs in browsers, or
            another kind than it is called.

    >>> document_media_type(b"%PDF-1.7 ...", "", "a.pdf")
    'application/pdf'
    """
    if not content:
        raise InvalidValueError(f"{name} is empty")
    called = claimed.partition(";")[0].strip().lower()
    called = _OTHER_NAMES.get(called, called)
    found = _by_bytes(content)
    if not found:
        found = _kind_of_text(_text_of(content, name), called, name)
    if called and called != found:
        raise InvalidValueError(f"{name} is sent as {called}, but its bytes are {found}")
    return found


def _by_bytes(content: bytes) -> str:
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content.startswith(b"RIFF") and content[8:_WEBP_HEAD] == b"WEBP":
        return "image/webp"
    is_archive = content.startswith(b"PK\x03\x04") and is_zipfile(io.BytesIO(content))
    return _ZIP if is_archive else ""


def _text_of(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValueError(
            f"{name} is of no kind that is kept here: send PDF, PNG, JPEG, WebP, STEP, CSV, JSON, "
            "XML, ZIP or plain text in UTF-8"
        ) from error
    if "\x00" in text:
        raise InvalidValueError(f"{name} is no text: it holds U+0000")
    return text


def _kind_of_text(text: str, called: str, name: str) -> str:
    if _root_of(text) in _RUN_IN_BROWSERS:
        raise InvalidValueError(
            f"{name} is a page or drawing that can run scripts (HTML, SVG); send PDF or PNG"
        )
    if called in {_PLAIN, _CSV}:
        return called
    if text.startswith(_STEP_BEGINNING):
        return _STEP
    if text.lstrip().startswith("<"):
        return _XML
    return _JSON if _is_json(text) else _PLAIN


def _root_of(text: str) -> str:
    """Return what a text in markup is: its declared type, or the name of its first element."""
    place = 0
    while True:
        place = _skip_space(text, place)
        if declared := _DECLARATION.match(text, place):
            if declared.group(1).lower() in _RUN_IN_BROWSERS:
                return declared.group(1).lower()
            end = "]>" if "[" in text[place : text.find(">", place)] else ">"
        elif text.startswith("<?", place):
            end = "?>"
        elif text.startswith("<!--", place):
            end = "-->"
        else:
            root = _ROOT.match(text, place)
            return root.group(1).lower() if root else ""
        found = text.find(end, place)
        if found < 0:
            return ""
        place = found + len(end)


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
