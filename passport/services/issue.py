"""Models and batteries come on record, and get their signed statements."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from passport.domain.access import BATTERY_SCOPE, Point, require_reach, require_role
from passport.domain.actor import Actor, Role
from passport.domain.applicability import Needs
from passport.domain.battery import Battery, BatteryModel
from passport.domain.chemistry import Chemistries
from passport.domain.content import Content, Level, complete_content, terms_of
from passport.domain.errors import (
    ConflictError,
    ContentRefusedError,
    NotFoundError,
    PassportError,
    Problem,
)
from passport.domain.identifiers import (
    BatteryId,
    Gs1Serial,
    ModelId,
    describe_battery_id,
    model_of,
)
from passport.domain.organisation import Operator
from passport.domain.passport import StatementKind
from passport.domain.status import BatteryStatus, PassportState
from passport.linked_data.documents import split_content
from passport.linked_data.schemas import check_content, normalise_content
from passport.services.chemistry import check_chemistry, complete_chemistry, is_same_entry
from passport.services.desk import desk_of
from passport.services.documents import complete_documents
from passport.services.index import PassportContents, sign_indexes
from passport.services.operators import (
    find_slug,
    read_operator,
    require_acts_for,
    require_own_gtin,
)
from passport.services.ports import SignedStatement, Work
from passport.services.scopes import needs_of_battery, scope_of_content, scope_of_placing
from passport.services.series import iri_of, iri_of_model, production_series_iri, series_iri

MODEL_LEVELS = frozenset({Level.MODEL, Level.PRODUCTION})
ITEM_LEVELS = frozenset({Level.ITEM, Level.DECLARED})


class ModelUnknownError(NotFoundError):
    """No battery model is registered under this identifier."""

    code = "model-unknown"


class NoPassportNeededError(ConflictError):
    """Batteries of this kind need no passport; the light record of their model is enough."""

    code = "no-passport-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModel:
    """A battery model as it is entered: flat terms of Annex XIII."""

    model_id: ModelId
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBattery:
    """One battery as it is entered.

    Attributes:
        model_id: Needed where the identifier holds no GTIN.
        holder: Organisation that bought it, where that is known.
    """

    battery_id: BatteryId
    content: Content
    placed_on_market_on: date
    model_id: ModelId | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A battery on record.

    Attributes:
        iri: What its QR code holds; also the address of the passport.
        is_new: False where the same registration was made before.
    """

    battery_id: BatteryId
    iri: str
    is_new: bool


def add_model(actor: Actor, operator: str, new: NewModel, *, work: Work) -> BatteryModel:
    """Put a battery model on record and sign its statements.

    The same content again changes nothing.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
        ContentRefusedError: The content breaks the rules of its terms; every place is named.
        ConflictError: The model is on record with another content.
    """
    require_reach(actor, BATTERY_SCOPE)
    owner = read_operator(operator, work=work)
    require_acts_for(actor, owner, work=work)
    require_own_gtin(owner, new.model_id)
    scope = scope_of_content(normalise_content(new.content), work=work)
    entered = checked_model(new.content, work.rulebook.needs(scope), work.chemistries)
    content = complete_chemistry(entered, work.chemistries)
    known = work.passports.find_model(new.model_id)
    if known is not None:
        if known.operator == owner.slug and is_same_entry(entered, known.content):
            return known
        raise ConflictError(f"model {new.model_id} is on record with another content; amend it")
    model = BatteryModel(
        model_id=new.model_id,
        operator=owner.slug,
        base_url=owner.base_url,
        category=scope.category,
        sub_type=scope.sub_type,
        name=str(content.get("modelIdentifier", new.model_id)),
        content=content,
    )
    work.passports.add_model(model)
    sign_model(model, owner, work=work)
    return model


