"""What a forgery is, and what of a genuine passport all of them start from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from builders_bundle import ITEM_PUBLIC, TRUST, PassportPlan
from builders_signing import NOON

from passport.services.trust import Trust
from passport.services.verification import Asked, verify_passport
from passport.services.verification_report import Verdict, VerificationReport

PLAN = PassportPlan()
FORGED, NOT_CHECKED, WITHDRAWN = Verdict.FORGED, Verdict.NOT_CHECKED, Verdict.WITHDRAWN


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a verifier is given, and whom it believes."""

    data: bytes
    trust: Trust = TRUST
    at: datetime = NOON
    asked: Asked | None = None

    def report(self) -> VerificationReport:
        """Have it verified, without network."""
        return verify_passport(self.data, trust=self.trust, at=self.at, asked=self.asked)


Maker = Callable[[], bytes | Shown]


def a_passport() -> bytes:
    """Return the bundle that nobody touched."""
    return PLAN.bundle()


def a_statement() -> bytes:
    """Return one statement that nobody touched."""
    return ITEM_PUBLIC.sign()


@dataclass(frozen=True)
class Forgery:
    """One way to forge, and how the verifier has to answer.

    Attributes:
        name: What was forged, in words; docs/forgeries.md lists it.
        make: Forges it.
        code: The code it has to be refused with.
        phrase: Stands in the message, so that each forgery has a reason of its own.
        verdict: The answer in words.
        genuine: The same unforged, which has to verify.
        also: Further codes that the same change brings about.
    """

    name: str
    make: Maker
    code: str
    phrase: str
    verdict: Verdict = FORGED
    genuine: Maker = a_passport
    also: frozenset[str] = frozenset()


def shown(made: bytes | Shown) -> Shown:
    """Return what a maker made as it is shown."""
    return made if isinstance(made, Shown) else Shown(data=made)


def parsed(data: bytes) -> dict[str, Any]:
    """Return a document that is to be changed."""
    return orjson.loads(data)


def unsigned(data: bytes) -> dict[str, Any]:
    """Return a statement without its proof."""
    document = parsed(data)
    del document["proof"]
    return document


def with_members(**members: object) -> bytes:
    """Return the statement with members changed after it was signed."""
    return orjson.dumps(parsed(a_statement()) | members)


def with_words(**words: object) -> bytes:
    """Return the statement saying something else after it was signed."""
    document = parsed(a_statement())
    return orjson.dumps(document | {"credentialSubject": document["credentialSubject"] | words})


def with_proof(**members: object) -> bytes:
    """Return the statement with members of its proof changed."""
    document = parsed(a_statement())
    return orjson.dumps(document | {"proof": document["proof"] | members})


def written(old: bytes, new: bytes) -> bytes:
    """Return the statement with some of its bytes changed."""
    data = a_statement()
    assert old in data, old
    return data.replace(old, new, 1)


def plan(**changed: object) -> bytes:
    """Return a bundle planned otherwise, whose statements are all genuine."""
    return replace(PLAN, **changed).bundle()


def bundle_with(**members: object) -> bytes:
    """Return the bundle with members changed."""
    return orjson.dumps(parsed(PLAN.bundle()) | members)


def presentation(**members: object) -> Mapping[str, Any]:
    """Return what the bundle presents, with members changed."""
    return parsed(PLAN.bundle())["presentation"] | members
