"""One pack's whole life, from outside: commands and HTTP against a real server process.

Nothing here enters the product by another door than its users: the command line beside the
running server, the API with keys, and files that leave with whoever asked for them.
"""

import io
import re
import time
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from builders_contents import an_example
from builders_recycling import a_report_document
from journey import (
    AUTHORITY,
    COLLECTIVE,
    COLLECTOR,
    COMPANIES,
    EV_GTIN,
    HOUSE,
    INTEGRATOR,
    MAKER,
    MAP,
    PASSWORD,
    RECYCLER,
    SECOND_LIFE_GTIN,
    Life,
    a_batch,
    a_life,
    a_model,
    a_pack,
    a_second_life_model,
    answered,
    first_readings,
    kinds,
    later_frames,
    placed_on,
    presentation,
    refusal,
    some_packs_as_table,
    subjects,
    the_steps,
    today,
)
from node_peer import a_node_peer
from PIL import Image
from servers import Server, running

PACK = f"01/{EV_GTIN}/21/EV%2F75-1"
"""The pack of this story; its serial number holds a slash."""
MISTAKE = f"01/{EV_GTIN}/21/EV75-2"
ORPHAN = f"01/{EV_GTIN}/21/EV75-3"
AGAIN = f"01/{SECOND_LIFE_GTIN}/21/AGAIN-1"
BATTERIES = "/api/v1/batteries"
RESTRICTED = {"ModelRestrictedStatement", "ItemDeclaredStatement", "ConditionStatement"}
CSRF_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
_PATIENCE_S = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def life(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Life]:
    """Give a running server with an empty record, once on each database."""
    url = request.getfixturevalue(f"{request.param}_url")
    server = Server(
        data=tmp_path / "data",
        environment={"PASSPORT_DATABASE_URL": url, "INGEST_REPORT_DELAY_S": "1"},
    )
    with running(server), a_life(server, tmp_path) as begun:
        yield begun


def test_one_pack_lives_its_whole_life_and_anybody_can_check_it(life: Life):
    companies_join(life)
    the_pack_comes_on_record(life)
    a_file_of_packs_comes_on_record(life)
    early_checkpoint = a_stranger_keeps_the_checkpoint(life)
    the_code_leads_to_a_passport_that_verifies_without_us(life)
    a_registration_by_mistake_is_annulled(life)
    readings_become_signed_conditions(life)
    only_who_was_let_in_reads_the_condition(life)
    two_packs_become_one_battery(life)
    nobody_deletes_a_passport(life)
    the_battery_becomes_waste(life)
    a_battery_that_nobody_answers_for_is_seen(life)
    an_unknown_battery_is_held_as_lithium(life)
    last_statement = the_recycler_ends_the_passport(life)
    the_log_only_grew(life, early_checkpoint)
    packages_of_others_agree(life, last_statement)


# --- on record ------------------------------------------------------------------------------------


def companies_join(life: Life) -> None:
    life.join(*COMPANIES)
    life.command("operator", "login", MAKER.slug, "mara", typed=f"{PASSWORD}\n")
    life.quick_command("model", "add", life.file("model.json", a_model()), "--operator", MAKER.slug)

    signed_in = sign_in(life, "mara", PASSWORD)
    assert signed_in.status_code == 303
    assert "HttpOnly" in signed_in.headers["set-cookie"]
    assert sign_in(life, "mara", "another password").status_code == 401
    did = answered(life.visitor.get(f"/operators/{MAKER.slug}/did.json"))
    assert did["id"] == f"did:web:localhost%3A{life.server.port}:operators:{MAKER.slug}"
    assert (life.server.data / "trust.json").exists()
    secret = life.key_file(MAKER)
    assert secret.stat().st_mode & 0o077 == 0


def sign_in(life: Life, login: str, password: str) -> httpx.Response:
    """Fill in the form as a browser does."""
    with httpx.Client(base_url=life.server.url) as browser:
        token = CSRF_TOKEN.search(browser.get("/login").text)
        assert token is not None
        fields = {"login": login, "password": password, "csrf_token": token.group(1)}
        return browser.post("/login", data=fields)


