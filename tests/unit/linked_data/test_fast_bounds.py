"""What the fast way keeps is bounded, whatever it is sent; and threads may share it."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from builders_canonical import VOCABULARY, WIDE, a_wide_canonicalizer

from passport.linked_data import fast_writer
from passport.linked_data.canonical import FOREIGN_DOCUMENTS
from passport.linked_data.fast_terms import DEEPEST_NODE

NODE = "https://x.example/1"


def a_document(contexts=(WIDE,), **members):
    return {"@context": list(contexts), "id": NODE, "type": "Common"} | members


def fast_twice(canonicalizer, document):
    """Twice, as the second time a function is generated."""
    first = canonicalizer.canonize_fast(document, FOREIGN_DOCUMENTS)
    assert canonicalizer.canonize_fast(document, FOREIGN_DOCUMENTS) == first
    assert first in (None, canonicalizer.canonize_plainly(document, FOREIGN_DOCUMENTS))
    return first


def kept(canonicalizer):
    """How many names every slot, set of members and function holds; functions; shapes."""
    shapes = shapes_of(canonicalizer)
    names = sum(
        len(shape._slots) + sum(map(len, shape._seen)) + sum(map(len, shape.writers))
        for shape in shapes
    )
    return names, max((len(shape.writers) for shape in shapes), default=0), len(shapes)


def shapes_of(canonicalizer):
    meanings = canonicalizer._fast._meanings.values()
    return [shape for meaning in meanings for shape in meaning._shapes.values()]


def assert_bounded(canonicalizer):
    names, writers, shapes = kept(canonicalizer)
    assert names <= canonicalizer._fast.kept <= 80
    assert writers <= 5
    assert shapes <= 3 * 6


@pytest.fixture
def tight(monkeypatch):
    """The same bounds, small enough to be passed in a test."""
    for name, bound in {
        "MOST_CONTEXTS": 3,
        "MOST_SHAPES": 6,
        "MOST_MEMBERS": 8,
        "MOST_WRITERS": 5,
        "MOST_KEPT": 80,
    }.items():
        monkeypatch.setattr(fast_writer, name, bound)
    return a_wide_canonicalizer()


def test_ever_new_sets_of_members_fill_no_memory(tight):
    for number in range(60):
        names = {f"name{number}-{place}": "x" for place in range(4)}
        assert fast_twice(tight, a_document([WIDE, VOCABULARY], **names))
        assert_bounded(tight)


def test_very_many_members_and_very_long_names_are_written_and_not_remembered(tight):
    for names in ([f"name{place}" for place in range(40)], ["n" * 500]):
        document = a_document([WIDE, VOCABULARY], **dict.fromkeys(names, "x"))
        assert fast_twice(tight, document)
        assert_bounded(tight)
        assert all("n" * 500 not in shape._slots for shape in shapes_of(tight))


def test_ever_new_orders_of_members_fill_no_memory(tight):
    names = ["name", "mass", "text", "plain", "kind", "label"]
    values = dict.fromkeys(names, "Common") | {"label": {"en": "x"}}
    for seed in range(60):
        random.Random(seed).shuffle(names)  # noqa: S311 - no secret
        assert fast_twice(tight, a_document(**{name: values[name] for name in names}))
        assert_bounded(tight)


def test_ever_new_combinations_of_contexts_fill_no_memory(tight):
    for times in range(1, 12):
        fast_twice(tight, a_document([WIDE] * times, name="x"))
        assert len(tight._fast._meanings) <= 3


def test_ever_new_types_fill_no_memory(tight):
    for number in range(60):
        types = [f"urn:type:{number}", "Common", "Special", "Spread"][: 1 + number % 4]
        fast_twice(tight, a_document(type=types, ref={"id": f"{NODE}#a", "type": types}))
        assert_bounded(tight)


def test_what_was_dropped_is_learnt_again(tight):
    document = a_document(name="x", inner={"id": f"{NODE}#a", "type": "Special", "mass": "1.0"})
    before = fast_twice(tight, document)
    for number in range(30):
        fast_twice(tight, a_document([WIDE, VOCABULARY], **{f"name{number}": "x"}))

    tight.canonize(document, FOREIGN_DOCUMENTS)

    assert before is not None
    assert fast_twice(tight, document) == before


def test_nodes_within_nodes_end_at_a_depth_and_go_the_plain_way():
    canonicalizer = a_wide_canonicalizer()

    def nested(levels):
        node = {"id": f"{NODE}#0", "type": "Common", "name": "x"}
        for level in range(1, levels):
            node = {"id": f"{NODE}#{level}", "type": "Common", "ref": node}
        return a_document(ref=node)

    assert fast_twice(canonicalizer, nested(DEEPEST_NODE)) is not None
    assert fast_twice(canonicalizer, nested(DEEPEST_NODE + 1)) is None


def test_threads_share_one_canonicalizer():
    canonicalizer = a_wide_canonicalizer()
    documents = [
        a_document(**dict.fromkeys(names, "1"))
        for names in permutations(["name", "mass", "text", "plain", "labels"], 3)
    ]
    plain = [canonicalizer.canonize_plainly(one, FOREIGN_DOCUMENTS) for one in documents]
    fresh = a_wide_canonicalizer()

    with ThreadPoolExecutor(8) as threads:
        written = list(threads.map(lambda one: fresh.canonize(one, FOREIGN_DOCUMENTS), documents))

    assert written == plain
