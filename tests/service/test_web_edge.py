"""What every request passes: who sends it, how large it is, what a page may do; and refusals."""

import importlib
import inspect
import pkgutil
from http import HTTPStatus

import pytest
from builders_web import (
    AS_PAGE,
    a_browser,
    a_running_installation,
    an_entry,
    key_of,
    signed_in,
    token_on,
)
from fastapi import APIRouter
from fastapi.testclient import TestClient

import passport
from passport.bootstrap.demonstration import EV_IN_USE, PASSWORD
from passport.domain.errors import PassportError
from passport.web.app import make_app
from passport.web.auth import Attempts
from passport.web.errors import TooManyAttemptsError
from passport.web.problems import STATUS, status_of


def refusals_of_the_passport():
    for module in pkgutil.walk_packages(passport.__path__, "passport."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting, found = [PassportError], []
    while waiting:
        known = waiting.pop().__subclasses__()
        waiting += known
        found += [one for one in known if one.__module__.startswith("passport.")]
    return found


# --- refusals as answers --------------------------------------------------------------------------


def test_every_refusal_has_a_status():
    without = {
        refusal.__name__
        for refusal in refusals_of_the_passport()
        if not any(kind in STATUS for kind in inspect.getmro(refusal))
        and not isinstance(getattr(refusal, "http_status", None), HTTPStatus)
    }

    assert without == set()


def test_a_neighbours_refusal_says_its_own_status_or_counts_as_wrong_content():
    class TooHeavyError(PassportError):
        http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    class OddError(PassportError):
        pass

    assert status_of(TooHeavyError()) is HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert status_of(OddError()) is HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_problem_is_a_document_for_programs_and_its_type_leads_to_a_page(visitor):
    answer = visitor.get("/nowhere")
    problem = answer.json()

    assert answer.headers["content-type"] == "application/problem+json"
    assert problem == {
        "type": "http://localhost:8000/problems/address-unknown",
        "title": "Nothing here",
        "status": 404,
        "detail": "there is nothing under /nowhere",
        "code": "address-unknown",
    }
    page = visitor.get(problem["type"], headers=AS_PAGE)
    assert "There is nothing under this address" in page.text


def test_a_problem_is_a_page_for_people(visitor):
    answer = visitor.get("/nowhere", headers=AS_PAGE)

    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert "<code>address-unknown</code>" in answer.text


def test_the_api_answers_a_browser_with_a_document_too(visitor):
    answer = visitor.get("/api/v1/batteries", headers=AS_PAGE)

    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"] == 'Bearer realm="passport"'


def test_a_bug_is_told_without_details(web):
    app = make_app(web)
    router = APIRouter()

    @router.get("/broken")
    def broken():
        raise RuntimeError("the password is swordfish")

    app.include_router(router)
    browser = TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False)

    document, page = browser.get("/broken"), browser.get("/broken", headers=AS_PAGE)

    assert (document.status_code, document.json()["code"]) == (500, "internal-error")
    assert "quote" in document.json()["detail"]
    assert "swordfish" not in document.text + page.text
    assert "Something broke on our side" in page.text


def test_a_body_that_is_no_json_is_named(visitor, web):
    headers = {**key_of(web, "voltra"), "Content-Type": "application/json"}

    for body in (b"{", b'{"a": 1, "a": 2}', b"[1, 2", b"\xff"):
        refused = visitor.post("/api/v1/batteries", content=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "malformed-document")


# --- the request itself ---------------------------------------------------------------------------


def test_an_unknown_query_parameter_is_refused_in_the_api(visitor, web):
    headers = key_of(web, "voltra")

    refused = visitor.get("/api/v1/batteries?limt=5", headers=headers).json()

    assert refused["code"] == "parameter-unknown"
    assert refused["detail"] == (
        "the query parameter limt means nothing here; it knows after, limit"
    )


