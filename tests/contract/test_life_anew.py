"""Batteries are placed on the market anew, on both kinds of database."""

from dataclasses import replace

import pytest
from builders import (
    ADMINISTRATOR,
    AUTHORITY,
    COLLECTIVE,
    COLLECTOR,
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    NOON,
    PACK,
    RIVAL,
    THIRD_LIFE,
    a_new_battery,
    a_remanufacturing,
    a_second_life,
    give_second_life,
    register,
)
from builders_contents import a_content
from builders_life import (
    IN_NL,
    a_pro_line,
    kinds_of_notice,
    newest,
    public_index,
    require_verified,
    standing,
)

from passport.domain.access import Audience
from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    InvalidValueError,
    TransitionRefusedError,
)
from passport.domain.passport import StatementKind
from passport.domain.second_life import Predecessor
from passport.domain.status import BatteryStatus, Operation, PassportState
from passport.services.operator_change import OperatorChange
from passport.services.second_life import EvidenceMissingError, SuccessionUnknownError


def test_a_second_life_takes_effect_on_placing_and_on_nothing_before(record):
    services = record.services
    register(record)

    succession = services.declare_second_life(INTEGRATOR, "again", a_second_life(record))

    assert standing(record).responsible == "voltra"
    assert standing(record).state is PassportState.ACTIVE
    assert standing(record).successors == []
    assert kinds_of_notice(record, MAKER) == ["second-life-declared"]

    registration = services.place_second_life(INTEGRATOR, succession.succession_id, NOON.date())

    assert standing(record).responsible == "again"
    assert standing(record).state is PassportState.ARCHIVED
    assert standing(record).successors == [NEW_LIFE]
    new = standing(record, NEW_LIFE)
    assert (new.status, new.responsible) == (BatteryStatus.REPURPOSED, "again")
    assert new.predecessors == [PACK, "Oldvolt OV-60 OV60-1"]
    assert public_index(record, PACK)["successors"] == [registration.iri]
    assert public_index(record, PACK)["passportState"] == "archived"
    item = newest(record, NEW_LIFE, StatementKind.ITEM_PUBLIC)
    assert item["predecessors"] == [f"http://localhost:8000/{PACK}"]
    for battery_id in (PACK, NEW_LIFE):
        require_verified(record, battery_id, Audience.PUBLIC)
        require_verified(record, battery_id, Audience.LEGITIMATE_INTEREST)


def test_who_took_a_battery_over_is_believed_for_the_former_makers_products(record):
    # The maker's and the integrator's own products have other prefixes.
    register(record)
    bind = record.services.change_operator
    bind(SYSTEM, "voltra", OperatorChange(gtin_prefixes=(PACK[4:13],)))
    bind(SYSTEM, "again", OperatorChange(gtin_prefixes=(NEW_LIFE[4:16],)))

    give_second_life(record)

    for battery_id in (PACK, NEW_LIFE):
        require_verified(record, battery_id, Audience.PUBLIC)


def test_placing_twice_places_once(record):
    register(record)
    succession = give_second_life(record)
    size = record.log.checkpoint()

    again = record.services.place_second_life(INTEGRATOR, succession.succession_id, NOON.date())

    assert not again.is_new
    assert record.log.checkpoint() == size


def test_a_dispute_is_kept_and_blocks_nothing(record):
    services = record.services
    register(record)
    succession = services.declare_second_life(INTEGRATOR, "again", a_second_life(record))

    disputed = services.dispute_second_life(MAKER, succession.succession_id, "we never sold it")

    assert disputed.disputes[0].reason == "we never sold it"
    assert kinds_of_notice(record, INTEGRATOR) == ["second-life-disputed"]
    assert services.place_second_life(INTEGRATOR, succession.succession_id, NOON.date()).is_new
    late = services.dispute_second_life(MAKER, succession.succession_id, "still not")
    assert len(late.disputes) == 2
    assert services.read_succession(AUTHORITY, succession.succession_id).disputes == late.disputes


def test_only_those_concerned_see_and_dispute_a_second_life(record):
    services = record.services
    register(record)
    succession = services.declare_second_life(INTEGRATOR, "again", a_second_life(record))

    for actor in (RIVAL, COLLECTOR, ADMINISTRATOR, PUBLIC):
        with pytest.raises(SuccessionUnknownError):
            services.read_succession(actor, succession.succession_id)
        with pytest.raises(SuccessionUnknownError):
            services.dispute_second_life(actor, succession.succession_id, "mine")
    with pytest.raises(AccessDeniedError):
        services.place_second_life(RIVAL, succession.succession_id, NOON.date())


def test_a_visitor_has_no_say_in_the_second_life_of_an_orphan(record):
    services = record.services
    register(record)
    services.declare_waste(COLLECTOR, PACK, IN_NL)
    new = a_second_life(record, operation=Operation.PREPARATION_FOR_REPURPOSING)
    new = replace(
        new,
        predecessors=(
            new.predecessors[0],
            replace(new.predecessors[1], declared_status=BatteryStatus.WASTE),
        ),
    )
    succession = services.declare_second_life(INTEGRATOR, "again", new)

    with pytest.raises(SuccessionUnknownError):
        services.read_succession(PUBLIC, succession.succession_id)
    with pytest.raises(SuccessionUnknownError):
        services.dispute_second_life(PUBLIC, succession.succession_id, "mine")


