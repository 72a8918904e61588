"""Files that come with a request: as its body, or as one field of a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import puremagic
from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from passport.domain.errors import InvalidValueError
from passport.ui.forms import CSRF_FIELD, FormState

_NAMES = {
    "text/csv": "upload.csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "upload.xlsx",
    "application/json": "upload.json",
    "application/x-ndjson": "upload.jsonl",
    "application/jsonl": "upload.jsonl",
}
_TEXTS = frozenset({"text/csv", "text/plain"})
_FIELD = "file"
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent, whole in memory: its size was limited before.

    Attributes:
        is_from_form: Whether it came as a field of a form, beside others.
    """

    name: str
    media_type: str
    content: bytes
    is_from_form: bool = False


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
            is_from_form=True,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """What a browser sent: texts and files by field, a field that was left empty as nothing."""

    texts: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[Upload]]

    def text(self, name: str) -> str:
        """Return the text of a field, without white space around it."""
        return next(iter(self.texts.get(name, ())), "").strip()

    def shown(self, errors: Mapping[str, str] | None = None, *, problem: str = "") -> FormState:
        """Return the form as it is shown again, with what is wrong in it."""
        kept = {name: texts for name, texts in self.texts.items() if name not in _NEVER_SHOWN}
        return FormState(values=kept, errors=errors or {}, problem=problem)


_NEVER_SHOWN = frozenset({"password", CSRF_FIELD})


async def read_form(request: Request) -> SentForm:
    """Return what a browser sent.

    Raises:
        InvalidValueError: A text holds a character that no database keeps.
    """
    form = await request.form()
    texts: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            if "\x00" in value:
                raise InvalidValueError(f"the field {name} holds U+0000; type it again")
            texts.setdefault(name, []).append(value)
    names = {name for name, value in form.multi_items() if not isinstance(value, str)}
    return SentForm(
        texts=texts, files={name: await uploads_in(form, name) for name in sorted(names)}
    )


FormSent = Annotated[SentForm, Depends(read_form)]
"""The form that a request brings."""
