"""Operators, their written delegates and the producer registers on a SQL database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from passport.domain.actor import Role
from passport.domain.battery import Category
from passport.domain.identifiers import OperatorSlug
from passport.domain.organisation import Key, Operator
from passport.domain.responsibility import ProducerRegistration, ResponsibleRole
from passport.storage.rows import Store, update_one
from passport.storage.tables_record import DelegateRow, OperatorRow, ProducerRegistrationRow


class SqlOperatorRegister:
    """OperatorRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[str, Operator] = {}

    def find(self, slug: str) -> Operator | None:
        """Return an operator by its short name; looked up once in a unit of work."""
        if slug not in self._found:
            row = self._store.session.get(OperatorRow, slug)
            if row is None:
                return None
            self._found[slug] = _operator(row)
        return self._found[slug]

    def find_by_did(self, did: str) -> Operator | None:
        """Return an operator by its DID."""
        query = select(OperatorRow).where(OperatorRow.did == did)
        row = self._store.session.exec(query).first()
        return None if row is None else _operator(row)

    def all(self) -> Sequence[Operator]:
        """Return every operator, by short name."""
        query = select(OperatorRow).order_by(OperatorRow.slug)
        return [_operator(row) for row in self._store.session.exec(query)]

    def add(self, operator: Operator) -> None:
        """Record an operator."""
        self._store.writes.add(lambda session: session.add(_row(operator)))

    def save_reach(self, operator: Operator) -> None:
        """Store which GTIN prefixes and former hosts an operator has."""
        self._found[operator.slug] = operator
        statement = (
            update(OperatorRow)
            .where(col(OperatorRow.slug) == operator.slug)
            .values(
                gtin_prefixes=list(operator.gtin_prefixes),
                former_hosts=list(operator.former_hosts),
            )
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"operator {operator.slug}")
        )

    def delegates_of(self, slug: str) -> frozenset[str]:
        """Return the organisations an operator authorised in writing."""
        query = select(DelegateRow.delegate).where(DelegateRow.operator == slug)
        return frozenset(self._store.session.exec(query))

    def authorised_by(self, delegate: str) -> frozenset[str]:
        """Return the operators that authorised an organisation in writing."""
        query = select(DelegateRow.operator).where(DelegateRow.delegate == delegate)
        return frozenset(self._store.session.exec(query))

    def add_delegate(self, slug: str, delegate: str, document_digest: str, at: datetime) -> None:
        """Record a written authorisation."""
        self._store.writes.add(
            lambda session: session.add(
                DelegateRow(
                    operator=slug,
                    delegate=delegate,
                    document_digest=document_digest,
                    created_at=at,
                )
            )
        )

    def registrations(self) -> Sequence[ProducerRegistration]:
        """Return the lines of the producer registers entered here."""
        query = select(ProducerRegistrationRow)
        return [_registration(row) for row in self._store.session.exec(query)]

    def add_registration(self, registration: ProducerRegistration) -> None:
        """Record one line of a producer register; the same line again changes it."""
        self._store.writes.add(lambda session: session.merge(_registration_row(registration)))


def _operator(row: OperatorRow) -> Operator:
    return Operator(
        slug=OperatorSlug(row.slug),
        name=row.name,
        operator_uri=row.operator_uri,
        country=row.country,
        base_url=row.base_url,
        did=row.did,
        roles=frozenset(Role(role) for role in row.roles),
        keys=tuple(_key(key) for key in row.keys),
        created_at=row.created_at,
        key_revision=row.key_revision,
        gtin_prefixes=tuple(row.gtin_prefixes),
        former_hosts=tuple(row.former_hosts),
    )


def key_trees(operator: Operator) -> list[dict[str, Any]]:
    """Return the keys of an operator as its row holds them."""
    return [_key_tree(key) for key in operator.keys]


def _row(operator: Operator) -> OperatorRow:
    return OperatorRow(
        slug=operator.slug,
        name=operator.name,
        operator_uri=operator.operator_uri,
        country=operator.country,
        base_url=operator.base_url,
        did=operator.did,
        roles=sorted(role.value for role in operator.roles),
        keys=key_trees(operator),
        key_revision=operator.key_revision,
        gtin_prefixes=list(operator.gtin_prefixes),
        former_hosts=list(operator.former_hosts),
        created_at=operator.created_at,
    )


def _key_tree(key: Key) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "public_key_multibase": key.public_key_multibase,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at and key.expires_at.isoformat(),
        "revoked_at": key.revoked_at and key.revoked_at.isoformat(),
        "revoked_from_log_size": key.revoked_from_log_size,
        "is_held_here": key.is_held_here,
    }


def _key(tree: dict[str, Any]) -> Key:
    return Key(
        key_id=tree["key_id"],
        public_key_multibase=tree["public_key_multibase"],
        created_at=datetime.fromisoformat(tree["created_at"]),
        expires_at=_instant(tree["expires_at"]),
        revoked_at=_instant(tree["revoked_at"]),
        # Keys that were made before these members existed are held here and not revoked so.
        revoked_from_log_size=tree.get("revoked_from_log_size"),
        is_held_here=tree.get("is_held_here", True),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _registration(row: ProducerRegistrationRow) -> ProducerRegistration:
    return ProducerRegistration(
        country=row.country,
        category=Category(row.category),
        register_number=row.register_number,
        operator=row.operator,
        party=row.party,
        role=ResponsibleRole(row.role),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _registration_row(line: ProducerRegistration) -> ProducerRegistrationRow:
    return ProducerRegistrationRow(
        country=line.country,
        category=line.category.value,
        register_number=line.register_number,
        role=line.role.value,
        operator=line.operator,
        party=line.party,
        valid_from=line.valid_from,
        valid_until=line.valid_until,
    )
