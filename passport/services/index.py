"""The index of a passport: what one audience finds, named by digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from passport.domain.access import Audience, Point, points_readable
from passport.domain.battery import Battery, BatteryModel
from passport.domain.passport import StatementKind
from passport.services.desk import StatementDesk
from passport.services.ports import SignedStatement
from passport.services.series import (
    index_series_iri,
    iri_of,
    iri_of_model,
    production_series_iri,
    series_iri,
)

INDEX_POINTS = {
    Audience.PUBLIC: Point.PUBLIC,
    Audience.LEGITIMATE_INTEREST: Point.INDIVIDUAL,
}
"""The audiences that have an index of their own, and the point each index belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportContents:
    """Everything an index of one battery speaks about.

    Attributes:
        statements: Newest item statements; condition and event chains are named, not listed.
        predecessors: IRIs of original batteries.
        successors: IRIs of batteries made from this one.
    """

    battery: Battery
    model: BatteryModel
    statements: Sequence[SignedStatement]
    predecessors: Sequence[str]
    successors: Sequence[str]


def sign_indexes(
    contents: PassportContents, desk: StatementDesk, *, previous: Mapping[str, SignedStatement]
) -> None:
    """Sign the next version of the index for each audience that has one.

    Args:
        contents: What the indexes name.
        desk: Desk of the responsible operator.
        previous: Last version of each series, by IRI; empty for a new battery.
    """
    iri = iri_of(contents.battery)
    for audience, point in INDEX_POINTS.items():
        series = index_series_iri(iri, audience)
        desk.sign(
            StatementKind.INDEX,
            about=contents.battery.battery_id,
            subject_iri=iri,
            series_iri=series,
            point=point,
            content=_index_content(contents, audience, desk),
            previous=previous.get(series),
        )


def _index_content(
    contents: PassportContents, audience: Audience, desk: StatementDesk
) -> dict[str, object]:
    readable = points_readable(frozenset({audience}))
    battery, model = contents.battery, contents.model
    content: dict[str, object] = {
        "audience": audience.value,
        "granularity": "item",
        "passportState": battery.state.value,
        "lastUpdatedAt": desk.work.clock.now(),
        "responsibleOperator": {
            "id": desk.operator.did,
            "partyName": desk.operator.name,
            "operatorIdentifier": desk.operator.operator_uri,
        },
        "statements": [
            {
                "statementKind": statement.kind.value,
                "statement": statement.iri,
                "statementDigest": f"sha256:{statement.digest.hex()}",
                "annexXiiiPoint": statement.point,
            }
            for statement in contents.statements
            if statement.point in readable
        ],
        "modelSeries": [
            series_iri(iri_of_model(model), kind)
            for kind in (StatementKind.MODEL_PUBLIC, StatementKind.MODEL_RESTRICTED)
            if kind.point in readable
        ],
        "productionSeries": [
            production_series_iri(model, str(model.content.get("productionYear", "all")))
        ],
    }
    if Point.INDIVIDUAL in readable:
        content["conditionChain"] = series_iri(iri_of(battery), StatementKind.CONDITION)
    if contents.predecessors:
        content["predecessors"] = list(contents.predecessors)
    if contents.successors:
        content["successors"] = list(contents.successors)
    return content
