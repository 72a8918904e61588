"""The life itself over HTTP: each address does what it says, and refuses with its reason."""

import json

import orjson
import pytest
from builders_web import (
    EV_MODEL,
    STORAGE_MODEL,
    a_condition,
    a_storage_content,
    an_entry,
    key_of,
)

from passport.bootstrap.demonstration import EV_IN_USE, SECOND_LIFE_GTIN
from passport.storage.log import SqlTransparencyLog

BATTERIES = "/api/v1/batteries"
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
CSV = "text/csv"


@pytest.fixture
def maker(web):
    return key_of(web, "voltra")


@pytest.fixture
def integrator(web):
    return key_of(web, "again")


def register(visitor, maker, serial):
    return visitor.post(BATTERIES, json=an_entry(serial), headers=maker).json()["id"]


# --- registering ----------------------------------------------------------------------------------


def test_a_registered_battery_has_its_address(visitor, maker):
    made = visitor.post(BATTERIES, json=an_entry("API-1"), headers=maker)

    assert made.status_code == 201
    assert made.json() == {
        "id": f"01/{EV_MODEL}/21/API-1",
        "iri": f"http://localhost:8000/01/{EV_MODEL}/21/API-1",
        "isNew": True,
    }
    assert made.headers["location"] == made.json()["iri"]
    assert visitor.get(made.headers["location"]).status_code == 200


def test_the_same_battery_again_is_known_and_another_content_refused(visitor, maker):
    visitor.post(BATTERIES, json=an_entry("API-2"), headers=maker)

    again = visitor.post(BATTERIES, json=an_entry("API-2"), headers=maker)
    changed = an_entry("API-2", content={"individualMassKilograms": "431.9"})
    other = visitor.post(BATTERIES, json=changed, headers=maker)

    assert (again.status_code, again.json()["isNew"]) == (200, False)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_numbers_keep_every_digit(visitor, maker):
    body = json.dumps(an_entry("API-3")).replace('"431.8"', "431.80000000000000000001")
    headers = {**maker, "Content-Type": "application/json"}

    made = visitor.post(BATTERIES, content=body, headers=headers)

    answer = visitor.get(f"/{made.json()['id']}", headers={"Accept": "application/vp"})
    assert b'"individualMassKilograms":"431.80000000000000000001"' in answer.content


def test_several_are_registered_together_or_not_at_all(visitor, maker):
    good, bad = an_entry("API-4"), an_entry("API-5", content={"individualMassKilograms": "-1"})

    refused = visitor.post(BATTERIES, json=[good, bad], headers=maker)
    nothing = visitor.get(f"{BATTERIES}/01/{EV_MODEL}/21/API-4")
    made = visitor.post(BATTERIES, json={"batteries": [good, an_entry("API-5")]}, headers=maker)

    assert refused.status_code == 422
    assert nothing.status_code == 404
    assert [one["isNew"] for one in made.json()["batteries"]] == [True, True]


def test_every_place_that_is_wrong_is_named(visitor, maker):
    entry = an_entry("API-6", content={"individualMassKilograms": "-1", "colour": "red"})

    refused = visitor.post(BATTERIES, json=entry, headers=maker).json()

    assert refused["code"] == "content-refused"
    assert {one["path"] for one in refused["problems"]} == {"/individualMassKilograms", "/colour"}


def test_a_member_that_does_not_belong_is_named(visitor, maker):
    refused = visitor.post(BATTERIES, json={**an_entry("API-7"), "colour": "red"}, headers=maker)

    assert refused.json()["code"] == "request-invalid"
    assert refused.json()["problems"][0]["path"] == "/colour"


def test_a_wrong_identifier_is_named(visitor, maker):
    refused = visitor.post(BATTERIES, json=an_entry("nöt allowed"), headers=maker)

    assert refused.status_code == 422
    assert "GS1 AI 21" in refused.json()["detail"]


def test_another_operators_battery_is_not_registered(visitor, integrator):
    refused = visitor.post(BATTERIES, json=an_entry("API-8", operator="voltra"), headers=integrator)

    assert (refused.status_code, refused.json()["code"]) == (403, "access-denied")


