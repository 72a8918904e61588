"""Organisations: with a DID and a key, delegates in writing, lines of the producer registers."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from passport.domain.access import ORGANISATION_SCOPE, require_reach, require_role
from passport.domain.actor import Actor, Role
from passport.domain.battery import Category
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    InvalidIdentifierError,
    InvalidValueError,
    NotFoundError,
)
from passport.domain.identifiers import (
    has_gtin_prefix,
    parse_gtin_prefix,
    parse_host,
    parse_slug,
    slug_of,
)
from passport.domain.organisation import Key, Operator
from passport.domain.responsibility import ProducerRegistration, ResponsibleRole
from passport.services.did_history import publish_did_document
from passport.services.new_keys import outside_key
from passport.services.ports import Work
from passport.signing.did import did_web
from passport.signing.keys import EDDSA_RDFC_2022, KeyKind


class OperatorUnknownError(NotFoundError):
    """No operator has this short name or DID."""

    code = "operator-unknown"


class GtinNotOfOperatorError(InvalidValueError):
    """An operator speaks of a product whose GTIN is another company's."""

    code = "gtin-not-of-operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperator:
    """An organisation to be added.

    Attributes:
        operator_uri: Its identifier outside this service, as URI.
        base_url: Scheme and host of its QR codes; fixed from now on.
        slug: Short name; made from the name where empty.
        cryptosuite: The suite its key signs in.
        key_kind: The kind of its key; the usual one of the suite when not given.
        public_key: Multikey of the key that it holds itself; empty has a key made here.
        gtin_prefixes: GS1 company prefixes; where any are given, its products have one of them.
        former_hosts: Schemes and hosts of QR codes that it used before.
    """

    name: str
    operator_uri: str
    country: str
    base_url: str
    roles: frozenset[Role]
    slug: str = ""
    cryptosuite: str = EDDSA_RDFC_2022
    key_kind: KeyKind | None = None
    public_key: str = ""
    gtin_prefixes: tuple[str, ...] = ()
    former_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRegistration:
    """One line of a national register of producers to be entered."""

    country: str
    category: Category
    register_number: str
    operator: str
    party: str
    role: ResponsibleRole
    valid_from: date


def add_operator(actor: Actor, new: NewOperator, *, work: Work) -> Operator:
    """Add an organisation with a key of its own and a `did:web`.

    Raises:
        AccessDeniedError: The actor does not administer this service.
        ConflictError: The short name is taken.
        CryptosuiteUnknownError: No keys are made for the suite, or none of this kind.
        KeyMalformedError: The public key is none that is checked here.
        InvalidIdentifierError: Short name, URI, prefix or host are none.
    """
    require_reach(actor, ORGANISATION_SCOPE)
    require_role(actor, Role.ADMINISTRATOR, Role.SYSTEM)
    if Role.SYSTEM in new.roles:
        raise AccessDeniedError("the role system is the service's own; no organisation has it")
    slug = parse_slug(new.slug) if new.slug else slug_of(new.name)
    if work.operators.find(slug) is not None:
        raise ConflictError(f"there is an operator {slug} already; choose another short name")
    _require_uri(new.operator_uri)
    did = did_web(new.base_url, "operators", slug)
    now = work.clock.now()
    key = _first_key(did, new, work=work)
    operator = Operator(
        slug=slug,
        name=new.name.strip(),
        operator_uri=new.operator_uri,
        country=country_code(new.country),
        base_url=new.base_url.rstrip("/"),
        did=did,
        roles=new.roles,
        keys=(key,),
        created_at=now,
        gtin_prefixes=tuple(parse_gtin_prefix(prefix) for prefix in new.gtin_prefixes),
        former_hosts=tuple(parse_host(host) for host in new.former_hosts),
    )
    work.operators.add(operator)
    publish_did_document(operator, work=work)
    work.events.commit_to("operator-added", slug, {"did": did, "key": key.key_id}, now)
    return operator


def _first_key(did: str, new: NewOperator, *, work: Work) -> Key:
    now = work.clock.now()
    if new.public_key:
        return outside_key(did, 1, new.public_key, at=now)
    key_id = work.keys.create(did, new.cryptosuite, new.key_kind)
    return Key(
        key_id=key_id,
        public_key_multibase=work.keys.public_key_multibase(key_id),
        created_at=now,
    )


def read_operator(name: str, *, work: Work) -> Operator:
    """Return an operator by short name or DID.

    Raises:
        OperatorUnknownError: There is none.
    """
    found = (
        work.operators.find_by_did(name) if name.startswith("did:") else work.operators.find(name)
    )
    if found is None:
        raise OperatorUnknownError(
            f"there is no operator {name!r}; `passport operator add` makes one"
        )
    return found


