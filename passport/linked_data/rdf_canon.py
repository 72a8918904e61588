"""RDF Dataset Canonicalization, RDFC-1.0, with a bound on its work.

A dataset without blank nodes is its own sorted lines. With blank nodes the algorithm can be made
to run for ever by a small file ("poison graph"), so its work is counted and a dataset that needs
too much is refused.

Source: W3C Recommendation RDF Dataset Canonicalization, 21 May 2024, section 4.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import permutations

from passport.domain.errors import PassportError
from passport.linked_data.nquads import Quad, join_lines

MOST_STEPS = 20_000
"""Steps of the N-degree algorithm a dataset may take; a passport takes none."""
_DEEPEST_PATH = 150


class TooComplexError(PassportError):
    """Canonicalizing the document would take more work than any honest document does."""

    code = "too-complex"


def canonize_quads(
    quads: Iterable[Quad], *, most_steps: int = MOST_STEPS, hash_algorithm: str = "sha256"
) -> str:
    """Write a dataset in its one canonical form.

    Args:
        quads: The dataset; a quad may come twice.
        most_steps: Bound on the N-degree algorithm.
        hash_algorithm: ``sha256``, or ``sha384`` where both sides agreed on it.

    Raises:
        TooComplexError: The blank nodes are so alike that the work passes the bound.
    """
    dataset = list(dict.fromkeys(quads))
    return canonize_labelled(
        dataset,
        issue_canonical_labels(dataset, most_steps=most_steps, hash_algorithm=hash_algorithm),
    )


def canonize_labelled(dataset: Iterable[Quad], labels: Mapping[str, str]) -> str:
    """Write a dataset whose blank nodes have these canonical labels."""
    return join_lines(_relabel(quad, labels) for quad in dataset) if labels else join_lines(dataset)


def issue_canonical_labels(
    quads: Iterable[Quad], *, most_steps: int = MOST_STEPS, hash_algorithm: str = "sha256"
) -> dict[str, str]:
    """Give each blank node its canonical label (``_:c14n0``, ...).

    Raises:
        TooComplexError: The blank nodes are so alike that the work passes the bound.
    """
    return _Canonicalization(quads, most_steps, hash_algorithm).run()


def _is_blank(term: str) -> bool:
    return term.startswith("_:")


def _relabel(quad: Quad, labels: Mapping[str, str]) -> Quad:
    return Quad(
        labels.get(quad.subject, quad.subject),
        quad.predicate,
        labels.get(quad.object, quad.object),
        labels.get(quad.graph, quad.graph),
    )


class _Issuer:
    """Identifier issuer (RDFC-1.0, 4.5): labels in the order of asking."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.issued: dict[str, str] = {}

    def issue(self, existing: str) -> str:
        """Return the label of a blank node, a new one at the first call."""
        label = self.issued.get(existing)
        if label is None:
            label = self.issued[existing] = f"{self._prefix}{len(self.issued)}"
        return label

    def copy(self) -> "_Issuer":
        """Return an issuer that continues from here on its own."""
        other = _Issuer(self._prefix)
        other.issued = dict(self.issued)
        return other


