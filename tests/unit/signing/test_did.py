"""did:web names, the documents behind them and what may be fetched."""

from datetime import timedelta

import httpx
import orjson
import pytest
from builders_signing import NOON, a_canonicalizer, a_key, read_json

from passport.domain.errors import InvalidIdentifierError, PassportError
from passport.linked_data.canonical import FOREIGN_DOCUMENTS
from passport.signing.did import (
    DidDocumentError,
    DidDocuments,
    PublishedKey,
    build_did_document,
    did_document_url,
    did_web,
    parse_did_document,
)
from passport.signing.did_web import WebDidResolver
from passport.signing.web_reader import WebReader

DID = "did:web:maker.example:operators:acme"
OLD = PublishedKey(
    key_id=f"{DID}#key-1",
    public_key_multibase=a_key().public_key_multibase,
    expires_at=NOON - timedelta(days=1),
    revoked_at=NOON,
)
NEW = PublishedKey(key_id=f"{DID}#key-2", public_key_multibase=a_key("rival").public_key_multibase)
DOCUMENT = build_did_document(DID, [OLD, NEW])
LOCAL_DID = "did:web:localhost%3A8000:operators:acme"


def test_a_party_is_named_by_host_port_and_path():
    assert did_web("https://maker.example", "operators", "acme") == DID
    assert did_web("http://localhost:8000/", "operators", "acme") == LOCAL_DID


@pytest.mark.parametrize("url", ["maker.example", "https://a.example/x", "https://u:p@a.example"])
def test_an_address_that_is_more_or_less_than_a_site_names_nobody(url):
    with pytest.raises(InvalidIdentifierError, match="no web site"):
        did_web(url, "operators")


@pytest.mark.parametrize(
    ("did", "url"),
    [
        (DID, "https://maker.example/operators/acme/did.json"),
        (LOCAL_DID, "http://localhost:8000/operators/acme/did.json"),
        ("did:web:maker.example", "https://maker.example/.well-known/did.json"),
    ],
)
def test_a_did_leads_to_its_document(did, url):
    assert did_document_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "did:key:z6Mk",
        "did:web:",
        "did:web:a b",
        "did:web:a.example/x",
        "did:web:a.example:..:x",
        "did:web:a.example:%2E%2E",
        "did:web:user@a.example",
        "did:web:a.example?x",
        "did:web:a.example%3A8000%2Fx",
        "maker.example",
    ],
)
def test_a_text_that_is_no_did_web_leads_nowhere(did):
    with pytest.raises(InvalidIdentifierError, match="no did:web"):
        did_document_url(did)


def test_keys_come_back_from_the_document_with_their_ends():
    keys = parse_did_document(DOCUMENT, DID)

    assert list(keys) == [OLD.key_id, NEW.key_id]
    assert keys[OLD.key_id].expires_at == OLD.expires_at
    assert keys[OLD.key_id].revoked_at == OLD.revoked_at
    assert keys[NEW.key_id].revoked_at is None
    assert keys[NEW.key_id].purposes == {"assertionMethod"}
    assert keys[NEW.key_id].public_key.multibase == NEW.public_key_multibase


def test_every_word_of_the_document_is_defined_by_its_contexts():
    assert a_canonicalizer().canonize(DOCUMENT, FOREIGN_DOCUMENTS).count(b"#Multikey") == 2


def test_a_document_of_other_software_is_read_and_its_other_keys_left_out():
    document = read_json("interop", "dids", "issuer0.example.json")
    for_encryption = {
        "id": "did:web:issuer0.example#x25519",
        "type": "Multikey",
        "controller": "did:web:issuer0.example",
        "publicKeyMultibase": "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",
    }
    document["verificationMethod"].append(for_encryption)

    keys = parse_did_document(document, "did:web:issuer0.example")

    assert list(keys) == ["did:web:issuer0.example#ed", "did:web:issuer0.example#ec"]


def test_relative_ids_and_embedded_methods_are_understood():
    method = DOCUMENT["verificationMethod"][1] | {"id": "#key-2"}

    (key,) = parse_did_document({"id": DID, "assertionMethod": [method]}, DID).values()

    assert key.key_id == NEW.key_id
    assert key.purposes == {"assertionMethod"}


def changed(**members):
    return DOCUMENT | members


@pytest.mark.parametrize(
    "document",
    [
        changed(id="did:web:rival.example"),
        changed(verificationMethod=DOCUMENT["verificationMethod"] * 2),
        changed(
            verificationMethod=[DOCUMENT["verificationMethod"][0] | {"controller": "did:web:r"}]
        ),
        changed(verificationMethod=[DOCUMENT["verificationMethod"][0] | {"id": "did:web:r#1"}]),
        changed(verificationMethod=[DOCUMENT["verificationMethod"][0] | {"id": 7}]),
        changed(verificationMethod=[DOCUMENT["verificationMethod"][0] | {"revoked": "then"}]),
        changed(verificationMethod=[{}] * 501),
        changed(assertionMethod=[None]),
    ],
)
def test_a_document_that_does_not_say_whose_keys_these_are_is_refused(document):
    with pytest.raises(DidDocumentError):
        parse_did_document(document, DID)


