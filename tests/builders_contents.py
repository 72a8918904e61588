"""Contents and statements that are valid, with one thing changed."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from passport.domain.applicability import Life, Needs, Scope
from passport.domain.battery import Category, SubType, energy_kwh, needs_passport
from passport.domain.content import Content, Level
from passport.domain.passport import StatementKind
from passport.linked_data.documents import build_statement, parse_input
from passport.rules.rulebook import read_rulebook

SCHEMAS = Path(__file__).parents[1] / "schemas"
HOST = "https://id.voltra.example.com"
BATTERY_IRI = f"{HOST}/01/09506000134352/21/EV75-000001"
MODEL_IRI = f"{HOST}/01/09506000134352"
STATEMENT_IRI = f"{HOST}/statements/0197a0c0-0000-7000-8000-000000000001"
ISSUER = "did:web:id.voltra.example.com:operators:voltra"
VALID_FROM = datetime(2027, 2, 18, 12, tzinfo=UTC)

MODEL_LEVELS = frozenset({Level.MODEL, Level.PRODUCTION})
ITEM_LEVELS = frozenset({Level.ITEM, Level.DECLARED})
CONDITION_LEVELS = frozenset({Level.CONDITION})

EXAMPLES = sorted(path.stem for path in (SCHEMAS / "examples").glob("*.json"))
"""The examples in `schemas/examples`; the name says what each is about."""
MODEL_EXAMPLES = [name for name in EXAMPLES if "-model" in name]
ITEM_EXAMPLES = [name for name in EXAMPLES if "-model" not in name and "-condition" not in name]

PLACED_ON = date(2027, 2, 18)


def needs_of(
    category: Category, sub_type: SubType | None = None, on: date = PLACED_ON, **changed: object
) -> Needs:
    """Return what is asked of a first-life battery that is placed and read on a day."""
    scope = Scope(category=category, sub_type=sub_type, placed_on=on, read_on=on, **changed)
    return read_rulebook().needs(scope)


def an_example(name: str) -> dict[str, Any]:
    return parse_input((SCHEMAS / "examples" / f"{name}.json").read_bytes())


def a_content(name: str = "ev-pack-model", **changed: object) -> dict[str, object]:
    """Return the content of an example; a change to `None` leaves the term out."""
    content = {**an_example(name)["content"], **changed}
    return {term: value for term, value in content.items() if value is not None}


def levels_of(name: str) -> frozenset[Level]:
    """Return what an example is about."""
    if name in MODEL_EXAMPLES:
        return MODEL_LEVELS
    return ITEM_LEVELS if name in ITEM_EXAMPLES else CONDITION_LEVELS


def model_of_example(name: str) -> dict[str, object]:
    """Return the content of the model that an example is, or is a battery of."""
    if name in MODEL_EXAMPLES:
        return a_content(name)
    gtin = an_example(name).get("gtin", an_example("ev-pack-model")["gtin"])
    return next(
        a_content(model)
        for model in MODEL_EXAMPLES
        if not model.endswith("-minimal") and an_example(model)["gtin"] == gtin
    )


def scope_of_example(name: str) -> Scope:
    """Return the kind of battery that an example is of, placed on its day."""
    model = model_of_example(name)
    category = Category(str(model["category"]))
    return Scope(
        category=category,
        sub_type=SubType(str(model["subType"])) if "subType" in model else None,
        placed_on=PLACED_ON,
        read_on=PLACED_ON,
        life=Life.SECOND if model.get("madeFromUsedBatteries") else Life.FIRST,
        is_light=not needs_passport(category, energy_kwh(model)),
    )


def needs_of_example(name: str) -> Needs:
    """Return what is asked of the kind of battery that an example is of."""
    return read_rulebook().needs(scope_of_example(name))


_NEEDED = {
    StatementKind.MODEL_PUBLIC: {"category": "EV"},
    StatementKind.ITEM_DECLARED: {"batteryStatus": "original"},
    StatementKind.CONDITION: {"measuredAt": "2027-03-01T00:00:00Z"},
    StatementKind.EVENT: {"eventKind": "repair"},
    StatementKind.INDEX: {
        "audience": "public",
        "granularity": "item",
        "passportState": "active",
        "lastUpdatedAt": "2027-03-01T00:00:00Z",
    },
}
"""What a statement is nothing without, where a test does not say it."""


def a_statement(
    kind: StatementKind = StatementKind.ITEM_PUBLIC, content: Content | None = None, **changed: Any
) -> dict[str, Any]:
    arguments = {
        "statement_iri": STATEMENT_IRI,
        "subject_iri": BATTERY_IRI,
        "series_iri": f"{BATTERY_IRI}/series/{kind.value}",
        "version": 1,
        "issuer_did": ISSUER,
        "valid_from": VALID_FROM,
        **changed,
    }
    content = {"serialNumber": "EV75-000001"} if content is None else content
    return build_statement(kind, content={**_NEEDED.get(kind, {}), **content}, **arguments)


def as_bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