def test_another_host_is_refused(visitor):
    for host in ("evil.example", "localhost.evil.example:8000", ""):
        answer = visitor.get("/healthz", headers={"Host": host})
        assert (answer.status_code, answer.json()["code"]) == (421, "host-unknown")
    for host in ("LOCALHOST:8000", "127.0.0.1", "[::1]:8000"):
        assert visitor.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_body_that_is_too_large_is_refused_announced_or_not(tmp_path):
    with a_running_installation(tmp_path / "data", max_request_bytes=2000) as small:
        browser, headers = a_browser(small), key_of(small, "voltra")
        announced = browser.post("/api/v1/attachments", content=b"x" * 2001, headers=headers)
        pieces = browser.post(
            "/api/v1/attachments", content=(b"x" * 500 for _ in range(5)), headers=headers
        )
        json = {**headers, "Content-Type": "application/json"}
        inside = browser.post(
            "/api/v1/batteries", content=(b" " * 500 for _ in range(5)), headers=json
        )

    for answer in (announced, pieces, inside):
        assert (answer.status_code, answer.json()["code"]) == (413, "request-too-large")


# --- who sends it ---------------------------------------------------------------------------------


WRITES = [
    ("POST", "/api/v1/batteries"),
    ("POST", "/api/v1/batteries/import"),
    ("POST", f"/api/v1/batteries/{EV_IN_USE}/events"),
    ("POST", f"/api/v1/batteries/{EV_IN_USE}/conditions"),
    ("PUT", f"/api/v1/batteries/{EV_IN_USE}/content"),
    ("DELETE", f"/api/v1/batteries/{EV_IN_USE}"),
    ("POST", "/api/v1/models"),
    ("POST", "/api/v1/second-lives"),
    ("POST", "/api/v1/second-lives/1/place"),
    ("POST", "/api/v1/grants"),
    ("DELETE", "/api/v1/grants/1"),
    ("POST", "/api/v1/access-requests"),
    ("POST", "/api/v1/attachments"),
    ("POST", "/api/v1/documents"),
    ("POST", "/api/v1/operators"),
    ("POST", "/api/v1/keys"),
    ("POST", "/operator/register"),
    ("POST", "/operator/documents"),
    ("POST", "/operator/second-life"),
    ("POST", f"/access/{EV_IN_USE}"),
    ("POST", f"/condition/{EV_IN_USE}"),
    ("POST", f"/batteries/{EV_IN_USE}/grants"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_nobody_writes_without_signing_in(visitor, method, path):
    assert visitor.request(method, path, json={}).status_code == 401


@pytest.fixture(scope="module")
def maker(web):
    return signed_in(web, "manufacturer")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_browser_writes_only_with_the_token_of_its_session(maker, method, path):
    for headers in ({}, {"X-CSRF-Token": "00" * 48}):
        refused = maker.request(method, path, json={}, headers=headers)
        assert refused.status_code == 403, refused.text
        assert refused.json()["code"] == "csrf-refused"


def test_the_token_of_another_session_is_refused(web, maker):
    one = signed_in(web, "manufacturer")
    token = token_on(one, "/scan")

    assert maker.post("/logout", data={"csrf_token": token}).status_code == 403
    assert one.post("/logout", data={"csrf_token": token}).status_code == 303


def test_a_script_sends_the_token_as_header(maker):
    headers = {"X-CSRF-Token": token_on(maker, "/scan")}

    made = maker.post("/api/v1/batteries", json=an_entry("EDGE-1"), headers=headers)

    assert made.status_code == 201


def test_every_route_that_writes_asks_who_it_is(web):
    """Deny by default: no route of ours is open but those that say so."""
    paths = make_app(web).openapi()["paths"]
    browser = a_browser(web)

    for path, operations in paths.items():
        for method in set(operations) - {"get"}:
            address = path.replace("{battery_id}", EV_IN_USE).replace("{", "").replace("}", "")
            answer = browser.request(method, address)
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize("header", ["Bearer obp_wrong", "Basic dXNlcjpwdw==", "Bearer"])
def test_a_key_that_does_not_hold_is_refused_even_for_reading(visitor, header):
    answer = visitor.get(f"/{EV_IN_USE}", headers={"Authorization": header})

    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-refused")


def test_a_session_that_ended_is_nobodys(web):
    browser = signed_in(web, "manufacturer")
    session = dict(browser.cookies)
    browser.post("/logout", data={"csrf_token": token_on(browser, "/scan")})
    old = a_browser(web)
    old.cookies.update(session)

    assert old.get("/operator", headers=AS_PAGE).headers["location"] == "/login?next=/operator"


def test_signing_in_changes_the_session(web):
    browser = a_browser(web)
    token = token_on(browser, "/login")
    planted = browser.cookies["session"]

    answer = browser.post(
        "/login", data={"login": "integrator", "password": PASSWORD, "csrf_token": token}
    )

    assert browser.cookies["session"] != planted
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert"]
)
def test_signing_in_leads_nowhere_else(web, elsewhere):
    browser = a_browser(web)
    form = {"login": "manufacturer", "password": PASSWORD, "next": elsewhere}

    answer = browser.post("/login", data=form | {"csrf_token": token_on(browser, "/login")})

    assert answer.headers["location"] == "/operator"


def test_a_wrong_password_says_nothing_about_the_login(web):
    browser = a_browser(web)
    token = token_on(browser, "/login")
    pages = [
        browser.post("/login", data={"login": login, "password": "no", "csrf_token": token})
        for login in ("manufacturer", "nobody")
    ]

    assert [page.status_code for page in pages] == [401, 401]
    assert all("Login and password do not belong together" in page.text for page in pages)
    assert 'value="no"' not in pages[0].text


def test_too_many_attempts_have_to_wait(web):
    browser = a_browser(web)
    form = {"login": "guessed", "password": "no", "csrf_token": token_on(browser, "/login")}
    answers = [browser.post("/login", data=form).status_code for _ in range(11)]

    assert answers == [401] * 10 + [429]


class Stopwatch:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_attempts_are_forgotten_after_a_while():
    clock = Stopwatch()
    attempts = Attempts(clock)
    for _ in range(10):
        attempts.note_failure("login a", "address b")
    with pytest.raises(TooManyAttemptsError, match="wait 301 seconds"):
        attempts.check("login c", "address b")

    clock.now = 301.0

    attempts.check("login a", "address b")


def test_a_sign_in_that_succeeds_begins_anew():
    attempts = Attempts(Stopwatch())
    for _ in range(10):
        attempts.note_failure("login a")

    attempts.forget("login a")

    attempts.check("login a")


# --- what a page may do ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", f"/{EV_IN_USE}", "/login", "/nowhere", "/healthz"])
def test_a_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(visitor, path):
    headers = visitor.get(path, headers=AS_PAGE).headers

    assert "script-src 'self';" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "camera=()" in headers["permissions-policy"]


def test_only_the_scanner_may_use_the_camera(visitor):
    headers = visitor.get("/scan", headers=AS_PAGE).headers

    assert "camera=(self)" in headers["permissions-policy"]
    assert headers["content-security-policy"].count("wasm-unsafe-eval") == 1
    assert len(headers.get_list("content-security-policy")) == 1


def test_pages_with_forms_are_kept_by_nobody(visitor):
    for path in ("/", "/login", "/scan"):
        assert visitor.get(path, headers=AS_PAGE).headers["cache-control"] == "no-store"


def test_style_and_scripts_are_kept_for_ever_under_their_version(visitor):
    page = visitor.get(f"/{EV_IN_USE}", headers=AS_PAGE).text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]

    assert visitor.get(address).headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = visitor.get(address.partition("?")[0])
    assert plain.headers["cache-control"] == "public, max-age=300"


def test_the_api_describes_itself(visitor):
    description = visitor.get("/openapi.json").json()
    page = visitor.get("/docs", headers=AS_PAGE)

    assert "/api/v1/batteries/{battery_id}/conditions" in description["paths"]
    assert "POST /api/v1/second-lives" in page.text
    assert "http" not in page.text.partition("<main")[0].replace("http-equiv", "")
