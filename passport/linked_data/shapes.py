"""SHACL shapes of all statements, made from the table of terms and the table of rules.

A graph is one statement without its proof, as it is signed: subjects are closed by kind of
statement, so two statements of one battery are not read with these shapes together. Rules that
look at several statements have shapes of their own.

Source: W3C, Shapes Constraint Language (SHACL), 20 July 2017.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations

from passport.domain.content import OPEN_CODE, OPEN_CODE_LISTS, Datatype, Term
from passport.domain.passport import StatementKind
from passport.linked_data.patterns import LONGEST, LONGEST_LIST, PATTERNS
from passport.linked_data.rules import Rule, RuleKind, RuleScope, all_rules
from passport.linked_data.terms import VALUE_TYPES, VOCABULARY, classes, code_rows, terms_in_table

SHAPES = "https://w3id.org/open-battery-passport/shapes#"

_CREDENTIALS = "https://www.w3.org/2018/credentials#"
_STATUS = "https://www.w3.org/ns/credentials/status#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_PREFIXES = {
    "bp": VOCABULARY,
    "shapes": SHAPES,
    "sh": "http://www.w3.org/ns/shacl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": _XSD,
    "cred": _CREDENTIALS,
    "status": _STATUS,
}
_MEMBERS = (
    ("issuer", "sh:nodeKind sh:IRI", 1, "The issuer is named by one IRI."),
    (
        "validFrom",
        "sh:datatype xsd:dateTime",
        1,
        "A statement holds from one instant, in UTC with seconds.",
    ),
    (
        "validUntil",
        "sh:datatype xsd:dateTime",
        0,
        "A statement ends at one instant at most, in UTC with seconds.",
    ),
)
_STATUS_MEMBERS = (
    ("statusPurpose", "sh:datatype xsd:string"),
    ("statusListIndex", "sh:datatype xsd:string ; sh:pattern " + '"^(0|[1-9][0-9]*)$"'),
    ("statusListCredential", "sh:nodeKind sh:IRI"),
)


def statement_shapes() -> str:
    """Return the shapes of every kind of statement and every class of nodes, in Turtle."""
    terms = [_property_shape(term) for term in terms_in_table()]
    kinds = [shape for kind in StatementKind for shape in _kind_shapes(kind)]
    nodes = [_class_shape(name) for name in sorted(_node_classes())]
    return _document(
        "Shapes of one statement",
        [*kinds, _status_shape(), *nodes, *terms, _absence_rule(), *_rules(RuleScope.STATEMENT)],
    )


def passport_shapes() -> str:
    """Return the rules over several statements of one battery, in Turtle."""
    return _document("Rules over several statements of one battery", _rules(RuleScope.PASSPORT))


def _document(title: str, shapes: Iterable[str]) -> str:
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
    head = (
        f"<{SHAPES.removesuffix('#')}> a owl:Ontology ;\n"
        f'  dcterms:title "{title}"@en ;\n'
        "  dcterms:license <https://www.apache.org/licenses/LICENSE-2.0> .\n"
    )
    return "\n".join([prefixes, head, *shapes])


def _node_classes() -> set[str]:
    subjects = {kind.subject_class for kind in StatementKind} | set(StatementKind)
    return classes() - subjects


# --- statements and nodes -------------------------------------------------------------------------


def _kind_shapes(kind: StatementKind) -> Iterator[str]:
    members = [
        _inline(
            f"cred:{name}",
            [value, *_times(least), *([_pattern(Datatype.DATE_TIME)] if "date" in value else [])],
            message,
        )
        for name, value, least, message in _MEMBERS
    ]
    status = ["sh:nodeKind sh:IRI", "sh:class status:BitstringStatusListEntry"]
    members.append(_inline("cred:credentialStatus", status, "A status is an entry of a list."))
    members.append(_types_of(f"bp:{kind.value}", 2, f"A {kind.value} is a credential of one kind."))
    about = _terms_in("Statement")
    yield _node_shape(
        kind.value,
        targets=[f"sh:targetClass bp:{kind.value}"],
        properties=[*members, f"shapes:{kind.value}Subject", *_properties(about)],
        message=f"A {kind.value} has no other member than these.",
    )
    yield (
        f"shapes:{kind.value}Subject a sh:PropertyShape ;\n"
        "  sh:path cred:credentialSubject ;\n"
        "  sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;\n"
        f"  sh:class bp:{kind.subject_class} ;\n"
        "  sh:closed true ;\n"
        + "".join(
            f"  sh:property {one} ;\n"
            for one in (
                _types_of(f"bp:{kind.subject_class}", 1, f"It is a {kind.subject_class} alone."),
                *(f"shapes:{term.name}" for term in terms_in_table() if kind in term.kinds),
            )
        )
        + _message(
            f"A {kind.value} is about one {kind.subject_class} and says of it only what belongs "
            "to this kind of statement."
        )
    )


def _class_shape(name: str) -> str:
    one = _types_of(f"bp:{name}", 1, f"It is a {name} alone.")
    return _node_shape(
        name,
        targets=[f"sh:targetClass bp:{name}"],
        properties=[one, *_properties(_terms_in(name))],
        message=f"A {name} has no other member than these.",
    )


def _terms_in(node_class: str) -> Iterator[Term]:
    return (term for term in terms_in_table() if node_class in term.node_classes)


def _properties(terms: Iterable[Term]) -> Iterator[str]:
    for term in terms:
        yield f"shapes:{term.name}"
        if term.is_needed:
            words = f"{term.label} ({term.name}) is missing here{_where(term)}"
            yield _inline(f"bp:{term.name}", ["sh:minCount 1"], words)


def _node_shape(
    name: str, *, targets: Iterable[str], properties: Iterable[str], message: str
) -> str:
    lines = [*targets, "sh:nodeKind sh:IRI", "sh:closed true"]
    lines += [f"sh:property {one}" for one in properties]
    body = "".join(f"  {line} ;\n" for line in lines)
    return f"shapes:{name} a sh:NodeShape ;\n{body}{_message(message)}"


def _status_shape() -> str:
    own = _types_of("status:BitstringStatusListEntry", 1, "An entry of a status list is no more.")
    members = [
        _inline(f"status:{name}", [value, *_times(1)], f"An entry of a status list has {name}.")
        for name, value in _STATUS_MEMBERS
    ]
    return _node_shape(
        "BitstringStatusListEntry",
        targets=["sh:targetClass status:BitstringStatusListEntry"],
        properties=[own, *members],
        message="An entry of a status list has no other member than these.",
    )


def _types_of(iri: str, most: int, message: str) -> str:
    return _inline("rdf:type", [f"sh:hasValue {iri}", f"sh:maxCount {most}"], message)


def _inline(path: str, constraints: Iterable[str], message: str) -> str:
    return f"[ sh:path {path} ; {' ; '.join(constraints)} ; sh:message {_text(message)} ]"


def _times(least: int) -> list[str]:
    return [f"sh:minCount {least}", "sh:maxCount 1"] if least else ["sh:maxCount 1"]


# --- values ---------------------------------------------------------------------------------------


def _property_shape(term: Term) -> str:
    constraints = [*_value_constraints(term), *_how_often(term)]
    body = "".join(f"  {one} ;\n" for one in constraints)
    return (
        f"shapes:{term.name} a sh:PropertyShape ;\n  sh:path bp:{term.name} ;\n"
        f"{body}{_message(_words(term))}"
    )


def _how_often(term: Term) -> list[str]:
    if term.datatype is Datatype.LANGUAGE_MAP:
        return ["sh:uniqueLang true"]
    return [f"sh:maxCount {LONGEST_LIST if term.is_many else 1}"]


def _value_constraints(term: Term) -> Iterator[str]:
    match term.datatype:
        case Datatype.NODE:
            yield "sh:nodeKind sh:IRI"
            yield f"sh:class bp:{term.value_class}"
        case Datatype.IRI:
            yield "sh:nodeKind sh:IRI"
            yield from _lengths(term.datatype)
        case Datatype.TERM:
            yield f"sh:in ( {' '.join(f'bp:{one.name}' for one in terms_in_table())} )"
        case Datatype.CODE if term.code_list in OPEN_CODE_LISTS:
            yield "sh:datatype xsd:string"
            yield f"sh:pattern {_text(f'^{OPEN_CODE.pattern}$', language='')}"
        case Datatype.CODE:
            codes = (code for name, code, _ in code_rows() if name == term.code_list)
            yield f"sh:in ( {' '.join(_text(code, language='') for code in codes)} )"
        case Datatype.LANGUAGE_MAP:
            yield "sh:datatype rdf:langString"
            yield from _lengths(term.datatype)
        case _:
            yield f"sh:datatype xsd:{VALUE_TYPES[term.datatype.value].removeprefix(_XSD)}"
            yield from _lengths(term.datatype)
            yield from _bounds(term)
            if term.datatype is Datatype.CAS:
                query = _text(_check_digit_query(term), language="")
                yield f"sh:sparql [ sh:select {query} ]"


def _lengths(datatype: Datatype) -> Iterator[str]:
    if datatype in PATTERNS:
        yield _pattern(datatype)
    if datatype in LONGEST:
        yield f"sh:maxLength {LONGEST[datatype]}"


def _bounds(term: Term) -> Iterator[str]:
    for name, bound in (("minInclusive", term.minimum), ("maxInclusive", term.maximum)):
        if bound is not None:
            yield f"sh:{name} {_number(bound)}"


def _number(value: Decimal) -> str:
    text = str(value)
    return text if "." in text else f"{text}.0"


def _pattern(datatype: Datatype) -> str:
    pattern = PATTERNS[datatype]
    if datatype is Datatype.DATE_TIME:
        # RDF libraries write an instant anew when they read it, some with +00:00 for Z.
        pattern = pattern.replace("Z$", r"(Z|\+00:00)$")
    return f"sh:pattern {_text(pattern, language='')}"


_DIGITS_OF_CAS = 9
_DIGIT = f"<{_XSD}integer>(SUBSTR(?digits, ?length - {{place}}, 1))"
_CAS_SUM = " + ".join(
    f"IF(?length > {place}, {place} * {_DIGIT.format(place=place)}, 0)"
    for place in range(1, _DIGITS_OF_CAS + 1)
)


def _check_digit_query(term: Term) -> str:
    """Return the query for CAS numbers whose last digit is not the sum of the others modulo 10."""
    return (
        f"SELECT $this ?value WHERE {{ $this <{VOCABULARY}{term.name}> ?value . "
        'BIND (REPLACE(STR(?value), "-", "") AS ?digits) BIND (STRLEN(?digits) AS ?length) '
        f"BIND ({_CAS_SUM} AS ?sum) "
        f"FILTER (?sum - 10 * FLOOR(?sum / 10) != {_DIGIT.format(place=0)}) }}"
    )


# --- words ----------------------------------------------------------------------------------------

_FORMS = {
    Datatype.DECIMAL: "a number",
    Datatype.INTEGER: "a whole number",
    Datatype.TEXT: "a text",
    Datatype.LANGUAGE_MAP: "a text, once in each language",
    Datatype.DATE: "a day like 2027-02-18",
    Datatype.YEAR_MONTH: "a month like 2027-02",
    Datatype.DATE_TIME: "an instant in UTC like 2027-02-18T12:00:00Z",
    Datatype.IRI: "a whole IRI",
    Datatype.BOOLEAN: "true or false",
    Datatype.DIGEST: "sha256: and 64 hexadecimal digits",
    Datatype.TERM: "a term of this vocabulary",
    Datatype.COUNTRY: "a country of two capitals (ISO 3166-1)",
    Datatype.CAS: "a CAS number whose last digit checks the rest",
    Datatype.EMAIL: "an e-mail address",
}


def _words(term: Term) -> str:
    return f"{term.label} ({term.name}): {_form(term)}{_how_often_in_words(term)}{_where(term)}"


def _form(term: Term) -> str:
    match term.datatype:
        case Datatype.NODE:
            return f"a {term.value_class}"
        case Datatype.CODE if term.code_list in OPEN_CODE_LISTS:
            return f"a code of the list {term.code_list} or one to come: {OPEN_CODE.pattern}"
        case Datatype.CODE:
            return f"a code of the list {term.code_list}"
        case _:
            return _FORMS[term.datatype] + "".join(_figures(term))


def _figures(term: Term) -> Iterator[str]:
    if term.unit_label:
        yield f" in {term.unit_label}"
    if term.minimum is not None and term.maximum is not None:
        yield f", from {term.minimum} to {term.maximum}"
    elif term.minimum is not None:
        yield f", {term.minimum} or more"
    elif term.maximum is not None:
        yield f", {term.maximum} or less"


def _how_often_in_words(term: Term) -> str:
    if term.datatype is Datatype.LANGUAGE_MAP:
        return ""
    return f"; at most {LONGEST_LIST}" if term.is_many else "; one value"


def _where(term: Term) -> str:
    return f". Annex XIII point {term.point}." if term.point else "."


def _message(text: str) -> str:
    return f"  sh:message {_text(text)} .\n"


def _text(text: str, *, language: str = "@en") -> str:
    # What JSON escapes in a text without control characters, Turtle escapes alike.
    return json.dumps(text, ensure_ascii=False) + language


# --- rules ----------------------------------------------------------------------------------------


def _rules(scope: RuleScope) -> list[str]:
    return [_rule_shape(rule) for rule in all_rules() if rule.scope is scope]


def _rule_shape(rule: Rule) -> str:
    message = f"{rule.message} {rule.source}."
    return (
        f"shapes:{rule.name} a sh:NodeShape ;\n"
        f"  {_target(rule)} ;\n"
        f"  sh:severity sh:{rule.severity} ;\n"
        + "".join(f"  {one} ;\n" for one in _constraints(rule, message))
        + _message(message)
    )


def _target(rule: Rule) -> str:
    if rule.on in StatementKind.__members__.values():
        return "sh:targetObjectsOf cred:credentialSubject"
    return f"sh:targetClass bp:{rule.on}"


def _constraints(rule: Rule, message: str) -> Iterator[str]:
    if rule.kind is RuleKind.ORDER:
        for low, high in combinations(rule.terms, 2):
            least = [f"sh:lessThanOrEquals bp:{high}", f"sh:severity sh:{rule.severity}"]
            yield "sh:property " + _inline(f"bp:{low}", least, message)
    else:
        yield f"sh:sparql [ sh:select {_text(_query(rule), language='')} ]"


def _query(rule: Rule) -> str:
    first, *others = (f"<{VOCABULARY}{name}>" for name in rule.terms)
    match rule.kind:
        case RuleKind.SUM:
            return (
                f"SELECT $this (SUM(?share) AS ?value) WHERE {{ $this {first} ?node . "
                f"?node {others[0]} ?share }} GROUP BY $this HAVING (SUM(?share) > {rule.limit})"
            )
        case RuleKind.ONLY_WITH:
            codes = ", ".join(f"'{code}'" for code in rule.limit.split())
            return (
                f"SELECT $this ?value WHERE {{ $this {first} ?first . $this {others[0]} ?value . "
                f"FILTER (STR(?value) NOT IN ({codes})) }}"
            )
        case _:
            return (
                f"SELECT $this ?path ?value WHERE {{ $this {first} ?first . $this ?path ?value . "
                f"FILTER (?path IN ({', '.join(others)})) }}"
            )


def _absence_rule() -> str:
    query = (
        f"SELECT $this ?path ?value WHERE {{ $this <{VOCABULARY}absent> ?node . "
        f"?node <{VOCABULARY}absentTerm> ?path . $this ?path ?value }}"
    )
    return (
        "shapes:absent-or-present a sh:NodeShape ;\n"
        "  sh:targetObjectsOf cred:credentialSubject ;\n"
        f"  sh:sparql [ sh:select {_text(query, language='')} ] ;\n"
        + _message("What a statement calls absent, it does not say.")
    )
