"""The whole application over a real store: browsers that are signed in, programs with keys."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from passport.bootstrap import Passport, open_passport
from passport.bootstrap.demonstration import PASSWORD, load_record
from passport.domain.actor import SYSTEM
from passport.linked_data.documents import parse_input
from passport.linked_data.terms import schema_file
from passport.web.app import make_app

HOST = "http://localhost:8000"
EV_MODEL = "09506000134352"
STORAGE_MODEL = "09506000134369"
AS_PAGE = {"Accept": "text/html"}
AS_PRESENTATION = {"Accept": "application/vp"}
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


@contextmanager
def a_running_installation(data: Path, **given: Any) -> Iterator[Passport]:
    """An installation without neighbours: invented companies, their people, packs in use."""
    passport = open_passport(data=data, keystore="memory:", extensions=(), **given)
    load_record(passport.services, passport.base_url, lambda _: None)
    try:
        yield passport
    finally:
        passport.close()


def a_browser(passport: Passport) -> TestClient:
    """Somebody who has not signed in; follows no redirect by itself."""
    return TestClient(make_app(passport), base_url=HOST, follow_redirects=False)


def signed_in(passport: Passport, login: str) -> TestClient:
    """Somebody who has signed in as a person of the demonstration."""
    browser = a_browser(passport)
    form = {"login": login, "password": PASSWORD, "csrf_token": token_on(browser, "/login")}
    answer = browser.post("/login", data=form)
    assert answer.status_code == 303, answer.text
    return browser


def token_on(browser: TestClient, path: str) -> str:
    """The token that the forms on a page carry."""
    found = _TOKEN.search(browser.get(path, headers=AS_PAGE).text)
    assert found is not None, path
    return found[1]


def key_of(passport: Passport, organisation: str, *scopes: str) -> dict[str, str]:
    """Headers of a program that acts for an organisation."""
    issued = passport.services.issue_api_key(SYSTEM, organisation, frozenset(scopes))
    return {"Authorization": f"Bearer {issued.secret}"}


def an_entry(serial: str, **changed: Any) -> dict[str, Any]:
    """A pack to be registered, as a program sends it."""
    example = _example("ev-pack.json")
    content = {**example["content"], "serialNumber": serial} | changed.pop("content", {})
    return {**example, "serial": serial, "content": content} | changed


def a_storage_content(serial: str) -> dict[str, Any]:
    """What is said of one stationary battery."""
    return {**_example("stationary-battery.json")["content"], "serialNumber": serial}


def a_condition(**changed: Any) -> dict[str, Any]:
    """What a condition says, without its instant."""
    content = dict(_example("ev-pack-condition.json")["content"])
    del content["measuredAt"]
    return content | changed


def _example(name: str) -> dict[str, Any]:
    return parse_input(schema_file(f"examples/{name}").read_bytes())
