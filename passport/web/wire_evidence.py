"""What is published for verifiers, and what is said of it, as it is written on the wire."""

import base64
from datetime import datetime

from pydantic import Field

from passport.services.evidence_registers import PublishedDidDocument
from passport.services.statement_status import Suspension
from passport.web.wire import Body


class DidVersionBody(Body):
    """One version of a DID document with the proof that it is in the log."""

    document: str = Field(description="base64url of the exact bytes, whose SHA-256 is the entry")
    receipt: str = Field(description="C2SP tlog-proof of that entry")
    published_at: datetime

    @classmethod
    def of(cls, version: PublishedDidDocument, receipt: bytes) -> "DidVersionBody":
        """Write a version."""
        return cls(
            document=base64.urlsafe_b64encode(version.body).rstrip(b"=").decode(),
            receipt=receipt.decode(),
            published_at=version.published_at,
        )


class ReasonBody(Body):
    """Why something is done, in words."""

    reason: str = Field(min_length=1, max_length=2000)


class SuspensionBody(Body):
    """Whether a passport is suspended now, and which statements that concerns."""

    battery: str
    suspended: bool
    statements: list[str]

    @classmethod
    def of(cls, suspension: Suspension) -> "SuspensionBody":
        """Write it."""
        return cls(
            battery=suspension.battery_id,
            suspended=suspension.is_suspended,
            statements=list(suspension.statements),
        )
