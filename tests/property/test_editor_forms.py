"""Content -> form -> content, for whatever the table of terms lets people enter."""

from builders_drawn import contents
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from passport.domain.content import terms_at
from passport.domain.passport import StatementKind
from passport.services.issue import MODEL_LEVELS
from passport.web.editor.fields import content_of_fields, fields_of, fits_form
from passport.web.editor.groups import all_groups

TERMS = terms_at(MODEL_LEVELS)
KINDS = (
    StatementKind.MODEL_PUBLIC,
    StatementKind.MODEL_RESTRICTED,
    StatementKind.MODEL_AUTHORITY,
    StatementKind.PRODUCTION,
)
entered = (
    st.sampled_from(KINDS)
    .flatmap(contents)
    .map(lambda content: {name: value for name, value in content.items() if name in TERMS})
)
some = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@given(entered)
@some
@example({"safetyMeasures": {"en": "first line\n\n  last line"}})
@example({"isSealed": "perhaps", "category": "scooter", "massKilograms": " about 4 "})
def test_a_content_comes_back_from_its_form(content):
    assert all(fits_form(TERMS[name], value) for name, value in content.items())
    assert content_of_fields(fields_of(content, TERMS.values()), TERMS.values()) == content


@given(entered)
@some
def test_each_group_gives_its_own_terms_back_and_together_they_give_all(content):
    joined = {}
    for group in all_groups():
        part = content_of_fields(fields_of(content, group.terms), group.terms)
        assert not set(part) & set(joined)
        joined |= part

    assert joined == content


@given(entered)
@some
def test_a_browser_that_writes_line_ends_its_own_way_changes_nothing(content):
    sent = {
        name: [text.replace("\n", "\r\n") for text in texts]
        for name, texts in fields_of(content, TERMS.values()).items()
    }

    assert content_of_fields(sent, TERMS.values()) == content
