"""What an installation decides about telemetry; field ``x`` is the variable ``INGEST_X``."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "INGEST_"


class IngestSettings(BaseSettings):
    """Settings of telemetry; each is described in ``docs/settings.md``.

    Attributes:
        max_batch_bytes: Largest batch of frames that is read [bytes].
        report_delay_s: How long after a frame its battery's condition is looked at [s].
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    max_batch_bytes: int = Field(default=8_000_000, gt=0)
    report_delay_s: int = Field(default=30, ge=0)
