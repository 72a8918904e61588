"""Packs to register by the hundred, and an installation that takes them."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count, islice
from pathlib import Path

from builders_contents import an_example
from builders_registered import MAKER, an_installation

from passport.bootstrap import PassportServices
from passport.domain.identifiers import gs1_battery_id
from passport.services.importing import ImportRow
from passport.services.issue import NewBattery

_GTIN = "09506000134352"
_PLACED_ON = date(2026, 11, 2)
_MILLISECONDS = 1e3


def new_packs() -> Iterator[ImportRow]:
    """Yield rows of a file of EV packs; no two have the same serial number."""
    content = an_example("ev-pack")["content"]
    for number in count(1):
        serial = f"BENCH-{number:07}"
        entry = NewBattery(
            battery_id=gs1_battery_id(_GTIN, serial),
            content={**content, "serialNumber": serial},
            placed_on_market_on=_PLACED_ON,
        )
        yield ImportRow(number=number, entry=entry)


@dataclass(slots=True)
class Registering:
    """Registers packs, so many at a time."""

    services: PassportServices
    count: int
    _packs: Iterator[ImportRow] = field(default_factory=new_packs)

    def register(self) -> None:
        """Register the next packs.

        Raises:
            AssertionError: One was refused; the figure would be about something else.
        """
        rows = islice(self._packs, self.count)
        results = list(self.services.import_batteries(MAKER, MAKER.organisation, rows))
        if len(results) != self.count or any(result.problems for result in results):
            raise AssertionError(f"not all {self.count} packs were registered: {results[:3]}")

    def whole_ms(self) -> float:
        """CPU time of this process for one pack, its threads included [ms]."""
        start = time.process_time()
        self.register()
        return (time.process_time() - start) / self.count * _MILLISECONDS


@contextmanager
def registering(count: int, *, database_url: str = "") -> Iterator[Registering]:
    """Open an installation with a model of EV packs, on SQLite unless told otherwise."""
    with tempfile.TemporaryDirectory(prefix="passport-bench-") as folder:
        passport = an_installation(Path(folder), database_url)
        try:
            yield Registering(passport.services, count)
        finally:
            passport.close()
