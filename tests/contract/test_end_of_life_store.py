"""The life of a waste battery over both databases, with a record that remembers."""

from dataclasses import replace
from decimal import Decimal

import pytest
from builders_intake import BATTERY, a_known_battery
from builders_yard import (
    COLLECTOR,
    RECYCLER,
    FixedClock,
    RememberingRecord,
    a_new_batch,
    a_new_intake,
    a_request,
    the_steps,
)
from sqlalchemy import Engine

from passport.domain.actor import PUBLIC, Actor, Role
from passport.domain.errors import (
    AccessDeniedError,
    IdempotencyConflictError,
    NotSignedInError,
    PassportCeasedError,
    TransitionRefusedError,
)
from passport.domain.identifiers import BatteryId
from passport.keystore.files import KeystoreError
from passport.storage.migrate import check_drift, downgrade, is_current, upgrade
from recycler_portal.domain.batch import Stage
from recycler_portal.domain.errors import (
    BatchClosedError,
    BatchNotFoundError,
    BatchNotInOrderError,
    BatchOpenError,
    BatteryElsewhereError,
    BatteryHeldError,
    FamilyMixedError,
    IntakeNotFoundError,
    IntakeUnreadableError,
    MassBalanceError,
    NotToldError,
    TaskNotFoundError,
)
from recycler_portal.domain.intake import Answering
from recycler_portal.domain.recovery import ChemistryFamily, OutputFraction, percent_text
from recycler_portal.domain.task import TaskKind
from recycler_portal.domain.waste_battery import Packaging, Sign, Stream
from recycler_portal.portal import Portal
from recycler_portal.services.ports import RecordAnswer
from recycler_portal.services.treat import BatchInput
from recycler_portal.storage.sources import eol_source

OTHER_BATTERY = BatteryId(BATTERY[:-1] + "9")


@pytest.fixture
def record() -> RememberingRecord:
    return RememberingRecord()


@pytest.fixture
def portal(empty_database: Engine, record: RememberingRecord) -> Portal:
    upgrade(empty_database, eol_source())
    return Portal(empty_database, record, FixedClock())


def test_the_tables_come_and_go_and_are_those_of_the_code(empty_database: Engine):
    upgrade(empty_database, eol_source())
    assert is_current(empty_database, eol_source())
    assert check_drift(empty_database, eol_source()) == []

    downgrade(empty_database, eol_source())

    assert not is_current(empty_database, eol_source())


def test_a_known_battery_is_taken_in_and_the_record_is_told(portal, record):
    intake = portal.take_in(COLLECTOR, a_new_intake())

    assert intake.intake_id == "yard-2026-000001"
    assert intake.answering is Answering.FOUND
    assert intake.responsible == record.responsible
    assert record.told == [("declare-waste", "yard", BATTERY)]
    assert portal.read_intake(COLLECTOR, intake.intake_id) == intake
    assert portal.waiting_intakes(COLLECTOR) == [intake]
    assert portal.open_tasks(COLLECTOR) == []
    assert not portal.has_something_to_tell()


def test_every_value_of_an_intake_comes_back(portal):
    new = a_new_intake(
        mass=Decimal("410.50"),
        dimensions_mm=(Decimal(1700), Decimal("900.5"), Decimal(150)),
        voltage=Decimal("355.20"),
        signs=frozenset({Sign.DENTED}),
        marks="VOLTRA EV75",
        note="from a tow truck",
    )

    intake = portal.take_in(COLLECTOR, new)

    seen = portal.read_intake(COLLECTOR, intake.intake_id).observation
    assert replace(seen, photos=()) == new.observation
    assert [photo.digest for photo in seen.photos] == [new.photos[0].digest]
    assert portal.read_photo(COLLECTOR, intake.intake_id, 0) == new.photos[0]


def test_an_unknown_battery_gets_a_number_and_a_hold_and_nobody_is_told(portal, record):
    intake = portal.take_in(COLLECTOR, a_new_intake(battery_id=None))

    assert intake.decision.stream is Stream.UNKNOWN_QUARANTINE
    assert intake.is_held
    assert intake.answering is Answering.NO_PASSPORT
    assert record.told == []
    assert [task.kind for task in portal.open_tasks(COLLECTOR)] == [TaskKind.HOLD]


def test_a_code_that_no_passport_stands_behind_is_held_as_unknown(portal, record):
    record.known = RecordAnswer(known=None, is_registered=False, remark="no passport here")

    intake = portal.take_in(COLLECTOR, a_new_intake())

    assert intake.decision.stream is Stream.UNKNOWN_QUARANTINE
    assert record.told == []
    assert "no passport here" in portal.open_tasks(COLLECTOR)[0].text


