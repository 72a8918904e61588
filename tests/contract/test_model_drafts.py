"""Drafts of models on both databases: nothing typed is lost, two people notice each other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import pytest
from builders import EV_GTIN, MAKER, RIVAL, SECOND_LIFE_GTIN, a_content

from passport.domain.actor import PUBLIC, SYSTEM, Actor, Role
from passport.domain.errors import AccessDeniedError, ConflictError, ContentRefusedError
from passport.domain.identifiers import gs1_model_id
from passport.domain.model_draft import DraftState, DraftStateError
from passport.domain.passport import StatementKind
from passport.services.accounts import NewAccount
from passport.services.issue import ModelUnknownError
from passport.services.model_drafts import (
    DraftChange,
    DraftClashError,
    DraftOutdatedError,
    DraftUnknownError,
    FourEyesError,
    NewDraft,
    NothingChangedError,
)
from passport.services.model_progress import Answer
from passport.services.model_versions import VersionUnknownError

NEW_MODEL = gs1_model_id("09506000134390")
KNOWN_MODEL = gs1_model_id(EV_GTIN)
SECOND = replace(MAKER, name="Milo")


def begin(record, model_id=NEW_MODEL, actor=MAKER, **given):
    return record.services.start_draft(actor, "voltra", NewDraft(model_id=model_id, **given))


def write(record, draft, values, *, actor=MAKER, base=None, terms=None):  # noqa: PLR0913 - a save
    change = DraftChange(
        values=values,
        base=base or {},
        revision=draft.revision,
        terms=frozenset(terms or values),
    )
    return record.services.save_draft(actor, draft.draft_id, change)


def approve(record, draft, *, actor=SECOND):
    record.services.hand_in_draft(MAKER, draft.draft_id)
    return record.services.review_draft(actor, draft.draft_id, is_approved=True, comments={})


def let_in_two_people(record):
    for login in ("mara", "milo"):
        record.services.add_account(
            SYSTEM,
            NewAccount(
                login=login,
                organisation="voltra",
                roles=frozenset({Role.OPERATOR}),
                password="demonstration",
            ),
        )


def at_once(*calls: Callable[[], object]) -> list[object]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return call()
        except ConflictError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_what_was_typed_is_kept_even_where_it_is_wrong(record):
    typed = {"massKilograms": "about 431", "category": "scooter", "unheardOf": ["x", {"y": "z"}]}
    draft = write(record, begin(record), typed)

    kept = record.services.read_draft(MAKER, draft.draft_id)

    assert kept.content == typed
    assert kept.state is DraftState.DRAFT
    assert (kept.started_by, kept.changed_by) == ("Mara", "Mara")


def test_exact_decimals_of_programs_are_kept_as_text(record):
    draft = write(record, begin(record), {"massKilograms": Decimal("431.80")})

    assert draft.content == {"massKilograms": "431.80"}


def test_two_who_change_different_fields_both_keep_theirs(record):
    draft = write(record, begin(record), {"massKilograms": "1", "cycleLifeReferenceTest": "a"})
    base = dict(draft.content)
    write(record, draft, base | {"massKilograms": "2"}, base=base)

    joined = write(record, draft, base | {"cycleLifeReferenceTest": "b"}, base=base, actor=SECOND)

    assert joined.content == {"massKilograms": "2", "cycleLifeReferenceTest": "b"}


def test_two_who_change_the_same_field_are_told_both_values_and_nothing_is_lost(record):
    draft = write(record, begin(record), {"massKilograms": "1"})
    write(record, draft, {"massKilograms": "2"}, base={"massKilograms": "1"})

    with pytest.raises(DraftClashError) as refused:
        write(record, draft, {"massKilograms": "3"}, base={"massKilograms": "1"}, actor=SECOND)

    (clash,) = refused.value.clashes
    assert (clash.term, clash.mine, clash.theirs) == ("massKilograms", "3", "2")
    assert record.services.read_draft(MAKER, draft.draft_id).content == {"massKilograms": "2"}


def test_eight_who_save_at_once_lose_no_field(record):
    draft = begin(record)
    names = [f"field{number}" for number in range(8)]

    answers = at_once(
        *(
            lambda name=name: write(record, draft, {name: "x"}, base={}, terms=[name])
            for name in names
        )
    )

    saved = record.services.read_draft(MAKER, draft.draft_id)
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(saved.content) == len(names) - len(lost)
    assert set(saved.content) <= set(names)
    assert len(saved.content) >= 2


def test_eight_who_begin_a_draft_of_one_model_write_in_the_same_one(record):
    drafts = at_once(*(lambda: begin(record) for _ in range(8)))

    assert len({draft.draft_id for draft in drafts}) == 1


def test_a_draft_of_a_model_on_record_begins_with_what_is_signed(record):
    draft = begin(record, KNOWN_MODEL)

    assert draft.content == draft.base
    assert draft.content["category"] == "EV"
    assert draft.based_on == 1
    with pytest.raises(NothingChangedError):
        record.services.hand_in_draft(MAKER, draft.draft_id)


def test_a_copy_takes_over_everything_but_the_name(record):
    draft = begin(record, copy_of=KNOWN_MODEL)

    assert draft.content["chemistry"] == a_content("ev-pack-model")["chemistry"]
    assert not {"modelIdentifier", "modelName"} & set(draft.content)
    with pytest.raises(ModelUnknownError):
        begin(record, gs1_model_id("09506000134413"), copy_of=gs1_model_id(SECOND_LIFE_GTIN))


@pytest.mark.parametrize("stranger", [PUBLIC, RIVAL, replace(MAKER, organisation="yard")])
def test_nobody_else_knows_of_a_draft(record, stranger: Actor):
    draft = begin(record)

    with pytest.raises(DraftUnknownError):
        record.services.read_draft(stranger, draft.draft_id)
    with pytest.raises(AccessDeniedError):
        begin(record, gs1_model_id("09506000134420"), actor=stranger)


def test_a_delegate_in_writing_writes_for_the_operator(record):
    draft = begin(record)
    record.services.authorise_delegate(MAKER, "rival", b"signed in writing")

    changed = write(record, draft, {"massKilograms": "7"}, actor=RIVAL)

    assert changed.changed_by == "Ruth"
    assert draft.draft_id in {one.draft_id for one in record.services.list_drafts(RIVAL)}


def test_who_hands_in_does_not_approve_where_somebody_else_could(record):
    let_in_two_people(record)
    draft = write(record, begin(record), a_content("ev-pack-model"))
    record.services.hand_in_draft(MAKER, draft.draft_id)

    with pytest.raises(FourEyesError, match="another person"):
        record.services.review_draft(MAKER, draft.draft_id, is_approved=True, comments={})
    approved = record.services.review_draft(SECOND, draft.draft_id, is_approved=True, comments={})

    assert approved.state is DraftState.APPROVED
    assert approved.reviewed_by == "Milo"


def test_who_is_alone_approves_what_he_wrote(record):
    draft = write(record, begin(record), a_content("ev-pack-model"))

    assert approve(record, draft, actor=MAKER).state is DraftState.APPROVED


def test_what_is_sent_back_comes_with_a_comment_for_each_field(record):
    draft = write(record, begin(record), {"massKilograms": "431"})
    record.services.hand_in_draft(MAKER, draft.draft_id)
    with pytest.raises(DraftStateError, match="in review"):
        write(record, draft, {"massKilograms": "432"}, base={"massKilograms": "431"})

    back = record.services.review_draft(
        SECOND, draft.draft_id, is_approved=False, comments={"massKilograms": "Weigh it", "": " "}
    )

    assert back.state is DraftState.DRAFT
    assert [(one.term, one.text, one.by) for one in back.comments] == [
        ("massKilograms", "Weigh it", "Milo")
    ]


def test_nothing_is_signed_before_it_is_approved_and_then_it_is(record):
    draft = write(record, begin(record), a_content("ev-pack-model"))
    with pytest.raises(DraftStateError):
        record.services.publish_draft(MAKER, draft.draft_id)
    with pytest.raises(ModelUnknownError):
        record.services.model_versions(MAKER, NEW_MODEL)
    approve(record, draft)

    model = record.services.publish_draft(MAKER, draft.draft_id)

    assert model.model_id == NEW_MODEL
    assert [one.number for one in record.services.model_versions(MAKER, NEW_MODEL)] == [1]
    assert record.services.read_draft(MAKER, draft.draft_id).state is DraftState.PUBLISHED


def test_what_is_wrong_is_refused_at_the_signature_and_the_draft_stays(record):
    draft = approve(record, write(record, begin(record), {"category": "EV"}))

    with pytest.raises(ContentRefusedError, match="manufacturer"):
        record.services.publish_draft(MAKER, draft.draft_id)

    assert record.services.read_draft(MAKER, draft.draft_id).state is DraftState.APPROVED


def test_a_model_amended_meanwhile_is_brought_into_the_draft_first(record):
    draft = begin(record, KNOWN_MODEL)
    mine = {"massKilograms": "999", "warrantyMonths": "12"}
    draft = write(record, draft, mine, base={name: draft.base[name] for name in mine})
    theirs = {**draft.base, "massKilograms": "500", "renewableContentPercent": "4"}
    record.services.amend_model(MAKER, KNOWN_MODEL, theirs)
    approve(record, draft)
    with pytest.raises(DraftOutdatedError, match="version 2"):
        record.services.publish_draft(MAKER, draft.draft_id)

    caught_up = record.services.catch_up_draft(MAKER, draft.draft_id)

    assert caught_up.based_on == 2
    assert caught_up.content == {**theirs, **mine}
    assert [one.term for one in caught_up.comments] == ["massKilograms"]
    approve(record, caught_up)
    record.services.publish_draft(MAKER, draft.draft_id)
    assert len(record.services.model_versions(MAKER, KNOWN_MODEL)) == 3


def test_a_discarded_draft_is_kept_and_taken_out_again_unless_another_is_open(record):
    draft = write(record, begin(record), {"massKilograms": "1"})
    record.services.discard_draft(MAKER, draft.draft_id)
    other = begin(record)
    assert other.draft_id != draft.draft_id
    with pytest.raises(ConflictError, match="another draft"):
        record.services.restore_draft(MAKER, draft.draft_id)
    record.services.discard_draft(MAKER, other.draft_id)

    restored = record.services.restore_draft(MAKER, draft.draft_id)

    assert restored.state is DraftState.DRAFT
    assert restored.content == {"massKilograms": "1"}


def test_versions_differ_where_they_were_changed_and_each_reader_sees_its_own(record):
    before = dict(record.services.model_versions(MAKER, KNOWN_MODEL)[0].content)
    changed = {**before, "massKilograms": "500", "cellCount": "192"}
    changed["hazardousSubstances"] = [*before["hazardousSubstances"][1:]]
    record.services.amend_model(MAKER, KNOWN_MODEL, changed)

    by_maker = record.services.compare_versions(MAKER, KNOWN_MODEL, 1, 2).changes
    by_public = record.services.compare_versions(PUBLIC, KNOWN_MODEL, 1, 2).changes

    assert {one.path for one in by_maker} == {"massKilograms", "cellCount", "hazardousSubstances"}
    assert {one.path for one in by_public} == {"massKilograms", "hazardousSubstances"}
    rows = next(one for one in by_maker if one.path == "hazardousSubstances")
    assert rows.removed == (before["hazardousSubstances"][0],)
    assert rows.added == ()
    with pytest.raises(VersionUnknownError):
        record.services.compare_versions(PUBLIC, KNOWN_MODEL, 1, 9)


def test_each_version_holds_what_was_signed_with_it_though_it_came_in_any_order(record):
    content = record.services.model_versions(MAKER, KNOWN_MODEL)[0].content
    backwards = dict(reversed([*(content | {"cellCount": "7"}).items()]))
    record.services.amend_model(MAKER, KNOWN_MODEL, backwards)

    first, second = record.services.model_versions(MAKER, KNOWN_MODEL)

    assert second.content["cellCount"] == "7"
    assert first.content.get("cellCount") != "7"
    assert {one.kind for one in second.statements} >= {
        StatementKind.MODEL_PUBLIC,
        StatementKind.MODEL_RESTRICTED,
    }


def test_progress_names_what_is_filled_open_and_asked(record):
    whole = record.services.model_progress(MAKER, a_content("ev-pack-model"))
    without = {**a_content("ev-pack-model")}
    del without["massKilograms"]
    without["nominalVoltageVolts"] = "many"
    less = record.services.model_progress(MAKER, without)

    assert whole.filled == whole.mandatory > 20
    assert whole.problems == []
    assert less.filled == whole.filled - 2
    assert [one.standing.data_point.number for one in less.all(Answer.WRONG)] == ["27"]
    assert [one.standing.data_point.number for one in less.all(Answer.OPEN)] == ["10"]
    assert {one.path for one in less.problems} == {"/nominalVoltageVolts"}
    assert whole.all(Answer.NOT_YET)
    assert record.services.model_progress(MAKER, {}).scope is None
