"""What to hold against the battery itself: a genuine record can hang on another battery."""

from collections.abc import Mapping, Sequence
from typing import Any

from passport.domain.passport import StatementKind
from passport.domain.term_names import TermName
from passport.services.verification_report import Comparison
from passport.services.verification_rules import GenuineStatement

_IN_WORDS = (
    (TermName.SERIAL_NUMBER, "the serial number on the battery or its label", ""),
    (TermName.INDIVIDUAL_MASS_KILOGRAMS, "the mass of this battery, on a scale", " kg"),
    (TermName.MASS_KILOGRAMS, "the mass that the label gives", " kg"),
    (TermName.CHEMISTRY_NAME, "the chemistry that the label gives", ""),
    (TermName.CHEMISTRY, "the chemistry that the label gives, as code", ""),
    (TermName.MODEL_IDENTIFIER, "the model that the label gives", ""),
)
_SOURCES = frozenset({StatementKind.ITEM_PUBLIC, StatementKind.MODEL_PUBLIC})


def what_to_compare(statements: Sequence[GenuineStatement]) -> list[Comparison]:
    """Return what a person looks at on the battery, in the order of looking.

    Args:
        statements: Statements whose proof holds.
    """
    said: dict[str, Any] = {}
    battery = ""
    for statement in statements:
        if statement.kind in _SOURCES:
            said |= statement.subject
        if statement.kind is StatementKind.ITEM_PUBLIC:
            battery = str(statement.subject["id"])
    found = [
        Comparison(what=what, value=f"{_text(said[term])}{unit}")
        for term, what, unit in _IN_WORDS
        if _text(said.get(term))
    ]
    if battery:
        found.insert(0, Comparison(what="where the QR code on the battery leads", value=battery))
    photos = said.get(TermName.PHOTOS)
    found.extend(
        Comparison(what="the battery, beside this photo", value=_text(photo.get("documentTitle")))
        for photo in (photos if isinstance(photos, list) else [])
    )
    return found


def _text(value: object) -> str:
    """Return a value in words; of several languages the first, of a missing one nothing."""
    match value:
        case str():
            return value
        case list() if value:
            return _text(value[0])
        case Mapping():
            return str(value.get("en") or value.get("@value") or "")
        case _:
            return ""
