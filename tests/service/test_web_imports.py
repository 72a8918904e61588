"""Files of packs over HTTP and on pages: workbooks in, results beside the rows out."""

import base64
import html
import re

import pytest
from builders_import import a_text, a_workbook, pack_rows, rows_of
from builders_web import AS_PAGE, EV_MODEL, a_browser, key_of, signed_in, token_on
from sqlalchemy import func, select

from passport.domain.actor import Actor, Role
from passport.exchange.import_templates import MEDIA_TYPE
from passport.storage.engine import reading
from passport.storage.tables import PassportTable

PAGE = "/operator/register"
IMPORT = "/api/v1/batteries/import"
FORM = {"model": f"01/{EV_MODEL}"}
LONG = 201
VOLTRA = Actor(organisation="voltra", roles=frozenset({Role.OPERATOR}))


@pytest.fixture(scope="module")
def maker(web):
    return signed_in(web, "manufacturer")


@pytest.fixture(scope="module")
def key(web):
    return key_of(web, "voltra")


def serials(prefix, count):
    return [f"{prefix}-{number}" for number in range(count)]


def send(browser, data, mode, name="packs.xlsx"):
    form = {**FORM, "mode": mode, "csrf_token": token_on(browser, PAGE)}
    return browser.post(PAGE, data=form, headers=AS_PAGE, files={"file": (name, data)})


def row_counts(web):
    with reading(web.engine) as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in PassportTable.metadata.sorted_tables
        }


def download_in(answer):
    """Return the file inside the page, as the browser keeps it."""
    found = re.search(r'href="data:([^;]+);base64,([^"]+)" download="([^"]+)"', answer.text)
    assert found is not None
    assert found[1] == MEDIA_TYPE
    return base64.b64decode(html.unescape(found[2])), found[3]


# --- a page ---------------------------------------------------------------------------------------


def test_a_workbook_is_checked_and_its_results_are_on_the_page_itself(web, maker):
    rows = pack_rows("PG-1", "PG-2", individualMassKilograms="heavy")
    maker.get(PAGE)
    before = row_counts(web)

    answer = send(maker, a_workbook(*rows), "dry-run", "packs.march.xlsx")

    assert answer.status_code == 422
    workbook, name = download_in(answer)
    assert name == "packs.march results.xlsx"
    assert [row[0] for row in rows_of(workbook)] == ["result", "in order", "refused"]
    assert row_counts(web) == before


def test_the_results_put_right_are_registered(maker):
    rows = pack_rows("PR-1", "PR-2", individualMassKilograms="heavy")
    workbook, _ = download_in(send(maker, a_workbook(*rows), "register"))
    told = rows_of(workbook)
    told[2][told[0].index("individualMassKilograms")] = "431.8"

    answer = send(maker, a_workbook(*told), "register")

    assert answer.status_code == 200
    assert maker.get(f"/01/{EV_MODEL}/21/PR-2").status_code == 200


def test_a_cell_that_a_spreadsheet_changed_is_shown_with_what_to_do(maker):
    rows = pack_rows("PC-1")
    rows[1][rows[0].index("serial")] = 17

    answer = send(maker, a_workbook(*rows), "dry-run")

    assert "<code>17 [number]</code>" in answer.text
    assert "cell B2: holds the number 17" in answer.text


def test_the_template_of_each_model_with_passports_is_on_the_page(web, maker):
    page = maker.get(PAGE, headers=AS_PAGE).text
    links = re.findall(r'href="(/operator/register/template.xlsx\?[^"]+)"', page)

    assert len(links) == sum(not model.is_light for model in web.services.models_of(VOLTRA))
    for link in links:
        answer = maker.get(html.unescape(link))
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert rows_of(answer.content)[0][0] == "gtin"
    assert maker.get(f"{PAGE}/template.xlsx?model=01/09506000134345").status_code == 404


# --- a long file ----------------------------------------------------------------------------------


def run_what_is_due(web):
    """Each call does what is due of one file; other tests may have left some."""
    while web.run_due_imports(lambda: False):
        pass


