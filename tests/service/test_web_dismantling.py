"""Documents on pages, and the page for who takes a battery apart."""

from datetime import UTC, datetime

import pytest
from builders_contents import a_content
from builders_web import a_browser, a_running_installation, signed_in, token_on

from passport.bootstrap.demonstration import EV_GTIN, EV_IN_USE, MANUFACTURER, STATIONARY
from passport.domain.identifiers import ModelId, gs1_model_id
from passport.services.documents import NewDocument, document_node
from passport.services.issue import NewModel

PDF = b"%PDF-1.7\n"
MODEL = gs1_model_id(EV_GTIN)
SECRET = "Torx 30"


def page(browser, path, status=200):
    answer = browser.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text
    return " ".join(answer.text.split())


@pytest.fixture(scope="module")
def maker(web):
    return signed_in(web, "manufacturer")


@pytest.fixture(scope="module")
def integrator(web):
    return signed_in(web, "integrator")


def test_the_bench_shows_all_six_contents(integrator):
    shown = page(integrator, f"/dismantling/{EV_IN_USE}")

    for words in (
        "Exploded diagram VP-EV75",
        "Undo the screws of the lid and lift it.",
        "48 \N{MULTIPLICATION SIGN} screw M6, Torx 30",
        "lifting frame VP-LF-1",
        "Coolant on a cell terminal shorts it.",
        "100 in series, 2 in parallel; 10 modules in two rows of five",
    ):
        assert words in shown
    assert "not complete" not in shown
    assert "EV75-000001" in shown


def test_the_bench_adds_the_whole_job_up(integrator):
    shown = page(integrator, f"/dismantling/{EV_IN_USE}")

    assert "1 h 55 min" in shown  # 15 + 25 + 40 + 35
    assert '<th scope="row" role="rowheader" data-head="Kind">screw M8</th>' in shown
    assert 'class="num">62</td>' in shown  # 22 + 40
    assert shown.count("<span>Torx 30</span>") == 1


def test_the_steps_stand_in_their_order_with_each_warning_in_its_step(maker):
    shown = page(maker, f"/dismantling/{MODEL}")

    places = [shown.index(f'id="step-{number}"') for number in range(1, 5)]
    assert places == sorted(places)
    assert places[0] < shown.index("stay under voltage.</span>") < places[1]
    assert places[2] < shown.index("shorts it.</span>") < places[3]


def test_drawings_stand_in_their_place_and_are_served_to_the_reader(integrator):
    shown = page(integrator, f"/dismantling/{EV_IN_USE}")

    sources = [part.partition('"')[0] for part in shown.split('<img src="')[1:]]
    assert len(sources) == 2
    for source in sources:
        answer = integrator.get(source)
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", [f"/dismantling/{EV_IN_USE}", f"/dismantling/{MODEL}"])
def test_instructions_are_for_those_who_read_point_2(web, visitor, path):
    collector = signed_in(web, "collector")

    assert SECRET not in page(collector, path, 403)
    assert visitor.get(path, headers={"Accept": "text/html"}, follow_redirects=False).is_redirect
    assert SECRET in page(signed_in(web, "authority"), path)
    assert SECRET in page(signed_in(web, "manufacturer"), path)


def test_a_grant_for_one_battery_opens_the_bench_of_its_model(integrator):
    assert SECRET in page(integrator, f"/dismantling/{MODEL}")


def test_what_names_neither_battery_nor_model_is_not_found(maker):
    page(maker, "/dismantling/01/09506000134352/21/NONE", 404)
    page(maker, "/dismantling/01/09506000999982", 404)
    page(maker, "/dismantling/nonsense", 400)


def test_the_bench_is_linked_where_it_is_open_and_nowhere_else(web, visitor, integrator):
    link = f'href="/dismantling/{EV_IN_USE}"'

    assert link in page(integrator, f"/condition/{EV_IN_USE}")
    assert f'href="/dismantling/{MODEL}"' in page(integrator, f"/{MODEL}")
    assert "/dismantling/" not in page(visitor, f"/{EV_IN_USE}")
    assert "/dismantling/" not in page(visitor, f"/{MODEL}")
    assert "/dismantling/" not in page(signed_in(web, "collector"), f"/{MODEL}")


def test_instructions_that_leave_something_out_say_so(web, maker):
    content = a_content("ev-pack-model", cellLayout=None, explodedDiagrams=None)
    content |= {"cellLayout": {"absent": "notProvided"}}
    content |= {"explodedDiagrams": {"absent": "notProvided"}}
    model_id = ModelId("01/09506000134345")
    new = NewModel(model_id=model_id, content=content)
    web.services.add_model(MANUFACTURER.actor, MANUFACTURER.slug, new)

    shown = page(maker, f"/dismantling/{model_id}")

    assert "These instructions are not complete" in shown
    assert "exploded diagrams that show where the cells are" in shown
    assert shown.count("instructions for dismantling leave out") == 1
    assert "the number of cells and their layout" in shown