def test_a_makers_own_identifier_names_its_model(visitor, maker):
    entry = an_entry("unused")
    del entry["gtin"], entry["serial"]
    entry |= {"identifier": "PACK-7", "model": EV_MODEL}
    entry["content"]["serialNumber"] = "PACK-7"

    made = visitor.post(BATTERIES, json=entry, headers=maker)

    assert made.json()["id"] == "id/PACK-7"
    assert visitor.get("/id/PACK-7").status_code == 200


def test_an_idempotency_key_gives_the_first_answer_again(visitor, maker):
    headers = {**maker, "Idempotency-Key": "register-9"}
    first = visitor.post(BATTERIES, json=an_entry("API-9"), headers=headers)

    again = visitor.post(BATTERIES, json=an_entry("API-9"), headers=headers)
    other = visitor.post(BATTERIES, json=an_entry("API-10"), headers=headers)

    assert again.json() == first.json()
    assert other.json()["code"] == "idempotency-conflict"


def test_own_batteries_are_listed_page_by_page(visitor, maker):
    first = visitor.get(f"{BATTERIES}?limit=2", headers=maker).json()
    second = visitor.get(f"{BATTERIES}?limit=2&after={first['next']}", headers=maker).json()

    assert len(first["batteries"]) == len(second["batteries"]) == 2
    assert first["batteries"][-1]["id"] < second["batteries"][0]["id"]
    assert visitor.get(f"{BATTERIES}?limit=0", headers=maker).json()["code"] == "request-invalid"


def test_a_passport_is_not_deleted_and_says_why(visitor, maker):
    refused = visitor.delete(f"{BATTERIES}/{EV_IN_USE}", headers=maker)

    assert (refused.status_code, refused.json()["code"]) == (409, "deletion-refused")
    assert "Article 77(8)" in refused.json()["detail"]


def test_a_battery_that_the_log_has_not_taken_yet_is_accepted_with_its_receipts_address(
    visitor, maker, web, monkeypatch
):
    with monkeypatch.context() as slow:
        slow.setattr(SqlTransparencyLog, "wait_for", lambda *_, **__: False)
        made = visitor.post(BATTERIES, json=an_entry("SLOW-1"), headers=maker)
    receipt = made.headers["link"].partition("<")[2].partition(">")[0]

    assert made.status_code == 202
    assert visitor.get(f"/{made.json()['id']}").status_code == 404
    waiting = visitor.get(receipt)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (503, "1")
    web.log.sequence(web.services.clock.now())
    assert visitor.get(receipt).text.startswith("c2sp.org/tlog-proof@v1")
    assert visitor.get(f"/{made.json()['id']}").status_code == 200


# --- files ----------------------------------------------------------------------------------------


def a_file(*serials, mass="431.8"):
    head = "gtin;serial;placedOnMarketOn;manufacturedOn;individualMassKilograms"
    head += ";manufacturingFacility.facilityName;manufacturingFacility.address.locality"
    head += ";manufacturingFacility.address.countryCode"
    rows = [f"{EV_MODEL};{one};2026-11-02;2026-10;{mass};Plant;Town;DE" for one in serials]
    return "\n".join([head, *rows, ""]).encode()


def test_good_rows_of_a_file_are_kept_and_bad_cells_named(visitor, maker):
    file = a_file("FILE-1", "FILE-2") + a_file("FILE-3", mass="-5").split(b"\n")[1] + b"\n"

    answer = visitor.post(
        f"{BATTERIES}/import", content=file, headers={**maker, "Content-Type": CSV}
    ).json()

    assert (answer["registered"], answer["known"], answer["refused"]) == (2, 0, 1)
    (problem,) = answer["rows"][2]["problems"]
    assert (problem["row"], problem["column"]) == (3, "individualMassKilograms")


def test_the_same_file_again_registers_nothing_twice(visitor, maker):
    headers = {**maker, "Content-Type": CSV}
    visitor.post(f"{BATTERIES}/import", content=a_file("FILE-4"), headers=headers)

    again = visitor.post(f"{BATTERIES}/import", content=a_file("FILE-4"), headers=headers).json()

    assert (again["registered"], again["known"]) == (0, 1)


