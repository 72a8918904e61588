"""Private keys in encrypted files."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from passport.keystore.files import (
    FileKeystore,
    KeyDerivation,
    KeyNotHeldError,
    KeystoreDamagedError,
    KeystorePassphraseError,
)
from passport.signing.errors import CryptosuiteUnknownError
from passport.signing.keys import KeyKind, parse_multikey

DID = "did:web:maker.example:operators:acme"
OTHER = "did:web:maker.example:operators:other"
CHEAP = KeyDerivation(memory_kib=64, rounds=1, lanes=1)


RIGHT = "correct horse"


def a_keystore(folder, passphrase=RIGHT):
    return FileKeystore(folder, passphrase, derivation=CHEAP)


def test_a_key_signs_after_the_keystore_was_opened_again(tmp_path):
    key_id = a_keystore(tmp_path).create(DID)

    keystore = a_keystore(tmp_path)

    signature = keystore.signing_key(key_id).sign(b"statement")
    parse_multikey(keystore.public_key_multibase(key_id)).verify(signature, b"statement")
    assert key_id == f"{DID}#key-1"


@pytest.mark.parametrize(
    ("cryptosuite", "kind", "begins"),
    [
        ("eddsa-rdfc-2022", None, "z6Mk"),
        ("ecdsa-rdfc-2019", None, "zDn"),
        ("ecdsa-rdfc-2019", KeyKind.P256, "zDn"),
        ("ecdsa-rdfc-2019", KeyKind.P384, "z82"),
    ],
)
def test_a_key_of_each_kind_signs_after_the_keystore_was_opened_again(
    tmp_path, cryptosuite, kind, begins
):
    key_id = a_keystore(tmp_path).create(DID, cryptosuite, kind)

    key = a_keystore(tmp_path).signing_key(key_id)

    assert key.cryptosuite == cryptosuite
    assert key.public_key_multibase.startswith(begins)
    parse_multikey(key.public_key_multibase).verify(key.sign(b"statement"), b"statement")


@pytest.mark.parametrize(
    ("cryptosuite", "kind"),
    [
        ("ecdsa-sd-2019", None),
        ("eddsa-jcs-2022", None),
        ("eddsa-rdfc-2022", KeyKind.P256),
        ("ecdsa-rdfc-2019", KeyKind.ED25519),
    ],
)
def test_no_key_is_made_that_could_not_sign_in_its_suite(tmp_path, cryptosuite, kind):
    with pytest.raises(CryptosuiteUnknownError):
        a_keystore(tmp_path).create(DID, cryptosuite, kind)
    assert a_keystore(tmp_path).public_keys(DID) == []


def test_key_ids_count_up_for_each_operator_and_never_come_again(tmp_path):
    keystore = a_keystore(tmp_path)

    assert [keystore.create(DID), keystore.create(OTHER), keystore.create(DID)] == [
        f"{DID}#key-1",
        f"{OTHER}#key-1",
        f"{DID}#key-2",
    ]
    assert a_keystore(tmp_path).create(DID) == f"{DID}#key-3"


def test_two_processes_that_create_at_once_get_different_ids(tmp_path):
    stores = [a_keystore(tmp_path) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda store: store.create(DID), stores * 5))

    assert len(set(ids)) == 20


def test_all_keys_of_an_operator_are_listed_oldest_first(tmp_path):
    keystore = a_keystore(tmp_path)
    ids = [keystore.create(DID) for _ in range(11)]
    keystore.create(OTHER)

    published = keystore.public_keys(DID)

    assert [key.key_id for key in published] == ids
    assert published[10].public_key_multibase == keystore.public_key_multibase(ids[10])
    assert keystore.public_keys("did:web:nobody.example") == []


@pytest.mark.parametrize("passphrase", ["wrong", "Correct horse", ""])
def test_a_wrong_passphrase_opens_nothing(tmp_path, passphrase):
    a_keystore(tmp_path)

    with pytest.raises(KeystorePassphraseError, match="passphrase"):
        a_keystore(tmp_path, passphrase)


def test_a_change_of_the_passphrase_keeps_the_keys(tmp_path):
    keystore = a_keystore(tmp_path)
    key_id = keystore.create(DID)
    multibase = keystore.public_key_multibase(key_id)

    keystore.change_passphrase("battery staple", derivation=CHEAP)

    assert a_keystore(tmp_path, "battery staple").public_key_multibase(key_id) == multibase
    with pytest.raises(KeystorePassphraseError):
        a_keystore(tmp_path)
    with pytest.raises(KeystorePassphraseError, match="needs a passphrase"):
        keystore.change_passphrase("")


@pytest.mark.parametrize("key_id", [f"{DID}#key-2", f"{DID}#../master", DID, "", f"{OTHER}#key-1"])
def test_a_key_that_is_not_here_is_refused_by_name(tmp_path, key_id):
    keystore = a_keystore(tmp_path)
    keystore.create(DID)

    with pytest.raises(KeyNotHeldError, match="holds no private key"):
        keystore.signing_key(key_id)


def test_files_are_for_their_owner_alone_and_nothing_half_written_stays(tmp_path):
    a_keystore(tmp_path).create(DID)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert sorted(path.name for path in files) == ["key-1.json", "master.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_no_secret_stands_in_a_file(tmp_path):
    keystore = a_keystore(tmp_path)
    secret = keystore.signing_key(keystore.create(DID))._private_key.private_bytes_raw()

    for path in tmp_path.rglob("*.json"):
        assert secret not in path.read_bytes()
        assert secret.hex() not in path.read_text()


def key_file(folder, number=1):
    return next(folder.rglob(f"key-{number}.json"))


@pytest.mark.parametrize("member", ["secret", "data_key", "public_key_multibase"])
def test_a_changed_key_file_is_noticed(tmp_path, member):
    keystore = a_keystore(tmp_path)
    key_id = keystore.create(DID)
    keystore.create(DID)
    first, second = (json.loads(key_file(tmp_path, n).read_text()) for n in (1, 2))

    key_file(tmp_path).write_text(json.dumps(first | {member: second[member]}))

    with pytest.raises(KeystoreDamagedError, match="backup"):
        a_keystore(tmp_path).signing_key(key_id)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"data_key": "!", "secret": ""}'])
def test_a_key_file_that_is_cut_off_is_noticed(tmp_path, content):
    key_id = a_keystore(tmp_path).create(DID)

    key_file(tmp_path).write_text(content)

    with pytest.raises(KeystoreDamagedError):
        a_keystore(tmp_path).signing_key(key_id)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"memory_kib": "x"}'])
def test_a_damaged_master_file_is_noticed_and_never_begun_anew(tmp_path, content):
    a_keystore(tmp_path)

    (tmp_path / "master.json").write_text(content)

    with pytest.raises(KeystoreDamagedError):
        a_keystore(tmp_path)
