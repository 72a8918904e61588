"""The demonstration as its users see it: a real browser before a real server.

The pages that are only looked at are seen on a phone and at a desk, in light and in dark, by
axe-core and by eye: the pictures are under ``test-results/screens``.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from browsing import PHONE, a_visitor, axe_problems
from builders_telemetry_installation import a_pack_charge
from journey import EV_GTIN, Company, Life, a_life, a_pack, answered, write_frames
from playwright.sync_api import Browser, Locator, Page, expect
from servers import Server

from bms_ingest.frame import Frame
from passport.bootstrap.demonstration import (
    EV_IN_USE,
    EV_IN_WASTE,
    EV_RECYCLED,
    EV_RETIRED,
    PASSWORD,
    SECOND_LIFE,
    STATIONARY,
)

DEVICES: dict[str, dict[str, Any]] = {
    "phone": PHONE,
    "desk": {"viewport": {"width": 1280, "height": 900}},
}
VOLTRA = Company("voltra", "Voltra Packs (fictional)", "DE", "operator")
TOLD_BY_BMS = f"01/{EV_GTIN}/21/SHOW-1"
NEVER_MEASURED = f"01/{EV_GTIN}/21/SHOW-2"
DISCARDED = f"01/{EV_GTIN}/21/SHOW-3"
PATIENCE_MS = 15_000
CHARGES = (196, 192, 188)
"""What went into the pack in three full charges [Ah]; it is rated at 206 Ah."""
FIRST = 5
"""Frames of the first of them; a condition is signed after it, and one after the others."""


@pytest.fixture(scope="module")
def house(demo_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Give the demonstration with three packs more: a BMS tells the health of the first."""
    with a_life(demo_server, tmp_path_factory.mktemp("house")) as life:
        life.quick_command("operator", "key", VOLTRA.slug, "-o", life.key_file(VOLTRA))
        life.call(VOLTRA)
        maker = life.of(VOLTRA)
        for serial in ("SHOW-1", "SHOW-2", "SHOW-3"):
            answered(maker.post("/api/v1/batteries", json=a_pack(serial)), 201)
        for part, frames in enumerate((charges()[:FIRST], charges()[FIRST:])):
            file = write_frames(life.folder / f"part-{part}.jsonl", TOLD_BY_BMS, frames)
            life.command(
                "replay", file, "--battery", TOLD_BY_BMS, "--data", demo_server.data,
                program="bms-ingest",
            )  # fmt: skip
        grant = {"organisation": "again", "battery": TOLD_BY_BMS, "purpose": "Second life"}
        answered(maker.post("/api/v1/grants", json=grant), 201)
        yield life


def charges() -> list[Frame]:
    """Return the frames of full charges on the last days; the BMS says 97 % at each."""
    day = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    frames = []
    for epoch, charged_ah in enumerate(CHARGES):
        begin = day - timedelta(days=len(CHARGES) - epoch)
        frames += a_pack_charge(epoch, charged_ah, int(begin.timestamp()) * 1000)
    return [frame._replace(battery_id=TOLD_BY_BMS) for frame in frames]


@pytest.fixture
def open_as(chromium: Browser, house: Life) -> Iterator[Callable[..., Page]]:
    """Give a function that opens the service on a device, signed in under a login, or nobody."""
    with visitors(chromium, house.server.url) as open_page:
        yield open_page


