"""The end of life over HTTP: what programs send, what people see and send."""

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from builders_recycling import a_report_document
from builders_registered import MAKER, PACK, an_installation, enter_producer
from builders_yard import COLLECTOR, RECYCLER
from fastapi.testclient import TestClient
from PIL import Image

from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM, Actor
from passport.domain.status import PassportState
from passport.services.accounts import NewAccount
from passport.web.app import make_app

CODE = f"http://localhost:8000/{PACK}"
PASSWORD = "a long enough password"
TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
KEY = re.compile(r'name="request_key" value="([^"]+)"')


@pytest.fixture
def passport(tmp_path: Path) -> Iterator[Passport]:
    opened = an_installation(tmp_path)
    enter_producer(opened)
    yield opened
    opened.close()


@pytest.fixture
def client(passport: Passport) -> TestClient:
    return TestClient(make_app(passport), base_url="http://localhost:8000", follow_redirects=False)


def key_of(passport: Passport, actor: Actor) -> dict[str, str]:
    issued = passport.services.issue_api_key(SYSTEM, actor.organisation)
    return {"Authorization": f"Bearer {issued.secret}"}


def sign_in(client: TestClient, passport: Passport, actor: Actor) -> None:
    passport.services.add_account(
        SYSTEM,
        NewAccount(
            login=actor.name,
            organisation=actor.organisation,
            roles=actor.roles,
            password=PASSWORD,
        ),
    )
    client.cookies.set("session", passport.services.sign_in(actor.name, PASSWORD))


def a_picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(buffer, "JPEG")
    return buffer.getvalue()


def an_intake(**changed: Any) -> dict[str, Any]:
    return {"battery": CODE, "site": "Rotterdam", "country": "NL", "mass_kg": "431.8", **changed}


def a_batch(intake: str, **changed: Any) -> dict[str, Any]:
    rows = a_report_document("rl-1")["input"]["rows"]
    return {
        "site": "Lelystad",
        "country": "NL",
        "family": "lithium-based",
        "main_chemistry": "NMC622",
        "intakes": [intake],
        "wet_mass_kg": "102",
        "water_kg": "2",
        "rows": [
            {
                "substance": row["substance"],
                "mass_kg": str(row["m_input"]),
                "recovery_basis_kg": str(row["rm_basis"]) if "rm_basis" in row else None,
            }
            for row in rows
        ],
        **changed,
    }


def the_steps() -> list[dict[str, Any]]:
    return [
        {
            "name": step["step"],
            "operator": step["operator"],
            "country": step["country"],
            "outputs": [
                {
                    "substance": one["substance"],
                    "mass_kg": str(one["m"]),
                    "recovered_mass_kg": str(one.get("rm_m", 0)),
                }
                for one in step["outputs"]
            ],
        }
        for step in a_report_document("rl-1")["steps"]
    ]


def test_a_program_takes_a_pack_from_intake_to_the_end_of_its_passport(client, passport):
    key = key_of(passport, RECYCLER)
    intake = client.post("/api/v1/intakes", json=an_intake(), headers=key)
    assert intake.status_code == 201
    assert intake.json()["handling"]["stream"] == "LI_CONI"
    assert intake.json()["responsible"].startswith("voltra (producer in NL")

    batch = client.post("/api/v1/batches", json=a_batch(intake.json()["intake"]), headers=key)
    assert batch.status_code == 201
    number = batch.json()["batch"]
    first, second = the_steps()
    client.post(f"/api/v1/batches/{number}/steps", json=first, headers=key)
    stepped = client.post("/api/v1/steps", json={**second, "batch": number}, headers=key)
    figures = stepped.json()["figures"]
    assert figures["marking"] == "management figure, not for filing"
    assert [case["rRE_pct"] for case in figures["cases"]] == ["81.3941", "70.3340"]
    assert figures["rRM"]["Li"]["rRM_pct"] == "72.0000"

    assert client.post(f"/api/v1/batches/{number}/close", headers=key).json()["state"] == "closed"
    ended = client.post(f"/api/v1/batches/{number}/recycled", headers=key)
    assert ended.json()["batteries"][0]["stage"] == "recycled"
    assert passport.services.read_standing(MAKER, PACK).state is PassportState.CEASED
    tombstone = client.get(f"/{PACK}", headers={"Accept": "text/html"})
    assert tombstone.status_code == 410


def test_a_repeated_request_with_its_key_gets_the_first_answer(client, passport):
    headers = {**key_of(passport, COLLECTOR), "Idempotency-Key": "once"}

    first = client.post("/api/v1/intakes", json=an_intake(), headers=headers)
    again = client.post("/api/v1/intakes", json=an_intake(), headers=headers)
    other = client.post("/api/v1/intakes", json=an_intake(note="x"), headers=headers)

    assert again.json() == first.json()
    assert len(client.get("/api/v1/intakes", headers=headers).json()) == 1
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")


