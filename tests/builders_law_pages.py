"""Example pages about the law and of the check before placing."""

from datetime import date

from passport.ui.shell import Shell
from passport.ui.timeline import Mark, timeline
from passport.ui.views.check import (
    CheckPage,
    IncompletePage,
    MatterGroup,
    MatterItem,
    MatterSection,
    ModelLine,
    PresetDay,
)
from passport.ui.views.common import Badge, Link, Notice, Table, Tone
from passport.ui.views.law import Choice, ClausesPage, DataPointsPage, LawPage, ObligationRow

MARKS = Table(caption="Marks", head=("Mark", "What it means"), rows=(("read", "Read"),))
UNDETERMINED = Table(
    caption="Duties whose day is undetermined",
    head=("Duty", "Waits for", "Legal point"),
    rows=(("The label", "Implementing act on labels, then 18 months", "Article 13(1)"),),
)
MISSING = MatterItem(
    label="Minimal voltage",
    reason="Not given.",
    point="Annex XIII 1(h), data point 26 (read)",
    to_do="Give it",
    detail="minimumVoltageVolts",
    source="Regulation (EU) 2023/1542, Annex XIII point 1(h)",
    link=Link(text="Minimal voltage", href="/operator/models"),
)
VOLTAGES = MatterGroup(title="Energy, voltage and power", items=(MISSING,))


def law_pages(operator: Shell, public: Shell) -> dict[str, tuple[str, object, Shell]]:
    """Name -> template, view value and frame."""
    return {
        "check": ("check.html", a_check_page(), operator),
        "incomplete": ("incomplete.html", an_incomplete_page(), operator),
        "incomplete-none": (
            "incomplete.html",
            IncompletePage(
                organisation="Stromwerk GmbH",
                first="2027-02-18",
                last="2029-12-31",
                summary="0 of 0 models become incomplete.",
                models=(),
                timeline=None,
                undetermined=None,
                problem="soon is no day: write it as 2027-02-18",
            ),
            operator,
        ),
        "law": ("law.html", a_law_page(), public),
        "law-data-points": ("law_data_points.html", a_data_points_page(), public),
        "law-clauses": ("law_clauses.html", a_clauses_page(), public),
    }


def a_check_page() -> CheckPage:
    return CheckPage(
        title="EV-72 Gen 2: may it be placed on the market?",
        kind="Check of a model before placing",
        subject=Link(text="01/09506000134352", href="/01/09506000134352"),
        answer=Notice(
            title="Batteries of this model may not be placed on the market on 18 February 2027",
            text="1 thing is missing or wrong.",
            tone=Tone.DANGER,
        ),
        on="2027-02-18",
        action="/check/model/01/09506000134352",
        days=(
            PresetDay(text="Today", href="?on=2026-11-21"),
            PresetDay(text="18 February 2027", href="?on=2027-02-18", is_chosen=True),
        ),
        sections=(
            MatterSection(
                title="Missing or wrong", intro="These stand against.", groups=(VOLTAGES,)
            ),
            MatterSection(title="To be answered", intro="", groups=(), empty="Nothing is open."),
            MatterSection(title="Not yet required", intro="", groups=(VOLTAGES,), is_long=True),
        ),
        links=(Link(text="Calendar of duties", href="/law"),),
    )


def an_incomplete_page() -> IncompletePage:
    return IncompletePage(
        organisation="Stromwerk GmbH",
        first="2027-02-18",
        last="2032-12-31",
        summary="1 of 1 models become incomplete.",
        models=(
            ModelLine(
                name="EV-72 Gen 2",
                href="/check/model/01/09506000134352",
                words="Its batteries may not be placed on the market from 18 August 2031 on.",
                badge=Badge(text="Incomplete from 2031-08-18", tone=Tone.WARNING),
                changes=(MatterGroup(title="From 18 August 2031", items=(MISSING,)),),
            ),
        ),
        timeline=a_timeline(),
        undetermined=UNDETERMINED,
    )


def a_law_page() -> LawPage:
    return LawPage(
        today="21 November 2026",
        timeline=a_timeline(),
        undetermined=UNDETERMINED,
        acts=Table(
            caption="Acts that duties wait for",
            head=("Act", "In force"),
            rows=(("Labels", "not adopted"),),
        ),
        certainty=MARKS,
        links=(Link(text="Data points by kind and day", href="/law/data-points"),),
    )


def a_timeline():
    marks = (
        Mark(on=date(2027, 2, 18), cells=("A battery passport", "Article 77(1)")),
        Mark(on=date(2027, 3, 18), cells=("Something soon after", "Article 1")),
        Mark(on=date(2036, 8, 18), cells=("Recycled content", "Article 8(3)")),
    )
    return timeline(
        "Calendar",
        marks,
        head=("Duty", "Legal point"),
        today=date(2026, 11, 21),
        caption="What begins when.",
    )


def a_data_points_page() -> DataPointsPage:
    return DataPointsPage(
        on="2027-02-18",
        kinds=(Choice(value="ev", text="Electric vehicle", is_chosen=True),),
        lives=(Choice(value="first", text="First life", is_chosen=True),),
        summary="Electric vehicle: 49 must, 8 if they apply.",
        table=Table(
            caption="Data points",
            head=("No.", "Data point", "Electric vehicle", "Legal point"),
            rows=(("26", "Minimal voltage", "must", "Annex XIII point 1(h)"),),
        ),
        letters=MARKS,
        days=(Link(text="18 February 2027", href="?on=2027-02-18"),),
    )


def a_clauses_page() -> ClausesPage:
    return ClausesPage(
        summary="1 obligation: 0 done, 1 in part, 0 not done.",
        rows=(
            ObligationRow(
                number="1",
                obligation="Give each battery a passport",
                legal_point="Article 77(1)",
                actor="Operator that places it",
                when="from 2027-02-18",
                places=(Link(text="passport/services/issue.py", href=""), Link(text="/", href="/")),
                tests=("service/test_journey.py::test_one_pack_lives_its_whole_life",),
                state=Badge(text="In part", tone=Tone.HELD),
                reason="An example",
                certainty="read",
            ),
        ),
        certainty=MARKS,
    )
