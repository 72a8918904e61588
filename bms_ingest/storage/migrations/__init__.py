"""Changes of the telemetry tables, in their order."""