def test_a_program_takes_in_an_unknown_battery_with_a_photo(client, passport):
    key = key_of(passport, COLLECTOR)
    photo = base64.b64encode(a_picture()).decode()
    body = an_intake(
        battery="", signs=["swollen"], photos=[{"content_base64": photo, "shows": "front"}]
    )

    intake = client.post("/api/v1/intakes", json=body, headers=key).json()

    assert intake["handling"]["stream"] == "UNKNOWN_QUARANTINE"
    assert intake["held"]
    assert len(intake["photos"]) == 1
    released = client.post(
        f"/api/v1/intakes/{intake['intake']}/release",
        json={"chemistry": "LFP", "reason": "marked inside"},
        headers=key,
    )
    assert released.json()["handling"]["stream"] == "LI_DAMAGED"
    assert not released.json()["held"]


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"battery": "http://localhost:8000/01/09506000134353/21/X"}, 400, "invalid-identifier"),
        ({"country": "Netherlands"}, 422, None),
        ({"mass_kg": "-1"}, 422, None),
        ({"unheard": 1}, 422, None),
        ({"photos": [{"content_base64": "!!"}]}, 422, "intake-photo-refused"),
        ({"photos": [{"content_base64": "aGVsbG8="}]}, 422, "intake-photo-refused"),
    ],
)
def test_an_intake_that_cannot_be_is_refused(client, passport, changed, status, code):
    answer = client.post(
        "/api/v1/intakes", json=an_intake(**changed), headers=key_of(passport, COLLECTOR)
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code


def test_nobody_and_no_maker_takes_batteries_in(client, passport):
    assert client.post("/api/v1/intakes", json=an_intake()).status_code == 401
    answer = client.post("/api/v1/intakes", json=an_intake(), headers=key_of(passport, MAKER))
    assert (answer.status_code, answer.json()["code"]) == (403, "access-denied")


def form_of(client: TestClient, path: str) -> dict[str, str]:
    page = client.get(path)
    assert page.status_code == 200, page.text
    token = TOKEN.search(page.text)
    key = KEY.search(page.text)
    assert token is not None
    return {
        "csrf_token": token.group(1),
        "request_key": key.group(1) if key else str(uuid4()),
    }


def filled_in(client: TestClient, path: str) -> dict[str, str]:
    """Return the fields of a form as the page shows them filled in."""
    inputs = re.findall(r"<input[^>]*>", client.get(path).text)
    named = {tag: re.search(r'name="([^"]+)"', tag) for tag in inputs}
    shown = {tag: re.search(r'value="([^"]*)"', tag) for tag in inputs}
    return {
        name.group(1): shown[tag].group(1) if shown[tag] else ""
        for tag, name in named.items()
        if name is not None
    }


def send(client: TestClient, path: str, fields: dict[str, Any], photo: bytes = b""):
    files = [("photos", ("label.jpg", photo, "image/jpeg"))] if photo else None
    return client.post(path, data=fields, files=files)


def follow(client: TestClient, answer) -> str:
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    return page.text


def test_a_collector_takes_in_a_battery_nobody_knows_and_reads_what_to_do(client, passport):
    sign_in(client, passport, COLLECTOR)
    assert "The yard is empty" in client.get("/yard").text
    form = form_of(client, "/yard/intake")
    fields = {
        **form,
        "kind": "unknown",
        "signs": ["dented"],
        "mass_kg": "6,6",
        "site": "Rotterdam",
        "country": "nl",
        "origin": "municipal",
        "marks": "12V <b>..</b>Ah",
    }

    card = follow(client, send(client, "/yard/intake", fields, a_picture()))

    assert "yard-2026-000001" in card
    assert "Unknown battery: hold it as lithium." in card
    assert "Do not open, drill, cut" in card
    assert "6.6 kg" in card
    assert "&lt;b&gt;" in card
    photo = client.get("/yard/intakes/yard-2026-000001/photos/0")
    assert photo.headers["content-type"] == "image/jpeg"
    assert "yard-2026-000001" in client.get("/yard").text
    again = send(client, "/yard/intake", fields, a_picture())
    assert again.headers["location"] == "/yard/intakes/yard-2026-000001"


def test_a_collector_scans_a_pack_and_sees_who_answers_for_it(client, passport):
    sign_in(client, passport, COLLECTOR)
    fields = {
        **form_of(client, f"/yard/intake?code={CODE}"),
        "kind": "known",
        "code": CODE,
        "site": "Rotterdam",
        "country": "NL",
    }

    card = follow(client, send(client, "/yard/intake", fields))

    assert "Lithium battery, no damage seen." in card
    assert "voltra (producer in NL, register number NL-4711)" in card
    assert "Dangerous voltage" in card
    assert f'href="/{PACK}"' in card
    assert 'value="Rotterdam"' in client.get("/yard/intake").text


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": "hello"}, "no battery"),
        ({"code": ""}, "choose that you do not know it"),
        ({"site": ""}, "Name the site."),
        ({"country": "Holland"}, "Write two letters"),
        ({"mass_kg": "heavy"}, "Write a number"),
    ],
)
def test_a_mistake_on_the_form_is_named_and_what_was_entered_stays(
    client, passport, changed, message
):
    sign_in(client, passport, COLLECTOR)
    fields = {
        **form_of(client, "/yard/intake"),
        "kind": "known",
        "code": CODE,
        "site": "Rotterdam",
        "country": "NL",
        "note": "kept as entered",
        **changed,
    }

    answer = send(client, "/yard/intake", fields)

    assert answer.status_code == 422
    assert message in answer.text
    assert "kept as entered" in answer.text
    assert "The yard is empty" in client.get("/yard").text