def the_pack_comes_on_record(life: Life) -> None:
    maker = life.of(MAKER)
    registered = answered(maker.post(BATTERIES, json=a_pack("EV/75-1")), 201)
    assert registered["iri"] == f"{life.server.url}/{PACK}"

    again = answered(maker.post(BATTERIES, json=a_pack("EV/75-1")), 200)
    assert (again["iri"], again["isNew"]) == (registered["iri"], False)
    other = a_pack("EV/75-1")
    other["content"]["individualMassKilograms"] = "1"
    assert refusal(maker.post(BATTERIES, json=other))[0] == 409
    wrong_digit = {**a_pack("EV75-9"), "gtin": "09506000134353"}
    assert refusal(maker.post(BATTERIES, json=wrong_digit))[1] == "content-refused"
    assert refusal(life.visitor.post(BATTERIES, json=a_pack("EV75-9")))[0] == 401
    assert refusal(life.of(COLLECTOR).post(BATTERIES, json=a_pack("EV75-9")))[0] == 403


def a_file_of_packs_comes_on_record(life: Life) -> None:
    table = some_packs_as_table(["EV75-2", "EV75-3", "EV75-4"], bad_mass="heavy")
    sent = life.of(MAKER).post(
        f"{BATTERIES}/import", content=table, headers={"Content-Type": "text/csv"}
    )

    told = answered(sent)
    assert (told["registered"], told["refused"]) == (2, 1)
    (problem,) = told["rows"][2]["problems"]
    assert (problem["row"], problem["column"]) == (3, "individualMassKilograms")
    assert "heavy" in problem["message"]
    file = life.file("packs.csv", table)
    by_command = life.command("register", file, "--operator", MAKER.slug, code=1)
    assert "row 3, column individualMassKilograms" in by_command.stderr
    lines = [orjson.loads(line) for line in by_command.stdout.splitlines()]
    assert [line["battery"] for line in lines] == [MISTAKE, ORPHAN]


def a_stranger_keeps_the_checkpoint(life: Life) -> tuple[int, bytes]:
    """Keep size and root of the log, as somebody does who suspects that it will be rewritten."""
    return checkpoint(life)


def the_code_leads_to_a_passport_that_verifies_without_us(life: Life) -> None:
    page = life.visitor.get(f"/{PACK}")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "EV/75-1" in page.text
    assert "432.5" in page.text or "431.8" in page.text

    shown = presentation(life.visitor, f"/{PACK}")
    assert "ItemPublicStatement" in kinds(shown)
    assert not RESTRICTED & set(kinds(shown))
    svg = life.file("label.svg", life.visitor.get(f"/batteries/{PACK}/label.svg").content)
    assert b"<svg" in svg.read_bytes()

    bundle = life.file("bundle.json", life.visitor.get(f"/batteries/{PACK}/bundle").content)
    report = verified_offline(life, bundle)
    outcomes = {check["check"]: check["outcome"] for check in report["checks"]}
    assert outcomes["receipts"] == "passed"
    assert set(outcomes.values()) == {"passed"}
    shown_file = life.file("presentation.json", orjson.dumps(shown))
    online = life.command("verify", f"{life.server.url}/{PACK}", "--trust", trust(life))
    assert orjson.loads(online.stdout)["verified"]
    nobody = life.command("verify", shown_file, "--offline", code=1)
    assert {one["code"] for one in orjson.loads(nobody.stdout)["problems"]} == {"key-unknown"}


def a_registration_by_mistake_is_annulled(life: Life) -> None:
    address = f"{BATTERIES}/{MISTAKE}/events"
    maker = life.of(MAKER)
    assert refusal(maker.post(address, json={"kind": "annulled"}))[0] == 422
    reason = {"kind": "annulled", "reason": "entered twice"}
    assert answered(maker.post(address, json=reason), 201)["kind"] == "annulled"

    assert answered(life.visitor.get(f"{BATTERIES}/{MISTAKE}"))["state"] == "annulled"
    page = life.visitor.get(f"/{MISTAKE}")
    assert page.status_code == 200
    assert "entered twice" in page.text


# --- in use ---------------------------------------------------------------------------------------


