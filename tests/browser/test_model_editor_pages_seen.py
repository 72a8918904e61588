"""A whole model entered with the keyboard on a phone, reviewed, published, compared; axe clean."""

import re
from collections.abc import Iterator

import pytest
from browsing import PHONE, a_visitor
from builders_contents import an_example
from playwright.sync_api import Browser, Page, expect
from servers import Server

from passport.bootstrap.demonstration import PASSWORD
from passport.web.editor.fields import fields_of
from passport.web.editor.groups import Group, all_groups

GTIN = "09506000991016"
MODELS = "/operator/models"
PATIENCE_MS = 15_000
MOST_STEPS = 900
HERE = """() => {
  const at = document.activeElement;
  return {
    tag: at.tagName, name: at.getAttribute('name') || '', type: at.getAttribute('type') || '',
    value: at.value || '', checked: Boolean(at.checked), text: at.textContent || '',
  };
}"""


@pytest.fixture
def sign_in(chromium: Browser, demo_server: Server) -> Iterator[object]:
    visitors = []

    def open_page(login: str, **options: object) -> Page:
        visitor = a_visitor(chromium, base_url=demo_server.url, **(options or PHONE))
        page = visitor.__enter__().new_page()
        visitors.append(visitor)
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/login")
        page.get_by_label("E-mail or login name").fill(login)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    yield open_page
    for visitor in visitors:
        visitor.__exit__(None, None, None)


def add_second_person(server: Server) -> str:
    login = "second-eyes"
    done = server.run("operator", "login", "voltra", login, typed=f"{PASSWORD}\n")
    assert done.returncode == 0 or "is taken" in done.stderr, done.stderr
    return login


def fill_by_keyboard(page: Page, group: Group, content: dict[str, object]) -> None:
    """Fill one group with Tab, Space, Enter and letters, and press its last button."""
    wanted = fields_of(content, group.terms)
    typed = set()
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        at = page.evaluate(HERE)
        name = at["name"]
        if name == "do" and at["value"] == "next":
            page.keyboard.press("Enter")
            break
        if name == "do" and at["value"].startswith("add:"):
            add_row(page, at["value"].removeprefix("add:"), wanted)
        elif name.startswith("language:") or name not in wanted:
            continue
        elif at["type"] == "checkbox":
            if at["value"] in wanted[name] and not at["checked"]:
                page.keyboard.press("Space")
        elif at["tag"] == "SELECT":
            choose(page, wanted[name][0])
        elif at["type"] == "date":
            year, month, day = wanted[name][0].split("-")
            page.keyboard.type(f"{month}{day}{year}")
        elif not at["value"]:
            page.keyboard.type(wanted[name][0])
            typed.add(name)
    else:
        raise AssertionError(f"the keyboard never reached the end of {group.name}")
    page.wait_for_url(lambda url: f"/edit/{group.name}" not in url)


def add_row(page: Page, path: str, wanted: dict[str, list[str]]) -> None:
    rows = {
        int(name[len(path) + 1 :].partition(".")[0])
        for name in wanted
        if name.startswith(f"{path}.") and name[len(path) + 1].isdigit()
    }
    shown = page.locator(f"fieldset[id='field-{path}'] > .row").count()
    if shown < len(rows):
        before = page.locator("[id^='field-']").count()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "before => document.querySelectorAll(\"[id^='field-']\").length > before", arg=before
        )
        page.keyboard.press("Shift+Tab")


def choose(page: Page, value: str) -> None:
    """Choose an option of the select that has the focus with the arrow keys."""
    for _ in range(60):
        if page.evaluate("() => document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach {value}")


