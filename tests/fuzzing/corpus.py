"""Genuine passports of a running installation, as the files that leave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from passport.bootstrap import Passport
from passport.bootstrap.demonstration import MANUFACTURER
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM
from passport.services.trust import Trust

_MOST_BATTERIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What a forger starts from, and what the verifier believes.

    Attributes:
        bundles: Of several batteries, each for several audiences.
        at: The instant asked about.
    """

    bundles: Sequence[bytes]
    trust: Trust
    at: datetime


def corpus_of(passport: Passport) -> Corpus:
    """Take the bundles of some batteries out of an installation."""
    batteries = passport.services.batteries_of(MANUFACTURER.actor, limit=_MOST_BATTERIES)
    return Corpus(
        bundles=[
            passport.bundle(SYSTEM, battery.battery_id, audience)
            for battery in batteries
            for audience in (Audience.PUBLIC, Audience.LEGITIMATE_INTEREST, Audience.AUTHORITY)
        ],
        trust=Trust.parse(orjson.dumps(passport.trust())),
        at=passport.services.clock.now() + timedelta(minutes=1),
    )