def test_a_form_of_another_session_is_refused(client, passport):
    sign_in(client, passport, COLLECTOR)

    answer = send(client, "/yard/intake", {"csrf_token": "00", "kind": "unknown"})

    assert answer.status_code == 403


def test_a_visitor_and_a_maker_do_not_see_the_yard(client, passport):
    assert client.get("/yard", headers={"Accept": "text/html"}).status_code in {303, 401}
    sign_in(client, passport, MAKER)
    assert client.get("/yard").status_code == 403
    assert client.get("/recycling").status_code == 403


def test_a_person_releases_a_held_battery_on_its_card(client, passport):
    sign_in(client, passport, COLLECTOR)
    fields = {
        **form_of(client, "/yard/intake"),
        "kind": "unknown",
        "site": "Rotterdam",
        "country": "NL",
    }
    follow(client, send(client, "/yard/intake", fields))
    card = "/yard/intakes/yard-2026-000001"
    form = form_of(client, card)

    refused = send(client, f"{card}/release", {**form, "chemistry": "LFP", "reason": ""})
    released = send(client, f"{card}/release", {**form, "chemistry": "LFP", "reason": "marked"})

    assert refused.status_code == 422
    assert "Say how you know what the battery is." in refused.text
    assert "by Noor: marked" in follow(client, released)


def test_a_recycler_takes_a_pack_through_a_batch_on_the_pages(client, passport):
    sign_in(client, passport, RECYCLER)
    fields = {
        **form_of(client, "/yard/intake"),
        "kind": "known",
        "code": CODE,
        "site": "Lelystad",
        "country": "NL",
        "mass_kg": "102",
    }
    follow(client, send(client, "/yard/intake", fields))
    assert "Batteries ready in the yard: 1" in client.get("/recycling").text

    batch_fields: dict[str, Any] = {
        **form_of(client, "/recycling/new"),
        "family": "lithium-based",
        "intakes": ["lely-2026-000001"],
        "site": "Lelystad",
        "country": "NL",
        "main_chemistry": "NMC622",
        "wet_mass_kg": "102",
        "water_kg": "2",
    }
    for row in a_report_document("rl-1")["input"]["rows"]:
        batch_fields[f"mass-{row['substance']}"] = str(row["m_input"])
        batch_fields[f"basis-{row['substance']}"] = str(row.get("rm_basis", ""))
    page = follow(client, send(client, "/recycling/new", batch_fields))
    assert "In recycling" in page

    path = "/recycling/lely-B-2026-000001"
    for step in the_steps():
        step_fields = {**form_of(client, path), "name": step["name"], "operator": step["operator"]}
        for line, output in enumerate(step["outputs"]):
            step_fields[f"substance-{line}"] = output["substance"]
            step_fields[f"output-{line}"] = output["mass_kg"]
            step_fields[f"recovered-{line}"] = output["recovered_mass_kg"]
        page = follow(client, send(client, f"{path}/steps", step_fields))
    assert "81.3941" in page
    assert "72.0000" in page
    assert page.count("Management figure, not for filing") == 2

    follow(client, send(client, f"{path}/close", form_of(client, path)))
    page = follow(client, send(client, f"{path}/recycled", form_of(client, path)))

    assert "Recycled" in page
    assert passport.services.read_standing(MAKER, PACK).state is PassportState.CEASED


