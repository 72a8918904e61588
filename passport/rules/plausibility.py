"""Can these values be true together? Findings for a person to look at, refusing nothing.

What would make a statement false, such as a minimum above a maximum, is refused at entry by
`passport.linked_data.schemas`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from passport.domain.chemistry import Chemistry
from passport.domain.content import Content, Requirement, absence_of
from passport.domain.content_values import day_in, nodes_in, number_of
from passport.rules.chemistry_plausibility import check_chemistry
from passport.rules.findings import Finding
from passport.rules.limits import read_limits

_PERCENT = Decimal(100)
_SUBSTANCE_LISTS = ("hazardousSubstances", "criticalRawMaterials", "detailedComposition")


def check_plausibility(  # noqa: PLR0913 - the whole of what is known about one battery
    model: Content,
    *,
    item: Content | None = None,
    condition: Content | None = None,
    chemistry: Chemistry | None = None,
    needs: Mapping[str, Requirement] | None = None,
    placed_on: date | None = None,
    today: date,
) -> Iterator[Finding]:
    """Yield what a person should look at, of a model alone or of one battery of it.

    Args:
        model: Content of the model.
        item: Content of the battery, its declared values included.
        condition: Its newest condition.
        chemistry: What is known of its chemistry; nothing where its code is not known.
        needs: What the law asks of its kind; a declared value that it does not mean is named.
        placed_on: Day of placing on the market.
        today: The day of asking.
    """
    yield from _check_energy(model)
    yield from _check_substances(model)
    yield from _check_power(model)
    yield from _check_lifetime(model)
    yield from _check_markings(model)
    yield from _check_production(model)
    if chemistry is not None:
        yield from check_chemistry(model, chemistry)
    if item is not None:
        yield from _check_item(item, model)
        yield from check_days(model, item, placed_on=placed_on, today=today)
    if condition is not None:
        yield from check_condition(condition, model)
    if needs is not None:
        yield from _check_meant({**model, **(item or {})}, needs)


def _check_energy(model: Content) -> Iterator[Finding]:
    energy = number_of(model, "ratedEnergyKilowattHours")
    capacity = number_of(model, "ratedCapacityAmpereHours")
    voltage = number_of(model, "nominalVoltageVolts")
    certified = number_of(model, "certifiedUsableEnergyKilowattHours")
    if energy is not None and capacity is not None and voltage is not None:
        follows = capacity * voltage / 1000
        yield from _compare(
            "energy-ratio",
            "ratedEnergyKilowattHours",
            energy,
            follows,
            f"{energy} kWh is stated; {capacity} Ah times {voltage} V is {follows:f} kWh",
        )
    if certified is not None and energy is not None:
        yield from _compare(
            "certified-energy-ratio",
            "certifiedUsableEnergyKilowattHours",
            certified,
            energy,
            f"certified usable energy {certified} kWh stands beside a rated energy of {energy} kWh",
        )


def _check_substances(model: Content) -> Iterator[Finding]:
    for name in _SUBSTANCE_LISTS:
        substances = nodes_in(model.get(name))
        shares = [
            share for one in substances if (share := number_of(one, "massPercent")) is not None
        ]
        total = sum(shares, Decimal(0))
        limit = "listed-percent"
        if name == "detailedComposition" and len(shares) == len(substances) > 0:
            limit = "composition-percent"
        if shares:
            yield from _within(
                limit, name, total, f"the shares of {name} add to {total} % of the weight"
            )
    yield from _check_masses(model)


def _check_masses(model: Content) -> Iterator[Finding]:
    whole = number_of(model, "massKilograms")
    grams = [
        mass
        for one in nodes_in(model.get("detailedComposition"))
        if (mass := number_of(one, "massGrams")) is not None
    ]
    if whole is not None and grams and sum(grams) / 1000 > whole:
        yield _finding(
            "mass-of-parts",
            "detailedComposition",
            f"its materials weigh {sum(grams) / 1000} kg, the battery {whole} kg",
            "The parts weigh no more than the whole",
        )


def _check_power(model: Content) -> Iterator[Finding]:
    by_charge = {
        number_of(one, "atStateOfChargePercent"): number_of(one, "powerWatts")
        for one in nodes_in(model.get("originalPower"))
    }
    full, low = by_charge.get(Decimal(80)), by_charge.get(Decimal(20))
    if full is not None and low is not None and low > full:
        yield _finding(
            "power-by-state-of-charge",
            "originalPower",
            f"{low} W at 20 % state of charge is above {full} W at 80 %",
            "Annex IV; a fuller battery gives no less power",
        )
    powers = [power for power in by_charge.values() if power is not None]
    most = max(powers, default=None)
    permitted = number_of(model, "maximumPermittedPowerWatts")
    if most is not None and permitted is not None and most > permitted:
        yield _finding(
            "power-above-limit",
            "originalPower",
            f"the original power of {most} W is above the permitted {permitted} W",
            "Annex XIII point 1(i)",
        )
    yield from _check_power_against_resistance(model, most)
    energy = number_of(model, "ratedEnergyKilowattHours")
    if most is not None and energy:
        ratio = most / (energy * 1000)
        yield from _within(
            "power-energy-ratio",
            "originalPower",
            ratio,
            f"{most} W from {energy} kWh is {ratio:.2f} W for each Wh",
        )


def _check_power_against_resistance(model: Content, power: Decimal | None) -> Iterator[Finding]:
    """A source of voltage V and resistance R never gives more than V squared over 4 R."""
    voltage = number_of(model, "maximumVoltageVolts")
    resistance = number_of(model, "packResistanceOhms")
    if power is None or voltage is None or not resistance:
        return
    possible = voltage * voltage / (4 * resistance)
    if power > possible:
        yield _finding(
            "power-against-resistance",
            "packResistanceOhms",
            f"{resistance} ohms allow no more than {possible:.0f} W at {voltage} V; "
            f"{power} W is stated",
            "Largest power of a source with inner resistance",
        )


def _check_lifetime(model: Content) -> Iterator[Finding]:
    first = number_of(model, "initialRoundTripEfficiencyPercent")
    half = number_of(model, "roundTripEfficiencyAtHalfCycleLifePercent")
    if first is not None and half is not None and half > first:
        yield _finding(
            "efficiency-rises",
            "roundTripEfficiencyAtHalfCycleLifePercent",
            f"{half} % at half of the cycle life is above the initial {first} %",
            "Annex XIII point 1(n)",
        )
    for limit, name, unit in (
        ("round-trip-efficiency", "initialRoundTripEfficiencyPercent", "%"),
        ("expected-cycles", "expectedCycles", "cycles"),
        ("warranty", "warrantyMonths", "months"),
        ("c-rate", "cycleLifeChargeRatePerHour", "C"),
        ("c-rate", "cycleLifeDischargeRatePerHour", "C"),
    ):
        value = number_of(model, name)
        if value is not None:
            yield from _within(limit, name, value, f"{name} is {value} {unit}")
    idle = model.get("idleTemperatureRange")
    if isinstance(idle, Mapping):
        for name in ("minimumCelsius", "maximumCelsius"):
            value = number_of(idle, name)
            if value is not None:
                path = f"idleTemperatureRange/{name}"
                yield from _within("idle-temperature", path, value, f"{name} is {value} degC")


_MARKED = {"Pb": ("leadMarked", "lead"), "Ni-Cd": ("cadmiumMarked", "cadmium")}


def _check_markings(model: Content) -> Iterator[Finding]:
    mark = _MARKED.get(str(model.get("chemistry")))
    if mark is not None and model.get(mark[0]) is not True:
        yield _finding(
            "chemical-symbol",
            mark[0],
            f"the chemistry is {model.get('chemistry')} and no marking with the sign of {mark[1]} "
            "is stated",
            "Regulation (EU) 2023/1542, Article 13(5)",
        )


def _check_production(model: Content) -> Iterator[Finding]:
    whole = number_of(model, "carbonFootprintKilogramsPerKilowattHour")
    stages = [
        mass
        for one in nodes_in(model.get("carbonFootprintStages"))
        if (mass := number_of(one, "stageKilogramsPerKilowattHour")) is not None
    ]
    if whole and stages:
        total = sum(stages, Decimal(0))
        yield from _compare(
            "stage-sum-ratio",
            "carbonFootprintStages",
            total,
            whole,
            f"the stages add to {total} kg CO2e/kWh, the whole is {whole}",
        )


def _check_item(item: Content, model: Content) -> Iterator[Finding]:
    for limit, own, common, unit in (
        ("individual-mass-ratio", "individualMassKilograms", "massKilograms", "kg"),
        (
            "individual-capacity-ratio",
            "individualRatedCapacityAmpereHours",
            "ratedCapacityAmpereHours",
            "Ah",
        ),
    ):
        one, all_ = number_of(item, own), number_of(model, common)
        if one is not None and all_:
            yield from _compare(
                limit, own, one, all_, f"this battery has {one} {unit}, its model {all_} {unit}"
            )
    yield from _check_fades(item, model)


def _check_fades(item: Content, model: Content) -> Iterator[Finding]:
    """The stated fade follows from the stated value and the value of the model."""
    powers = [number_of(one, "powerWatts") for one in nodes_in(model.get("originalPower"))]
    for value, original, fade in (
        (
            number_of(item, "individualPowerWatts"),
            max((power for power in powers if power is not None), default=None),
            "powerFadePercent",
        ),
        (
            number_of(item, "individualRoundTripEfficiencyPercent"),
            number_of(model, "initialRoundTripEfficiencyPercent"),
            "roundTripEfficiencyFadePercent",
        ),
    ):
        stated = number_of(item, fade)
        if value is None or not original or stated is None:
            continue
        follows = (1 - value / original) * _PERCENT
        yield from _within(
            "fade-difference-percent",
            fade,
            stated - follows,
            f"{fade} is {stated} %; {value} against {original} gives {follows:.1f} %",
        )


def check_days(
    model: Content, item: Content, *, placed_on: date | None, today: date
) -> Iterator[Finding]:
    """Yield days that cannot follow each other so."""
    made = _month(item.get("manufacturedOn"))
    if made is not None and made > today:
        yield _finding(
            "made-in-the-future",
            "manufacturedOn",
            f"the battery is said to be made in {item['manufacturedOn']}; today is {today}",
            "Annex VI Part A(4)",
        )
    if made is not None and placed_on is not None and made > placed_on:
        yield _finding(
            "placed-before-made",
            "manufacturedOn",
            f"made in {item['manufacturedOn']}, placed on the market on {placed_on}",
            "Annex VI Part A(4); Article 77(1)",
        )
    for number, declaration in enumerate(nodes_in(model.get("declarationOfConformity"))):
        issued = day_in(declaration.get("documentIssuedOn"))
        if issued is not None and placed_on is not None and issued > placed_on:
            yield _finding(
                "declared-after-placing",
                f"declarationOfConformity/{number}/documentIssuedOn",
                f"the declaration of conformity was issued on {issued}, the battery placed on the "
                f"market on {placed_on}",
                "Regulation (EU) 2023/1542, Article 18",
            )


def check_condition(condition: Content, model: Content) -> Iterator[Finding]:
    """Yield what one condition of a battery cannot well be."""
    for limit, name in (
        ("state-of-health", "reportedStateOfHealthPercent"),
        ("state-of-health", "assessedStateOfHealthPercent"),
        ("state-of-health", "stateOfCertifiedEnergyPercent"),
        ("self-discharge", "selfDischargePercentPerMonth"),
    ):
        value = number_of(condition, name)
        if value is not None:
            yield from _within(limit, name, value, f"{name} is {value}")
    rated = number_of(model, "ratedCapacityAmpereHours")
    remaining = number_of(condition, "remainingCapacityAmpereHours")
    if rated and remaining is not None:
        yield from _compare(
            "remaining-capacity-ratio",
            "remainingCapacityAmpereHours",
            remaining,
            rated,
            f"{remaining} Ah remain of rated {rated} Ah",
        )
    yield from _check_cycles(condition, rated)


_CYCLE = {"charge-and-discharge": 2, "discharge-only": 1}
"""How often the rated capacity passes in one full cycle, by convention of throughput."""


def _check_cycles(condition: Content, rated: Decimal | None) -> Iterator[Finding]:
    cycles = number_of(condition, "fullEquivalentCycles")
    throughput = number_of(condition, "capacityThroughputAmpereHours")
    passes = _CYCLE.get(str(condition.get("throughputConvention")))
    if not rated or not cycles or not throughput or passes is None:
        return
    follows = throughput / (passes * rated)
    yield from _compare(
        "cycles-ratio",
        "fullEquivalentCycles",
        cycles,
        follows,
        f"{cycles} full cycles are stated; {throughput} Ah of throughput make {follows:.1f}",
    )


def _check_meant(content: Content, needs: Mapping[str, Requirement]) -> Iterator[Finding]:
    for name, value in content.items():
        if needs.get(name) is Requirement.NEVER and absence_of(value) is None:
            yield _finding(
                "not-meant-for-this-kind",
                name,
                f"{name} is stated and is not meant for a battery of this kind on these days",
                "Commission guidance on data points by category, version 2.0",
            )


def _compare(
    limit: str, path: str, value: Decimal, against: Decimal, message: str
) -> Iterator[Finding]:
    if against:
        ratio = value / against
        yield from _within(limit, path, ratio, f"{message}, {ratio:.2f} times as much")


def _within(limit: str, path: str, value: Decimal, message: str) -> Iterator[Finding]:
    known = read_limits()[limit]
    if not known.holds(value):
        yield _finding(limit, path, f"{message}; expected is {known.text}", known.source)


def _finding(rule: str, path: str, message: str, source: str) -> Finding:
    return Finding(rule=f"plausibility-{rule}", path=f"/{path}", message=message, source=source)


def _month(value: object) -> date | None:
    return day_in(f"{value}-01") if isinstance(value, str) else None
