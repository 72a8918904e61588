"""The first page: what a visitor can click."""

from collections.abc import Iterator

from fastapi import APIRouter, Response

from passport.bootstrap import Passport
from passport.bootstrap.demonstration import (
    COMPANIES,
    EV_IN_USE,
    EV_IN_WASTE,
    EV_RECYCLED,
    LIGHT_TRANSPORT,
    PASSWORD,
    SECOND_LIFE,
    STARTER_MODEL,
)
from passport.domain.actor import PUBLIC
from passport.domain.errors import PassportNotFoundError
from passport.domain.identifiers import BatteryId
from passport.settings import Mode
from passport.ui.request import PageMaker
from passport.ui.views.common import Badge, Fact, Tone
from passport.ui.views.entry import DemoAccount, DemoBattery, HomePage
from passport.web.dependencies import Installation
from passport.web.pages.words import figure

router = APIRouter(include_in_schema=False)

_SHOWN: tuple[tuple[BatteryId, str, str, Badge, str], ...] = (
    (
        EV_IN_USE,
        "A pack in use",
        "Measured at every full charge; everybody sees what it is, some see how it is.",
        Badge(text="In use", tone=Tone.AUTHENTIC),
        "Sign in as integrator to see its state of health.",
    ),
    (
        SECOND_LIFE,
        "A storage battery made of two retired packs",
        "One came with a passport, the other with a name plate and a photo.",
        Badge(text="Second life", tone=Tone.INFORMATION),
        "",
    ),
    (
        LIGHT_TRANSPORT,
        "The battery of an electric bicycle",
        "A light means of transport: a passport for each, from 18 February 2027.",
        Badge(text="New", tone=Tone.AUTHENTIC),
        "",
    ),
    (
        EV_IN_WASTE,
        "A pack that became waste",
        "Same passport, but its producer's organisation answers for it now.",
        Badge(text="At a collector", tone=Tone.WARNING),
        "Sign in as collector to see it in the yard.",
    ),
    (
        EV_RECYCLED,
        "A pack that was recycled",
        "The passport has ended; that it ended, and who ended it, stays on record.",
        Badge(text="Passport ceased", tone=Tone.NEUTRAL),
        "",
    ),
)
_STARTER = DemoBattery(
    title="A starter battery",
    sentence="Needs no passport: its code leads to what holds for every battery of the model.",
    href=f"/{STARTER_MODEL}",
    badge=Badge(text="Light record", tone=Tone.NEUTRAL),
    next_step="",
)
_UNKNOWN = DemoBattery(
    title="A battery nobody knows",
    sentence="No label, no passport: held as lithium until it is known.",
    href="/yard",
    badge=Badge(text="Held", tone=Tone.HELD),
    next_step="Sign in as collector to see it.",
)
_YARD = "recycler_portal"


@router.get("/")
def home(passport: Installation, pages: PageMaker) -> Response:
    """Show what this is and where to begin."""
    is_demonstration = passport.settings.mode is Mode.DEMONSTRATION
    batteries = tuple(_batteries(passport)) if is_demonstration else ()
    entries = int(passport.log.checkpoint().split(b"\n")[1])
    page = HomePage(
        batteries=batteries,
        accounts=demonstration_accounts(passport) if batteries else (),
        figures=(Fact(name="signed entries on the log", values=(figure(entries),)),),
    )
    return pages.show("home.html", page)


def demonstration_accounts(passport: Passport) -> tuple[DemoAccount, ...]:
    """Return the invented people one can sign in as; nobody in production."""
    if passport.settings.mode is not Mode.DEMONSTRATION:
        return ()
    return tuple(
        DemoAccount(
            name=company.login.capitalize(),
            organisation=company.name,
            does=f"{company.task[:1].upper()}{company.task[1:]}.",
            login=company.login,
            password=PASSWORD,
        )
        for company in COMPANIES
    )


def _batteries(passport: Passport) -> Iterator[DemoBattery]:
    for battery_id, title, sentence, badge, next_step in _SHOWN:
        try:
            passport.services.read_standing(PUBLIC, battery_id)
        except PassportNotFoundError:
            continue  # the demonstration was not loaded here, or is still being loaded
        yield DemoBattery(
            title=title,
            sentence=sentence,
            href=f"/{battery_id}",
            badge=badge,
            next_step=next_step,
        )
    if passport.services.find_light_model(PUBLIC, STARTER_MODEL) is not None:
        yield _STARTER
    if any(extension.name == _YARD for extension in passport.extensions):
        yield _UNKNOWN
