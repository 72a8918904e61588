"""Strategies for documents that go the fast way, almost go it, or must not go it."""

import copy

from hypothesis import strategies as st

from passport.linked_data.canonical import Canonicalizer
from passport.linked_data.contexts import UnknownContextError

WIDE = "https://wide.example/v1"
VOCABULARY = "https://wide.example/vocabulary"
GERMAN = "https://wide.example/german"
BASED = "https://wide.example/based"
_XSD = "http://www.w3.org/2001/XMLSchema#"

WIDE_CONTEXTS = {
    WIDE: {
        "@context": {
            "@version": 1.1,
            "id": "@id",
            "type": "@type",
            "ex": "https://ex.example/ns#",
            "name": "ex:name",
            "alsoName": "ex:name",
            "label": {"@id": "ex:label", "@container": "@language"},
            "labels": {"@id": "ex:labels", "@container": ["@language", "@set"]},
            "mass": {"@id": "ex:mass", "@type": f"{_XSD}decimal"},
            "text": {"@id": "ex:text", "@type": f"{_XSD}string"},
            "figure": {"@id": "ex:figure", "@type": f"{_XSD}double"},
            "ref": {"@id": "ex:ref", "@type": "@id"},
            "refs": {"@id": "ex:ref/s", "@type": "@id", "@container": "@set"},
            "kind": {"@id": "ex:kind", "@type": "@vocab"},
            "plain": {"@id": "ex:plain", "@type": "@none"},
            "order": {"@id": "ex:order", "@container": "@list"},
            "raw": {"@id": "ex:raw", "@type": "@json"},
            "graph": {"@id": "ex:graph", "@container": "@graph"},
            "byIndex": {"@id": "ex:byIndex", "@container": "@index"},
            "back": {"@reverse": "ex:back"},
            "inner": {
                "@id": "ex:inner",
                "@context": {
                    "mass": "ex:innerMass",
                    "name": {"@id": "ex:innerName", "@type": f"{_XSD}string"},
                    "inner": {"@id": "ex:innerInner", "@type": "@id"},
                },
            },
            "Special": {
                "@id": "ex:Special",
                "@context": {
                    "name": {"@id": "ex:specialName", "@container": "@language"},
                    "own": "ex:own",
                    "urn": "ex:urn#",
                },
            },
            "Spread": {"@id": "ex:Spread", "@context": {"@propagate": True, "own": "ex:spread"}},
            "Common": "ex:Common",
            "nothing": None,
            "german": {"@id": "ex:german", "@language": "de"},
        }
    },
    VOCABULARY: {"@context": {"@vocab": "https://v.example/ns#"}},
    GERMAN: {"@context": {"@language": "de"}},
    BASED: {"@context": {"@vocab": "not-an-iri", "urn": "https://prefix.example/"}},
}
KEYS = (
    *sorted(key for key in WIDE_CONTEXTS[WIDE]["@context"] if not key.startswith("@")),
    *("own", "unknown", "ex:more", "@id", "@type", "@value", "@language", "@set", "@list"),
    *("two words", "a/b", "", "\u00e9t\u00e9", "@graph"),
)
IRIS = (
    *("https://x.example/1", "https://x.example/1#a", "urn:x:1", "ex:short", "did:web:a.example"),
    *("urn:x:\u00fc", "urn:x:\u2028y", "https://x.example/a b", "relative", "_:b0", "", "@id"),
    *("urn:a> <urn:b", "relative-iri://nowhere/x", "Special", "https://x.example/\u00a0", "//x"),
    *("http://x.example/\ud83d", "a,b:c", "https:", "urn:", "Common"),
)
TEXTS = (
    *("", "a", 'quote " and \\ back', "line\nbreak\r\ttab", "\u2028", "\U0001f50b\uffff", "\b"),
    *("\f", "\x01", "\x7f", "\\u0041", "\\b", "C:\\folder", "\ud800", "<x> .", "\x85"),
)
TAGS = ("en", "EN", "de-AT", "x_y", "@none", "none", "", "zh-Hant-TW", "name", "toolonglanguage")

