"""Checks before placing on the market, ready to call."""

from datetime import date

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId, ModelId
from passport.services import check


class CheckServices(Committing):
    """What the law asks on a day, of a battery, a model or all models of an operator."""

    def check_placing(self, actor: Actor, name: str, on: date | None = None) -> check.PlacingReport:
        """See `passport.services.check.check_named`."""
        return self.do(actor, lambda work: check.check_named(actor, name, on, work=work))

    def check_placing_of_model(
        self, actor: Actor, model_id: ModelId, on: date | None = None
    ) -> check.PlacingReport:
        """See `passport.services.check.check_model`."""
        return self.do(actor, lambda work: check.check_model(actor, model_id, on, work=work))

    def check_placing_of_battery(
        self, actor: Actor, battery_id: BatteryId, on: date | None = None
    ) -> check.PlacingReport:
        """See `passport.services.check.check_battery`."""
        return self.do(actor, lambda work: check.check_battery(actor, battery_id, on, work=work))

    def models_incomplete(
        self, actor: Actor, operator: str, first: date, last: date
    ) -> check.IncompleteModels:
        """See `passport.services.check.models_incomplete_between`."""
        return self.do(
            actor,
            lambda work: check.models_incomplete_between(actor, operator, first, last, work=work),
        )
