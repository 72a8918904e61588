"""The page that checks passports inside the browser, with packages of others."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest
from browsing import PHONE, a_visitor
from builders import EV_GTIN, PACK, FixedClock, a_new_battery, add_model
from builders import MAKER as MAKER_ACTOR
from builders_bundle import (
    BATTERY,
    DID_DOCUMENTS,
    HOST,
    ITEM_PUBLIC,
    KEYS,
    MAKER,
    MODEL_PUBLIC,
    OTHER_LOG,
    PRODUCTION,
    RIVAL,
    SIGNED_AT,
    PassportPlan,
    a_bundle,
    changed_bundle,
    list_iri,
)
from builders_signing import NOON, a_key
from playwright.sync_api import Locator, Page, expect
from servers import Server

from passport.bootstrap import open_passport
from passport.bootstrap.demonstration import EV_IN_USE
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM
from passport.services.operators import NewOperator
from passport.services.trust import Trust
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.proofs import sign_document
from passport.signing.status_list import build_status_list
from passport.signing.transparency_log import TrustedLog

PLAN = PassportPlan()
AUTHENTIC = "The record is authentic"
WITHDRAWN = "Authentic, but corrected or withdrawn"
FORGED = "Not signed by whom it says"
UNCHECKED = "It could not be checked"
PATIENCE_MS = 30_000


_OTHER_KEY = a_key("maker", MAKER, 2)
NEW_KEY = PublishedKey(
    key_id=_OTHER_KEY.key_id, public_key_multibase=_OTHER_KEY.public_key_multibase
)


def a_list(*, marked: tuple[int, ...], since: datetime, until: datetime) -> bytes:
    document = build_status_list(
        list_iri(MAKER), issuer_did=MAKER, marked=marked, valid_from=since, valid_until=until
    )
    return sign_document(document, key=KEYS[MAKER], created=since)


def open_verifier(page: Page, server: Server) -> None:
    page.clock.set_fixed_time(NOON)
    page.goto(f"{server.url}/verify")


def give(page: Page, label: str, content: bytes, name: str = "record.json") -> None:
    page.get_by_label(label).set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": content}
    )


def check_file(page: Page, bundle: bytes, trust: Trust | None = None) -> Locator:
    if trust is not None:
        give(page, "Your own trust file", trust.to_bytes(), "trust.json")
        expect(page.locator("#trusted")).to_contain_text("Your trust file is used")
    give(page, "Record with everything to check it offline", bundle)
    return verdict_on(page)


def verdict_on(page: Page) -> Locator:
    verdict = page.locator("[data-verdict]")
    verdict.wait_for(timeout=PATIENCE_MS)
    return verdict


def with_text_changed(old: bytes, new: bytes) -> bytes:
    statements = [body.replace(old, new) for body in PLAN.statements()]
    assert statements != PLAN.statements()
    return a_bundle(statements, PLAN.status_lists())


def with_receipts_cut() -> bytes:
    receipts = orjson.loads(PLAN.bundle())["receipts"]
    cut = {digest: _without_a_hash(receipt) for digest, receipt in receipts.items()}
    return changed_bundle(PLAN.bundle(), receipts=cut)


def _without_a_hash(receipt: str) -> str:
    header, index, _, *rest = receipt.split("\n")
    return "\n".join([header, index, *rest])


def with_a_battery_swapped() -> bytes:
    other = f"{HOST}/01/09506000134352/21/B2"
    swapped = replace(ITEM_PUBLIC, number=11, subject=other, series=f"{other}#item-public")
    statements = [*PLAN.statements(), swapped.sign()]
    return a_bundle(statements, PLAN.status_lists())


FORGERIES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a value changed": (lambda: with_text_changed(b'"M-1"', b'"M-2"'), FORGED, "Invalid signature"),
    "a word added that no context knows": (
        lambda: with_text_changed(b'"serialNumber":', b'"bonus":"1","serialNumber":'),
        FORGED,
        "Safe mode validation error",
    ),
    "a name that stands twice": (
        lambda: with_text_changed(b'"serialNumber":', b'"serialNumber":"X","serialNumber":'),
        UNCHECKED,
        "twice",
    ),
    "words given another meaning": (
        lambda: with_text_changed(
            b'"serialNumber":', b'"x":{"@context":{"serialNumber":"urn:x"}},"serialNumber":'
        ),
        UNCHECKED,
        "given another meaning",
    ),
    "a statement of another battery": (with_a_battery_swapped, FORGED, "about another battery"),
    "a statement left out": (
        replace(PLAN, withheld=(ITEM_PUBLIC,)).bundle,
        UNCHECKED,
        "was left out",
    ),
    "a statement the index hides": (
        replace(PLAN, listed=(PLAN.items[1],)).bundle,
        FORGED,
        "not the version that the index lists",
    ),
    "the key of another": (
        replace(PLAN, others=(replace(MODEL_PUBLIC, key=a_key("rival", MAKER)), PRODUCTION)).bundle,
        FORGED,
        "Invalid signature",
    ),
    "a party without a say": (
        replace(PLAN, responsible=RIVAL).bundle,
        FORGED,
        "is responsible for the passport",
    ),
    "a statement withdrawn": (
        replace(PLAN, revoked=(ITEM_PUBLIC.number,)).bundle,
        WITHDRAWN,
        "was withdrawn by its issuer",
    ),
    "a receipt cut off": (with_receipts_cut, FORGED, "it is cut off"),
    "a receipt missing": (
        lambda: changed_bundle(PLAN.bundle(), receipts={}),
        UNCHECKED,
        "no receipt of the log",
    ),
    "a file cut off": (lambda: PLAN.bundle()[:-200], UNCHECKED, "no JSON"),
    "something said by nobody": (
        lambda: changed_bundle(
            PLAN.bundle(),
            presentation=orjson.loads(PLAN.bundle())["presentation"] | {"holder": RIVAL},
        ),
        FORGED,
        "nobody signed",
    ),
}


def test_a_genuine_record_is_authentic_and_to_be_compared_with_the_battery(demo_server, page):
    open_verifier(page, demo_server)

    verdict = check_file(page, PLAN.bundle(), PLAN.trust())

    assert verdict.get_by_role("heading").inner_text() == AUTHENTIC
    expect(verdict.get_by_role("heading")).to_be_focused()
    expect(page.get_by_role("status").first).to_have_text(f"Checked. {AUTHENTIC}.")
    assert BATTERY in page.get_by_label("Compare with the battery").inner_text()
    assert "named in your trust file" in page.get_by_label("What was taken from where").inner_text()


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_record_that_does_not_hold_is_told_with_its_reason(demo_server, page, forgery):
    make, expected, reason = FORGERIES[forgery]
    open_verifier(page, demo_server)

    verdict = check_file(page, make(), PLAN.trust())

    assert verdict.get_by_role("heading").inner_text() == expected
    assert reason in verdict.inner_text()


def test_who_is_not_in_the_trust_file_is_not_believed(demo_server, page):
    trust = Trust(
        did_documents={RIVAL: DID_DOCUMENTS[RIVAL]},
        logs=PLAN.trust().logs,
    )
    open_verifier(page, demo_server)

    verdict = check_file(page, PLAN.bundle(), trust)

    assert verdict.get_by_role("heading").inner_text() == UNCHECKED
    assert "nobody you trust vouches for" in verdict.inner_text().lower()


def test_products_and_addresses_in_the_trust_file_bind_their_parties(demo_server, page):
    trust = replace(
        PLAN.trust(),
        gtin_prefixes={MAKER: ("9999",)},
        hosts={MAKER: ("https://elsewhere.example",)},
    )
    open_verifier(page, demo_server)

    verdict = check_file(page, PLAN.bundle(), trust)

    assert verdict.get_by_role("heading").inner_text() == FORGED
    assert "numbers begin with 9999" in verdict.inner_text()
    assert "is no address of" in verdict.inner_text()


@pytest.mark.parametrize(
    ("size_then", "expected"), [(0, FORGED), (1000, UNCHECKED)], ids=["after", "before"]
)
def test_a_stolen_key_counts_for_what_was_in_the_log_before(demo_server, page, size_then, expected):
    key = a_key("maker", MAKER)
    stolen = PublishedKey(
        key_id=key.key_id,
        public_key_multibase=key.public_key_multibase,
        revoked_at=NOON,
        revoked_from_log_size=size_then,
    )
    document = build_did_document(MAKER, [stolen])
    trust = replace(PLAN.trust(), did_documents={**DID_DOCUMENTS, MAKER: document})
    open_verifier(page, demo_server)

    verdict = check_file(page, PLAN.bundle(), trust)

    assert verdict.get_by_role("heading").inner_text() == expected
    assert "was declared stolen" in verdict.inner_text()


def test_of_which_log_a_theft_tells_is_open_where_several_are_believed(demo_server, page):
    key = a_key("maker", MAKER)
    stolen = PublishedKey(
        key_id=key.key_id,
        public_key_multibase=key.public_key_multibase,
        revoked_at=NOON,
        revoked_from_log_size=1000,
    )
    other = TrustedLog(origin=OTHER_LOG.key.name, key=OTHER_LOG.key)
    trust = replace(
        PLAN.trust(),
        did_documents={**DID_DOCUMENTS, MAKER: build_did_document(MAKER, [stolen])},
        logs=(*PLAN.trust().logs, other),
    )
    open_verifier(page, demo_server)

    verdict = check_file(page, PLAN.bundle(), trust)

    assert verdict.get_by_role("heading").inner_text() == UNCHECKED
    assert "only where one log alone is believed" in verdict.inner_text()


NEEDS_THE_PROGRAM = {
    "a suite that is broken": replace(PLAN.trust(), retired={"eddsa-rdfc-2022": SIGNED_AT}),
    "keys that only a log kept": replace(
        PLAN.trust(), did_documents={}, history_dids=frozenset(DID_DOCUMENTS)
    ),
    "a key of before": replace(
        PLAN.trust(), did_documents={MAKER: build_did_document(MAKER, [NEW_KEY])}
    ),
}


@pytest.mark.parametrize("evidence", NEEDS_THE_PROGRAM)
def test_what_the_page_cannot_read_is_left_to_the_program(demo_server, page, evidence):
    bundle = changed_bundle(PLAN.bundle(), didHistory={did: [] for did in DID_DOCUMENTS})
    open_verifier(page, demo_server)

    verdict = check_file(page, bundle, NEEDS_THE_PROGRAM[evidence])

    assert verdict.get_by_role("heading").inner_text() == UNCHECKED
    assert "check the file with passport verify" in verdict.inner_text()


@pytest.mark.parametrize(
    ("marked", "expected"), [((), AUTHENTIC), ((ITEM_PUBLIC.number,), WITHDRAWN)]
)
def test_of_several_versions_of_a_list_the_newest_counts(demo_server, page, marked, expected):
    lists = [
        a_list(marked=(), since=NOON - timedelta(days=9), until=NOON - timedelta(days=1)),
        a_list(marked=marked, since=NOON - timedelta(days=2), until=NOON + timedelta(days=9)),
        a_list(marked=(), since=NOON - timedelta(days=3), until=NOON + timedelta(days=9)),
    ]
    open_verifier(page, demo_server)

    verdict = check_file(page, a_bundle(PLAN.statements(), lists), PLAN.trust())

    assert verdict.get_by_role("heading").inner_text() == expected


def test_a_list_that_has_ended_says_nothing(demo_server, page):
    ended = a_list(marked=(), since=NOON - timedelta(days=9), until=NOON - timedelta(days=1))
    open_verifier(page, demo_server)

    verdict = check_file(page, a_bundle(PLAN.statements(), [ended]), PLAN.trust())

    assert verdict.get_by_role("heading").inner_text() == UNCHECKED
    assert "was valid until" in verdict.inner_text()


def test_keys_that_only_the_file_brings_prove_nothing(demo_server, page):
    open_verifier(page, demo_server)

    verdict = check_file(page, PLAN.bundle())

    assert verdict.get_by_role("heading").inner_text() == UNCHECKED
    assert "the file itself brings" in verdict.inner_text()
    assert page.get_by_role("button", name="Ask the issuers for their keys").is_visible()


def test_a_trust_file_that_is_none_is_refused(demo_server, page):
    open_verifier(page, demo_server)

    give(page, "Your own trust file", b'{"parties": []}', "trust.json")

    expect(page.get_by_role("status").first).to_contain_text("no trust file")


def test_a_record_signed_with_ecdsa_is_authentic(demo_server, page, tmp_path):
    passport = open_passport(data=tmp_path, keystore="memory:", extensions=(), clock=FixedClock())
    try:
        maker = NewOperator(
            name="Voltra",
            slug="voltra",
            operator_uri="https://voltra.example.com/",
            country="NL",
            base_url="http://localhost:8000",
            roles=MAKER_ACTOR.roles,
            cryptosuite="ecdsa-rdfc-2019",
        )
        passport.services.add_operator(SYSTEM, maker)
        add_model(passport, MAKER_ACTOR, EV_GTIN, "ev-pack-model")
        passport.services.register_battery(MAKER_ACTOR, "voltra", a_new_battery())
        bundle = passport.bundle(SYSTEM, PACK, Audience.PUBLIC)
        trust = Trust.parse(orjson.dumps(passport.trust()))
    finally:
        passport.close()
    open_verifier(page, demo_server)

    verdict = check_file(page, bundle, trust)

    assert verdict.get_by_role("heading").inner_text() == AUTHENTIC
    assert "ecdsa-rdfc-2019" in page.get_by_label("What was checked").inner_text()


# --- from the page of a battery -------------------------------------------------------------------


def test_the_page_of_a_battery_loads_the_check_only_when_asked(demo_server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo_server.url}/{EV_IN_USE}")
    assert not [url for url in asked if "verif" in url]

    page.get_by_role("link", name="Check it yourself in this browser").first.press("Enter")

    verdict = verdict_on(page)
    assert verdict.get_by_role("heading").inner_text() == AUTHENTIC
    sources = page.get_by_label("What was taken from where").inner_text()
    assert f"published at localhost:{demo_server.port}" in sources
    limits = page.get_by_label("What this check cannot know").inner_text()
    assert "this program all came from" in limits
    host = demo_server.url
    told = [url.removeprefix(host) for url in asked if "bundle" in url or "did.json" in url]
    assert told == [f"/batteries/{EV_IN_USE}/bundle"]


def test_the_mass_to_compare_is_that_of_this_battery_and_not_of_its_model(demo_server, page):
    page.goto(f"{demo_server.url}/{EV_IN_USE}")
    value = page.locator("dt", has_text="Mass of this battery").locator("xpath=..").locator("dd")
    expected = value.inner_text().split("\n")[0].strip()
    assert expected.endswith(" kg")

    page.goto(f"{demo_server.url}/verify?address=/{EV_IN_USE}")
    verdict_on(page)

    assert expected in page.get_by_label("Compare with the battery").inner_text()


def test_after_one_visit_the_page_checks_files_without_network(demo_server, chromium):
    with a_visitor(chromium, **PHONE) as context:
        page = context.new_page()
        page.goto(f"{demo_server.url}/verify?address=/{EV_IN_USE}")
        assert verdict_on(page).get_by_role("heading").inner_text() == AUTHENTIC
        expect(page.locator("#offline")).to_contain_text("works without network")
        saved = page.request.get(f"{demo_server.url}/batteries/{EV_IN_USE}/bundle").body()
        context.set_offline(offline=True)

        page.goto(f"{demo_server.url}/verify")
        verdict = check_file(page, saved)

        assert verdict.get_by_role("heading").inner_text() == AUTHENTIC
        sources = page.get_by_label("What was taken from where").inner_text()
        assert "remembered on this device since" in sources


def test_a_key_that_changes_under_its_name_is_refused(demo_server, page):
    page.goto(f"{demo_server.url}/verify?address=/{EV_IN_USE}")
    verdict_on(page)
    page.evaluate(
        """() => {
          const place = "open-battery-passport-verifier";
          const memory = JSON.parse(localStorage.getItem(place));
          for (const party of Object.values(memory.dids)) {
            for (const id of Object.keys(party.keys)) {
              party.keys[id] = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
            }
          }
          localStorage.setItem(place, JSON.stringify(memory));
        }"""
    )

    page.reload()

    verdict = verdict_on(page)
    assert verdict.get_by_role("heading").inner_text() == FORGED
    assert "a key never changes under its name" in verdict.inner_text()


def test_the_kept_page_holds_nothing_of_whoever_is_signed_in(demo_server, page):
    page.goto(f"{demo_server.url}/login")
    page.get_by_label("E-mail or login name").fill("manufacturer")
    page.get_by_label("Password", exact=True).fill("demonstration")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{demo_server.url}/verify")
    expect(page.locator("#offline")).to_contain_text("works without network")

    kept = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const cache = await caches.open(names[0]);
          const addresses = (await cache.keys()).map(({ url }) => new URL(url).pathname);
          return { names, addresses, page: await (await cache.match("/verify")).text() };
        }"""
    )

    assert len(kept["names"]) == 1
    assert "Sign out" not in kept["page"]
    assert "Sign in" in kept["page"]
    assert all(re.match(r"/(verify$|static/)", address) for address in kept["addresses"])