def test_a_step_with_more_than_came_in_is_shown_again_with_the_reason(client, passport):
    sign_in(client, passport, RECYCLER)
    key = key_of(passport, RECYCLER)
    intake = client.post("/api/v1/intakes", json=an_intake(), headers=key).json()["intake"]
    client.post("/api/v1/batches", json=a_batch(intake), headers=key)
    path = "/recycling/lely-B-2026-000001"
    fields = {**form_of(client, path), "name": "N_0", "substance-0": "Steel", "output-0": "500"}

    answer = send(client, f"{path}/steps", fields)

    assert answer.status_code == 422
    assert "what the process added is no output" in answer.text
    assert 'value="500"' in answer.text
    nameless = send(client, f"{path}/steps", {**fields, "name": ""})
    assert "Name the step." in nameless.text
    wordy = send(client, f"{path}/steps", {**fields, "output-0": "much"})
    assert 'id="error-output-0"' in wordy.text


def test_a_batch_that_is_not_in_order_says_so_on_its_page(client, passport):
    sign_in(client, passport, RECYCLER)
    key = key_of(passport, RECYCLER)
    intake = client.post("/api/v1/intakes", json=an_intake(), headers=key).json()["intake"]
    client.post("/api/v1/batches", json=a_batch(intake), headers=key)
    path = "/recycling/lely-B-2026-000001"
    fields = {
        **form_of(client, path),
        "name": "N_0",
        "substance-0": "Other",
        "output-0": "5",
        "label-0": "black mass-NMC622",
    }
    follow(client, send(client, f"{path}/steps", fields))

    answer = send(client, f"{path}/close", form_of(client, path))

    assert answer.status_code == 409
    assert "always intermediate" in answer.text


def test_a_recycler_puts_a_wrong_step_and_a_wrong_input_right_on_the_pages(client, passport):
    sign_in(client, passport, RECYCLER)
    key = key_of(passport, RECYCLER)
    intake = client.post("/api/v1/intakes", json=an_intake(), headers=key).json()["intake"]
    client.post("/api/v1/batches", json=a_batch(intake), headers=key)
    path = "/recycling/lely-B-2026-000001"
    step = {"name": "N_0", "substance-0": "Other", "output-0": "5", "label-0": "residue"}
    follow(client, send(client, f"{path}/steps", {**form_of(client, path), **step}))

    withdrawn = send(client, f"{path}/steps/last/withdrawal", form_of(client, path))
    assert "No step yet" in follow(client, withdrawn)

    form = filled_in(client, f"{path}/input")
    assert form["wet_mass_kg"] == "102"
    refused = send(client, f"{path}/input", {**form, "mass-Co": "a lot"})
    assert refused.status_code == 422
    assert 'id="error-mass-Co"' in refused.text
    assert path in follow(client, send(client, f"{path}/input", {**form, "mass-Co": "2.3"}))
    assert filled_in(client, f"{path}/input")["mass-Co"] == "2.3"


def test_a_batch_without_batteries_or_figures_is_shown_again(client, passport):
    sign_in(client, passport, RECYCLER)
    key = key_of(passport, RECYCLER)
    client.post("/api/v1/intakes", json=an_intake(), headers=key)
    fields = {**form_of(client, "/recycling/new"), "family": "lithium-based"}

    nothing = send(client, "/recycling/new", fields)
    wrong = send(
        client,
        "/recycling/new",
        {**fields, "intakes": ["lely-2026-000001"], "mass-Co": "a lot", "wet_mass_kg": "x"},
    )

    assert "Choose at least one battery." in nothing.text
    assert 'id="error-mass-Co"' in wrong.text
    assert wrong.status_code == 422


def test_a_collector_ticks_off_the_task_of_an_orphan(client, passport):
    sign_in(client, passport, COLLECTOR)
    fields = {
        **form_of(client, "/yard/intake"),
        "kind": "known",
        "code": CODE,
        "danger": ["hot"],
        "site": "Gent",
        "country": "BE",
    }
    card = follow(client, send(client, "/yard/intake", fields))
    assert "Do not move it. Keep people away." in card
    assert "Nobody answers for this battery" in card
    yard = client.get("/yard").text
    done = re.search(r'action="(/yard/tasks/[^"]+/done)"', yard)
    assert done is not None

    page = follow(client, send(client, done.group(1), form_of(client, "/yard/intake")))

    assert "Any producer of its category must take it back" not in page


def test_what_is_no_photo_and_no_text_is_refused(client, passport):
    headers = key_of(passport, COLLECTOR)
    gate = {"site": "Gate 1", "country": "NL"}

    no_base64 = client.post(
        "/api/v1/intakes", json={**gate, "photos": [{"content_base64": "é"}]}, headers=headers
    )
    no_text = client.post("/api/v1/intakes", json={**gate, "site": "Gate\u00001"}, headers=headers)

    assert no_base64.json()["code"] == "intake-photo-refused"
    assert no_text.json()["code"] == "request-invalid"