def readings_become_signed_conditions(life: Life) -> None:
    first = first_readings(life.folder, operations=12)
    mapping = life.file("map.toml", MAP)
    replayed = life.command(
        "replay", first, "--battery", f"{life.server.url}/{PACK}", "--map", mapping,
        "--data", life.server.data, "--json", program="bms-ingest",
    )  # fmt: skip
    assert orjson.loads(replayed.stdout)["statement"]
    (condition,) = conditions(life)
    assert "B0029" in condition["measurementSource"]["measuredCell"]

    key = answered(life.of(MAKER).post("/api/v1/keys", json={"scopes": ["telemetry:write"]}), 201)
    gateway = life.file("gateway.key", key["secret"])
    frames, count = later_frames(life.folder, PACK, after=12)
    sent = life.command(
        "replay", frames, "--battery", PACK, "--to", life.server.url, "--key-file", gateway,
        "--json", program="bms-ingest",
    )  # fmt: skip
    assert orjson.loads(sent.stdout)["accepted"] == count
    chain = wait_for_conditions(life, more_than=1)

    health = [float(one["assessedStateOfHealthPercent"]) for one in chain]
    assert 80 < health[-1] < health[0] < 100
    newest = chain[-1]
    told = {one["assessedTerm"].partition("#")[2]: one for one in newest["assessments"]}
    interval = told["assessedStateOfHealthPercent"]
    assert float(interval["intervalLow"]) <= health[-1] <= float(interval["intervalHigh"])
    assert interval["method"] == "full-charge"
    shown = presentation(life.of(MAKER), f"{BATTERIES}/{PACK}/conditions")
    before, after = shown["verifiableCredential"][-2:]
    assert after["previous"].startswith("sha256:")
    assert int(after["version"]) == int(before["version"]) + 1


def only_who_was_let_in_reads_the_condition(life: Life) -> None:
    integrator, maker = life.of(INTEGRATOR), life.of(MAKER)
    before = kinds(presentation(integrator, f"/{PACK}"))
    assert before == kinds(presentation(life.visitor, f"/{PACK}"))
    assert kinds(presentation(integrator, f"{BATTERIES}/{PACK}/conditions")) == []
    restricted = subjects_of_maker(life, "ConditionStatement")[-1]
    statement = restricted["statement"].removeprefix(life.server.url)
    assert refusal(life.visitor.get(statement))[0] in {401, 403, 404}

    wish = {"battery": PACK, "purpose": "Decide on a second life"}
    assert integrator.post("/api/v1/access-requests", json=wish).status_code == 202
    asked = answered(maker.get("/api/v1/notices"))[0]
    assert asked["kind"] == "access-asked"
    assert "Decide on a second life" in asked["text"]
    grant = answered(
        maker.post("/api/v1/grants", json={**wish, "organisation": INTEGRATOR.slug}), 201
    )
    shown = presentation(integrator, f"/{PACK}")
    assert set(kinds(shown)) >= RESTRICTED
    assert "ModelAuthorityStatement" not in kinds(shown)
    assert refusal(life.of(COLLECTOR).delete(f"/api/v1/grants/{grant['id']}"))[0] == 404

    supervisor = set(kinds(presentation(life.of(AUTHORITY), f"/{PACK}")))
    assert {"ModelRestrictedStatement", "ModelAuthorityStatement"} <= supervisor
    assert not {"ItemDeclaredStatement", "ConditionStatement"} & supervisor
    assert verifies(life, "own.json", integrator.get(f"/batteries/{PACK}/bundle").content)
    maker.delete(f"/api/v1/grants/{grant['id']}").raise_for_status()
    assert kinds(presentation(integrator, f"/{PACK}")) == before


# --- second life ----------------------------------------------------------------------------------


