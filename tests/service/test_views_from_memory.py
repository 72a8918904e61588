"""Views that leave memory are as good as the first one, for those whom it was made for."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from builders_registered import MAKER, PACK, an_installation
from fastapi.testclient import TestClient

from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM
from passport.web.app import make_app
from passport.web.views import PassportViews

VIEW = f"/{PACK}"
FORMS = ["text/html", "application/vp", "application/linkset+json"]


@pytest.fixture
def passport(tmp_path: Path) -> Iterator[Passport]:
    opened = an_installation(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def client(passport: Passport) -> TestClient:
    return TestClient(make_app(passport), base_url="http://localhost:8000")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that grows with each answer that is made, not taken from memory."""
    made, make = [], PassportViews._make

    def make_and_note(self, caller, battery_id, form):
        made.append(form.value)
        return make(self, caller, battery_id, form)

    monkeypatch.setattr(PassportViews, "_make", make_and_note)
    return made


@pytest.mark.parametrize("form", FORMS)
def test_a_second_view_has_the_bytes_and_headers_of_the_first(client, made, form):
    first, second, third = (client.get(VIEW, headers={"Accept": form}) for _ in range(3))

    assert first.status_code == HTTPStatus.OK
    assert first.headers["content-type"].startswith(form)
    assert "content-security-policy" in first.headers
    assert second.content == third.content == first.content
    assert second.headers == third.headers == first.headers
    assert made == [form]


def test_forms_of_one_address_are_kept_apart(client):
    for _ in range(2):
        for form in FORMS:
            answer = client.get(VIEW, headers={"Accept": form})
            assert answer.headers["content-type"].startswith(form)


def test_whoever_has_the_bytes_gets_304_and_head_gets_no_body(client):
    page = client.get(VIEW)
    client.get(VIEW)

    again = client.get(VIEW, headers={"If-None-Match": page.headers["etag"]})
    head = client.head(VIEW)

    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert (head.status_code, head.content) == (HTTPStatus.OK, b"")
    assert head.headers["content-length"] == str(len(page.content))


def test_a_view_after_an_annulment_is_another_one(client, passport):
    before = [client.get(VIEW).content for _ in range(2)][-1]

    passport.services.annul_battery(MAKER, PACK, "registered by mistake")

    after = client.get(VIEW).content
    assert after != before
    assert b"registered by mistake" in after


def test_what_is_in_memory_is_not_given_to_another_host(client):
    for _ in range(2):
        client.get(VIEW)

    answer = client.get(VIEW, headers={"Host": "elsewhere.example"})

    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST
    assert answer.json()["code"] == "host-unknown"


def test_a_key_that_does_not_hold_is_refused_beside_what_is_in_memory(client):
    for _ in range(2):
        client.get(VIEW)

    answer = client.get(VIEW, headers={"Authorization": "Bearer obp_nobody"})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED


def test_the_operator_sees_more_than_what_is_in_memory_and_leaves_nothing_there(client, passport):
    public = [client.get(VIEW, headers={"Accept": "application/vp"}) for _ in range(2)][-1]
    key = passport.services.issue_api_key(SYSTEM, MAKER.organisation)
    headers = {"Accept": "application/vp", "Authorization": f"Bearer {key.secret}"}

    own = client.get(VIEW, headers=headers)

    assert b"ItemDeclaredStatement" in own.content
    assert b"ItemDeclaredStatement" not in public.content
    assert client.get(VIEW, headers={"Accept": "application/vp"}).content == public.content