def test_a_long_file_goes_on_beside_the_requests_and_its_page_says_how_far(web, maker):
    run_what_is_due(web)
    rows = pack_rows(*serials("LONG", LONG), individualMassKilograms="heavy")

    answer = send(maker, a_workbook(*rows), "register")

    page = answer.headers["location"]
    assert (answer.status_code, page.rpartition("/")[0]) == (303, "/operator/imports")
    begun = maker.get(page, headers=AS_PAGE)
    assert begun.headers["refresh"] == "3"
    assert '<progress aria-label="Rows tried" value="0" max="201">' in begun.text
    assert "<script" not in begun.text

    assert web.run_due_imports(lambda: False) == 1

    ended = maker.get(page, headers=AS_PAGE)
    assert "refresh" not in ended.headers
    assert "200 on record, 1 refused" in ended.text
    assert "individualMassKilograms: &#39;heavy&#39;" in ended.text
    results = maker.get(f"{page}/results.xlsx")
    assert results.headers["content-disposition"].endswith("packs%20results.xlsx")
    assert [row[0] for row in rows_of(results.content)][-2:] == ["registered", "refused"]
    assert page in maker.get(PAGE, headers=AS_PAGE).text


def test_a_long_file_with_every_row_refused_is_not_called_done_in_part(web, maker):
    serial, *_ = serials("NONE", 1)
    rows = pack_rows(*[serial] * LONG, individualMassKilograms="heavy")
    heavy = [rows[0], *[rows[-1]] * LONG]

    page = send(maker, a_workbook(*heavy), "register").headers["location"]
    run_what_is_due(web)

    ended = maker.get(page, headers=AS_PAGE).text
    assert "0 on record, 201 refused" in ended
    assert "All rows refused" in ended


def test_a_long_file_that_is_only_checked_is_answered_at_once_and_leaves_nothing(web, maker):
    maker.get(PAGE)
    before = row_counts(web)

    answer = send(maker, a_text(*pack_rows(*serials("CHECK", LONG))), "dry-run", "packs.csv")

    assert answer.status_code == 200
    assert "201 in order, 0 refused. Nothing was registered" in answer.text
    assert row_counts(web) == before


def test_a_file_of_another_organisation_is_not_there(web, maker):
    page = send(maker, a_workbook(*pack_rows(*serials("OWN", LONG))), "register").headers[
        "location"
    ]
    integrator = signed_in(web, "integrator")

    for address in (page, f"{page}/results.xlsx", "/operator/imports/none"):
        assert integrator.get(address, headers=AS_PAGE).status_code == 404
    assert page not in integrator.get(PAGE, headers=AS_PAGE).text
    assert signed_in(web, "recycler").get(page, headers=AS_PAGE).status_code == 403
    assert a_browser(web).get(page, headers=AS_PAGE).status_code == 303


def test_a_long_file_that_cannot_be_read_is_refused_at_once(maker):
    answer = send(maker, b"name;price\n" + b"1;2\n" * LONG, "register", "packs.csv")

    assert answer.status_code == 422
    assert "no column gtin or identifier" in answer.text


# --- programs -------------------------------------------------------------------------------------


def test_a_program_sends_a_workbook_and_gets_what_became_of_each_row(visitor, key):
    headers = {**key, "Content-Type": MEDIA_TYPE}
    rows = pack_rows("API-1", "API-2", individualMassKilograms="heavy")

    answer = a_workbook_sent(visitor, rows, headers)

    body = answer.json()
    assert (body["registered"], body["known"], body["refused"]) == (1, 0, 1)
    assert body["rows"][1]["problems"][0]["column"] == "individualMassKilograms"


def test_a_program_that_accepts_a_workbook_gets_the_table_with_the_results(visitor, key):
    headers = {**key, "Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
    rows = pack_rows("API-3", "API-4", individualMassKilograms="heavy")

    answer = a_workbook_sent(visitor, rows, headers)

    assert answer.headers["content-type"] == MEDIA_TYPE
    assert [row[0] for row in rows_of(answer.content)] == ["result", "registered", "refused"]


def a_workbook_sent(browser, rows, headers):
    return browser.post(IMPORT, content=a_workbook(*rows), headers=headers)


# --- files that cannot be read, and readers who may not ------------------------------------------


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson", MEDIA_TYPE])
def test_a_file_that_cannot_be_read_is_refused_before_an_answer_begins(web, key, accept):
    headers = key | {"Content-Type": "text/csv", "Accept": accept}

    answer = a_browser(web).post(IMPORT, content=b"colour\nblue\n", headers=headers)

    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "file-unreadable"


def test_a_key_for_something_else_reads_no_files_of_packs(web, maker):
    send(maker, a_text(*pack_rows(*serials("SC", LONG))), "register", "packs.csv")
    record = web.imports.all_of(VOLTRA)[0]
    page = f"/operator/imports/{record.import_id}"
    browser = a_browser(web)

    assert browser.get(page, headers=key_of(web, "voltra", "telemetry:write")).status_code == 403
    assert browser.get(page, headers=key_of(web, "voltra", "passport:read")).status_code == 200
    assert browser.get(page, headers=key_of(web, "again")).status_code == 404