def two_packs_become_one_battery(life: Life) -> None:
    integrator, maker = life.of(INTEGRATOR), life.of(MAKER)
    answered(integrator.post("/api/v1/models", json=a_second_life_model()), 201)
    declaration = a_second_life(life)
    no_title = {**declaration, "evidence": declaration["evidence"][1:]}
    assert refusal(integrator.post("/api/v1/second-lives", json=no_title)) == (
        422,
        "evidence-missing",
    )

    declared = answered(integrator.post("/api/v1/second-lives", json=declaration), 201)
    assert declared["placedOnMarketOn"] is None
    assert answered(life.visitor.get(f"{BATTERIES}/{PACK}"))["successors"] == []
    told = answered(maker.get("/api/v1/notices"))[0]
    assert (told["kind"], told["about"]) == ("second-life-declared", PACK)
    place = f"/api/v1/second-lives/{declared['id']}"
    objection = {"reason": "The pack was not sold"}
    disputed = answered(maker.post(f"{place}/disputes", json=objection), 201)
    assert disputed["disputes"][0]["reason"] == "The pack was not sold"
    placed = answered(integrator.post(f"{place}/place", json={"placedOnMarketOn": today()}), 201)
    assert placed["iri"] == f"{life.server.url}/{AGAIN}"

    new = answered(life.visitor.get(f"{BATTERIES}/{AGAIN}"))
    assert (new["status"], new["responsible"]) == ("repurposed", INTEGRATOR.slug)
    assert new["predecessors"] == [PACK, "Oldvolt OV-60 1188"]
    old = answered(life.visitor.get(f"{BATTERIES}/{PACK}"))
    assert (old["state"], old["successors"]) == ("archived", [AGAIN])
    assert life.visitor.get(f"/{PACK}").status_code == 200
    assert verifies(life, "new.json", life.visitor.get(f"/batteries/{AGAIN}/bundle").content)
    plate = life.of(INTEGRATOR).get(
        f"/api/v1/attachments/{declaration['predecessors'][1]['plate']['photos'][0]}"
    )
    assert plate.headers["content-type"] == "image/png"


def a_second_life(life: Life) -> dict[str, Any]:
    content = {**an_example("stationary-battery")["content"], "serialNumber": "AGAIN-1"}
    title, report = (
        upload(life, text.encode(), "text/plain") for text in ("Bill of sale", "Rebuild report")
    )
    return {
        "gtin": SECOND_LIFE_GTIN,
        "serial": "AGAIN-1",
        "operation": "repurposing",
        "predecessors": [
            {"battery": PACK},
            {
                "plate": {
                    "manufacturer": "Oldvolt",
                    "model": "OV-60",
                    "serial": "1188",
                    "chemistry": "NMC",
                    "manufactured": "2019-03",
                    "ratedCapacityAmpereHours": "150",
                    "photos": [upload(life, a_picture(), "image/png")],
                }
            },
        ],
        "evidence": [
            {"kind": "title", "description": "Bill of sale", "digest": title},
            {"kind": "operation", "description": "Rebuild report", "digest": report},
        ],
        "content": content,
    }


def upload(life: Life, content: bytes, media_type: str) -> str:
    """Upload a file of the integrator as a form does and return its digest."""
    kept = life.of(INTEGRATOR).post(
        "/api/v1/attachments", files={"file": ("evidence", content, media_type)}
    )
    digest: str = answered(kept, 201)["digest"]
    assert digest == f"sha256:{sha256(content).hexdigest()}"
    return digest


def a_picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(buffer, "PNG")
    return buffer.getvalue()


def nobody_deletes_a_passport(life: Life) -> None:
    answer = life.of(INTEGRATOR).delete(f"{BATTERIES}/{AGAIN}")

    assert refusal(answer) == (409, "deletion-refused")
    assert "Article 77(8)" in answer.json()["detail"]
    assert refusal(life.visitor.delete(f"/{AGAIN}"))[0] == 405
    assert life.visitor.get(f"/{AGAIN}").status_code == 200


# --- waste and end --------------------------------------------------------------------------------


def the_battery_becomes_waste(life: Life) -> None:
    line = {
        "country": "NL",
        "category": "industrial",
        "registerNumber": "NL-4711",
        "operator": INTEGRATOR.slug,
        "party": COLLECTIVE.slug,
        "role": "producer-responsibility-organisation",
        "validFrom": placed_on(),
    }
    assert refusal(life.of(COLLECTIVE).post("/api/v1/register-lines", json=line))[0] == 403
    answered(life.of(INTEGRATOR).post("/api/v1/register-lines", json=line), 201)

    key = {"Idempotency-Key": "gate-1"}
    seen = an_intake(f"{life.server.url}/{AGAIN}")
    intake = answered(life.of(COLLECTOR).post("/api/v1/intakes", json=seen, headers=key), 201)
    again = answered(life.of(COLLECTOR).post("/api/v1/intakes", json=seen, headers=key), 201)
    assert again == intake
    assert intake["responsible"].startswith(f"{COLLECTIVE.slug} (producer responsibility")
    assert "NL-4711" in intake["responsible"]
    (told,) = answered(life.of(COLLECTIVE).get("/api/v1/notices"))
    assert told["kind"] == "waste-responsible"
    standing = answered(life.of(COLLECTIVE).get(f"{BATTERIES}/{AGAIN}"))
    assert (standing["state"], standing["status"]) == ("active", "waste")
    assert standing["responsible"] == COLLECTIVE.slug
    assert life.visitor.get(f"/{AGAIN}").status_code == 200
    assert "ItemDeclaredStatement" not in kinds(presentation(life.of(COLLECTOR), f"/{AGAIN}"))
    assert refusal(
        life.of(RECYCLER).post(
            f"{BATTERIES}/{AGAIN}/events", json={"kind": "recycled", "batch": "none"}
        )
    ) == (409, "not-in-recycling")