texts = st.sampled_from(TEXTS) | st.text(max_size=5)
iris = st.sampled_from(IRIS) | st.integers(0, 3).map(lambda number: f"https://x.example/{number}")
types = st.sampled_from(["Special", "Spread", "Common", "ex:Other", "unknown", "urn:t"])
scalars = (
    texts
    | iris
    | st.booleans()
    | st.integers(-(2**54), 2**54)
    | st.floats()
    | st.none()
    | st.sampled_from([2**53 - 1, 2**53, -(2**53) + 1, -(2**53), 0, 5.0, 1e-7, -0.0])
)
language_maps = st.dictionaries(
    st.sampled_from(TAGS), texts | st.lists(texts, max_size=2), max_size=3
)


def nodes(inner):
    """Nodes: some with id and types, some without, with members of every sort."""
    return st.builds(
        lambda head, members, keys_first: members | head if keys_first else head | members,
        st.fixed_dictionaries(
            {}, optional={"id": iris, "type": types | st.lists(types, max_size=3)}
        ),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
        st.booleans(),
    )


values = st.recursive(
    scalars | language_maps,
    lambda inner: st.lists(inner, max_size=3) | nodes(inner),
    max_leaves=14,
)
contexts = st.sampled_from(
    [WIDE, [WIDE], [WIDE, VOCABULARY], [WIDE, GERMAN], [BASED, WIDE], [WIDE, BASED], VOCABULARY]
)
wide_documents = st.builds(
    lambda context, node: {"@context": context} | node, contexts, nodes(values)
)

KNOWN_KEYS = ("name", "label", "labels", "mass", "text", "ref", "refs", "kind", "plain", "inner")
good_texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12
) | st.sampled_from(["\u2028 inside", 'a "quoted" \\ text', "a\tb\nc\r", "\U0001f50b", "\uffee"])


def tidy_nodes(depth=0):
    """Nodes as honest issuers write them: each has an id, each name a meaning."""
    ids = st.integers(0, 12).map(lambda number: f"https://x.example/n{number}")
    literal = good_texts | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    map_of_texts = st.dictionaries(
        st.sampled_from(["en", "de-AT", "NL"]), good_texts, min_size=1, max_size=3
    )

    def several(one):
        return one | st.lists(one, min_size=1, max_size=3)

    below = st.deferred(lambda: tidy_nodes(depth + 1)) if depth < 3 else ids
    members = {
        "name": several(literal),
        "label": map_of_texts,
        "labels": map_of_texts,
        "mass": several(st.decimals(0, 9, places=2).map(str)),
        "text": several(literal),
        "ref": several(ids | below),
        "refs": st.lists(ids | below, min_size=1, max_size=3),
        "kind": st.sampled_from(["Common", "Special"]),
        "plain": literal,
        "inner": below if depth < 3 else ids,
    }
    type_names = st.sampled_from(["Common", "Spread"])
    return st.builds(
        lambda name, kind, fields: {"id": name, "type": kind} | fields,
        ids,
        type_names | st.lists(type_names, min_size=1, max_size=2, unique=True),
        st.fixed_dictionaries({}, optional=members).flatmap(shuffled),
    )


def shuffled(members):
    """The same members in some order."""
    return st.permutations(list(members.items())).map(dict)


tidy_documents = tidy_nodes().map(lambda node: {"@context": [WIDE]} | node)


def a_wide_canonicalizer():
    def load(address):
        if address not in WIDE_CONTEXTS:
            raise UnknownContextError(address)
        return WIDE_CONTEXTS[address]

    return Canonicalizer(load)


def places(document):
    """Every container of a document and every key or index in it."""
    waiting, found = [document], []
    while waiting:
        holder = waiting.pop()
        entries = list(holder) if isinstance(holder, dict) else range(len(holder))
        for entry in entries:
            found.append((holder, entry))
            if isinstance(holder[entry], dict | list):
                waiting.append(holder[entry])
    return found


@st.composite
def changed(draw, documents):
    """A document with a few of its values replaced, dropped, renamed, doubled or wrapped."""
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(1, 3))):
        found = places(document)
        if not found:
            break
        holder, entry = draw(st.sampled_from(found))
        match draw(st.sampled_from(["replace", "drop", "rename", "wrap", "copy", "add"])):
            case "replace":
                holder[entry] = draw(values)
            case "drop":
                del holder[entry]
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from(KEYS) | st.text(max_size=4))] = holder.pop(entry)
            case "wrap":
                holder[entry] = [holder[entry]]
            case "copy":
                other, place = draw(st.sampled_from(found))
                holder[entry] = copy.deepcopy(other[place])
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(KEYS))] = draw(values)
    return document
