"""Documents in the words of a page: kind, language, size, issuer, and until when they hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from passport.bootstrap import PassportServices
from passport.domain.actor import Actor
from passport.domain.content import Content, codes_of, find_term
from passport.domain.content_values import nodes_in
from passport.domain.document import StoredDocument, document_path
from passport.rules.documents import check_documents
from passport.ui.views.common import Badge, LineItem, Tone
from passport.web.pages.words import day_text, document_title, is_web_address

Node = Mapping[str, object]

_KINDS_OF_FILE = {
    "application/pdf": "PDF",
    "image/png": "PNG picture",
    "image/jpeg": "JPEG picture",
    "image/webp": "WebP picture",
    "text/plain": "text",
    "text/csv": "CSV table",
    "application/json": "JSON",
    "application/xml": "XML",
    "model/step": "STEP model",
    "application/zip": "ZIP archive",
}
_LANGUAGES = {
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "hr": "Croatian",
    "hu": "Hungarian",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mt": "Maltese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sv": "Swedish",
}
"""The official languages of the Union; another one is shown by its code."""
_BADGES = {
    "document-expired": Badge(text="Expired", tone=Tone.WARNING),
    "document-not-valid-yet": Badge(text="Not valid yet", tone=Tone.HELD),
    "document-days": Badge(text="Days contradict each other", tone=Tone.WARNING),
}
_PHOTOS = "photos"
_KILOBYTE, _MEGABYTE = 1000, 1_000_000


def size_text(size: int) -> str:
    """Return the length of a file as people write it.

    >>> size_text(512), size_text(240_100), size_text(3_450_000), size_text(25_000_000)
    ('512 bytes', '240 kB', '3.5 MB', '25 MB')
    """
    if size < _KILOBYTE:
        return f"{size} bytes"
    if size < _MEGABYTE:
        return f"{size / _KILOBYTE:.0f} kB"
    return f"{size / _MEGABYTE:.1f}".removesuffix(".0") + " MB"


def language_text(code: str) -> str:
    """Return the name of a language.

    >>> language_text("de-AT"), language_text("is")
    ('German (de-AT)', 'is')
    """
    name = _LANGUAGES.get(code.partition("-")[0])
    if name is None:
        return code
    return name if code in _LANGUAGES else f"{name} ({code})"


def validity_text(begins: str, ends: str) -> str:
    """Return from when until when something holds; nothing where neither is said."""
    first, last = (day_text(date.fromisoformat(one)) if one else "" for one in (begins, ends))
    match bool(first), bool(last):
        case True, True:
            return f"valid from {first} until {last}"
        case True, False:
            return f"valid from {first}"
        case False, True:
            return f"valid until {last}"
        case _:
            return ""


def detail_of(node: Node, kept: StoredDocument | None) -> str:
    """Return what is known of a document beside its title, in one line."""
    said = {name: str(node.get(f"document{name}", "")) for name in _SAID}
    media_type = kept.media_type if kept else said["MediaType"]
    file = _KINDS_OF_FILE.get(media_type, media_type)
    size = size_text(kept.size) if kept else ""
    kind = codes_of("document-kind").get(str(node.get("documentKind", "")), "")
    parts = (
        kind if kind != document_title(node) else "",
        language_text(said["Language"]) if said["Language"] else "",
        ", ".join(filter(None, (file, size))),
        f"issued by {said['Issuer']}" if said["Issuer"] else "",
        f"version {said['Version']}" if said["Version"] else "",
        validity_text(said["ValidFrom"], said["ValidUntil"]),
    )
    return "; ".join(filter(None, parts))


_SAID = ("MediaType", "Language", "Issuer", "Version", "ValidFrom", "ValidUntil")


def badge_of(term: str, node: Node, on: date) -> Badge | None:
    """Return that a document does not hold on a day, where it does not."""
    found = next(check_documents({term: [node]}, on), None)
    return None if found is None else _BADGES[found.rule]


def href_of(node: Node, kept: StoredDocument | None) -> str:
    """Return where a document is read: here where it is kept, otherwise where it says."""
    if kept is not None:
        return document_path(kept.digest)
    address = node.get("documentUrl")
    return str(address) if is_web_address(address) else ""


def papers_in(contents: Iterable[Content]) -> Iterator[tuple[str, Node]]:
    """Yield each document that some contents name themselves, with its term; photos are shown."""
    for content in contents:
        for name, value in content.items():
            term = find_term(name)
            if term is not None and term.value_class == "Document" and name != _PHOTOS:
                yield from ((name, node) for node in nodes_in(value) if "absent" not in node)


def kept_papers(
    services: PassportServices, actor: Actor, nodes: Iterable[Node]
) -> dict[str, StoredDocument]:
    """Return those of some documents that are kept here and open to a reader, by digest."""
    digests = [str(node["documentDigest"]) for node in nodes if "documentDigest" in node]
    return services.find_documents(actor, digests) if digests else {}


def paper_lines(
    services: PassportServices, actor: Actor, contents: Sequence[Content]
) -> tuple[LineItem, ...]:
    """Return a line for each document that some contents name, as its reader finds it today."""
    papers = list(papers_in(contents))
    kept = kept_papers(services, actor, (node for _, node in papers))
    today = services.clock.now().date()
    return tuple(
        LineItem(
            title=document_title(node),
            href=href_of(node, kept.get(str(node.get("documentDigest")))),
            detail=detail_of(node, kept.get(str(node.get("documentDigest")))),
            badge=badge_of(term, node, today),
        )
        for term, node in papers
    )
