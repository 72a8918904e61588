"""No secret reaches a log line, whatever it hides in."""

import json
import logging

import pytest
import structlog

from passport.diagnostics import configure_logs, redact_secrets


def redacted(**event):
    return redact_secrets(None, "info", event)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "keystore_passphrase",
        "session_secret",
        "csrf_token",
        "cookie",
        "set-cookie",
        "Authorization",
        "api_key",
        "private_key",
        "idempotency_key",
    ],
)
def test_a_field_with_a_secret_name_is_redacted(name):
    assert redacted(**{name: "open sesame"}) == {name: "[redacted]"}


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer opensesame",
        "postgresql://passport:opensesame@database/passport refused the connection",
        "-----BEGIN PRIVATE KEY-----\nopensesame\n-----END PRIVATE KEY-----",
    ],
)
def test_a_text_that_carries_a_secret_loses_only_the_secret(text):
    line = redacted(event=text)["event"]

    assert "opensesame" not in line
    assert "[redacted]" in line


def test_secrets_are_found_inside_mappings_and_lists():
    line = redacted(request={"headers": [{"cookie": "opensesame"}], "path": "/login"})

    assert line == {"request": {"headers": [{"cookie": "[redacted]"}], "path": "/login"}}


def test_public_keys_batteries_and_counts_stay_readable():
    event = {"key_id": "did:web:x#key-1", "battery_id": "01/0950", "keys": 3, "passport": "kept"}

    assert redacted(**event) == event


@pytest.fixture
def _logging_as_it_was():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_as_it_was")
def test_a_json_line_has_event_fields_level_and_time(capsys):
    configure_logs("json")

    structlog.get_logger().info("handover_recorded", battery_id="01/0950", token="opensesame")

    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "handover_recorded"
    assert line["battery_id"] == "01/0950"
    assert line["level"] == "info"
    assert line["token"] == "[redacted]"
    assert line["timestamp"].endswith("Z")


@pytest.mark.usefixtures("_logging_as_it_was")
def test_lines_of_other_libraries_are_redacted_too(capsys):
    configure_logs("json")

    logging.getLogger("some.library").warning("no connection to postgres://u:opensesame@host/db")

    assert "opensesame" not in capsys.readouterr().err


@pytest.mark.usefixtures("_logging_as_it_was")
def test_a_traceback_is_redacted(capsys):
    configure_logs("json")

    try:
        int("postgres://u:opensesame@host/db")
    except ValueError:
        structlog.get_logger().exception("store_unreachable")

    text = capsys.readouterr().err
    assert "opensesame" not in text
    assert "ValueError" in text
