"""A minute of forged passports: the verifier never crashes and never believes one."""

import base64
import json
import secrets
import time
from copy import deepcopy

import pytest
from builders_web import a_running_installation
from fuzzing.corpus import corpus_of
from fuzzing.judge import FalseVerdictError, Judge
from fuzzing.mutations import Forger
from fuzzing.running import run

from passport.services.verification import verify_passport

SECONDS = 60
FEWEST_CODES = 12


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with a_running_installation(tmp_path_factory.mktemp("fuzzed") / "data") as passport:
        return corpus_of(passport)


def dumped(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def changed_statement(bundle):
    statement = json.loads(base64.urlsafe_b64decode(bundle["statements"][1] + "=="))
    statement["credentialSubject"]["serialNumber"] = "forged"
    packed = base64.urlsafe_b64encode(dumped(statement)).rstrip(b"=").decode()
    return bundle | {"statements": [bundle["statements"][0], packed, *bundle["statements"][2:]]}


def test_no_forgery_of_a_minute_is_believed_or_crashes_the_verifier(corpus):
    seed = secrets.randbelow(2**32)
    ends_at = time.monotonic() + SECONDS

    totals = run(corpus, seed=seed, goes_on=lambda _: time.monotonic() < ends_at)

    # A harness that makes nothing but broken JSON, or nothing that is right, would prove little.
    assert len(totals.refused) >= FEWEST_CODES, totals
    assert totals.verified > 0, totals


def test_the_same_seed_makes_the_same_forgeries(corpus):
    first, second = (Forger(corpus, 7).forgeries() for _ in range(2))

    assert [next(first) for _ in range(50)] == [next(second) for _ in range(50)]


def test_genuine_files_are_verified_and_judged_so(corpus):
    judge = Judge(corpus)

    for data in (*corpus.bundles, *corpus.tokens, *corpus.parts):
        report = verify_passport(data, trust=corpus.trust, at=corpus.at)
        assert [(problem.code, problem.message) for problem in report.problems] == []
        assert report.verified
        judge.require_genuine(data)


def test_the_judge_knows_a_changed_value(corpus):
    bundle = json.loads(corpus.bundles[0])

    with pytest.raises(FalseVerdictError, match="nobody signed"):
        Judge(corpus).require_genuine(dumped(changed_statement(bundle)))


def test_the_judge_knows_what_was_left_out(corpus):
    bundle = deepcopy(json.loads(corpus.bundles[0]))
    del bundle["statements"][1]

    with pytest.raises(FalseVerdictError, match="left out"):
        Judge(corpus).require_genuine(dumped(bundle))


def test_the_judge_knows_two_batteries_in_one_file(corpus):
    one, other = (json.loads(corpus.bundles[place]) for place in (0, 3))
    mixed = one | {"statements": one["statements"] + other["statements"]}

    with pytest.raises(FalseVerdictError, match="several batteries"):
        Judge(corpus).require_genuine(dumped(mixed))


def test_the_judge_knows_a_token_that_nobody_signed(corpus):
    with pytest.raises(FalseVerdictError, match="this token"):
        Judge(corpus).require_genuine(corpus.tokens[0][:-2] + b"AA")


def test_the_judge_knows_a_part_that_says_something_else(corpus):
    part = json.loads(corpus.parts[0])
    part["credentialSubject"]["eventKind"] = "reset"

    with pytest.raises(FalseVerdictError, match="no statement has this part"):
        Judge(corpus).require_genuine(dumped(part))


@pytest.mark.parametrize("members", [{"holder": "did:web:x.example"}, {"type": "Approval"}])
def test_the_judge_knows_a_presentation_that_speaks_itself(corpus, members):
    bundle = json.loads(corpus.bundles[0])
    bundle["presentation"] |= members

    with pytest.raises(FalseVerdictError, match="the presentation itself says"):
        Judge(corpus).require_genuine(dumped(bundle))


def test_the_judge_knows_a_key_that_stands_twice(corpus):
    twice = corpus.bundles[0].replace(b"{", b'{"format":"other",', 1)

    with pytest.raises(FalseVerdictError, match="twice"):
        Judge(corpus).require_genuine(twice)
