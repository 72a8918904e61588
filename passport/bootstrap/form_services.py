"""Statements in other forms, ready to call: each method is one committed unit of work."""

from collections.abc import Sequence
from functools import cached_property

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.services import subsets, tokens
from passport.services.made_forms import MadeForms


class FormServices(Committing):
    """Parts of statements, and statements as tokens."""

    def make_subset(
        self, actor: Actor, battery_id: BatteryId, kind: StatementKind, terms: Sequence[str]
    ) -> bytes:
        """See `passport.services.subsets.make_subset`."""
        return self.do(
            actor,
            lambda work: subsets.make_subset(
                actor, battery_id, kind, terms, made=self._made_forms, work=work
            ),
        )

    def read_statement_as_token(self, actor: Actor, statement_id: str) -> bytes:
        """See `passport.services.tokens.read_statement_as_token`."""
        return self.do(
            actor,
            lambda work: tokens.read_statement_as_token(
                actor, statement_id, made=self._made_forms, work=work
            ),
        )

    @cached_property
    def _made_forms(self) -> MadeForms:
        return MadeForms()
