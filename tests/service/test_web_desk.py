"""News, the administrator's desk and reported events, each form sent as a browser sends it."""

import re

import pytest
from builders_web import AS_PAGE, a_browser, an_entry, key_of, signed_in, token_on


@pytest.fixture(scope="module")
def maker(web):
    return signed_in(web, "manufacturer")


@pytest.fixture(scope="module")
def administrator(web):
    return signed_in(web, "administrator")


def send(browser, page, form, *, to=None):
    """Send a form of a page as a browser does."""
    data = {"csrf_token": token_on(browser, page), **form}
    return browser.post(to or page, data=data, headers=AS_PAGE)


def page_of(browser, path):
    return re.sub(r"\s+", " ", browser.get(path, headers=AS_PAGE).text)


def register(web, serial):
    made = a_browser(web).post(
        "/api/v1/batteries", json=an_entry(serial), headers=key_of(web, "voltra")
    )
    return made.json()["id"]


def test_an_orphan_waits_for_the_administrator_until_a_line_names_who_answers(
    web, maker, administrator
):
    battery = register(web, "DESK-1")
    send(maker, f"/report/{battery}", {"kind": "waste", "country": "PT"})

    desk = page_of(administrator, "/administration")
    assert "Nobody answers for a waste battery" in desk
    assert "Serial DESK-1" in desk
    again = f"/administration/orphans/{battery}"
    nobody = send(administrator, "/administration", {}, to=again)
    assert "Still nobody" in page_of(administrator, nobody.headers["location"])

    line = {
        "country": "PT",
        "category": "EV",
        "register_number": "PT-EXAMPLE-1",
        "role": "producer",
        "operator": "voltra",
        "party": "voltra",
        "valid_from": "2025-08-18",
    }
    entered = send(administrator, "/administration", line, to="/administration/registrations")
    assert "The line is entered" in page_of(administrator, entered.headers["location"])
    found = send(administrator, "/administration", {}, to=again)

    assert "Found" in page_of(administrator, found.headers["location"])
    assert "You answer for a waste battery" in page_of(maker, "/operator")


def test_a_line_that_contradicts_itself_is_refused_beside_its_fields(administrator):
    sent = {"country": "PT", "category": "EV", "register_number": "1", "role": "producer"}
    to = "/administration/registrations"
    empty = send(administrator, "/administration", {"country": "PT"}, to=to)
    other = {"operator": "voltra", "party": "again", "valid_from": "2025-08-18"}
    contradicting = send(administrator, "/administration", sent | other, to=to)

    assert empty.status_code == contradicting.status_code == 422
    assert "Choose who answers" in empty.text
    assert "Producer voltra answers itself" in contradicting.text


@pytest.mark.parametrize("login", ["manufacturer", "collector", "authority"])
def test_the_desk_of_the_administrator_is_closed_to_others(web, login):
    other = signed_in(web, login)

    assert other.get("/administration", headers=AS_PAGE).status_code == 403


def test_a_pack_registered_by_mistake_is_annulled_with_a_reason(web, maker):
    battery = register(web, "DESK-2")
    page = f"/report/{battery}"
    refused = send(maker, page, {"kind": "annulled"})
    done = send(maker, page, {"kind": "annulled", "reason": "Typed the wrong serial number"})

    assert "Say what was done, or why" in refused.text
    assert "Registered by mistake." in page_of(maker, done.headers["location"])
    assert "Typed the wrong serial number" in page_of(a_browser(web), f"/{battery}")


def test_an_event_is_reported_by_who_answers_and_nobody_else(web, maker):
    battery = register(web, "DESK-3")
    page = f"/report/{battery}"
    repair = {"kind": "repair", "reason": "Module 3 exchanged", "occurred_on": "2026-11-20"}

    assert send(signed_in(web, "authority"), page, repair).status_code == 403
    assert send(maker, page, {"kind": "sold"}).status_code == 422
    assert send(maker, page, repair | {"occurred_on": "soon"}).status_code == 422
    assert send(maker, page, repair | {"kind": "waste"}).status_code == 422
    assert send(maker, page, repair).status_code == 303
    assert "Module 3 exchanged" in page_of(maker, f"/condition/{battery}")


def test_who_was_let_in_reads_of_it_and_puts_it_away(web, maker):
    battery, collector = register(web, "DESK-4"), signed_in(web, "collector")
    given = {"organisation": "yard", "audience": "legitimate-interest", "purpose": "Disposal"}
    before = page_of(collector, f"/access/{battery}")
    send(maker, f"/batteries/{battery}/grants", given)

    assert "You may read it already" not in before
    assert "You may read it already" in page_of(collector, f"/access/{battery}")
    news = page_of(collector, "/news")
    assert "You were given access" in news
    action = re.search(r'action="(/operator/notices/[^"]+)"', news)[1]
    put_away = send(collector, "/news", {}, to=action)
    assert put_away.headers["location"] == "/news"
    assert action not in page_of(collector, "/news")


def test_who_reads_too_little_is_shown_where_to_ask(web):
    battery = register(web, "DESK-5")
    refused = signed_in(web, "recycler").get(f"/condition/{battery}", headers=AS_PAGE)

    assert refused.status_code == 403
    assert f'href="/access/{battery}"' in refused.text


def test_an_authority_is_told_that_use_is_closed_and_not_that_there_is_none(web):
    battery = register(web, "DESK-6")
    shown = page_of(signed_in(web, "authority"), f"/condition/{battery}")

    assert "Health and events are not open to you" in shown
    assert "No state of health on record" not in shown
    assert "No event is on record" not in shown
