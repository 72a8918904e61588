"""Fixtures that all tests share."""

pytest_plugins = ["databases", "servers", "telemetry_store"]
