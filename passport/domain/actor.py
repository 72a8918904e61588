"""Who asks: every use case takes an ``Actor``."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an organisation or a person may do, before any battery is looked at."""

    OPERATOR = "operator"
    """Economic operator: registers batteries and signs for them (Art. 77(4))."""
    SECOND_LIFE = "second-life"
    """Places batteries on the market again (Art. 77(7)); also an economic operator."""
    COLLECTOR = "collector"
    """Takes in waste batteries."""
    RECYCLER = "recycler"
    """Permitted to treat and recycle waste batteries."""
    AUTHORITY = "authority"
    """Notified body, market surveillance authority or Commission (Art. 77(2)(b))."""
    ADMINISTRATOR = "administrator"
    """Runs this service; sees no restricted content by that alone."""
    SYSTEM = "system"
    """The service's own jobs; signs nothing without an operator's mandate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One caller: a signed-in person, an API key, a job, or an anonymous visitor.

    Attributes:
        organisation: Slug of the organisation acted for; empty for the public.
        roles: Roles of that organisation, as far as this login carries them.
        scopes: Limits of an API key (``telemetry:write``, ...); empty = all its roles allow.
        name: The person or key, for the record of events.
        is_machine: Whether an API key acts; it is nobody where two people are asked for.
    """

    organisation: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    name: str = ""
    is_machine: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return not self.organisation and not self.roles

    def has(self, role: Role) -> bool:
        """Whether this actor acts in a role."""
        return role in self.roles

    def may(self, scope: str) -> bool:
        """Whether the login reaches so far: a key without scopes has all of its roles."""
        return not self.is_anonymous and (not self.scopes or scope in self.scopes)


PUBLIC = Actor()
"""The anonymous visitor behind a QR code."""

SYSTEM = Actor(organisation="", roles=frozenset({Role.SYSTEM}), name="system")
"""The service itself, in its jobs."""
