"""Commands about the documents that models and batteries name."""

import mimetypes
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from passport.console.common import (
    AsJson,
    Data,
    OperatorName,
    opened,
)
from passport.domain.actor import SYSTEM, Actor
from passport.domain.errors import InvalidValueError
from passport.services.documents import NewDocument, document_node
from passport.services.file_types import DOCUMENT_MEDIA_TYPES

document_app = typer.Typer(no_args_is_help=True, help="Documents that models and batteries name.")

_DAY = ["%Y-%m-%d"]


@document_app.command("add")
def add_document(
    file: Annotated[Path, typer.Argument(help="PDF, picture, STEP, CSV, JSON, XML, ZIP or text.")],
    operator: OperatorName,
    title: Annotated[str, typer.Option(help="What people read; the file's name without.")] = "",
    kind: Annotated[str, typer.Option(help="Code of document-kind in the vocabulary.")] = "other",
    language: Annotated[str, typer.Option(help="Of the document: en, de-AT ...")] = "",
    issuer: Annotated[str, typer.Option(help="Who issued it.")] = "",
    version: Annotated[str, typer.Option(help="The author's number of its version.")] = "",
    valid_from: Annotated[datetime | None, typer.Option(formats=_DAY, help="First day.")] = None,
    valid_until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day.")] = None,
    data: Data = None,
) -> None:
    """Keep a document; prints the Document node that names it in a model file."""
    with opened(data) as passport:
        largest = passport.settings.max_document_bytes
        if file.stat().st_size > largest:
            raise InvalidValueError(f"{file} has more than {largest} bytes; at most so many fit")
        guessed = mimetypes.guess_type(file.name)[0] or ""
        new = NewDocument(
            content=file.read_bytes(),
            media_type=guessed if guessed in DOCUMENT_MEDIA_TYPES else "",
            file_name=file.name,
            title=title,
            kind=kind,
            language=language,
            issuer=issuer,
            version=version,
            valid_from=valid_from and valid_from.date(),
            valid_until=valid_until and valid_until.date(),
        )
        owner = passport.services.read_operator(SYSTEM, operator)
        stored = passport.services.add_document(SYSTEM, owner.slug, new)
    node = document_node(stored, owner.base_url)
    typer.echo(orjson.dumps(node, option=orjson.OPT_INDENT_2).decode())


@document_app.command("list")
def list_documents(operator: OperatorName, data: Data = None, json: AsJson = False) -> None:
    """List an operator's documents with where its statements name them."""
    with opened(data) as passport:
        owner = passport.services.read_operator(SYSTEM, operator)
        reader = Actor(organisation=owner.slug, roles=owner.roles, name="console")
        uses = passport.services.documents_of(reader)
    for use in uses:
        about = [f"{one.about} (point {one.point})" for one in use.named_by]
        if json:
            node = document_node(use.document, owner.base_url)
            typer.echo(orjson.dumps(node | {"namedBy": about, "isNamedMore": use.is_named_more}))
        else:
            more = ["..."] if use.is_named_more else []
            where = ", ".join([*about, *more]) or "named nowhere"
            typer.echo(f"{use.document.digest}  {use.document.title}  {where}")
