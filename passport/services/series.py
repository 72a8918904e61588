"""How the series of statements about a battery or model are called."""

from passport.domain.access import Audience, Point
from passport.domain.battery import Battery, BatteryModel
from passport.domain.event import EventKind, point_of_event
from passport.domain.identifiers import battery_iri, model_iri
from passport.domain.passport import StatementKind

CHAINS = frozenset({StatementKind.CONDITION, StatementKind.EVENT})
"""Kinds whose every statement stays true for its instant; a newer one supersedes nothing."""

_FRAGMENTS = {
    StatementKind.MODEL_PUBLIC: "model-public",
    StatementKind.MODEL_RESTRICTED: "model-restricted",
    StatementKind.MODEL_AUTHORITY: "model-authority",
    StatementKind.ITEM_PUBLIC: "item-public",
    StatementKind.ITEM_DECLARED: "item-declared",
    StatementKind.CONDITION: "conditions",
}


def iri_of(battery: Battery) -> str:
    """Return the battery's IRI, which its QR code holds."""
    return battery_iri(battery.base_url, battery.battery_id)


def iri_of_model(model: BatteryModel) -> str:
    """Return the model's IRI."""
    return model_iri(model.base_url, model.model_id)


def series_iri(subject_iri: str, kind: StatementKind) -> str:
    """Return the series of one kind about a battery or model."""
    return f"{subject_iri}#{_FRAGMENTS[kind]}"


def production_series_iri(model: BatteryModel, year: str) -> str:
    """Return the series about a model's production in one year."""
    return f"{iri_of_model(model)}#production-{year}"


def index_series_iri(subject_iri: str, audience: Audience) -> str:
    """Return the series of the index that one audience reads."""
    return f"{subject_iri}#index-{audience.value}"


def event_series_iri(subject_iri: str, kind: EventKind) -> str:
    """Return the chain an event belongs to: what the public sees is a chain of its own."""
    public = point_of_event(kind) is Point.PUBLIC
    return f"{subject_iri}#{'events-public' if public else 'events'}"
