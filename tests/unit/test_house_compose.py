"""The larger installation speaks the language of the application's settings."""

import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer
import yaml
from sqlalchemy.engine import make_url

from passport.settings import PREFIX, Mode, Settings, read_settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SECRETS = "/run/secrets/"
GIVEN_SECRET = "a secret of twenty-four characters and more"
ANSWERS = {"PASSPORT_PUBLIC_BASE_URL": "https://passport.example.com"}


def _environment(service):
    """What the service sees, with the operator's answers put in."""
    return {
        name: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: ANSWERS[found[1]], value)
        for name, value in service.get("environment", {}).items()
    }


def test_the_database_the_broker_and_the_service_are_there():
    assert set(SERVICES) == {"database", "nats", "service"}
    assert set(OURS) == {"service"}


@pytest.mark.parametrize("name", OURS)
def test_each_variable_is_a_setting_of_the_application(name):
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    secret = {
        PREFIX + field.upper() + "_FILE"
        for field, info in Settings.model_fields.items()
        if "SecretStr" in str(info.annotation)
    }

    assert {
        variable for variable in _environment(OURS[name]) if variable.startswith(PREFIX)
    } <= known | secret


@pytest.mark.parametrize("name", OURS)
def test_production_starts_with_the_values_that_are_given(name, monkeypatch, tmp_path):
    for variable, value in _environment(OURS[name]).items():
        if variable.endswith("_FILE"):
            file = tmp_path / value.removeprefix(SECRETS)
            file.write_text(GIVEN_SECRET)
            monkeypatch.setenv(variable, str(file))
        else:
            monkeypatch.setenv(variable, value)

    settings = read_settings()

    assert settings.mode is Mode.PRODUCTION
    assert settings.keystore.startswith("file:")
    assert make_url(settings.database_address).password == GIVEN_SECRET


@pytest.mark.parametrize("name", SERVICES)
def test_no_password_stands_in_the_environment(name):
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASS|SECRET|TOKEN|KEY", variable.replace("PASSPORT", "")):
            assert variable.endswith("_FILE") or value.startswith("file:"), variable
        assert not re.search(r"://[^/@\s]+:[^/@\s]+@", value), variable


@pytest.mark.parametrize("name", SERVICES)
def test_each_secret_file_is_given_to_the_service_that_reads_it(name):
    service = SERVICES[name]
    read = {
        value.removeprefix(SECRETS)
        for variable, value in service.get("environment", {}).items()
        if variable.endswith("_FILE")
    }

    assert read <= set(service.get("secrets", []))
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_each_secret_comes_from_a_file_outside_the_repository():
    ignored = (ROOT / ".gitignore").read_text().splitlines()

    assert "/deploy/secrets/" in ignored
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"deploy/secrets/{name}"}


def test_make_secrets_writes_each_secret_once_and_keeps_it(tmp_path):
    script = tmp_path / "make-secrets"
    script.write_bytes((ROOT / "deploy" / "make-secrets").read_bytes())
    runs = []
    for _ in range(2):
        subprocess.run(["sh", script], check=True, capture_output=True)
        runs.append({file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()})
    written, again = runs

    assert set(COMPOSE["secrets"]) <= set(written)
    assert again == written
    for name in ("database_password", "keystore_passphrase", "session_secret"):
        assert len(written[name].strip()) >= 32
    assert len({written[name] for name in COMPOSE["secrets"]}) == len(COMPOSE["secrets"])


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_says_whether_it_is_well_and_restarts(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_each_image_has_a_version_and_no_registry(name):
    image, _, version = SERVICES[name]["image"].partition(":")

    assert version
    assert version != "latest"
    assert "/" not in image


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_commands_that_exist(name):
    program, command, *arguments = SERVICES[name]["command"]
    module = importlib.import_module(PROJECT["scripts"][program].partition(":")[0])
    known = typer.main.get_command(module.app).commands[command].params

    options = {option for parameter in known for option in parameter.opts}
    assert {argument for argument in arguments if argument.startswith("--")} <= options


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_rights_and_write_to_their_volume_only(name):
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["volumes"] == [
        f"passport-data:{_environment(SERVICES[name])['PASSPORT_DATA']}"
    ]


def test_the_image_carries_the_version_of_the_project():
    assert OURS["service"]["image"] == f"{PROJECT['name']}:{PROJECT['version']}"


def test_the_image_runs_as_a_user_without_rights():
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert users == ["passport"]
    assert re.search(r"useradd .*--uid 10001 .*passport", DOCKERFILE)


def test_the_image_installs_locked_requirements_and_copies_what_exists():
    for line in re.findall(r"pip install .*requirement .*", DOCKERFILE):
        assert "--require-hashes" in line
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for path in copied.split():
            assert (ROOT / path).exists(), path


def test_telemetry_is_on_disk_before_it_is_acknowledged():
    config = (ROOT / "deploy" / "nats.conf").read_text()

    assert re.search(r"^jetstream \{", config, re.MULTILINE)
    assert re.search(r"^\s*sync_interval: always$", config, re.MULTILINE)


def test_a_broker_accepts_the_configuration(tmp_path):
    run = tmp_path / "run"
    (run / "nats").mkdir(parents=True)
    script = run / "make-secrets"
    script.write_bytes((ROOT / "deploy" / "make-secrets").read_bytes())
    subprocess.run(["sh", script], check=True, capture_output=True)
    config = (ROOT / "deploy" / "nats.conf").read_text()
    # Servers before 2.10 do not know this one; the image is newer.
    config = config.replace("sync_interval: always", "").replace("/run/", f"{run}/")
    (run / "nats" / "nats.conf").write_text(config)

    checked = subprocess.run(
        ["nats-server", "-t", "-c", run / "nats" / "nats.conf"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert "is valid" in checked.stdout + checked.stderr
