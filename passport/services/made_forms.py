"""Tokens and parts that were made, kept in memory: one question is signed once.

Whoever may read a statement may ask for other forms of it as often as they like. A key in a token
signs one thing after the other, so what visitors ask again must not stand before a registration.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

_LANES: Final = 64
_MOST_KEPT_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """What a form was asked for; another key or another statement is another question.

    Attributes:
        digest: SHA-256 of the stored statement (32 bytes).
        key_id: The key that its issuer signs with now.
        terms: The terms of a part, in order; ``None`` asks for the token of the whole.
    """

    digest: bytes
    key_id: str
    terms: tuple[str, ...] | None = None


@dataclass(slots=True)
class MadeForms:
    """Forms of statements of one process, the least recently asked for going first.

    Attributes:
        most_kept: Memory that the forms may take [bytes].
    """

    most_kept: int = _MOST_KEPT_BYTES
    _kept: OrderedDict[Question, bytes] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: Lock = field(default_factory=Lock)
    _lanes: tuple[Lock, ...] = field(default_factory=lambda: tuple(Lock() for _ in range(_LANES)))

    def take(self, question: Question, make: Callable[[], bytes]) -> bytes:
        """Return the form that was made for a question, or make and keep it.

        Who asks the same meanwhile waits for it. A form that could not be made is not kept.

        Args:
            question: Asked by somebody who may read the statement, which still stands.
            make: Signs; called by one thread at a time for one question.
        """
        with self._lanes[hash(question) % _LANES]:
            kept = self._find(question)
            if kept is not None:
                return kept
            made = make()
            self._keep(question, made)
            return made

    def _find(self, question: Question) -> bytes | None:
        with self._lock:
            kept = self._kept.get(question)
            if kept is not None:
                self._kept.move_to_end(question)
            return kept

    def _keep(self, question: Question, made: bytes) -> None:
        with self._lock:
            self._kept[question] = made
            self._size += _weight(question, made)
            while self._size > self.most_kept:
                self._size -= _weight(*self._kept.popitem(last=False))


def _weight(question: Question, made: bytes) -> int:
    # Up to 200 terms stand in a question: they count, or short parts would fill the memory.
    return len(made) + sum(map(len, question.terms or ()))
