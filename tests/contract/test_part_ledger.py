"""The part ledger on both databases: recorded, changed, each change signed and read again."""

import pytest
from builders import (
    COLLECTOR,
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    NOON,
    OTHER_PACK,
    PACK,
    RIVAL,
    a_condition,
    give_second_life,
    register,
)
from builders_parts import DAY, contents, modules, record_modules, serials_at

from passport.domain.access import EVENT_SCOPE, Audience
from passport.domain.actor import PUBLIC
from passport.domain.errors import (
    AccessDeniedError,
    ContentRefusedError,
    IdempotencyConflictError,
)
from passport.domain.event import EventKind
from passport.domain.structure import (
    ChangeOutOfOrderError,
    ChangeReason,
    PartElsewhereError,
    PartHistory,
    PartMismatchError,
    PartRefusedError,
    PartUnknownError,
    PositionTakenError,
    StructureLevel,
    Whereabouts,
)
from passport.services.part_change import Destination, PartChange
from passport.services.part_moves import DECLARE_ANEW
from passport.services.readers import NewGrant
from passport.services.structure import NewPart, NewStructure

# --- recording ------------------------------------------------------------------------------------


def test_a_recorded_structure_is_read_again_as_a_tree_with_positions(record):
    register(record)
    parts = (
        NewPart(level=StructureLevel.MODULE, serial="MOD-1", position="M1"),
        NewPart(level=StructureLevel.CELL, serial="CELL-2", position="M1/C2"),
        NewPart(level=StructureLevel.CELL, serial="CELL-1", position="C1", parent="MOD-1"),
    )

    record.services.record_structure(MAKER, PACK, NewStructure(parts=parts))

    structure = record.services.read_structure(MAKER, PACK)
    assert structure.level is StructureLevel.PACK
    (module,) = structure.parts
    assert (module.serial, module.position) == ("MOD-1", "M1")
    assert [(cell.serial, cell.position) for cell in module.parts] == [
        ("CELL-1", "M1/C1"),
        ("CELL-2", "M1/C2"),
    ]


def test_a_recorded_structure_is_one_signed_event_that_names_each_part(record):
    register(record)

    record_modules(record)

    (said,) = contents(record, PACK, EventKind.STRUCTURE_RECORDED)
    assert [node["partSerialNumber"] for node in said["installedParts"]] == ["A", "B", "C"]
    assert [node["partPosition"] for node in said["installedParts"]] == ["M1", "M2", "M3"]
    assert said["installedParts"][0]["partIdentifier"].endswith("/operators/voltra/parts/A")


def test_the_same_structure_again_adds_nothing(record):
    register(record)
    record_modules(record)

    again = record.services.record_structure(MAKER, PACK, modules("A", "B", "C"))

    assert [*again.event_ids, *again.installed] == []
    assert len(contents(record, PACK, EventKind.STRUCTURE_RECORDED)) == 1


def test_each_row_that_cannot_be_is_named_and_nothing_is_stored(record):
    register(record)
    parts = (
        NewPart(level=StructureLevel.MODULE, serial="A", position="M1", row=1),
        NewPart(level=StructureLevel.MODULE, serial="B", position="M1", row=2),
        NewPart(level=StructureLevel.RACK, serial="R", position="R1", row=3),
        NewPart(level=StructureLevel.CELL, serial="C", position="C1", parent="Z", row=4),
    )

    with pytest.raises(ContentRefusedError) as refused:
        record.services.record_structure(MAKER, PACK, NewStructure(parts=parts))

    assert sorted(problem.row for problem in refused.value.problems) == [2, 3, 4]
    assert record.services.read_structure(MAKER, PACK).parts == ()


def test_only_who_answers_for_a_battery_records_its_structure(record):
    register(record)

    with pytest.raises(AccessDeniedError):
        record.services.record_structure(RIVAL, PACK, modules("A"))


# --- swapping -------------------------------------------------------------------------------------


def test_a_swap_is_one_event_with_what_went_out_and_what_came_in(record):
    register(record)
    record_modules(record)

    receipt = record.services.swap_part(
        MAKER,
        PACK,
        PartChange(position="M2", out="B", put_in="NEW-1", reason=ChangeReason.FAULT),
    )

    assert serials_at(record) == {"M1": "A", "M2": "NEW-1", "M3": "C"}
    (said,) = contents(record, PACK, EventKind.PART_SWAPPED)
    assert said["partChangeReason"] == "fault"
    assert [node["partSerialNumber"] for node in said["removedParts"]] == ["B"]
    assert said["removedParts"][0]["partDestination"] == "store"
    assert [node["partSerialNumber"] for node in said["installedParts"]] == ["NEW-1"]
    assert said["installedParts"][0]["partOrigin"] == "new"
    assert receipt.removed[0].whereabouts is Whereabouts.STORE
    assert receipt.installed[0].position == "M2"


