"""What would not be signed is refused, on both sides, each thing by its own name."""

import pytest
from builders_signing import a_canonicalizer, a_credential

from passport.domain.errors import PassportError
from passport.linked_data.canonical import (
    FOREIGN_DOCUMENTS,
    OUR_STATEMENTS,
    BlankNodeError,
    Canonicalizer,
    JsonLdSyntaxError,
    LanguageTagError,
    MalformedIriError,
)
from passport.linked_data.json_rules import (
    ControlCharacterError,
    EmptyValueError,
    FloatValueError,
    InlineContextError,
    LoneSurrogateError,
    NullValueError,
    UndefinedTermError,
    UnsafeIntegerError,
)
from passport.linked_data.rdf_canon import TooComplexError

VCDM = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CANONICALIZER = a_canonicalizer()
BATTERY = "https://maker.example/01/09506000134352/21/A1"


def subject(**members):
    return a_credential(credentialSubject={"id": BATTERY, **members})


def nested(levels):
    value = {"id": f"{BATTERY}#end"}
    for level in range(levels):
        value = {"id": f"{BATTERY}#{level}", "part": value}
    return value


def complete_graph(size):
    names = [f"_:n{i}" for i in range(size)]
    return [{"id": one, "same": [{"id": other} for other in names]} for one in names]


REFUSED_ALWAYS = {
    "an undefined term": (
        a_credential(**{"@context": VCDM}),
        UndefinedTermError,
        "ratedCapacityAmpereHours|remark",
    ),
    "an unknown keyword": (subject(**{"@note": "x"}), UndefinedTermError, "@note"),
    "an unknown keyword deep inside": (
        subject(part={"id": f"{BATTERY}#p", "@hidden": "x"}),
        UndefinedTermError,
        "/credentialSubject/part/@hidden",
    ),
    "an inline context": (
        a_credential(**{"@context": [VCDM, {"@vocab": "urn:x#"}]}),
        InlineContextError,
        "@context",
    ),
    "a context inside": (
        subject(part={"@context": EXAMPLES, "id": f"{BATTERY}#p"}),
        InlineContextError,
        "/credentialSubject/part",
    ),
    "no context": (a_credential(**{"@context": []}), InlineContextError, "no @context"),
    "a null": (subject(remark=None), NullValueError, "/credentialSubject/remark"),
    "a float of 17 digits": (subject(mass=0.30000000000000004), FloatValueError, "mass"),
    "a tiny float": (subject(mass=1e-7), FloatValueError, "mass"),
    "no number": (subject(mass=float("nan")), FloatValueError, "mass"),
    "an unsafe integer": (subject(cycles=2**53), UnsafeIntegerError, "9007199254740992"),
    "a control character": (subject(remark="a\u0001b"), ControlCharacterError, "U\\+0001"),
    "a delete character": (subject(remark="a\u007f"), ControlCharacterError, "U\\+007F"),
    "a control character in a key": (subject(**{"a\b": "x"}), ControlCharacterError, "U\\+0008"),
    "a lone surrogate": (subject(remark="\ud800"), LoneSurrogateError, "remark"),
    "a relative id": (a_credential(id="statements/1"), MalformedIriError, "statements/1"),
    "a network-path id": (a_credential(id="//evil.example/1"), MalformedIriError, "evil"),
    "a keyword as id": (a_credential(id="@none"), MalformedIriError, "IRI"),
    "an id with a space": (a_credential(id="https://x.example/a b"), MalformedIriError, "no IRI"),
    "an id that breaks out": (
        a_credential(id="urn:a> <urn:b> <urn:c"),
        MalformedIriError,
        "no IRI",
    ),
    "an undefined type": (
        {
            "@context": VCDM,
            "type": ["VerifiableCredential", "Nonsense"],
            "validFrom": "2026-11-01T00:00:00Z",
            "id": "urn:x",
        },
        MalformedIriError,
        "Nonsense",
    ),
    "a property with a space": (subject(**{"two words": "x"}), UndefinedTermError, "two words"),
    "a subject that is only named": (
        {"@context": [VCDM], "id": "https://maker.example/1"},
        JsonLdSyntaxError,
        "nothing",
    ),
    "nesting without end": (subject(part=nested(80)), TooComplexError, "64 levels"),
}


@pytest.mark.parametrize("strictness", [OUR_STATEMENTS, FOREIGN_DOCUMENTS], ids=["ours", "foreign"])
@pytest.mark.parametrize("case", REFUSED_ALWAYS)
def test_a_document_is_refused_for(case, strictness):
    document, refusal, message = REFUSED_ALWAYS[case]

    with pytest.raises(refusal, match=message):
        CANONICALIZER.canonize(document, strictness)


