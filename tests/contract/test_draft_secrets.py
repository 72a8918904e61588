"""Drafts of two operators who write of the same model: neither sees what the other keeps back."""

import pytest
from builders import MAKER, RIVAL, a_content

from passport.domain.errors import ConflictError
from passport.domain.identifiers import gs1_model_id
from passport.services.issue import NewModel
from passport.services.model_drafts import DraftChange, NewDraft

WANTED = gs1_model_id("09506000134390")


def test_a_draft_begun_before_does_not_bring_in_the_model_of_another_operator(record):
    """Otherwise, who guesses a model's name early reads points 2 and 3 once it is signed."""
    early = record.services.start_draft(RIVAL, RIVAL.organisation, NewDraft(model_id=WANTED))
    record.services.add_model(
        MAKER, MAKER.organisation, NewModel(model_id=WANTED, content=a_content())
    )

    with pytest.raises(ConflictError, match="another operator"):
        record.services.catch_up_draft(RIVAL, early.draft_id)

    kept = record.services.read_draft(RIVAL, early.draft_id)
    assert (kept.content, kept.base, kept.based_on) == ({}, {}, 0)


def test_an_approved_draft_is_not_signed_once_the_model_is_another_operators(record):
    early = record.services.start_draft(RIVAL, RIVAL.organisation, NewDraft(model_id=WANTED))
    record.services.save_draft(
        RIVAL, early.draft_id, DraftChange(values=a_content(), base={}, revision=0)
    )
    record.services.hand_in_draft(RIVAL, early.draft_id)
    record.services.review_draft(RIVAL, early.draft_id, is_approved=True, comments={})
    record.services.add_model(
        MAKER, MAKER.organisation, NewModel(model_id=WANTED, content=a_content())
    )

    with pytest.raises(ConflictError, match="another operator"):
        record.services.publish_draft(RIVAL, early.draft_id)
