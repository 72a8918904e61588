"""Documents over HTTP: uploaded, named in statements, read whole and in parts by those who may."""

import hashlib

import pytest
from builders_contents import a_content
from builders_web import a_browser, a_running_installation, key_of, signed_in

from passport.bootstrap.demonstration import AUTHORITY, COLLECTOR, INTEGRATOR, MANUFACTURER
from passport.domain.identifiers import ModelId
from passport.services.documents import NewDocument
from passport.services.issue import NewModel

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8
HOST = "http://localhost:8000"


@pytest.fixture
def maker(web):
    return key_of(web, MANUFACTURER.slug)


def upload(visitor, headers, content=PDF, media_type="application/pdf", **said):
    return visitor.post(
        "/api/v1/documents",
        content=content,
        headers={**headers, "Content-Type": media_type},
        params=said,
    )


def publish(web, number: int, **terms) -> None:
    """Put a model of the maker on record whose terms name documents."""
    web.services.add_model(
        MANUFACTURER.actor,
        MANUFACTURER.slug,
        NewModel(model_id=ModelId(f"id/DOC-{number}"), content=a_content("ev-pack-model", **terms)),
    )


def address_of(answer) -> str:
    return answer.json()["url"].removeprefix(HOST)


def test_an_upload_answers_with_the_node_for_a_model_file(visitor, maker):
    answer = upload(
        visitor,
        maker,
        title="Declaration of conformity",
        kind="declaration-of-conformity",
        language="de",
        issuer="Voltra Packs",
        version="3",
        validFrom="2026-01-01",
        validUntil="2030-12-31",
        fileName="folder/declaration.pdf",
    )

    digest = f"sha256:{hashlib.sha256(PDF).hexdigest()}"
    assert answer.status_code == 201
    assert answer.json()["document"] == {
        "documentKind": "declaration-of-conformity",
        "documentTitle": {"de": "Declaration of conformity"},
        "documentUrl": f"{HOST}/documents/{digest.replace(':', '-')}",
        "documentDigest": digest,
        "documentMediaType": "application/pdf",
        "documentLanguage": "de",
        "documentIssuer": "Voltra Packs",
        "documentVersion": "3",
        "documentValidFrom": "2026-01-01",
        "documentValidUntil": "2030-12-31",
    }
    assert (answer.json()["fileName"], answer.json()["size"]) == ("declaration.pdf", len(PDF))


def test_a_form_brings_the_same_as_a_body(visitor, maker):
    content = PDF + b"form"
    said = {"title": "Manual", "kind": "dismantling-manual", "language": "en"}
    as_body = upload(visitor, maker, content, fileName="manual.pdf", **said)

    as_form = visitor.post(
        "/api/v1/documents",
        files={"file": ("manual.pdf", content, "application/pdf")},
        data=said,
        headers=maker,
    )

    assert as_form.json() == as_body.json()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<html></html>", "text/html"),
        (PDF, "image/png"),
        (b"", "application/pdf"),
    ],
)
def test_what_is_no_document_is_refused_and_not_kept(visitor, web, maker, content, media_type):
    before = len(web.services.documents_of(MANUFACTURER.actor))

    answer = upload(visitor, maker, content, media_type)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-value")
    assert len(web.services.documents_of(MANUFACTURER.actor)) == before


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "novel"},
        {"language": "german"},
        {"validUntil": "soon"},
        {"validFrom": "2027-01-02", "validUntil": "2027-01-01"},
        {"title": "a\nb"},
        {"title": "a" * 501},
    ],
)
def test_what_is_said_of_a_document_is_checked(visitor, maker, said):
    answer = upload(visitor, maker, **said)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-value")


def test_nobody_uploads_without_signing_in_or_for_somebody_else(visitor, web, maker):
    assert upload(visitor, {}).status_code == 401
    assert upload(visitor, key_of(web, COLLECTOR.slug), operator="voltra").status_code == 403
    assert upload(visitor, key_of(web, MANUFACTURER.slug, "event:write")).status_code == 403
    assert upload(visitor, maker, operator="nobody").status_code == 404


def test_a_document_larger_than_the_setting_is_not_taken(tmp_path):
    with a_running_installation(tmp_path / "data", max_document_bytes=3000) as small:
        browser, headers = a_browser(small), key_of(small, MANUFACTURER.slug)

        assert upload(browser, headers, PDF).status_code == 201
        refused = upload(browser, headers, PDF + b"x" * 3000)

    assert (refused.status_code, refused.json()["code"]) == (413, "request-too-large")


def test_a_document_that_nobody_may_know_of_is_as_one_that_is_not_there(visitor, web, maker):
    draft = address_of(upload(visitor, maker, PDF + b"draft"))
    unknown = f"/documents/sha256-{'0' * 64}"

    for headers in ({}, key_of(web, AUTHORITY.slug), key_of(web, COLLECTOR.slug)):
        for address in (draft, unknown, "/documents/none", "/documents/sha256-12"):
            answer = visitor.get(address, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "document-unknown")
    assert visitor.get(draft, headers=maker).content == PDF + b"draft"


