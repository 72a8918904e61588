"""Files that come with a request: as its body, or as one field of a form."""

from dataclasses import dataclass
from typing import Annotated

import puremagic
from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from passport.domain.errors import InvalidValueError

_NAMES = {
    "text/csv": "upload.csv",
    "application/json": "upload.json",
    "application/x-ndjson": "upload.jsonl",
    "application/jsonl": "upload.jsonl",
}
_TEXTS = frozenset({"text/csv", "text/plain"})
_FIELD = "file"
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent, whole in memory: its size was limited before."""

    name: str
    media_type: str
    content: bytes


async def read_upload(request: Request) -> Upload:
    """Return the file of a request: its body, or the field ``file`` of a form.

    Raises:
        InvalidValueError: The form has no such field.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        name = _NAMES.get(media_type, "upload")
        return Upload(name=name, media_type=media_type, content=await request.body())
    sent = await uploads_in(await request.form(), _FIELD)
    if not sent:
        raise InvalidValueError(f"the form has no file in its field {_FIELD}")
    return sent[0]


async def uploads_in(form: FormData, field: str) -> list[Upload]:
    """Return the files of one field; a field that was left empty has none."""
    return [
        Upload(
            name=one.filename or "upload",
            media_type=(one.content_type or "").partition(";")[0].strip().lower(),
            content=await one.read(),
        )
        for one in form.getlist(field)
        if isinstance(one, UploadFile) and one.filename
    ]


def checked_media_type(upload: Upload) -> str:
    """Return what a file is by its own bytes; what its sender calls it counts for texts alone.

    Raises:
        InvalidValueError: The bytes are no such file.
    """
    claimed = _SAME.get(upload.media_type, upload.media_type)
    try:
        found = str(puremagic.from_string(upload.content, mime=True))
    except (puremagic.PureError, ValueError):
        found = ""
    if claimed in _TEXTS:
        if not _is_text(upload.content):
            raise InvalidValueError(f"{upload.name} is no text, although it is sent as {claimed}")
        return claimed
    found = _SAME.get(found, found)
    if claimed and found != claimed:
        raise InvalidValueError(
            f"{upload.name} is sent as {claimed}, but its bytes are {found or 'of no known kind'}"
        )
    return found


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


UploadedFile = Annotated[Upload, Depends(read_upload)]
"""The file that a request brings."""
