"""The command that prints a part of a statement."""

import sys
from datetime import UTC, datetime

import orjson
import pytest
from builders import MAKER, PACK, add_model, register

from passport import cli
from passport.bootstrap import open_passport
from passport.domain.actor import SYSTEM
from passport.services.operators import NewOperator
from passport.services.subset_checks import verify_subset
from passport.signing.did import DidDocuments


@pytest.fixture
def stock(tmp_path, monkeypatch):
    """Give a folder with one pack of a maker that signs with a P-256 key."""
    monkeypatch.setenv("PASSPORT_DATA", str(tmp_path))
    monkeypatch.setenv("PASSPORT_KEYSTORE_PASSPHRASE", "a passphrase of these tests")
    monkeypatch.setenv("PASSPORT_EXTENSIONS", "")
    passport = open_passport()
    passport.services.add_operator(
        SYSTEM,
        NewOperator(
            name="Voltra",
            slug="voltra",
            operator_uri="https://voltra.example.com/",
            country="NL",
            base_url="http://localhost:8000",
            roles=MAKER.roles,
            cryptosuite="ecdsa-rdfc-2019",
        ),
    )
    add_model(passport, MAKER, "09506000134352", "ev-pack-model")
    register(passport)
    yield passport.trust()
    passport.close()


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["passport", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_a_part_is_printed_or_written_and_verifies(stock, tmp_path, monkeypatch, capfd):
    asked = ("subset", PACK, "ItemPublicStatement", "--term", "manufacturedOn")
    file = tmp_path / "part.json"

    assert run(monkeypatch, *asked) == 0
    printed = orjson.loads(capfd.readouterr().out)
    assert run(monkeypatch, *asked, "-o", file) == 0
    written = orjson.loads(file.read_bytes())

    keys = DidDocuments(stock["dids"])
    for part in (printed, written):
        assert part["credentialSubject"].keys() == {"id", "type", "manufacturedOn"}
        assert verify_subset(part, keys=keys, at=datetime.now(UTC))


def test_a_term_that_is_not_there_ends_the_command(stock, monkeypatch, capfd):
    assert stock["dids"]
    ended = run(monkeypatch, "subset", PACK, "ItemPublicStatement", "--term", "unheardOf")

    assert ended == 1
    assert "subset-term" in capfd.readouterr().err
