"""What a stranger needs to check a passport: everything is served, and it holds together."""

import base64

import pytest
from builders_web import AS_PRESENTATION, a_browser, key_of

from passport.bootstrap.demonstration import EV_IN_USE, INTEGRATOR, MANUFACTURER
from passport.domain.actor import PUBLIC
from passport.domain.passport import StatementKind
from passport.linked_data.documents import digest_of, parse_document
from passport.linked_data.terms import CONTEXT_VERSION, context_file
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.settings import read_settings
from passport.signing.transparency_log import TrustedLog, parse_note_key, verify_receipt


def statements(web, actor=PUBLIC):
    return web.services.disclose(actor, EV_IN_USE).statements


def restricted(web):
    found = statements(web, MANUFACTURER.actor)
    return next(one for one in found if one.kind is StatementKind.ITEM_DECLARED)


def test_the_bundle_verifies_with_the_trust_file_alone(visitor, web):
    bundle = visitor.get(f"/batteries/{EV_IN_USE}/bundle")
    trust = Trust.parse(visitor.get("/trust.json").content)

    report = verify_passport(bundle.content, trust=trust, at=web.services.clock.now())

    assert report.to_dict()["problems"] == []
    assert report.verified


def test_a_bundle_holds_what_its_reader_may_see_and_no_more(visitor, web):
    path = f"/batteries/{EV_IN_USE}/bundle"
    public = visitor.get(path).json()
    whole = visitor.get(path, headers=key_of(web, INTEGRATOR.slug)).json()

    assert "ItemDeclaredStatement" not in str(base64_texts(public))
    assert "ItemDeclaredStatement" in str(base64_texts(whole))
    assert visitor.get(f"{path}?audience=authority").status_code == 403


def base64_texts(bundle):
    return [base64.urlsafe_b64decode(text + "==") for text in bundle["statements"]]


def test_an_operators_keys_are_where_its_did_says(visitor):
    document = visitor.get("/operators/voltra/did.json").json()

    assert document["id"] == "did:web:localhost%3A8000:operators:voltra"
    assert document["assertionMethod"] == [document["verificationMethod"][0]["id"]]
    assert visitor.get("/operators/nobody/did.json").json()["code"] == "operator-unknown"


def test_a_statement_is_served_as_the_bytes_that_were_signed(visitor, web):
    for one in statements(web):
        answer = visitor.get(f"/statements/{one.statement_id}")

        assert answer.content == one.body
        assert answer.headers["etag"] == f'"{digest_of(answer.content).hex()}"'
        assert answer.headers["content-type"] == "application/vc"


def test_a_statement_is_not_sent_twice(visitor, web):
    path = f"/statements/{statements(web)[0].statement_id}"
    etag = visitor.get(path).headers["etag"]

    assert visitor.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_a_restricted_statement_is_open_to_its_readers_alone(visitor, web):
    path = f"/statements/{restricted(web).statement_id}"

    assert visitor.get(path).json()["code"] == "access-denied"
    assert visitor.get(path, headers=key_of(web, "yard")).status_code == 403
    assert visitor.get(path, headers=key_of(web, "watch")).status_code == 403
    assert visitor.get(path, headers=key_of(web, INTEGRATOR.slug)).content == restricted(web).body


def test_a_model_statement_for_authorities_is_closed_to_a_legitimate_interest(visitor, web):
    found = statements(web, MANUFACTURER.actor)
    one = next(one for one in found if one.kind is StatementKind.MODEL_AUTHORITY)
    path = f"/statements/{one.statement_id}"

    assert visitor.get(path).status_code == 403
    assert visitor.get(path, headers=key_of(web, INTEGRATOR.slug)).status_code == 403
    assert visitor.get(path, headers=key_of(web, "watch")).content == one.body


def test_a_statement_nobody_made_is_not_there(visitor):
    assert visitor.get("/statements/nothing").json()["code"] == "statement-unknown"


def test_each_status_list_is_signed_by_the_operator_and_says_until_when(visitor, web):
    entries = parse_document(statements(web)[0].body)["credentialStatus"]
    purposes = [entry["statusPurpose"] for entry in entries]
    assert purposes == ["revocation", "suspension", "refresh"]
    for entry in entries:
        path = entry["statusListCredential"].removeprefix("http://localhost:8000")

        status_list = visitor.get(path).json()

        assert status_list["id"] == entry["statusListCredential"]
        assert status_list["issuer"] == "did:web:localhost%3A8000:operators:voltra"
        assert status_list["credentialSubject"]["statusPurpose"] == entry["statusPurpose"]
        assert status_list["credentialSubject"]["ttl"] == 300_000
        assert status_list["validFrom"] < status_list["validUntil"]


