"""A reset of the battery management system is recorded as what it is (Art. 14(3))."""

from builders import MAKER, NOON, PACK, register
from builders_life import newest

from passport.domain.event import EventKind
from passport.domain.passport import StatementKind
from passport.services.reporting import EventReport


def test_other_software_of_the_battery_management_system_is_signed_with_its_time_and_reason(record):
    register(record)
    report = EventReport(kind=EventKind.RESET, occurred_at=NOON, reason="Software for storage")

    record.services.report_event(MAKER, PACK, report)

    (event,) = record.services.events_of(MAKER, PACK)
    signed = newest(record, PACK, StatementKind.EVENT)
    assert event.kind is EventKind.RESET
    assert (signed["eventKind"], signed["eventReason"]) == ("reset", "Software for storage")
