"""A chemistry that is data alone goes the whole way, at a running service; gaps are named."""

import os
import subprocess
import sys
from typing import Any

import orjson
import pytest
from builders_contents import an_example
from journey import (
    MAKER,
    RECYCLER,
    Life,
    a_life,
    a_pack,
    answered,
    presentation,
    refusal,
    subjects,
)
from servers import Server, running

TABLE = """\
code,label_en,carrier_ion,cathode,anode,electrolyte_state,family,contains,certainty,source
Al-ion,Aluminium-ion,Al,graphite,aluminium,liquid,other,Al,unsure,Data sheet of the cell
Ca-ion,Calcium-ion,Ca,,,,other,Ca,unsure,Data sheet of the cell
"""
SERIAL, RECYCLED = "AL-000001", "AL-000002"
ALUMINIUM_ROWS = (("Al", "30"), ("Steel", "20"), ("Plastics", "10"))


def a_model(gtin: str, chemistry: str, **changed: object) -> dict[str, Any]:
    content = {**an_example("ev-pack-model")["content"], "chemistry": chemistry, **changed}
    content.pop("chemistryName")
    return {"gtin": gtin, "content": content}


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """Give a running service that knows two chemistries more, with a pack of one of them."""
    folder = tmp_path_factory.mktemp("new-chemistry")
    table = folder / "chemistries.csv"
    table.write_text(TABLE)
    server = Server(data=folder / "data", environment={"PASSPORT_CHEMISTRIES": str(table)})
    with running(server), a_life(server, folder) as life:
        life.join(MAKER, RECYCLER)
        model = life.file("model.json", a_model("09506000134352", "Al-ion"))
        life.quick_command("model", "add", model, "--operator", "voltra")
        for serial in (SERIAL, RECYCLED):
            pack = life.file(f"{serial}.json", a_pack(serial))
            life.quick_command("register", pack, "--operator", "voltra")
        yield life


def address(life: Life, serial: str = SERIAL) -> str:
    return f"{life.server.url}/01/09506000134352/21/{serial}"


def test_its_model_says_what_the_row_tells(life):
    (said,) = subjects(presentation(life.visitor, address(life)), "ModelPublicStatement")

    assert {
        name: said[name]
        for name in ("chemistry", "chemistryName", "carrierIon", "cathodeMaterial", "anodeMaterial")
    } == {
        "chemistry": "Al-ion",
        "chemistryName": {"en": "Aluminium-ion"},
        "carrierIon": "Al",
        "cathodeMaterial": "graphite",
        "anodeMaterial": "aluminium",
    }
    assert said["electrolyteState"] == "liquid"


def test_its_page_and_its_label_say_it_in_words(life):
    page = life.visitor.get(address(life), headers={"Accept": "text/html"})
    label = life.folder / "label.svg"
    life.quick_command("label", f"09506000134352/{SERIAL}", "--format", "svg", "-o", label)

    assert "Aluminium-ion" in page.text
    assert "Al-ion" in label.read_text()


def test_its_passport_is_verified_elsewhere_without_the_table(life):
    bundle, trust = life.folder / "pack.obp", life.server.data / "trust.json"
    life.quick_command("show", f"09506000134352/{SERIAL}", "--bundle", bundle)

    report = subprocess.run(
        [sys.executable, "-m", "passport.cli", "verify", bundle, "--offline", "--trust", trust],
        env={name: value for name, value in os.environ.items() if name != "PASSPORT_CHEMISTRIES"},
        capture_output=True,
        check=False,
    )

    assert (report.returncode, orjson.loads(report.stdout)["verified"]) == (0, True)


def test_a_service_without_the_table_refuses_the_code_and_says_how_to_add_it(life):
    model = life.file("again.json", a_model("09506000134369", "Al-ion"))
    known = Server(data=life.server.data, port=life.server.port)

    refused = known.run("model", "add", model, "--operator", "voltra")

    assert refused.returncode == 1
    assert "'Al-ion' is no code known here" in refused.stderr
    assert "PASSPORT_CHEMISTRIES" in refused.stderr


def test_what_the_row_leaves_open_the_model_has_to_say(life):
    file = life.file("calcium.json", a_model("09506000134369", "Ca-ion"))
    said = {
        "anodeMaterial": "calcium",
        "cathodeMaterial": {"absent": "notProvided"},
        "electrolyteState": "liquid",
    }
    whole = life.file("whole.json", a_model("09506000134369", "Ca-ion", **said))

    refused = life.command("model", "add", file, "--operator", "voltra", code=1)
    life.quick_command("model", "add", whole, "--operator", "voltra")

    for term in said:
        assert term in refused.stderr


def test_a_table_that_is_none_does_not_start_the_service(life):
    broken = life.file("broken.csv", "code,label_en,certainty,source\nNMC,Another,known,x\n")
    server = Server(
        data=life.server.data,
        port=life.server.port,
        environment={"PASSPORT_CHEMISTRIES": str(broken)},
    )

    ended = server.run("status", f"09506000134352/{SERIAL}")

    assert ended.returncode == 2
    assert "line 2: NMC is in the list already" in ended.stderr


def test_at_its_end_it_is_held_with_its_family_released_treated_and_rated(life):
    recycler = life.of(RECYCLER)
    arrival = {
        "battery": address(life, RECYCLED),
        "site": "Antwerp",
        "country": "BE",
        "mass_kg": "431.8",
    }
    intake = answered(recycler.post("/api/v1/intakes", json=arrival), 201)
    handling = intake["handling"]
    assert (intake["held"], handling["chemistry"]) == (True, "Aluminium-ion")
    assert (handling["chemistry_family"], handling["stream"]) == ("other", "UNKNOWN_QUARANTINE")
    assert handling["headline"] == "No handling row for Aluminium-ion: hold it as lithium."
    assert (
        "no handling row for Aluminium-ion; family other"
        in (handling["reasons"]["must_hold"]["source"])
    )
    assert handling["waste_code"] is None

    batch = {
        "site": "Antwerp",
        "country": "BE",
        "family": "other",
        "main_chemistry": "Al-ion",
        "intakes": [intake["intake"]],
        "wet_mass_kg": "100",
        "water_kg": "0",
        "rows": [
            {"substance": name, "mass_kg": mass}
            for name, mass in (*ALUMINIUM_ROWS, ("Other", "40"))
        ],
    }
    assert refusal(recycler.post("/api/v1/batches", json=batch)) == (409, "battery-held")

    said = {"chemistry": "Al-ion", "reason": "the maker says so, and so does its passport"}
    released = answered(recycler.post(f"/api/v1/intakes/{intake['intake']}/release", json=said))
    assert (released["held"], released["handling"]["packaging"]) == (False, "LP904")
    opened = answered(recycler.post("/api/v1/batches", json=batch), 201)
    step = {
        "name": "Shredding and melting",
        "operator": "Melt Recycling",
        "country": "BE",
        "outputs": [
            {"substance": name, "mass_kg": mass, "recovered_mass_kg": mass}
            for name, mass in ALUMINIUM_ROWS
        ],
    }
    place = f"/api/v1/batches/{opened['batch']}"
    figures = answered(recycler.post(f"{place}/steps", json=step), 201)["figures"]
    answered(recycler.post(f"{place}/close"))
    ended = answered(recycler.post(f"{place}/recycled"))

    assert (ended["family"], ended["main_chemistry"]) == ("other", "Al-ion")
    assert {case["rRE_pct"] for case in figures["cases"]} == {"60.0000"}
    assert life.visitor.get(address(life, RECYCLED)).status_code == 410
