"""Example view values of news, administration and the report of an event."""

from builders_pages import PATH

from passport.ui.forms import FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Tone
from passport.ui.views.desk import AdministrationPage, NewsPage, Orphan, ReportPage
from passport.ui.views.work import Decision, FormAction


def some_news() -> tuple[Decision, ...]:
    return (
        Decision(
            title="You were given access",
            badge=Badge(text="For your information", tone=Tone.INFORMATION),
            facts=(Fact(name="Battery", link=Link(text="Serial EV72-2A/0017", href=PATH)),),
            actions=(FormAction(text="Noted", action="/operator/notices/4/close"),),
        ),
    )


def a_news_page() -> NewsPage:
    return NewsPage(organisation="Werkstatt Nord", news=some_news())


def an_administration_page() -> AdministrationPage:
    return AdministrationPage(
        organisation="House",
        orphans=(
            Orphan(
                item=LineItem(title="Serial EV72-2A/0031", href=PATH),
                look_again=FormAction(text="Look again", action="/administration/orphans/4"),
            ),
        ),
        action="/administration/registrations",
        categories=(("EV", "Electric vehicle battery"),),
        roles=(("producer", "The producer itself"),),
        organisations=(("stromwerk", "Stromwerk GmbH"),),
        news=some_news(),
        said="The line is entered.",
        form=FormState(errors={"party": "Choose who answers"}),
    )


def a_report_page() -> ReportPage:
    return ReportPage(
        battery=Link(text="Serial EV72-2A/0017", href=PATH),
        action="/report/4",
        kinds=(("repair", "Repair"), ("waste", "Became waste")),
        form=FormState(errors={"kind": "Choose what happened"}),
    )
