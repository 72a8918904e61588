"""Example view values of every page, each with its template and its reader."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus

from builders_decision_pages import a_grants_page, a_second_life_detail
from builders_desk_pages import a_news_page, a_report_page, an_administration_page
from builders_document_pages import (
    a_dismantling_page,
    a_documents_page,
    a_refused_documents_page,
    an_empty_dismantling_page,
    an_own_document,
    some_papers,
)
from builders_editor_pages import editor_pages
from builders_key_pages import key_pages
from builders_law_pages import law_pages
from builders_pages import (
    IRI,
    OPERATOR,
    PATH,
    a_battery_page,
    a_shell,
    a_verdict,
    an_emergency,
    some_groups,
)
from builders_parts_pages import parts_pages
from builders_vocabulary_pages import vocabulary_pages

from passport.domain.actor import Actor, Role
from passport.ui.charts import Axis, Chart, Line, Origin, Reading, line_chart
from passport.ui.forms import FormState
from passport.ui.problem_pages import problem_page
from passport.ui.shell import Shell
from passport.ui.views.battery import Finding, Lineage, MeasurementSource, ModelPage, Tombstone
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Table, Tone
from passport.ui.views.entry import (
    AskAccessPage,
    DemoAccount,
    DemoBattery,
    ForeignLink,
    HomePage,
    LoginPage,
    ScanPage,
)
from passport.ui.views.reference import ReferencePage
from passport.ui.views.restricted import (
    Access,
    AttachTest,
    ConditionLine,
    Health,
    RestrictedPage,
)
from passport.ui.views.verifier import VerifierPage, VerifierPart
from passport.ui.views.work import (
    AuthorityPage,
    Cell,
    Decision,
    DeclaredMove,
    Download,
    Figure,
    FormAction,
    ImportPage,
    OperatorPage,
    RegisterPage,
    SecondLifePage,
    UploadedRow,
    UploadResult,
)

YARD = Actor(organisation="zweitstrom", roles=frozenset({Role.SECOND_LIFE}), name="Jo Vos")
INSPECTOR = Actor(organisation="msa-de", roles=frozenset({Role.AUTHORITY}), name="R. Amsel")

ACTIVE = Badge(text="Active", tone=Tone.AUTHENTIC)
WASTE = Badge(text="Waste", tone=Tone.WARNING)
HELD = Badge(text="Held", tone=Tone.HELD)
ENDED = Badge(text="Passport ceased", tone=Tone.NEUTRAL)

ACCOUNTS = (
    DemoAccount(
        name="Ada Berg",
        organisation="Stromwerk GmbH, makes batteries",
        does="Registers packs, approves access, is told about second lives.",
        login="ada@stromwerk.example",
        password="demonstration",
    ),
    DemoAccount(
        name="Jo Vos",
        organisation="Zweitstrom BV, builds storage from retired packs",
        does="Sees the state of health of the packs in the yard, declares second lives.",
        login="jo@zweitstrom.example",
        password="demonstration",
    ),
    DemoAccount(
        name="R. Amsel",
        organisation="Market surveillance",
        does="Sees points 1 to 3 of Annex XIII and waste nobody answers for.",
        login="amsel@authority.example",
        password="demonstration",
    ),
)


def a_chart() -> Chart:
    start = datetime(2034, 1, 8, 12, tzinfo=UTC)
    assessed = tuple(
        Reading(
            at=start + timedelta(days=30 * n),
            value=Decimal(text),
            low=Decimal(text) - Decimal("1.4"),
            high=Decimal(text) + Decimal("1.2"),
        )
        for n, text in enumerate(("91.9", "90.8", "89.9", "88.7", "86.1", "85.2", "84.0", "82.4"))
        if n != 4
    )
    reported = tuple(
        Reading(at=start + timedelta(days=30 * n), value=Decimal(text))
        for n, text in enumerate(("95", "94", "94", "93", "92", "91", "90", "90"))
    )
    return line_chart(
        "State of health",
        Axis(quantity="State of health", unit="%"),
        (
            Line(name="Assessed here", origin=Origin.ASSESSED, readings=assessed),
            Line(name="Reported by the BMS", origin=Origin.REPORTED, readings=reported),
        ),
        caption="The band is the 95 % interval; at a gap nothing was measured.",
        gap=timedelta(days=45),
    )


def a_restricted_page(**changed: object) -> RestrictedPage:
    values: dict[str, object] = {
        "name": "Stromwerk EV-72",
        "kind": "Electric vehicle battery",
        "serial": "EV72-2A/0017",
        "public": Link(text="Public page of this battery", href=PATH),
        "state": Badge(text="Passport active", tone=Tone.AUTHENTIC),
        "status": Badge(text="Original", tone=Tone.NEUTRAL),
        "access": Access(
            reason="Stromwerk GmbH gave you access.",
            until="It ends on 31 December 2034.",
            purpose="repurposing",
        ),
        "health": Health(
            value="82.4 %",
            interval="81.0 % to 83.6 %",
            age="3 days old",
            measured="6 August 2034, 12:00 UTC",
            method="Full charge, 14.3 h at 24 °C; five charges agree",
            badge=Badge(text="Fresh", tone=Tone.AUTHENTIC),
            reported="90 %",
            difference="7.6 points more than measured. Trust the measurement.",
        ),
        "chart": a_chart(),
        "verdict": a_verdict(),
        "conditions": tuple(
            ConditionLine(
                measured=f"6 {month} 2034, 12:00 UTC",
                health=health,
                signer="Signed by Stromwerk GmbH",
                badge=Badge(text="Signature holds", tone=Tone.AUTHENTIC),
                verify=Link(text=f"Check the statement of 6 {month}", href="/statements/0197"),
            )
            for month, health in (("August", "82.4 %"), ("July", "84.0 %"), ("June", "85.2 %"))
        ),
        "events": (
            LineItem(
                title="Deep discharge",
                detail="Cell 41 at 2.31 V for 18 minutes; reported by the BMS",
                badge=Badge(text="Harmful", tone=Tone.WARNING),
                aside="2 May 2034",
            ),
            LineItem(title="Coolant pump replaced", detail="Werkstatt Nord", aside="11 June 2031"),
        ),
        "attach": AttachTest(
            action="/tests",
            methods=(("full-discharge", "Full discharge"), ("full-charge", "Full charge")),
        ),
        "groups": some_groups()[1:2],
        "measurements": (
            MeasurementSource(
                data_set="Battery Data Set, NASA Prognostics Center of Excellence, 2007",
                measured_on="Cell B0029: one 18650 cell of 2 Ah at 43 °C, not a pack",
                scaling="Charge x 103 to 206 Ah; health in percent is the cell's own",
                licence="Public domain",
            ),
        ),
    }
    return RestrictedPage(**(values | changed))  # type: ignore[arg-type]


def an_operator_page() -> OperatorPage:
    return OperatorPage(
        organisation="Stromwerk GmbH",
        figures=(
            Figure(value="1 204", name="Batteries", href="/operator#batteries"),
            Figure(value="2", name="Waiting for you", href="/operator#waiting"),
            Figure(value="17", name="Condition older than 90 days"),
            Figure(value="3", name="Second lives"),
        ),
        decisions=(
            Decision(
                title="Zweitstrom BV announces a second life",
                text="It takes effect on placing on the market. You can dispute it.",
                badge=Badge(text="Until 4 December", tone=Tone.HELD),
                facts=(
                    Fact(name="Batteries", values=("EV72-2A/0017", "EV72-2A/0021")),
                    Fact(name="Operation", values=("Repurposing to stationary storage",)),
                    Fact(name="Evidence", link=Link(text="Invoice 2034-118 (PDF)", href="/d/1")),
                ),
                actions=(FormAction(text="Dispute it", action="/disputes"),),
            ),
            Decision(
                title="Werkstatt Nord asks for access",
                badge=Badge(text="New", tone=Tone.INFORMATION),
                facts=(
                    Fact(name="Battery", values=("EV72-2A/0044",)),
                    Fact(name="Purpose", values=("Repair",)),
                ),
                actions=(
                    FormAction(text="Give access", action="/grants", name="decision", value="yes"),
                    FormAction(text="Refuse", action="/grants", name="decision", value="no"),
                ),
            ),
        ),
        batteries=(
            LineItem(title="EV72-2A/0017", href=PATH, detail="EV-72 Gen 2", badge=ACTIVE),
            LineItem(title="EV72-2A/0009", href=PATH, detail="EV-72 Gen 2", badge=WASTE),
        ),
        actions=(
            Link(text="Register batteries", href="/operator/register"),
            Link(text="Print labels", href="/operator/labels"),
        ),
        more=Link(text="Next 50", href="/operator?after=9"),
    )


def an_authority_page() -> AuthorityPage:
    return AuthorityPage(
        organisation="Market surveillance authority",
        figures=(
            Figure(value="4", name="Models"),
            Figure(value="1", name="Waste without a responsible party"),
        ),
        orphans=(
            LineItem(
                title="Pack EV72-2A/0031 in Portugal",
                href=PATH,
                detail="No producer registered for electric vehicle batteries",
                badge=Badge(text="Task open since 9 days", tone=Tone.WARNING),
            ),
        ),
    )


def a_register_page() -> RegisterPage:
    return RegisterPage(
        action="/operator/register",
        models=(("01/09506000134352", "EV-72 Gen 2"),),
        columns=(
            Fact(name="serial", values=("Serial number",), note="1 to 20 characters"),
            Fact(name="manufactured_in", values=("Month of manufacture",), note="2027-03"),
            Fact(name="mass_kg", values=("Mass [kg]",)),
        ),
        example=Link(text="Example file", href="/static/example.csv"),
        form=FormState(problem="2 of 40 rows were refused"),
        result=UploadResult(
            file="packs-march.csv",
            summary="38 registered, 2 refused.",
            badge=Badge(text="In part", tone=Tone.WARNING),
            head=("serial", "manufactured_in", "mass_kg"),
            refused=(
                UploadedRow(
                    number="7",
                    cells=(
                        Cell(text="EV72-2A/0107"),
                        Cell(text="2027-13", problem="there is no month 13"),
                        Cell(text="432"),
                    ),
                ),
                UploadedRow(
                    number="19",
                    problem="the same serial number stands in row 4",
                    cells=(
                        Cell(text="EV72-2A/0104"),
                        Cell(text="2027-03"),
                        Cell(text="", problem="the mass is missing"),
                    ),
                ),
            ),
            accepted=(
                LineItem(title="EV72-2A/0101", href=PATH, badge=ACTIVE, aside="Label: SVG, PDF"),
            ),
        ),
    )


def an_import_page() -> ImportPage:
    return ImportPage(
        file="packs-march.xlsx",
        badge=Badge(text="Goes on", tone=Tone.INFORMATION),
        summary="4,100 on record, 1 refused",
        done=4_101,
        total=10_000,
        is_running=True,
        facts=(Fact(name="Newly registered", values=("4,100",)),),
        refused=Table(
            caption="Refused rows",
            head=("Row below the head", "Column", "What to put right"),
            rows=(("17", "serial", "cell B18: holds the number 42; format the column as Text"),),
        ),
        download=Download(text="Download the file with the results", href="/x.xlsx", name="x.xlsx"),
        notice=Notice(title="The file could not be read to its end", text="line 4: no end"),
    )


def a_second_life_page() -> SecondLifePage:
    return SecondLifePage(
        action="/operator/second-life",
        operations=(
            ("repurposed", "Repurposed: another use than before, never waste"),
            ("prepared-for-re-use", "Prepared for re-use: was waste, same use again"),
            ("remanufactured", "Remanufactured: restored to at least 90 % of its capacity"),
        ),
        models=(("01/09506000134369", "Zweitstrom Home 60"),),
        declared=(
            DeclaredMove(
                title="ZS-60-0004 from two packs",
                badge=Badge(text="Undisputed", tone=Tone.AUTHENTIC),
                facts=(Fact(name="Made from", values=("EV72-2A/0017", "EV72-2A/0021")),),
                place=FormAction(text="Place on the market", action="/second-lives/4/place"),
            ),
        ),
        form=FormState(errors={"serial": "Give the new battery a serial number"}),
    )


def a_home_page() -> HomePage:
    return HomePage(
        batteries=(
            DemoBattery(
                title="A pack in use",
                sentence="Six years in a car, measured at every full charge.",
                href=PATH,
                badge=Badge(text="In use", tone=Tone.AUTHENTIC),
                next_step="Sign in as Jo Vos to see its state of health.",
            ),
            DemoBattery(
                title="A home storage made of two retired packs",
                sentence="One came with a passport, the other with a name plate and a photo.",
                href="/01/09506000134369/21/ZS-60-0004",
                badge=Badge(text="Second life", tone=Tone.INFORMATION),
            ),
            DemoBattery(
                title="A pack that became waste",
                sentence="Same passport, but now its producer's organisation answers for it.",
                href="/01/09506000134352/21/EV72-2A%2F0009",
                badge=WASTE,
            ),
            DemoBattery(
                title="A pack that was recycled",
                sentence="The passport has ended; what it became stays on record.",
                href="/01/09506000134352/21/EV72-2A%2F0001",
                badge=ENDED,
            ),
            DemoBattery(
                title="A battery nobody knows",
                sentence="No label, no passport: held as lithium until it is known.",
                href="/recycler/intakes/5",
                badge=HELD,
            ),
        ),
        accounts=ACCOUNTS,
        figures=(
            Fact(name="signed statements on the log", values=("1 248",)),
            Fact(name="batteries", values=("5",)),
        ),
    )


def a_scan_page(**changed: object) -> ScanPage:
    values: dict[str, object] = {
        "found": (LineItem(title="EV72-2A/0017", href=PATH, detail="EV-72 Gen 2", badge=ACTIVE),),
        "foreign": (
            ForeignLink(
                address="https://p\u0430ssport.example.com/01/09506000134352/21/A",
                host="p\u0430ssport.example.com",
                host_ascii="xn--pssport-4fg.example.com",
                warnings=("It resembles the address of this service, but is another one.",),
                own_record=Link(text="Our record under this identifier", href=PATH),
            ),
        ),
        "form": FormState(
            values={"gtin": ("09506000134353",)},
            errors={"gtin": "The check digit is 3, but 2 belongs there"},
        ),
    }
    return ScanPage(**(values | changed))  # type: ignore[arg-type]


def a_tombstone() -> Tombstone:
    return Tombstone(
        name="Stromwerk EV-72",
        identifier=IRI,
        how_it_ended="This battery was recycled on 3 March 2041 by Rückgewinn AG.",
        verdict=a_verdict(),
        evidence=(
            Fact(name="Recycled", values=("Batch RL-1, 3 March 2041",), point="Article 77(8)"),
            Fact(name="Recovered", values=("Cobalt 5.2 kg", "Nickel 15.1 kg", "Lithium 3.0 kg")),
        ),
        lineage=Lineage(successors=(LineItem(title="ZS-60-0004", href=PATH, badge=ACTIVE),)),
    )


def a_verifier_page():
    return VerifierPage(
        log_key="maker.example/log+0a1b2c3d+AQIDBAUGBwgJ",
        host="maker.example",
        parts=(VerifierPart(name="worker.js", sha256="ab" * 32),),
        packages=("@digitalbazaar/vc 7.3.0", "jsonld 9.0.0"),
    )


def every_page() -> dict[str, tuple[str, object, Shell]]:
    """Name -> template, view value and frame; the tests look at each of them."""
    public, operator = a_shell(), a_shell(OPERATOR, "/operator")
    yard = a_shell(YARD, "/scan")
    bad = a_verdict(Finding.NOT_AUTHENTIC, reason="The content was changed after it was signed.")
    return {
        **editor_pages(),
        **key_pages(),
        **law_pages(operator, public),
        **parts_pages(operator),
        **vocabulary_pages(public),
        "home": ("home.html", a_home_page(), a_shell(path="/")),
        "battery": ("battery_public.html", a_battery_page(), public),
        "battery-papers": ("battery_public.html", a_battery_page(documents=some_papers()), public),
        "battery-false": ("battery_public.html", a_battery_page(verdict=bad, notices=()), public),
        "battery-withdrawn": (
            "battery_public.html",
            a_battery_page(verdict=a_verdict(Finding.WITHDRAWN, reason="Registered twice.")),
            public,
        ),
        "battery-unchecked": (
            "battery_public.html",
            a_battery_page(verdict=a_verdict(Finding.UNCHECKED)),
            public,
        ),
        "condition": ("battery_restricted.html", a_restricted_page(), yard),
        "condition-none": (
            "battery_restricted.html",
            a_restricted_page(health=None, chart=None, conditions=(), events=(), measurements=()),
            yard,
        ),
        "condition-bench": (
            "battery_restricted.html",
            a_restricted_page(
                documents=some_papers(), dismantling=Link(text="Take it apart", href="/dismantling")
            ),
            yard,
        ),
        "documents": ("documents.html", a_documents_page(), operator),
        "documents-added": ("documents.html", a_documents_page(added=an_own_document()), operator),
        "documents-refused": ("documents.html", a_refused_documents_page(), operator),
        "dismantling": ("dismantling.html", a_dismantling_page(), yard),
        "dismantling-none": ("dismantling.html", an_empty_dismantling_page(), yard),
        "model": (
            "model.html",
            ModelPage(
                name="EV-72 Gen 2",
                kind="electric vehicle battery",
                identifier="http://localhost:8000/01/09506000134352",
                verdict=a_verdict(),
                emergency=an_emergency(),
                groups=some_groups(),
            ),
            public,
        ),
        "tombstone": ("tombstone.html", a_tombstone(), public),
        "verify": ("verify.html", a_verifier_page(), public),
        "scan": ("scan.html", a_scan_page(), yard),
        "scan-fresh": ("scan.html", ScanPage(), yard),
        "login": ("login.html", LoginPage(accounts=ACCOUNTS), a_shell(path="/login")),
        "login-refused": (
            "login.html",
            LoginPage(form=FormState(problem="Login name or password is wrong")),
            a_shell(path="/login"),
        ),
        "problem": (
            "problem.html",
            problem_page(
                HTTPStatus.NOT_FOUND,
                "passport-not-found",
                "no passport is registered for battery 01/09506000134352/21/X",
            ),
            public,
        ),
        "ask": (
            "ask_access.html",
            AskAccessPage(
                action="/access/requests",
                battery=Link(text="Stromwerk EV-72, serial EV72-2A/0017", href=PATH),
                operator="Stromwerk GmbH",
                asking="Werkstatt Nord",
                purposes=(
                    ("repair", "Repair"),
                    ("repurposing", "Second life: re-use, repurposing, remanufacturing"),
                    ("recycling", "Recycling"),
                    ("owner", "It is mine, and I want to offer it to an aggregator"),
                ),
                form=FormState(errors={"purpose": "Choose what you need it for"}),
            ),
            public,
        ),
        "grants": ("grants.html", a_grants_page(), operator),
        "second-life-detail": ("second_life_detail.html", a_second_life_detail(), operator),
        "reference": (
            "reference.html",
            ReferencePage(
                title="Vocabulary",
                lead="Words of the Regulation and their terms.",
                links=(Link(text="Context 0.1.0", href="/schemas/contexts/battery"),),
                tables=(
                    Table(
                        caption="Terms",
                        head=("Term", "Unit", "Point"),
                        rows=(("ratedCapacityAmpereHours", "Ah", "1(g)"),),
                    ),
                ),
            ),
            public,
        ),
        "operator": ("operator.html", an_operator_page(), operator),
        "operator-empty": (
            "operator.html",
            OperatorPage(
                organisation="Neustrom SA",
                figures=(),
                notices=(Notice(title="Your key is ready", text="Statements can be signed."),),
            ),
            operator,
        ),
        "news": ("news.html", a_news_page(), yard),
        "administration": ("administration.html", an_administration_page(), operator),
        "report": ("report.html", a_report_page(), operator),
        "authority": ("authority.html", an_authority_page(), a_shell(INSPECTOR, "/authority")),
        "import": ("import.html", an_import_page(), a_shell(OPERATOR, "/operator/imports/1")),
        "register": ("register.html", a_register_page(), a_shell(OPERATOR, "/operator/register")),
        "second-life": (
            "second_life.html",
            a_second_life_page(),
            a_shell(YARD, "/operator/second-life"),
        ),
    }