REFUSED_IN_OURS = {
    "any float": (subject(mass=2.5), FloatValueError, "decimal text"),
    "a node without id": (subject(part={"remark": "x"}), BlankNodeError, "give each node an id"),
    "an empty list": (subject(remark=[]), EmptyValueError, "/credentialSubject/remark"),
    "an empty object": (subject(remark={}), EmptyValueError, "/credentialSubject/remark"),
    "a keyword for an alias": (subject(part={"@id": f"{BATTERY}#p"}), UndefinedTermError, "@id"),
    "an IRI as key": (subject(**{"urn:x:y": "z"}), UndefinedTermError, "urn:x:y"),
}


@pytest.mark.parametrize("case", REFUSED_IN_OURS)
def test_our_own_statements_do_without(case):
    document, refusal, message = REFUSED_IN_OURS[case]

    with pytest.raises(refusal, match=message):
        CANONICALIZER.canonize(document)
    assert CANONICALIZER.canonize(document, FOREIGN_DOCUMENTS)


REFUSED_IN_FOREIGN = {
    "a bad language tag": (
        subject(remark={"@value": "x", "@language": "en_GB"}),
        LanguageTagError,
        "en_gb",
    ),
    "a datatype that is no IRI": (
        subject(remark={"@value": "x", "@type": "no iri"}),
        JsonLdSyntaxError,
        "absolute IRI",
    ),
    "an index": (subject(remark={"@value": "x", "@index": "i"}), UndefinedTermError, "@index"),
    "a reverse property": (
        subject(**{"@reverse": {"urn:x:p": {"id": "urn:x"}}}),
        UndefinedTermError,
        "@reverse",
    ),
    "too many nodes without id": (
        subject(part=[{"remark": str(i)} for i in range(129)]),
        BlankNodeError,
        "128",
    ),
    "nodes without id that are too alike": (
        subject(part=complete_graph(9)),
        TooComplexError,
        "too alike",
    ),
    "an xsd:double that is no number": (
        subject(mass={"@value": "much", "@type": "http://www.w3.org/2001/XMLSchema#double"}),
        FloatValueError,
        "much",
    ),
}


@pytest.mark.parametrize("case", REFUSED_IN_FOREIGN)
def test_a_foreign_document_is_refused_for(case):
    document, refusal, message = REFUSED_IN_FOREIGN[case]

    with pytest.raises(refusal, match=message):
        CANONICALIZER.canonize(document, FOREIGN_DOCUMENTS)


def test_a_context_is_never_fetched_and_the_loaders_refusal_is_passed_on():
    class NotPinnedError(PassportError):
        code = "not-pinned"

    def refuse(address):
        raise NotPinnedError(address)

    with pytest.raises(NotPinnedError, match="credentials/v2"):
        Canonicalizer(refuse).canonize(a_credential())


def test_a_context_that_imports_an_unknown_one_is_refused_by_the_loaders_refusal():
    class NotPinnedError(PassportError):
        code = "not-pinned"

    def load(address):
        if address != "https://outer.example/v1":
            raise NotPinnedError(address)
        return {"@context": ["https://inner.example/v1", {"@vocab": "urn:x#"}]}

    with pytest.raises(NotPinnedError, match="inner"):
        Canonicalizer(load).canonize({"@context": "https://outer.example/v1", "a": "b"})


def test_key_order_array_order_and_repeats_do_not_change_what_is_signed():
    one = subject(remark=["a", "b", "a"], cycles=3)
    other = dict(reversed(subject(cycles=3, remark=["b", "a"]).items()))

    assert CANONICALIZER.canonize(one) == CANONICALIZER.canonize(other)


def test_a_list_keeps_its_order_in_what_is_signed():
    one = subject(part={"@list": ["a", "b"]})
    other = subject(part={"@list": ["b", "a"]})

    first = CANONICALIZER.canonize(one, FOREIGN_DOCUMENTS)

    assert first != CANONICALIZER.canonize(other, FOREIGN_DOCUMENTS)
    assert first.count(b"22-rdf-syntax-ns#rest") == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        (7, '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (5.0, '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (5.5, '"5.5E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (-0.2576, '"-2.576E-1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        ({"@value": "x", "@language": "NL-be"}, '"x"@nl-be'),
        ('tab\tline\nquote"back\\', '"tab\\tline\\nquote\\"back\\\\"'),
        ({"id": "urn:x"}, "<urn:x>"),
    ],
)
def test_a_value_is_written_as_json_ld_says(value, expected):
    text = CANONICALIZER.canonize(subject(figure=value), FOREIGN_DOCUMENTS).decode()

    assert f"#figure> {expected} .\n" in text
