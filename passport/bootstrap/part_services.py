"""The use cases of parts, ready to call: each method is one committed unit of work."""

from collections.abc import Sequence
from datetime import datetime

from passport.bootstrap.unit_of_work import Committing, once_for
from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId
from passport.services import part_change, structure, structure_reading
from passport.services.part_moves import ChangeReceipt


class PartServices(Committing):
    """What batteries are made of: recorded, changed part by part, read."""

    def record_structure(
        self,
        actor: Actor,
        battery_id: BatteryId,
        new: structure.NewStructure,
        *,
        idempotency_key: str = "",
    ) -> ChangeReceipt:
        """See `passport.services.structure.record_structure`."""
        return self.do(
            actor,
            lambda work: structure.record_structure(actor, battery_id, new, work=work),
            once=once_for(idempotency_key, "structure", battery_id, new),
            result_type=ChangeReceipt,
        )

    def swap_part(
        self,
        actor: Actor,
        battery_id: BatteryId,
        change: part_change.PartChange,
        *,
        idempotency_key: str = "",
    ) -> ChangeReceipt:
        """See `passport.services.part_change.swap_part`."""
        return self.do(
            actor,
            lambda work: part_change.swap_part(actor, battery_id, change, work=work),
            once=once_for(idempotency_key, "swap-part", battery_id, change),
            result_type=ChangeReceipt,
        )

    def take_out_part(
        self,
        actor: Actor,
        battery_id: BatteryId,
        change: part_change.PartChange,
        *,
        idempotency_key: str = "",
    ) -> ChangeReceipt:
        """See `passport.services.part_change.take_out`."""
        return self.do(
            actor,
            lambda work: part_change.take_out(actor, battery_id, change, work=work),
            once=once_for(idempotency_key, "take-out-part", battery_id, change),
            result_type=ChangeReceipt,
        )

    def install_part(
        self,
        actor: Actor,
        battery_id: BatteryId,
        change: part_change.PartChange,
        *,
        idempotency_key: str = "",
    ) -> ChangeReceipt:
        """See `passport.services.part_change.install_part`."""
        return self.do(
            actor,
            lambda work: part_change.install_part(actor, battery_id, change, work=work),
            once=once_for(idempotency_key, "install-part", battery_id, change),
            result_type=ChangeReceipt,
        )

    def read_structure(
        self, actor: Actor, battery_id: BatteryId, at: datetime | None = None
    ) -> structure_reading.Structure:
        """See `passport.services.structure_reading.read_structure`."""
        return self.do(
            actor,
            lambda work: structure_reading.read_structure(actor, battery_id, at, work=work),
        )

    def part_changes(self, actor: Actor, battery_id: BatteryId) -> Sequence[structure_reading.Step]:
        """See `passport.services.structure_reading.list_changes`."""
        return self.do(
            actor, lambda work: structure_reading.list_changes(actor, battery_id, work=work)
        )

    def where_is_part(self, actor: Actor, name: str) -> structure_reading.PartRecord:
        """See `passport.services.structure_reading.where_is`."""
        return self.do(actor, lambda work: structure_reading.where_is(actor, name, work=work))
