"""Reports and cases of recycling: valid values with one thing changed."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent / "vectors" / "recycling"


def a_report_document(name: str = "rl-1", **changed: Any) -> dict[str, Any]:
    """Return the members of a vector as a file holds them, some of them replaced."""
    (path,) = VECTORS.glob(f"{name}-*.json")
    document = {**json.loads(path.read_text()), **changed}
    return deepcopy(document)


def without_expectations(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document as a user would write it: nothing expected stands in it."""
    kept = {
        member: value for member, value in document.items() if not member.startswith("expected")
    }
    kept["cases"] = [
        {member: value for member, value in case.items() if member != "expected"}
        for case in document.get("cases", [])
    ]
    return kept
