"""A dataset whose blank nodes are alike is labelled by a process that is ended in time."""

import time

import pytest
from builders_signing import VECTORS

from passport.linked_data import guarded
from passport.linked_data.foreign import canonize_bytes
from passport.linked_data.guarded import canonize_guarded, issue_labels_guarded
from passport.linked_data.nquads import Quad, parse_nquads
from passport.linked_data.rdf_canon import TooComplexError, canonize_quads, issue_canonical_labels

SAME = "<urn:same>"


def a_circle(size):
    """Blank nodes of which each names the next: no two can be told apart."""
    return [Quad(f"_:n{place}", SAME, f"_:n{(place + 1) % size}") for place in range(size)]


def everybody_with_everybody(size):
    return [
        Quad(f"_:n{one}", SAME, f"_:n{other}")
        for one in range(size)
        for other in range(size)
        if one != other
    ]


@pytest.mark.parametrize("size", [2, 9, 40])
def test_alike_nodes_get_the_labels_of_the_algorithm_wherever_it_runs(size):
    quads = a_circle(size)

    assert issue_labels_guarded(quads, most_seconds=100) == issue_canonical_labels(quads)
    assert canonize_guarded([*quads, quads[0]], most_seconds=100) == canonize_quads(quads)


def test_a_process_of_its_own_gives_the_same_labels(monkeypatch):
    monkeypatch.setattr(guarded, "_QUADS_LOOKED_AT_HERE", 0)
    quads = a_circle(3)

    assert issue_labels_guarded(quads, most_seconds=100) == issue_canonical_labels(quads)


def test_a_poison_graph_is_refused_by_the_work_limit():
    with pytest.raises(TooComplexError, match="bounded work"):
        canonize_guarded(everybody_with_everybody(9), most_seconds=100)


def test_a_process_that_takes_too_long_is_ended_and_the_dataset_refused():
    start = time.monotonic()

    with pytest.raises(TooComplexError, match=r"more than 0\.05 s"):
        canonize_guarded(everybody_with_everybody(9), most_seconds=0.05)

    assert time.monotonic() - start < 60


def test_a_foreign_file_that_runs_on_elsewhere_is_refused_here():
    poison = VECTORS / "rdf-canon" / "rdfc10" / "test074-in.nq"

    with pytest.raises(TooComplexError):
        canonize_bytes(poison.read_bytes())


def test_nodes_that_can_be_told_apart_need_no_process():
    quads = list(parse_nquads('_:a <urn:p> "1" .\n_:b <urn:p> "2" .\n_:b <urn:q> _:a .\n'))

    assert canonize_guarded(quads, most_seconds=0) == canonize_quads(quads)
