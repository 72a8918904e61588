"""Documents that other libraries signed and judged get the same verdict here."""

from datetime import UTC, datetime

import pytest
from builders_signing import VECTORS, a_canonicalizer, read_json

from passport.domain.errors import PassportError
from passport.signing.did import DidDocuments
from passport.signing.proofs import FOREIGN_CREDENTIAL, verify_proofs

FOLDER = VECTORS / "interop"
CASES = sorted(path.name for path in FOLDER.glob("case-*.json"))
NOT_APPLICABLE = read_json("interop", "not_applicable.json")
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


def test_every_case_is_either_applicable_or_left_out_with_a_reason():
    suites = {read_json("interop", name)["suite"] for name in CASES}

    assert len(CASES) == 52
    assert suites - set(NOT_APPLICABLE) == {"eddsa-rdfc-2022", "ecdsa-rdfc-2019"}
    assert all(NOT_APPLICABLE.values())


@pytest.mark.parametrize("name", CASES)
def test_a_case_gets_the_verdict_of_the_other_library(name):
    case = read_json("interop", name)

    expected = case["expected"] and case["suite"] not in NOT_APPLICABLE

    assert verdict(case["vc"]) is expected
