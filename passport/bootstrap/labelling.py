"""What a battery's label says, from what the public reads of its passport."""

from collections.abc import Mapping
from dataclasses import replace

from passport.domain.actor import PUBLIC
from passport.domain.chemistry import published_chemistries
from passport.domain.content import absence_of, codes_of
from passport.domain.errors import ConflictError
from passport.domain.identifiers import BatteryId, Gs1Serial, ModelId, describe_battery_id
from passport.domain.passport import StatementKind
from passport.domain.status import Operation
from passport.exchange.label_drawing import LabelContent
from passport.linked_data.documents import content_of, parse_document
from passport.services import disclosure
from passport.services.current import read_living
from passport.services.issue import ModelUnknownError
from passport.services.ports import SignedStatement, Work
from passport.services.series import iri_of, iri_of_model

_LANGUAGE = "en"


class PassportNeededError(ConflictError):
    """A model's batteries need a passport each; what is asked for exists for light records."""

    code = "passport-needed"


def label_of(battery_id: BatteryId, *, work: Work) -> LabelContent:
    """Return what the label of a battery says.

    Raises:
        PassportNotFoundError: No such battery is registered.
        PassportCeasedError: It has been recycled.
        TransitionRefusedError: Its registration was annulled.
    """
    read_living(battery_id, work=work)
    public = disclosure.disclose(PUBLIC, battery_id, None, work=work)
    model, item = (
        _content(public, StatementKind.MODEL_PUBLIC),
        _content(public, StatementKind.ITEM_PUBLIC),
    )
    name = describe_battery_id(battery_id)
    made = work.successions.made(battery_id)
    return replace(
        _label_of_content(model, iri_of(public.battery)),
        gtin=name.gtin if isinstance(name, Gs1Serial) else "",
        serial=name.serial if isinstance(name, Gs1Serial) else name.identifier,
        made=" ".join(
            filter(
                None,
                (
                    _text(_node(_node(item, "manufacturingFacility"), "address"), "locality"),
                    _text(item, "manufacturedOn"),
                ),
            )
        ),
        mass=_with_unit(
            _text(item, "individualMassKilograms") or _text(model, "massKilograms"), "kg"
        ),
        second_life=_SECOND_LIVES[made.operation] if made else "",
    )


def label_of_model(model_id: ModelId, *, work: Work) -> LabelContent:
    """Return what the label says of batteries that need no passport: their model's light record.

    Raises:
        ModelUnknownError: No such model is on record.
        PassportNeededError: Its batteries need a passport each, and a label each.
    """
    model = work.passports.find_model(model_id)
    if model is None:
        raise ModelUnknownError(f"model {model_id} is not on record")
    if not model.is_light:
        raise PassportNeededError(
            f"each battery of model {model_id} ({model.category}) has a passport and a label of "
            "its own; name the battery"
        )
    statements = disclosure.model_statements(PUBLIC, model_id, work=work)
    public = next(one for one in statements if one.kind is StatementKind.MODEL_PUBLIC)
    production = next((one for one in statements if one.kind is StatementKind.PRODUCTION), None)
    made = {} if production is None else _read(production)
    plant = _node(_node(made, "productionFacility"), "address")
    return replace(
        _label_of_content(_read(public), iri_of_model(model)),
        gtin=model_id.removeprefix("01/") if model_id.startswith("01/") else "",
        made=_text(plant, "locality"),
    )


def _label_of_content(model: Mapping[str, object], iri: str) -> LabelContent:
    """Return what a label says of a model; what is the battery's own is still empty."""
    maker = _node(model, "manufacturer")
    return LabelContent(
        battery_iri=iri,
        manufacturer=_text(maker, "partyName"),
        address=_address(_node(maker, "address")),
        model=_text(model, "modelIdentifier"),
        category=codes_of("category").get(_text(model, "category"), _text(model, "category")),
        gtin="",
        serial="",
        made="",
        mass=_with_unit(_text(model, "massKilograms"), "kg"),
        capacity=_with_unit(_text(model, "ratedCapacityAmpereHours"), "Ah"),
        chemistry=_short_name(_text(model, "chemistry")),
        hazardous_substances=_names(model, "hazardousSubstances"),
        extinguishing_agent=_text(model, "extinguishingAgent"),
        critical_raw_materials=_names(model, "criticalRawMaterials"),
        chemical_signs=tuple(
            sign
            for sign, term in (("Cd", "cadmiumMarked"), ("Pb", "leadMarked"))
            if model.get(term) is True
        ),
    )


_SECOND_LIVES = {
    Operation.PREPARATION_FOR_RE_USE: "Prepared for re-use",
    Operation.PREPARATION_FOR_REPURPOSING: "Prepared for repurposing",
    Operation.REPURPOSING: "Repurposed",
    Operation.REMANUFACTURING: "Remanufactured",
}


def _content(public: disclosure.Disclosure, kind: StatementKind) -> Mapping[str, object]:
    return next((_read(one) for one in public.statements if one.kind is kind), {})


def _read(statement: SignedStatement) -> Mapping[str, object]:
    return content_of(parse_document(statement.body))


def _short_name(chemistry: str) -> str:
    known = published_chemistries().find(chemistry)
    return chemistry if known is None else known.short_name


def _node(content: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = content.get(name)
    is_node = isinstance(value, Mapping) and absence_of(value) is None
    return value if is_node and isinstance(value, Mapping) else {}


def _text(content: Mapping[str, object], name: str) -> str:
    value = content.get(name)
    if value is None or absence_of(value) is not None:
        return ""
    if isinstance(value, Mapping):
        return str(value.get(_LANGUAGE) or next(iter(value.values()), ""))
    return str(value)


def _names(content: Mapping[str, object], name: str) -> str:
    value = content.get(name)
    nodes = value if isinstance(value, list) else []
    return ", ".join(_text(node, "substanceName") for node in nodes)


def _address(address: Mapping[str, object]) -> str:
    town = " ".join(filter(None, (_text(address, "postalCode"), _text(address, "locality"))))
    parts = (_text(address, "streetAddress"), town, _text(address, "countryCode"))
    return ", ".join(filter(None, parts))


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}" if number else ""
