"""How far a file of batteries is, said at most once a second."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic

from passport.services.importing import ImportResult

_BETWEEN_S = 1.0


@dataclass(slots=True, kw_only=True)
class ImportProgress:
    """Counts the rows of one file.

    Attributes:
        total: Rows in the file, blank ones included, where that is known before.
        say: Tells people a line.
        done: Rows of which it is known what became of them.
        refused: Those that were refused.
        clock: Seconds that only go forward [s].
    """

    total: int | None
    say: Callable[[str], None]
    done: int = 0
    refused: int = 0
    clock: Callable[[], float] = monotonic
    _begun_s: float = field(init=False)
    _said_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun_s = self._said_s = self.clock()

    def follow(self, results: Iterable[ImportResult]) -> Iterator[ImportResult]:
        """Yield the results as they come, and say now and then how many there were."""
        for result in results:
            yield result
            self.done += 1
            self.refused += bool(result.problems)
            now_s = self.clock()
            if now_s - self._said_s >= _BETWEEN_S:
                self._said_s = now_s
                of = "" if self.total is None else f" of {self.total:,}"
                rate = self.done / (now_s - self._begun_s)
                self.say(f"{self.done:,}{of} rows, {self.refused:,} refused, {rate:,.0f} rows/s")