def test_a_dry_run_stores_nothing(visitor, maker):
    sent = {"files": {"file": ("packs.csv", a_file("FILE-5"), CSV)}, "headers": maker}

    answer = visitor.post(f"{BATTERIES}/import?dryRun=true", **sent).json()

    assert answer["dryRun"] is True
    assert answer["rows"] == [{"row": 1, "id": None, "iri": None, "isNew": None, "problems": []}]
    assert visitor.get(f"{BATTERIES}/01/{EV_MODEL}/21/FILE-5").status_code == 404


def test_rows_are_answered_one_by_one_to_who_reads_lines(visitor, maker):
    lines = b"\n".join(orjson.dumps(an_entry(f"LINE-{n}")) for n in range(3))
    headers = {**maker, "Content-Type": "application/x-ndjson", "Accept": "application/x-ndjson"}

    answer = visitor.post(f"{BATTERIES}/import", content=lines, headers=headers)

    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["row"], row["isNew"]) for row in rows] == [(1, True), (2, True), (3, True)]


def test_a_json_list_is_a_file_too(visitor, maker):
    headers = {**maker, "Content-Type": "application/json"}
    answer = visitor.post(
        f"{BATTERIES}/import", content=orjson.dumps([an_entry("LIST-1")]), headers=headers
    )

    assert answer.json()["registered"] == 1


def test_a_file_of_another_kind_is_refused(visitor, maker):
    refused = visitor.post(
        f"{BATTERIES}/import", content=PDF, headers={**maker, "Content-Type": "application/pdf"}
    )

    assert refused.json()["code"] == "file-unreadable"


# --- life -----------------------------------------------------------------------------------------


def test_an_event_is_signed_by_who_reports_it(visitor, maker):
    battery = register(visitor, maker, "LIFE-1")
    body = {"kind": "repair", "occurredAt": "2026-11-20T10:00:00Z", "reason": "Pump replaced"}

    made = visitor.post(f"{BATTERIES}/{battery}/events", json=body, headers=maker)

    assert (made.status_code, made.json()["reportedBy"]) == (201, "voltra")
    assert visitor.get(f"{BATTERIES}/{battery}/events", headers=maker).json()[0]["kind"] == "repair"
    assert visitor.get(f"{BATTERIES}/{battery}/events").json() == []
    signed = visitor.get(f"/statements/{made.json()['statement']}", headers=maker)
    assert signed.json()["credentialSubject"]["eventReason"] == "Pump replaced"


def test_an_event_without_time_zone_is_refused(visitor, maker):
    body = {"kind": "repair", "occurredAt": "2026-11-20T10:00:00"}

    refused = visitor.post(f"{BATTERIES}/{EV_IN_USE}/events", json=body, headers=maker)

    assert refused.json()["problems"][0]["path"] == "/occurredAt"


def test_a_stranger_reports_nothing(visitor, integrator, maker):
    battery = register(visitor, maker, "LIFE-2")
    body = {"kind": "repair"}

    refused = visitor.post(f"{BATTERIES}/{battery}/events", json=body, headers=integrator)

    assert refused.status_code == 403


def test_waste_finds_who_answers_for_it(visitor, maker, web):
    battery = register(visitor, maker, "LIFE-3")
    body = {"kind": "waste", "country": "NL", "reason": "Yard, Rotterdam"}

    outcome = visitor.post(f"{BATTERIES}/{battery}/events", json=body, headers=key_of(web, "yard"))

    assert outcome.json()["responsible"] == "collective"
    assert outcome.json()["isOrphan"] is False


def test_conditions_make_a_chain(visitor, maker):
    battery = register(visitor, maker, "LIFE-4")
    path = f"{BATTERIES}/{battery}/conditions"
    for day in (18, 19):
        body = {"measuredAt": f"2026-11-{day}T10:00:00Z", "content": a_condition()}
        assert visitor.post(path, json=body, headers=maker).json()["version"] == day - 17

    first, second = visitor.get(path, headers=maker).json()["verifiableCredential"]

    assert "previous" not in first
    assert second["previous"].startswith("sha256:")


def test_a_repeated_condition_is_the_same(visitor, maker):
    battery = register(visitor, maker, "LIFE-5")
    path, headers = f"{BATTERIES}/{battery}/conditions", {**maker, "Idempotency-Key": "c-5"}
    body = {"measuredAt": "2026-11-18T10:00:00Z", "content": a_condition()}

    first = visitor.post(path, json=body, headers=headers)

    assert visitor.post(path, json=body, headers=headers).json() == first.json()
    chain = visitor.get(path, headers=maker).json()["verifiableCredential"]
    assert len(chain) == 1


