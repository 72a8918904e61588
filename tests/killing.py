"""What must be true of a record whose process was killed, whenever that was."""

import random
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import orjson
from builders_log import LogReader
from servers import Server
from sqlalchemy import text
from sqlmodel import select

from passport.bootstrap import Passport, open_passport
from passport.domain.actor import SYSTEM
from passport.domain.identifiers import BatteryId
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.signing.transparency_log import TrustedLog, verify_receipt
from passport.storage.engine import make_engine, read_session, reading
from passport.storage.tables import LeafRow
from passport.storage.tables_record import BatteryRow, StatementRow

SEED = 20261121
KILLS = 5
_ITEM_SERIES = ("item-public", "item-declared", "index-public", "index-legitimate-interest")
"""What registering one battery signs, once each."""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_PATIENCE_S = 60
_RECEIPTS = 40
_BUNDLES = 2


@contextmanager
def opened(server: Server) -> Iterator[Passport]:
    """Open the installation of a server that does not run, as its next start does."""
    given = {"database_url": server.environment["PASSPORT_DATABASE_URL"]}
    _wait_until_alone(given["database_url"])
    passport = open_passport(data=server.data, public_base_url=server.url, **given)
    try:
        yield passport
    finally:
        passport.close()


def _wait_until_alone(database_url: str) -> None:
    """Wait until a database server has ended what it still did for a process that was killed."""
    if not database_url.startswith("postgresql"):
        return
    engine = make_engine(database_url)
    deadline = time.monotonic() + _PATIENCE_S
    with reading(engine) as connection:
        while connection.scalar(text(_OTHERS)):
            assert time.monotonic() < deadline, "a connection of the killed process does not end"
            time.sleep(0.01)
    engine.dispose()


@dataclass(frozen=True)
class RecordAfterCrash:
    """A record that was just opened again."""

    passport: Passport
    chance: random.Random

    def check(self, acknowledged: Collection[str]) -> int:
        """Check everything; return how many batteries are on record."""
        with read_session(self.passport.engine) as session:
            batteries = set(session.exec(select(BatteryRow.battery_id)))
            statements = session.exec(select(StatementRow)).all()
            indexes = dict(session.exec(select(LeafRow.digest, LeafRow.leaf_index)).all())
        lost = set(acknowledged) - batteries
        assert not lost, f"acknowledged and not on record: {sorted(lost)[:5]}"
        self._check_each_battery(batteries, statements)
        self._check_log(statements, indexes)
        self._check_from_outside(sorted(batteries))
        return len(batteries)

    def _check_each_battery(
        self, batteries: Collection[str], statements: Collection[StatementRow]
    ) -> None:
        items = [one for one in statements if "/21/" in one.about]
        signed = Counter((one.about, one.series.rpartition("#")[2], one.version) for one in items)
        due = Counter((battery, series, 1) for battery in batteries for series in _ITEM_SERIES)
        assert signed == due, f"too many: {signed - due}; missing: {due - signed}"
        places = {(one.status_list, one.status_index) for one in statements}
        assert len(places) == len(statements)

    def _check_log(
        self, statements: Collection[StatementRow], indexes: dict[bytes, int | None]
    ) -> None:
        """Compare the statements with the log as a follower reads it, from entries to root."""
        entries = LogReader(self.passport.log, self._trusted).follow()
        assert indexes == {entry: index for index, entry in enumerate(entries)}
        assert len(set(entries)) == len(entries)
        digests = [sha256(one.body).digest() for one in statements]
        assert digests == [one.digest for one in statements]
        assert set(digests) <= set(entries)
        for digest in self.chance.sample(entries, min(_RECEIPTS, len(entries))):
            receipt = self.passport.log.receipt(digest).decode()
            assert verify_receipt(receipt, digest, [self._trusted]).size == len(entries)

    def _check_from_outside(self, batteries: list[str]) -> None:
        trust = Trust.parse(orjson.dumps(self.passport.trust()))
        for battery in self.chance.sample(batteries, min(_BUNDLES, len(batteries))):
            bundle = self.passport.bundle(SYSTEM, BatteryId(battery))
            report = verify_passport(bundle, trust=trust, at=datetime.now(UTC))
            assert report.verified, report.to_dict()

    @property
    def _trusted(self) -> TrustedLog:
        key = self.passport.log.key
        return TrustedLog(origin=key.name, key=key)
