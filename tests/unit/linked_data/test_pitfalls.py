"""Each place where JSON-LD libraries drop, guess or differ, and what is done there instead.

Every test asks the fast way and the plain way, so that a document takes neither by accident.
"""

import copy

import pytest
from builders_canonical import WIDE, a_wide_canonicalizer
from builders_contents import a_statement

from passport.linked_data.canonical import (
    FOREIGN_DOCUMENTS,
    OUR_STATEMENTS,
    LanguageTagError,
    MalformedIriError,
    pinned_canonicalizer,
)
from passport.linked_data.contexts import UnknownContextError, context_document
from passport.linked_data.json_rules import (
    ControlCharacterError,
    FloatValueError,
    LoneSurrogateError,
    NullValueError,
    UndefinedTermError,
    UnsafeIntegerError,
)
from passport.linked_data.nquads import parse_nquads
from passport.linked_data.rdf_canon import TooComplexError, canonize_quads

CANONICALIZER = a_wide_canonicalizer()
NODE = "https://x.example/1"
XSD = "http://www.w3.org/2001/XMLSchema#"


def a_document(**members):
    return {"@context": [WIDE], "id": NODE, "type": "Common"} | members


def written(document, strictness=FOREIGN_DOCUMENTS, canonicalizer=CANONICALIZER):
    """The canonical text, which both ways give where the fast one covers the document."""
    plain = canonicalizer.canonize_plainly(document, strictness)
    for _ in ("in a loop", "by generated code"):
        assert canonicalizer.canonize_fast(document, strictness) in (None, plain)
    return plain.decode()


def refuses(document, refusal, *, strictnesses=(OUR_STATEMENTS, FOREIGN_DOCUMENTS), match=None):
    for strictness in strictnesses:
        assert CANONICALIZER.canonize_fast(document, strictness) is None
        for canonize in (CANONICALIZER.canonize, CANONICALIZER.canonize_plainly):
            with pytest.raises(refusal, match=match):
                canonize(document, strictness)
    return True


def lines_with(text, predicate):
    return [line for line in text.split("\n") if f"#{predicate}> " in line]


@pytest.mark.parametrize("name", ["colour", "@foo", "@fooBar", "nothing"])
def test_a_name_without_meaning_is_refused_wherever_it_stands(name):
    refuses(a_document(**{name: "x"}), UndefinedTermError)
    refuses(a_document(ref={"id": f"{NODE}#a", "type": "Common", name: "x"}), UndefinedTermError)


@pytest.mark.parametrize("iri", ["https://x.example/a b", "urn:a> <urn:b> <urn:c", "urn:a\tb"])
def test_an_iri_that_breaks_out_of_its_brackets_is_refused(iri):
    refuses(a_document(id=iri), MalformedIriError)
    refuses(a_document(ref=iri), MalformedIriError)
    refuses(a_document(type=iri), MalformedIriError)


@pytest.mark.parametrize(
    "iri", ["relative", "//host/x", "#fragment", "", "relative-iri://nowhere/x"]
)
def test_a_relative_iri_is_refused_instead_of_guessed(iri):
    refuses(a_document(id=iri), MalformedIriError)
    refuses(a_document(ref=iri), MalformedIriError)


def test_a_null_is_refused():
    refuses(a_document(name=None), NullValueError)
    refuses(a_document(name=["a", None]), NullValueError)


@pytest.mark.parametrize("number", [1e-7, 5e-10, 1e21])
def test_a_float_with_an_exponent_is_refused(number):
    refuses(a_document(name=number), FloatValueError)


def test_a_float_of_seventeen_digits_is_refused():
    refuses(a_document(name=0.1 + 0.2), FloatValueError)


def test_a_float_that_ends_between_two_digits_is_refused():
    refuses(a_document(name=2**-24), FloatValueError)


def test_five_point_zero_is_no_number_of_ours_and_an_integer_in_what_others_sign():
    document = a_document(name=5.0)

    refuses(document, FloatValueError, strictnesses=[OUR_STATEMENTS])
    assert f'"5"^^<{XSD}integer>' in written(document)


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**30])
def test_an_integer_that_not_every_reader_keeps_is_refused(number):
    refuses(a_document(name=number), UnsafeIntegerError)
    assert f'"{2**53 - 1}"^^<{XSD}integer>' in written(a_document(name=2**53 - 1))


def test_a_decimal_is_a_text_and_never_a_float():
    refuses(a_document(mass=5.5), FloatValueError, strictnesses=[OUR_STATEMENTS])
    assert f'"5.5"^^<{XSD}decimal>' in written(a_document(mass="5.5"), OUR_STATEMENTS)


@pytest.mark.parametrize("control", ["\x01", "\x7f", "\b", "\f", "\x0b", "\x1f"])
def test_a_control_character_is_refused(control):
    refuses(a_document(name=f"a{control}b"), ControlCharacterError)
    refuses(a_document(label={"en": f"a{control}b"}), ControlCharacterError)
    refuses(a_document(**{f"na{control}me": "x"}), ControlCharacterError)


@pytest.mark.parametrize("text", ["\\b", "\\u0001", "\\\\f", "C:\\u\\b"])
def test_a_backslash_of_the_text_is_no_control_character(text):
    document = a_document(name=text)

    assert CANONICALIZER.canonize_fast(document) == CANONICALIZER.canonize_plainly(document)


def test_lines_are_in_the_order_of_code_points_with_characters_beyond_the_first_plane():
    text = written(a_document(name=["\U0001f50b", "\uffee", "a"]))

    assert [line.split('"')[1] for line in lines_with(text, "name")] == [
        "a",
        "\uffee",
        "\U0001f50b",
    ]


