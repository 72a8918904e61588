"""The signed versions of a model, and two of them beside each other; each reader sees its part."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Response

from passport.domain.errors import NotFoundError
from passport.domain.identifiers import ModelId, parse_model_id
from passport.domain.passport import StatementKind
from passport.services.model_versions import ModelVersion, VersionUnknownError
from passport.ui.forms import FormState
from passport.ui.views.common import Link
from passport.ui.views.editor import VersionLine, VersionsPage
from passport.web.dependencies import Visited
from passport.web.editor.changes import change_groups, count_of
from passport.web.pages.record import model_name
from passport.web.pages.words import instant_text

router = APIRouter(include_in_schema=False)

_PARTS = {
    StatementKind.MODEL_PUBLIC: "Public part",
    StatementKind.PRODUCTION: "Production run",
    StatementKind.MODEL_RESTRICTED: "Restricted part",
    StatementKind.MODEL_AUTHORITY: "Test reports",
}
_SAID = {"published": "Signed and published."}


@router.get("/models/{model_id:path}/versions")
def versions(model_id: str, visit: Visited) -> Response:
    """Show the versions of a model, and what differs between two of them."""
    wanted = parse_model_id(model_id)
    found = visit.services.model_versions(visit.actor, wanted)
    if not found:
        raise NotFoundError(f"nothing about model {wanted} is signed yet")
    query = visit.request.query_params
    before = max(len(found) - 1, 1)
    old = _number(query.get("from", str(before)), found)
    new = _number(query.get("to", str(len(found))), found)
    shows_unchanged = query.get("all") == "1"
    page = _page(wanted, found, (old, new), shows_unchanged=shows_unchanged)
    page = replace(page, said=_SAID.get(query.get("said", ""), ""))
    answer = visit.pages.show("model_versions.html", page)
    answer.headers["Vary"] = "Cookie, Authorization"
    return answer


def _page(
    model_id: ModelId,
    listed: Sequence[ModelVersion],
    chosen: tuple[ModelVersion, ModelVersion],
    *,
    shows_unchanged: bool,
) -> VersionsPage:
    old, new = chosen
    groups = change_groups(old.content, new.content, with_unchanged=shows_unchanged)
    count = count_of(groups)
    here = f"/models/{model_id}/versions?from={old.number}&to={new.number}"
    return VersionsPage(
        model=model_name(listed[-1].content) or model_id,
        back=Link(text="The model", href=f"/{model_id}"),
        action=f"/models/{model_id}/versions",
        versions=tuple(_line(one) for one in reversed(listed)),
        seen=_seen(listed),
        numbers=tuple((str(one.number), f"Version {one.number}") for one in listed),
        form=FormState.of({"from": str(old.number), "to": str(new.number)}),
        summary=_summary(old, new, count),
        groups=groups,
        shows_unchanged=shows_unchanged,
        toggle=Link(text="Show only what differs", href=here)
        if shows_unchanged
        else Link(text="Show what stayed the same, too", href=f"{here}&all=1"),
    )


def _summary(old: ModelVersion, new: ModelVersion, count: int) -> str:
    if old.number == new.number:
        return f"Version {old.number} beside itself: nothing differs."
    places = {0: "nothing differs that you may read", 1: "1 place differs"}
    told = places.get(count, f"{count} places differ")
    return f"From version {old.number} to version {new.number}: {told}."


def _line(version: ModelVersion) -> VersionLine:
    return VersionLine(
        number=f"Version {version.number}",
        signed=instant_text(version.signed_at),
        statements=tuple(
            Link(
                text=_PARTS[statement.kind],
                href=f"/statements/{statement.statement_id}",
                note=f"signed by {statement.issuer}",
            )
            for statement in version.statements
        ),
    )


def _seen(found: Sequence[ModelVersion]) -> str:
    """Return which parts of the versions this reader sees, in words."""
    kinds = {statement.kind for version in found for statement in version.statements}
    parts = [text.lower() for kind, text in _PARTS.items() if kind in kinds]
    return f"You see: {', '.join(parts)}."


def _number(text: str, found: Sequence[ModelVersion]) -> ModelVersion:
    versions = {str(one.number): one for one in found}
    if text not in versions:
        raise VersionUnknownError(f"there is no version {text!r}; there are 1 to {len(versions)}")
    return versions[text]