def test_a_correction_withdraws_what_was_wrong(visitor, maker):
    battery = register(visitor, maker, "LIFE-6")
    before = visitor.get(f"/{battery}", headers={"Accept": "application/vp"}).json()
    content = an_entry("LIFE-6")["content"] | {"batchNumber": "2026-47"}

    answer = visitor.put(f"{BATTERIES}/{battery}/content", json={"content": content}, headers=maker)

    after = visitor.get(f"/{battery}", headers={"Accept": "application/vp"}).json()
    assert answer.status_code == 200
    assert before["verifiableCredential"][1]["credentialSubject"]["batchNumber"] == "2026-46"
    assert after["verifiableCredential"][1]["credentialSubject"]["batchNumber"] == "2026-47"


def test_a_model_comes_on_record_once_and_is_completed(visitor, integrator):
    listed = visitor.get("/api/v1/models", headers=integrator).json()

    assert [model["id"] for model in listed] == [f"01/{SECOND_LIFE_GTIN}"]
    unknown = {"gtin": "9506000134383", "content": {"category": "EV"}}
    refused = visitor.post("/api/v1/models", json=unknown, headers=integrator)
    assert (refused.status_code, refused.json()["code"]) == (422, "content-refused")
    amended = visitor.put(
        f"/api/v1/models/01/{STORAGE_MODEL}/content", json={"content": {}}, headers=integrator
    )
    assert amended.status_code == 403


# --- second life ----------------------------------------------------------------------------------


def keep(visitor, headers, content=PDF, media_type="application/pdf"):
    return visitor.post(
        "/api/v1/attachments", content=content, headers={**headers, "Content-Type": media_type}
    )


def a_second_life(visitor, integrator, serial, original, **changed):
    digest = keep(visitor, integrator).json()["digest"]
    return {
        "gtin": SECOND_LIFE_GTIN,
        "serial": serial,
        "operation": "repurposing",
        "predecessors": [{"battery": original}],
        "evidence": [
            {"kind": "title", "description": "Bill", "digest": digest},
            {"kind": "operation", "description": "Report", "digest": digest},
        ],
        "content": a_storage_content(serial),
    } | changed


def test_a_second_life_is_declared_disputed_and_placed(visitor, maker, integrator):
    original = register(visitor, maker, "MOVE-1")
    body = a_second_life(visitor, integrator, "AGAIN-1", original)

    declared = visitor.post("/api/v1/second-lives", json=body, headers=integrator)
    path = f"/api/v1/second-lives/{declared.json()['id']}"
    disputed = visitor.post(f"{path}/disputes", json={"reason": "Not sold"}, headers=maker)
    placed = visitor.post(
        f"{path}/place", json={"placedOnMarketOn": "2026-11-20"}, headers=integrator
    )

    assert (declared.status_code, declared.json()["placedOnMarketOn"]) == (201, None)
    assert disputed.json()["disputes"][0]["reason"] == "Not sold"
    assert placed.json()["id"] == f"01/{SECOND_LIFE_GTIN}/21/AGAIN-1"
    old = visitor.get(f"{BATTERIES}/{original}").json()
    assert (old["state"], old["successors"]) == ("archived", [placed.json()["id"]])
    new = visitor.get(f"{BATTERIES}/{placed.json()['id']}").json()
    assert (new["status"], new["predecessors"]) == ("repurposed", [original])


def test_a_second_life_is_seen_by_those_it_concerns(visitor, maker, integrator, web):
    original = register(visitor, maker, "MOVE-2")
    body = a_second_life(visitor, integrator, "AGAIN-2", original)
    declared = visitor.post("/api/v1/second-lives", json=body, headers=integrator).json()
    path = f"/api/v1/second-lives/{declared['id']}"

    assert visitor.get(path, headers=maker).status_code == 200
    assert visitor.get(path, headers=key_of(web, "watch")).status_code == 200
    assert visitor.get(path, headers=key_of(web, "yard")).json()["code"] == "second-life-unknown"