def sign_model(model: BatteryModel, owner: Operator, *, work: Work) -> Sequence[SignedStatement]:
    """Sign the next version of every statement about a model."""
    desk = desk_of(owner, work=work)
    needs = work.rulebook.needs_of(model.content, scope_of_content(model.content, work=work))
    whole = complete_content(model.content, levels=MODEL_LEVELS, needs=needs)
    iri = iri_of_model(model)
    signed = []
    for kind, content in split_content(whole).items():
        series, subject = series_iri_of_model(model, kind, whole), iri
        if kind is StatementKind.PRODUCTION:
            subject = series
            content = {**content, "batteryModel": iri}  # noqa: PLW2901 - the link joins the content
        signed.append(
            desk.continue_series(
                kind,
                about=model.model_id,
                subject_iri=subject,
                series_iri=series,
                point=_point(kind),
                content=content,
            )
        )
    return signed


def series_iri_of_model(model: BatteryModel, kind: StatementKind, content: Content) -> str:
    """Return the series a statement about a model continues."""
    if kind is StatementKind.PRODUCTION:
        return production_series_iri(model, str(content.get("productionYear", "all")))
    return series_iri(iri_of_model(model), kind)


def check_battery(actor: Actor, operator: str, new: NewBattery, *, work: Work) -> None:
    """Check everything about a registration and store nothing.

    Raises:
        PassportError: What `register_battery` would refuse.
    """
    owner = _read_placer(actor, operator, work=work)
    model = _read_model(new, owner, work=work)
    require_passport_needed(model)
    content = checked_content(new.content, ITEM_LEVELS, _needs_of(model, new, work=work))
    require_serial(new.battery_id, content)
    complete_documents(content, owner.slug, work=work)
    find_slug(new.holder, work=work)
    _require_not_declared(new.battery_id, work=work)
    _find_same(owner, model, new, content, work=work)


def check_batteries(
    actor: Actor, operator: str, entries: Sequence[NewBattery], *, work: Work
) -> Sequence[PassportError | None]:
    """Check several registrations and store nothing; return what refuses each, or nothing."""
    _look_up(entries, work=work)
    return [_refusal_of(actor, operator, entry, work=work) for entry in entries]


def _refusal_of(
    actor: Actor, operator: str, new: NewBattery, *, work: Work
) -> PassportError | None:
    try:
        check_battery(actor, operator, new, work=work)
    except PassportError as refusal:
        return refusal
    return None


def _look_up(entries: Sequence[NewBattery], *, work: Work) -> None:
    battery_ids = [entry.battery_id for entry in entries]
    work.passports.look_up(battery_ids)
    work.successions.look_up(battery_ids)


def register_batteries(
    actor: Actor, operator: str, entries: Sequence[NewBattery], *, work: Work
) -> Sequence[Registration]:
    """Put several batteries on record together: all of them, or none.

    Raises:
        PassportError: What `register_battery` refuses, for the first battery that has it.
    """
    _look_up(entries, work=work)
    return [register_battery(actor, operator, entry, work=work) for entry in entries]


def register_battery(actor: Actor, operator: str, new: NewBattery, *, work: Work) -> Registration:
    """Put one battery on record and sign its passport.

    The same battery with the same content again gives the same passport.

    Raises:
        AccessDeniedError: The actor does not act for the operator, or it is no operator.
        ModelUnknownError: The battery's model is not on record with this operator.
        ContentRefusedError: The content breaks the rules of its terms; every place is named.
        ConflictError: The battery is on record with another content.
    """
    owner = _read_placer(actor, operator, work=work)
    model = _read_model(new, owner, work=work)
    require_passport_needed(model)
    content = checked_content(new.content, ITEM_LEVELS, _needs_of(model, new, work=work))
    require_serial(new.battery_id, content)
    _require_not_declared(new.battery_id, work=work)
    return register_checked(
        owner, model, new, content, status=BatteryStatus.ORIGINAL, links={}, work=work
    )