def test_nobody_found_makes_a_visible_orphan(portal, record):
    record.responsible = ""

    intake = portal.take_in(COLLECTOR, a_new_intake())

    assert intake.answering is Answering.ORPHAN
    assert [task.kind for task in portal.open_tasks(COLLECTOR)] == [TaskKind.ORPHAN]


def test_the_same_request_again_makes_no_second_intake(portal, record):
    first = portal.take_in(COLLECTOR, a_new_intake())

    assert portal.take_in(COLLECTOR, a_new_intake()) == first
    assert len(record.told) == 1
    with pytest.raises(IdempotencyConflictError):
        portal.take_in(COLLECTOR, a_new_intake(note="other"))


def test_a_record_that_is_away_is_told_later_with_the_same_key(portal, record):
    record.outage = ConnectionError("away")
    assert portal.take_in(COLLECTOR, a_new_intake()).answering is Answering.ASKED
    assert portal.has_something_to_tell()
    with pytest.raises(NotToldError, match=BATTERY):
        portal.tell_passport()

    record.outage = None
    portal.tell_passport()
    portal.tell_passport()

    assert record.told == [("declare-waste", "yard", BATTERY)]
    assert portal.waiting_intakes(COLLECTOR)[0].answering is Answering.FOUND


def test_a_fault_of_the_record_is_no_refusal(portal, record):
    record.refusal = KeystoreError("the keystore is away")
    assert portal.take_in(COLLECTOR, a_new_intake()).answering is Answering.ASKED

    record.refusal = None
    portal.tell_passport()

    assert portal.waiting_intakes(COLLECTOR)[0].answering is Answering.FOUND


def test_a_battery_that_cannot_be_told_about_holds_back_no_other(portal, record):
    record.unspeakable = BATTERY
    stuck = portal.take_in(RECYCLER, a_new_intake("a"))
    batch = portal.start_batch(RECYCLER, a_new_batch((stuck.intake_id,)))

    other = portal.take_in(RECYCLER, a_new_intake("b", battery_id=OTHER_BATTERY))

    assert other.answering is Answering.FOUND
    assert record.told == [("declare-waste", RECYCLER.organisation, OTHER_BATTERY)]
    assert batch.batteries[0].stage is Stage.ENTERING

    record.unspeakable = None
    portal.tell_passport()
    assert [what for what, *_ in record.told[1:]] == ["declare-waste", "enter-recycling"]


def test_a_refusal_of_the_record_becomes_a_task(portal, record):
    record.refusal = TransitionRefusedError("the registration was annulled")

    intake = portal.take_in(COLLECTOR, a_new_intake())

    assert intake.answering is Answering.REFUSED
    (task,) = portal.open_tasks(COLLECTOR)
    assert task.kind is TaskKind.REFUSED
    assert "annulled" in task.text


def test_a_second_look_keeps_the_damage_that_was_seen_before(portal):
    first = portal.take_in(COLLECTOR, a_new_intake("a", signs=frozenset({Sign.SWOLLEN})))

    second = portal.take_in(COLLECTOR, a_new_intake("b"))

    assert second.decision.stream is Stream.LITHIUM_DAMAGED
    assert portal.waiting_intakes(COLLECTOR) == [second]
    assert portal.read_intake(COLLECTOR, first.intake_id).left_at is not None


def test_a_battery_counts_where_it_was_collected_first(portal, record):
    portal.take_in(COLLECTOR, a_new_intake("a", country="NL"))
    arrived = portal.take_in(RECYCLER, a_new_intake("b", country="BE"))

    batch = portal.start_batch(RECYCLER, a_new_batch((arrived.intake_id,)))

    assert arrived.collected_in == "NL"
    assert batch.report().collected_in == {"NL": Decimal(1)}
    assert record.countries == ["NL", "NL"]


def test_a_battery_that_arrives_elsewhere_leaves_the_first_yard_and_its_holder_is_told(portal):
    portal.take_in(COLLECTOR, a_new_intake("a"))

    portal.take_in(RECYCLER, a_new_intake("b"))

    assert portal.waiting_intakes(COLLECTOR) == []
    assert [task.kind for task in portal.open_tasks(COLLECTOR)] == [TaskKind.MOVED]
    assert len(portal.waiting_intakes(RECYCLER)) == 1


