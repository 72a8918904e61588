"""Drafts and versions of models over the API: no lost update, each reader its part."""

import pytest
from builders_web import EV_MODEL, a_browser, key_of

from passport.bootstrap.demonstration import MANUFACTURER

NEW_MODEL = "/api/v1/models/01/09506000980089"
KNOWN_MODEL = f"/api/v1/models/01/{EV_MODEL}"


@pytest.fixture(scope="module")
def program(web):
    browser = a_browser(web)
    browser.headers.update(key_of(web, "voltra"))
    return browser


@pytest.fixture(scope="module")
def known(web):
    models = {one.model_id: one for one in web.services.models_of(MANUFACTURER.actor)}
    return models[f"01/{EV_MODEL}"].content


def test_a_program_writes_hands_in_reviews_and_publishes(program, known):
    begun = program.put(f"{NEW_MODEL}/draft", json={"content": known | {"massKilograms": "heavy"}})
    assert begun.status_code == 200, begun.text
    draft = begun.json()
    assert draft["state"] == "draft"
    assert draft["content"]["massKilograms"] == "heavy"
    assert [one["path"] for one in draft["wrong"]] == ["/massKilograms"]
    assert program.get(f"{NEW_MODEL}/draft").json() == draft

    written = program.put(
        f"{NEW_MODEL}/draft", json={"content": known, "revision": draft["revision"]}
    ).json()
    assert written["filled"] == written["mandatory"] > 20
    assert program.post(f"{NEW_MODEL}/draft/publish").json()["code"] == "draft-state"
    assert program.post(f"{NEW_MODEL}/draft/hand-in").json()["state"] == "in-review"
    reviewed = program.post(f"{NEW_MODEL}/draft/review", json={"approved": True})
    assert reviewed.json()["state"] == "approved"
    published = program.post(f"{NEW_MODEL}/draft/publish")

    assert published.status_code == 200, published.text
    assert published.json()["id"] == "01/09506000980089"
    assert program.get(f"{NEW_MODEL}/draft").json()["code"] == "draft-unknown"


def test_a_stale_revision_is_refused_and_the_fields_are_named(program):
    model = "/api/v1/models/01/09506000980096/draft"
    first = program.put(model, json={"content": {"massKilograms": "1"}}).json()
    program.put(model, json={"content": {"massKilograms": "2"}, "revision": first["revision"]})

    stale = program.put(
        model, json={"content": {"massKilograms": "3"}, "revision": first["revision"]}
    )
    without = program.put(model, json={"content": {"massKilograms": "3"}})

    assert stale.status_code == without.status_code == 409
    assert stale.json()["code"] == "draft-clash"
    assert "massKilograms" in stale.json()["detail"]
    assert program.get(model).json()["content"] == {"massKilograms": "2"}
    assert program.post(f"{model}/discard").json()["state"] == "discarded"


def test_versions_and_their_differences_are_told_by_right(web, program, known):
    program.put(f"{KNOWN_MODEL}/content", json={"content": known | {"cellCount": "77"}})
    again = known | {"cellCount": "77", "massKilograms": "500"}
    program.put(f"{KNOWN_MODEL}/content", json={"content": again})

    versions = program.get(f"{KNOWN_MODEL}/versions").json()
    by_maker = program.get(f"{KNOWN_MODEL}/compare?from=1&to=3").json()
    by_public = a_browser(web).get(f"{KNOWN_MODEL}/compare?from=1&to=3").json()

    assert [one["number"] for one in versions] == [1, 2, 3]
    assert {one["path"] for one in by_maker["changes"]} == {"cellCount", "massKilograms"}
    assert [one["path"] for one in by_public["changes"]] == ["massKilograms"]
    assert by_public["changes"][0]["new"] == "500"
    assert program.get(f"{KNOWN_MODEL}/compare?from=1&to=9").json()["code"] == "version-unknown"


def test_nobody_else_reads_or_writes_a_draft(web, program):
    model = "/api/v1/models/01/09506000980102/draft"
    program.put(model, json={"content": {"massKilograms": "1"}})
    rival = key_of(web, "again")
    visitor = a_browser(web)

    assert visitor.get(model).status_code == 401
    assert visitor.get(model, headers=rival).status_code == 404
    assert visitor.get(f"{model}?operator=voltra", headers=rival).status_code == 403
    assert (
        visitor.put(model, json={"content": {}, "operator": "voltra"}, headers=rival).status_code
        == 403
    )
    assert visitor.put(model, json={"content": {}}).status_code == 401
    limited = key_of(web, "voltra", "condition:write")
    assert visitor.get(model, headers=limited).status_code == 403
