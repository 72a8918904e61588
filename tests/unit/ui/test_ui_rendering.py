import hashlib
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from builders_pages import OPERATOR, a_battery_page, a_shell
from builders_work_pages import every_page

from passport.domain.actor import PUBLIC, Actor, Role
from passport.ui.headers import page_headers
from passport.ui.problem_pages import problem_page
from passport.ui.rendering import STATIC_FOLDER, UI_FOLDER, Neighbour, Pages
from passport.ui.shell import PASSPORT_NAV, NavLink, ShellMaker
from passport.ui.views.battery import Finding, verdict_on
from passport.ui.views.common import absent_fact, anchor_of

PAGES = Pages()


@pytest.mark.parametrize("name", every_page())
def test_a_page_needs_no_inline_script_or_style_and_no_other_host(name):
    template, view, shell = every_page()[name]

    page = PAGES.render(template, view, shell=shell).decode()

    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r'<(?:script|link|img|source)[^>]+(?:src|href)="(?:https?:)?//', page)


@pytest.mark.parametrize("name", every_page())
def test_each_form_that_writes_carries_the_token(name):
    template, view, shell = every_page()[name]

    page = PAGES.render(template, view, shell=shell).decode()

    forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
    assert [form[:80] for form in forms if 'name="csrf_token" value="example"' not in form] == []


def test_every_template_has_an_example():
    used = {template for template, _, _ in every_page().values()}
    parts = {
        "base.html",
        "macros.html",
        "work_macros.html",
        "editor_macros.html",
        "law_macros.html",
        "vocabulary_macros.html",
    }

    assert used | parts == {file.name for file in (UI_FOLDER / "templates").glob("*.html")}


def test_what_an_operator_wrote_cannot_become_markup():
    page = PAGES.render(
        "battery_public.html", a_battery_page(name="<b onclick=x>"), shell=a_shell()
    ).decode()

    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;" in page


def test_every_finding_has_its_own_words():
    verdicts = [verdict_on(finding, signer="Stromwerk GmbH") for finding in Finding]

    assert len({verdict.title for verdict in verdicts}) == len(Finding)
    assert all("Stromwerk GmbH" in verdict.text for verdict in verdicts)


def test_a_datum_that_is_absent_says_why_in_plain_words():
    fact = absent_fact("Carbon footprint", "notYetRequired", detail="No act is in force.")

    assert fact.absent.startswith("Not required yet:")
    assert fact.absent.endswith("No act is in force.")


@pytest.mark.parametrize(
    ("title", "anchor"),
    [("What is in it", "what-is-in-it"), ("Ü & Ö (2)", "ü-ö-2"), ("§", "section")],
)
def test_a_heading_can_be_linked_to(title, anchor):
    assert anchor_of(title) == anchor


def test_a_static_file_changes_its_address_when_it_changes(tmp_path):
    file = tmp_path / "yard.css"
    file.write_text("a{}")
    neighbour = Neighbour(name="yard", templates=tmp_path, static=tmp_path)

    address = Pages((neighbour,)).asset("yard/yard.css")

    assert address == f"/static/yard/yard.css?v={hashlib.sha256(b'a{}').hexdigest()[:12]}"


def test_a_neighbour_extends_the_same_base(tmp_path):
    (tmp_path / "intake.html").write_text(
        '{% extends "base.html" %}{% block title %}Intake{% endblock %}'
        "{% block main %}{{ ui.empty_state(view, 'Scan one.') }}{% endblock %}"
    )
    pages = Pages((Neighbour(name="yard", templates=tmp_path),))

    page = pages.render("yard/intake.html", "Nothing here", shell=a_shell()).decode()

    assert "<title>Intake \u2013 Open Battery Passport</title>" in page
    assert "Nothing here" in page


def test_the_navigation_shows_what_a_reader_may_use():
    shells = ShellMaker(links=(*PASSPORT_NAV, NavLink(text="Yard", href="/recycler")))

    texts = {
        who: [entry.text for entry in shells.shell(actor, "/").nav]
        for who, actor in {
            "public": PUBLIC,
            "operator": OPERATOR,
            "authority": Actor(organisation="msa", roles=frozenset({Role.AUTHORITY})),
        }.items()
    }

    assert "Register" in texts["operator"]
    assert "Register" not in texts["public"]
    assert "Authority view" in texts["authority"]
    assert all("Yard" in entries for entries in texts.values())


def test_the_longest_matching_entry_is_the_current_one():
    nav = a_shell(OPERATOR, "/operator/register").nav

    assert [entry.text for entry in nav if entry.current] == ["Register"]


def test_only_the_scan_page_may_use_camera_and_decoder():
    plain, scan = page_headers(), page_headers(camera=True)

    assert "script-src 'self';" in plain["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in scan["Content-Security-Policy"]
    assert plain["Permissions-Policy"].startswith("camera=(),")
    assert scan["Permissions-Policy"].startswith("camera=(self),")
    assert all("unsafe-inline" not in h["Content-Security-Policy"] for h in (plain, scan))


def test_a_refusal_becomes_a_sentence_with_something_to_do():
    page = problem_page(HTTPStatus.CONFLICT, "conflict", "the pack is recycled")

    assert page.what_happened == "The pack is recycled."
    assert page.what_to_do
    assert page.status == "409 Conflict"


def test_a_fault_of_ours_is_not_blamed_on_the_reader():
    page = problem_page(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "request 7f3a")

    assert page.title == "Something broke on our side"


def test_files_made_by_others_are_the_ones_that_were_recorded():
    vendor = STATIC_FOLDER / "vendor"
    recorded = re.findall(
        r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (vendor / "VENDOR.md").read_text(), re.MULTILINE
    )

    assert len(recorded) == 4
    for name, digest in recorded:
        assert hashlib.sha256(Path(vendor / name).read_bytes()).hexdigest() == digest, name