@pytest.mark.parametrize(
    ("observed", "why"),
    [({"site": " "}, "name the site"), ({"country": "Netherlands"}, "two capital letters")],
)
def test_an_intake_without_a_place_is_refused(portal, observed, why):
    with pytest.raises(IntakeUnreadableError, match=why):
        portal.take_in(COLLECTOR, a_new_intake(**observed))


def test_only_yards_take_batteries_in_and_only_recyclers_treat_them(portal):
    operator = Actor(organisation="voltra", roles=frozenset({Role.OPERATOR}))
    narrow = replace(COLLECTOR, scopes=frozenset({"telemetry:write"}))

    for actor, refusal in ((PUBLIC, NotSignedInError), (operator, AccessDeniedError)):
        with pytest.raises(refusal):
            portal.take_in(actor, a_new_intake())
    with pytest.raises(AccessDeniedError, match="intake:write"):
        portal.take_in(narrow, a_new_intake())
    with pytest.raises(AccessDeniedError, match="recycler"):
        portal.start_batch(COLLECTOR, a_new_batch(("yard-2026-000001",)))


def test_an_organisation_sees_its_own_batteries_only(portal):
    intake = portal.take_in(COLLECTOR, a_new_intake())

    with pytest.raises(IntakeNotFoundError):
        portal.read_intake(RECYCLER, intake.intake_id)
    with pytest.raises(IntakeNotFoundError):
        portal.read_photo(RECYCLER, intake.intake_id, 0)


def test_a_person_releases_a_held_battery_with_a_reason(portal):
    held = portal.take_in(COLLECTOR, a_new_intake(battery_id=None, signs=frozenset({Sign.DENTED})))

    released = portal.release_from_hold(
        COLLECTOR, held.intake_id, chemistry="LFP", reason="cells inside marked LiFePO4"
    )

    assert not released.is_held
    assert released.decision.packaging is Packaging.LP904, "it stays damaged"
    assert released.decision.reasons["chemistry"].source.startswith("Noor: cells inside")
    assert portal.read_intake(COLLECTOR, held.intake_id).release == released.release
    assert portal.open_tasks(COLLECTOR) == []
    with pytest.raises(IntakeUnreadableError, match="say how you know"):
        portal.release_from_hold(COLLECTOR, held.intake_id, chemistry="LFP", reason=" ")
    with pytest.raises(IntakeUnreadableError, match="names no chemistry"):
        portal.release_from_hold(COLLECTOR, held.intake_id, chemistry="gold", reason="shiny")


def a_batch(portal: Portal, **changed):
    intake = portal.take_in(RECYCLER, a_new_intake())
    return portal.start_batch(RECYCLER, a_new_batch((intake.intake_id,), **changed))


def test_a_battery_goes_through_a_batch_to_the_end_of_its_passport(portal, record):
    batch = a_batch(portal)
    assert batch.batteries[0].stage is Stage.IN_RECYCLING
    assert portal.waiting_intakes(RECYCLER) == []

    for step in the_steps():
        portal.record_step(RECYCLER, batch.batch_id, step)
    portal.close_batch(RECYCLER, batch.batch_id)
    ended = portal.declare_recycled(RECYCLER, batch.batch_id)

    assert ended.batteries[0].stage is Stage.RECYCLED
    assert [what for what, _, _ in record.told] == [
        "declare-waste",
        "enter-recycling",
        "declare-recycled",
    ]
    assert len(set(record.keys)) == 3
    assert portal.batches(RECYCLER) == [ended]
    assert portal.declare_recycled(RECYCLER, batch.batch_id) == ended, "twice changes nothing"


def test_a_batch_reaches_the_rates_of_the_worked_vector(portal):
    batch = a_batch(portal)
    for step in the_steps():
        portal.record_step(RECYCLER, batch.batch_id, step)

    stored = portal.read_batch(RECYCLER, batch.batch_id)
    rates = portal.rates_of(stored)

    assert [percent_text(case.efficiency) for case in rates.cases] == ["81.3941", "70.3340"]
    assert percent_text(rates.materials["Li"].recovery.rate) == "72.0000"
    assert not rates.is_refused
    balance = stored.balance()
    assert balance.recovered + balance.not_recovered + balance.water == balance.received
    assert stored.steps[0].intermediates[0].label == "black mass-NMC622"


def test_a_repeated_batch_or_step_is_recorded_once(portal):
    batch = a_batch(portal)
    (first, _) = the_steps()
    new = a_new_batch(tuple(one.intake_id for one in batch.batteries))

    assert portal.start_batch(RECYCLER, new) == batch
    portal.record_step(RECYCLER, batch.batch_id, first)
    portal.record_step(RECYCLER, batch.batch_id, first)

    assert len(portal.read_batch(RECYCLER, batch.batch_id).steps) == 1
    with pytest.raises(IdempotencyConflictError):
        portal.record_step(
            RECYCLER, batch.batch_id, replace(first, request=a_request("N_0", "other"))
        )


