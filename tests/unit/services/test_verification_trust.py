"""Whom a verifier believes: the trust file, pinned documents, and what it may ask online."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from builders_bundle import (
    ITEM_PUBLIC,
    KEYS,
    MAKER,
    TRUST,
    PassportPlan,
    list_iri,
)
from builders_signing import NOON

from passport.domain.actor import Role
from passport.services.trust import Trust, TrustFileError, did_document_digest
from passport.services.verification import verify_passport
from passport.services.verification_report import Finding
from passport.signing.did import DidDocuments
from passport.signing.errors import KeyUnknownError
from passport.signing.web_reader import UnreachableError

PLAN = PassportPlan()


def verify(data, trust=TRUST, online=None):
    return verify_passport(data, trust=trust, at=NOON, online=online)


def codes(report):
    return [problem.code for problem in report.problems]


def outcome(report, check):
    return next(c["outcome"] for c in report.to_dict()["checks"] if c["check"] == check)


def test_a_trust_file_reads_as_it_was_written(tmp_path):
    trust = replace(TRUST, roles={MAKER: frozenset({Role.OPERATOR})}, pinned_documents={"d": "00"})
    path = tmp_path / "trust.json"
    path.write_bytes(trust.to_bytes())

    read = Trust.read(path)

    assert read.to_bytes() == trust.to_bytes()
    assert verify(PLAN.bundle(), read).verified


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"dids": []}',
        '{"dids": {"d": "x"}}',
        '{"logs": [{}]}',
        '{"logs": [{"origin": "a", "key": "b"}]}',
        '{"logs": {"a": 1}}',
        '{"roles": {"d": ["king"]}}',
        '{"roles": []}',
        '{"friends": {}}',
        '{"dids": {}, "dids": {}}',
    ],
)
def test_a_file_that_is_no_trust_file_is_refused(tmp_path, content):
    path = tmp_path / "trust.json"
    path.write_text(content)

    with pytest.raises(Exception, match=r"trust file|verifier key") as refusal:
        Trust.read(path)

    assert refusal.value.code in {"trust-file", "invalid-identifier"}


def test_a_trust_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Exception, match="cannot be read"):
        Trust.read(tmp_path / "missing.json")


def test_did_documents_of_the_bundle_count_only_where_they_are_pinned():
    pins = {did: did_document_digest(doc) for did, doc in TRUST.did_documents.items()}
    pinned = replace(TRUST, did_documents={}, pinned_documents=pins)

    assert verify(PLAN.bundle(), pinned).verified
    nobody = verify(PLAN.bundle(), replace(TRUST, did_documents={}))
    assert set(codes(nobody)) == {"key-unknown"}
    assert nobody.verdict == "could not be checked"
    wrong = replace(pinned, pinned_documents=dict.fromkeys(pins, "00"))
    assert set(codes(verify(PLAN.bundle(), wrong))) == {"key-unknown"}


def test_contexts_of_the_trust_file_join_the_pinned_ones_and_never_replace_them():
    own = {
        "https://own.example/v1": {"@context": {}},
        "https://www.w3.org/ns/credentials/v2": {"@context": {}},
    }

    assert verify(PLAN.bundle(), replace(TRUST, contexts=own)).verified


# --- online ---------------------------------------------------------------------------------------


class ListedOnline:
    """Online over what it was given; keeps what it was asked."""

    def __init__(self, documents=None):
        self.documents = documents or {}
        self.asked = []
        self._keys = DidDocuments(TRUST.did_documents)

    def resolve(self, verification_method):
        self.asked.append(verification_method)
        return self._keys.resolve(verification_method)

    def read(self, url):
        self.asked.append(url)
        if url not in self.documents:
            raise UnreachableError(f"{url} did not answer")
        return self.documents[url]


def test_online_keys_and_status_lists_are_fetched():
    online = ListedOnline({list_iri(MAKER): PLAN.status_lists()[0]})

    report = verify(ITEM_PUBLIC.sign(), Trust(), online=online)

    assert report.verified
    assert outcome(report, "status") == "passed"
    assert set(online.asked) == {KEYS[MAKER].key_id, list_iri(MAKER)}


def test_online_a_withdrawn_statement_is_found():
    revoked = replace(PLAN, revoked=(1,)).status_lists()[0]

    report = verify(ITEM_PUBLIC.sign(), online=ListedOnline({list_iri(MAKER): revoked}))

    assert codes(report) == ["statement-revoked"]


def test_online_a_status_list_that_does_not_answer_leaves_it_open():
    report = verify(ITEM_PUBLIC.sign(), online=ListedOnline())

    assert codes(report) == ["unreachable"]
    assert report.verdict == "could not be checked"


def test_online_a_key_that_nobody_publishes_leaves_it_open():
    class Empty(ListedOnline):
        def resolve(self, verification_method):
            raise KeyUnknownError(verification_method)

    assert codes(verify(ITEM_PUBLIC.sign(), Trust(), online=Empty())) == ["key-unknown"]


def test_verifying_needs_neither_a_database_nor_a_web_server():
    program = (
        "import sys, passport.services.verification;"
        "print(sorted({'sqlalchemy', 'sqlmodel', 'fastapi', 'psycopg'} & set(sys.modules)))"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"


def test_every_finding_of_a_verification_is_described():
    described = (Path(__file__).parents[3] / "docs" / "problems.md").read_text()

    assert [finding for finding in Finding if f"| `{finding.value}` | " not in described] == []


def test_a_witness_that_is_no_key_is_told_of_the_trust_file_and_not_of_the_passport():
    content = orjson.dumps({"dids": {}, "witnesses": [{"key": "other.example+00000000+AAAA"}]})

    with pytest.raises(TrustFileError, match="is no verifier key"):
        Trust.parse(content)