def test_a_model_is_entered_by_keyboard_on_a_phone_reviewed_published_and_compared(  # noqa: PLR0915 - one story
    sign_in, demo_server, assert_accessible, take_screenshot
):
    content = an_example("lmt-battery-model-minimal")["content"]
    maker = sign_in("manufacturer")
    maker.goto(f"{MODELS}/new")
    maker.get_by_label("GTIN").fill(GTIN)
    maker.keyboard.press("Tab")
    choose(maker, "empty")
    maker.keyboard.press("Tab")
    maker.keyboard.press("Enter")
    maker.wait_for_url("**/drafts/**")
    draft = maker.url.partition("?")[0]
    expect(maker.get_by_text("Choose the category first")).to_be_visible()

    maker.goto(f"{draft}/edit/{all_groups()[0].name}")
    for group in all_groups():
        fill_by_keyboard(maker, group, content)

    maker.goto(draft)
    meter = maker.locator("[data-meter]")
    filled, mandatory = map(int, re.findall(r"\d+", meter.inner_text())[:2])
    assert mandatory > 20
    assert filled == mandatory, maker.locator(".openlist").first.inner_text()
    assert_accessible(maker)
    take_screenshot(maker, "model-draft-phone")
    maker.get_by_role("button", name="Hand in for review").click()
    expect(maker.get_by_text("Handed in. Nobody changes the draft")).to_be_visible()

    reviewer = sign_in(add_second_person(demo_server), viewport={"width": 1280, "height": 900})
    reviewer.goto(f"{draft}/review")
    expect(reviewer.get_by_role("button", name="Approve")).to_be_visible()
    assert_accessible(reviewer)
    take_screenshot(reviewer, "model-review-desk")
    reviewer.get_by_role("button", name="Approve").click()
    expect(reviewer.get_by_text("Approved. It can be signed")).to_be_visible()

    maker.goto(f"{draft}/publish")
    assert_accessible(maker)
    take_screenshot(maker, "model-publish-phone")
    maker.get_by_role("button", name="Sign and publish").click()
    expect(maker.get_by_role("heading", name="Signed versions")).to_be_visible()

    maker.goto(MODELS)
    maker.get_by_role("button", name=re.compile("^Change")).first.wait_for()
    take_screenshot(maker, "models-phone")
    assert_accessible(maker)
    maker.locator(f"form[action$='{GTIN}'] button").click()
    second = maker.url
    maker.goto(f"{second}/edit/contents")
    maker.locator("#field-massKilograms").fill("3.3")
    expect(maker.get_by_text("Saved", exact=True)).to_be_visible()
    maker.goto(second)
    maker.get_by_role("button", name="Hand in for review").click()
    reviewer.goto(f"{second}/review")
    expect(reviewer.locator(".change")).to_have_count(1)
    reviewer.get_by_role("button", name="Approve").click()
    maker.goto(f"{second}/publish")
    maker.get_by_role("button", name="Sign and publish").click()

    expect(maker.get_by_text("From version 1 to version 2: 1 place differs.")).to_be_visible()
    assert_accessible(maker)
    take_screenshot(maker, "model-versions-phone")


def test_what_was_typed_while_the_session_ended_is_put_back(sign_in):
    page = sign_in("manufacturer")
    page.goto(f"{MODELS}/new")
    page.get_by_label("GTIN").fill("09506000991023")
    page.get_by_label("Begin with").select_option("empty")
    page.get_by_role("button", name="Begin the draft").click()
    draft = page.url.partition("?")[0]
    page.goto(f"{draft}/edit/energy")
    page.context.clear_cookies()
    page.locator("#field-nominalVoltageVolts").fill("36")
    expect(page.get_by_text("What you typed is kept in this browser")).to_be_visible()

    page.goto("/login")
    page.get_by_label("E-mail or login name").fill("manufacturer")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{draft}/edit/energy")
    page.get_by_role("button", name="Put it back").click()

    expect(page.locator("#field-nominalVoltageVolts")).to_have_value("36")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def test_rows_come_without_leaving_the_page_and_saving_never_meets_itself(sign_in):
    page = sign_in("manufacturer")
    page.goto(f"{MODELS}/new")
    page.get_by_label("GTIN").fill("09506000991030")
    page.get_by_label("Begin with").select_option("empty")
    page.get_by_role("button", name="Begin the draft").click()
    draft = page.url.partition("?")[0]
    page.goto(f"{draft}/edit/energy")
    page.get_by_role("button", name="Add the first: original power").click()
    expect(page.locator("[id='field-originalPower.1.atStateOfChargePercent']")).to_be_focused()

    with page.expect_request(lambda sent: sent.method == "POST"):
        page.locator("#field-nominalVoltageVolts").fill("3")
    page.locator("#field-nominalVoltageVolts").fill("36")
    page.get_by_role("button", name="Save", exact=True).click()

    page.wait_for_url("**said=saved")
    expect(page.locator("#field-nominalVoltageVolts")).to_have_value("36")


def test_every_group_is_accessible_and_fits_a_phone(sign_in, assert_accessible, take_screenshot):
    page = sign_in("manufacturer")
    page.goto(MODELS)
    page.locator("form[action*='/begin/'] button").first.click()
    draft = page.url

    for group in all_groups():
        page.goto(f"{draft}/edit/{group.name}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        take_screenshot(page, f"model-group-{group.name}-phone")
