"""How a battery that was taken in is to be handled; never a guess.

A battery whose passport names its chemistry goes to the stream of that chemistry, by its
condition. Every other battery is held as lithium until a person has decided: a wrong lead
verdict can explode, a wrong lithium verdict only costs handling. So is one whose chemistry is
known but has no row in the tables of handling; its family is kept, and the gap is named.

Source: ADR 2025, special provisions 376, 377 and 598; Decision 2000/532/EC; Regulation (EU)
2023/1542, Annex XII, Part A.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from passport.domain.chemistry import Chemistry
from recycler_portal.domain.intake import Decision, Observation, Reason
from recycler_portal.domain.recovery import ChemistryFamily
from recycler_portal.domain.waste_battery import (
    HIGH_VOLTAGE_ABOVE,
    LARGE_FROM,
    Damage,
    KnownBattery,
    Packaging,
    Sign,
    Stream,
)
from recycler_portal.rules.handling import (
    ChemistryRow,
    HandlingGroup,
    HandlingRules,
    SignRow,
    WasteCodeRow,
)

_ADR_376 = "ADR 2025, special provision 376"
_OWN_HOLD = "own rule: hold as lithium; ADR 2025, special provision 376 (cannot be diagnosed)"
_UNKNOWN_UN, _UNKNOWN_NAME = "UN 3480", "LITHIUM ION BATTERIES"


def decide_handling(
    observation: Observation, known: KnownBattery | None, rules: HandlingRules
) -> Decision:
    """Decide what happens to a battery now.

    Args:
        observation: What the collector saw.
        known: What its passport says; None for a battery nobody knows.
        rules: Tables of handling.
    """
    named = "" if known is None else known.chemistry
    registered = rules.find_registered(named)
    row = rules.find_chemistry(named) if registered is None else rules.row_of(registered)
    if row is not None:
        return _decide_known(observation, known, row, rules)
    held = _hold_as_lithium(observation, known, rules)
    return held if registered is None else _name_the_gap(held, registered, named)


def _decide_known(
    observation: Observation,
    known: KnownBattery | None,
    chemistry: ChemistryRow,
    rules: HandlingRules,
) -> Decision:
    signs = _signs(observation, known, rules)
    damage, damage_reason = _damage_of(signs)
    stream, stream_reason = _stream_of(chemistry, damage)
    packaging, packaging_reason = _packaging_of(
        chemistry.group, damage, is_large=_is_large(observation, known)
    )
    code = rules.find_waste_code(chemistry.waste, observation.origin, observation.day)
    must_hold = damage is not Damage.NONE or chemistry.group is HandlingGroup.MOLTEN
    card = rules.cards[_card_of(chemistry.group, damage, signs)]
    return Decision(
        chemistry=chemistry.chemistry,
        chemistry_family=chemistry.family,
        stream=stream,
        packaging=packaging,
        un_number=chemistry.un_number,
        proper_name=chemistry.proper_name,
        waste_code=None if code is None else code.code,
        is_hazardous=None if code is None else code.is_hazardous,
        damage=damage,
        must_hold=must_hold,
        warnings=_warnings(observation, known, signs, chemistry.group),
        headline=card.headline,
        instructions=card.steps,
        reasons={
            "chemistry": Reason(
                rule="passport-chemistry",
                source="Regulation (EU) 2023/1542, Annex XIII, point 1(b)",
                inputs={"passport": known.chemistry if known else ""},
            ),
            "stream": stream_reason,
            "packaging": packaging_reason,
            "un_number": _un_reason(chemistry),
            "waste_code": _code_reason(code, observation),
            "damaged_defective": damage_reason,
            "must_hold": _hold_reason(must_hold=must_hold, because=damage_reason),
        },
    )


def _hold_as_lithium(
    observation: Observation, known: KnownBattery | None, rules: HandlingRules
) -> Decision:
    signs = _signs(observation, known, rules)
    damage, damage_reason = _damage_of(signs)
    if damage is Damage.NONE:
        damage = Damage.DAMAGED
        damage_reason = Reason(rule="cannot-be-diagnosed", source=_ADR_376)
    packaging, packaging_reason = _packaging_of(
        HandlingGroup.LITHIUM, damage, is_large=_is_large(observation, known)
    )
    card = rules.cards["critical" if damage is Damage.CRITICAL else "unknown"]
    hold = Reason(rule="hold-as-lithium", source=_OWN_HOLD, inputs=_unknown_inputs(known))
    return Decision(
        chemistry=None,
        chemistry_family=None,
        stream=Stream.UNKNOWN_QUARANTINE,
        packaging=packaging,
        un_number=_UNKNOWN_UN,
        proper_name=_UNKNOWN_NAME,
        waste_code=None,
        is_hazardous=None,
        damage=damage,
        must_hold=True,
        warnings=_warnings(observation, known, signs, HandlingGroup.LITHIUM),
        headline=card.headline,
        instructions=card.steps,
        reasons={
            "stream": hold,
            "packaging": packaging_reason,
            "un_number": Reason(
                rule="hold-as-lithium",
                source=_OWN_HOLD,
                inputs=_unknown_inputs(known),
                certain=False,
            ),
            "waste_code": Reason(
                rule="no-certain-code",
                source="Decision 2000/532/EC: no entry is certain for a single unknown battery;"
                " handle it as hazardous",
                inputs={"day": observation.day.isoformat()},
                certain=False,
            ),
            "damaged_defective": damage_reason,
            "must_hold": hold,
        },
    )


def _name_the_gap(held: Decision, chemistry: Chemistry, named: str) -> Decision:
    """Say of a held battery what it is, and that the tables of handling have no row for it."""
    family = None if chemistry.family is None else ChemistryFamily(chemistry.family.value)
    told = f"family {family}" if family else "its family is not decided"
    gap = Reason(
        rule="no-handling-row",
        source=f"no handling row for {chemistry.label}; {told}; treat it as unknown until a person"
        " has decided. Own rule",
        inputs={"passport": named, "chemistry": chemistry.label},
        certain=False,
    )
    return replace(
        held,
        chemistry=chemistry.label,
        chemistry_family=family,
        headline=held.headline
        if held.damage is Damage.CRITICAL
        else f"No handling row for {chemistry.label}: hold it as lithium.",
        reasons={
            **held.reasons,
            "chemistry": Reason(
                rule="passport-chemistry",
                source="Regulation (EU) 2023/1542, Annex XIII, point 1(b)",
                inputs={"passport": named},
            ),
            "stream": gap,
            "must_hold": gap,
        },
    )


def _signs(
    observation: Observation, known: KnownBattery | None, rules: HandlingRules
) -> tuple[SignRow, ...]:
    """Return the signs seen and those on record, the gravest first."""
    seen = observation.signs | (known.signs if known else frozenset())
    rows = [rules.signs[sign] for sign in Sign if sign in seen]
    return tuple(sorted(rows, key=lambda row: (row.damage is not Damage.CRITICAL, row.sign)))


def _damage_of(signs: tuple[SignRow, ...]) -> tuple[Damage, Reason]:
    if not signs:
        return Damage.NONE, Reason(
            rule="no-sign-of-damage", source=_ADR_376, inputs={"signs": "none"}
        )
    gravest = signs[0]
    seen = ", ".join(row.sign for row in signs)
    return gravest.damage, Reason(
        rule=f"sign-{gravest.sign}", source=gravest.source, inputs={"signs": seen}
    )


def _stream_of(chemistry: ChemistryRow, damage: Damage) -> tuple[Stream, Reason]:
    inputs = {"chemistry": chemistry.chemistry, "damage": damage.value}
    if chemistry.group is HandlingGroup.LITHIUM and damage is not Damage.NONE:
        return Stream.LITHIUM_DAMAGED, Reason(
            rule="damaged-lithium-lane", source=_ADR_376, inputs=inputs
        )
    return chemistry.stream, Reason(
        rule="stream-by-chemistry",
        source="Delegated Regulation (EU) 2025/606, Annex, section 2(2); own rule",
        inputs=inputs,
    )


def _packaging_of(
    group: HandlingGroup, damage: Damage, *, is_large: bool
) -> tuple[Packaging, Reason]:
    """Choose a packing instruction; where the ADR has none, the stronger of two."""
    inputs = {"group": group.value, "damage": damage.value, "large": str(is_large).lower()}
    match group:
        case HandlingGroup.LITHIUM:
            return _lithium_packaging(damage, inputs, is_large=is_large)
        case HandlingGroup.WET if damage is Damage.NONE:
            return Packaging.SP598, Reason(
                rule="used-wet-battery", source="ADR 2025, special provision 598", inputs=inputs
            )
        case HandlingGroup.WET:
            return Packaging.P801, Reason(
                rule="damaged-wet-battery", source="ADR 2025, P801", inputs=inputs
            )
        case HandlingGroup.MOLTEN:
            return Packaging.P408, Reason(
                rule="sodium-battery",
                source="ADR 2025, UN 3292, P408",
                inputs=inputs,
                certain=damage is Damage.NONE,
            )
        case HandlingGroup.DRY if damage is Damage.NONE:
            return Packaging.NONE, Reason(
                rule="not-subject-by-road", source="ADR 2025, UN 3496", inputs=inputs
            )
        case HandlingGroup.DRY:
            return Packaging.P908, Reason(
                rule="no-row-protective-default",
                source="own rule: the ADR has no row here; ask an expert",
                inputs=inputs,
                certain=False,
            )
        case _:
            assert_never(group)


def _lithium_packaging(
    damage: Damage, inputs: Mapping[str, str], *, is_large: bool
) -> tuple[Packaging, Reason]:
    match damage:
        case Damage.CRITICAL:
            packaging = Packaging.LP906 if is_large else Packaging.P911
            rule, source = "critical-lithium", f"{_ADR_376}, P911, LP906"
        case Damage.DAMAGED:
            packaging = Packaging.LP904 if is_large else Packaging.P908
            rule, source = "damaged-lithium", f"{_ADR_376}, P908, LP904"
        case Damage.NONE:
            packaging = Packaging.P909
            rule, source = "lithium-for-recycling", "ADR 2025, special provision 377, P909"
        case _:
            assert_never(damage)
    return packaging, Reason(rule=rule, source=source, inputs=inputs)


def _card_of(group: HandlingGroup, damage: Damage, signs: tuple[SignRow, ...]) -> str:
    is_acute = any(row.is_acute for row in signs)
    match group:
        case HandlingGroup.LITHIUM if damage is Damage.NONE:
            return "lithium"
        case HandlingGroup.LITHIUM:
            return damage.value
        case _ if is_acute:
            return "critical"
        case HandlingGroup.WET if damage is not Damage.NONE:
            return "wet-damaged"
        case _:
            return group.value


def _warnings(
    observation: Observation,
    known: KnownBattery | None,
    signs: tuple[SignRow, ...],
    group: HandlingGroup,
) -> tuple[str, ...]:
    voltages = (observation.voltage, known.nominal_voltage if known else None)
    is_acute = any(row.is_acute for row in signs)
    seen = {row.sign for row in signs}
    possible = (
        ("DO_NOT_MOVE", is_acute or _is_critical_lithium(group, signs)),
        ("THERMAL_EVENT", is_acute),
        ("CORROSIVE_LEAK", Sign.LEAKING in seen),
        ("RECALL", Sign.RECALLED in seen),
        ("HV_OVER_60V", any(one is not None and one > HIGH_VOLTAGE_ABOVE for one in voltages)),
        ("HOT_SODIUM", group is HandlingGroup.MOLTEN),
    )
    return tuple(name for name, applies in possible if applies)


def _is_critical_lithium(group: HandlingGroup, signs: tuple[SignRow, ...]) -> bool:
    return group is HandlingGroup.LITHIUM and any(row.damage is Damage.CRITICAL for row in signs)


def _is_large(observation: Observation, known: KnownBattery | None) -> bool:
    mass = observation.mass if observation.mass is not None else (known.mass if known else None)
    return mass is not None and mass >= LARGE_FROM


def _un_reason(chemistry: ChemistryRow) -> Reason:
    return Reason(
        rule="un-by-chemistry",
        source="ADR 2025, Table A",
        inputs={"chemistry": chemistry.chemistry},
        # flooded and sealed wet batteries differ, and a passport does not say which it is
        certain=chemistry.group is not HandlingGroup.WET,
    )


def _code_reason(code: WasteCodeRow | None, observation: Observation) -> Reason:
    inputs = {"day": observation.day.isoformat(), "origin": observation.origin.value}
    if code is None:
        return Reason(
            rule="no-code-on-that-day",
            source="Decision 2000/532/EC",
            inputs=inputs,
            certain=False,
        )
    return Reason(
        rule="list-of-waste-by-day", source=code.source, inputs=inputs, certain=code.is_certain
    )


def _hold_reason(*, must_hold: bool, because: Reason) -> Reason:
    if must_hold:
        return Reason(rule="a-person-decides", source=because.source, inputs=because.inputs)
    return Reason(rule="no-reason-to-hold", source="own rule", inputs=because.inputs)


def _unknown_inputs(known: KnownBattery | None) -> dict[str, str]:
    if known is None:
        return {"passport": "none"}
    return {"passport": known.battery_id, "chemistry": known.chemistry or "not stated"}
