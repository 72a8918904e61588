"""The vocabulary over HTTP: pages for people, graphs for programs, files with digests."""

import csv
import hashlib
import io
import json
import zipfile

import pytest
import rdflib
from builders_web import AS_PAGE, a_browser, a_running_installation

from passport.domain.content import all_terms
from passport.domain.passport import StatementKind
from passport.linked_data.published import published_files
from passport.linked_data.terms import (
    CONTEXT_VERSION,
    VOCABULARY,
    classes,
    code_rows,
    context_file,
    schema_file,
    schema_path,
)
from passport.linked_data.versions import frozen_files

KIND = StatementKind.CONDITION


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Somebody who is not known here."""
    with a_running_installation(tmp_path_factory.mktemp("vocabulary")) as passport:
        yield a_browser(passport)


WORDS = {
    "a term": ("/schemas/terms/massKilograms", "massKilograms"),
    "a class": ("/schemas/classes/Substance", "Substance"),
    "a kind of statement": ("/schemas/classes/EventStatement", "EventStatement"),
    "a code list": ("/schemas/codes/category", "codes/category"),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_word_answers_in_the_form_that_is_asked_for(reader, name):
    address, word = WORDS[name]

    page = reader.get(address, headers=AS_PAGE)
    json_ld = reader.get(address, headers={"Accept": "application/ld+json"})
    turtle = reader.get(address, headers={"Accept": "text/turtle"})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"{VOCABULARY}{word}" in page.text
    assert json_ld.headers["content-type"] == "application/ld+json"
    assert json_ld.json()["@graph"][0]["@id"] == f"{VOCABULARY}{word}"
    assert turtle.headers["content-type"].startswith("text/turtle")
    graph = rdflib.Graph().parse(data=turtle.text, format="turtle")
    assert (rdflib.URIRef(f"{VOCABULARY}{word}"), None, None) in graph
    for answer in (page, json_ld, turtle):
        assert answer.headers["vary"] == "Accept"
    assert json_ld.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ["/schemas", "/schemas/", "/schemas/battery"])
def test_the_vocabulary_answers_in_the_form_that_is_asked_for(reader, address):
    page = reader.get(address, headers=AS_PAGE)
    json_ld = reader.get(address, headers={"Accept": "application/ld+json"})
    turtle = reader.get(address, headers={"Accept": "text/turtle"})

    assert all(f'id="{term.name}"' in page.text for term in all_terms())
    assert json_ld.content == schema_file("vocabulary/battery.jsonld").read_bytes()
    assert turtle.content == schema_file("vocabulary/battery.ttl").read_bytes()


def test_each_anchor_stands_once(reader):
    page = reader.get("/schemas/", headers=AS_PAGE).text

    assert [term.name for term in all_terms() if page.count(f'id="{term.name}"') != 1] == []


def test_a_link_of_a_page_leads_to_the_other_forms(reader):
    turtle = reader.get("/schemas/terms/category?format=turtle", headers=AS_PAGE)
    json_ld = reader.get("/schemas/terms/category?format=jsonld", headers=AS_PAGE)

    assert turtle.headers["content-type"].startswith("text/turtle")
    assert json_ld.headers["content-type"] == "application/ld+json"
    assert reader.get("/schemas/terms/category?format=word").status_code == 422


def test_every_word_has_a_page(reader):
    addresses = [f"/schemas/terms/{term.name}" for term in all_terms()]
    addresses += [f"/schemas/classes/{name}" for name in sorted(classes())]
    addresses += [f"/schemas/codes/{name}" for name in sorted({row[0] for row in code_rows()})]

    answers = {address: reader.get(address, headers=AS_PAGE).status_code for address in addresses}

    assert {address for address, status in answers.items() if status != 200} == set()


def test_the_page_of_a_term_tells_unit_point_code_asking_and_mappings(reader):
    page = reader.get("/schemas/terms/ratedCapacityAmpereHours", headers=AS_PAGE).text

    for words in (
        "Charge that a full new battery",
        "UCUM code A.h",
        "http://qudt.org/vocab/unit/A-HR",
        "AMH",
        "1(g)",
        "ModelPublicStatement",
        "everybody",
        "Who is asked for data point",
        "Electric vehicle",
        "ratedCapacityAmpereHours&#34;: &#34;",
        "Words of other vocabularies",
        "Annex VI Part A(6)",
    ):
        assert words in page, words


def test_a_rule_stands_on_the_page_of_each_of_its_terms(reader):
    page = reader.get("/schemas/terms/nominalVoltageVolts", headers=AS_PAGE).text

    assert "The voltages rise from minimum over nominal to maximum [V]." in page


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("q=voltage", "nominalVoltageVolts", "massKilograms"),
        ("q=RATED+capacity", "ratedCapacityAmpereHours", "nominalVoltageVolts"),
        ("statement=ConditionStatement", "measuredAt", "massKilograms"),
        ("statement=Substance", "casNumber", "measuredAt"),
        ("point=2(c)", "cellCount", "casNumber"),
        ("q=cycle&point=1(j)", "expectedCycles", "fullEquivalentCycles"),
    ],
)
def test_words_are_found_by_text_statement_and_point(reader, query, there, not_there):
    page = reader.get(f"/schemas/?{query}", headers=AS_PAGE).text

    assert f'id="{there}"' in page
    assert f'id="{not_there}"' not in page


def test_a_search_that_finds_nothing_says_so_and_repeats_the_words_harmlessly(reader):
    page = reader.get("/schemas/?q=%22%3E%3Cscript%3E", headers=AS_PAGE).text

    assert "0 terms" in page
    assert "<script>" not in page.partition("<main")[2]


@pytest.mark.parametrize(
    "address",
    [
        f"/schemas/json-schema/{KIND}.json",
        f"/schemas/json-schema/{CONTEXT_VERSION}/{KIND}.json",
        f"/schemas/json-schema/{KIND}/{CONTEXT_VERSION}.json",
        f"/schemas/{KIND}/{CONTEXT_VERSION}.json",
    ],
)
def test_a_json_schema_is_found_by_kind_by_version_and_by_its_id(reader, address):
    answer = reader.get(address)

    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.content == schema_file(schema_path(KIND, CONTEXT_VERSION)).read_bytes()


def test_a_context_is_found_by_its_permanent_name(reader):
    answer = reader.get(f"/schemas/contexts/battery/{CONTEXT_VERSION}.jsonld")

    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.content == schema_file(context_file(CONTEXT_VERSION)).read_bytes()


def test_every_published_file_is_served_with_its_digest_and_listed_with_it(reader):
    listed = reader.get("/schemas/downloads", headers=AS_PAGE).text

    for path, file in published_files().items():
        answer = reader.get(f"/schemas/{path}")
        assert hashlib.sha256(answer.content).hexdigest() == file.sha256, path
        assert answer.headers["content-type"].startswith(file.media_type), path
        assert ("immutable" in answer.headers["cache-control"]) is file.never_changes, path
        assert f'href="/schemas/{path}"' in listed
        assert file.sha256 in listed


def test_what_is_frozen_or_pinned_is_kept_for_ever_and_nothing_else():
    lasting = {path for path, file in published_files().items() if file.never_changes}
    pinned = json.loads(schema_file("contexts/map.json").read_bytes())
    others = {f"contexts/{one['file']}" for iri, one in pinned.items() if "w3.org" in iri}

    assert {entry.file for entry in frozen_files()} <= lasting
    assert others <= lasting
    assert not any(path.startswith(("vocabulary/", "shacl/")) for path in lasting)


def test_the_shapes_are_turtle_that_programs_of_others_read(reader):
    for name in ("statements", "passport"):
        answer = reader.get(f"/schemas/shacl/{name}.ttl")

        assert answer.headers["content-type"].startswith("text/turtle")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert len(rdflib.Graph().parse(data=answer.text, format="turtle")) > 10


def test_everything_comes_in_one_archive(reader):
    answer = reader.get("/schemas/everything.zip")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        inside = {
            name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()
        }
        terms = archive.read("schemas/terms.csv").decode()
    assert inside == {f"schemas/{path}": file.sha256 for path, file in published_files().items()}
    assert len(list(csv.DictReader(io.StringIO(terms)))) == len(all_terms())
    assert reader.get("/schemas/everything.zip").content == answer.content


@pytest.mark.parametrize(
    "address",
    [
        "/schemas/terms/colour",
        "/schemas/classes/Colour",
        "/schemas/codes/colour",
        "/schemas/contexts/..%2Fterms.csv",
        "/schemas/..%2Fpyproject.toml",
        "/schemas/json-schema/9.9.9/ConditionStatement.json",
        "/schemas/contexts/battery/9.9.9.jsonld",
        "/schemas/examples/legacy-plate.png",
        "/schemas/Colour/1.0.0.json",
    ],
)
def test_what_is_not_published_is_not_there(reader, address):
    assert reader.get(address).status_code == 404
