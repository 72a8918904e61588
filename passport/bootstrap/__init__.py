"""The one place where the parts meet.

`open_passport` reads the settings and opens the store, the keys and the log;
`Passport.services` has one method for each use case, and each is one committed unit of work.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic

import structlog
from sqlalchemy import Engine

from passport.bootstrap.demonstration import give_second_life, load_record
from passport.bootstrap.extensions import Extension, load_extensions
from passport.bootstrap.import_services import Imports
from passport.bootstrap.labelling import label_of, label_of_model
from passport.bootstrap.restoring import require_restored
from passport.bootstrap.services import PassportServices
from passport.bootstrap.upkeep import Upkeep
from passport.diagnostics import configure_logs
from passport.domain.access import Audience
from passport.domain.actor import PUBLIC, SYSTEM, Actor
from passport.domain.chemistry import Chemistries, published_chemistries
from passport.domain.errors import InvalidValueError, PassportError
from passport.domain.identifiers import BatteryId, ModelId
from passport.exchange.labels import LabelFormat, make_label
from passport.keystore.files import FileKeystore
from passport.keystore.memory import MemoryKeystore
from passport.keystore.pkcs11 import Pkcs11Keystore
from passport.keystore.token_uri import SCHEME as TOKEN_SCHEME
from passport.keystore.token_uri import TokenUri, parse_token_uri
from passport.rules.annex_vi import collection_symbol
from passport.services import publishing
from passport.services.imports import IMPORT_JOB
from passport.services.ports import Clock, KeyStore
from passport.services.witnessing import collect_cosignature
from passport.settings import Settings, SettingsRefusedError, read_settings
from passport.signing.did import LOOPBACK_HOSTS
from passport.signing.transparency_log import KeyNoteSigner
from passport.signing.witness_client import WitnessClient, parse_witness
from passport.storage.cosignatures import SqlCosignatures
from passport.storage.engine import make_engine
from passport.storage.jobs import LEASE, Handler, SqlJobs
from passport.storage.log import SqlTransparencyLog, signed_origin
from passport.storage.migrate import MigrationSource, passport_source, upgrade

__all__ = [
    "Extension",
    "MigrationSource",
    "Passport",
    "PassportServices",
    "SystemClock",
    "configure_logs",
    "open_passport",
]

log = structlog.get_logger()


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the instant, cut to milliseconds: what both databases keep alike."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(frozen=True, kw_only=True)
class Passport:
    """An opened installation: store, keys, log and the use cases over them."""

    settings: Settings
    engine: Engine
    keys: KeyStore
    log: SqlTransparencyLog
    services: PassportServices
    extensions: Sequence[Extension]

    @cached_property
    def base_url(self) -> str:
        """Scheme and host under which this service is reached."""
        return self.settings.public_base_url

    def trust(self) -> dict[str, object]:
        """Return the trust file of somebody who believes every operator here, and this log."""
        return publishing.trust_file(
            self.services.all_operators(SYSTEM),
            self.log.key,
            self.services.registrations(SYSTEM),
            self.services.taken_over(SYSTEM),
        )

    def bundle(
        self,
        actor: Actor,
        battery_id: BatteryId,
        audience: Audience | None = None,
        at: datetime | None = None,
    ) -> bytes:
        """See `passport.services.publishing.passport_bundle`."""
        return self.services.do(
            actor,
            lambda work: publishing.passport_bundle(
                actor, battery_id, audience, log=self.log, work=work, at=at
            ),
        )

    def label(self, battery_id: BatteryId, label_format: LabelFormat) -> bytes:
        """Return a battery's label, read back before it leaves.

        Raises:
            PassportNotFoundError: No such battery is registered.
            LabelUnreadableError: The finished label does not read as the battery's IRI.
        """
        content = self.services.do(PUBLIC, lambda work: label_of(battery_id, work=work))
        return make_label(content, label_format, symbol=collection_symbol(None))

    def model_label(self, model_id: ModelId, label_format: LabelFormat) -> bytes:
        """Return the label of batteries without passport, read back before it leaves.

        Raises:
            ModelUnknownError: No such model is on record.
            PassportNeededError: Its batteries need a passport each.
            LabelUnreadableError: The finished label does not read as the model's IRI.
        """
        content = self.services.do(PUBLIC, lambda work: label_of_model(model_id, work=work))
        return make_label(content, label_format, symbol=collection_symbol(None))

    def run_due_jobs(self) -> int:
        """Do what is due, with the handlers that the neighbours brought; return how much it was."""
        return SqlJobs(self.engine, self.services.clock).run_due(self._job_handlers)

    @cached_property
    def imports(self) -> Imports:
        """Files of batteries that are registered beside the requests."""
        return Imports(self.services)

    @cached_property
    def upkeep(self) -> Upkeep:
        """What keeps status lists and time stamps good."""
        return Upkeep(self.services, self.log, self.settings)

    @cached_property
    def _job_handlers(self) -> Mapping[str, Handler]:
        return self.upkeep.jobs() | {
            kind: handler
            for extension in self.extensions
            for kind, handler in extension.jobs(self).items()
        }

    def run_due_imports(self, should_stop: Callable[[], bool]) -> int:
        """Go on with files of batteries; return how many were gone on with.

        Args:
            should_stop: Asked every few rows; what is left waits for the next runner.
        """
        # A turn ends before its lease does: nobody takes a file whose runner is at work.
        turn_ends_s = monotonic() + LEASE.total_seconds() / 2
        handlers: Mapping[str, Handler] = {
            IMPORT_JOB: lambda payload: self.imports.run(
                str(payload["import"]), lambda: should_stop() or monotonic() > turn_ends_s
            )
        }
        return SqlJobs(self.engine, self.services.clock).run_due(handlers, at_most=1)

    def load_demonstration(self, progress: Callable[[str], None]) -> None:
        """Load the demonstration, the record's part and its neighbours'; again changes nothing."""
        load_record(self.services, self.base_url, progress)
        for extension in self.extensions:
            progress(f"demonstration: what {extension.name} adds")
            extension.demo(self)
        give_second_life(self.services)

    def collect_cosignatures(self) -> int:
        """Ask each witness that has not signed the newest state of the log.

        A witness that is away or refuses is told of in the service's own log and asked again the
        next time; the others are not kept waiting for it.

        Returns:
            How many signed something new.
        """
        register, signed = SqlCosignatures(self.engine), 0
        for witness in self._witnesses:
            try:
                signed += collect_cosignature(
                    witness, log=self.log, register=register, clock=self.services.clock
                )
            except PassportError as error:
                log.error(  # noqa: TRY400 - its message says all; where it was raised says nothing
                    "witness_did_not_sign",
                    witness=witness.key.name,
                    code=error.code,
                    reason=str(error),
                )
        return signed

    @cached_property
    def _witnesses(self) -> Sequence[WitnessClient]:
        return [WitnessClient(*parse_witness(text)) for text in self.settings.witnesses]

    def close(self) -> None:
        """Give the connections back."""
        for witness in self._witnesses:
            witness.close()
        self.upkeep.close()
        self.engine.dispose()


def open_passport(
    settings: Settings | None = None, *, clock: Clock | None = None, **given: object
) -> Passport:
    """Open an installation: read the environment, bring the tables up to date, begin the log.

    Args:
        settings: Settings that were read already.
        clock: The time; the machine's without.
        given: Settings that go before the environment, such as ``data=Path("data")``.

    Raises:
        SettingsRefusedError: The environment does not allow to start.
        KeystoreError: The keystore does not open.
        StoreUnusableError: The database is not one this version works with.
        LogBrokenError: The log on disk is not the one that was signed.
    """
    settings = settings or read_settings(**given)
    clock = clock or SystemClock()
    require_restored(settings.data)
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_address)
    extensions = load_extensions(settings.extensions)
    upgrade(engine, passport_source())
    for extension in extensions:
        source = extension.migrations()
        if source is not None:
            upgrade(engine, source)
    settings = _with_address_of_log(settings, signed_origin(engine))
    keys = _open_keys(settings, settings.keystore)
    is_one = settings.log_keystore == settings.keystore
    log_keys = keys if is_one else _open_keys(settings, settings.log_keystore)
    log = SqlTransparencyLog(engine, _log_signer(settings, log_keys))
    log.repair(clock.now())
    services = PassportServices(
        engine,
        keys,
        log,
        clock,
        chemistries=_read_chemistries(settings),
        shows_status_publicly=settings.show_status_publicly,
        allows_own_review=settings.allow_own_review,
        needs_four_eyes_for_keys=settings.four_eyes_for_keys,
        status_lists_hold_for=timedelta(days=settings.status_lists_hold_for_days),
    )
    services.publish_missing_did_documents()
    return Passport(
        settings=settings,
        engine=engine,
        keys=keys,
        log=log,
        services=services,
        extensions=extensions,
    )


def _with_address_of_log(settings: Settings, signed: str | None) -> Settings:
    """Return the settings with the public address that the store's log was begun under.

    A command beside the service need not be told the address again; one that is told another
    address is refused, as a new name begins a new log for good. ``PASSPORT_LOG_ORIGIN`` does it.
    """
    given = settings.model_fields_set
    if signed is None or "log_origin" in given or signed == settings.log_origin:
        return settings
    host = signed.removesuffix("/log")
    if "public_base_url" in given or host == signed:
        raise SettingsRefusedError(
            f"PASSPORT_PUBLIC_BASE_URL is {settings.public_base_url}, but the log in "
            f"{settings.data} is {signed}: set it as the service has it, use another folder, or "
            "name the log in PASSPORT_LOG_ORIGIN"
        )
    scheme = "http" if host.partition(":")[0] in LOOPBACK_HOSTS else "https"
    address = {"public_base_url": f"{scheme}://{host}", "log_origin": signed}
    return settings.model_copy(update=address)


def _read_chemistries(settings: Settings) -> Chemistries:
    """Return the published chemistries and those of the installation's own file."""
    published = published_chemistries()
    if settings.chemistries is None:
        return published
    try:
        return published.with_rows(settings.chemistries.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, InvalidValueError) as error:
        raise SettingsRefusedError(
            f"PASSPORT_CHEMISTRIES: {settings.chemistries}: {error}"
        ) from error


def _open_keys(settings: Settings, place: str) -> KeyStore:
    if place == "memory:":
        return MemoryKeystore()
    if place.startswith(TOKEN_SCHEME):
        return _open_token(settings, parse_token_uri(place))
    return FileKeystore(
        Path(place.removeprefix("file:")),
        settings.keystore_passphrase.get_secret_value(),
    )


def _open_token(settings: Settings, uri: TokenUri) -> KeyStore:
    pin = settings.keystore_pin.get_secret_value()
    if uri.pin_file is not None:
        try:
            pin = uri.pin_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsRefusedError(
                f"PASSPORT_KEYSTORE: the file of the PIN cannot be read: {error}"
            ) from error
    return Pkcs11Keystore(uri, pin)


def _log_signer(settings: Settings, keys: KeyStore) -> KeyNoteSigner:
    owner = f"log:{settings.log_origin}"
    held = keys.public_keys(owner)
    key_id = held[-1].key_id if held else keys.create(owner)
    return KeyNoteSigner(settings.log_origin, keys.signing_key(key_id))
