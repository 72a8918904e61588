"""Keys of operators, ready to call: each method is one committed unit of work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import Actor
from passport.domain.key_change import KeyChange, KeyProposal
from passport.services import operator_keys, reissue


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissueProgress:
    """How far signing anew is.

    Attributes:
        about: The battery or model whose statements are durable now.
        done: Statements that were signed anew so far.
        total: Statements that waited at the beginning.
    """

    about: str
    done: int
    total: int


class KeyServices(Committing):
    """Keys rotate, end, are declared compromised; with four eyes where asked for."""

    def change_keys(
        self, actor: Actor, operator: str, change: KeyChange
    ) -> operator_keys.KeyOutcome:
        """See `passport.services.operator_keys.change_keys`."""
        return self.do(
            actor, lambda work: operator_keys.change_keys(actor, operator, change, work=work)
        )

    def confirm_key_change(self, actor: Actor, proposal_id: str) -> operator_keys.KeyOutcome:
        """See `passport.services.operator_keys.confirm_change`."""
        return self.do(
            actor, lambda work: operator_keys.confirm_change(actor, proposal_id, work=work)
        )

    def withdraw_key_change(self, actor: Actor, proposal_id: str) -> KeyProposal:
        """See `passport.services.operator_keys.withdraw_change`."""
        return self.do(
            actor, lambda work: operator_keys.withdraw_change(actor, proposal_id, work=work)
        )

    def key_proposals(self, actor: Actor, operator: str) -> Sequence[KeyProposal]:
        """See `passport.services.operator_keys.list_proposals`."""
        return self.do(actor, lambda work: operator_keys.list_proposals(actor, operator, work=work))

    def use_of_key(self, actor: Actor, operator: str, key_id: str) -> operator_keys.KeyUse:
        """See `passport.services.operator_keys.use_of_key`."""
        return self.do(
            actor, lambda work: operator_keys.use_of_key(actor, operator, key_id, work=work)
        )

    def reissue(
        self, actor: Actor, operator: str, key_id: str, excluded: frozenset[str] = frozenset()
    ) -> Iterator[ReissueProgress]:
        """Sign anew what an operator stands by, one battery or model at a time.

        What was yielded is durable. Interrupted, the same call goes on where it stopped.

        Raises:
            PassportError: What `passport.services.reissue` refuses.
        """
        waiting = self.do(
            actor,
            lambda work: reissue.list_to_reissue(actor, operator, key_id, excluded, work=work),
        )
        total, done = sum(map(len, waiting.values())), 0
        for about, statement_ids in waiting.items():
            done += self._reissue_one(actor, operator, about, statement_ids)
            yield ReissueProgress(about=about, done=done, total=total)

    def _reissue_one(
        self, actor: Actor, operator: str, about: str, statement_ids: Sequence[str]
    ) -> int:
        return self.do(
            actor,
            lambda work: reissue.reissue(actor, operator, about, statement_ids, work=work),
        )
