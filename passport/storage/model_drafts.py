"""Drafts of battery models on a SQL database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from passport.domain.identifiers import ModelId, OperatorSlug
from passport.domain.model_draft import OPEN_STATES, DraftComment, DraftState, ModelDraft
from passport.storage.rows import Store, update_one
from passport.storage.tables_drafts import ModelDraftRow

_OPEN = sorted(state.value for state in OPEN_STATES)


class SqlModelDraftRegister:
    """ModelDraftRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, draft_id: str) -> ModelDraft | None:
        """Return a draft."""
        row = self._store.session.get(ModelDraftRow, draft_id)
        return None if row is None else _draft(row)

    def find_open(self, operator: str, model_id: ModelId) -> ModelDraft | None:
        """Return the open draft of an operator's model."""
        query = (
            select(ModelDraftRow)
            .where(ModelDraftRow.operator == operator)
            .where(ModelDraftRow.model_id == model_id)
            .where(col(ModelDraftRow.state).in_(_OPEN))
        )
        row = self._store.session.exec(query).first()
        return None if row is None else _draft(row)

    def of_operators(self, operators: Collection[str]) -> Sequence[ModelDraft]:
        """Return every draft of some operators, the one that changed last first."""
        query = (
            select(ModelDraftRow)
            .where(col(ModelDraftRow.operator).in_(sorted(operators)))
            .order_by(col(ModelDraftRow.changed_at).desc(), col(ModelDraftRow.draft_id).desc())
        )
        return [_draft(row) for row in self._store.session.exec(query)]

    def add(self, draft: ModelDraft) -> None:
        """Keep a new draft; the unique index refuses a second one that is open."""
        self._store.writes.insert(ModelDraftRow, _columns(draft))

    def save(self, draft: ModelDraft) -> None:
        """Store a changed draft if its revision is still the one that was read."""
        statement = (
            update(ModelDraftRow)
            .where(col(ModelDraftRow.draft_id) == draft.draft_id)
            .where(col(ModelDraftRow.revision) == draft.revision)
            .values(_columns(draft) | {"revision": draft.revision + 1})
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"the draft of {draft.model_id}")
        )


def _columns(draft: ModelDraft) -> dict[str, Any]:
    return {
        "draft_id": draft.draft_id,
        "operator": draft.operator,
        "model_id": draft.model_id,
        "content": draft.content,
        "base": draft.base,
        "based_on": draft.based_on,
        "state": draft.state.value,
        "started_by": draft.started_by,
        "started_at": draft.started_at,
        "changed_by": draft.changed_by,
        "changed_at": draft.changed_at,
        "handed_in_by": draft.handed_in_by,
        "reviewed_by": draft.reviewed_by,
        "comments": [
            {"term": one.term, "text": one.text, "by": one.by, "at": one.at.isoformat()}
            for one in draft.comments
        ],
        "revision": draft.revision,
    }


def _draft(row: ModelDraftRow) -> ModelDraft:
    return ModelDraft(
        draft_id=row.draft_id,
        operator=OperatorSlug(row.operator),
        model_id=ModelId(row.model_id),
        content=row.content,
        base=row.base,
        based_on=row.based_on,
        state=DraftState(row.state),
        started_by=row.started_by,
        started_at=row.started_at,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        handed_in_by=row.handed_in_by,
        reviewed_by=row.reviewed_by,
        comments=tuple(map(_comment, row.comments)),
        revision=row.revision,
    )


def _comment(kept: Mapping[str, str]) -> DraftComment:
    return DraftComment(
        term=kept["term"],
        text=kept["text"],
        by=kept["by"],
        at=datetime.fromisoformat(kept["at"]),
    )
