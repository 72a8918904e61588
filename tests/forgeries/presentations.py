"""Presentations that say something themselves, or answer what somebody else asked."""

from dataclasses import replace

import orjson
from builders_bundle import DID_DOCUMENTS, KEYS, MAKER, RIVAL, SIGNED_AT, TRUST

from forgeries.forgery import (
    NOT_CHECKED,
    PLAN,
    Forgery,
    Shown,
    bundle_with,
    parsed,
    presentation,
)
from passport.linked_data import json_rules
from passport.linked_data.documents import presentation_bytes
from passport.services.verification import Asked
from passport.signing.jose import Audience, sign_presentation_token
from passport.signing.presentations import sign_presentation
from passport.signing.proofs import AUTHENTICATION, NewProof, make_proof

_ASKED = Asked(domain="https://yard.example", challenge="a number used once")
_STATEMENTS = PLAN.statements()


def _listed_for_signing_in():
    """A trust in which the keys of maker and rival may sign in as well."""
    documents = {
        did: DID_DOCUMENTS[did] | {"authentication": DID_DOCUMENTS[did]["assertionMethod"]}
        for did in (MAKER, RIVAL)
    }
    return replace(TRUST, did_documents={**DID_DOCUMENTS, **documents})


_PRESENTERS = _listed_for_signing_in()


def bare(**members):
    """The presentation without bundle, with members changed."""
    return orjson.dumps(parsed(presentation_bytes(_STATEMENTS)) | members)


def answered(answer=_ASKED, asked=_ASKED, trust=_PRESENTERS, holder=MAKER, **members):
    """A signed presentation, changed afterwards, for somebody who asked for it."""
    signed = sign_presentation(
        parsed(bare(holder=holder)), answer, key=KEYS[holder], created=SIGNED_AT
    )
    return Shown(data=orjson.dumps(signed | members), trust=trust, asked=asked)


def with_one_statement_less():
    shown = parsed(bare())["verifiableCredential"]
    return answered(verifiableCredential=shown[:-1])


def in_anothers_name():
    """The rival's own presentation, under the name of the maker."""
    document = parsed(bare(holder=MAKER))
    new = NewProof(
        created_at=SIGNED_AT,
        purpose=AUTHENTICATION,
        domain=_ASKED.domain,
        challenge=_ASKED.challenge,
    )
    proof = make_proof(document, new, key=KEYS[RIVAL], strictness=json_rules.PRESENTATIONS)
    return Shown(data=orjson.dumps(document | {"proof": proof}), trust=_PRESENTERS, asked=_ASKED)


def as_token(answer=_ASKED, asked=_ASKED, holder=MAKER, key=KEYS[MAKER]):
    audience = Audience(domain=answer.domain, nonce=answer.challenge)
    token = sign_presentation_token(parsed(bare(holder=holder)), key=key, audience=audience)
    return Shown(data=token, trust=_PRESENTERS, asked=asked)


PRESENTATIONS = (
    Forgery(
        "a presentation of nothing",
        lambda: presentation_bytes([]),
        "verification-input",
        "holds no statement",
        genuine=bare,
    ),
    Forgery(
        "a presentation that speaks itself",
        lambda: bundle_with(presentation=presentation(batteryStatus="original")),
        "unsigned-member",
        "itself says batteryStatus",
    ),
    Forgery(
        "a presentation by another name, so that nobody looks at its proof",
        lambda: bundle_with(
            presentation=presentation(
                type="Presentation", holder="did:web:seller.example", proof={"by": "nobody"}
            )
        ),
        "unsigned-member",
        "calls itself 'Presentation'",
    ),
    Forgery(
        "a presentation that calls itself more than one",
        lambda: bare(type=["VerifiablePresentation", "TypeApproval"]),
        "unsigned-member",
        "'TypeApproval'],",
        genuine=bare,
    ),
    Forgery(
        "a bare presentation that names a holder",
        lambda: bare(holder="did:web:seller.example"),
        "unsigned-member",
        "itself says holder",
        genuine=bare,
    ),
    Forgery(
        "a presentation with a context of its own",
        lambda: bare(**{"@context": [{"@vocab": "urn:x#"}]}),
        "unsigned-member",
        "brings a context of its own",
        genuine=bare,
    ),
    Forgery(
        "a presentation with an unknown context",
        lambda: bare(**{"@context": "https://e.example/presented/v1"}),
        "unknown-context",
        "https://e.example/presented/v1",
        NOT_CHECKED,
        genuine=bare,
    ),
    # --- who presents, to whom ---
    Forgery(
        "an answer to somebody else",
        lambda: answered(asked=replace(_ASKED, domain="https://other.example")),
        "proof-domain",
        "was made for https://yard.example, not https://other.example",
        genuine=answered,
    ),
    Forgery(
        "an old answer",
        lambda: answered(asked=replace(_ASKED, challenge="another number")),
        "proof-challenge",
        "not what was asked: 'another number'",
        genuine=answered,
    ),
    Forgery(
        "no answer where one was asked for",
        lambda: Shown(data=bare(), asked=_ASKED),
        "proof-missing",
        "nobody signed the presentation",
        genuine=answered,
    ),
    Forgery(
        "a presentation in the name of another holder",
        in_anothers_name,
        "holder-mismatch",
        f"the holder is {MAKER}, but {RIVAL} signed",
        genuine=answered,
    ),
    Forgery(
        "a signed presentation from which a statement was taken",
        with_one_statement_less,
        "proof-invalid",
        "did not sign this content",
        genuine=answered,
        also=frozenset({"statement-withheld"}),
    ),
    Forgery(
        "a presentation signed with a key that may not sign in",
        lambda: answered(trust=TRUST),
        "key-not-authorized",
        "under authentication",
        genuine=answered,
    ),
    Forgery(
        "a presentation's token for somebody else",
        lambda: as_token(asked=replace(_ASKED, domain="https://other.example")),
        "token-claim",
        "'https://other.example' was asked for",
        genuine=as_token,
    ),
    Forgery(
        "an old presentation's token",
        lambda: as_token(asked=replace(_ASKED, challenge="another number")),
        "token-claim",
        "'another number' was asked for",
        genuine=as_token,
    ),
)
