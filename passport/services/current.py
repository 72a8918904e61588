"""The battery as the record has it now, and its statements signed anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from passport.domain.battery import Battery, BatteryModel
from passport.domain.errors import InvalidValueError, PassportCeasedError, TransitionRefusedError
from passport.domain.identifiers import BatteryId
from passport.domain.organisation import Operator
from passport.domain.second_life import NEEDED_EVIDENCE, Succession
from passport.domain.status import PassportState
from passport.services.issue import ModelUnknownError, sign_item
from passport.services.ports import SignedStatement, Work
from passport.services.series import iri_of

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""An instant that a reporter's clock puts so little ahead counts as now."""


def read_living(battery_id: BatteryId, *, work: Work) -> Battery:
    """Return a battery whose passport has not ceased.

    Raises:
        PassportNotFoundError: None is registered.
        PassportCeasedError: It has been recycled.
        TransitionRefusedError: Its registration was annulled.
    """
    battery = work.passports.read(battery_id)
    if battery.state is PassportState.CEASED:
        raise PassportCeasedError(battery_id)
    if battery.state is PassportState.ANNULLED:
        raise TransitionRefusedError(f"the registration of battery {battery_id} was annulled")
    return battery


def read_model_of(battery: Battery, *, work: Work) -> BatteryModel:
    """Return the model of a battery on record."""
    model = work.passports.find_model(battery.model_id)
    if model is None:
        raise ModelUnknownError(
            f"model {battery.model_id} of {battery.battery_id} is not on record"
        )
    return model


def resign(
    battery: Battery,
    signer: Operator,
    *,
    work: Work,
    successors: Sequence[str] = (),
) -> None:
    """Sign the item statements and indexes of a battery anew, by who answers for it now.

    Args:
        battery: The battery as it is from now on.
        signer: Operator responsible from now on.
        work: The unit of work.
        successors: IRIs of batteries made from it by this same use case.
    """
    made = work.successions.made(battery.battery_id)
    known = [
        iri_of(work.passports.read(succession.battery_id))
        for succession in work.successions.successors_of(battery.battery_id)
        if succession.has_taken_effect
    ]
    sign_item(
        battery,
        read_model_of(battery, work=work),
        signer,
        links=links_of(made, work=work) if made else {},
        previous=newest_by_series(battery.battery_id, work=work),
        successors=[*known, *successors],
        work=work,
    )


def newest_by_series(about: str, *, work: Work) -> dict[str, SignedStatement]:
    """Return the last version of each series about a battery or model."""
    return {statement.series: statement for statement in work.statements.newest_about(about)}


def links_of(succession: Succession, *, work: Work) -> dict[str, object]:
    """Return the terms that link a battery to its originals, and the evidence that it may be."""
    ours = [work.passports.read(p.battery_id) for p in succession.predecessors if p.battery_id]
    foreign = [p.foreign_iri for p in succession.predecessors if p.foreign_iri]
    links: dict[str, object] = {
        "secondLifeOperation": succession.operation.value,
        "evidenceDocuments": [
            {
                "documentKind": f"evidence-of-{evidence.kind}"
                if evidence.kind in NEEDED_EVIDENCE
                else "other",
                "documentTitle": {"en": evidence.description},
                "documentDigest": evidence.digest,
            }
            for evidence in succession.evidence
        ],
    }
    if ours or foreign:
        links["predecessors"] = [*(iri_of(battery) for battery in ours), *foreign]
    plates = [p.plate for p in succession.predecessors if p.plate is not None]
    if plates:
        links["legacyPredecessors"] = [
            {
                "plateText": plate.label,
                "plateManufacturer": plate.manufacturer,
                "plateModel": plate.model,
                "serialNumber": plate.serial,
                "chemistry": plate.chemistry,
                "manufacturedOn": plate.manufactured,
                "ratedCapacityAmpereHours": plate.rated_capacity_ah,
                "platePhotos": [
                    {"documentKind": "photo", "documentDigest": digest} for digest in plate.photos
                ],
            }
            for plate in plates
        ]
    return links


def require_past(instant: datetime, *, work: Work) -> None:
    """Refuse an instant that lies ahead.

    Raises:
        InvalidValueError: With the instant.
    """
    if instant > work.clock.now() + CLOCKS_DIFFER_BY:
        raise InvalidValueError(f"{instant.isoformat()} lies ahead; report what has happened")
