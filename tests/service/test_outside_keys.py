"""An operator signs with a key in a file of its own: by commands, and over the API."""

import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from builders_web import a_browser, a_running_installation, key_of
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from passport.linked_data.terms import schema_file
from passport.signing.keys import Ed25519PublicKey

GTIN = "09506000134352"


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def key_file(tmp_path, key):
    path = tmp_path / "own.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def multikey(key):
    return Ed25519PublicKey(key.public_key().public_bytes_raw()).multibase


class Commands:
    """The command line in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {
            "PASSPORT_DATA": str(folder / "data"),
            "PASSPORT_EXTENSIONS": "",
            "PATH": str(Path(sys.executable).parent),
            "HOME": str(folder),
        }

    def __call__(self, *arguments):
        return subprocess.run(
            [str(Path(sys.executable).with_name("passport")), *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def passport(tmp_path, key):
    run = Commands(tmp_path)
    added = run(
        "operator", "add", "Own", "--id", "https://own.example.com/", "--public-key", multikey(key)
    )
    assert added.returncode == 0, added.stderr
    return run


def prepare_model(run):
    model = schema_file("examples/ev-pack-model.json")
    return run("model", "add", model, "--operator", "own", "--prepare", "model.jsonl")


def round_trip(run, key_file, prepared):
    signed = run("sign", prepared, "--key-file", key_file, "-o", "signed.jsonl")
    assert signed.returncode == 0, signed.stderr
    return run("register", "signed.jsonl", "--signed")


def test_model_and_battery_go_out_and_come_back_signed(passport, key_file):
    assert prepare_model(passport).returncode == 0
    model = round_trip(passport, key_file, "model.jsonl")
    pack = schema_file("examples/ev-pack.json")
    passport("register", pack, "--operator", "own", "--prepare", "packs.jsonl")

    done = round_trip(passport, key_file, "packs.jsonl")

    assert orjson.loads(model.stdout)["model"] == f"01/{GTIN}"
    battery = orjson.loads(done.stdout)["battery"]
    passport("show", battery, "--bundle", "bundle.json")
    verified = passport("verify", "bundle.json", "--offline", "--trust", "data/trust.json")
    assert orjson.loads(verified.stdout)["verified"] is True, verified.stdout


def test_signing_needs_no_store(passport, key_file):
    prepare_model(passport)
    shutil.rmtree(passport.folder / "data")

    signed = passport("sign", "model.jsonl", "--key-file", key_file, "-o", "signed.jsonl")

    assert signed.returncode == 0, signed.stderr
    assert not (passport.folder / "data").exists()


def test_a_key_file_with_a_passphrase_is_opened_with_it(passport, key, tmp_path):
    prepare_model(passport)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame"))
    )
    (tmp_path / "passphrase").write_text("sesame\n")
    arguments = ("sign", "model.jsonl", "--key-file", locked, "-o", "signed.jsonl")

    assert passport(*arguments).returncode == 1
    assert passport(*arguments, "--passphrase-file", "passphrase").returncode == 0


def test_another_key_does_not_sign_the_file(passport, tmp_path):
    prepare_model(passport)
    other = tmp_path / "other.pem"
    other.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )

    refused = passport("sign", "model.jsonl", "--key-file", other, "-o", "signed.jsonl")

    assert refused.returncode == 1
    assert "the file was prepared for" in refused.stderr
    assert not (tmp_path / "signed.jsonl").exists()


def test_an_unsigned_file_registers_nothing(passport):
    prepare_model(passport)

    refused = passport("register", "model.jsonl", "--signed")

    assert refused.returncode == 1
    assert "is not signed yet" in refused.stderr


@pytest.mark.parametrize("content", [b"", b"{}\n", b"no json\n", b'{"format":"other"}\n'])
def test_a_file_of_another_kind_is_refused(passport, content):
    (passport.folder / "odd.jsonl").write_bytes(content)

    assert passport("register", "odd.jsonl", "--signed").returncode == 1


# --- over the API ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with a_running_installation(tmp_path_factory.mktemp("keys")) as passport:
        yield passport


def test_a_machine_of_the_operator_rotates_its_key(web):
    answer = a_browser(web).post(
        "/api/v1/operators/voltra/keys", json={}, headers=key_of(web, "voltra")
    )

    assert answer.status_code == 201
    assert [key["state"] for key in answer.json()["keys"]] == ["replaced, still good", "signs"]
    published = a_browser(web).get("/operators/voltra/did.json").json()
    assert len(published["verificationMethod"]) == 2


def test_nobody_else_rotates_it(web):
    answer = a_browser(web).post(
        "/api/v1/operators/voltra/keys", json={}, headers=key_of(web, "again")
    )

    assert answer.status_code == 403


def test_keys_are_public_and_proposals_are_not(web):
    assert a_browser(web).get("/api/v1/operators/again/keys").status_code == 200
    assert a_browser(web).get("/api/v1/operators/again/key-proposals").status_code == 401


def test_an_odd_file_is_refused_over_the_api(web):
    answer = a_browser(web).post(
        "/api/v1/batteries/signed",
        content=b'{"format":"other"}\n',
        headers={**key_of(web, "voltra"), "Content-Type": "application/jsonl"},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "prepared-file")
