"""The model editor over HTTP, each form sent as a browser without script sends it."""

import re
from html import unescape

import pytest
from builders_forms import form_on
from builders_web import AS_PAGE, EV_MODEL, a_browser, signed_in, token_on

from passport.bootstrap.demonstration import MANUFACTURER, PASSWORD
from passport.domain.actor import SYSTEM, Role
from passport.services.accounts import NewAccount
from passport.services.documents import NewDocument

MODELS = "/operator/models"


def gtins():
    """Yield GTINs of the range for examples, each with its check digit."""
    for number in range(500):
        digits = f"0950600099{number:03d}"
        total = sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(digits))
        yield f"{digits}{-total % 10}"


NEW_GTINS = gtins()


@pytest.fixture(scope="module")
def maker(web):
    return signed_in(web, "manufacturer")


@pytest.fixture(scope="module")
def reviewer(web):
    web.services.add_account(
        SYSTEM,
        NewAccount(
            login="second-person",
            organisation="voltra",
            roles=frozenset({Role.OPERATOR}),
            password=PASSWORD,
        ),
    )
    return signed_in(web, "second-person")


def page_of(browser, path):
    answer = browser.get(path, headers=AS_PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


def words_of(text):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def send(browser, page, form=(), *, to=None):
    data = {"csrf_token": token_on(browser, page), **dict(form)}
    return browser.post(to or page, data=data, headers=AS_PAGE)


def begin(browser, beginning="ev-pack-model.json"):
    answer = send(browser, f"{MODELS}/new", {"model": next(NEW_GTINS), "from": beginning})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def save(browser, path, form, **more):
    """Send a group as it stands on the page, with some fields changed."""
    data = form_on(page_of(browser, path), path)
    return browser.post(path, data=data | {"do": "save"} | form | more, headers=AS_PAGE)


def test_the_list_of_models_names_state_completeness_and_batteries(maker):
    text = words_of(page_of(maker, MODELS))

    assert re.search(r"Version 1\. \d+ batteries", text)
    assert re.search(r"\d+ of \d+ mandatory data points filled", text)


def test_what_is_typed_wrong_is_kept_and_told_beside_its_field(maker):
    draft = begin(maker)
    saved = save(maker, f"{draft}/edit/energy", {"nominalVoltageVolts": "many"})
    assert saved.status_code == 303

    text = page_of(maker, f"{draft}/edit/energy")

    assert 'value="many"' in text
    assert "is no number in V" in words_of(text)
    assert "to correct" in words_of(page_of(maker, draft))


def test_rows_and_languages_come_and_go_without_script(maker):
    draft = begin(maker, "empty")
    group = f"{draft}/edit/energy"
    added = save(maker, group, {}, do="add:originalPower")
    assert 'name="originalPower.1.powerWatts"' in page_of(
        maker, added.headers["location"].partition("#")[0]
    )
    rows = {
        "originalPower.1.powerWatts": "100",
        "originalPower.1.atStateOfChargePercent": "80",
        "originalPower.2.powerWatts": "90",
        "originalPower.2.atStateOfChargePercent": "20",
    }
    save(maker, group, rows)
    save(maker, group, rows, do="remove:originalPower.1")

    text = page_of(maker, group)
    assert 'name="originalPower.1.powerWatts" type="text" value="90"' in text
    assert "originalPower.2" not in text
    spoken = save(
        maker, f"{draft}/edit/maker", {"language:modelName": "nl"}, do="language:modelName"
    )
    assert 'name="modelName.nl"' in page_of(maker, spoken.headers["location"].partition("#")[0])


def test_the_meter_names_clause_and_field_and_leads_there(maker):
    draft = begin(maker)
    group = f"{draft}/edit/contents"
    before = re.search(r"(\d+) of (\d+) mandatory", words_of(page_of(maker, draft)))
    save(maker, group, {"massKilograms": ""})

    text = page_of(maker, draft)

    now = re.search(r"(\d+) of (\d+) mandatory", words_of(text))
    assert int(now[1]) < int(before[1])
    assert f'href="{group}#term-massKilograms"' in text
    assert "data point 10" in text


def test_the_meter_answers_for_another_day_and_kind(maker):
    draft = begin(maker)

    now = words_of(page_of(maker, f"{draft}?on=2027-02-18&kind=industrial+stationary"))
    before = words_of(page_of(maker, f"{draft}?on=2026-12-01"))

    assert (
        "Stationary battery energy storage system, placed on the market on 18 February 2027" in now
    )
    assert "0 of 0 mandatory" in before


def test_two_who_write_the_same_field_see_both_values(maker, reviewer):
    draft = begin(maker)
    group = f"{draft}/edit/energy"
    stale = page_of(reviewer, group)
    data = form_on(stale, group)
    save(maker, group, {"nominalVoltageVolts": "350"})

    clash = reviewer.post(
        group, data=data | {"nominalVoltageVolts": "360", "do": "save"}, headers=AS_PAGE
    )

    assert clash.status_code == 409
    assert 'value="360"' in clash.text
    assert "350 V" in words_of(clash.text)
    again = form_on(clash.text, group)
    taken = reviewer.post(
        group,
        data=again | {"take": "nominalVoltageVolts"},
        headers=AS_PAGE,
    )
    assert taken.status_code == 303
    assert 'value="350"' in page_of(maker, group)


def test_a_session_that_ended_loses_nothing_that_was_typed(web, maker):
    draft = begin(maker)
    group = f"{draft}/edit/energy"
    browser = signed_in(web, "manufacturer")
    text = page_of(browser, group)
    data = form_on(text, group)
    web.services.sign_out(next(iter(browser.cookies.values())))

    refused = browser.post(
        group, data=data | {"nominalVoltageVolts": "351", "do": "save"}, headers=AS_PAGE
    )
    assert refused.status_code == 401
    assert 'name="nominalVoltageVolts" value="351"' in refused.text
    again = f"{MODELS}/again"
    sent = form_on(refused.text, again)
    wrong = browser.post(
        again, data=sent | {"login": "manufacturer", "password": "x"}, headers=AS_PAGE
    )
    assert wrong.status_code == 401
    assert 'name="nominalVoltageVolts" value="351"' in wrong.text
    saved = browser.post(
        again,
        data=sent | {"login": "manufacturer", "password": PASSWORD},
        headers=AS_PAGE,
    )

    assert saved.status_code == 303
    assert 'value="351"' in page_of(browser, group)


def test_a_model_goes_from_draft_over_review_to_signed_versions(web, maker, reviewer):
    draft = begin(maker)
    assert send(maker, draft, to=f"{draft}/hand-in").status_code == 303
    own = send(maker, f"{draft}/review", {"decision": "approve"})
    assert own.status_code == 403
    assert "another person" in own.text
    back = send(
        reviewer,
        f"{draft}/review",
        {
            "decision": "send-back",
            "comment:massKilograms": ["Weigh it again", "and again"],
            "field": "extinguisherClasses",
            "more": "Class D?",
        },
    )
    assert back.status_code == 303
    contents = page_of(maker, f"{draft}/edit/contents")
    assert "Weigh it again; and again" in contents
    assert "Class D?" in contents
    send(maker, draft, to=f"{draft}/hand-in")
    assert send(reviewer, f"{draft}/review", {"decision": "approve"}).status_code == 303
    look = words_of(page_of(maker, f"{draft}/publish"))
    assert "Everybody who scans the QR code" in look
    assert "the first version" in look

    published = send(maker, draft, to=f"{draft}/publish")

    assert published.status_code == 303
    text = words_of(page_of(a_browser(web), published.headers["location"]))
    assert "Signed versions" in text
    assert "Signed and published." in text
    assert "You see: public part, production run." in text
    assert "Compare two versions" not in text


def test_versions_are_compared_by_right_and_unchanged_data_are_hidden(web, maker, reviewer):
    begun = send(maker, MODELS, to=f"{MODELS}/begin/01/{EV_MODEL}")
    draft = begun.headers["location"]
    save(maker, f"{draft}/edit/dismantling", {"cellCount": "201"})
    send(maker, draft, to=f"{draft}/hand-in")
    assert "1 place" in words_of(page_of(reviewer, f"{draft}/review"))
    send(reviewer, f"{draft}/review", {"decision": "approve"})
    published = send(maker, draft, to=f"{draft}/publish")
    address = published.headers["location"].partition("?")[0]

    by_maker = words_of(page_of(maker, address))
    by_public = words_of(page_of(a_browser(web), address))

    assert "From version 1 to version 2: 1 place differs." in by_maker
    assert "Number of cells" in by_maker
    assert "nothing differs that you may read" in by_public
    assert "201" not in by_public
    assert "Mass" not in by_maker
    assert "Mass" in words_of(page_of(maker, f"{address}?all=1"))
    assert a_browser(web).get(f"{address}?from=7", headers=AS_PAGE).status_code == 404


def test_a_discarded_draft_can_be_restored(maker):
    draft = begin(maker)
    send(maker, draft, to=f"{draft}/discard")
    assert "Discarded" in words_of(page_of(maker, MODELS))

    restored = send(maker, draft, to=f"{draft}/restore")

    assert restored.status_code == 303
    assert "The draft is back" in words_of(page_of(maker, restored.headers["location"]))


def test_a_document_that_is_kept_here_is_taken_with_its_address_and_digest(web, maker):
    kept = web.services.add_document(
        MANUFACTURER.actor,
        "voltra",
        NewDocument(content=b"Declared.", media_type="text/plain", title="Declared", language="en"),
    )
    draft = begin(maker, "empty")
    group = f"{draft}/edit/markings"
    save(maker, group, {"document:declarationOfConformity": kept.digest})

    fields = form_on(page_of(maker, group), group)

    assert fields["declarationOfConformity.1.documentDigest"] == [kept.digest]
    assert fields["declarationOfConformity.1.documentUrl"][0].startswith("http://localhost:8000/")
    assert fields["declarationOfConformity.1.documentTitle.en"] == ["Declared"]


def test_a_wrong_gtin_is_told_beside_its_field(maker):
    refused = send(maker, f"{MODELS}/new", {"model": "123", "from": "empty"})

    assert refused.status_code == 422
    assert 'value="123"' in refused.text


@pytest.mark.parametrize("login", ["collector", "authority"])
def test_drafts_are_closed_to_others(web, maker, login):
    draft = begin(maker) if login == "collector" else f"{MODELS}/new"
    other = signed_in(web, login)

    assert other.get(MODELS, headers=AS_PAGE).status_code == 403
    assert other.get(draft, headers=AS_PAGE).status_code == 403
    assert signed_in(web, "integrator").get(MODELS, headers=AS_PAGE).status_code == 200


def test_each_example_to_begin_with_has_a_name_of_its_own(maker):
    page = page_of(maker, f"{MODELS}/new")

    names = [words_of(one) for one in re.findall(r"<option[^>]*>(Example:[^<]*)", page)]
    assert len(names) > 10
    assert sorted(names) == sorted(set(names))


def test_a_new_row_is_offered_with_its_abbreviation_as_it_is_written(maker):
    page = words_of(page_of(maker, f"{begin(maker, 'empty')}/edit/markings"))

    assert "Add the first: EU declaration of conformity" in page
    assert "Add the first: further papers" in page


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        ("empty", "Choose the kind of battery first."),
        ("lmt-battery-model.json", "filled in already"),
    ],
)
def test_a_new_draft_says_what_to_do_first(maker, beginning, said):
    answer = send(maker, f"{MODELS}/new", {"model": next(NEW_GTINS), "from": beginning})

    assert said in words_of(page_of(maker, answer.headers["location"]))
