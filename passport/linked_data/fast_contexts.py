"""What contexts mean, step by step as the library (pyld) finds it out on its way to a node.

Each step is a call of pyld, so scoped contexts, ``@protected`` and ``@propagate`` come out as they
do when pyld expands a document.

Source: JSON-LD 1.1 Processing Algorithms, sections 4.1 and 5.1.2, steps 6 to 11.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, Final

from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from passport.domain.errors import PassportError
from passport.linked_data.fast_terms import NotCoveredError, is_iri

NOWHERE: Final = "relative-iri://nowhere/"
"""Base that pyld resolves relative IRIs against, so that they can be told apart and refused."""

_ALIASES_NOT_COVERED = frozenset({"@value", "@none"})

ActiveContext = Mapping[str, Any]
"""An active context of pyld."""

LoadDocument = Callable[[str, object], dict[str, object]]
"""Document loader of pyld."""


class Contexts:
    """Asks pyld for active contexts.

    Args:
        load: Gives contexts by their address.
        resolved: Where pyld keeps the contexts that it has resolved.
        lock: Held while pyld works, as its caches are not made for threads.
    """

    def __init__(self, load: LoadDocument, resolved: dict[str, object], lock: Lock) -> None:
        self._processor = JsonLdProcessor()
        self._load = load
        self._resolved = resolved
        self._lock = lock

    def options(self) -> dict[str, Any]:
        """Return pyld's options: nothing is fetched, and relative IRIs can be told apart."""
        return {
            "base": NOWHERE,
            "contextResolver": ContextResolver(self._resolved, self._load),
            "documentLoader": self._load,
            "processingMode": "json-ld-1.1",
            "isFrame": False,
        }

    def named_by(self, addresses: Sequence[str]) -> ActiveContext:
        """Return what is active in the outermost node of a document that names these contexts."""
        options = self.options()
        initial = self._processor._get_initial_context(options)  # noqa: SLF001 - a step of pyld
        return self._process(initial, list(addresses), options)

    def with_types(self, context: ActiveContext, types: Sequence[str]) -> ActiveContext:
        """Return what is active inside a node of these types."""
        alias = alias_of_type(context)
        active: ActiveContext = self._asked(
            lambda: self._processor._prepare_nested_context(  # noqa: SLF001 - a step of pyld
                context, {alias: list(types)}, self.options()
            )[0]
        )
        return active

    def of_values(self, context: ActiveContext, key: str) -> ActiveContext:
        """Return what is active for the values under a key."""
        scoped = entry(context, key, "@context")
        return (
            context
            if scoped is None
            else self._process(context, scoped, self.options(), is_scoped=True)
        )

    def below(self, context: ActiveContext, key: str) -> ActiveContext:
        """Return what is active for nodes under a key, where this is active for its values."""
        reverted = self._processor._revert_to_previous_context(context)  # noqa: SLF001 - see above
        scoped = entry(context, key, "@context")
        return (
            reverted
            if scoped is None
            else self._process(reverted, scoped, self.options(), is_scoped=True)
        )

    def expanded(self, context: ActiveContext, word: str) -> str:
        """Return the IRI or keyword that a word stands for as a name, a type or a coerced value.

        Raises:
            NotCoveredError: It stands for nothing, or for something that is no whole IRI.
        """
        iri = self._asked(
            lambda: self._processor._expand_iri(  # noqa: SLF001 - a step of pyld
                context, word, vocab=True, base=NOWHERE
            )
        )
        if not isinstance(iri, str) or not (iri.startswith("@") or is_iri(iri)):
            raise NotCoveredError
        return iri

    def _process(
        self,
        context: ActiveContext,
        local: object,
        options: dict[str, Any],
        *,
        is_scoped: bool = False,
    ) -> ActiveContext:
        found: ActiveContext = self._asked(
            lambda: self._processor._process_context(  # noqa: SLF001 - a step of pyld
                context, local, options, override_protected=is_scoped
            )
        )
        require_covered(found)
        return found

    def _asked(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - pyld has no types
        with self._lock:
            try:
                return ask()
            except (JsonLdError, PassportError) as error:
                raise NotCoveredError from error


def entry(context: ActiveContext, key: str, member: str) -> Any:  # noqa: ANN401 - pyld has no types
    """Return what a context says about a word, or ``None``."""
    definition = context["mappings"].get(key)
    return definition.get(member) if definition else None


def prefixes_of(context: ActiveContext) -> frozenset[str]:
    """Return the words that are taken for prefixes of IRIs."""
    return frozenset(
        word
        for word, definition in context["mappings"].items()
        if definition and definition.get("_prefix")
    )


def alias_of_type(context: ActiveContext) -> str:
    """Return the one word for ``@type``.

    Raises:
        NotCoveredError: There are several, or none.
    """
    words: list[str] = [
        word
        for word, definition in context["mappings"].items()
        if definition and definition.get("@id") == "@type"
    ]
    if len(words) != 1:
        raise NotCoveredError
    return words[0]


def require_covered(context: ActiveContext) -> None:
    """Refuse what changes every value: a default language or direction, words for keywords.

    Raises:
        NotCoveredError: The context has one of them.
    """
    if "@language" in context or "@direction" in context:
        raise NotCoveredError
    for definition in context["mappings"].values():
        if definition and definition.get("@id") in _ALIASES_NOT_COVERED:
            raise NotCoveredError
