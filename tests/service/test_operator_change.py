"""GTIN prefixes and former hosts of an operator on record: changed, told, and bound by."""

from dataclasses import replace

import orjson
import pytest
from builders import EV_GTIN, MAKER, PACK, an_actor, an_installation, register
from builders_web import AS_PAGE, key_of
from typer.testing import CliRunner

from passport.bootstrap import SystemClock
from passport.bootstrap.demonstration import EV_IN_USE
from passport.cli import app
from passport.domain.actor import PUBLIC, SYSTEM, Role
from passport.domain.errors import AccessDeniedError, InvalidIdentifierError
from passport.services.operator_change import OperatorChange
from passport.services.operators import GtinNotOfOperatorError
from passport.services.trust import Trust
from passport.ui.views.battery import Finding
from passport.web.verdicts import Verdicts

PREFIX = EV_GTIN[1:8]
OLD_HOST = "https://old.voltra.example"


def trust_of(passport):
    return Trust.parse(orjson.dumps(passport.trust()))


def test_what_an_operator_may_call_its_own_is_changed_and_told_to_verifiers(record):
    change = OperatorChange(gtin_prefixes=(PREFIX,), former_hosts=(OLD_HOST,))

    changed = record.services.change_operator(SYSTEM, "voltra", change)

    assert record.services.read_operator(PUBLIC, "voltra") == changed
    assert trust_of(record).gtin_prefixes[changed.did] == (PREFIX,)
    assert OLD_HOST in trust_of(record).hosts[changed.did]


def test_the_change_is_logged_once(record):
    record.run_due_jobs()
    record.log.sequence(record.services.clock.now())
    before = size_of(record)
    change = OperatorChange(former_hosts=(OLD_HOST,))

    for _ in range(2):
        record.services.change_operator(SYSTEM, "voltra", change)
    record.log.sequence(record.services.clock.now())

    assert size_of(record) == before + 1


def size_of(passport):
    return int(passport.log.checkpoint().split(b"\n")[1])


def test_what_is_left_out_stays(record):
    change = record.services.change_operator
    change(SYSTEM, "voltra", OperatorChange(gtin_prefixes=(PREFIX,)))

    changed = change(SYSTEM, "voltra", OperatorChange(former_hosts=(OLD_HOST,)))

    assert (changed.gtin_prefixes, changed.former_hosts) == ((PREFIX,), (OLD_HOST,))
    emptied = change(SYSTEM, "voltra", OperatorChange(gtin_prefixes=()))
    assert (emptied.gtin_prefixes, emptied.former_hosts) == ((), (OLD_HOST,))


@pytest.mark.parametrize("actor", [PUBLIC, MAKER, an_actor(Role.OPERATOR, organisation="again")])
def test_only_administrators_change_it(record, actor):
    with pytest.raises(AccessDeniedError):
        record.services.change_operator(actor, "voltra", OperatorChange(former_hosts=(OLD_HOST,)))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (OperatorChange(gtin_prefixes=("9999999",)), GtinNotOfOperatorError),
        (OperatorChange(gtin_prefixes=("no digits",)), InvalidIdentifierError),
        (OperatorChange(former_hosts=("voltra",)), InvalidIdentifierError),
    ],
)
def test_what_contradicts_the_record_or_is_none_changes_nothing(record, change, refusal):
    before = record.services.read_operator(PUBLIC, "voltra")

    with pytest.raises(refusal):
        record.services.change_operator(SYSTEM, "voltra", change)

    assert record.services.read_operator(PUBLIC, "voltra") == before


def test_the_command_changes_it_and_writes_the_trust_file(tmp_path):
    record = an_installation(tmp_path, keystore=f"file:{tmp_path / 'keys'}", clock=SystemClock())
    record.close()
    start = ["operator", "change", "voltra", "--data", str(tmp_path)]

    done = CliRunner().invoke(
        app, [*start, "--gtin-prefix", PREFIX, "--former-host", OLD_HOST, "--json"]
    )
    nothing = CliRunner().invoke(app, start)

    assert done.exit_code == 0, done.output
    shown = orjson.loads(done.stdout)
    assert (shown["gtinPrefixes"], shown["hosts"][1]) == ([PREFIX], OLD_HOST)
    written = Trust.read(tmp_path / "trust.json")
    assert {did for did, own in written.gtin_prefixes.items() if PREFIX in own} == {shown["did"]}
    assert nothing.exit_code != 0
    assert "--gtin-prefix or --former-host" in nothing.output


def test_administrators_change_it_over_http(web, visitor):
    path, body = "/api/v1/operators/voltra", {"former_hosts": [OLD_HOST]}
    administrator = key_of(web, "house")

    refused = visitor.patch(path, json=body, headers=key_of(web, "voltra"))
    unknown = visitor.patch(path, json={"hosts": []}, headers=administrator)
    answer = visitor.patch(path, json=body, headers=administrator)

    assert (refused.status_code, refused.json()["code"]) == (403, "access-denied")
    assert unknown.status_code == 422
    assert answer.status_code == 200, answer.text
    assert answer.json()["hosts"][1:] == [OLD_HOST]


def test_the_page_holds_issuers_to_their_products_and_addresses(record):
    register(record)
    disclosure = record.services.disclose(PUBLIC, PACK)
    verdicts = Verdicts(record, trust_held_for_s=0)
    assert verdicts.check(disclosure).finding is Finding.AUTHENTIC
    maker = record.services.read_operator(PUBLIC, "voltra")
    bound = replace(maker, gtin_prefixes=("9999999",))

    record.services.do(SYSTEM, lambda work: work.operators.save_reach(bound))
    checked = verdicts.check(disclosure)

    assert checked.finding is Finding.NOT_AUTHENTIC
    assert "9999999" in checked.reason


def test_the_page_reads_whom_it_believes_now_and_then(record):
    register(record)
    disclosure = record.services.disclose(PUBLIC, PACK)
    verdicts = Verdicts(record, trust_held_for_s=3600)

    first = verdicts.check(disclosure)
    again = verdicts.check(disclosure)

    assert again is first


def test_the_pages_of_the_demonstration_stay_authentic(visitor):
    assert "Authentic record" in visitor.get(f"/{EV_IN_USE}", headers=AS_PAGE).text