def test_documents_that_somebody_vouches_for_resolve_without_network():
    documents = DidDocuments({DID: DOCUMENT})

    assert documents.resolve(NEW.key_id).controller == DID
    with pytest.raises(PassportError, match="publishes no key"):
        documents.resolve(f"{DID}#key-9")
    with pytest.raises(PassportError, match="nobody you trust"):
        documents.resolve("did:web:rival.example#key-1")


# --- fetching -------------------------------------------------------------------------------------


def a_resolver(answer, *, addresses=("93.184.216.34",), **options):
    seen = []

    def handle(request):
        seen.append(request)
        return answer(request) if callable(answer) else answer

    reader = WebReader(
        transport=httpx.MockTransport(handle), look_up=lambda _host, _port: addresses, **options
    )
    return WebDidResolver(reader), seen


def test_a_key_is_fetched_from_the_address_that_was_checked():
    resolver, seen = a_resolver(httpx.Response(200, json=DOCUMENT))

    assert resolver.resolve(NEW.key_id).key_id == NEW.key_id
    (request,) = seen
    assert str(request.url) == "https://93.184.216.34/operators/acme/did.json"
    assert request.headers["Host"] == "maker.example"
    assert request.extensions["sni_hostname"] == "maker.example"


def test_plain_http_to_this_machine_is_for_demonstrations():
    document = build_did_document(LOCAL_DID, [])
    answer = httpx.Response(200, json=document)
    resolver, seen = a_resolver(answer, addresses=("127.0.0.1",), demonstration=True)

    assert resolver.fetch(LOCAL_DID) == document
    assert seen[0].url == "http://127.0.0.1:8000/operators/acme/did.json"
    resolver, seen = a_resolver(answer, addresses=("127.0.0.1",))
    with pytest.raises(PassportError, match="only a demonstration") as refusal:
        resolver.fetch(LOCAL_DID)
    assert refusal.value.code == "address-refused"
    assert seen == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "192.168.1.1",
    ],
)
@pytest.mark.parametrize("demonstration", [False, True])
def test_a_host_with_a_private_address_is_not_called(address, demonstration):
    resolver, seen = a_resolver(
        httpx.Response(200, json=DOCUMENT),
        addresses=("93.184.216.34", address),
        demonstration=demonstration,
    )

    with pytest.raises(PassportError, match="no public host") as refusal:
        resolver.fetch(DID)

    assert refusal.value.code == "address-refused"
    assert seen == []


def redirect_to(location):
    def answer(request):
        if request.url.path.endswith("/moved.json"):
            return httpx.Response(200, json=DOCUMENT)
        return httpx.Response(302, headers={"Location": location})

    return answer


def test_a_redirect_on_the_same_host_is_followed():
    resolver, seen = a_resolver(redirect_to("/moved.json"))

    assert resolver.fetch(DID)["id"] == DID
    assert len(seen) == 2


@pytest.mark.parametrize(
    "location",
    ["https://rival.example/moved.json", "http://maker.example/moved.json", "//rival.example/"],
)
def test_a_redirect_to_another_host_or_to_plain_http_is_refused(location):
    resolver, seen = a_resolver(redirect_to(location))

    with pytest.raises(PassportError, match="redirects to another host"):
        resolver.fetch(DID)

    assert len(seen) == 1


def refuse_to_answer(request):
    raise httpx.ConnectError("no route", request=request)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (httpx.Response(404), "answered 404"),
        (httpx.Response(200, text="<html>"), "no JSON"),
        (httpx.Response(200, json=[]), "no JSON object"),
        (httpx.Response(200, content=b" " * 300_000), "more than 262144 bytes"),
        (redirect_to("/again"), "redirects more than"),
        (refuse_to_answer, "did not answer"),
    ],
)
def test_an_answer_that_is_no_document_leaves_the_did_unreachable(answer, message):
    resolver, _ = a_resolver(answer)

    with pytest.raises(PassportError, match=message) as refusal:
        resolver.fetch(DID)

    assert refusal.value.code == "unreachable"


def test_a_host_without_address_is_unreachable():
    resolver, _ = a_resolver(httpx.Response(200, content=orjson.dumps(DOCUMENT)), addresses=())

    with pytest.raises(PassportError, match="has no address"):
        resolver.fetch(DID)


@pytest.mark.parametrize(
    "url",
    ["http://maker.example/x", "ftp://maker.example/x", "https:///x", "https://a:b@maker.example/"],
)
def test_an_address_that_is_not_https_is_not_read(url):
    reader = WebReader(look_up=lambda _host, _port: ["93.184.216.34"])

    with pytest.raises(PassportError) as refusal:
        reader.read(url)

    assert refusal.value.code == "address-refused"
