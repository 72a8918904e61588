"""Do the voltages and metals of a model fit its chemistry? Findings, refusing nothing."""

from collections.abc import Iterator
from decimal import Decimal

from passport.domain.chemistry import Chemistry
from passport.domain.content import Content
from passport.domain.content_values import number_of
from passport.rules.findings import Finding
from passport.rules.limits import read_limits

_METALS = {
    "recycledCobaltPercent": "Co",
    "recycledLithiumPercent": "Li",
    "recycledNickelPercent": "Ni",
    "recycledLeadPercent": "Pb",
}


def check_chemistry(model: Content, chemistry: Chemistry) -> Iterator[Finding]:
    """Yield where a model's content and what is known of its chemistry do not fit.

    What the table of chemistries leaves empty is not judged.
    """
    yield from _check_cell_voltages(model, chemistry)
    yield from _check_metals(model, chemistry)


def _check_cell_voltages(model: Content, chemistry: Chemistry) -> Iterator[Finding]:
    cells = _cells_in_series(model, chemistry)
    if cells is None:
        return
    limit = read_limits()["cell-voltage-ratio"]
    for name, typical in (
        ("minimumVoltageVolts", chemistry.voltages.minimum),
        ("nominalVoltageVolts", chemistry.voltages.nominal),
        ("maximumVoltageVolts", chemistry.voltages.maximum),
    ):
        stated = number_of(model, name)
        if stated is None or not typical:
            continue
        of_one_cell = stated / cells
        # A battery may be used within narrower limits than its cells allow, never in wider ones.
        too_low = name != "maximumVoltageVolts" and of_one_cell < limit.low * typical
        too_high = name != "minimumVoltageVolts" and of_one_cell > limit.high * typical
        if too_low or too_high:
            yield Finding(
                rule="plausibility-cell-voltage",
                path=f"/{name}",
                message=f"{stated} V over {cells} cells in series is {of_one_cell:.2f} V each; a "
                f"cell of {chemistry.label} has {typical} V",
                source=chemistry.source,
            )


def _cells_in_series(model: Content, chemistry: Chemistry) -> int | None:
    """Return the stated cells in series, or the whole number that fits the nominal voltage best."""
    stated = number_of(model, "cellsInSeries")
    if stated:
        return int(stated)
    nominal = number_of(model, "nominalVoltageVolts")
    if nominal is None or not chemistry.voltages.nominal:
        return None
    return max(1, round(nominal / Decimal(chemistry.voltages.nominal)))


def _check_metals(model: Content, chemistry: Chemistry) -> Iterator[Finding]:
    if not chemistry.contains:
        return
    for name, metal in _METALS.items():
        share = number_of(model, name)
        if share and metal not in chemistry.contains:
            yield Finding(
                rule="plausibility-recycled-metal",
                path=f"/{name}",
                message=f"{share} % of recycled {metal} is stated; {chemistry.label} holds none",
                source="Regulation (EU) 2023/1542, Article 8(1)",
            )