def register_checked(  # noqa: PLR0913 - one battery with everything that is decided about it
    owner: Operator,
    model: BatteryModel,
    new: NewBattery,
    content: Content,
    *,
    status: BatteryStatus,
    links: Mapping[str, object],
    work: Work,
    parts: int = 1,
) -> Registration:
    """Put a battery on record whose content was checked; also the way of a second life.

    Args:
        owner: Operator that places it on the market and answers for the passport.
        model: Its model.
        new: What was entered.
        content: The same, checked and in exact texts.
        status: Its status when it is placed on the market.
        links: Terms that link it to its originals.
        work: The unit of work.
        parts: Number of parts that are recycled one by one.

    Raises:
        ConflictError: The battery is on record with another content.
    """
    known = _find_same(owner, model, new, content, work=work)
    if known is not None:
        return Registration(battery_id=known.battery_id, iri=iri_of(known), is_new=False)
    battery = Battery(
        battery_id=new.battery_id,
        model_id=model.model_id,
        base_url=owner.base_url,
        category=model.category,
        sub_type=model.sub_type,
        status=status,
        state=PassportState.ACTIVE,
        responsible=owner.slug,
        registered_by=owner.slug,
        holder=find_slug(new.holder, work=work),
        placed_on_market_on=new.placed_on_market_on,
        registered_at=work.clock.now(),
        content=dict(content),
        content_digest_hex=_fingerprint(content, new, model.model_id),
        parts=parts,
    )
    work.passports.add(battery)
    sign_item(battery, model, owner, links=links, previous={}, work=work)
    return Registration(battery_id=battery.battery_id, iri=iri_of(battery), is_new=True)


def sign_item(  # noqa: PLR0913 - one battery, its model, its signer and what came before
    battery: Battery,
    model: BatteryModel,
    signer: Operator,
    *,
    links: Mapping[str, object],
    previous: Mapping[str, SignedStatement],
    work: Work,
    successors: Sequence[str] = (),
) -> None:
    """Sign the item statements of a battery and the indexes that name them.

    Args:
        battery: The battery as it is from now on.
        model: Its model.
        signer: Operator responsible from now on.
        links: Terms that link it to originals.
        previous: Last version of each series, by IRI; empty for a new battery.
        work: The unit of work.
        successors: IRIs of batteries made from this one.
    """
    desk = desk_of(signer, work=work)
    iri = iri_of(battery)
    decided: dict[str, object] = {"batteryStatus": battery.status.value, **links}
    if battery.placed_on_market_on is not None:
        decided["placedOnMarketOn"] = battery.placed_on_market_on
    parts = _item_parts(battery, decided, needs_of_battery(battery, work=work))
    parts[StatementKind.ITEM_PUBLIC] |= {
        "batteryModel": iri_of_model(model),
        "production": production_series_iri(model, str(model.content.get("productionYear", "all"))),
    }
    signed = []
    for kind in (StatementKind.ITEM_PUBLIC, StatementKind.ITEM_DECLARED):
        series = series_iri(iri, kind)
        signed.append(
            desk.sign(
                kind,
                about=battery.battery_id,
                subject_iri=iri,
                series_iri=series,
                point=_point(kind),
                content=parts[kind],
                previous=previous.get(series),
            )
        )
    sign_indexes(
        PassportContents(
            battery=battery,
            model=model,
            statements=signed,
            predecessors=_iris(links.get("predecessors")),
            successors=successors,
        ),
        desk,
        previous=previous,
    )


def checked_content(given: Content, levels: frozenset[Level], needs: Needs) -> dict[str, object]:
    """Return a content with every value as exact text.

    Args:
        given: The content as it was entered.
        levels: What it is about.
        needs: What the law asks of the kind of battery on its days, by term.

    Raises:
        ContentRefusedError: It breaks the rules of its terms; every place is named.
    """
    content = dict(normalise_content(given))
    _require_none(check_content(content, levels=levels, needs=needs))
    return content


def checked_model(given: Content, needs: Needs, chemistries: Chemistries) -> dict[str, object]:
    """Return a model's content with every value as exact text.

    Raises:
        ContentRefusedError: It breaks the rules of its terms, or its chemistry is not known.
    """
    content = dict(normalise_content(given))
    problems = check_content(content, levels=MODEL_LEVELS, needs=needs)
    _require_none([*problems, *check_chemistry(content, chemistries)])
    return content