def test_the_structure_before_a_swap_can_still_be_read(record):
    register(record)
    record_modules(record)

    record.services.swap_part(
        MAKER, PACK, PartChange(position="M2", put_in="NEW-1", occurred_at=NOON - 2 * DAY)
    )

    assert serials_at(record, at=NOON - 11 * DAY) == {}
    assert serials_at(record, at=NOON - 3 * DAY)["M2"] == "B"
    assert serials_at(record, at=NOON - 2 * DAY)["M2"] == "NEW-1"


def test_a_swap_says_that_the_declared_values_are_older(record):
    register(record)
    record_modules(record)
    assert record.services.read_structure(MAKER, PACK).findings == ()

    receipt = record.services.swap_part(MAKER, PACK, PartChange(position="M1", put_in="N"))

    assert list(receipt.findings) == [DECLARE_ANEW]
    assert record.services.read_structure(MAKER, PACK).findings == (DECLARE_ANEW,)


def test_another_part_at_the_position_than_the_one_named_is_refused(record):
    register(record)
    record_modules(record)

    with pytest.raises(PartMismatchError, match="M1 holds module A on record, not B"):
        record.services.swap_part(MAKER, PACK, PartChange(position="M1", out="B", put_in="N"))


def test_a_part_is_put_into_an_empty_position_alone(record):
    register(record)
    record_modules(record)

    with pytest.raises(PositionTakenError, match="M1 holds module"):
        record.services.install_part(
            MAKER, PACK, PartChange(position="M1", put_in="N", level=StructureLevel.MODULE)
        )

    record.services.install_part(
        MAKER, PACK, PartChange(position="M4", put_in="N", level=StructureLevel.MODULE)
    )
    assert serials_at(record)["M4"] == "N"


def test_a_part_that_holds_others_takes_them_along(record):
    register(record)
    cells = (
        NewPart(level=StructureLevel.MODULE, serial="A", position="M1"),
        NewPart(level=StructureLevel.CELL, serial="A1", position="M1/C1"),
    )
    record.services.record_structure(MAKER, PACK, NewStructure(parts=cells))

    record.services.swap_part(MAKER, PACK, PartChange(position="M1", put_in="B"))
    assert serials_at(record) == {"M1": "B"}

    record.services.swap_part(MAKER, PACK, PartChange(position="M1", put_in="A"))
    assert serials_at(record) == {"M1": "A", "M1/C1": "A1"}


def test_two_modules_change_places_in_one_step(record):
    register(record)
    record_modules(record)

    record.services.swap_part(
        MAKER,
        PACK,
        PartChange(
            position="M1",
            put_in="C",
            destination=Destination.BATTERY,
            to_battery=PACK,
            to_position="M3",
        ),
    )

    assert serials_at(record) == {"M1": "C", "M2": "B", "M3": "A"}


def test_a_change_before_the_last_one_is_refused(record):
    register(record)
    record_modules(record)
    record.services.swap_part(MAKER, PACK, PartChange(position="M1", put_in="N"))

    with pytest.raises(ChangeOutOfOrderError, match="in the order"):
        record.services.swap_part(
            MAKER, PACK, PartChange(position="M2", put_in="O", occurred_at=NOON - DAY)
        )


def test_a_part_that_became_waste_does_not_come_back_without_a_correction(record):
    register(record)
    record_modules(record)
    record.services.take_out_part(
        MAKER, PACK, PartChange(position="M1", destination=Destination.WASTE)
    )

    with pytest.raises(PartRefusedError, match="became waste"):
        record.services.install_part(MAKER, PACK, PartChange(position="M1", put_in="A"))

    record.services.install_part(
        MAKER, PACK, PartChange(position="M1", put_in="A", reason=ChangeReason.CORRECTION)
    )
    assert serials_at(record)["M1"] == "A"


def test_the_same_swap_with_the_same_key_is_answered_again_and_done_once(record):
    register(record)
    record_modules(record)
    change = PartChange(position="M1", put_in="N")

    first = record.services.swap_part(MAKER, PACK, change, idempotency_key="k")
    second = record.services.swap_part(MAKER, PACK, change, idempotency_key="k")

    assert list(first.event_ids) == list(second.event_ids)
    assert len(contents(record, PACK, EventKind.PART_SWAPPED)) == 1
    with pytest.raises(IdempotencyConflictError):
        record.services.swap_part(
            MAKER, PACK, PartChange(position="M2", put_in="N"), idempotency_key="k"
        )


