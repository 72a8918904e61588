"""Lists over many batteries on a SQL database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import JSON, ColumnElement, Engine, func, type_coerce
from sqlmodel import col, or_, select

from passport.domain.battery import Battery
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.second_life import Succession
from passport.storage.engine import read_session
from passport.storage.passports import SqlPassportRegister
from passport.storage.rows import Store
from passport.storage.successions import SqlSuccessionRegister
from passport.storage.tables_record import BatteryRow, SuccessionRow
from passport.storage.unit import WriteBuffer

_ESCAPE = "\\"


class SqlOverview:
    """Overview on a SQL database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(self, organisation: str, containing: str, *, limit: int) -> Sequence[Battery]:
        """Return an organisation's batteries whose identifier contains a text."""
        pattern = f"%{_escaped(containing)}%"
        query = (
            select(BatteryRow.battery_id)
            .where(_is_of(organisation))
            .where(col(BatteryRow.battery_id).like(pattern, escape=_ESCAPE))
            .order_by(BatteryRow.battery_id)
            .limit(limit)
        )
        with self._store() as store:
            register = SqlPassportRegister(store)
            return [register.read(BatteryId(one)) for one in store.session.exec(query)]

    def count(self, organisation: str) -> int:
        """Return how many batteries an organisation answers for or holds."""
        query = select(func.count()).select_from(BatteryRow).where(_is_of(organisation))
        with self._store() as store:
            return store.session.exec(query).one()

    def orphans(self, *, limit: int) -> Sequence[Battery]:
        """Return waste batteries nobody answers for."""
        with self._store() as store:
            return SqlPassportRegister(store).orphans(limit)

    def declared_by(self, organisation: str, *, limit: int) -> Sequence[Succession]:
        """Return the second lives an organisation declared, newest first."""
        query = (
            select(SuccessionRow.succession_id)
            .where(SuccessionRow.declared_by == organisation)
            .order_by(col(SuccessionRow.declared_at).desc())
            .limit(limit)
        )
        with self._store() as store:
            return _read_all(store, store.session.exec(query).all())

    def knows_batch(self, model_id: ModelId, lot: str) -> bool:
        """Whether a battery of a model came from a production batch."""
        query = (
            select(BatteryRow.battery_id)
            .where(BatteryRow.model_id == model_id)
            .where(type_coerce(col(BatteryRow.content), JSON)["batchNumber"].as_string() == lot)
            .limit(1)
        )
        with self._store() as store:
            return store.session.exec(query).first() is not None

    def disputed(self, *, limit: int) -> Sequence[Succession]:
        """Return the second lives that somebody disputes, newest first."""
        query = select(SuccessionRow.succession_id, SuccessionRow.disputes).order_by(
            col(SuccessionRow.declared_at).desc()
        )
        with self._store() as store:
            disputed = [one for one, disputes in store.session.exec(query) if disputes]
            return _read_all(store, disputed[:limit])

    @contextmanager
    def _store(self) -> Iterator[Store]:
        with read_session(self._engine) as session:
            yield Store(session, WriteBuffer())


def _is_of(organisation: str) -> ColumnElement[bool]:
    return or_(col(BatteryRow.responsible) == organisation, col(BatteryRow.holder) == organisation)


def _read_all(store: Store, ids: Sequence[str]) -> list[Succession]:
    register = SqlSuccessionRegister(store)
    return [found for one in ids if (found := register.find(one)) is not None]


def _escaped(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, f"{_ESCAPE}{special}")
    return text
