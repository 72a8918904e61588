"""Pages for people, without script: each form sent as a browser sends it."""

import re

import pytest
from builders_web import (
    AS_PAGE,
    EV_MODEL,
    a_browser,
    an_entry,
    key_of,
    signed_in,
    token_on,
)

from passport.bootstrap.demonstration import EV_IN_USE, SECOND_LIFE_GTIN

PDF = ("bill.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
PNG_HEAD = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
)


@pytest.fixture(scope="module")
def maker(web):
    return signed_in(web, "manufacturer")


@pytest.fixture(scope="module")
def integrator(web):
    return signed_in(web, "integrator")


def send(browser, page, form=None, *, to=None, **more):
    """Send a form of a page to its address, as it is or another one."""
    data = {"csrf_token": token_on(browser, page), **(form or {})}
    return browser.post(to or page, data=data, headers=AS_PAGE, **more)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def register(web, serial):
    made = a_browser(web).post(
        "/api/v1/batteries", json=an_entry(serial), headers=key_of(web, "voltra")
    )
    return made.json()["id"]


# --- coming in ------------------------------------------------------------------------------------


def test_the_first_page_tells_what_to_click(visitor):
    page = visitor.get("/", headers=AS_PAGE)

    assert f'href="/{EV_IN_USE}"' in page.text
    assert "Sign in as Integrator" in page.text


def test_the_first_page_signs_in_with_one_click(web):
    browser = a_browser(web)
    answer = send(browser, "/", {"login": "authority", "password": "demonstration"}, to="/login")

    assert answer.headers["location"] == "/authority"


def test_a_page_for_people_who_are_signed_in_leads_there_and_back(visitor):
    answer = visitor.get("/operator/register", headers=AS_PAGE)

    assert answer.headers["location"] == "/login?next=/operator/register"


def test_what_is_printed_finds_the_battery(visitor):
    typed = {"gtin": f"(01){EV_MODEL}", "serial": "EV75-000001"}

    assert send(visitor, "/scan", typed).headers["location"] == f"/{EV_IN_USE}"
    assert (
        send(visitor, "/scan", {"code": f"http://localhost:8000/{EV_IN_USE}"}).headers["location"]
        == f"/{EV_IN_USE}"
    )


def test_a_wrong_digit_is_named_beside_its_field(visitor):
    answer = send(visitor, "/scan", {"gtin": "09506000134353", "serial": "A"})

    assert answer.status_code == 422
    assert "but 2 belongs there" in answer.text
    assert 'id="error-gtin"' in answer.text


def test_a_battery_that_is_not_on_record_is_told(visitor):
    answer = send(visitor, "/scan", {"gtin": EV_MODEL, "serial": "NOBODY"})

    assert answer.status_code == 404
    assert "No passport under this identifier" in answer.text


def test_a_link_to_elsewhere_is_shown_and_not_followed(visitor):
    answer = send(visitor, "/scan", {"code": f"https://evil.example/{EV_IN_USE}"})

    assert answer.status_code == 200
    assert "This code leads somewhere else" in answer.text
    assert "Our record under this identifier" in answer.text


def test_a_photo_of_the_label_finds_the_battery(visitor):
    label = visitor.get(f"/batteries/{EV_IN_USE}/label.png").content
    photo = {"photo": ("label.png", label, "image/png")}

    answer = send(visitor, "/scan", to="/scan/photo", files=photo)

    assert answer.headers["location"] == f"/{EV_IN_USE}"


def test_a_photo_without_code_is_told(visitor):
    for content in (b"no picture", PNG_HEAD):
        photo = {"photo": ("label.png", content, "image/png")}
        answer = send(visitor, "/scan", to="/scan/photo", files=photo)
        assert answer.status_code == 422
        assert 'id="error-photo"' in answer.text


# --- access ---------------------------------------------------------------------------------------


def test_who_asks_is_answered_by_the_operator(web, maker):
    battery, recycler = register(web, "PAGE-1"), signed_in(web, "recycler")
    path = f"/access/{battery}"
    refused = send(recycler, path, {"purpose": "recycling"})
    asked = send(recycler, path, {"purpose": "recycling", "reason": "It stands in our yard"})

    assert "Say why you" in refused.text
    assert "was told and decides" in recycler.get(asked.headers["location"]).text
    desk = maker.get("/operator", headers=AS_PAGE)
    assert "Melt Recycling (fictional) asks for access" in desk.text
    action = re.search(r'action="(/operator/requests/[^"]+)"', desk.text)[1]
    assert send(maker, "/operator", {"decision": "yes"}, to=action).status_code == 303

    assert recycler.get(f"/condition/{battery}", headers=AS_PAGE).status_code == 200
    assert (
        "Melt Recycling (fictional) asks for access"
        not in maker.get("/operator", headers=AS_PAGE).text
    )


