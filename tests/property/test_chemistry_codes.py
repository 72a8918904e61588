"""Laws of chemistry codes: through a statement and back, and whatever row is added."""

import string

from builders_contents import MODEL_IRI, a_statement
from hypothesis import given
from hypothesis import strategies as st

from passport.domain.chemistry import ChemistryFamily, published_chemistries
from passport.domain.content import OPEN_CODE
from passport.domain.passport import StatementKind
from passport.linked_data.documents import content_of
from passport.linked_data.schemas import check_statement
from passport.services.chemistry import complete_chemistry

KNOWN = published_chemistries()
codes = st.from_regex(OPEN_CODE, fullmatch=True)
words = st.text(string.ascii_letters + " ", min_size=12, max_size=30).map(lambda one: f"x{one}y")


def through_a_statement(content):
    document = a_statement(
        StatementKind.MODEL_PUBLIC, content, subject_iri=MODEL_IRI, series_iri=f"{MODEL_IRI}/s"
    )
    assert check_statement(document) == []
    return content_of(document)


@given(codes)
def test_any_code_comes_back_from_its_statement_whether_a_table_knows_it_or_not(code):
    content = {"chemistry": code, "carrierIon": code, "cathodeMaterial": code}

    assert through_a_statement(content).items() >= content.items()


@given(st.sampled_from([one.code for one in KNOWN]))
def test_what_a_published_code_tells_comes_back_from_its_statement(code):
    content = complete_chemistry({"chemistry": code}, KNOWN)

    assert through_a_statement(content).items() >= content.items()
    assert KNOWN.find(str(through_a_statement(content)["chemistry"])) == KNOWN.find(code)


@given(codes, words, st.sampled_from(ChemistryFamily), codes)
def test_a_row_that_is_added_is_found_by_code_and_label_and_changes_no_other(
    code, label, family, ion
):
    if KNOWN.find_named(code) or KNOWN.find_named(label):
        return
    added = KNOWN.with_rows(
        "code,label_en,carrier_ion,family,certainty,source\n"
        f"{code},{label},{ion},{family},unsure,Data sheet\n"
    )

    found = added.find(code)
    assert found is not None
    assert (found.label, found.carrier_ion, found.family) == (label.strip(), ion, family)
    assert added.find_named(label) == found
    assert all(added.find(one.code) == one for one in KNOWN)
