"""Organisations, the people that act for them, and what they are told."""

from dataclasses import dataclass
from datetime import datetime

from passport.domain.actor import Actor, Role
from passport.domain.identifiers import OperatorSlug


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of an operator; its id is never used again.

    Attributes:
        public_key_multibase: Multikey text of the public part.
        expires_at: Routine end; what was signed before stays good.
        revoked_at: From when it counts as compromised; earlier statements stand by the log.
        revoked_from_log_size: Entries of the log with a smaller index were in it before that.
        is_held_here: Whether this service holds the private key; otherwise its owner signs alone.
    """

    key_id: str
    public_key_multibase: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_from_log_size: int | None = None
    is_held_here: bool = True

    def signs_at(self, instant: datetime) -> bool:
        """Whether new statements may be signed with it at an instant."""
        has_ended = self.expires_at is not None and self.expires_at <= instant
        return not has_ended and self.revoked_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An economic operator, collector, recycler or authority with a DID of its own.

    Attributes:
        operator_uri: Identifier outside this service: an LEI, VAT, EORI or GLN as URI.
        base_url: Scheme and host under which its batteries' QR codes lead.
        keys: Its keys in the order they were made; one that has ended stays.
        key_revision: Counts the changes of its keys.
        gtin_prefixes: GS1 company prefixes of its products; empty where they are not known here.
        former_hosts: Earlier values of ``base_url``, which batteries on the market still carry.
    """

    slug: OperatorSlug
    name: str
    operator_uri: str
    country: str
    base_url: str
    did: str
    roles: frozenset[Role]
    keys: tuple[Key, ...]
    created_at: datetime
    key_revision: int = 0
    gtin_prefixes: tuple[str, ...] = ()
    former_hosts: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Scheme and host of all addresses its statements may use."""
        return (self.base_url, *self.former_hosts)

    @property
    def current_key(self) -> Key:
        """The key it signs with now: the newest."""
        return self.keys[-1]

    @property
    def signs_outside(self) -> bool:
        """Whether it signs with a key of its own that this service does not hold."""
        return not self.current_key.is_held_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's login. The password is kept as an argon2id hash."""

    login: str
    organisation: OperatorSlug
    roles: frozenset[Role]
    password_hash: str

    def actor(self) -> Actor:
        """Return who this person acts as."""
        return Actor(organisation=self.organisation, roles=self.roles, name=self.login)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A machine's login. The secret is kept as SHA-256 of its 256 random bits."""

    key_id: str
    organisation: OperatorSlug
    roles: frozenset[Role]
    scopes: frozenset[str]
    secret_hash: bytes
    created_at: datetime
    expires_at: datetime | None

    def actor(self) -> Actor:
        """Return who this key acts as."""
        return Actor(
            organisation=self.organisation,
            roles=self.roles,
            scopes=self.scopes,
            name=self.key_id,
            is_machine=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something an organisation is told, or asked to do.

    Attributes:
        kind: ``second-life-declared``, ``access-asked``, ``orphan``, ``waste-responsible``, ...
        about: The battery, or empty.
        link: Where to act on it.
    """

    notice_id: str
    organisation: str
    kind: str
    about: str
    text: str
    link: str
    created_at: datetime
    closed_at: datetime | None = None
