"""Who sees which point of Annex XIII, at every address that shows a battery."""

import pytest
from builders_web import AS_PAGE, AS_PRESENTATION, a_browser, a_condition, key_of, signed_in

from passport.bootstrap.demonstration import EV_IN_USE, EV_RETIRED, MANUFACTURER
from passport.domain.access import Audience
from passport.domain.passport import StatementKind
from passport.services.readers import NewGrant

PUBLIC_KINDS = {
    StatementKind.INDEX,
    StatementKind.ITEM_PUBLIC,
    StatementKind.MODEL_PUBLIC,
    StatementKind.PRODUCTION,
}
POINT_2 = {StatementKind.MODEL_RESTRICTED}
POINT_3 = {StatementKind.MODEL_AUTHORITY}
POINT_4 = {StatementKind.ITEM_DECLARED, StatementKind.CONDITION}
READERS = {
    "": PUBLIC_KINDS,
    "yard": PUBLIC_KINDS,
    "house": PUBLIC_KINDS,
    "again": PUBLIC_KINDS | POINT_2 | POINT_4,
    "collective": PUBLIC_KINDS | POINT_4,
    "watch": PUBLIC_KINDS | POINT_2 | POINT_3,
    "voltra": PUBLIC_KINDS | POINT_2 | POINT_3 | POINT_4,
}
"""Organisation -> what it reads of the pack in use; ``again`` holds a grant, ``collective`` is
the owner, ``watch`` an authority, ``house`` runs the service."""


@pytest.fixture(scope="module", autouse=True)
def known_pack(web):
    """Put a condition on record and give the owner its access."""
    body = {"measuredAt": "2026-11-20T10:00:00Z", "content": a_condition()}
    made = a_browser(web).post(
        f"/api/v1/batteries/{EV_IN_USE}/conditions", json=body, headers=key_of(web, "voltra")
    )
    assert made.status_code == 201, made.text
    web.services.grant_access(
        MANUFACTURER.actor,
        NewGrant(
            organisation="collective",
            battery_id=EV_IN_USE,
            audience=Audience.OWNER,
            purpose="It bought the vehicle",
            legal_ground="Article 14(2)",
        ),
    )


def headers_of(web, reader):
    return key_of(web, reader) if reader else {}


def kinds_in(presentation):
    return {StatementKind(one["type"][1]) for one in presentation["verifiableCredential"]}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("path", [f"/{EV_IN_USE}", f"/v1/dpps/{EV_IN_USE}"])
def test_each_reader_gets_the_statements_of_its_points(visitor, web, reader, path):
    headers = {**AS_PRESENTATION, **headers_of(web, reader)}

    assert kinds_in(visitor.get(path, headers=headers).json()) == READERS[reader]


@pytest.mark.parametrize("reader", READERS)
def test_a_bundle_holds_the_same(visitor, web, reader):
    answer = visitor.get(f"/batteries/{EV_IN_USE}/bundle", headers=headers_of(web, reader))

    assert kinds_in(answer.json()["presentation"]) == READERS[reader]


@pytest.mark.parametrize("reader", READERS)
def test_conditions_are_listed_for_readers_of_point_4_alone(visitor, web, reader):
    path = f"/api/v1/batteries/{EV_IN_USE}/conditions"
    answer = visitor.get(path, headers=headers_of(web, reader))

    if reader:
        sees = StatementKind.CONDITION in READERS[reader]
        assert len(answer.json()["verifiableCredential"]) == (1 if sees else 0)
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("reader", READERS)
def test_status_is_shown_to_readers_of_point_4_alone(visitor, web, reader):
    answer = visitor.get(f"/api/v1/batteries/{EV_IN_USE}", headers=headers_of(web, reader))

    sees = StatementKind.ITEM_DECLARED in READERS[reader]
    assert answer.json()["status"] == ("original" if sees else None)


LOGINS = {
    "integrator": ("94.8 %", True),
    "manufacturer": ("94.8 %", True),
    "authority": ("Health and events are not open to you", False),
}


@pytest.mark.parametrize("login", LOGINS)
def test_the_restricted_page_shows_a_reader_its_points(web, login):
    health, may_attach = LOGINS[login]
    page = signed_in(web, login).get(f"/condition/{EV_IN_USE}", headers=AS_PAGE)

    assert page.status_code == 200
    assert health in page.text
    assert ("Put the test on record" in page.text) is may_attach
    assert ("Test report" in page.text or "Conformity" in page.text) or login == "integrator"


@pytest.mark.parametrize("login", ["collector", "recycler", "administrator"])
def test_the_restricted_page_is_closed_to_everybody_else(web, login):
    page = signed_in(web, login).get(f"/condition/{EV_IN_USE}", headers=AS_PAGE)

    assert page.status_code == 403
    assert "94.8" not in page.text


def test_a_grant_for_one_battery_opens_no_other(visitor, web):
    headers = {**AS_PRESENTATION, **key_of(web, "again")}

    assert kinds_in(visitor.get(f"/{EV_RETIRED}", headers=headers).json()) == PUBLIC_KINDS


def test_a_grant_that_was_ended_opens_nothing(visitor, web):
    maker, yard = key_of(web, "voltra"), key_of(web, "yard")
    grant = {"organisation": "yard", "battery": EV_RETIRED, "purpose": "Recycling"}
    made = visitor.post("/api/v1/grants", json=grant, headers=maker).json()
    path, headers = f"/{EV_RETIRED}", {**AS_PRESENTATION, **yard}
    assert StatementKind.ITEM_DECLARED in kinds_in(visitor.get(path, headers=headers).json())

    assert visitor.delete(f"/api/v1/grants/{made['id']}", headers=maker).status_code == 204

    assert kinds_in(visitor.get(path, headers=headers).json()) == PUBLIC_KINDS


def test_what_a_signed_in_reader_saw_is_not_shown_to_the_next_visitor(visitor, web):
    visitor.get(f"/{EV_IN_USE}", headers={**AS_PRESENTATION, **key_of(web, "voltra")})

    assert kinds_in(visitor.get(f"/{EV_IN_USE}", headers=AS_PRESENTATION).json()) == PUBLIC_KINDS


def test_the_public_page_holds_nothing_of_points_2_to_4(visitor):
    page = visitor.get(f"/{EV_IN_USE}", headers=AS_PAGE).text

    for term in ("94.8", "207.1", "172\N{NARROW NO-BREAK SPACE}000 W", "Part numbers"):
        assert term not in page


def test_a_limited_key_reads_as_the_public(visitor, web):
    headers = {**AS_PRESENTATION, **key_of(web, "voltra", "telemetry:write")}

    assert kinds_in(visitor.get(f"/{EV_IN_USE}", headers=headers).json()) == PUBLIC_KINDS
