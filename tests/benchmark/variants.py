"""The frozen statement of a model, and variants of it that differ in their values."""

import re
from typing import Any

import orjson
from builders_signing import VECTORS

NUMBER_OF_VARIANTS = 256
_NUMBER = re.compile(r"[0-9]+\.[0-9]+")
_MODEL = "/01/09506000134352"


def unsigned_variants() -> list[dict[str, Any]]:
    """Make the variants: another model each, and other digits in each number."""
    text = VECTORS.joinpath("benchmark", "model-public.json").read_text(encoding="utf-8")
    return [
        _with_digits(
            orjson.loads(text.replace(_MODEL, f"/01/{9506000134352 + number:014}")), number
        )
        for number in range(NUMBER_OF_VARIANTS)
    ]


def _with_digits(value: Any, number: int) -> Any:
    match value:
        case dict():
            return {name: _with_digits(one, number) for name, one in value.items()}
        case list():
            return [_with_digits(one, number) for one in value]
        case str() if _NUMBER.fullmatch(value):
            return f"{value}{number:03}"
        case _:
            return value
