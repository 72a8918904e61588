"""An operator whose key is on a curve of ECDSA: from its first battery to a verdict offline."""

import json
import sys

import orjson
import pytest
from builders import EV_GTIN, MAKER, NOON, PACK, FixedClock, a_content, a_new_battery, add_model

from passport import cli
from passport.bootstrap import open_passport
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM
from passport.services.operators import NewOperator
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.signing.errors import CryptosuiteUnknownError
from passport.signing.keys import KeyKind

CURVES = {KeyKind.P256: "zDn", KeyKind.P384: "z82"}


def an_operator(**changed):
    return NewOperator(
        **{
            "name": "Voltra",
            "slug": "voltra",
            "operator_uri": "https://voltra.example.com/",
            "country": "NL",
            "base_url": "http://localhost:8000",
            "roles": MAKER.roles,
            "cryptosuite": "ecdsa-rdfc-2019",
            **changed,
        }
    )


def an_installation(folder, kind):
    passport = open_passport(
        data=folder,
        keystore=f"file:{folder}/keys",
        keystore_passphrase="a passphrase of these tests",
        extensions=(),
        clock=FixedClock(),
    )
    passport.services.add_operator(SYSTEM, an_operator(key_kind=kind))
    add_model(passport, MAKER, EV_GTIN, "ev-pack-model")
    return passport


@pytest.mark.parametrize("kind", CURVES)
def test_a_battery_of_an_operator_with_an_ecdsa_key_is_registered_amended_and_verified(
    tmp_path, kind
):
    passport = an_installation(tmp_path, kind)
    try:
        passport.services.register_battery(MAKER, "voltra", a_new_battery())
        content = {**a_content("ev-pack", serialNumber="EV75-000001"), "batchNumber": "2026-47"}
        passport.services.amend_battery(MAKER, PACK, content)
        bundle = passport.bundle(SYSTEM, PACK, Audience.AUTHORITY)
        trust = Trust.parse(orjson.dumps(passport.trust()))
        key = passport.services.read_operator(SYSTEM, "voltra").current_key
    finally:
        passport.close()

    report = verify_passport(bundle, trust=trust, at=NOON)

    assert key.public_key_multibase.startswith(CURVES[kind])
    assert report.problems == []
    assert report.verified
    for statement in orjson.loads(bundle)["presentation"]["verifiableCredential"]:
        assert statement["proof"]["cryptosuite"] == "ecdsa-rdfc-2019"


@pytest.mark.parametrize(
    "changed", [{"cryptosuite": "ecdsa-sd-2023"}, {"key_kind": KeyKind.ED25519}]
)
def test_an_operator_is_not_added_with_a_key_that_could_not_sign(tmp_path, changed):
    passport = open_passport(data=tmp_path, keystore="memory:", extensions=(), clock=FixedClock())
    try:
        with pytest.raises(CryptosuiteUnknownError):
            passport.services.add_operator(SYSTEM, an_operator(**changed))

        assert not passport.services.all_operators(SYSTEM)
    finally:
        passport.close()


@pytest.mark.parametrize(
    ("options", "begins"),
    [
        ((), "z6Mk"),
        (("--suite", "ecdsa-rdfc-2019"), "zDn"),
        (("--suite", "ecdsa-rdfc-2019", "--curve", "P-384"), "z82"),
    ],
)
def test_the_command_adds_an_operator_with_the_key_that_is_asked_for(
    tmp_path, monkeypatch, capsys, options, begins
):
    ended = run(tmp_path, monkeypatch, *options)

    did = json.loads(capsys.readouterr().out)["did"]
    (document,) = json.loads((tmp_path / "data" / "trust.json").read_bytes())["dids"].values()
    (method,) = document["verificationMethod"]
    assert ended == 0
    assert document["id"] == did
    assert method["publicKeyMultibase"].startswith(begins)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--curve", "P-256"), 1),
        (("--suite", "ecdsa-rdfc-2019", "--curve", "Ed25519"), 1),
        (("--suite", "ecdsa-sd-2023"), 2),
        (("--suite", "ecdsa-rdfc-2019", "--curve", "P-521"), 2),
    ],
)
def test_the_command_adds_no_operator_whose_key_could_not_sign(
    tmp_path, monkeypatch, options, code
):
    assert run(tmp_path, monkeypatch, *options) == code


def run(folder, patch, *options):
    patch.chdir(folder)
    patch.setenv("PASSPORT_DATA", "data")
    patch.setenv("PASSPORT_KEYSTORE_PASSPHRASE", "a passphrase of these tests")
    patch.setenv("PASSPORT_EXTENSIONS", "")
    arguments = ["operator", "add", "Voltra", "--id", "https://voltra.example.com/", "--json"]
    patch.setattr(sys, "argv", ["passport", *arguments, *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code
