"""What a battery's label says, from what the public reads of its passport."""

from collections.abc import Mapping

from passport.domain.actor import PUBLIC
from passport.domain.content import absence_of, codes_of
from passport.domain.identifiers import BatteryId, Gs1Serial, describe_battery_id
from passport.domain.passport import StatementKind
from passport.domain.status import Operation
from passport.exchange.label_drawing import LabelContent
from passport.linked_data.documents import content_of, parse_document
from passport.services.current import read_living
from passport.services.disclosure import Disclosure, disclose
from passport.services.ports import Work
from passport.services.series import iri_of

_LANGUAGE = "en"


def label_of(battery_id: BatteryId, *, work: Work) -> LabelContent:
    """Return what the label of a battery says.

    Raises:
        PassportNotFoundError: No such battery is registered.
        PassportCeasedError: It has been recycled.
        TransitionRefusedError: Its registration was annulled.
    """
    read_living(battery_id, work=work)
    disclosure = disclose(PUBLIC, battery_id, None, work=work)
    model, item = (
        _content(disclosure, StatementKind.MODEL_PUBLIC),
        _content(disclosure, StatementKind.ITEM_PUBLIC),
    )
    name = describe_battery_id(battery_id)
    maker = _node(model, "manufacturer")
    made = work.successions.made(battery_id)
    return LabelContent(
        battery_iri=iri_of(disclosure.battery),
        manufacturer=_text(maker, "partyName"),
        address=_address(_node(maker, "address")),
        model=_text(model, "modelIdentifier"),
        category=codes_of("category").get(_text(model, "category"), _text(model, "category")),
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
        capacity=_with_unit(_text(model, "ratedCapacityAmpereHours"), "Ah"),
        chemistry=_text(model, "chemistry"),
        hazardous_substances=_names(model, "hazardousSubstances"),
        extinguishing_agent=_text(model, "extinguishingAgent"),
        critical_raw_materials=_names(model, "criticalRawMaterials"),
        chemical_signs=tuple(
            sign
            for sign, term in (("Cd", "cadmiumMarked"), ("Pb", "leadMarked"))
            if model.get(term) is True
        ),
        second_life=_SECOND_LIVES[made.operation] if made else "",
    )


_SECOND_LIVES = {
    Operation.PREPARATION_FOR_RE_USE: "Prepared for re-use",
    Operation.PREPARATION_FOR_REPURPOSING: "Prepared for repurposing",
    Operation.REPURPOSING: "Repurposed",
    Operation.REMANUFACTURING: "Remanufactured",
}


def _content(disclosure: Disclosure, kind: StatementKind) -> Mapping[str, object]:
    for statement in disclosure.statements:
        if statement.kind is kind:
            return content_of(parse_document(statement.body))
    return {}


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
