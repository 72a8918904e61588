"""Where drafts of models are kept."""

from collections.abc import Collection, Sequence
from typing import Protocol

from passport.domain.identifiers import ModelId
from passport.domain.model_draft import ModelDraft


class ModelDraftRegister(Protocol):
    """Drafts of battery models; each model has at most one that is open."""

    def find(self, draft_id: str) -> ModelDraft | None:
        """Return a draft."""
        ...

    def find_open(self, operator: str, model_id: ModelId) -> ModelDraft | None:
        """Return the open draft of an operator's model."""
        ...

    def of_operators(self, operators: Collection[str]) -> Sequence[ModelDraft]:
        """Return every draft of some operators, the one that changed last first."""
        ...

    def add(self, draft: ModelDraft) -> None:
        """Keep a new draft; of two that are begun at once for one model, one is refused."""
        ...

    def save(self, draft: ModelDraft) -> None:
        """Store a changed draft if its revision is still the one that was read."""
        ...