def test_a_second_life_without_evidence_is_refused(visitor, maker, integrator):
    original = register(visitor, maker, "MOVE-3")
    body = a_second_life(visitor, integrator, "AGAIN-3", original, evidence=[])

    refused = visitor.post("/api/v1/second-lives", json=body, headers=integrator)

    assert (refused.status_code, refused.json()["code"]) == (422, "evidence-missing")


def test_a_way_the_law_does_not_have_is_refused(visitor, maker, integrator):
    original = register(visitor, maker, "MOVE-4")
    operation = "preparation-for-re-use"
    body = a_second_life(visitor, integrator, "AGAIN-4", original, operation=operation)

    refused = visitor.post("/api/v1/second-lives", json=body, headers=integrator)

    assert (refused.status_code, refused.json()["code"]) == (409, "transition-refused")


# --- access, documents, keys ----------------------------------------------------------------------


def test_who_asks_for_access_gets_it_from_the_operator(visitor, maker, web):
    battery, recycler = register(visitor, maker, "ASK-1"), key_of(web, "melt")
    wish = {"battery": battery, "purpose": "Recycling"}

    assert visitor.post("/api/v1/access-requests", json=wish, headers=recycler).status_code == 202
    grant = {"organisation": "melt", "battery": battery, "purpose": "Recycling"}
    made = visitor.post("/api/v1/grants", json=grant, headers=maker)

    assert made.json()["audience"] == "legitimate-interest"
    assert visitor.get(f"{BATTERIES}/{battery}", headers=recycler).json()["status"] == "original"


def test_nobody_gives_access_to_anothers_battery(visitor, integrator):
    grant = {"organisation": "again", "battery": EV_IN_USE, "purpose": "Curiosity"}

    assert visitor.post("/api/v1/grants", json=grant, headers=integrator).status_code == 403


def test_a_document_is_what_its_bytes_are(visitor, maker):
    good = keep(visitor, maker)
    sent_in_form = visitor.post(
        "/api/v1/attachments", files={"file": ("a.pdf", PDF, "application/pdf")}, headers=maker
    )
    pretended = keep(visitor, maker, b"<script>alert(1)</script>", "image/png")
    page = keep(visitor, maker, b"<html></html>", "text/html")

    assert good.json() == sent_in_form.json()
    assert good.json()["mediaType"] == "application/pdf"
    assert pretended.status_code == page.status_code == 422


def test_a_document_is_read_by_who_it_concerns(visitor, maker, web):
    digest = keep(visitor, maker, PDF + b"mine").json()["digest"]
    path = f"/api/v1/attachments/{digest}"

    mine = visitor.get(path, headers=maker)

    assert mine.content == PDF + b"mine"
    assert mine.headers["content-disposition"] == "attachment"
    assert visitor.get(path, headers=key_of(web, "yard")).status_code == 404
    assert visitor.get(path).status_code == 401


def test_an_administrator_adds_an_organisation_and_nobody_else(visitor, maker, web):
    body = {
        "name": "Newpack SA",
        "id": "https://newpack.example.com/",
        "country": "FR",
        "roles": ["operator"],
    }
    refused = visitor.post("/api/v1/operators", json=body, headers=maker)
    made = visitor.post("/api/v1/operators", json=body, headers=key_of(web, "house"))

    assert refused.status_code == 403
    assert made.json()["did"] == "did:web:localhost%3A8000:operators:newpack-sa"
    assert visitor.get("/api/v1/operators/newpack-sa").json() == made.json()


def test_a_new_key_reaches_as_far_as_it_says(visitor, maker):
    body = {"scopes": ["condition:write"]}
    key = visitor.post("/api/v1/keys", json=body, headers=maker).json()
    headers = {"Authorization": f"Bearer {key['secret']}"}

    assert key["scopes"] == ["condition:write"]
    condition = {"measuredAt": "2026-11-20T11:00:00Z", "content": a_condition()}
    path = f"{BATTERIES}/{EV_IN_USE}"
    assert visitor.post(f"{path}/conditions", json=condition, headers=headers).status_code == 201
    assert visitor.post(BATTERIES, json=an_entry("KEY-1"), headers=headers).status_code == 403
    assert visitor.post(f"{path}/events", json={"kind": "lost"}, headers=headers).status_code == 403