def _require_none(problems: Sequence[Problem]) -> None:
    if problems:
        raise ContentRefusedError(
            f"{len(problems)} {'place' if len(problems) == 1 else 'places'} to put right: "
            + "; ".join(problem.message for problem in problems[:3]),
            tuple(problems),
        )


def require_serial(battery_id: BatteryId, content: Content) -> None:
    """Refuse a content whose serial number is not the one in the battery's name.

    Raises:
        ContentRefusedError: With both.
    """
    name = describe_battery_id(battery_id)
    given = content.get("serialNumber")
    if isinstance(name, Gs1Serial) and given != name.serial:
        message = f"serialNumber is {given!r}, but the identifier holds {name.serial!r}"
        raise ContentRefusedError(
            message, (Problem(message=message, path="/serialNumber", column="serialNumber"),)
        )


def require_passport_needed(model: BatteryModel) -> None:
    """Refuse to make a passport for a battery that has a light record.

    Raises:
        NoPassportNeededError: Always for such a model.
    """
    if model.is_light:
        raise NoPassportNeededError(
            f"batteries of model {model.model_id} ({model.category}) need no passport; their QR "
            f"code leads to the light record of the model: {iri_of_model(model)}"
        )


def _needs_of(model: BatteryModel, new: NewBattery, *, work: Work) -> Needs:
    return work.rulebook.needs(scope_of_placing(model, new.placed_on_market_on, work=work))


def _read_placer(actor: Actor, operator: str, *, work: Work) -> Operator:
    require_reach(actor, BATTERY_SCOPE)
    require_role(actor, Role.OPERATOR, Role.SECOND_LIFE, Role.SYSTEM)
    owner = read_operator(operator, work=work)
    require_acts_for(actor, owner, work=work)
    return owner


def _item_parts(
    battery: Battery, decided: Mapping[str, object], needs: Needs
) -> dict[StatementKind, dict[str, object]]:
    """Divide what is said of a battery over its two item statements."""
    entered = {**battery.content, **decided}
    whole = complete_content(entered, levels=ITEM_LEVELS, needs=needs)
    return {
        kind: {name: value for name, value in whole.items() if name in terms_of(kind)}
        for kind in (StatementKind.ITEM_PUBLIC, StatementKind.ITEM_DECLARED)
    }


def _read_model(new: NewBattery, owner: Operator, *, work: Work) -> BatteryModel:
    model_id = new.model_id or model_of(new.battery_id)
    require_own_gtin(owner, new.battery_id)
    model = None if model_id is None else work.passports.find_model(model_id)
    if model is None or model.operator != owner.slug:
        raise ModelUnknownError(
            f"{owner.slug} has no model {model_id}; add it with `passport model add` first"
        )
    return model


def _require_not_declared(battery_id: BatteryId, *, work: Work) -> None:
    declared = work.successions.made(battery_id)
    if declared is not None and not declared.has_taken_effect:
        raise ConflictError(
            f"battery {battery_id} is declared as a second life; place that on the market"
        )


def _find_same(
    owner: Operator, model: BatteryModel, new: NewBattery, content: Content, *, work: Work
) -> Battery | None:
    """Return the battery where it is on record with this very content.

    Raises:
        ConflictError: It is on record with another content.
    """
    known = work.passports.find(new.battery_id)
    if known is None:
        return None
    if known.state is PassportState.ANNULLED:
        raise ConflictError(
            f"the registration of battery {new.battery_id} was annulled; its identifier is not "
            "used again"
        )
    is_same = known.content_digest_hex == _fingerprint(content, new, model.model_id)
    if is_same and known.registered_by == owner.slug:
        return known
    raise ConflictError(
        f"battery {new.battery_id} is on record with another content; a correction is an "
        "amendment, a pack registered by mistake is annulled"
    )


def _fingerprint(content: Content, new: NewBattery, model_id: ModelId) -> str:
    entered = {
        "content": dict(content),
        "placed": str(new.placed_on_market_on),
        "model": model_id,
    }
    return hashlib.sha256(orjson.dumps(entered, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _point(kind: StatementKind) -> Point:
    point = kind.point
    if point is None:
        raise LookupError(kind)
    return point


def _iris(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