# --- between batteries ----------------------------------------------------------------------------


def test_a_module_that_moves_is_in_the_history_of_both_batteries(record):
    register(record)
    register(record, OTHER_PACK)
    record_modules(record, PACK, "A", "B")
    record_modules(record, OTHER_PACK, "X", "Y")

    record.services.swap_part(MAKER, PACK, PartChange(position="M1", put_in="X"))

    assert serials_at(record, PACK) == {"M1": "X", "M2": "B"}
    assert serials_at(record, OTHER_PACK) == {"M2": "Y"}
    (came,) = contents(record, PACK, EventKind.PART_SWAPPED)
    (went,) = contents(record, OTHER_PACK, EventKind.PART_REMOVED)
    assert came["installedParts"][0]["movedFrom"].endswith(OTHER_PACK)
    assert went["removedParts"][0]["movedTo"].endswith(PACK)


def test_mixed_origin_is_shown_with_the_health_the_other_battery_had(record):
    register(record)
    register(record, OTHER_PACK)
    record_modules(record, PACK, "A", "B", "C")
    record_modules(record, OTHER_PACK, "X")
    record.services.record_condition(
        MAKER, OTHER_PACK, a_condition(assessedStateOfHealthPercent="81.5"), NOON - DAY
    )

    record.services.swap_part(MAKER, PACK, PartChange(position="M1", put_in="X"))

    structure = record.services.read_structure(MAKER, PACK)
    (mixed,) = structure.mixed
    assert (mixed.level, mixed.foreign, mixed.total) == (StructureLevel.MODULE, 1, 3)
    origin = structure.parts[0].origin
    assert (origin.battery_id, origin.health_percent, origin.was_waste) == (
        OTHER_PACK,
        "81.5",
        False,
    )


def test_a_module_out_of_waste_or_of_unknown_history_is_flagged(record):
    register(record)
    register(record, OTHER_PACK)
    record_modules(record, PACK, "A", "B", "C")
    record_modules(record, OTHER_PACK, "X")
    record.services.take_out_part(MAKER, OTHER_PACK, PartChange(position="M1", note="for PACK"))
    record.services.swap_part(MAKER, PACK, PartChange(position="M1", put_in="X"))
    record.services.swap_part(
        MAKER, PACK, PartChange(position="M2", put_in="OLD", history=PartHistory.UNKNOWN)
    )

    (mixed,) = record.services.read_structure(MAKER, PACK).mixed
    assert (mixed.foreign, mixed.questionable) == (2, 1)


def test_another_operators_part_is_not_taken_out_of_its_battery(record):
    register(record)
    record_modules(record, PACK, "A")
    register(record, OTHER_PACK)
    give_second_life(record, NEW_LIFE, OTHER_PACK)

    with pytest.raises(PartElsewhereError, match="do not dispose"):
        record.services.install_part(
            INTEGRATOR,
            NEW_LIFE,
            PartChange(
                position="M1",
                put_in="operators/voltra/parts/A",
                level=StructureLevel.MODULE,
            ),
        )


def test_who_holds_a_grant_for_events_swaps_and_others_do_not(record):
    register(record)
    record_modules(record)
    with pytest.raises(AccessDeniedError):
        record.services.swap_part(INTEGRATOR, PACK, PartChange(position="M1", put_in="I"))

    record.services.grant_access(
        MAKER,
        NewGrant(
            organisation="again",
            battery_id=PACK,
            audience=Audience.LEGITIMATE_INTEREST,
            purpose="repair",
            legal_ground="contract",
            scopes=frozenset({EVENT_SCOPE}),
        ),
    )
    record.services.swap_part(INTEGRATOR, PACK, PartChange(position="M1", put_in="I"))

    assert serials_at(record)["M1"] == "I"
    where = record.services.where_is_part(INTEGRATOR, "A")
    assert (where.part.place.whereabouts, where.part.place.holder) == (Whereabouts.STORE, "again")


def test_the_structure_is_closed_to_the_public_and_to_competitors(record):
    register(record)
    record_modules(record)

    for stranger in (PUBLIC, RIVAL, COLLECTOR):
        with pytest.raises(AccessDeniedError):
            record.services.read_structure(stranger, PACK)
        with pytest.raises((PartUnknownError, AccessDeniedError)):  # the public has no reach
            record.services.where_is_part(stranger, "A")
    assert all(
        event.kind is not EventKind.STRUCTURE_RECORDED
        for event in record.services.events_of(RIVAL, PACK)
    )
