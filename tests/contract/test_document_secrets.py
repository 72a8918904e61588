"""Nobody learns by naming a digest what another organisation keeps under it."""

from builders import EV_GTIN, MAKER, RIVAL, a_content

from passport.domain.identifiers import gs1_model_id
from passport.services.documents import NewDocument

MODEL = gs1_model_id(EV_GTIN)


def test_a_digest_of_anothers_document_is_taken_like_one_that_is_not_here(record):
    kept = record.services.add_document(RIVAL, "rival", NewDocument(content=b"%PDF-1.7 secret"))
    node = {"documentDigest": kept.digest, "documentMediaType": "text/plain"}

    model = record.services.amend_model(
        MAKER, MODEL, a_content("ev-pack-model", declarationOfConformity=[node])
    )

    assert model.content["declarationOfConformity"] == [node]
