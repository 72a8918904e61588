"""Laws of parts: whatever terms are chosen, the part holds, and nothing in it can be changed."""

import copy

import pytest
from benchmark.documents import MAKER, a_full_statement
from builders_selective import a_p256_key
from builders_signing import NOON, ListKeys, a_verification_key
from hypothesis import given
from hypothesis import strategies as st

from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.services.subset_checks import is_subset, verify_subset
from passport.services.subsets import mandatory_pointers
from passport.signing.proofs import NewProof
from passport.signing.selective_disclosure import NewBaseProof, derive_document, make_base_proof

KEY = a_p256_key(MAKER)
KEYS = ListKeys([a_verification_key(KEY)])
NEVER_IN_PARTS = {StatementKind.INDEX}


def with_base_proof(kind):
    document = a_full_statement(kind)
    new = NewBaseProof(
        proof=NewProof(created_at=NOON), mandatory_pointers=mandatory_pointers(document)
    )
    return {**document, "proof": make_base_proof(document, new, key=KEY)}


BASES = {kind: with_base_proof(kind) for kind in StatementKind if kind not in NEVER_IN_PARTS}


@st.composite
def parts(draw):
    base = BASES[draw(st.sampled_from(list(BASES)))]
    terms = sorted(base["credentialSubject"].keys() - {"id", "type"})
    chosen = draw(st.lists(st.sampled_from(terms), min_size=1, max_size=6, unique=True))
    return base, chosen, derive_document(base, [f"/credentialSubject/{term}" for term in chosen])


def texts_in(value, path=()):
    """Yield the place of each text of a part, but for its contexts and its proof."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in members:
        if name in {"@context", "proof"}:
            continue
        if isinstance(item, str):
            yield (*path, name)
        elif isinstance(item, dict | list):
            yield from texts_in(item, (*path, name))


@given(parts())
def test_a_part_shows_the_chosen_terms_whole_and_holds(made):
    base, chosen, part = made

    assert is_subset(part)
    assert verify_subset(part, keys=KEYS, at=NOON)
    subject = {name: base["credentialSubject"][name] for name in (*chosen, "id", "type")}
    assert part["credentialSubject"] == subject
    envelope = {"credentialSubject": subject, "proof": part["proof"]}
    assert part == {**base, **envelope}


@given(made=parts(), data=st.data())
def test_a_part_in_which_one_text_was_changed_is_refused(made, data):
    _, _, part = made
    path = data.draw(st.sampled_from(sorted(texts_in(part), key=str)))
    changed = copy.deepcopy(part)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = f"{place[path[-1]]}0"

    with pytest.raises(PassportError):
        verify_subset(changed, keys=KEYS, at=NOON)


@given(made=parts(), data=st.data())
def test_a_part_from_which_something_was_taken_is_refused(made, data):
    _, _, part = made
    changed = copy.deepcopy(part)
    place = data.draw(st.sampled_from([changed, changed["credentialSubject"]]))
    del place[data.draw(st.sampled_from(sorted(place.keys() - {"@context", "proof"})))]

    with pytest.raises(PassportError):
        verify_subset(changed, keys=KEYS, at=NOON)
