"""The environment, read once: typed settings with the prefix ``PASSPORT_``.

Each is described in ``docs/settings.md``. A secret stands in the environment or, better, in a
file: ``PASSPORT_KEYSTORE_PASSPHRASE_FILE`` names the file that holds the passphrase.
"""

import ipaddress
import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from passport.domain.errors import InvalidValueError, PassportError
from passport.keystore.token_uri import SCHEME as TOKEN_SCHEME
from passport.keystore.token_uri import parse_token_uri
from passport.signing.witness_client import parse_witness

PREFIX = "PASSPORT_"
_DEMONSTRATION_SECRET = "demonstration-only"  # noqa: S105  # public; refused in production
_SHORTEST_SECRET = 24
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class SettingsRefusedError(PassportError):
    """The environment asks for a service that does not start like this."""

    code = "settings-refused"


class Mode(StrEnum):
    """How far the service may be reached, and what it therefore insists on."""

    DEMONSTRATION = "demonstration"
    """On this machine only: secrets everybody knows, plain http to loopback."""
    PRODUCTION = "production"
    """For others: secrets of its own, keys that outlive the process, https."""


def _origin_of(given: Mapping[str, Any]) -> str:
    """Name the log after the public address, as tlog-tiles asks: no scheme, no slash at the end."""
    return f"{urlsplit(str(given.get('public_base_url', ''))).netloc}/log"


def _hosts_of(given: Mapping[str, Any]) -> tuple[str, ...]:
    name = urlsplit(str(given.get("public_base_url", ""))).hostname or ""
    return tuple(dict.fromkeys((name, *_LOOPBACK_NAMES)))


class Settings(BaseSettings):
    """What an installation decides; field ``x`` is the variable ``PASSPORT_X``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    mode: Mode = Mode.DEMONSTRATION
    data: Path = Path("data")
    database_url: str = Field(
        default_factory=lambda given: f"sqlite:///{given.get('data', 'data')}/passport.db",
        repr=False,  # it may hold a password
    )
    database_password: SecretStr | None = None
    public_base_url: str = "http://localhost:8000"
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(default_factory=_hosts_of)
    keystore: str = Field(default_factory=lambda given: f"file:{given.get('data', 'data')}/keys")
    log_keystore: str = Field(default_factory=lambda given: str(given.get("keystore", "")))
    keystore_pin: SecretStr = SecretStr("")
    keystore_passphrase: SecretStr = SecretStr(_DEMONSTRATION_SECRET)
    session_secret: SecretStr = SecretStr(_DEMONSTRATION_SECRET)
    log_origin: str = Field(default_factory=_origin_of)
    witnesses: Annotated[tuple[str, ...], NoDecode] = ()
    time_stamp_urls: Annotated[tuple[str, ...], NoDecode] = ()
    time_stamp_roots: Path | None = None
    time_stamp_every_hours: int = Field(default=24, gt=0)
    status_lists_hold_for_days: int = Field(default=30, gt=0, le=366)
    max_request_bytes: int = Field(default=10_000_000, gt=0)
    max_import_bytes: int = Field(default=100_000_000, gt=0)
    max_document_bytes: int = Field(default=25_000_000, gt=0)
    chemistries: Path | None = None
    show_status_publicly: bool = False
    allow_own_review: bool = False
    four_eyes_for_keys: bool = False
    extensions: Annotated[tuple[str, ...], NoDecode] = ("*",)

    @property
    def database_address(self) -> str:
        """The database URL with the password that was given apart from it."""
        url = make_url(self.database_url)
        if self.database_password is not None:
            url = url.set(password=self.database_password.get_secret_value())
        return url.render_as_string(hide_password=False)

    def check(self) -> None:
        """Refuse what this mode must not start with.

        Raises:
            SettingsRefusedError: Each refused setting is named, with what to do.
        """
        refused = [*_check_public_address(self), *_check_time_stamps(self)]
        if self.mode is Mode.PRODUCTION:
            refused += _check_production(self)
        if refused:
            raise SettingsRefusedError("; ".join(refused))

    @field_validator("public_base_url")
    @classmethod
    def _is_an_origin(cls, text: str) -> str:
        parts = urlsplit(text)
        bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not bare:
            raise ValueError("is scheme, host and port only, like https://passport.example.com")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, text: str) -> str:
        try:
            backend = make_url(text).get_backend_name()
        except ArgumentError as error:
            raise ValueError("is no database URL") from error
        if backend not in {"sqlite", "postgresql"}:
            raise ValueError(f"names {backend}; this service speaks sqlite and postgresql")
        return text

    @field_validator("keystore", "log_keystore")
    @classmethod
    def _is_a_keystore(cls, text: str) -> str:
        if text.startswith(TOKEN_SCHEME):
            try:
                parse_token_uri(text)
            except InvalidValueError as error:
                raise ValueError(str(error)) from error
            return text
        if text == "memory:" or (text.startswith("file:") and text != "file:"):
            return text
        raise ValueError(
            "is file:FOLDER, pkcs11:token=LABEL?module-path=LIBRARY, or memory: for a try"
        )

    @field_validator("witnesses")
    @classmethod
    def _are_witnesses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for text in given:
                parse_witness(text)
        except PassportError as error:
            raise ValueError(str(error)) from error
        return given

    @field_validator("allowed_hosts", "extensions", "witnesses", "time_stamp_urls", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        if isinstance(given, str):
            return tuple(name.strip() for name in given.split(",") if name.strip())
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no .env file is read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - see _SecretFiles
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the files it names for secrets."""
        return (init_settings, env_settings, _SecretFiles(settings_cls))


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets from files that the environment names: ``PASSPORT_SESSION_SECRET_FILE``, ..."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE", "")
        if not path or not _is_secret(field):
            return None, field_name, False
        return Path(path).read_text(encoding="utf-8").strip(), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


