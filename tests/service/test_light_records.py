"""Batteries that need no passport have a light record behind the same resolver."""

import re
from io import BytesIO

import pytest
from builders_contents import a_content, an_example
from builders_registered import MAKER, an_installation
from builders_web import a_browser, a_running_installation, key_of, signed_in, token_on
from builders_yard import COLLECTOR
from PIL import Image

from passport.domain.actor import SYSTEM
from passport.domain.identifiers import gs1_model_id
from passport.exchange.codes import read_codes
from passport.services.issue import NewModel

LIGHT = ("portable-battery-model", "sli-battery-model", "small-industrial-battery-model")


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with a_running_installation(tmp_path_factory.mktemp("light")) as passport:
        maker = a_browser(passport)
        for name in LIGHT:
            body = {"gtin": an_example(name)["gtin"], "content": a_content(name)}
            answer = maker.post("/api/v1/models", json=body, headers=key_of(passport, "voltra"))
            assert answer.status_code == 201, answer.text
        yield passport


@pytest.fixture
def visitor(web):
    return a_browser(web)


@pytest.fixture(params=LIGHT)
def gtin(request):
    return an_example(request.param)["gtin"]


def test_everybody_reads_the_light_record_and_it_is_never_called_a_passport(visitor, gtin):
    page = visitor.get(f"/01/{gtin}", headers={"Accept": "text/html"})

    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert page.status_code == 200
    assert "Battery information" in main
    assert "need no battery passport" in main
    assert re.findall(r"\w+ \w+ [Pp]assport", main.replace("passport@", "")) == [
        "no battery passport"
    ]


def test_the_record_is_signed_and_says_nothing_of_data_that_nobody_asks_for(visitor, gtin):
    presentation = visitor.get(f"/01/{gtin}", headers={"Accept": "application/vp"}).json()

    statements = presentation["verifiableCredential"]
    kinds = {statement["type"][1] for statement in statements}
    assert "ModelPublicStatement" in kinds
    assert not kinds & {"ModelRestrictedStatement", "ModelAuthorityStatement"}
    public = next(one for one in statements if one["type"][1] == "ModelPublicStatement")
    absent = [one["absentTerm"] for one in public["credentialSubject"].get("absent", [])]
    assert not any("expectedCycles" in term for term in absent)
    assert all(statement["proof"]["cryptosuite"] == "eddsa-rdfc-2022" for statement in statements)


def test_the_code_of_a_single_battery_leads_to_the_record_of_its_model(visitor, gtin):
    answer = visitor.get(f"/01/{gtin}/21/X-1?linkType=all", follow_redirects=False)

    assert answer.status_code == 307
    assert answer.headers["location"] == f"/01/{gtin}?linkType=all"


def test_no_single_battery_is_registered(visitor, web, gtin):
    entry = {
        "gtin": gtin,
        "serial": "P-1",
        "placedOnMarketOn": "2027-02-18",
        "content": {"serialNumber": "P-1", "manufacturedOn": "2027-01"},
    }

    answer = visitor.post("/api/v1/batteries", json=entry, headers=key_of(web, "voltra"))

    assert (answer.status_code, answer.json()["code"]) == (409, "no-passport-needed")
    assert f"/01/{gtin}" in answer.json()["detail"]


def test_a_scanned_or_typed_code_leads_to_the_record(visitor, gtin):
    for form in ({"code": f"http://localhost:8000/01/{gtin}"}, {"gtin": gtin, "serial": "X-1"}):
        token = token_on(visitor, "/scan")
        answer = visitor.post("/scan", data={**form, "csrf_token": token}, follow_redirects=False)

        assert (answer.status_code, answer.headers.get("location")) == (303, f"/01/{gtin}")


def test_the_label_reads_as_the_address_of_the_record(visitor, web, gtin):
    label = visitor.get(f"/models/01/{gtin}/label.png")

    assert label.headers["content-type"] == "image/png"
    Image.open(BytesIO(label.content)).verify()
    assert f"{web.base_url}/01/{gtin}" in read_codes(label.content)


def test_a_model_with_passports_has_no_label_of_its_own(visitor):
    answer = visitor.get(f"/models/01/{an_example('ev-pack-model')['gtin']}/label.png")

    assert (answer.status_code, answer.json()["code"]) == (409, "passport-needed")


@pytest.mark.parametrize("form", ["01/{gtin}/21/X-1", "http://localhost:8000/01/{gtin}"])
def test_a_collector_learns_the_chemistry_from_the_record(tmp_path, form):
    passport = an_installation(tmp_path)
    sli = an_example("sli-battery-model")
    new = NewModel(model_id=gs1_model_id(sli["gtin"]), content=sli["content"])
    passport.services.add_model(SYSTEM, MAKER.organisation, new)
    key = passport.services.issue_api_key(SYSTEM, COLLECTOR.organisation)

    answer = a_browser(passport).post(
        "/api/v1/intakes",
        json={"battery": form.format(gtin=sli["gtin"]), "site": "Yard 1", "country": "NL"},
        headers={"Authorization": f"Bearer {key.secret}"},
    )
    passport.close()

    assert answer.status_code == 201, answer.text
    assert answer.json()["handling"]["chemistry_family"] == "lead-acid"


def test_a_model_that_grows_above_two_kilowatt_hours_needs_passports(web):
    maker = signed_in(web, "manufacturer")
    content = a_content("small-industrial-battery-model", ratedEnergyKilowattHours="2.4")
    content["ratedCapacityAmpereHours"] = "100"

    answer = maker.post(
        "/api/v1/models",
        json={"gtin": "09506000134994", "content": content},
        headers=key_of(web, "voltra"),
    )

    assert answer.status_code == 422
    missing = {problem["path"] for problem in answer.json()["problems"]}
    assert {"/originalPower", "/detailedComposition", "/testReports"} <= missing


def test_a_rechargeable_battery_states_no_missing_minimum_duration(visitor):
    gtin = an_example("portable-battery-model")["gtin"]

    page = visitor.get(f"/01/{gtin}", headers={"Accept": "text/html"})

    assert "Rechargeable" in page.text
    assert "Minimum average duration" not in page.text
