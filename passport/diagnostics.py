"""What the program says about itself: structured log lines, and no secret in any of them."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog

LogFormat = Literal["console", "json"]

_REDACTED = "[redacted]"
_TALKATIVE = ("httpx", "httpcore", "alembic")
"""Libraries that tell each step; what they do here is told by our own events."""
_SECRET_NAMES = re.compile(
    r"pass(word|phrase|wd)|secret|token|cookie|authorization|credential"
    r"|(private|api|signing|session|idempotency)[_-]?key|^key$|^pin$",
    re.IGNORECASE,
)
_SECRET_TEXTS = re.compile(
    r"(?P<scheme>Bearer|Basic)\s+\S+"
    r"|(?P<url>://[^:/@\s]+):[^@/\s]+@"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    re.IGNORECASE | re.DOTALL,
)


def configure_logs(log_format: LogFormat = "console", *, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logging to standard error, secrets taken out.

    Args:
        log_format: ``console`` for people, ``json`` for collectors: one object a line.
        level: The least severe level that is written.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # Each start would tell which dialects the migrations assume; a change they make is told.
    logging.getLogger("alembic.runtime.migration").setLevel(max(level, logging.WARNING))


def redact_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace what is secret by its name or by its shape; structlog calls this for each line."""
    return {name: _redacted(name, value) for name, value in event.items()}


def _redacted(name: str, value: object) -> object:
    if value is not None and _SECRET_NAMES.search(name):
        return _REDACTED
    match value:
        case str():
            return _SECRET_TEXTS.sub(_without_secret, value)
        case Mapping():
            return {key: _redacted(str(key), inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted("", inner) for inner in value]
        case _:
            return value


def _without_secret(found: re.Match[str]) -> str:
    if scheme := found["scheme"]:
        return f"{scheme} {_REDACTED}"
    if url := found["url"]:
        return f"{url}:{_REDACTED}@"
    return _REDACTED


def _renderer(log_format: LogFormat) -> structlog.types.Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