@contextmanager
def visitors(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    contexts = []

    def open_page(login: str = "", device: str = "desk", **options: object) -> Page:
        visitor = a_visitor(browser, base_url=address, **{**DEVICES[device], **options})
        page = visitor.__enter__().new_page()
        page.set_default_timeout(PATIENCE_MS)
        contexts.append(visitor)
        if login:
            page.goto("/login")
            page.get_by_label("E-mail or login name").fill(login)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    try:
        yield open_page
    finally:
        for visitor in contexts:
            visitor.__exit__(None, None, None)


def main_of(page: Page) -> Locator:
    return page.locator("main")


# --- pages that are looked at ---------------------------------------------------------------------

PAGES = {
    "": {
        "home": "/",
        "scan": "/scan",
        "login": "/login",
        "in-use": f"/{EV_IN_USE}",
        "archived": f"/{EV_RETIRED}",
        "waste": f"/{EV_IN_WASTE}",
        "tombstone": f"/{EV_RECYCLED}",
        "stationary": f"/{STATIONARY}",
        "second-life": f"/{SECOND_LIFE}",
        "model": f"/01/{EV_GTIN}",
        "problem": f"/01/{EV_GTIN}/21/NOBODY",
        "vocabulary": "/schemas/",
        "api": "/docs",
    },
    "integrator": {
        "health": f"/condition/{EV_IN_USE}",
        "second-life-health": f"/condition/{SECOND_LIFE}",
        "bench": f"/dismantling/{EV_IN_USE}",
        "ask": f"/access/{STATIONARY}",
        "declare": "/operator/second-life",
    },
    "manufacturer": {
        "operator": "/operator",
        "grants": f"/batteries/{EV_IN_USE}/grants",
        "register": "/operator/register",
        "documents": "/operator/documents",
        "storage-health": f"/condition/{STATIONARY}",
    },
    "collector": {"yard": "/yard", "intake": "/yard/intake"},
    "recycler": {"recycling": "/recycling"},
    "authority": {"authority": "/authority", "authority-battery": f"/{EV_IN_USE}"},
}
EMPTY_PAGES_SAY_NOTHING = 40
"""Letters that the main part of a page has at least."""


# Thirteen pages in two schemes, each looked through by axe, take minutes on a loaded machine.
@pytest.mark.timeout(900)
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("login", PAGES, ids=lambda login: login or "visitor")
def test_every_page_is_accessible_and_fits_on_phone_and_desk(
    open_as, take_screenshot, login, device
):
    page = open_as(login, device, device_scale_factor=1)
    found = []
    for name, path in PAGES[login].items():
        page.goto(path)
        assert len(main_of(page).inner_text()) > EMPTY_PAGES_SAY_NOTHING
        # Dark differs from light in colours alone.
        for scheme, rules in {"light": (), "dark": ("color-contrast",)}.items():
            page.emulate_media(color_scheme=scheme)
            problems = axe_problems(page, rules=rules)
            found += [f"{path} {scheme}: {problem}" for problem in problems]
            take_screenshot(page, f"journey-{name}-{device}-{scheme}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is wider than the {device}")
    assert found == []


# --- everybody ------------------------------------------------------------------------------------


def test_the_first_page_tells_what_to_click_and_each_click_arrives(open_as):
    page = open_as()
    page.goto("/")
    titles = page.locator(".life h3 a").all_inner_texts()
    assert len(titles) == 7

    for title in titles:
        page.goto("/")
        page.get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/")
    page.get_by_role("button", name="Sign in as Collector").click()
    expect(page.get_by_role("heading", name="Yard", level=1)).to_be_visible()


def test_the_public_page_needs_no_script_on_a_phone(open_as):
    page = open_as("", "phone", java_script_enabled=False)
    page.goto(f"/{EV_IN_USE}")

    said = main_of(page).inner_text()
    order = (
        "Voltra EV 75",
        "Authentic record",
        "Compare with",
        "431.8 kg",
        "Lithium-ion, nickel manganese cobalt oxide",
        "Put out with",
        "Lithium hexafluorophosphate",
        "trained people only",
        "Not required yet",
        "206 Ah",
        "How you prevent waste",
        "There is more on record",
    )
    places = [said.find(words) for words in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)
    photo = page.locator("main img").first
    assert photo.evaluate("image => image.naturalWidth") > 0
    assert "Measured on" not in said, "the state of health is not public"
    assert page.get_by_role("link", name="Ask for access").is_visible()
    page.get_by_role("link", name="How this was checked").click()
    assert page.url.endswith("#evidence")


def test_a_recycled_battery_has_a_tombstone_and_no_content(open_as):
    page = open_as()
    answer = page.goto(f"/{EV_RECYCLED}")

    assert answer.status == 410
    said = main_of(page).inner_text()
    assert "was recycled on" in said
    assert "Melt Recycling" in said
    assert "Article 77(8)" in said
    assert "Rated capacity" not in said


def test_an_address_without_passport_says_what_to_do(open_as):
    page = open_as()
    answer = page.goto(f"/01/{EV_GTIN}/21/NOBODY")

    assert answer.status == 404
    assert page.get_by_text("Compare what you entered with the label").is_visible()
    assert page.get_by_text("passport-not-found").is_visible()
    page.get_by_role("link", name="What is known about the model").click()
    expect(page.get_by_role("heading", name="Voltra EV 75", level=1)).to_be_visible()


# --- scanning -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def label_png(house: Life) -> bytes:
    """Give the label of the pack in use, as the command prints it."""
    file = house.folder / "label.png"
    house.quick_command("label", str(EV_IN_USE), "--format", "png", "-o", file)
    return file.read_bytes()


def test_the_camera_sees_a_label_and_ends_at_the_battery(house, page_with_camera, label_png):
    page = page_with_camera(label_png)
    page.goto(f"{house.server.url}/scan")

    page.get_by_role("button", name="Start the camera").click()

    page.wait_for_url(f"{house.server.url}/{EV_IN_USE}", timeout=60_000)
    expect(page.get_by_role("heading", name="Voltra EV 75", level=1)).to_be_visible()


def test_a_photo_of_the_label_ends_at_the_battery(open_as, label_png, tmp_path):
    page = open_as("", "phone", java_script_enabled=False)
    page.goto("/scan")
    photo = tmp_path / "label.png"
    photo.write_bytes(label_png)

    page.get_by_label("Photo of the label").set_input_files(photo)
    page.get_by_role("button", name="Read the photo").click()

    assert page.url.endswith(f"/{EV_IN_USE}")


def test_a_typed_code_with_a_wrong_check_digit_says_which(open_as, take_screenshot):
    page = open_as("", "phone")
    page.goto("/scan")

    page.get_by_label("GTIN, after (01)").fill(f"{EV_GTIN[:-1]}3")
    page.get_by_label("Serial number, after (21)").fill("EV75-000001")
    page.get_by_role("button", name="Find the battery").click()

    problem = page.get_by_text(re.compile("check digit", re.IGNORECASE)).first
    problem.wait_for()
    assert re.search(r"\b3\b.*\b2\b|\b2\b.*\b3\b", problem.inner_text())
    assert page.get_by_label("Serial number, after (21)").input_value() == "EV75-000001"
    assert axe_problems(page) == []
    take_screenshot(page, "journey-scan-wrong-check-digit-phone")


def test_keys_alone_lead_from_signing_in_to_the_health_of_a_typed_battery(open_as):
    page = open_as()
    page.goto("/login")
    tab_to(page, page.get_by_label("E-mail or login name"))
    page.keyboard.type("integrator")
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    tab_to(page, page.get_by_role("link", name="Scan a battery").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan")
    tab_to(page, page.get_by_label("GTIN, after (01)"))
    page.keyboard.type(EV_GTIN)
    page.keyboard.press("Tab")
    page.keyboard.type("EV75-000001")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{EV_IN_USE}")
    tab_to(page, page.get_by_role("link", name="Condition and events"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="State of health", exact=True)).to_be_visible()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus, and see that the focus is visible."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate(
                "e => getComputedStyle(e).outlineStyle !== 'none'"
                " || getComputedStyle(e).boxShadow !== 'none'"
            )
            return
    pytest.fail(f"{wanted} is not reached by Tab")


# --- health, for those who were let in ------------------------------------------------------------


def test_an_integrator_sees_health_with_age_method_interval_and_what_the_bms_says(
    open_as, take_screenshot
):
    page = open_as("integrator", "phone")
    page.goto(f"/{TOLD_BY_BMS}")
    page.get_by_role("link", name="Condition and events").click()
    said = main_of(page).inner_text()

    value = re.search(r"([\d.]+) %\s+95 % interval: ([\d.]+) % to ([\d.]+) %", said)
    assert value is not None, said[:600]
    health, low, high = map(float, value.groups())
    assert low <= health <= high
    assert 85 < health < 96
    assert re.search(r"\d+ (hour|day)s? old|a day old", said)
    assert "Full charge" in said
    bms = said[said.index("The BMS itself says") :][:60]
    assert "97 %" in bms
    assert page.locator("svg.chart__svg:visible").count() == 1
    page.get_by_text("The same values in a table").click()
    assert page.locator("main table").first.is_visible()
    assert page.get_by_role("heading", name="Chain of condition statements").is_visible()
    assert page.get_by_role("heading", name="Events").is_visible()
    take_screenshot(page, "journey-health-with-bms-phone")


def test_anybody_else_sees_point_1_and_how_to_ask(open_as):
    page = open_as("recycler")
    page.goto(f"/{TOLD_BY_BMS}")
    assert "97 %" not in main_of(page).inner_text()

    page.get_by_role("link", name="Ask for access").click()

    expect(page.get_by_role("heading", name="Ask for access")).to_be_visible()
    assert page.goto(f"/condition/{TOLD_BY_BMS}").status in {403, 404}


def test_a_battery_without_history_says_so_and_takes_a_test(open_as, take_screenshot):
    page = open_as("manufacturer", "phone")
    page.goto(f"/condition/{NEVER_MEASURED}")
    take_screenshot(page, "journey-no-history-phone")
    assert page.get_by_text("No state of health on record").is_visible()
    assert page.get_by_text("attach the test").is_visible()

    page.get_by_label("How it was tested").select_option(index=1)
    page.get_by_label("Day of the test").fill(
        (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    )
    page.get_by_label("Remaining capacity [Ah]").fill("190")
    page.get_by_role("button", name="Put the test on record").click()

    expect(page.get_by_text("92.23 %").first).to_be_visible()
    assert page.get_by_text("No state of health on record").count() == 0


def test_who_asks_for_access_gets_it_from_the_operators_page(open_as, take_screenshot):
    asking = open_as("recycler")
    asking.goto(f"/access/{STATIONARY}")
    asking.get_by_label("Recycling").check()
    asking.get_by_label("Why you, and why this battery").fill("It will come to us next month")
    asking.get_by_role("button", name="Send the request").click()
    expect(asking.get_by_text("Your request is on its way")).to_be_visible()

    deciding = open_as("manufacturer")
    deciding.goto("/operator")
    assert deciding.get_by_text("It will come to us next month").is_visible()
    assert deciding.get_by_text("A second life was announced").is_visible()
    take_screenshot(deciding, "journey-operator-decides-desk")
    deciding.get_by_role("button", name=re.compile("Give access")).first.click()
    expect(deciding.get_by_text("It will come to us next month")).to_have_count(0)

    asking.goto(f"/{STATIONARY}")
    asking.get_by_role("link", name="Condition and events").click()
    expect(asking.get_by_role("heading", name="State of health", exact=True)).to_be_visible()


# --- after use ------------------------------------------------------------------------------------


def test_a_collector_takes_a_pack_in_by_its_code_and_reads_what_to_do(
    house, open_as, take_screenshot
):
    page = open_as("collector", "phone")
    page.goto("/yard")
    page.get_by_role("link", name="Take a battery in").click()
    page.get_by_label("It has a code I can scan or read").check()
    page.get_by_label("Code on the battery").fill(f"{house.server.url}/{DISCARDED}")
    fill_in_the_gate(page)

    said = main_of(page).inner_text()
    assert "Lithium battery, no damage seen." in said
    assert re.search(r"(collective|Battery Collective NL).*NL-EXAMPLE-0001", said)
    assert "Dangerous voltage" in said
    assert axe_problems(page) == []
    take_screenshot(page, "journey-card-known-phone")


def test_a_collector_holds_what_nobody_knows(open_as, label_png, take_screenshot):
    page = open_as("collector", "phone")
    page.goto("/yard/intake")
    page.get_by_label("I do not know this battery").check()
    page.get_by_label("Photos").set_input_files(
        {"name": "side.png", "mimeType": "image/png", "buffer": label_png}
    )
    fill_in_the_gate(page)

    assert page.get_by_role("heading", name="Unknown battery: hold it as lithium.").is_visible()
    picture = page.locator(".photos img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert axe_problems(page) == []
    take_screenshot(page, "journey-card-unknown-phone")


def fill_in_the_gate(page: Page) -> None:
    page.get_by_role("group", name="Who brings it?").get_by_role("radio").first.check()
    page.get_by_label("Site").fill("Yard Collection, Rotterdam")
    page.get_by_label("Country").fill("NL")
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("heading", level=1).get_by_text("Write on the tag")).to_be_visible()


def test_a_recyclers_figures_are_marked_as_not_for_filing(open_as, take_screenshot):
    for device in DEVICES:
        page = open_as("recycler", device)
        page.goto("/recycling")
        page.get_by_role("link", name=re.compile("melt-B-")).first.click()

        assert page.get_by_text("Management figure, not for filing").count() == 2
        said = main_of(page).inner_text()
        assert "66.9340" in said
        assert "Lithium" in said
        assert axe_problems(page) == []
        take_screenshot(page, f"journey-batch-{device}")


def test_an_authority_finds_a_battery_and_reads_no_use_of_it(open_as):
    page = open_as("authority")
    page.goto("/authority")
    assert "points 1, 2 and 3" in main_of(page).inner_text()

    page.get_by_label("Find a battery").fill(f"{EV_GTIN}/EV75-000001")
    page.get_by_role("button", name="Find").click()

    expect(page.get_by_text("EV75-000001").first).to_be_visible()
    page.goto(f"/{EV_IN_USE}")
    assert "State of health and events" not in main_of(page).inner_text()
    page.get_by_role("link", name="Restricted part of the passport").click()
    assert not re.search(r"\d % *\n* *95 % interval", main_of(page).inner_text())
