"""People and machines sign in; what is secret is kept as a hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwdlib import PasswordHash

from passport.domain.access import ORGANISATION_SCOPE, SCOPES, require_reach, require_role
from passport.domain.actor import PUBLIC, Actor, Role
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    InvalidValueError,
    NotSignedInError,
)
from passport.domain.organisation import Account, ApiKey
from passport.services.operators import read_operator
from passport.services.ports import Work

SESSION_LIFETIME = timedelta(hours=12)
_SHORTEST_PASSWORD = 10
_KEY_PREFIX = "obp_"
_HASHER = PasswordHash.recommended()
_HASH_OF_NOBODY = _HASHER.hash(secrets.token_hex(16))
"""Checked where the login is unknown, so that the answer takes as long."""


class SignInRefusedError(NotSignedInError):
    """Login and password do not belong together."""

    code = "sign-in-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """A person to be let in."""

    login: str
    organisation: str
    roles: frozenset[Role]
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """An API key, shown once.

    Attributes:
        secret: What the machine sends as ``Authorization: Bearer ...``.
    """

    key_id: str
    secret: str
    organisation: str
    scopes: frozenset[str]


def add_account(actor: Actor, new: NewAccount, *, work: Work) -> Account:
    """Let a person in for an organisation.

    Raises:
        AccessDeniedError: The actor does not administer this service.
        ConflictError: The login is taken.
        InvalidValueError: The password is short, or a role is none of the organisation's.
    """
    require_reach(actor, ORGANISATION_SCOPE)
    require_role(actor, Role.ADMINISTRATOR, Role.SYSTEM)
    operator = read_operator(new.organisation, work=work)
    if work.accounts.find(new.login) is not None:
        raise ConflictError(f"the login {new.login} is taken")
    if len(new.password) < _SHORTEST_PASSWORD:
        raise InvalidValueError(f"a password has at least {_SHORTEST_PASSWORD} characters")
    strange = new.roles - operator.roles
    if strange:
        names = ", ".join(sorted(role.value for role in strange))
        raise InvalidValueError(f"{operator.slug} does not have the role {names}")
    account = Account(
        login=new.login,
        organisation=operator.slug,
        roles=new.roles,
        password_hash=_HASHER.hash(new.password),
    )
    work.accounts.add(account)
    work.events.commit_to(
        "account-added",
        operator.slug,
        {"login": account.login, "by": actor.name},
        work.clock.now(),
    )
    return account


def sign_in(login: str, password: str, *, work: Work) -> str:
    """Begin a session and return its token, which only the browser keeps.

    Raises:
        SignInRefusedError: Login and password do not belong together.
    """
    account = work.accounts.find(login)
    known_hash = account.password_hash if account else _HASH_OF_NOBODY
    if not _HASHER.verify(password, known_hash) or account is None:
        raise SignInRefusedError("login and password do not belong together")
    token = secrets.token_urlsafe(32)
    work.accounts.start_session(_hash(token), login, work.clock.now() + SESSION_LIFETIME)
    return token


def sign_out(token: str, *, work: Work) -> None:
    """End a session."""
    work.accounts.end_session(_hash(token))


def actor_of_session(token: str, *, work: Work) -> Actor:
    """Return who a browser acts as; nobody where the session has ended."""
    login = work.accounts.session_login(_hash(token), work.clock.now())
    account = work.accounts.find(login) if login else None
    return account.actor() if account else PUBLIC


def issue_api_key(
    actor: Actor,
    organisation: str,
    scopes: frozenset[str],
    expires_at: datetime | None,
    *,
    work: Work,
) -> IssuedKey:
    """Make an API key for an organisation; its secret is returned once and kept by nobody.

    Raises:
        AccessDeniedError: The actor neither administers this service nor acts for it, or would
            give the key more than it has itself.
        InvalidValueError: There is no such scope.
        OperatorUnknownError: The organisation is unknown.
    """
    require_reach(actor, ORGANISATION_SCOPE)
    operator = read_operator(organisation, work=work)
    administers = bool(actor.roles & {Role.ADMINISTRATOR, Role.SYSTEM})
    if not administers and actor.organisation != operator.slug:
        raise AccessDeniedError(f"keys of {operator.slug} are made by itself")
    _require_scopes(scopes, actor)
    secret = _KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        key_id=_KEY_PREFIX + secrets.token_hex(4),
        organisation=operator.slug,
        roles=operator.roles if administers else operator.roles & actor.roles,
        scopes=scopes,
        secret_hash=_hash(secret),
        created_at=work.clock.now(),
        expires_at=expires_at,
    )
    work.accounts.add_key(key)
    work.events.commit_to(
        "api-key-issued", operator.slug, {"key": key.key_id, "by": actor.name}, key.created_at
    )
    return IssuedKey(key_id=key.key_id, secret=secret, organisation=operator.slug, scopes=scopes)


def actor_of_key(secret: str, *, work: Work) -> Actor:
    """Return who a machine acts as.

    Raises:
        SignInRefusedError: The key is unknown or has ended.
    """
    key = work.accounts.find_key(_hash(secret))
    ended = key is not None and key.expires_at is not None and key.expires_at <= work.clock.now()
    if key is None or ended:
        raise SignInRefusedError("this API key is unknown or has ended")
    return key.actor()


def _require_scopes(scopes: frozenset[str], actor: Actor) -> None:
    strange = scopes - SCOPES
    if strange:
        raise InvalidValueError(
            f"there is no scope {', '.join(sorted(strange))}; there are {', '.join(sorted(SCOPES))}"
        )
    if actor.scopes and not (scopes and scopes <= actor.scopes):
        raise AccessDeniedError("a limited key makes keys within its own limits only")


def _hash(secret: str) -> bytes:
    # 256 random bits need no slow hash; nobody guesses them.
    return hashlib.sha256(secret.encode()).digest()
