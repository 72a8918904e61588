"""What a stranger finds, with trust file and bundle alone, after a key was compromised."""

from datetime import timedelta

import orjson
import pytest
from builders import MAKER, NOON, OTHER_PACK, PACK, SettableClock, an_installation, register

from passport.domain.access import Audience
from passport.domain.actor import SYSTEM
from passport.domain.key_change import KeyAction, KeyChange
from passport.services.trust import Trust
from passport.services.verification import verify_passport

FIRST = "did:web:localhost%3A8000:operators:voltra#key-1"
HOUR = timedelta(hours=1)


class Judged:
    """An installation with one pack from before a theft and one from after it."""

    def __init__(self, folder, database_url):
        self.folder = folder
        self.clock = SettableClock()
        self.passport = an_installation(folder, database_url, clock=self.clock)
        register(self.passport, PACK)
        self.clock.put_forward(2 * HOUR)
        register(self.passport, OTHER_PACK)
        self.passport.services.change_keys(
            MAKER,
            "voltra",
            KeyChange(action=KeyAction.COMPROMISE, key_id=FIRST, at=NOON + HOUR),
        )
        self.clock.put_forward(HOUR)

    def report(self, battery_id):
        path = self.folder / "trust.json"
        path.write_bytes(orjson.dumps(self.passport.trust()))
        bundle = self.passport.bundle(SYSTEM, battery_id, Audience.PUBLIC)
        return verify_passport(bundle, trust=Trust.read(path), at=self.clock.now())


@pytest.fixture
def judged(tmp_path, database_url):
    made = Judged(tmp_path, database_url)
    yield made
    made.passport.close()


def test_what_the_log_shows_to_be_older_stands(judged):
    report = judged.report(PACK)

    assert report.verified, [problem.message for problem in report.problems]


def test_what_came_after_the_theft_is_refused_with_that_reason(judged):
    report = judged.report(OTHER_PACK)

    assert not report.verified
    assert any("key-1" in problem.message for problem in report.problems)


def test_what_was_signed_anew_is_believed_again(judged):
    list(judged.passport.services.reissue(MAKER, "voltra", FIRST))

    report = judged.report(OTHER_PACK)

    assert report.verified, [problem.message for problem in report.problems]