def test_a_step_recorded_wrongly_is_taken_back_and_recorded_right(portal):
    batch = a_batch(portal)
    first, second = the_steps()
    wrong = replace(second, request=a_request("N_1", "wrong"))
    portal.record_step(RECYCLER, batch.batch_id, first)
    portal.record_step(RECYCLER, batch.batch_id, wrong)

    portal.withdraw_last_step(RECYCLER, batch.batch_id)
    assert len(portal.read_batch(RECYCLER, batch.batch_id).steps) == 1

    portal.record_step(RECYCLER, batch.batch_id, second)
    closed = portal.close_batch(RECYCLER, batch.batch_id)
    rates = portal.rates_of(closed)
    assert [percent_text(case.efficiency) for case in rates.cases] == ["81.3941", "70.3340"]
    with pytest.raises(BatchClosedError, match="its steps stay"):
        portal.withdraw_last_step(RECYCLER, batch.batch_id)


def test_what_went_into_a_batch_is_corrected_while_it_is_open(portal):
    right = a_batch(portal)
    wrong = replace(right.rows[0], mass=Decimal("0.1"))
    entered = BatchInput(wet_mass=right.wet_mass, water=right.water, rows=(wrong, *right.rows[1:]))
    portal.correct_input(RECYCLER, right.batch_id, entered)
    assert portal.read_batch(RECYCLER, right.batch_id).rows[0].mass == Decimal("0.1")

    portal.correct_input(RECYCLER, right.batch_id, replace(entered, rows=right.rows))
    for step in the_steps():
        portal.record_step(RECYCLER, right.batch_id, step)
    closed = portal.close_batch(RECYCLER, right.batch_id)

    assert percent_text(portal.rates_of(closed).cases[0].efficiency) == "81.3941"
    with pytest.raises(BatchClosedError, match="what went in stays"):
        portal.correct_input(RECYCLER, right.batch_id, entered)


def test_a_batch_without_steps_has_none_to_take_back(portal):
    with pytest.raises(BatchOpenError, match="no step to take back"):
        portal.withdraw_last_step(RECYCLER, a_batch(portal).batch_id)


def test_a_held_battery_goes_into_no_batch(portal):
    held = portal.take_in(RECYCLER, a_new_intake(battery_id=None))

    with pytest.raises(BatteryHeldError, match="A person has to decide"):
        portal.start_batch(RECYCLER, a_new_batch((held.intake_id,)))


def test_an_unknown_battery_that_was_released_is_recycled_without_a_passport(portal, record):
    held = portal.take_in(RECYCLER, a_new_intake(battery_id=None))
    portal.release_from_hold(RECYCLER, held.intake_id, chemistry="NMC", reason="maker's print")
    batch = portal.start_batch(RECYCLER, a_new_batch((held.intake_id,)))
    for step in the_steps():
        portal.record_step(RECYCLER, batch.batch_id, step)
    portal.close_batch(RECYCLER, batch.batch_id)

    ended = portal.declare_recycled(RECYCLER, batch.batch_id)

    assert ended.batteries[0].stage is Stage.RECYCLED
    assert record.told == []


def test_a_batch_holds_one_chemistry_family(portal):
    with pytest.raises(FamilyMixedError, match="lithium-based, the batch is lead-acid"):
        a_batch(portal, family=ChemistryFamily.LEAD_ACID)


def test_a_battery_goes_into_one_batch_and_is_not_taken_in_again(portal):
    batch = a_batch(portal)
    numbers = tuple(one.intake_id for one in batch.batteries)

    with pytest.raises(BatteryElsewhereError, match="is in batch"):
        portal.start_batch(RECYCLER, a_new_batch(numbers, request=a_request("batch-2")))
    with pytest.raises(BatteryElsewhereError, match="went into batch"):
        portal.take_in(COLLECTOR, a_new_intake("key-2"))


def test_an_input_that_does_not_add_up_begins_no_batch(portal, record):
    with pytest.raises(MassBalanceError, match="but only"):
        a_batch(portal, wet_mass=Decimal(5000), water=Decimal(1000))
    with pytest.raises(MassBalanceError, match="cannot be"):
        portal.start_batch(RECYCLER, a_new_batch(("lely-2026-000001",), water=Decimal(-1)))
    assert [what for what, _, _ in record.told] == ["declare-waste"]