def test_each_point_is_read_by_its_readers(visitor, web, maker):
    declaration, drawing, report = (
        upload(visitor, maker, PDF + name) for name in (b"declaration", b"drawing", b"report")
    )
    publish(
        web,
        1,
        declarationOfConformity=[declaration.json()["document"]],
        explodedDiagrams=[drawing.json()["document"]],
        testReports=[report.json()["document"]],
    )

    def read(headers):
        return [
            visitor.get(address_of(one), headers=headers).status_code
            for one in (declaration, drawing, report)
        ]

    assert read({}) == [200, 404, 404]
    assert read(key_of(web, COLLECTOR.slug)) == [200, 404, 404]
    assert read(key_of(web, INTEGRATOR.slug)) == [200, 404, 404]
    assert read(key_of(web, AUTHORITY.slug)) == [200, 200, 200]
    assert read(maker) == [200, 200, 200]
    assert read(key_of(web, MANUFACTURER.slug, "event:write")) == [200, 404, 404]


@pytest.fixture(scope="module")
def public(web):
    """Give the address of a PDF that everybody reads."""
    stored = web.services.add_document(
        MANUFACTURER.actor,
        MANUFACTURER.slug,
        NewDocument(content=PDF + b"public", media_type="application/pdf", file_name="Übung.pdf"),
    )
    publish(
        web, 2, declarationOfConformity=[{"documentDigest": stored.digest, "documentKind": "other"}]
    )
    return f"/documents/{stored.digest.replace(':', '-')}"


def test_a_document_is_served_so_that_it_can_do_nothing(visitor, public):
    answer = visitor.get(public)

    assert answer.content == PDF + b"public"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''%C3%9Cbung.pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["etag"] == f'"{public.rpartition("-")[2]}"'
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert visitor.get(public.replace("sha256-", "sha256:")).content == answer.content


def test_what_no_browser_shows_safely_is_saved(visitor, maker):
    address = address_of(
        upload(visitor, maker, b"a;b\n1;2\n", "text/csv", fileName="cells of the pack.csv")
    )

    answer = visitor.get(address, headers=maker)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    disposition = answer.headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''cells%20of%20the%20pack.csv"
    assert answer.headers["cache-control"] == "private, no-cache"


def test_who_has_a_document_is_not_sent_it_again(visitor, public):
    etag = visitor.get(public).headers["etag"]

    again = visitor.get(public, headers={"If-None-Match": f'"x", {etag}'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert visitor.get(public, headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_part_of_a_document_is_that_part(visitor, public):
    whole = visitor.get(public).content

    part = visitor.get(public, headers={"Range": "bytes=5-9"})
    end = visitor.get(public, headers={"Range": "bytes=-6"})

    assert (part.status_code, part.content) == (206, whole[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{len(whole)}"
    assert (end.status_code, end.content) == (206, b"public")
    assert visitor.get(public, headers={"Range": "bytes=0-1,3-4"}).content == whole


def test_a_part_behind_the_end_is_refused_with_the_length(visitor, public):
    length = len(visitor.get(public).content)

    answer = visitor.get(public, headers={"Range": f"bytes={length}-"})

    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{length}"


def test_a_part_of_another_version_is_the_whole(visitor, public):
    etag = visitor.get(public).headers["etag"]

    same = visitor.get(public, headers={"Range": "bytes=0-3", "If-Range": etag})
    other = visitor.get(public, headers={"Range": "bytes=0-3", "If-Range": '"other"'})

    assert (same.status_code, other.status_code) == (206, 200)


def test_a_question_about_a_document_brings_its_length_and_no_bytes(visitor, public):
    answer = visitor.head(public)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(PDF) + 6)


def test_the_list_of_ones_own_documents_says_where_each_is_named(visitor, web, maker):
    stored = upload(visitor, maker, PDF + b"listed", title="Listed")
    publish(web, 3, explodedDiagrams=[stored.json()["document"]])

    listed = {one["digest"]: one for one in visitor.get("/api/v1/documents", headers=maker).json()}

    mine = listed[stored.json()["digest"]]
    assert mine["namedBy"] == [{"about": "id/DOC-3", "annexXiiiPoint": "2"}]
    assert mine["document"] == stored.json()["document"]
    assert not mine["isNamedMore"]
    assert visitor.get("/api/v1/documents", headers=key_of(web, COLLECTOR.slug)).json() == []
    assert visitor.get("/api/v1/documents").status_code == 401


def test_a_browser_uploads_only_with_the_token_of_its_session(web):
    browser = signed_in(web, "manufacturer")

    answer = browser.post("/api/v1/documents", content=PDF)

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf-refused")
