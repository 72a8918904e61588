"""Example view values of the pages on which somebody decides."""

from builders_pages import PATH

from passport.ui.views.common import Badge, Fact, Link, Tone
from passport.ui.views.moves import GrantLine, GrantsPage, SecondLifeDetail
from passport.ui.views.work import FormAction


def a_grants_page() -> GrantsPage:
    return GrantsPage(
        battery=Link(text="Stromwerk EV-72, serial EV72-2A/0017", href=PATH),
        action="/access/grants",
        audiences=(("legitimate-interest", "Legitimate interest"), ("owner", "Owner")),
        scopes=(("events:write", "Events"), ("conditions:write", "Conditions")),
        grants=(
            GrantLine(
                title="Zweitstrom BV",
                facts=(Fact(name="Purpose", values=("Repurposing",)),),
                revoke=FormAction(text="Take it back", action="/access/grants/4/revoke"),
            ),
        ),
    )


def a_second_life_detail() -> SecondLifeDetail:
    return SecondLifeDetail(
        title="ZS-60-0004 from two packs",
        badge=Badge(text="Disputed", tone=Tone.WARNING),
        facts=(Fact(name="Made from", values=("EV72-2A/0017", "EV72-2A/0021")),),
        disputes=(Fact(name="Stromwerk GmbH", values=("The pack was leased.",)),),
        dispute="/second-lives/4/disputes",
        place=FormAction(text="Place on the market", action="/second-lives/4/place"),
    )