def test_more_than_came_in_never_comes_out(portal):
    batch = a_batch(portal)
    (step, _) = the_steps()
    flood = OutputFraction(substance="Steel", mass=Decimal(100_000))

    with pytest.raises(MassBalanceError, match="what the process added is no output"):
        portal.record_step(
            RECYCLER,
            batch.batch_id,
            replace(step, step=replace(step.step, outputs=(*step.step.outputs, flood))),
        )
    assert portal.read_batch(RECYCLER, batch.batch_id).steps == ()


def test_a_batch_whose_figures_contradict_each_other_stays_open(portal):
    batch = a_batch(portal)
    (step, _) = the_steps()
    black_mass = OutputFraction(substance="Other", mass=Decimal(5), label="black mass-NMC622")
    portal.record_step(
        RECYCLER,
        batch.batch_id,
        replace(step, step=replace(step.step, outputs=(*step.step.outputs, black_mass))),
    )

    with pytest.raises(BatchNotInOrderError, match="always intermediate") as refusal:
        portal.close_batch(RECYCLER, batch.batch_id)
    assert refusal.value.findings[0].code == "BLACK_MASS_NOT_OUTPUT"
    assert portal.read_batch(RECYCLER, batch.batch_id).is_open


def test_nothing_is_recycled_before_its_batch_is_closed_and_no_step_comes_after(portal):
    batch = a_batch(portal)
    (first, second) = the_steps()
    with pytest.raises(BatchOpenError, match="no step"):
        portal.close_batch(RECYCLER, batch.batch_id)
    with pytest.raises(BatchOpenError, match="before its batteries"):
        portal.declare_recycled(RECYCLER, batch.batch_id)
    portal.record_step(RECYCLER, batch.batch_id, first)
    closed = portal.close_batch(RECYCLER, batch.batch_id)

    assert portal.close_batch(RECYCLER, batch.batch_id) == closed
    with pytest.raises(BatchClosedError):
        portal.record_step(RECYCLER, batch.batch_id, second)


def test_an_answer_that_was_lost_after_the_passport_ceased_counts_as_told(portal, record):
    batch = a_batch(portal)
    portal.record_step(RECYCLER, batch.batch_id, the_steps()[0])
    portal.close_batch(RECYCLER, batch.batch_id)
    record.refusal = PassportCeasedError(BATTERY)

    ended = portal.declare_recycled(RECYCLER, batch.batch_id)

    assert ended.batteries[0].stage is Stage.RECYCLED


def test_a_battery_that_the_record_refuses_is_shown_as_refused(portal, record):
    intake = portal.take_in(RECYCLER, a_new_intake())
    record.refusal = TransitionRefusedError("only waste is recycled")

    batch = portal.start_batch(RECYCLER, a_new_batch((intake.intake_id,)))

    assert batch.batteries[0].stage is Stage.REFUSED
    assert portal.open_tasks(RECYCLER)[-1].kind is TaskKind.REFUSED


def test_a_batch_of_another_recycler_is_not_there(portal):
    batch = a_batch(portal)
    other = replace(RECYCLER, organisation="other")

    with pytest.raises(BatchNotFoundError):
        portal.read_batch(other, batch.batch_id)


def test_an_accident_on_record_stays_with_the_battery_at_the_next_yard(portal, record):
    known = a_known_battery(signs=frozenset({Sign.CRASH}))
    record.known = RecordAnswer(known=known, is_registered=True)
    portal.take_in(COLLECTOR, a_new_intake("a"))
    record.known = RecordAnswer(known=a_known_battery(), is_registered=True)

    intake = portal.take_in(RECYCLER, a_new_intake("b"))

    assert intake.decision.stream is Stream.LITHIUM_DAMAGED


def test_a_task_is_closed_by_its_organisation_and_a_hold_is_not(portal, record):
    record.responsible = ""
    portal.take_in(COLLECTOR, a_new_intake("a"))
    held = portal.take_in(COLLECTOR, a_new_intake("b", battery_id=None))
    orphan, hold = portal.open_tasks(COLLECTOR)
    assert (orphan.kind, hold.about) == (TaskKind.ORPHAN, held.intake_id)

    for actor, task in ((RECYCLER, orphan), (COLLECTOR, hold)):
        with pytest.raises(TaskNotFoundError):
            portal.close_task(actor, task.task_id)
    portal.close_task(COLLECTOR, orphan.task_id)

    assert portal.open_tasks(COLLECTOR) == [hold]