def test_the_public_page_names_each_public_document_with_what_is_known_of_it(visitor):
    shown = page(visitor, f"/{EV_IN_USE}")

    assert (
        "English; PDF, 2 kB; issued by Voltra Packs (fictional); version 1; "
        "valid from 18 September 2026" in shown
    )
    assert "Performance and durability of VP-EV75" not in shown
    assert "Exploded diagram VP-EV75" not in shown


def test_the_restricted_page_names_what_its_reader_may_read(web):
    path = f"/condition/{EV_IN_USE}"

    of_authority = page(signed_in(web, "authority"), path)
    of_integrator = page(signed_in(web, "integrator"), path)

    assert "Exploded diagram VP-EV75" in of_authority
    assert "issued by Example Test House (fictional); valid until 18 September 2031" in of_authority
    assert "Exploded diagram VP-EV75" in of_integrator
    assert "Performance and durability of VP-EV75" not in of_integrator


class MovedClock:
    """Stands at a day until it is moved on."""

    def __init__(self) -> None:
        self.instant = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        return self.instant


def test_a_page_in_memory_says_on_the_next_day_that_a_document_has_expired(tmp_path):
    clock = MovedClock()
    with a_running_installation(tmp_path / "data", clock=clock) as passport:
        stored = passport.services.add_document(
            MANUFACTURER.actor,
            MANUFACTURER.slug,
            NewDocument(content=PDF, title="Certificate", valid_until=clock.instant.date()),
        )
        model_id = gs1_model_id("09506000134369")
        content = a_content(
            "stationary-battery-model",
            declarationOfConformity=[document_node(stored, "http://localhost:8000")],
        )
        passport.services.amend_model(MANUFACTURER.actor, model_id, content)
        browser = a_browser(passport)
        on_its_last_day = page(browser, f"/{STATIONARY}")

        clock.instant = clock.instant.replace(year=clock.instant.year + 1)
        a_year_later = page(browser, f"/{STATIONARY}")

    assert "Certificate" in on_its_last_day
    assert ">Expired<" not in on_its_last_day
    assert ">Expired<" in a_year_later


# --- the operator's own page ----------------------------------------------------------------------


def test_an_operator_uploads_a_document_and_gets_its_reference(maker):
    form = {
        "csrf_token": token_on(maker, "/operator/documents"),
        "title": "Manual",
        "kind": "dismantling-manual",
        "language": "nl",
        "valid_until": "2020-01-01",
    }
    answer = maker.post(
        "/operator/documents",
        data=form,
        files={"file": ("manual.pdf", PDF + b"manual", "application/pdf")},
    )

    assert answer.status_code == 303
    shown = page(maker, answer.headers["location"].partition("#")[0])
    assert "Manual is kept" in shown
    assert "Dismantling manual; Dutch; PDF, 15 bytes; valid until 1 January 2020" in shown
    assert ">Expired<" in shown
    assert "&#34;documentDigest&#34;: &#34;sha256:" in shown


def test_an_operator_sees_what_is_wrong_with_a_file(maker):
    token = token_on(maker, "/operator/documents")
    nothing = maker.post("/operator/documents", data={"csrf_token": token})
    drawing = maker.post(
        "/operator/documents",
        data={"csrf_token": token, "title": "Kept title"},
        files={"file": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")},
    )

    assert (nothing.status_code, drawing.status_code) == (422, 422)
    assert "Choose a file, or drop one here" in nothing.text
    assert "can run scripts" in drawing.text
    assert 'value="Kept title"' in drawing.text


def test_the_page_says_where_a_document_is_named_and_who_reads_it(maker):
    shown = page(maker, "/operator/documents")

    assert f'href="/{MODEL}"' in shown
    assert "Annex XIII point 1: everybody reads it" in shown
    assert "Annex XIII point 3: read by authorities alone" in shown


def test_documents_are_a_page_for_operators(web, visitor):
    assert page(signed_in(web, "collector"), "/operator/documents", 403)
    assert "Kept here" not in visitor.get("/operator/documents").text


@pytest.mark.parametrize("restricted", ["condition", "structure", "dismantling"])
def test_whoever_is_refused_a_battery_is_led_to_ask_for_access(web, restricted):
    recycler = signed_in(web, "recycler")

    refused = page(recycler, f"/{restricted}/{EV_IN_USE}", 403)

    assert f'href="/access/{EV_IN_USE}"' in refused
    assert page(recycler, f"/access/{EV_IN_USE}")


def test_whoever_is_refused_a_model_is_led_to_its_public_page(web):
    refused = page(signed_in(web, "recycler"), f"/dismantling/{MODEL}", 403)

    assert f'href="/{MODEL}"' in refused
    assert "/access/" not in refused