def test_access_is_given_and_ended_on_one_page(web, maker):
    battery, recycler = register(web, "PAGE-2"), signed_in(web, "recycler")
    path = f"/batteries/{battery}/grants"
    wrong = send(maker, path, {"organisation": "nobody", "audience": "owner", "purpose": "Use"})
    good = {"organisation": "melt", "audience": "legitimate-interest", "purpose": "Recycling"}
    given = send(maker, path, good | {"expires_on": "2099-12-31", "scopes": "condition:write"})

    assert "there is no operator" in text_of(wrong)
    assert given.status_code == 303
    page = maker.get(path, headers=AS_PAGE)
    assert "31 December 2099" in page.text
    assert recycler.get(f"/condition/{battery}", headers=AS_PAGE).status_code == 200
    action = re.search(r'action="(/batteries/[^"]+/revoke)"', page.text)[1]
    assert send(maker, path, to=action).status_code == 303
    assert recycler.get(f"/condition/{battery}", headers=AS_PAGE).status_code == 403


def test_the_page_of_access_is_for_who_answers_for_the_battery(integrator):
    answer = integrator.get(f"/batteries/{EV_IN_USE}/grants", headers=AS_PAGE)

    assert answer.status_code == 403


# --- condition ------------------------------------------------------------------------------------


def test_where_nothing_was_measured_the_page_says_so_and_takes_a_test(web, maker):
    battery = register(web, "PAGE-3")
    path = f"/condition/{battery}"
    empty = maker.get(path, headers=AS_PAGE)
    test = {
        "method": "full-discharge",
        "measured_on": "2026-11-20",
        "remaining_capacity_ah": "185,4",
        "temperature_c": "22",
    }
    sent = send(maker, path, test, files={"report": PDF})

    assert "No state of health on record" in empty.text
    assert sent.status_code == 303
    page = text_of(maker.get(path, headers=AS_PAGE))
    assert "90 % 95 % interval: not given" in page
    assert "Full discharge; 1 observation; cells at 22 °C; report sha256:" in page
    assert "Nothing: it reports no state of health" in page
    assert "The same values in a table" not in page


def test_a_test_with_an_error_is_shown_again_with_what_was_entered(maker):
    path = f"/condition/{EV_IN_USE}"
    answer = send(maker, path, {"measured_on": "2026-11-20", "remaining_capacity_ah": "a lot"})

    assert answer.status_code == 422
    assert 'id="error-method"' in answer.text
    assert 'id="error-remaining_capacity_ah"' in answer.text
    assert 'value="a lot"' in answer.text


def test_a_test_of_tomorrow_is_refused(maker):
    test = {
        "method": "full-charge",
        "measured_on": "2099-01-01",
        "remaining_capacity_ah": "180",
    }

    assert "lies ahead" in send(maker, f"/condition/{EV_IN_USE}", test).text


# --- registering ----------------------------------------------------------------------------------


def test_the_example_file_registers_a_battery(maker):
    example = maker.get("/operator/register/example.csv").content
    file = {"file": ("packs.csv", example.replace(b"EV75-000001", b"PAGE-4"), "text/csv")}
    form = {"model": f"01/{EV_MODEL}", "mode": "register"}

    answer = send(maker, "/operator/register", form, files=file)

    assert answer.status_code == 200
    assert "1 on record, 0 refused" in text_of(answer)
    assert maker.get(f"/01/{EV_MODEL}/21/PAGE-4").status_code == 200


def test_what_is_wrong_stands_beside_its_cell(maker):
    example = maker.get("/operator/register/example.csv").content
    wrong = example.replace(b"EV75-000001", b"PAGE-5").replace(b"431.8", b"heavy")
    form = {"model": f"01/{EV_MODEL}", "mode": "dry-run"}

    answer = send(maker, "/operator/register", form, files={"file": ("a.csv", wrong, "text/csv")})

    assert answer.status_code == 422
    assert "1 of 1 rows were refused" in answer.text
    cell = re.search(r'<td class="refused__cell"><code>heavy</code><p class="error">', answer.text)
    assert cell is not None


def test_a_file_without_model_and_kind_is_refused_field_by_field(maker):
    answer = send(maker, "/operator/register", {})

    for field in ("file", "mode", "model"):
        assert f'id="error-{field}"' in answer.text
    bad = {"file": ("a.pdf", b"%PDF", "application/pdf")}
    form = {"model": f"01/{EV_MODEL}", "mode": "dry-run"}
    assert "batteries are read from" in send(maker, "/operator/register", form, files=bad).text


# --- second life ----------------------------------------------------------------------------------


def a_move(serial, *originals):
    return {
        "operation": "repurposing",
        "predecessors": "\n".join(originals),
        "model": f"01/{SECOND_LIFE_GTIN}",
        "serial": serial,
        "mass_kg": "812.5",
        "rated_capacity_ah": "280",
    }


EVIDENCE = {"title_evidence": PDF, "operation_evidence": PDF}