def test_half_of_a_pair_is_refused():
    refuses(a_document(name="\ud83d"), LoneSurrogateError)
    refuses(a_document(ref="https://x.example/\ud83d"), LoneSurrogateError)
    refuses(a_document(**{"na\udd0bme": "x"}), LoneSurrogateError)


def test_language_tags_are_in_small_letters_and_well_formed():
    assert '"x"@de-at' in written(a_document(label={"de-AT": "x"}))
    refuses(a_document(label={"de_AT": "x"}), LanguageTagError)
    refuses(a_document(label={"": "x"}), LanguageTagError)


def test_a_list_in_order_is_refused_in_ours_and_takes_the_plain_way_in_others():
    document = a_document(order=["b", "a"])

    assert CANONICALIZER.canonize_fast(document, FOREIGN_DOCUMENTS) is None
    assert written(document).count("22-rdf-syntax-ns#first") == 2
    with pytest.raises(Exception, match="give each node an id"):
        CANONICALIZER.canonize(document)


def test_an_instant_is_signed_as_it_is_written():
    canonicalizer = pinned_canonicalizer()
    one, other = a_statement(), a_statement()
    one["validFrom"], other["validFrom"] = "2026-11-21T12:00:00Z", "2026-11-21T12:00:00+00:00"

    first = written(one, OUR_STATEMENTS, canonicalizer)

    assert '"2026-11-21T12:00:00Z"' in first
    assert first != written(other, OUR_STATEMENTS, canonicalizer)


def test_a_graph_that_runs_on_is_given_up():
    names = [f"_:n{number}" for number in range(9)]
    poison = [{"id": one, "name": [{"id": other} for other in names]} for one in names]

    refuses(a_document(name=poison), TooComplexError, strictnesses=[FOREIGN_DOCUMENTS])


def test_line_separators_of_a_text_end_no_line():
    text = written(a_document(name=["a\u2028b", "a\x85b"], label={"en": "\u2029"}))

    assert len(list(parse_nquads(text))) == len(text.split("\n")) - 1 == 4
    assert canonize_quads(parse_nquads(text)) == text


def test_a_line_that_comes_twice_is_one():
    node = {"id": f"{NODE}#a", "type": "Common", "name": ["x", "x"]}
    text = written(a_document(ref=[node, copy.deepcopy(node)], refs=[f"{NODE}#a", f"{NODE}#a"]))

    assert len(set(text.split("\n"))) == len(text.split("\n"))
    assert len(lines_with(text, "name")) == 1


def test_a_context_is_known_or_refused_and_never_fetched():
    document = a_document() | {"@context": [WIDE, "https://evil.example/v1"]}

    refuses(document, UnknownContextError, match=r"evil\.example")


def test_a_document_is_as_it_was_after_it_was_written():
    document = a_statement()
    before = copy.deepcopy(document)

    pinned_canonicalizer().canonize(document)

    assert document == before


def test_the_size_of_a_status_keeps_the_odd_type_of_its_context():
    credentials = context_document("https://www.w3.org/ns/credentials/v2")["@context"]
    size = credentials["BitstringStatusListEntry"]["@context"]["statusSize"]
    entry = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:x:1",
        "type": "BitstringStatusListEntry",
        "statusSize": 2,
    }

    assert f'"2"^^<{size["@type"]}>' in written(entry, OUR_STATEMENTS, pinned_canonicalizer())


PITFALLS = {
    "term not in the context, @foo keys": test_a_name_without_meaning_is_refused_wherever_it_stands,
    "IRI with space, > < injection": test_an_iri_that_breaks_out_of_its_brackets_is_refused,
    "relative IRI": test_a_relative_iri_is_refused_instead_of_guessed,
    "null": test_a_null_is_refused,
    "1e-7, 5e-10": test_a_float_with_an_exponent_is_refused,
    "0.1+0.2, any 17-digit double": test_a_float_of_seventeen_digits_is_refused,
    "ties at the 16th digit": test_a_float_that_ends_between_two_digits_is_refused,
    "5.0": test_five_point_zero_is_no_number_of_ours_and_an_integer_in_what_others_sign,
    "integers over 2^53 - 1": test_an_integer_that_not_every_reader_keeps_is_refused,
    "5.5 under xsd:decimal": test_a_decimal_is_a_text_and_never_a_float,
    "U+0001, DEL, \\b \\f": test_a_control_character_is_refused,
    "astral characters against U+E000-FFFF": (
        test_lines_are_in_the_order_of_code_points_with_characters_beyond_the_first_plane
    ),
    "lone surrogate": test_half_of_a_pair_is_refused,
    "language tags": test_language_tags_are_in_small_letters_and_well_formed,
    "@list": test_a_list_in_order_is_refused_in_ours_and_takes_the_plain_way_in_others,
    "dateTime": test_an_instant_is_signed_as_it_is_written,
    "poison graph": test_a_graph_that_runs_on_is_given_up,
    "splitlines on N-Quads": test_line_separators_of_a_text_end_no_line,
    "lines that come twice": test_a_line_that_comes_twice_is_one,
    "contexts by download": test_a_context_is_known_or_refused_and_never_fetched,
    "a library that changes its argument": test_a_document_is_as_it_was_after_it_was_written,
    "type of statusSize": test_the_size_of_a_status_keeps_the_odd_type_of_its_context,
}
"""Every pitfall that was seen in a library, and the test that it is not one here."""


def test_every_pitfall_has_a_test_of_its_own():
    assert len(set(PITFALLS.values())) == len(PITFALLS) == 22
