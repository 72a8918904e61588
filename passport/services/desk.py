"""The desk where an operator's statements are numbered, signed and handed to the record."""

from dataclasses import dataclass, field

import uuid_utils

from passport.domain.access import Point
from passport.domain.content import Content
from passport.domain.errors import ContentRefusedError
from passport.domain.organisation import Operator
from passport.domain.passport import StatementKind
from passport.linked_data.documents import build_statement, digest_of
from passport.linked_data.schemas import check_statement
from passport.services.documents import complete_documents, references_of
from passport.services.pens import KeyHeldOutsideError, KeyPen, Pen
from passport.services.ports import SignedStatement, Work
from passport.services.status_lists import OperatorLists


def new_id() -> str:
    """Return an identifier that sorts by time and never comes again."""
    return str(uuid_utils.uuid7())


def desk_of(operator: Operator, *, work: Work) -> "StatementDesk":
    """Return the one desk of an operator in this unit of work."""
    desk = work.desks.get(operator.slug)
    if not isinstance(desk, StatementDesk):
        desk = work.desks[operator.slug] = StatementDesk(work, operator)
    return desk


@dataclass(slots=True)
class StatementDesk:
    """Signs one operator's statements within one use case.

    The host signs with the operator's key under the operator's mandate; nobody else's key is
    reachable from a desk. An operator that holds its key itself signs outside: its desk has a pen
    of its own.
    """

    work: Work
    operator: Operator
    pen: Pen | None = None
    lists: OperatorLists = field(init=False)

    def __post_init__(self) -> None:
        """Open the operator's status lists."""
        self.lists = OperatorLists(self.work, self.operator, self._pen)

    def sign(  # noqa: PLR0913 - a statement is these seven things
        self,
        kind: StatementKind,
        *,
        about: str,
        subject_iri: str,
        series_iri: str,
        point: Point,
        content: Content,
        previous: SignedStatement | None,
    ) -> SignedStatement:
        """Sign the next statement of a series and hand it to the record.

        Args:
            kind: Kind of statement.
            about: `BatteryId` or `ModelId` it speaks of.
            subject_iri: IRI of the same.
            series_iri: The series it continues.
            point: Point of Annex XIII, frozen with this version.
            content: Terms and their values.
            previous: Last version of the series; ``None`` begins it.

        Raises:
            ContentRefusedError: It breaks its schema, or names a document that is another one.
        """
        pen = self._pen()
        statement_id = pen.statement_id(series_iri) or new_id()
        now = self.work.clock.now()
        version = 1 if previous is None else previous.version + 1
        place = self.lists.place(pen.place(series_iri))
        content = self._with_documents(content, kind, about=about, point=point)
        document = build_statement(
            kind,
            statement_iri=self._iri(f"statements/{statement_id}"),
            subject_iri=subject_iri,
            series_iri=series_iri,
            version=version,
            issuer_did=self.operator.did,
            content=content,
            valid_from=now,
            status=self.lists.entries(place),
            previous=previous.digest if previous else None,
        )
        problems = tuple(check_statement(document))
        if problems:
            raise ContentRefusedError(problems[0].message, problems)
        body = pen.sign(document, at=now)
        statement = SignedStatement(
            statement_id=statement_id,
            iri=self._iri(f"statements/{statement_id}"),
            kind=kind,
            series=series_iri,
            version=version,
            about=about,
            point=point,
            issuer=self.operator.slug,
            digest=digest_of(body),
            body=body,
            issued_at=now,
            status_list=self.lists.group,
            status_index=place,
        )
        self.work.statements.add(statement)
        return statement

    def continue_series(  # noqa: PLR0913 - the same, but for what came before
        self,
        kind: StatementKind,
        *,
        about: str,
        subject_iri: str,
        series_iri: str,
        point: Point,
        content: Content,
    ) -> SignedStatement:
        """Sign the next statement of a series that may have begun already."""
        return self.sign(
            kind,
            about=about,
            subject_iri=subject_iri,
            series_iri=series_iri,
            point=point,
            content=content,
            previous=self.work.statements.newest(series_iri),
        )

    def _with_documents(
        self, content: Content, kind: StatementKind, *, about: str, point: Point
    ) -> Content:
        """Return a content with its documents told by digest, and record that it names them."""
        if kind is StatementKind.INDEX:  # it names statements, never a document
            return content
        completed = complete_documents(content, self.operator.slug, work=self.work)
        self.work.documents.refer(
            references_of(completed, about=about, point=point, issuer=self.operator.slug)
        )
        return completed

    def _iri(self, path: str) -> str:
        return f"{self.operator.base_url}/{path}"

    def _pen(self) -> Pen:
        if self.pen is None:
            key = self.operator.current_key
            if not key.is_held_here:
                raise KeyHeldOutsideError(
                    f"{self.operator.slug} signs with a key of its own, outside this service; "
                    "models and batteries are prepared here, signed there and brought back, "
                    "everything else cannot be signed outside yet"
                )
            self.pen = KeyPen(self.work.keys.signing_key(key.key_id))
            self.work.key_changes.require_unchanged(self.operator)
        return self.pen
