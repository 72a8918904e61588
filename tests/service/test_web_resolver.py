"""The address that a QR code holds: forms, headers, other ways to write it, its end."""

from urllib.parse import quote

import pytest
from builders_web import (
    AS_PAGE,
    AS_PRESENTATION,
    EV_MODEL,
    a_browser,
    a_condition,
    a_running_installation,
    an_entry,
    key_of,
    signed_in,
)

from passport.bootstrap.demonstration import EV_IN_USE, EV_IN_WASTE, EV_RECYCLED, MANUFACTURER
from passport.domain.actor import PUBLIC
from passport.domain.identifiers import SERIAL_CHARACTERS, BatteryId, gs1_battery_id
from passport.linked_data.documents import parse_document

PACK = f"/{EV_IN_USE}"
FIRST_FORTY, LAST_ONES = sorted(SERIAL_CHARACTERS)[:40], sorted(SERIAL_CHARACTERS)[40:]


def in_twenties(marks):
    return ["".join(marks[first : first + 20]) for first in range(0, len(marks), 20)]


@pytest.mark.parametrize("accept", [None, "*/*", "text/html", "image/png", "nonsense"])
def test_a_phone_gets_the_page(visitor, accept):
    visitor.headers.pop("accept")
    answer = visitor.get(PACK, headers={} if accept is None else {"Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Authentic record" in answer.text


@pytest.mark.parametrize(
    "media_type", ["application/vp", "application/ld+json", "application/vp+ld+json"]
)
def test_a_program_gets_the_very_bytes_that_were_signed(visitor, web, media_type):
    answer = visitor.get(PACK, headers={"Accept": media_type})

    assert answer.headers["content-type"] == media_type
    assert answer.content == web.services.disclose(PUBLIC, EV_IN_USE).presentation


def test_what_a_reader_likes_best_is_sent(visitor):
    liked = {"Accept": "text/html;q=0.3, application/vp;q=0.8, */*;q=0.1"}

    assert visitor.get(PACK, headers=liked).headers["content-type"] == "application/vp"


def test_turtle_says_what_the_statements_say(visitor):
    answer = visitor.get(PACK, headers={"Accept": "text/turtle"})

    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert f"<http://localhost:8000/{EV_IN_USE}> <https://w3id.org" in answer.text
    assert "proofValue" not in answer.text


def test_a_linkset_leads_to_the_page_and_to_the_signed_form(visitor):
    for asked in ({"headers": {"Accept": "application/linkset+json"}}, {"params": "linkType=all"}):
        answer = visitor.get(PACK, **asked)

        assert answer.headers["content-type"] == "application/linkset+json"
        links = answer.json()["linkset"][0]
        assert links["anchor"] == f"http://localhost:8000{PACK}"
        assert links["https://gs1.org/voc/defaultLink"][0]["type"] == "text/html"
        assert links["alternate"][0]["type"] == "application/vp"


def test_a_link_type_of_gs1_is_understood_and_a_strange_one_refused(visitor):
    assert visitor.get(f"{PACK}?linkType=gs1:pip").status_code == 200
    refused = visitor.get(f"{PACK}?linkType=gs1:recipeInfo", headers=AS_PRESENTATION)

    assert (refused.status_code, refused.json()["code"]) == (404, "link-type-unknown")


def test_other_query_parameters_are_passed_over(visitor):
    assert visitor.get(f"{PACK}?utm_source=label&s=2", headers=AS_PAGE).status_code == 200


def test_a_reader_who_has_it_gets_only_that(visitor):
    first = visitor.get(PACK, headers=AS_PAGE)
    again = visitor.get(PACK, headers={**AS_PAGE, "If-None-Match": first.headers["etag"]})
    other = visitor.get(PACK, headers={**AS_PRESENTATION, "If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert other.status_code == 200
    assert not first.headers["etag"].startswith("W/")


def test_answers_say_what_they_depend_on_and_that_they_can_change(visitor):
    answer = visitor.get(PACK, headers=AS_PAGE)

    assert answer.headers["vary"] == "Accept, Accept-Language, Cookie, Authorization"
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["link"] == f'<{PACK}>; rel="canonical"'


def test_head_has_no_body(visitor):
    answer = visitor.head(PACK, headers=AS_PRESENTATION)

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


def test_a_shorter_gtin_leads_to_the_one_address(visitor):
    answer = visitor.get(f"/01/{EV_MODEL.lstrip('0')}/21/EV75-000001?linkType=all")

    assert answer.status_code == 308
    assert answer.headers["location"] == f"{PACK}?linkType=all"


@pytest.mark.parametrize("serial", [*in_twenties(FIRST_FORTY), *in_twenties(LAST_ONES)])
def test_every_character_of_a_serial_number_finds_its_battery(visitor, web, serial):
    key = key_of(web, MANUFACTURER.slug)
    made = visitor.post("/api/v1/batteries", json=an_entry(serial), headers=key)
    battery_id = gs1_battery_id(EV_MODEL, serial)

    assert made.json()["id"] == battery_id
    answer = visitor.get(f"/01/{EV_MODEL}/21/{quote(serial, safe='')}", headers=AS_PRESENTATION)
    assert answer.status_code == 200
    item = parse_document(answer.content)["verifiableCredential"][1]["credentialSubject"]
    assert item["serialNumber"] == serial
    standing = visitor.get(f"/api/v1/batteries/{battery_id}")
    assert standing.json()["id"] == battery_id


def test_a_serial_number_that_ends_like_an_address_is_told_apart(visitor, web):
    key = key_of(web, MANUFACTURER.slug)
    made = visitor.post("/api/v1/batteries", json=an_entry("A/events"), headers=key).json()

    standing = visitor.get(f"/api/v1/batteries/{made['id']}", headers=key)
    events = visitor.get(f"/api/v1/batteries/{made['id']}/events", headers=key)

    assert standing.json()["iri"].endswith("/21/A%2Fevents")
    assert events.json() == []


def test_a_battery_nobody_registered_gets_a_page_that_helps(visitor):
    answer = visitor.get(f"/01/{EV_MODEL}/21/UNKNOWN-9", headers=AS_PAGE)

    assert answer.status_code == 404
    assert "No passport under this identifier" in answer.text
    assert f'href="/01/{EV_MODEL}"' in answer.text


def test_a_wrong_check_digit_is_named(visitor):
    answer = visitor.get("/01/09506000134353/21/A", headers=AS_PRESENTATION)

    assert answer.status_code == 400
    assert answer.json()["detail"].endswith("but 2 belongs there")


def test_writing_to_the_address_is_refused(visitor, web):
    answer = visitor.post(PACK, headers=key_of(web, MANUFACTURER.slug))

    assert answer.status_code == 405


def test_a_model_has_a_page_and_a_signed_form(visitor):
    page = visitor.get(f"/01/{EV_MODEL}", headers=AS_PAGE)
    signed = visitor.get(f"/01/{EV_MODEL}", headers=AS_PRESENTATION)

    assert "Voltra EV 75" in page.text
    kinds = {one["type"][1] for one in signed.json()["verifiableCredential"]}
    assert kinds == {"ModelPublicStatement", "ProductionStatement"}


def test_a_production_batch_is_there_where_a_battery_of_it_is(visitor):
    assert visitor.get(f"/01/{EV_MODEL}/10/2026-46", headers=AS_PAGE).status_code == 200
    assert visitor.get(f"/01/{EV_MODEL}/10/1999-01").json()["code"] == "address-unknown"


def test_a_view_follows_what_is_published(visitor, web):
    before = visitor.get(f"/{EV_IN_WASTE}", headers=AS_PRESENTATION)
    country = {"kind": "waste", "country": "NL"}
    key = key_of(web, "yard")
    visitor.post(f"/api/v1/batteries/{EV_IN_WASTE}/events", json=country, headers=key)

    after = visitor.get(f"/{EV_IN_WASTE}", headers=AS_PRESENTATION)

    assert after.headers["etag"] != before.headers["etag"]
    index = after.json()["verifiableCredential"][0]["credentialSubject"]
    assert index["responsibleOperator"]["partyName"] == "Battery Collective NL (fictional)"
    assert after.content == web.services.disclose(PUBLIC, EV_IN_WASTE).presentation


def test_a_condition_changes_no_byte_of_what_everybody_sees(visitor, web):
    before = visitor.get(PACK, headers=AS_PRESENTATION)
    body = {"measuredAt": "2026-11-20T10:00:00Z", "content": a_condition()}
    path = f"/api/v1/batteries/{EV_IN_USE}/conditions"
    made = visitor.post(path, json=body, headers=key_of(web, MANUFACTURER.slug))

    after = visitor.get(PACK, headers=AS_PRESENTATION)

    assert made.status_code == 201
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


def test_after_recycling_only_the_tombstone_is_left(visitor, web):
    path = f"/api/v1/batteries/{EV_RECYCLED}/events"
    yard, recycler = key_of(web, "yard"), key_of(web, "melt")
    for key, event in (
        (yard, {"kind": "waste", "country": "NL"}),
        (recycler, {"kind": "recycling-started", "batch": "B-1"}),
        (recycler, {"kind": "recycled", "batch": "B-1"}),
    ):
        assert visitor.post(path, json=event, headers=key).status_code == 201

    page = visitor.get(f"/{EV_RECYCLED}", headers=AS_PAGE)
    signed = visitor.get(f"/{EV_RECYCLED}", headers=AS_PRESENTATION)

    assert (page.status_code, signed.status_code) == (410, 410)
    assert "was recycled on" in page.text
    assert "Melt Recycling (fictional)" in page.text
    (event,) = signed.json()["verifiableCredential"]
    assert event["credentialSubject"]["eventKind"] == "recycled"
    assert signed.content == web.services.disclose(PUBLIC, BatteryId(EV_RECYCLED)).presentation


def test_a_pack_registered_by_mistake_is_shown_as_such(visitor, web):
    key = key_of(web, MANUFACTURER.slug)
    made = visitor.post("/api/v1/batteries", json=an_entry("MISTAKE-1"), headers=key).json()
    visitor.post(
        f"/api/v1/batteries/{made['id']}/events",
        json={"kind": "annulled", "reason": "entered twice"},
        headers=key,
    )

    page = visitor.get(f"/{made['id']}", headers=AS_PAGE)

    assert page.status_code == 200
    assert "Authentic, but withdrawn" in page.text
    assert "entered twice" in page.text


def test_who_is_signed_in_gets_a_page_of_his_own_that_nobody_keeps(web):
    page = signed_in(web, "integrator").get(PACK, headers=AS_PAGE)

    assert page.headers["cache-control"] == "private, no-cache"
    assert f'href="/condition/{EV_IN_USE}"' in page.text


def test_a_second_process_sees_what_the_first_published(tmp_path):
    with a_running_installation(tmp_path / "data") as first:
        one, other = a_browser(first), a_browser(first)
        seen = other.get(PACK, headers=AS_PRESENTATION)
        key = key_of(first, MANUFACTURER.slug)
        one.put(
            f"/api/v1/batteries/{EV_IN_USE}/content",
            json={"content": an_entry("EV75-000001")["content"] | {"batchNumber": "2026-47"}},
            headers=key,
        )

        assert other.get(PACK, headers=AS_PRESENTATION).content != seen.content
