"""Decisions as trees of plain values, and back."""

from collections.abc import Mapping
from typing import Any

from recycler_portal.domain.intake import Decision, Reason
from recycler_portal.domain.waste_battery import Damage, Packaging, Stream


def decision_tree(decision: Decision) -> dict[str, Any]:
    """Write a decision."""
    return {
        "chemistry": decision.chemistry,
        "chemistry_family": decision.chemistry_family,
        "stream": decision.stream.value,
        "packaging": decision.packaging.value,
        "un_number": decision.un_number,
        "proper_name": decision.proper_name,
        "waste_code": decision.waste_code,
        "is_hazardous": decision.is_hazardous,
        "damage": decision.damage.value,
        "must_hold": decision.must_hold,
        "warnings": list(decision.warnings),
        "headline": decision.headline,
        "instructions": list(decision.instructions),
        "reasons": {
            member: {
                "rule": reason.rule,
                "source": reason.source,
                "inputs": dict(reason.inputs),
                "certain": reason.certain,
            }
            for member, reason in decision.reasons.items()
        },
    }


def decision_from(tree: Mapping[str, Any]) -> Decision:
    """Read a decision."""
    return Decision(
        chemistry=tree["chemistry"],
        chemistry_family=tree["chemistry_family"],
        stream=Stream(tree["stream"]),
        packaging=Packaging(tree["packaging"]),
        un_number=tree["un_number"],
        proper_name=tree["proper_name"],
        waste_code=tree["waste_code"],
        is_hazardous=tree["is_hazardous"],
        damage=Damage(tree["damage"]),
        must_hold=tree["must_hold"],
        warnings=tuple(tree["warnings"]),
        headline=tree["headline"],
        instructions=tuple(tree["instructions"]),
        reasons={member: Reason(**reason) for member, reason in tree["reasons"].items()},
    )
