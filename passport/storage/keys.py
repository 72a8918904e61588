"""Changes of keys, and what keys signed, on a SQL database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from passport.domain.key_change import KeyChange, KeyProposal, ProposalState
from passport.domain.organisation import Operator
from passport.domain.passport import StatementKind
from passport.services.keys_register import SignedByKey, key_id_of
from passport.storage.errors import StaleWriteError
from passport.storage.operators import key_trees
from passport.storage.rows import Store, update_one
from passport.storage.tables import CheckpointRow, LeafRow
from passport.storage.tables_keys import KeyProposalRow, ReservedPlaceRow
from passport.storage.tables_record import OperatorRow, StatementRow

_CHANGE = TypeAdapter(KeyChange)


class SqlKeyRegister:
    """KeyRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save_keys(self, operator: Operator) -> None:
        """Store an operator's keys if its key revision is still the one that was read."""
        statement = (
            update(OperatorRow)
            .where(col(OperatorRow.slug) == operator.slug)
            .where(col(OperatorRow.key_revision) == operator.key_revision)
            .values(keys=key_trees(operator), key_revision=operator.key_revision + 1)
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"the keys of {operator.slug}")
        )

    def require_unchanged(self, operator: Operator) -> None:
        """Let this unit of work commit only if the operator's keys are still those it read."""
        # Locked against a change until the commit: no signature of a key that ends meanwhile
        # slips in behind the end. On SQLite the write transaction is that lock already.
        query = (
            select(OperatorRow.key_revision)
            .where(OperatorRow.slug == operator.slug)
            .with_for_update(read=True)
        )

        def check(session: Session) -> None:
            if session.exec(query).first() != operator.key_revision:
                raise StaleWriteError(
                    f"the keys of {operator.slug} were changed meanwhile; read them again and sign "
                    "anew"
                )

        self._store.writes.add(check)

    def find_proposal(self, proposal_id: str) -> KeyProposal | None:
        """Return a proposal."""
        row = self._store.session.get(KeyProposalRow, proposal_id)
        return None if row is None else _proposal(row)

    def proposals_of(self, operators: Collection[str]) -> Sequence[KeyProposal]:
        """Return the proposals of some operators, newest first."""
        query = (
            select(KeyProposalRow)
            .where(col(KeyProposalRow.operator).in_(sorted(operators)))
            .order_by(
                col(KeyProposalRow.proposed_at).desc(), col(KeyProposalRow.proposal_id).desc()
            )
        )
        return [_proposal(row) for row in self._store.session.exec(query)]

    def add_proposal(self, proposal: KeyProposal) -> None:
        """Keep a new proposal."""
        self._store.writes.insert(
            KeyProposalRow,
            {
                "proposal_id": proposal.proposal_id,
                "operator": proposal.operator,
                "change": _CHANGE.dump_python(proposal.change, mode="json"),
                "proposed_by": proposal.proposed_by,
                "proposed_at": proposal.proposed_at,
                "state": proposal.state.value,
                "decided_by": proposal.decided_by,
                "decided_at": proposal.decided_at,
                "revision": proposal.revision,
            },
        )

    def save_proposal(self, proposal: KeyProposal) -> None:
        """Store a decided proposal if nobody decided it meanwhile."""
        statement = (
            update(KeyProposalRow)
            .where(col(KeyProposalRow.proposal_id) == proposal.proposal_id)
            .where(col(KeyProposalRow.revision) == proposal.revision)
            .values(
                state=proposal.state.value,
                decided_by=proposal.decided_by,
                decided_at=proposal.decided_at,
                revision=proposal.revision + 1,
            )
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"proposal {proposal.proposal_id}")
        )

    def log_size_at(self, instant: datetime) -> int:
        """Return the size of the newest checkpoint made at or before an instant; 0 without one."""
        query = (
            select(CheckpointRow.size)
            .where(col(CheckpointRow.created_at) <= instant)
            .order_by(col(CheckpointRow.size).desc())
            .limit(1)
        )
        return self._store.session.exec(query).first() or 0

    def signed_from(
        self, operator: str, log_size: int, *, after: str = "", limit: int
    ) -> Sequence[SignedByKey]:
        """Return a page of an operator's statements whose place in the log is not below a size."""
        query = (
            select(StatementRow, LeafRow.leaf_index)
            .join(LeafRow, col(LeafRow.digest) == col(StatementRow.digest))
            .where(StatementRow.issuer == operator)
            .where(StatementRow.statement_id > after)
            .where(or_(col(LeafRow.leaf_index).is_(None), col(LeafRow.leaf_index) >= log_size))
            .order_by(col(StatementRow.statement_id))
            .limit(limit)
        )
        return [_signed_by_key(row, index) for row, index in self._store.session.exec(query)]

    def reserve_places(
        self, status_list: str, statements: Mapping[int, str], *, now: datetime, until: datetime
    ) -> None:
        """Keep places of a status list for statements that are signed outside, by their id."""
        lapsed = delete(ReservedPlaceRow).where(
            col(ReservedPlaceRow.status_list) == status_list, col(ReservedPlaceRow.until) <= now
        )
        self._store.writes.add(lambda session: session.execute(lapsed))
        self._store.writes.add(
            lambda session: session.add_all(
                ReservedPlaceRow(
                    status_list=status_list,
                    status_index=place,
                    statement_id=statement_id,
                    until=until,
                )
                for place, statement_id in statements.items()
            )
        )

    def reserved(self, status_list: str, places: Collection[int], at: datetime) -> dict[int, str]:
        """Return which of some places are kept at an instant, and for which statement."""
        query = (
            select(ReservedPlaceRow)
            .where(ReservedPlaceRow.status_list == status_list)
            .where(col(ReservedPlaceRow.status_index).in_(places))
            .where(ReservedPlaceRow.until > at)
        )
        return {row.status_index: row.statement_id for row in self._store.session.exec(query)}

    def release_place(self, status_list: str, place: int) -> None:
        """Let go of a place whose statement has come."""
        statement = delete(ReservedPlaceRow).where(
            col(ReservedPlaceRow.status_list) == status_list,
            col(ReservedPlaceRow.status_index) == place,
        )
        self._store.writes.add(lambda session: session.execute(statement))


def _proposal(row: KeyProposalRow) -> KeyProposal:
    return KeyProposal(
        proposal_id=row.proposal_id,
        operator=row.operator,
        change=_CHANGE.validate_python(row.change),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        state=ProposalState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        revision=row.revision,
    )


def _signed_by_key(row: StatementRow, leaf_index: int | None) -> SignedByKey:
    return SignedByKey(
        statement_id=row.statement_id,
        key_id=key_id_of(row.body),
        kind=StatementKind(row.kind),
        about=row.about,
        series=row.series,
        version=row.version,
        issued_at=row.issued_at,
        leaf_index=leaf_index,
    )