def test_a_second_life_is_declared_disputed_and_placed(web, maker, integrator):
    original = register(web, "PAGE-6")
    declared = send(
        integrator,
        "/operator/second-life",
        a_move("PAGE-6-AGAIN", f"http://localhost:8000/{original}"),
        files=EVIDENCE,
    )
    path = declared.headers["location"]

    assert "A second life was announced" in maker.get("/operator", headers=AS_PAGE).text
    empty = send(maker, path, {"reason": " "}, to=f"{path}/disputes")
    assert "Say what is wrong" in empty.text
    sent = send(maker, path, {"reason": "It was never sold"}, to=f"{path}/disputes")
    assert sent.status_code == 303
    inspector = signed_in(web, "authority")
    assert "It was never sold" in inspector.get("/authority", headers=AS_PAGE).text
    assert "It was never sold" in integrator.get(path, headers=AS_PAGE).text
    placed = send(integrator, path, to=f"{path}/place")
    assert placed.headers["location"] == f"/01/{SECOND_LIFE_GTIN}/21/PAGE-6-AGAIN"
    new = visitor_page(web, placed.headers["location"])
    assert "Made from" in new
    assert "Repurposed" in new
    old = visitor_page(web, f"/{original}")
    assert "This battery became part of another one" in old
    assert "Lives on in" in old


def visitor_page(web, path):
    return a_browser(web).get(path, headers=AS_PAGE).text


def test_a_second_life_of_a_battery_without_passport_needs_its_plate(web, integrator):
    plate = "Oldvolt; OV-60; OV60-1188; NMC; 150; 2019-03"
    label = a_browser(web).get(f"/batteries/{EV_IN_USE}/label.png").content
    photos = {"photos": ("plate.png", label, "image/png")}
    move = a_move("PAGE-7-AGAIN") | {"legacy": plate}

    without = send(integrator, "/operator/second-life", move, files=EVIDENCE)
    declared = send(integrator, "/operator/second-life", move, files=EVIDENCE | photos)

    assert 'id="error-photos"' in without.text
    assert declared.status_code == 303
    path = declared.headers["location"]
    placed = send(integrator, path, to=f"{path}/place")
    assert "Without a passport; described by its name plate" in visitor_page(
        web, placed.headers["location"]
    )


def test_what_is_wrong_with_a_second_life_stands_beside_its_field(integrator):
    move = {"legacy": "just a battery", "serial": "x" * 21, "model": f"01/{SECOND_LIFE_GTIN}"}
    answer = send(integrator, "/operator/second-life", move)

    assert answer.status_code == 422
    for field in ("operation", "legacy", "serial", "mass_kg", "title_evidence"):
        assert f'id="error-{field}"' in answer.text
    assert "just a battery" in answer.text


def test_remanufacturing_needs_what_was_measured(web, integrator):
    original = register(web, "PAGE-8")
    move = a_move("PAGE-8-AGAIN", f"{EV_MODEL}/PAGE-8") | {"operation": "remanufacturing"}
    measured = {"restored_capacity_ah": "150", "original_capacity_ah": "206"}

    missing = send(integrator, "/operator/second-life", move, files=EVIDENCE)
    weak = send(
        integrator,
        "/operator/second-life",
        move | measured | {"cell_health_percent": "92 93 92.5"},
        files=EVIDENCE,
    )

    assert original
    assert 'id="error-cell_health_percent"' in missing.text
    assert weak.status_code == 409
    assert "remanufactured means at least 90 %" in text_of(weak)


# --- those who work with passports ----------------------------------------------------------------


def test_an_operator_finds_its_batteries(web, maker):
    register(web, "FIND-ME-1")
    found = maker.get("/operator?q=FIND-ME", headers=AS_PAGE)
    exact = maker.get(f"/operator?q={EV_MODEL}/FIND-ME-1", headers=AS_PAGE)
    none = maker.get("/operator?q=%25", headers=AS_PAGE)

    assert "FIND-ME-1" in found.text
    assert exact.headers["location"] == f"/01/{EV_MODEL}/21/FIND-ME-1"
    assert "FIND-ME-1" not in none.text


def test_pages_of_a_role_are_closed_to_others(web, maker):
    assert maker.get("/authority", headers=AS_PAGE).status_code == 403
    collector = signed_in(web, "collector")
    for path in ("/operator", "/operator/register", "/operator/second-life"):
        assert collector.get(path, headers=AS_PAGE).status_code == 403


def test_an_authority_sees_waste_nobody_answers_for(web):
    battery = register(web, "ORPHAN-1")
    a_browser(web).post(
        f"/api/v1/batteries/{battery}/events",
        json={"kind": "waste", "country": "PT"},
        headers=key_of(web, "yard"),
    )

    page = signed_in(web, "authority").get("/authority", headers=AS_PAGE)

    assert "ORPHAN-1" in page.text


def test_problem_codes_and_vocabulary_are_looked_up(visitor):
    assert "passport-ceased" in visitor.get("/problems/", headers=AS_PAGE).text
    assert visitor.get("/problems/no-such-code", headers=AS_PAGE).status_code == 404
    assert "ratedCapacityAmpereHours" in visitor.get("/schemas/", headers=AS_PAGE).text
