"""Settings are typed, described, and production mode refuses what must not start."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from passport.settings import PREFIX, Mode, Settings, SettingsRefusedError, read_settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "settings.md"
OWN_SECRET = "a-secret-of-this-installation"
PRODUCTION = {
    "mode": "production",
    "public_base_url": "https://passport.example.com",
    "database_url": "postgresql://passport@database/passport",
    "keystore_passphrase": OWN_SECRET,
    "session_secret": OWN_SECRET,
}


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
        monkeypatch.delenv(f"{PREFIX}{name.upper()}_FILE", raising=False)


def _settings_classes():
    for package in ("passport", "bms_ingest", "recycler_portal"):
        if (ROOT / package / "settings.py").exists():
            module = importlib.import_module(f"{package}.settings")
            for value in vars(module).values():
                is_settings = inspect.isclass(value) and issubclass(value, BaseSettings)
                if is_settings and value.__module__ == module.__name__:
                    yield value


def test_each_setting_is_described():
    described = set(re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE))

    assert described == {
        settings.model_config["env_prefix"] + name.upper()
        for settings in _settings_classes()
        for name in settings.model_fields
    }


def test_an_empty_environment_gives_the_demonstration_on_this_machine():
    settings = read_settings()

    assert settings.mode is Mode.DEMONSTRATION
    assert settings.database_url == "sqlite:///data/passport.db"
    assert settings.keystore == "file:data/keys"
    assert settings.public_base_url == "http://localhost:8000"
    assert settings.log_origin == "localhost:8000/log"
    assert settings.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert settings.show_status_publicly is False


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("PASSPORT_DATA", "elsewhere")
    monkeypatch.setenv("PASSPORT_PUBLIC_BASE_URL", "https://passport.example.com/")
    monkeypatch.setenv("PASSPORT_ALLOWED_HOSTS", "passport.example.com, id.example.com")

    settings = read_settings()

    assert settings.database_url == "sqlite:///elsewhere/passport.db"
    assert settings.public_base_url == "https://passport.example.com"
    assert settings.log_origin == "passport.example.com/log"
    assert settings.allowed_hosts == ("passport.example.com", "id.example.com")


def test_a_value_given_by_the_command_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("PASSPORT_DATA", "from-the-environment")

    assert read_settings(data="from-the-command").data == Path("from-the-command")


def test_a_secret_comes_from_the_file_the_environment_names(monkeypatch, tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{OWN_SECRET}\n")
    monkeypatch.setenv("PASSPORT_SESSION_SECRET_FILE", str(file))

    assert read_settings().session_secret.get_secret_value() == OWN_SECRET


def test_a_missing_secret_file_is_refused_by_name(monkeypatch, tmp_path):
    monkeypatch.setenv("PASSPORT_SESSION_SECRET_FILE", str(tmp_path / "gone"))

    with pytest.raises(SettingsRefusedError, match="gone"):
        read_settings()


def test_the_database_password_joins_the_address_and_is_never_shown():
    settings = read_settings(**PRODUCTION | {"database_password": "pass/word"})

    assert settings.database_address == "postgresql://passport:pass%2Fword@database/passport"
    assert "pass/word" not in repr(settings)
    assert OWN_SECRET not in repr(settings)


def test_keys_in_a_token_need_no_passphrase():
    address = "pkcs11:token=passport?module-path=/usr/lib/module.so"
    given = PRODUCTION | {"keystore": address, "keystore_passphrase": "demonstration-only"}

    assert read_settings(**given).log_keystore == address


def test_production_starts_with_secrets_of_its_own():
    assert read_settings(**PRODUCTION).mode is Mode.PRODUCTION


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"keystore_passphrase": "demonstration-only"},
            "PASSPORT_KEYSTORE_PASSPHRASE is the demonstration's",
        ),
        ({"session_secret": "demonstration-only"}, "PASSPORT_SESSION_SECRET is the demonstr"),
        ({"session_secret": "short"}, "PASSPORT_SESSION_SECRET has 5 characters; 24"),
        ({"keystore": "memory:"}, "PASSPORT_KEYSTORE is memory: and forgets its keys"),
        ({"database_url": "sqlite://"}, "PASSPORT_DATABASE_URL keeps the record in memory"),
        (
            {"public_base_url": "http://passport.example.com"},
            "PASSPORT_PUBLIC_BASE_URL is http://passport.example.com: production signs https",
        ),
        ({"public_base_url": "http://localhost:8000"}, "production signs https addresses only"),
        ({"allowed_hosts": ("*",)}, r"PASSPORT_ALLOWED_HOSTS is \*"),
    ],
)
def test_production_refuses_what_only_a_demonstration_may_use(changed, message):
    with pytest.raises(SettingsRefusedError, match=message):
        read_settings(**PRODUCTION | changed)


def test_production_names_everything_it_refuses_at_once():
    with pytest.raises(SettingsRefusedError) as refused:
        read_settings(mode="production")

    for name in ("PUBLIC_BASE_URL", "KEYSTORE_PASSPHRASE", "SESSION_SECRET"):
        assert f"PASSPORT_{name}" in str(refused.value)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:9000", "[::1]:8000"])
def test_a_demonstration_speaks_plain_http_to_this_machine(host):
    assert read_settings(public_base_url=f"http://{host}").public_base_url == f"http://{host}"


def test_a_demonstration_speaks_plain_http_to_nobody_else():
    with pytest.raises(SettingsRefusedError, match="plain http goes to this machine only"):
        read_settings(public_base_url="http://passport.example.com")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mode": "test"}, "PASSPORT_MODE: Input should be 'demonstration' or 'production'"),
        ({"public_base_url": "passport.example.com"}, "PASSPORT_PUBLIC_BASE_URL: is scheme"),
        ({"public_base_url": "https://a.example/b"}, "PASSPORT_PUBLIC_BASE_URL: is scheme"),
        ({"public_base_url": "https://u:p@a.example"}, "PASSPORT_PUBLIC_BASE_URL: is scheme"),
        ({"database_url": "mysql://host/name"}, "PASSPORT_DATABASE_URL: names mysql"),
        ({"database_url": "nothing"}, "PASSPORT_DATABASE_URL: is no database URL"),
        ({"keystore": "file:"}, "PASSPORT_KEYSTORE: is file:FOLDER"),
        ({"keystore": "hsm:"}, "PASSPORT_KEYSTORE: is file:FOLDER"),
        ({"keystore": "pkcs11:"}, "PASSPORT_KEYSTORE: is pkcs11:token=LABEL"),
        ({"log_keystore": "paper:"}, "PASSPORT_LOG_KEYSTORE: is file:FOLDER"),
        ({"max_request_bytes": 0}, "PASSPORT_MAX_REQUEST_BYTES: Input should be greater than 0"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_the_name_of_its_variable(given, message):
    with pytest.raises(SettingsRefusedError, match=message):
        read_settings(**given)


def test_a_refusal_does_not_show_a_secret(monkeypatch):
    monkeypatch.setenv("PASSPORT_DATABASE_URL", "mysql://root:open-sesame@host/name")

    with pytest.raises(SettingsRefusedError) as refused:
        read_settings()

    assert "open-sesame" not in str(refused.value)
