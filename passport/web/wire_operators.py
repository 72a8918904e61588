"""Bodies about what is an operator's own: its GS1 prefixes, its hosts."""

from passport.domain.organisation import Operator
from passport.services.operator_change import OperatorChange
from passport.web.wire import Body, OperatorBody


class OperatorChangeBody(Body):
    """What takes the place of what is on record; what is left out stays."""

    gtin_prefixes: list[str] | None = None
    former_hosts: list[str] | None = None

    def to_change(self) -> OperatorChange:
        """Return the change as the use case takes it."""
        prefixes, hosts = self.gtin_prefixes, self.former_hosts
        return OperatorChange(
            gtin_prefixes=None if prefixes is None else tuple(prefixes),
            former_hosts=None if hosts is None else tuple(hosts),
        )


class ChangedOperatorBody(OperatorBody):
    """An organisation with its products and addresses.

    Attributes:
        hosts: Scheme and host of its addresses, the present one first.
    """

    gtin_prefixes: list[str]
    hosts: list[str]

    @classmethod
    def of(cls, operator: Operator) -> "ChangedOperatorBody":
        """Write an organisation."""
        return cls(
            **OperatorBody.of(operator).model_dump(),
            gtin_prefixes=list(operator.gtin_prefixes),
            hosts=list(operator.hosts),
        )
