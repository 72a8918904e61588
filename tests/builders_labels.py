"""Example labels."""

from passport.exchange.label_drawing import LabelContent

LABEL_IRI = "http://localhost:8000/01/09506000134352/21/EV72-2A%2F0017"


def a_label(**changed: object) -> LabelContent:
    values: dict[str, object] = {
        "battery_iri": LABEL_IRI,
        "manufacturer": "Stromwerk GmbH",
        "address": "Am Umspannwerk 4, 38112 Braunschweig, Germany",
        "model": "EV-72 Gen 2",
        "category": "Electric vehicle battery",
        "gtin": "09506000134352",
        "serial": "EV72-2A/0017",
        "made": "Braunschweig, Germany, March 2027",
        "mass": "432 kg",
        "capacity": "206 Ah (72 kWh)",
        "chemistry": "Li-ion NMC 622",
        "hazardous_substances": "lithium hexafluorophosphate, nickel compounds",
        "extinguishing_agent": "water",
        "critical_raw_materials": "cobalt, lithium, natural graphite, nickel",
    }
    return LabelContent(**(values | changed))  # type: ignore[arg-type]
