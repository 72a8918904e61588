"""Who reads a document: its operator, and who reads the point of a statement that names it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from passport.domain.access import (
    READ_SCOPE,
    Point,
    Standing,
    reads_as_operator,
    require_reach,
)
from passport.domain.actor import Actor
from passport.domain.document import DocumentReference, StoredDocument
from passport.domain.errors import NotFoundError, NotSignedInError
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.status import PassportState
from passport.services.disclosure import points_of_model
from passport.services.issue import ModelUnknownError
from passport.services.ports import Work
from passport.services.readers import readable_points

_PAGE = 100
_MOST_NAMED = 5
_OF_A_MODEL = frozenset({Point.RESTRICTED, Point.AUTHORITY})


class DocumentUnknownError(NotFoundError):
    """There is no such document, or none that this actor may know of."""

    code = "document-unknown"

    def __init__(self, digest: str) -> None:
        super().__init__(f"there is no document {digest} here, or none for you; sign in if you may")
        self.digest = digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUse:
    """A document of an organisation, and where its statements name it.

    Attributes:
        named_by: The first few references, by point.
        is_named_more: Whether there are others.
    """

    document: StoredDocument
    named_by: Sequence[DocumentReference]
    is_named_more: bool


def find_document(actor: Actor, digest: str, *, work: Work) -> StoredDocument:
    """Return what is known of a document to somebody who may read it.

    Raises:
        DocumentUnknownError: There is none that the actor may know of.
    """
    uploads = work.documents.uploads_of(digest)
    for upload in uploads:
        if _keeps(actor, upload.organisation, work=work):
            return upload
    by_organisation = {upload.organisation: upload for upload in uploads}
    for reference in _references_to(digest, work=work) if uploads else ():
        # Whoever overheard a digest opens nothing by naming it: the signer has brought the bytes.
        brought = by_organisation.get(reference.issuer)
        if brought is not None and _reads_by(actor, reference, work=work):
            return brought
    raise DocumentUnknownError(digest)


def read_document(actor: Actor, digest: str, *, work: Work) -> bytes:
    """Return the bytes of a document.

    Raises:
        DocumentUnknownError: There is none that the actor may know of.
    """
    find_document(actor, digest, work=work)
    content = work.documents.body_of(digest)
    if content is None:
        raise DocumentUnknownError(digest)
    return content


def find_documents(
    actor: Actor, digests: Sequence[str], *, work: Work
) -> dict[str, StoredDocument]:
    """Return what is known of some documents; those that the actor may not know of are left out."""
    found = {}
    for digest in dict.fromkeys(digests):
        try:
            found[digest] = find_document(actor, digest, work=work)
        except DocumentUnknownError:
            continue
    return found


def list_documents(actor: Actor, *, work: Work) -> Sequence[DocumentUse]:
    """Return the documents of the actor's organisation, newest first, with where they are named.

    Raises:
        NotSignedInError: Nobody is signed in.
        AccessDeniedError: The login does not reach to reading.
    """
    if not actor.organisation:
        raise NotSignedInError("sign in for the organisation whose documents you want to see")
    require_reach(actor, READ_SCOPE)
    return [
        _use(document, work=work) for document in work.documents.of_organisation(actor.organisation)
    ]


def _use(document: StoredDocument, *, work: Work) -> DocumentUse:
    references = [
        reference
        for reference in work.documents.references_to(document.digest, limit=_PAGE)
        if reference.issuer == document.organisation
    ]
    return DocumentUse(
        document=document,
        named_by=references[:_MOST_NAMED],
        is_named_more=len(references) > _MOST_NAMED,
    )


def _references_to(digest: str, *, work: Work) -> Iterator[DocumentReference]:
    page = work.documents.references_to(digest, limit=_PAGE)
    while page:
        yield from page
        page = work.documents.references_to(digest, after=page[-1], limit=_PAGE)


def _keeps(actor: Actor, organisation: str, *, work: Work) -> bool:
    standing = Standing(
        responsible=organisation, delegates=work.operators.delegates_of(organisation)
    )
    return reads_as_operator(actor, standing, work.clock.now())


def _reads_by(actor: Actor, reference: DocumentReference, *, work: Work) -> bool:
    """Whether a reference opens its document to an actor.

    Points 2 and 3 are said of models alone and point 4 of batteries alone, so that a battery with
    the name of somebody else's model opens nothing of it.
    """
    point = Point(reference.point)
    if point not in _OF_A_MODEL:
        battery = work.passports.find(BatteryId(reference.about))
        if battery is not None:
            is_over = battery.state is PassportState.CEASED
            return not is_over and point in readable_points(actor, battery, work=work)
        if point is Point.INDIVIDUAL:
            return False
    try:
        return point in points_of_model(actor, ModelId(reference.about), work=work)
    except ModelUnknownError:
        return False
