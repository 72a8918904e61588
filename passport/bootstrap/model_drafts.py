"""The use cases around drafts of models, each as one committed unit of work."""

from collections.abc import Mapping, Sequence
from datetime import date

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import PUBLIC, Actor
from passport.domain.battery import BatteryModel
from passport.domain.content import Content
from passport.domain.document import StoredDocument
from passport.domain.identifiers import ModelId
from passport.domain.model_draft import ModelDraft
from passport.services import model_drafts
from passport.services.model_progress import ModelProgress, progress_of
from passport.services.model_versions import (
    Comparison,
    ModelVersion,
    compare_versions,
    versions_of,
)


class ModelDraftServices(Committing):
    """Begin, write, review and publish drafts of models; compare what was signed."""

    def start_draft(self, actor: Actor, operator: str, new: model_drafts.NewDraft) -> ModelDraft:
        """See `passport.services.model_drafts.start_draft`."""
        return self.do(
            actor, lambda work: model_drafts.start_draft(actor, operator, new, work=work)
        )

    def read_draft(self, actor: Actor, draft_id: str) -> ModelDraft:
        """See `passport.services.model_drafts.read_draft`."""
        return self.do(actor, lambda work: model_drafts.read_draft(actor, draft_id, work=work))

    def read_open_draft(self, actor: Actor, operator: str, model_id: ModelId) -> ModelDraft:
        """See `passport.services.model_drafts.read_open_draft`."""
        return self.do(
            actor, lambda work: model_drafts.read_open_draft(actor, operator, model_id, work=work)
        )

    def list_drafts(self, actor: Actor) -> Sequence[ModelDraft]:
        """See `passport.services.model_drafts.list_drafts`."""
        return self.do(actor, lambda work: model_drafts.list_drafts(actor, work=work))

    def save_draft(
        self, actor: Actor, draft_id: str, change: model_drafts.DraftChange
    ) -> ModelDraft:
        """See `passport.services.model_drafts.save_draft`."""
        return self.do(
            actor, lambda work: model_drafts.save_draft(actor, draft_id, change, work=work)
        )

    def write_draft(
        self,
        actor: Actor,
        operator: str,
        model_id: ModelId,
        content: Content,
        revision: int | None,
    ) -> ModelDraft:
        """See `passport.services.model_drafts.write_draft`."""
        return self.do(
            actor,
            lambda work: model_drafts.write_draft(
                actor, operator, model_id, content, revision, work=work
            ),
        )

    def hand_in_draft(self, actor: Actor, draft_id: str) -> ModelDraft:
        """See `passport.services.model_drafts.hand_in_draft`."""
        return self.do(actor, lambda work: model_drafts.hand_in_draft(actor, draft_id, work=work))

    def review_draft(
        self, actor: Actor, draft_id: str, *, is_approved: bool, comments: Mapping[str, str]
    ) -> ModelDraft:
        """See `passport.services.model_drafts.review_draft`."""
        return self.do(
            actor,
            lambda work: model_drafts.review_draft(
                actor, draft_id, is_approved=is_approved, comments=comments, work=work
            ),
        )

    def reviewer_standing(self, actor: Actor, draft: ModelDraft) -> model_drafts.ReviewerStanding:
        """See `passport.services.model_drafts.reviewer_standing`."""
        return self.do(actor, lambda work: model_drafts.reviewer_standing(actor, draft, work=work))

    def publish_draft(self, actor: Actor, draft_id: str) -> BatteryModel:
        """See `passport.services.model_drafts.publish_draft`."""
        return self.do(actor, lambda work: model_drafts.publish_draft(actor, draft_id, work=work))

    def catch_up_draft(self, actor: Actor, draft_id: str) -> ModelDraft:
        """See `passport.services.model_drafts.catch_up_draft`."""
        return self.do(actor, lambda work: model_drafts.catch_up_draft(actor, draft_id, work=work))

    def discard_draft(self, actor: Actor, draft_id: str) -> ModelDraft:
        """See `passport.services.model_drafts.discard_draft`."""
        return self.do(actor, lambda work: model_drafts.discard_draft(actor, draft_id, work=work))

    def restore_draft(self, actor: Actor, draft_id: str) -> ModelDraft:
        """See `passport.services.model_drafts.restore_draft`."""
        return self.do(actor, lambda work: model_drafts.restore_draft(actor, draft_id, work=work))

    def model_progress(
        self, actor: Actor, content: Content, on: date | None = None
    ) -> ModelProgress:
        """See `passport.services.model_progress.progress_of`."""
        return self.do(actor, lambda work: progress_of(content, on=on, work=work))

    def model_versions(self, actor: Actor, model_id: ModelId) -> Sequence[ModelVersion]:
        """See `passport.services.model_versions.versions_of`."""
        return self.do(actor, lambda work: versions_of(actor, model_id, work=work))

    def compare_versions(self, actor: Actor, model_id: ModelId, old: int, new: int) -> Comparison:
        """See `passport.services.model_versions.compare_versions`."""
        return self.do(
            actor,
            lambda work: compare_versions(actor, model_id, old, new, work=work),
        )

    def models_to_write(self, actor: Actor) -> Sequence[BatteryModel]:
        """See `passport.services.model_drafts.list_models_to_write`."""
        return self.do(actor, lambda work: model_drafts.list_models_to_write(actor, work=work))

    def operators_written_for(self, actor: Actor) -> Sequence[str]:
        """See `passport.services.model_drafts.list_operators`."""
        return self.do(actor, lambda work: model_drafts.list_operators(actor, work=work))

    def count_batteries(self, actor: Actor) -> Mapping[str, int]:
        """See `passport.services.model_drafts.count_batteries`."""
        return self.do(actor, lambda work: model_drafts.count_batteries(actor, work=work))

    def documents_for_models(self, actor: Actor, operator: str) -> Sequence[StoredDocument]:
        """See `passport.services.model_drafts.list_documents_for`."""
        return self.do(
            actor, lambda work: model_drafts.list_documents_for(actor, operator, work=work)
        )

    def chemistry_names(self) -> Mapping[str, str]:
        """Return the labels of the chemistries this installation knows, by code."""
        return self.do(PUBLIC, lambda work: {one.code: one.label for one in work.chemistries})
