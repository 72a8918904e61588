"""Statements in other forms, ready to call: each method is one committed unit of work."""

from collections.abc import Sequence

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.services import subsets, tokens


class FormServices(Committing):
    """Parts of statements, and statements as tokens."""

    def make_subset(
        self, actor: Actor, battery_id: BatteryId, kind: StatementKind, terms: Sequence[str]
    ) -> bytes:
        """See `passport.services.subsets.make_subset`."""
        return self.do(
            actor, lambda work: subsets.make_subset(actor, battery_id, kind, terms, work=work)
        )

    def read_statement_as_token(self, actor: Actor, statement_id: str) -> bytes:
        """See `passport.services.tokens.read_statement_as_token`."""
        return self.do(
            actor, lambda work: tokens.read_statement_as_token(actor, statement_id, work=work)
        )
