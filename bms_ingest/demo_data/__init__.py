"""Measurements shown by the demonstration; ``NOTICE.md`` says whose they are."""
