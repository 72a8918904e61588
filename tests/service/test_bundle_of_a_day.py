"""A bundle as of an instant: the statements and status lists in force then, with their proofs."""

from datetime import timedelta

import orjson
import pytest
from builders import MAKER, NOON, PACK, SettableClock, a_new_battery, an_installation, register
from typer.testing import CliRunner

from passport.bootstrap import open_passport
from passport.cli import app
from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.errors import PassportNotFoundError
from passport.linked_data.documents import digest_of
from passport.services.bundle import parse_bundle
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.signing.transparency_log import parse_receipt

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give the store of a pack: amended after 10 days, suspended after 20."""
    data = tmp_path_factory.mktemp("days")
    clock = SettableClock()
    record = an_installation(data, keystore=f"file:{data / 'keys'}", clock=clock)
    register(record)
    clock.put_forward(10 * DAY)
    content = {**a_new_battery().content, "batchNumber": "2026-47"}
    record.services.amend_battery(MAKER, PACK, content)
    clock.put_forward(10 * DAY)
    record.services.suspend_passport(MAKER, PACK, "looked at")
    clock.put_forward(DAY)
    record.run_due_jobs()
    (data / "trust.json").write_bytes(orjson.dumps(record.trust()))
    record.close()
    return data


@pytest.fixture(scope="module")
def record(folder):
    clock = SettableClock()
    clock.put_forward(22 * DAY)
    keystore = f"file:{folder / 'keys'}"
    opened = open_passport(data=folder, keystore=keystore, extensions=(), clock=clock)
    yield opened
    opened.close()


def verified(bundle, folder, at):
    trust = Trust.parse((folder / "trust.json").read_bytes())
    report = verify_passport(bundle, trust=trust, at=at, now=NOON + 22 * DAY)
    return report.verdict.value, sorted({problem.code for problem in report.problems})


@pytest.mark.parametrize("days", [1, 11])
def test_the_bundle_of_a_day_before_shows_the_passport_as_it_was(record, folder, days):
    at = NOON + days * DAY

    bundle = record.bundle(PUBLIC, PACK, at=at)

    assert verified(bundle, folder, at) == ("authentic", [])
    statements = parse_bundle(orjson.loads(bundle)).statements
    assert any(b'"2026-47"' in statement for statement in statements) is (days > 10)


def test_the_bundle_of_a_day_says_what_was_suspended_by_then(record, folder):
    at = NOON + 20 * DAY + timedelta(hours=1)

    assert verified(record.bundle(PUBLIC, PACK, at=at), folder, at) == (
        "authentic but corrected or withdrawn",
        ["statement-suspended"],
    )


def test_the_lists_of_a_day_come_with_their_place_in_the_log(record):
    bundle = parse_bundle(orjson.loads(record.bundle(PUBLIC, PACK, at=NOON + DAY)))

    notes = {parse_receipt(bundle.receipts[digest_of(one)])[2] for one in bundle.status_lists}
    assert len(notes) == 1
    assert len(bundle.status_lists) == len({orjson.loads(one)["id"] for one in bundle.status_lists})


def test_before_it_was_registered_there_is_no_passport(record):
    with pytest.raises(PassportNotFoundError):
        record.bundle(SYSTEM, PACK, at=NOON - DAY)


def test_the_command_writes_the_bundle_of_a_day(folder, tmp_path):
    out, at = tmp_path / "then.json", NOON + DAY
    arguments = ["show", PACK, "--data", str(folder), "--at", f"{at:%Y-%m-%dT%H:%M:%S}"]

    written = CliRunner().invoke(app, [*arguments, "--bundle", str(out)])
    refused = CliRunner().invoke(app, arguments)

    assert written.exit_code == 0, written.output
    assert verified(out.read_bytes(), folder, at) == ("authentic", [])
    assert "--at belongs to --bundle" in refused.output