def a_battery_that_nobody_answers_for_is_seen(life: Life) -> None:
    seen = an_intake(f"{life.server.url}/{ORPHAN}")
    intake = answered(life.of(COLLECTOR).post("/api/v1/intakes", json=seen), 201)

    assert intake["responsible"] is None
    told = answered(life.of(HOUSE).get("/api/v1/notices"))
    assert [one["kind"] for one in told] == ["orphan"]
    assert told[0]["about"] == ORPHAN


def an_unknown_battery_is_held_as_lithium(life: Life) -> None:
    body = {**an_intake(""), "marks": "12V ..Ah, label torn off", "signs": ["swollen"]}
    intake = answered(life.of(COLLECTOR).post("/api/v1/intakes", json=body), 201)

    assert intake["held"]
    assert intake["handling"]["stream"] == "UNKNOWN_QUARANTINE"
    assert "lithium" in intake["handling"]["headline"]
    page = life.of(COLLECTOR).get(intake["card"])
    assert "hold it as lithium" in page.text


def an_intake(code: str) -> dict[str, Any]:
    return {"battery": code, "site": "Rotterdam", "country": "NL", "mass_kg": "102"}


def the_recycler_ends_the_passport(life: Life) -> bytes:
    """Recycle the battery; return a statement of the last day, as it was signed."""
    recycler = life.of(RECYCLER)
    arrival = {**an_intake(f"{life.server.url}/{AGAIN}"), "site": "Antwerp", "country": "BE"}
    intake = answered(recycler.post("/api/v1/intakes", json=arrival), 201)["intake"]
    batch = answered(recycler.post("/api/v1/batches", json=a_batch(intake)), 201)
    address = f"/api/v1/batches/{batch['batch']}"
    for step in the_steps():
        figures = answered(recycler.post(f"{address}/steps", json=step), 201)["figures"]
    document = a_report_document("rl-1")
    assert figures["marking"] == "management figure, not for filing"
    today_cases = {case["rRE_pct"] for case in figures["cases"]}
    assert today_cases == {case["expected"]["rRE_pct"] for case in document["cases"][:2]}
    for substance, expected in document["expected_rRM"].items():
        assert figures["rRM"][substance]["rRM_pct"] == expected["rRM_pct"]
    shown = life.visitor.get(f"/{AGAIN}")
    assert shown.status_code == 200
    answered(recycler.post(f"{address}/close"))
    ended = answered(recycler.post(f"{address}/recycled"))
    assert ended["batteries"][0]["stage"] == "recycled"

    for_people, for_programs = {"Accept": "text/html"}, {"Accept": "application/vp"}
    tombstone = life.visitor.get(f"/{AGAIN}", headers=for_people)
    assert tombstone.status_code == 410
    assert f"by {RECYCLER.name}" in tombstone.text
    ended = life.visitor.get(f"/{AGAIN}", headers=for_programs)
    assert ended.status_code == 410
    assert kinds(orjson.loads(ended.content)) == ["EventStatement"]
    standing = answered(life.visitor.get(f"{BATTERIES}/{AGAIN}"))
    assert (standing["state"], standing["predecessors"][0]) == ("ceased", PACK)
    original = life.visitor.get(f"/{PACK}", headers=for_people)
    assert original.status_code == 410
    assert f"/{AGAIN}" in original.text
    assert "It went into another battery" in original.text
    assert "Signed by Again Energy" in original.text
    bundle = life.file("end.json", life.visitor.get(f"/batteries/{AGAIN}/bundle").content)
    assert verified_offline(life, bundle)["verified"]
    late = {"kind": "repair", "reason": "too late"}
    answer = life.of(COLLECTIVE).post(f"{BATTERIES}/{AGAIN}/events", json=late)
    assert refusal(answer)[0] == 410
    statements = orjson.loads(bundle.read_bytes())["statements"]
    signed = [b64decode(one + "==", altchars=b"-_") for one in statements]
    (recycled,) = [one for one in signed if b'"recycled"' in one]
    return recycled


