"""What surrounds every page: who is signed in, where one can go, the token of its forms."""

from dataclasses import dataclass

from passport.domain.actor import Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLink:
    """One entry of the main navigation.

    Attributes:
        text: What it is called.
        href: Where it leads, without host.
        roles: Who sees it; empty = everybody.
    """

    text: str
    href: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """An entry of the navigation as this reader sees it."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Frame of one page for one reader.

    Attributes:
        nav: Entries this reader may use.
        signed_in_as: Name of the person and organisation; empty for the public.
        csrf_token: Token for the forms on the page; empty where there is no session.
        demonstration: Whether to say on every page that this is a demonstration.
        language: Language tag of the texts.
    """

    nav: tuple[NavEntry, ...] = ()
    signed_in_as: str = ""
    csrf_token: str = ""
    demonstration: bool = False
    language: str = "en"


_WORKERS = frozenset({Role.OPERATOR, Role.SECOND_LIFE})
_TOLD_APART = frozenset({Role.COLLECTOR, Role.RECYCLER, Role.AUTHORITY})
"""Those whose own first page is a neighbour's, or shows no news."""

PASSPORT_NAV = (
    NavLink(text="Scan a battery", href="/scan"),
    NavLink(text="My batteries", href="/operator", roles=_WORKERS),
    NavLink(text="Models", href="/operator/models", roles=_WORKERS),
    NavLink(text="Register", href="/operator/register", roles=_WORKERS),
    NavLink(text="Second life", href="/operator/second-life", roles=_WORKERS),
    NavLink(text="Authority view", href="/authority", roles=frozenset({Role.AUTHORITY})),
    NavLink(text="Administration", href="/administration", roles=frozenset({Role.ADMINISTRATOR})),
    NavLink(text="News", href="/news", roles=_TOLD_APART),
)
"""The passport's own entries; a neighbour adds its own beside them."""


def nav_for(actor: Actor, path: str, links: tuple[NavLink, ...]) -> tuple[NavEntry, ...]:
    """Choose the entries this actor may use and mark the one it is at.

    Args:
        actor: Who reads the page.
        path: Path of the page, without host and query.
        links: All entries there are, in their order.
    """
    seen = [link for link in links if not link.roles or link.roles & actor.roles]
    at = max(
        (link.href for link in seen if path == link.href or path.startswith(f"{link.href}/")),
        key=len,
        default=None,
    )
    return tuple(NavEntry(text=link.text, href=link.href, current=link.href == at) for link in seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellMaker:
    """Makes the frame of each page of one service.

    Attributes:
        links: Entries of the navigation: the passport's and its neighbours'.
        demonstration: Whether this service runs as a demonstration.
    """

    links: tuple[NavLink, ...] = PASSPORT_NAV
    demonstration: bool = False

    def shell(
        self, actor: Actor, path: str, *, organisation_name: str = "", csrf_token: str = ""
    ) -> Shell:
        """Make the frame of a page for a reader.

        Args:
            actor: Who reads the page.
            path: Path of the page, to mark it in the navigation.
            organisation_name: Name of the actor's organisation; its slug where empty.
            csrf_token: Token for the forms on the page.
        """
        organisation = organisation_name or actor.organisation
        known = (part for part in (actor.name, organisation) if part)
        return Shell(
            nav=nav_for(actor, path, self.links),
            signed_in_as="" if actor.is_anonymous else ", ".join(known),
            csrf_token=csrf_token,
            demonstration=self.demonstration,
        )
