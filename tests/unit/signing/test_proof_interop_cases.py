"""Documents that other libraries signed and judged get the same verdict here."""

from datetime import UTC, datetime

import pytest
from builders_signing import VECTORS, a_canonicalizer, read_json

from passport.domain.errors import PassportError
from passport.signing.did import DidDocuments
from passport.signing.proofs import FOREIGN_CREDENTIAL, verify_proofs

FOLDER = VECTORS / "interop"
CASES = sorted(path.name for path in FOLDER.glob("case-*.json"))
DOCUMENTS = [read_json("interop", "dids", path.name) for path in (FOLDER / "dids").glob("*.json")]
KEYS = DidDocuments({str(document["id"]): document for document in DOCUMENTS})
CANONICALIZER = a_canonicalizer()
JUDGED_AT = datetime(2026, 6, 1, tzinfo=UTC)


def verdict(document):
    try:
        verify_proofs(
            document,
            keys=KEYS,
            at=JUDGED_AT,
            canonicalizer=CANONICALIZER,
            expected=FOREIGN_CREDENTIAL,
        )
    except PassportError:
        return False
    return True


def test_the_cases_hold_proofs_of_every_suite_that_statements_and_subsets_have():
    suites = {read_json("interop", name)["suite"] for name in CASES}

    assert len(CASES) == 52
    assert suites == {"eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023"}


@pytest.mark.parametrize("name", CASES)
def test_a_case_gets_the_verdict_of_the_other_library(name):
    case = read_json("interop", name)

    assert verdict(case["vc"]) is case["expected"]