def test_an_address_that_is_none_is_told_and_nothing_is_asked(demo_server, page):
    open_verifier(page, demo_server)
    page.get_by_label("The link in the battery's code").fill("https://localhost/else")

    page.get_by_role("button", name="Check it", exact=True).click()

    expect(page.get_by_role("status").first).to_contain_text("no address of a battery")


def test_a_link_starts_no_check_at_another_host(demo_server, page):
    other = f"https://other.example/{EV_IN_USE}"

    page.goto(f"{demo_server.url}/verify?address={other}")

    expect(page.get_by_label("The link in the battery's code")).to_have_value(other)
    expect(page.get_by_role("status").first).to_have_text("")


def test_without_script_the_page_says_how_to_check(demo_server, page_without_script):
    page_without_script.goto(f"{demo_server.url}/verify")

    assert page_without_script.get_by_text("This check needs scripts").is_visible()
    assert not page_without_script.get_by_label("The link in the battery's code").is_visible()


@pytest.mark.parametrize("outcome", ["authentic", "withdrawn", "forged", "unchecked"])
def test_each_outcome_is_accessible(
    demo_server, phone_page, assert_accessible, take_screenshot, outcome
):
    bundles = {
        "authentic": PLAN.bundle,
        "withdrawn": FORGERIES["a statement withdrawn"][0],
        "forged": FORGERIES["a value changed"][0],
        "unchecked": FORGERIES["a receipt missing"][0],
    }
    open_verifier(phone_page, demo_server)

    check_file(phone_page, bundles[outcome](), PLAN.trust())

    assert_accessible(phone_page)
    take_screenshot(phone_page, f"verify-{outcome}-phone")
    width = phone_page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["viewport"]["width"]