def require_own_gtin(operator: Operator, name: str) -> None:
    """Refuse a product with a GTIN of another company, where the operator's prefixes are known.

    Args:
        operator: Who speaks of it as its own.
        name: `BatteryId` or `ModelId`.

    Raises:
        GtinNotOfOperatorError: Its GTIN begins with none of the operator's prefixes.
    """
    if operator.gtin_prefixes and not has_gtin_prefix(name, operator.gtin_prefixes):
        raise GtinNotOfOperatorError(
            f"the GTIN in {name} begins with none of the prefixes of {operator.slug}: "
            f"{', '.join(operator.gtin_prefixes)}"
        )


def find_slug(name: str, *, work: Work) -> str:
    """Return the short name of an organisation that need not be named; empty stays empty.

    Raises:
        OperatorUnknownError: It is named and unknown.
    """
    return read_operator(name, work=work).slug if name else ""


def require_acts_for(actor: Actor, operator: Operator, *, work: Work) -> None:
    """Refuse to act for an operator unless being it, or its delegate in writing.

    Raises:
        AccessDeniedError: The actor is neither.
    """
    if actor.has(Role.SYSTEM) or actor.organisation == operator.slug:
        return
    if actor.organisation and actor.organisation in work.operators.delegates_of(operator.slug):
        return
    raise AccessDeniedError(
        f"{actor.organisation or 'a visitor without login'} does not act for {operator.slug}"
    )


def authorise_delegate(actor: Actor, delegate: str, document: bytes, *, work: Work) -> str:
    """Record that the actor's organisation authorised another one in writing.

    Args:
        actor: Acts for the operator that authorises.
        delegate: Short name or DID of the authorised organisation.
        document: The written authorisation, kept as attachment.
        work: The unit of work.

    Returns:
        Digest of the document.

    Raises:
        AccessDeniedError: The actor acts for no operator.
        OperatorUnknownError: The delegate is unknown.

    Source: Regulation (EU) 2023/1542, Article 77(4).
    """
    require_reach(actor, ORGANISATION_SCOPE)
    operator = read_operator(actor.organisation, work=work)
    other = read_operator(delegate, work=work)
    now = work.clock.now()
    digest = work.attachments.put(document, "application/octet-stream", now)
    work.attachments.let_read(digest, {operator.slug, other.slug})
    if other.slug in work.operators.delegates_of(operator.slug):
        return digest
    work.operators.add_delegate(operator.slug, other.slug, digest, now)
    work.events.commit_to(
        "delegate-authorised", operator.slug, {"delegate": other.slug, "document": digest}, now
    )
    return digest


def enter_registration(actor: Actor, new: NewRegistration, *, work: Work) -> ProducerRegistration:
    """Enter one line of a national register of producers.

    Raises:
        AccessDeniedError: The actor neither administers this service nor is the producer whose
            batteries the line covers.
        InvalidValueError: The register number is missing, or role, operator and party contradict
            each other.
        OperatorUnknownError: The party or the operator is unknown here.

    Source: Regulation (EU) 2023/1542, Articles 55, 57(1) and 57(8).
    """
    require_reach(actor, ORGANISATION_SCOPE)
    is_own = bool(new.operator) and actor.organisation == new.operator
    if not is_own:
        # Who answers for waste reads its record: nobody makes himself answer for another's.
        require_role(actor, Role.ADMINISTRATOR, Role.SYSTEM)
    _require_line(new)
    read_operator(new.party, work=work)
    find_slug(new.operator, work=work)
    line = ProducerRegistration(
        country=country_code(new.country),
        category=new.category,
        register_number=new.register_number.strip(),
        operator=new.operator,
        party=new.party,
        role=new.role,
        valid_from=new.valid_from,
    )
    work.operators.add_registration(line)
    return line


def _require_line(new: NewRegistration) -> None:
    if not new.register_number.strip():
        raise InvalidValueError("a register line has a register number")
    if (new.role is ResponsibleRole.SELECTED_OPERATOR) is bool(new.operator):
        raise InvalidValueError(
            "a selected waste management operator answers for every producer's batteries: name no "
            "operator; a producer or its organisation answers for one: name it"
        )
    if new.role is ResponsibleRole.PRODUCER and new.party != new.operator:
        raise InvalidValueError(f"producer {new.operator} answers itself, not {new.party}")


def country_code(code: str) -> str:
    """Return a country as ISO 3166-1 alpha-2 in capitals.

    Raises:
        InvalidValueError: It is not two letters.
    """
    text = code.strip().upper()
    if len(text) != 2 or not (text.isascii() and text.isalpha()):  # noqa: PLR2004 - alpha-2
        raise InvalidValueError(f"{code!r} is no country; write two letters, like NL")
    return text


def _require_uri(text: str) -> None:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise InvalidIdentifierError(f"{text[:60]!r} is no URI: {error}") from error
    if not parts.scheme or not (parts.netloc or parts.path):
        raise InvalidIdentifierError(
            f"{text!r} is no URI; write the operator's LEI, VAT, EORI or GLN as one, like "
            "urn:lei:529900T8BM49AURSDO55"
        )
    lei = text.removeprefix("urn:lei:")
    if lei != text:
        try:
            mod_97_10.validate(lei)
        except ValidationError as error:
            raise InvalidIdentifierError(f"the check digits of LEI {lei} are wrong") from error