def read_settings(**given: object) -> Settings:
    """Read the environment, the values given here first, and refuse what must not start.

    Raises:
        SettingsRefusedError: A value is none of its kind, a secret's file cannot be read, or the
            mode does not allow it.
    """
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # checked by pydantic, one line on
    except ValidationError as error:
        raise SettingsRefusedError("; ".join(_in_words(error))) from error
    except OSError as error:
        raise SettingsRefusedError(f"a secret's file cannot be read: {error}") from error
    settings.check()
    return settings


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation in {SecretStr, SecretStr | None}


def _in_words(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_url=False):
        name = PREFIX + str(problem["loc"][0]).upper()
        yield f"{name}: {problem['msg'].removeprefix('Value error, ')}"


def _check_public_address(settings: Settings) -> Iterator[str]:
    address = urlsplit(settings.public_base_url)
    if address.scheme == "https":
        return
    name = f"{PREFIX}PUBLIC_BASE_URL is {settings.public_base_url}"
    if settings.mode is Mode.PRODUCTION:
        yield f"{name}: production signs https addresses only; put a proxy with TLS in front"
    elif not _is_loopback(address.hostname or ""):
        yield f"{name}: plain http goes to this machine only; use https or localhost"


def _check_time_stamps(settings: Settings) -> Iterator[str]:
    for url in settings.time_stamp_urls:
        if urlsplit(url).scheme not in {"http", "https"}:
            yield f"{PREFIX}TIME_STAMP_URLS names {url!r}; write addresses with https or http"
    if settings.time_stamp_urls and settings.time_stamp_roots is None:
        yield (
            f"{PREFIX}TIME_STAMP_ROOTS is missing: name the file with the root certificates by "
            "which the authorities are believed"
        )


def _check_production(settings: Settings) -> Iterator[str]:
    keystores = {"keystore": settings.keystore, "log_keystore": settings.log_keystore}
    has_files = any(place.startswith("file:") for place in keystores.values())
    # Keys in a token need its PIN and no passphrase.
    needed = ("keystore_passphrase", "session_secret") if has_files else ("session_secret",)
    for name in needed:
        secret = getattr(settings, name).get_secret_value()
        variable = PREFIX + name.upper()
        if secret == _DEMONSTRATION_SECRET:
            yield f"{variable} is the demonstration's, which everybody knows; set one of your own"
        elif len(secret) < _SHORTEST_SECRET:
            yield f"{variable} has {len(secret)} characters; {_SHORTEST_SECRET} are the least"
    for name, place in keystores.items():
        if place == "memory:":
            yield (
                f"{PREFIX}{name.upper()} is memory: and forgets its keys at the end; use "
                "file:FOLDER"
            )
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        yield f"{PREFIX}DATABASE_URL keeps the record in memory; name a file or a server"
    if "*" in settings.allowed_hosts:
        yield f"{PREFIX}ALLOWED_HOSTS is *: name the hosts under which the service is reached"


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