def test_who_answered_for_the_waste_may_dispute_after_the_placing_too(record):
    services = record.services
    register(record)
    services.enter_registration(MAKER, a_pro_line())
    services.declare_waste(COLLECTOR, PACK, IN_NL)
    succession = give_second_life(
        record,
        operation=Operation.PREPARATION_FOR_REPURPOSING,
        predecessors=(Predecessor(battery_id=PACK),),
    )

    disputed = services.dispute_second_life(COLLECTIVE, succession.succession_id, "stolen")

    assert [one.organisation for one in disputed.disputes] == ["collective"]


def test_a_second_life_needs_evidence_of_title_and_operation_that_was_uploaded(record):
    services = record.services
    register(record)
    new = a_second_life(record)

    for kept in new.evidence:
        with pytest.raises(EvidenceMissingError, match="is missing"):
            services.declare_second_life(INTEGRATOR, "again", replace(new, evidence=(kept,)))
    invented = tuple(replace(one, digest="sha256:" + "0" * 64) for one in new.evidence)
    with pytest.raises(EvidenceMissingError, match="uploaded by you"):
        services.declare_second_life(INTEGRATOR, "again", replace(new, evidence=invented))
    bare = Predecessor(plate=replace(new.predecessors[1].plate, photos=()))
    with pytest.raises(EvidenceMissingError, match="photo of its plate"):
        services.declare_second_life(INTEGRATOR, "again", replace(new, predecessors=(bare,)))


@pytest.mark.parametrize(
    ("predecessors", "why"),
    [
        ((), "at least one"),
        ((Predecessor(),), "named once"),
        ((Predecessor(battery_id=PACK, foreign_iri="https://x.example/1"),), "named once"),
        ((Predecessor(battery_id=PACK), Predecessor(battery_id=PACK)), "named twice"),
        ((Predecessor(foreign_iri=f"https://x.example/{PACK}"),), "on record here"),
    ],
)
def test_originals_are_named_each_once_and_in_one_way(record, predecessors, why):
    register(record)
    new = replace(a_second_life(record), predecessors=predecessors)

    with pytest.raises(InvalidValueError, match=why):
        record.services.declare_second_life(INTEGRATOR, "again", new)


def test_an_original_is_placed_anew_once(record):
    services = record.services
    register(record)
    one = services.declare_second_life(INTEGRATOR, "again", a_second_life(record))
    other = services.declare_second_life(INTEGRATOR, "again", a_second_life(record, THIRD_LIFE))
    services.place_second_life(INTEGRATOR, one.succession_id, NOON.date())

    with pytest.raises(ConflictError, match="anew already"):
        services.place_second_life(INTEGRATOR, other.succession_id, NOON.date())
    with pytest.raises(ConflictError, match="on record already"):
        services.declare_second_life(INTEGRATOR, "again", a_second_life(record))


def test_a_declared_second_life_is_not_registered_by_the_back_door(record):
    register(record)
    new = a_second_life(record)
    record.services.declare_second_life(INTEGRATOR, "again", new)
    entry = replace(a_new_battery(NEW_LIFE), content=new.content)

    with pytest.raises(ConflictError, match="declared as a second life"):
        record.services.register_battery(INTEGRATOR, "again", entry)


def test_remanufacturing_is_measured_by_the_rated_capacity_on_record(record):
    services = record.services
    register(record)
    rated = str(a_content("ev-pack-model")["ratedCapacityAmpereHours"])
    new = a_second_life(record, operation=Operation.REMANUFACTURING)
    flattering = a_remanufacturing(restored="100", original="100")

    with pytest.raises(TransitionRefusedError, match=f"says {rated} Ah"):
        services.declare_second_life(INTEGRATOR, "again", replace(new, remanufacturing=flattering))

    honest = replace(new, remanufacturing=a_remanufacturing(restored=rated, original=rated))
    succession = services.declare_second_life(INTEGRATOR, "again", honest)
    services.place_second_life(INTEGRATOR, succession.succession_id, NOON.date())
    assert standing(record, NEW_LIFE).status is BatteryStatus.REMANUFACTURED


def test_a_correction_of_an_archived_original_keeps_its_way_forward(record):
    register(record)
    give_second_life(record)

    record.services.amend_battery(
        INTEGRATOR, PACK, a_new_battery(individualMassKilograms="455.5").content
    )

    assert public_index(record, PACK)["successors"] == [f"http://localhost:8000/{NEW_LIFE}"]


def test_a_correction_of_a_second_life_keeps_its_originals_and_evidence(record):
    register(record)
    give_second_life(record)
    before = newest(record, NEW_LIFE, StatementKind.ITEM_DECLARED)
    content = a_second_life(record).content

    record.services.amend_battery(
        INTEGRATOR, NEW_LIFE, {**content, "individualMassKilograms": "99"}
    )

    after = newest(record, NEW_LIFE, StatementKind.ITEM_DECLARED)
    item = newest(record, NEW_LIFE, StatementKind.ITEM_PUBLIC)
    assert [one["documentDigest"] for one in after["evidenceDocuments"]] == [
        one["documentDigest"] for one in before["evidenceDocuments"]
    ]
    assert item["predecessors"] == [f"http://localhost:8000/{PACK}"]
    assert item["legacyPredecessors"][0]["plateModel"] == "OV-60"
