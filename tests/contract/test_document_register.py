"""Documents over both databases: who reads which, as statements name them."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from builders import (
    ADMINISTRATOR,
    AUTHORITY,
    COLLECTOR,
    EV_GTIN,
    HOST,
    INTEGRATOR,
    MAKER,
    NOON,
    PACK,
    RECYCLER,
    RIVAL,
    a_new_battery,
    give_second_life,
    limited,
    register,
)
from builders_contents import a_content

from passport.bootstrap import Passport
from passport.domain.access import Audience
from passport.domain.actor import PUBLIC, SYSTEM, Actor
from passport.domain.document import DocumentReference
from passport.domain.errors import AccessDeniedError, ContentRefusedError, NotSignedInError
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId, ModelId, gs1_battery_id, gs1_model_id
from passport.domain.passport import StatementKind
from passport.linked_data.documents import content_of, parse_document
from passport.services.document_readers import DocumentUnknownError
from passport.services.documents import NewDocument, document_node
from passport.services.end_of_life import WasteDeclaration
from passport.services.issue import NewModel
from passport.services.readers import NewGrant
from passport.services.reporting import EventReport

MODEL = gs1_model_id(EV_GTIN)
EVERYBODY = (PUBLIC, MAKER, RIVAL, INTEGRATOR, COLLECTOR, RECYCLER, AUTHORITY, ADMINISTRATOR)
IN_NL = WasteDeclaration(country="NL", occurred_at=NOON)
A_GRANT = NewGrant(
    organisation="again",
    battery_id=PACK,
    audience=Audience.LEGITIMATE_INTEREST,
    purpose="take it apart",
    legal_ground="Article 77(2)",
)


def a_pdf(words: str) -> NewDocument:
    return NewDocument(
        content=b"%PDF-1.7 " + words.encode(),
        media_type="application/pdf",
        file_name=f"{words}.pdf",
        title=words.title(),
        kind="other",
        language="en",
        valid_until=date(2030, 1, 1),
    )


@pytest.fixture
def keep(record: Passport) -> Callable[..., str]:
    """Give what keeps a PDF of an organisation and returns its digest."""

    def run(words: str, actor: Actor = MAKER) -> str:
        return record.services.add_document(actor, actor.organisation, a_pdf(words)).digest

    return run


def readers(record: Passport, digest: str) -> set[str]:
    """Return who reads a document; the public has no name."""
    found = set()
    for actor in EVERYBODY:
        try:
            assert record.services.read_document(actor, digest).startswith(b"%PDF-")
        except DocumentUnknownError:
            continue
        found.add(actor.organisation)
    return found


ALL = {actor.organisation for actor in EVERYBODY}


def amend(record: Passport, **changed: object) -> None:
    record.services.amend_model(MAKER, MODEL, a_content("ev-pack-model", **changed))


def named(digest: str, **more: object) -> list[dict[str, object]]:
    return [{"documentKind": "other", "documentDigest": digest, **more}]


def test_a_document_that_no_statement_names_is_its_operators_alone(record, keep):
    digest = keep("draft")

    assert readers(record, digest) == {"voltra"}
    assert record.services.read_document(SYSTEM, digest) == b"%PDF-1.7 draft"
    with pytest.raises(DocumentUnknownError):
        record.services.read_document(limited(MAKER, "telemetry:write"), digest)


@pytest.mark.parametrize(
    ("term", "read_by"),
    [
        ("declarationOfConformity", ALL),
        ("explodedDiagrams", {"voltra", "watch"}),
        ("safetyDocuments", {"voltra", "watch"}),
        ("testReports", {"voltra", "watch"}),
    ],
)
def test_a_models_document_is_read_by_those_who_read_its_point(record, keep, term, read_by):
    digest = keep("paper")
    amend(record, **{term: named(digest)})

    assert readers(record, digest) == read_by


def test_a_grant_for_one_battery_opens_point_2_of_its_model_and_not_point_3(record, keep):
    drawing, report = keep("drawing"), keep("report")
    amend(record, explodedDiagrams=named(drawing), testReports=named(report))
    register(record)
    assert readers(record, drawing) == {"voltra", "watch"}

    grant = record.services.grant_access(MAKER, A_GRANT)

    assert readers(record, drawing) == {"voltra", "watch", "again"}
    assert readers(record, report) == {"voltra", "watch"}
    record.services.revoke_grant(MAKER, grant.grant_id)
    assert readers(record, drawing) == {"voltra", "watch"}


def test_who_is_authorised_in_writing_reads_what_the_maker_keeps(record, keep):
    draft, report = keep("draft"), keep("report")
    amend(record, testReports=named(report))

    record.services.authorise_delegate(MAKER, "rival", b"in writing")

    assert readers(record, draft) == {"voltra", "rival"}
    assert readers(record, report) == {"voltra", "watch", "rival"}


def test_who_answers_for_one_battery_reads_the_drawings_of_its_model(record, keep):
    drawing, report = keep("drawing"), keep("report")
    amend(record, explodedDiagrams=named(drawing), testReports=named(report))
    register(record)

    give_second_life(record)

    assert record.services.read_standing(SYSTEM, PACK).responsible == "again"
    assert readers(record, drawing) == {"voltra", "watch", "again"}
    assert readers(record, report) == {"voltra", "watch"}


def test_a_batterys_own_document_needs_standing_on_that_battery(record, keep):
    paper = keep("accident report")
    register(record)
    record.services.report_event(
        MAKER,
        PACK,
        EventReport(
            kind=EventKind.ACCIDENT,
            occurred_at=NOON,
            reason="fell",
            details={"evidenceDocuments": named(paper)},
        ),
    )

    assert readers(record, paper) == {"voltra"}
    record.services.grant_access(MAKER, A_GRANT)
    assert readers(record, paper) == {"voltra", "again"}


def test_a_digest_overheard_opens_nothing(record, keep):
    secret = keep("secret drawing")
    content = a_content("ev-pack-model", declarationOfConformity=named(secret))
    other = gs1_model_id("09506000134369")

    record.services.add_model(RIVAL, "rival", NewModel(model_id=other, content=content))

    assert readers(record, secret) == {"voltra"}


def test_who_brings_the_same_bytes_opens_its_own_document(record, keep):
    digest = keep("standard form")
    assert keep("standard form", RIVAL) == digest
    assert readers(record, digest) == {"voltra", "rival"}

    amend(record, explodedDiagrams=named(digest))
    assert readers(record, digest) == {"voltra", "rival", "watch"}


def test_a_battery_named_like_a_model_opens_nothing_of_it(record, keep):
    drawing = keep("drawing")
    model_id = ModelId("id/PACK-X")
    content = a_content("ev-pack-model", explodedDiagrams=named(drawing))
    record.services.add_model(MAKER, "voltra", NewModel(model_id=model_id, content=content))
    own = ModelId("id/RIVALS")
    record.services.add_model(
        RIVAL, "rival", NewModel(model_id=own, content=a_content("ev-pack-model"))
    )

    record.services.register_battery(
        RIVAL, "rival", a_new_battery(BatteryId("id/PACK-X"), model_id=own)
    )

    assert readers(record, drawing) == {"voltra", "watch"}


def test_what_an_older_version_named_stays_open_to_the_same_readers(record, keep):
    drawing = keep("drawing")
    amend(record, explodedDiagrams=named(drawing))

    amend(record, explodedDiagrams=named(keep("newer drawing")))

    assert readers(record, drawing) == {"voltra", "watch"}


def test_a_document_that_comes_after_the_statement_that_names_it_is_opened_by_it(record, keep):
    digest = f"sha256:{hashlib.sha256(b'%PDF-1.7 late').hexdigest()}"
    amend(record, declarationOfConformity=named(digest))

    assert keep("late") == digest

    assert readers(record, digest) == ALL


def test_the_documents_of_a_recycled_battery_go_with_its_passport(record, keep):
    photo = keep("photo")
    register(record, photos=named(photo))
    assert readers(record, photo) == ALL

    record.services.declare_waste(COLLECTOR, PACK, IN_NL)
    record.services.enter_recycling(RECYCLER, PACK, "B-1")
    record.services.declare_recycled(RECYCLER, PACK, "B-1")

    assert readers(record, photo) == {"voltra"}


def test_the_same_bytes_again_are_described_anew_under_the_same_address(record):
    first = record.services.add_document(MAKER, "voltra", a_pdf("form"))
    again = record.services.add_document(
        MAKER, "voltra", replace(a_pdf("form"), title="The form", version="2")
    )

    assert again.digest == first.digest
    (use,) = record.services.documents_of(MAKER)
    assert (use.document.title, use.document.version, use.document.size) == ("The form", "2", 13)
    assert (use.named_by, use.is_named_more) == ([], False)


def test_the_list_says_where_each_document_is_named(record, keep):
    digest = keep("certificate")
    amend(record, declarationOfConformity=named(digest))
    for number in range(6):
        register(record, gs1_battery_id(EV_GTIN, f"EV75-{number}"), photos=named(digest))

    (use,) = record.services.documents_of(MAKER)

    assert {(one.about, one.point) for one in use.named_by} == {
        (MODEL, "1"),
        *((gs1_battery_id(EV_GTIN, f"EV75-{number}"), "1") for number in range(4)),
    }
    assert use.is_named_more
    assert record.services.documents_of(RIVAL) == []
    with pytest.raises(NotSignedInError):
        record.services.documents_of(PUBLIC)
    with pytest.raises(AccessDeniedError):
        record.services.documents_of(limited(MAKER, "telemetry:write"))


def test_references_come_a_page_at_a_time_and_none_twice(record):
    wanted = [
        DocumentReference(digest="sha256:00", about=f"01/{number}", point=point, issuer="voltra")
        for point in ("1", "4")
        for number in range(5)
    ]
    record.services.do(SYSTEM, lambda work: work.documents.refer(wanted[::-1]))
    record.services.do(SYSTEM, lambda work: work.documents.refer(wanted))

    def page(work, after=None):
        return work.documents.references_to("sha256:00", after=after, limit=4)

    def all_pages(work):
        found = page(work)
        while more := page(work, found[-1]):
            found += more
        return found

    assert record.services.do(SYSTEM, all_pages) == wanted


def test_nobody_uploads_for_an_operator_that_did_not_authorise_him(record):
    with pytest.raises(AccessDeniedError):
        record.services.add_document(RIVAL, "voltra", a_pdf("form"))
    with pytest.raises(AccessDeniedError):
        record.services.add_document(limited(MAKER, "event:write"), "voltra", a_pdf("form"))
    record.services.authorise_delegate(MAKER, "rival", b"in writing")

    assert record.services.add_document(RIVAL, "voltra", a_pdf("form")).organisation == "voltra"


def test_the_same_document_from_many_at_once_is_one_document(record):
    begin = Barrier(8)

    def upload(number: int) -> str:
        begin.wait()
        actor = MAKER if number % 2 else RIVAL
        return record.services.add_document(actor, actor.organisation, a_pdf("form")).digest

    with ThreadPoolExecutor(8) as pool:
        (digest,) = set(pool.map(upload, range(8)))

    uploads = record.services.do(SYSTEM, lambda work: work.documents.uploads_of(digest))
    assert sorted(one.organisation for one in uploads) == ["rival", "voltra"]
    assert record.services.read_document(MAKER, digest) == b"%PDF-1.7 form"


def test_many_batteries_at_once_name_the_same_document(record, keep):
    photo = keep("photo")
    begin = Barrier(6)

    def name(number: int) -> str:
        begin.wait()
        return register(record, gs1_battery_id(EV_GTIN, f"EV75-{number}"), photos=named(photo))

    with ThreadPoolExecutor(6) as pool:
        batteries = set(pool.map(name, range(6)))

    references = record.services.do(
        SYSTEM, lambda work: work.documents.references_to(photo, limit=10)
    )
    assert {one.about for one in references} == batteries
    assert readers(record, photo) == ALL


# --- what statements say of documents -------------------------------------------------------------


def signed_documents(record: Passport, kind: StatementKind, term: str) -> object:
    statements = record.services.model_statements(MAKER, MODEL)
    (found,) = [one for one in statements if one.kind is kind]
    return content_of(parse_document(found.body))[term]


def test_an_address_of_ours_without_digest_is_signed_with_its_digest(record):
    stored = record.services.add_document(MAKER, "voltra", a_pdf("declaration"))
    node = document_node(stored, HOST)
    without = {name: value for name, value in node.items() if name != "documentDigest"}

    amend(record, declarationOfConformity=[without])

    assert signed_documents(record, StatementKind.MODEL_PUBLIC, "declarationOfConformity") == [node]
    assert readers(record, stored.digest) == ALL


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"documentMediaType": "image/png"}, "but the document is application/pdf"),
        ({"documentUrl": f"{HOST}/documents/sha256-{'0' * 64}"}, "is not the document"),
        ({"documentUrl": None, "documentDigest": None}, "documentDigest or documentUrl"),
    ],
)
def test_a_document_that_contradicts_itself_is_not_signed(record, changed, said):
    stored = record.services.add_document(MAKER, "voltra", a_pdf("declaration"))
    node = {**document_node(stored, HOST), **changed}

    with pytest.raises(ContentRefusedError, match=said) as refused:
        amend(record, declarationOfConformity=[node])

    assert refused.value.problems[0].path.startswith("/declarationOfConformity/0")
    assert readers(record, stored.digest) == {"voltra"}


def test_a_check_of_a_battery_refuses_what_its_registration_would(record):
    new = a_new_battery(photos=[{"documentKind": "photo"}])

    with pytest.raises(ContentRefusedError, match="documentDigest or documentUrl"):
        record.services.check_battery(MAKER, "voltra", new)
    with pytest.raises(ContentRefusedError, match="documentDigest or documentUrl"):
        record.services.register_battery(MAKER, "voltra", new)