def test_a_status_list_is_not_sent_twice_and_kept_as_long_as_it_says(visitor, web):
    entry = parse_document(statements(web)[0].body)["credentialStatus"][0]
    path = entry["statusListCredential"].removeprefix("http://localhost:8000")

    first = visitor.get(path)

    assert first.headers["cache-control"] == "public, max-age=300"
    again = visitor.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_the_history_of_a_did_document_ends_with_what_is_served(visitor, web):
    [version] = visitor.get("/operators/voltra/did/history").json()

    body = base64.urlsafe_b64decode(version["document"] + "==")
    assert body == visitor.get("/operators/voltra/did.json").content
    trusted = TrustedLog(origin=web.log.key.name, key=web.log.key)
    verify_receipt(version["receipt"], digest_of(body), [trusted])
    assert visitor.get("/operators/nobody/did/history").json()["code"] == "operator-unknown"


def test_the_log_proves_every_statement(visitor, web):
    trust = visitor.get("/trust.json").json()["logs"][0]
    log = TrustedLog(origin=trust["origin"], key=parse_note_key(trust["key"]))
    for one in statements(web):
        receipt = visitor.get(f"/log/proof/{one.digest.hex()}").text

        checkpoint = verify_receipt(receipt, one.digest, [log])

        assert checkpoint.size > one.leaf_index
    assert visitor.get(f"/log/proof/{'0' * 64}").status_code == 404
    assert visitor.get("/log/proof/abc").status_code == 404


def test_the_log_is_published_in_tiles(visitor, web):
    size = int(visitor.get("/log/checkpoint").text.split("\n")[1])

    hashes = visitor.get(f"/log/tile/0/000.p/{size}")
    entries = visitor.get(f"/log/tile/entries/000.p/{size}")

    assert len(hashes.content) == 32 * size
    assert statements(web)[0].digest in entries.content
    assert hashes.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "place",
    [
        "0/000",
        "0/1",
        "0/000.p/0",
        "0/000.p/256",
        "0/0x0/000",
        "one/000",
        "9/000",
        "99999999999999999999/000",
        f"0/{'x999/' * 50}999",
    ],
)
def test_a_tile_that_is_not_there_is_not_there(visitor, place):
    assert visitor.get(f"/log/tile/{place}").status_code == 404


def test_contexts_and_schemas_are_served(visitor):
    context = visitor.get(f"/schemas/{context_file(CONTEXT_VERSION)}")
    schema = visitor.get("/schemas/json-schema/ConditionStatement.json")

    assert context.headers["content-type"] == "application/ld+json"
    assert "ratedCapacityAmpereHours" in context.json()["@context"]
    assert schema.headers["content-type"] == "application/schema+json"
    assert visitor.get("/schemas/contexts/..%2Fterms.csv").status_code == 404
    assert visitor.get("/schemas/contexts/missing.jsonld").status_code == 404


@pytest.mark.parametrize(
    ("ending", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("zpl", b"^XA")]
)
def test_a_label_comes_in_every_format(visitor, ending, begins):
    answer = visitor.get(f"/batteries/{EV_IN_USE}/label.{ending}")

    assert answer.content.startswith(begins)
    assert visitor.get(f"/batteries/{EV_IN_USE}/label.gif").status_code == 422


def test_the_code_alone_is_a_drawing(visitor):
    answer = visitor.get(f"/batteries/{EV_IN_USE}/qr.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert f"http://localhost:8000/{EV_IN_USE}" in answer.text


def test_en_18222_addresses_give_the_passport(visitor, web):
    encoded = f"http%3A%2F%2Flocalhost%3A8000%2F{EV_IN_USE.replace('/', '%2F')}"
    presentation = web.services.disclose(PUBLIC, EV_IN_USE).presentation

    for path in (f"/v1/dpps/{EV_IN_USE}", f"/v1/dppsByProductId/{encoded}"):
        answer = visitor.get(path)
        assert answer.content == presentation
        assert answer.headers["content-type"] == "application/json"
    signed = visitor.get(f"/v1/dpps/{EV_IN_USE}", headers=AS_PRESENTATION)
    assert signed.headers["content-type"] == "application/vp"
    assert visitor.get(f"/v1/dpps/{EV_IN_USE}?x=1").json()["code"] == "parameter-unknown"


def test_the_service_says_whether_it_lives_and_works(visitor):
    assert visitor.get("/healthz").json() == {"status": "alive"}
    assert visitor.get("/readyz").json()["checks"] == {
        "database": "ready",
        "log": "ready",
        "keys": "ready",
    }


def test_production_names_nobody_to_trust(web):
    secret = "a secret that is long enough"
    settings = read_settings(
        mode="production",
        public_base_url="https://passport.example.com",
        keystore_passphrase=secret,
        session_secret=secret,
        data=web.settings.data,
    )
    browser = a_browser(type(web)(**{**vars_of(web), "settings": settings}))
    browser.base_url = "https://passport.example.com"

    answer = browser.get("/trust.json")

    assert answer.json()["code"] == "not-found"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def vars_of(web):
    names = ("engine", "keys", "log", "services", "extensions")
    return {name: getattr(web, name) for name in names}