# --- somebody who distrusts us --------------------------------------------------------------------


def the_log_only_grew(life: Life, early: tuple[int, bytes]) -> None:
    size, root = checkpoint(life)
    leaves = leaf_hashes(life, size)

    assert early[0] < size < 256, "this test reads one tile"
    assert tree_hash(leaves) == root
    assert tree_hash(leaves[: early[0]]) == early[1]


def checkpoint(life: Life) -> tuple[int, bytes]:
    """Return size and root that the log has signed."""
    note = life.visitor.get("/log/checkpoint").text
    origin, size, root = note.splitlines()[:3]
    assert origin == f"localhost:{life.server.port}/log"
    assert "\n\n— " in note
    return int(size), b64decode(root)


def leaf_hashes(life: Life, size: int) -> list[bytes]:
    tile = life.visitor.get(f"/log/tile/0/000.p/{size}").content
    assert len(tile) == 32 * size
    return [tile[place : place + 32] for place in range(0, len(tile), 32)]


def tree_hash(leaves: list[bytes]) -> bytes:
    """Hash a tree as RFC 6962, section 2.1, writes it; nothing of the product is in here."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return sha256(b"\x01" + tree_hash(leaves[:left]) + tree_hash(leaves[left:])).digest()


def packages_of_others_agree(life: Life, statement: bytes) -> None:
    """Verify the recycler's word for the end with the Node packages of others."""
    document = orjson.loads(statement)
    did = answered(life.visitor.get(f"/operators/{RECYCLER.slug}/did.json"))
    assert document["issuer"] == did["id"]
    with a_node_peer() as peer:
        peer.know({did["id"]: did})
        assert peer.verify(document)["verified"] is True
        document["credentialSubject"]["occurredAt"] = "2020-01-01T00:00:00Z"
        assert peer.verify(document)["verified"] is False


def verified_offline(life: Life, bundle: Path) -> dict[str, Any]:
    """Verify a bundle in a process of its own, with a trust file and nothing else of ours."""
    ended = life.command("verify", bundle, "--offline", "--trust", trust(life))
    report: dict[str, Any] = orjson.loads(ended.stdout)
    return report


def verifies(life: Life, name: str, bundle: bytes) -> bool:
    """Whether a bundle verifies, by the same command inside this process."""
    file = life.file(name, bundle)
    report = life.quick_command("verify", file, "--offline", "--trust", trust(life))
    return bool(orjson.loads(report)["verified"])


def trust(life: Life) -> Path:
    """Return what the stranger wrote down about keys and log before."""
    return life.file("trust.json", life.visitor.get("/trust.json").content)


# --- what several steps need ----------------------------------------------------------------------


def conditions(life: Life) -> list[dict[str, Any]]:
    """Return what the conditions of the pack say, oldest first, as its maker reads them."""
    return subjects(
        presentation(life.of(MAKER), f"{BATTERIES}/{PACK}/conditions"), "ConditionStatement"
    )


def subjects_of_maker(life: Life, kind: str) -> list[dict[str, Any]]:
    """Return statements of one kind with their addresses, as the maker reads them."""
    shown = presentation(life.of(MAKER), f"{BATTERIES}/{PACK}/conditions")
    return [
        {"statement": one["id"]} for one in shown["verifiableCredential"] if one["type"][1] == kind
    ]


def wait_for_conditions(life: Life, *, more_than: int) -> list[dict[str, Any]]:
    """Return the chain once a job of the server has signed what came in."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        chain = conditions(life)
        if len(chain) > more_than:
            return chain
        time.sleep(0.5)
    pytest.fail(f"no condition was signed within {_PATIENCE_S} s of the readings")