class _Canonicalization:
    """State of one run (RDFC-1.0, 4.2)."""

    def __init__(self, quads: Iterable[Quad], most_steps: int, hash_algorithm: str) -> None:
        self._steps_left = most_steps
        self._hash_algorithm = hash_algorithm
        self._canonical = _Issuer("_:c14n")
        self._first_degree: dict[str, str] = {}
        self._quads_of: dict[str, list[Quad]] = defaultdict(list)
        for quad in quads:
            # In the order of the quad, so that alike nodes are labelled alike in every process.
            for term in dict.fromkeys((quad.subject, quad.object, quad.graph)):
                if _is_blank(term):
                    self._quads_of[term].append(quad)

    def run(self) -> dict[str, str]:
        """Canonicalization algorithm (4.4), steps 3 to 5."""
        nodes_by_hash: dict[str, list[str]] = defaultdict(list)
        for node in self._quads_of:
            nodes_by_hash[self._hash_first_degree_quads(node)].append(node)
        alike = []
        for _, nodes in sorted(nodes_by_hash.items()):
            if len(nodes) == 1:
                self._canonical.issue(nodes[0])
            else:
                alike.append(nodes)
        for nodes in alike:
            self._issue_by_paths(nodes)
        return self._canonical.issued

    def _issue_by_paths(self, nodes: list[str]) -> None:
        results = []
        for node in nodes:
            if node not in self._canonical.issued:
                issuer = _Issuer("_:b")
                issuer.issue(node)
                results.append(self._hash_n_degree_quads(node, issuer, depth=0))
        for _, issuer in sorted(results, key=lambda result: result[0]):
            for existing in issuer.issued:
                self._canonical.issue(existing)

    def _hash(self, text: str) -> str:
        return hashlib.new(self._hash_algorithm, text.encode()).hexdigest()

    def _hash_first_degree_quads(self, node: str) -> str:
        """Hash First Degree Quads (4.6)."""
        known = self._first_degree.get(node)
        if known is None:

            def seen(term: str) -> str:
                if not _is_blank(term):
                    return term
                return "_:a" if term == node else "_:z"

            lines = sorted(
                Quad(seen(q.subject), q.predicate, seen(q.object), seen(q.graph)).line()
                for q in self._quads_of[node]
            )
            known = self._first_degree[node] = self._hash("".join(lines))
        return known

    def _hash_related_blank_node(
        self, related: str, quad: Quad, issuer: _Issuer, position: str
    ) -> str:
        """Hash Related Blank Node (4.7)."""
        label = (
            self._canonical.issued.get(related)
            or issuer.issued.get(related)
            or self._hash_first_degree_quads(related)
        )
        predicate = "" if position == "g" else quad.predicate
        return self._hash(f"{position}{predicate}{label}")

    def _related_by_hash(self, node: str, issuer: _Issuer) -> dict[str, list[str]]:
        related_by_hash: dict[str, list[str]] = defaultdict(list)
        for quad in self._quads_of[node]:
            for position, term in (("s", quad.subject), ("o", quad.object), ("g", quad.graph)):
                if _is_blank(term) and term != node:
                    related_hash = self._hash_related_blank_node(term, quad, issuer, position)
                    related_by_hash[related_hash].append(term)
        return related_by_hash

    def _hash_n_degree_quads(self, node: str, issuer: _Issuer, depth: int) -> tuple[str, _Issuer]:
        """Hash N-Degree Quads (4.8)."""
        self._take_step(depth)
        data_to_hash = ""
        for related_hash, related in sorted(self._related_by_hash(node, issuer).items()):
            chosen_path, chosen_issuer = "", issuer
            for permutation in permutations(related):
                self._take_step(depth)
                found = self._path(permutation, issuer.copy(), chosen_path, depth)
                if found is not None and (not chosen_path or found[0] < chosen_path):
                    chosen_path, chosen_issuer = found
            data_to_hash += related_hash + chosen_path
            issuer = chosen_issuer
        return self._hash(data_to_hash), issuer

    def _path(
        self, permutation: tuple[str, ...], issuer: _Issuer, chosen_path: str, depth: int
    ) -> tuple[str, _Issuer] | None:
        """Path of one permutation (4.8.3, step 5.4), or ``None`` once it cannot be chosen."""

        def is_worse(path: str) -> bool:
            return bool(chosen_path) and len(path) >= len(chosen_path) and path > chosen_path

        path = ""
        recursion_list = []
        for related in permutation:
            canonical = self._canonical.issued.get(related)
            if canonical is not None:
                path += canonical
            else:
                if related not in issuer.issued:
                    recursion_list.append(related)
                path += issuer.issue(related)
            if is_worse(path):
                return None
        for related in recursion_list:
            result_hash, result_issuer = self._hash_n_degree_quads(related, issuer, depth + 1)
            path += f"{issuer.issue(related)}<{result_hash}>"
            issuer = result_issuer
            if is_worse(path):
                return None
        return path, issuer

    def _take_step(self, depth: int) -> None:
        self._steps_left -= 1
        if self._steps_left < 0 or depth > _DEEPEST_PATH:
            raise TooComplexError(
                "the blank nodes of this document are too alike to be told apart with bounded "
                "work; give its nodes identifiers"
            )
