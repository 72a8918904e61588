"""Fixtures that all tests share."""

from hypothesis import settings

pytest_plugins = ["builders", "databases", "hsm", "servers", "telemetry_store"]

# How long an example takes depends on what else the machine does: the gate sets no deadline.
settings.register_profile("gate", deadline=None)
settings.register_profile("soak", deadline=None, max_examples=20_000, print_blob=True)
settings.load_profile("gate")
