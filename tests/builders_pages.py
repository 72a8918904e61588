"""Example view values: one battery of the demonstration, as its pages would show it."""

from passport.domain.actor import PUBLIC, Actor, Role
from passport.ui.shell import Shell, ShellMaker
from passport.ui.views.battery import (
    BatteryPage,
    Comparison,
    Emergency,
    Finding,
    Lineage,
    MeasurementSource,
    Verdict,
    verdict_on,
)
from passport.ui.views.common import (
    Badge,
    Fact,
    FactGroup,
    LineItem,
    Link,
    Notice,
    Table,
    Tone,
    absent_fact,
)

IRI = "http://localhost:8000/01/09506000134352/21/EV72-2A%2F0017"
PATH = "/01/09506000134352/21/EV72-2A%2F0017"
OPERATOR = Actor(organisation="stromwerk", roles=frozenset({Role.OPERATOR}), name="Ada Berg")


def a_shell(actor: Actor = PUBLIC, path: str = PATH) -> Shell:
    return ShellMaker(demonstration=True).shell(actor, path, csrf_token="example")


def a_verdict(finding: Finding = Finding.AUTHENTIC, reason: str = "") -> Verdict:
    return verdict_on(
        finding,
        signer="Stromwerk GmbH",
        checked="Checked 21 November 2026, 18:20 UTC. Entry 1 204 of the public log.",
        reason=reason,
        how=Link(text="How this was checked", href="#evidence"),
    )


def an_emergency() -> Emergency:
    return Emergency(
        extinguishing_agent="Water, much of it, from a distance. Class D powder does not stop it.",
        hazardous_substances=(
            "Lithium hexafluorophosphate in the electrolyte: gives off hydrogen fluoride in fire",
            "Nickel compounds in the cathode",
        ),
        safety=(
            "Do not open. Up to 403 V direct current, even when it seems empty.",
            "Smoke or hissing: leave, keep 15 m away, call the fire service.",
            "A damaged pack stands outdoors, 5 m from anything that burns, for 48 hours.",
        ),
        document=Link(text="Safety instructions (PDF, 240 kB)", href="/documents/safety"),
    )


def some_groups() -> tuple[FactGroup, ...]:
    return (
        FactGroup(
            title="What it is",
            facts=(
                Fact(name="Category", values=("Electric vehicle battery",), point="Annex VI A(2)"),
                Fact(name="Model", values=("EV-72 Gen 2",), point="Article 38(6)"),
                Fact(
                    name="Manufacturer",
                    values=("Stromwerk GmbH", "Am Umspannwerk 4, 38112 Braunschweig, Germany"),
                    point="Annex XIII 1(a); Annex VI A(1)",
                ),
                Fact(
                    name="Manufactured", values=("March 2027, Braunschweig",), point="VI A(3), (4)"
                ),
                Fact(name="Mass", values=("432 kg",), point="Annex VI A(5)"),
            ),
        ),
        FactGroup(
            title="What is in it",
            facts=(
                Fact(
                    name="Chemistry",
                    values=("Lithium nickel manganese cobalt oxide (NMC 622)",),
                    point="Annex XIII 1(b)",
                ),
                Fact(name="Renewable content", values=("2.0 %",), point="Annex XIII 1(f)"),
                absent_fact(
                    "Cobalt recovered from waste",
                    "notYetRequired",
                    point="Annex XIII 1(e); Article 8(1)",
                    detail="The method has not been adopted.",
                ),
            ),
            tables=(
                Table(
                    caption="Critical raw materials above 0.1 % of the mass",
                    head=("Material", "Share [% of mass]", "Where"),
                    rows=(
                        ("Cobalt", "2.1", "Cathode"),
                        ("Lithium", "1.4", "Cathode, electrolyte"),
                        ("Natural graphite", "11.8", "Anode"),
                    ),
                    numeric=frozenset({1}),
                ),
            ),
        ),
        FactGroup(
            title="What it can do",
            facts=(
                Fact(name="Rated capacity", values=("206 Ah",), point="Annex XIII 1(g)"),
                Fact(
                    name="Voltage",
                    values=("Lowest 269 V", "Nominal 350 V", "Highest 403 V"),
                    note="Between -20 °C and 55 °C",
                    point="Annex XIII 1(h)",
                ),
                Fact(
                    name="Expected lifetime",
                    values=("1 500 cycles",),
                    note="Reference test: IEC 62660-1:2018, to 80 % of rated capacity",
                    point="Annex XIII 1(j)",
                ),
                absent_fact("Exhaustion threshold", "notProvided", point="Annex XIII 1(k)"),
            ),
        ),
        FactGroup(
            title="Papers and disposal",
            facts=(
                Fact(
                    name="EU declaration of conformity",
                    link=Link(text="Declaration SW-2027-11 (PDF)", href="/documents/doc"),
                    point="Annex XIII 1(r)",
                ),
                Fact(
                    name="Separate collection",
                    values=(
                        "Never with household waste. Every seller of such a battery takes it back.",
                    ),
                    point="Annex XIII 1(q); Article 13(4)",
                ),
                absent_fact("Carbon footprint", "notYetRequired", point="Annex XIII 1(c)"),
            ),
        ),
    )


def a_battery_page(**changed: object) -> BatteryPage:
    values: dict[str, object] = {
        "name": "Stromwerk EV-72",
        "kind": "Electric vehicle battery",
        "identifier": IRI,
        "serial": "EV72-2A/0017",
        "state": Badge(text="Passport active", tone=Tone.AUTHENTIC),
        "verdict": a_verdict(),
        "comparison": Comparison(
            serial="EV72-2A/0017",
            mass="432 kg",
            chemistry="NMC 622",
            others=(
                Fact(name="Model", values=("EV-72 Gen 2",)),
                Fact(name="Made", values=("March 2027, Braunschweig",)),
            ),
        ),
        "emergency": an_emergency(),
        "groups": some_groups(),
        "notices": (
            Notice(
                title="Second life announced",
                text="Another operator has declared to place this battery on the market again.",
                tone=Tone.HELD,
            ),
        ),
        "lineage": Lineage(
            successors=(
                LineItem(
                    title="Zweitstrom Home 60, serial ZS-60-0004",
                    href="/01/09506000134369/21/ZS-60-0004",
                    detail="Stationary storage, placed on the market on 14 October 2034",
                    badge=Badge(text="Active", tone=Tone.AUTHENTIC),
                ),
            )
        ),
        "measurements": (
            MeasurementSource(
                data_set="Battery Data Set, NASA Prognostics Center of Excellence, 2007",
                measured_on="Cell B0029: one 18650 cell of 2 Ah at 43 °C, not a pack",
                scaling="Charge x 103 to 206 Ah, voltage x 96; health in percent is the cell's own",
                licence="Public domain",
            ),
        ),
        "statements": (
            LineItem(
                title="Item, public part",
                href="/statements/0193",
                detail="Stromwerk GmbH, 12 March 2027",
                badge=Badge(text="Signature holds", tone=Tone.AUTHENTIC),
                aside="Log entry 1 204",
            ),
        ),
        "downloads": (
            Link(text="Signed record", href=f"{PATH}?as=vp", note="JSON-LD, 61 kB"),
            Link(text="Record with everything to check it offline", href=f"{PATH}?as=bundle"),
        ),
        "ask_access": Link(text="Ask for access", href="/access/ask"),
    }
    return BatteryPage(**(values | changed))  # type: ignore[arg-type]
