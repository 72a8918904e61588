"""Telemetry in, condition reports out."""
