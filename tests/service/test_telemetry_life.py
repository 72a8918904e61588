"""Telemetry of a registered pack: frames in, conditions signed, once each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from builders_registered import MAKER, PACK
from builders_telemetry_installation import Installation, a_pack_charge, telemetry_at
from builders_yard import COLLECTOR

from bms_ingest.decoders.frame_json import DecodedBatch
from bms_ingest.measurement_source import MeasurementSource
from bms_ingest.telemetry import CONDITION_JOB
from passport.domain.access import Audience
from passport.domain.actor import PUBLIC, SYSTEM, Actor
from passport.domain.errors import AccessDeniedError, PassportNotFoundError
from passport.domain.identifiers import BatteryId
from passport.services.end_of_life import WasteDeclaration
from passport.services.readers import NewGrant

MAY_MS = int(datetime(2026, 5, 4, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    installation = telemetry_at(tmp_path, request.getfixturevalue(f"{request.param}_url"))
    yield installation
    installation.passport.close()


def subjects(house: Installation) -> list[dict[str, object]]:
    return [orjson.loads(body)["credentialSubject"] for body in house.chain()]


def test_a_full_charge_becomes_a_signed_condition(house: Installation):
    receipt = house.send(*a_pack_charge(1, 190, MAY_MS))
    signed = house.telemetry.sign_condition(PACK)

    assert (receipt.accepted, receipt.duplicates) == (5, 0)
    assert signed is not None
    assert signed.signed_by == MAKER.organisation
    (subject,) = subjects(house)
    assert subject["assessedStateOfHealthPercent"] == "90.11"
    assert subject["reportedStateOfHealthPercent"] == "97"
    assert subject["measuredAt"] == "2026-05-04T02:30:00Z"
    assert str(subject["rawReadingsDigest"]).startswith("sha256:")


def test_the_same_frames_again_sign_nothing(house: Installation):
    house.send(*a_pack_charge(1, 190, MAY_MS))
    house.telemetry.sign_condition(PACK)

    again = house.send(*a_pack_charge(1, 190, MAY_MS))

    assert (again.accepted, again.duplicates) == (0, 5)
    assert house.telemetry.sign_condition(PACK, requested=True) is None
    assert len(house.chain()) == 1


def test_a_fallen_health_is_signed_and_stands_after_the_one_before(house: Installation):
    for epoch, charged_ah in enumerate((190, 190, 170)):
        house.send(*a_pack_charge(epoch, charged_ah, MAY_MS + epoch * DAY_MS))
        house.telemetry.sign_condition(PACK)

    first, second = subjects(house)
    assert (first["assessedStateOfHealthPercent"], second["assessedStateOfHealthPercent"]) == (
        "90.11",
        "86.95",
    )
    older, newer = house.passport.services.condition_chain(MAKER, PACK)
    assert (older.version, newer.version) == (1, 2)
    assert orjson.loads(newer.body)["previous"].removeprefix("sha256:") == older.digest.hex()


def test_a_request_signs_what_is_new_without_other_occasion(house: Installation):
    house.send(*a_pack_charge(1, 190, MAY_MS))
    house.telemetry.sign_condition(PACK)
    house.send(*a_pack_charge(2, 190, MAY_MS + DAY_MS))

    assert house.telemetry.sign_condition(PACK) is None
    assert house.telemetry.sign_condition(PACK, requested=True) is not None
    assert len(house.chain()) == 2


def test_a_report_whose_signature_was_interrupted_is_signed_once(house: Installation, monkeypatch):
    house.send(*a_pack_charge(1, 190, MAY_MS))
    monkeypatch.setattr(
        house.telemetry._conditions,
        "note_signed",
        lambda *_: (_ for _ in ()).throw(ConnectionError("the database went away")),
    )
    with pytest.raises(ConnectionError):
        house.telemetry.sign_condition(PACK)
    monkeypatch.undo()

    assert house.telemetry.sign_condition(PACK) is not None
    assert len(house.chain()) == 1


def test_frames_have_their_battery_looked_at_by_a_job(house: Installation):
    house.send(*a_pack_charge(1, 190, MAY_MS))
    handlers = house.telemetry.jobs()

    handlers[CONDITION_JOB]({"battery": PACK})

    assert len(house.chain()) == 1


def test_the_job_leaves_a_battery_that_nobody_answers_for(house: Installation):
    house.send(*a_pack_charge(1, 190, MAY_MS))
    declaration = WasteDeclaration(country="PT", occurred_at=datetime.now(UTC))
    house.passport.services.declare_waste(MAKER, PACK, declaration)

    house.telemetry.jobs()[CONDITION_JOB]({"battery": PACK})

    assert house.chain() == []


def test_a_battery_whose_job_was_not_kept_is_announced_again(house: Installation, monkeypatch):
    def fails(*_arguments, **_job):
        raise ConnectionError("the database is away")

    with monkeypatch.context() as outage:
        outage.setattr(house.passport.services, "enqueue", fails)
        with pytest.raises(ConnectionError):
            house.send(*a_pack_charge(1, 190, MAY_MS))
    kept = []
    monkeypatch.setattr(
        house.passport.services, "enqueue", lambda kind, *_, **__: kept.append(kind)
    )

    again = house.send(*a_pack_charge(1, 190, MAY_MS))

    assert again.duplicates == 5
    assert kept == [CONDITION_JOB]


def test_a_declared_source_stands_in_the_statement(house: Installation):
    source = MeasurementSource(data_set="Set", measured_cell="Cell 7", scaling="times 100")
    house.telemetry.declare_source(SYSTEM, PACK, source)
    house.send(*a_pack_charge(1, 190, MAY_MS))
    house.telemetry.sign_condition(PACK)

    (subject,) = subjects(house)
    assert subject["measurementSource"]["measuredCell"] == "Cell 7"


@pytest.mark.parametrize(
    "actor",
    [
        PUBLIC,
        COLLECTOR,
        Actor(
            organisation=MAKER.organisation,
            roles=MAKER.roles,
            scopes=frozenset({"condition:write"}),
        ),
    ],
)
def test_who_may_not_write_telemetry_of_the_battery_leaves_nothing(house: Installation, actor):
    batch = DecodedBatch(list(enumerate(a_pack_charge(1, 190, MAY_MS))))
    with pytest.raises(AccessDeniedError):
        house.telemetry.take_in(actor, batch)
    assert house.telemetry.frame_count(PACK) == 0


def test_an_organisation_with_a_grant_writes_telemetry(house: Installation):
    house.passport.services.grant_access(
        MAKER,
        NewGrant(
            organisation=COLLECTOR.organisation,
            battery_id=PACK,
            audience=Audience.LEGITIMATE_INTEREST,
            purpose="Run the gateway of the fleet",
            legal_ground="contract",
            scopes=frozenset({"telemetry:write"}),
        ),
    )
    batch = DecodedBatch(list(enumerate(a_pack_charge(1, 190, MAY_MS))))
    assert house.telemetry.take_in(COLLECTOR, batch).accepted == 5


def test_frames_of_an_unknown_battery_are_refused_whole(house: Installation):
    stranger = BatteryId("01/09506000134352/21/NOBODY")
    frames = a_pack_charge(1, 190, MAY_MS)
    with pytest.raises(PassportNotFoundError):
        house.send(frames[0], frames[1]._replace(battery_id=stranger))
    assert house.telemetry.frame_count(PACK) == 0


def test_frames_that_cannot_be_are_named_with_their_place(house: Installation):
    good, *_ = a_pack_charge(1, 190, MAY_MS)
    wrong_clock = good._replace(seq=8, time_ms=5)
    wrong_voltage = good._replace(seq=9, pack_mv=4_294_967_295)

    receipt = house.send(good, wrong_clock, wrong_voltage)

    assert receipt.accepted == 2
    assert [(one.place, one.reason, one.kept) for one in receipt.quarantined] == [
        (1, "clock", False),
        (2, "pack-voltage", True),
    ]


def test_nothing_is_signed_for_a_battery_without_frames(house: Installation):
    assert house.telemetry.sign_condition(PACK) is None
    assert house.telemetry.report(PACK) is None
