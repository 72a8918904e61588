"""What every keystore does alike: in memory, in encrypted files, in a PKCS#11 token."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from builders import MAKER, NOON, SettableClock, an_installation, register
from hsm import PIN, softhsm_module, token_uri

from passport.domain.actor import SYSTEM
from passport.domain.errors import InvalidValueError
from passport.domain.key_change import KeyAction, KeyChange
from passport.keystore.files import (
    FileKeystore,
    KeyDerivation,
    KeyNotHeldError,
    KeystorePassphraseError,
)
from passport.keystore.memory import MemoryKeystore
from passport.keystore.pkcs11 import KeystoreUnavailableError, Pkcs11Keystore
from passport.keystore.token_uri import parse_token_uri
from passport.services.keys_register import key_id_of
from passport.settings import SettingsRefusedError, read_settings
from passport.signing.errors import CryptosuiteUnknownError
from passport.signing.keys import KeyKind, parse_multikey

CHEAP = KeyDerivation(memory_kib=64, rounds=1, lanes=1)
KINDS = [
    ("eddsa-rdfc-2022", None, KeyKind.ED25519),
    ("ecdsa-rdfc-2019", None, KeyKind.P256),
    ("ecdsa-rdfc-2019", KeyKind.P384, KeyKind.P384),
]
numbers = count(1)


def an_owner():
    """Return an operator that no other test has: the token is one for all."""
    return f"did:web:maker.example:operators:acme-{next(numbers)}"


@pytest.fixture(params=["memory", "file", "pkcs11"])
def keystore(request, tmp_path):
    if request.param == "memory":
        return MemoryKeystore()
    if request.param == "file":
        return FileKeystore(tmp_path / "keys", "correct horse", derivation=CHEAP)
    return a_token_keystore(request.getfixturevalue("token"))


def a_token_keystore(address):
    return Pkcs11Keystore(parse_token_uri(address), PIN)


@pytest.fixture
def in_token(token):
    made = a_token_keystore(token)
    yield made
    made.close()


# --- all three ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cryptosuite", "kind", "made"), KINDS)
def test_a_key_of_each_kind_signs_what_its_public_half_checks(keystore, cryptosuite, kind, made):
    key = keystore.signing_key(keystore.create(an_owner(), cryptosuite, kind))

    public_key = parse_multikey(key.public_key_multibase)

    public_key.verify(key.sign(b"statement"), b"statement")
    assert (public_key.kind, key.cryptosuite) == (made, cryptosuite)


def test_a_first_key_is_ed25519_where_nobody_asks_for_another(keystore):
    assert keystore.public_key_multibase(keystore.create(an_owner())).startswith("z6Mk")


def test_keys_are_numbered_for_each_operator_and_none_twice(keystore):
    acme, other = an_owner(), an_owner()

    made = [keystore.create(did) for did in (acme, other, acme)]

    assert made == [f"{acme}#key-1", f"{other}#key-1", f"{acme}#key-2"]


def test_the_public_halves_of_an_operator_are_told_oldest_first(keystore):
    owner = an_owner()
    made = [keystore.create(owner) for _ in range(11)]

    published = keystore.public_keys(owner)

    assert [key.key_id for key in published] == made
    assert len({key.public_key_multibase for key in published}) == len(made)


def test_an_operator_without_keys_publishes_none(keystore):
    assert keystore.public_keys(an_owner()) == []


def test_a_key_that_is_not_held_does_not_sign(keystore):
    with pytest.raises(KeyNotHeldError):
        keystore.signing_key(f"{an_owner()}#key-1")


def test_no_key_is_made_for_a_suite_that_nobody_knows(keystore):
    with pytest.raises(CryptosuiteUnknownError):
        keystore.create(an_owner(), "rsa-1977")


def test_eight_threads_sign_with_one_keystore(keystore):
    key_id = keystore.create(an_owner())
    public_key = parse_multikey(keystore.public_key_multibase(key_id))

    def sign(number):
        data = f"statement {number}".encode()
        public_key.verify(keystore.signing_key(key_id).sign(data), data)
        return number

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(sign, range(64))) == list(range(64))


def test_keys_made_at_once_have_names_of_their_own(keystore):
    owner = an_owner()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: keystore.create(owner), range(8)))

    assert len(set(made)) == 8
    assert {key.key_id for key in keystore.public_keys(owner)} == set(made)


# --- the token ------------------------------------------------------------------------------------


def test_a_key_is_found_again_by_the_next_process(in_token, token):
    key_id = in_token.create(an_owner())

    program = (
        "import sys; from passport.keystore.pkcs11 import Pkcs11Keystore; "
        "from passport.keystore.token_uri import parse_token_uri; "
        "keys = Pkcs11Keystore(parse_token_uri(sys.argv[1]), sys.stdin.read()); "
        "print(keys.signing_key(sys.argv[2]).sign(b'statement').hex())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, token, key_id],
        input=PIN,
        text=True,
        capture_output=True,
        check=True,
    )

    signature = bytes.fromhex(answer.stdout.strip())
    parse_multikey(in_token.public_key_multibase(key_id)).verify(signature, b"statement")


def test_the_secret_cannot_be_read_out_of_the_token(in_token):
    key_id = in_token.create(an_owner(), "ecdsa-rdfc-2019")
    attribute = in_token._pkcs11.Attribute

    private = in_token._private(in_token._seat, key_id)

    assert private[attribute.EXTRACTABLE] is False
    assert private[attribute.SENSITIVE] is True
    with pytest.raises(in_token._pkcs11.exceptions.AttributeSensitive):
        private[attribute.VALUE]


def test_a_keystore_whose_sessions_ended_opens_new_ones(in_token):
    key_id = in_token.create(an_owner())
    key = in_token.signing_key(key_id)
    key.sign(b"before")

    in_token._seat.session.close()

    parse_multikey(key.public_key_multibase).verify(key.sign(b"after"), b"after")


def test_of_two_processes_that_take_one_name_one_gives_it_back(in_token):
    taken = f"{an_owner()}#key-1"
    seat = in_token._seat
    attribute = in_token._pkcs11.Attribute

    kept = [in_token._make(seat, key_id=taken, kind=KeyKind.ED25519) for _ in range(2)]

    assert kept == [True, False]
    assert len(list(seat.session.get_objects({attribute.LABEL: taken}))) == 2
    assert in_token.signing_key(taken).sign(b"statement")


def refused_without_session(address, pin):
    """Try a PIN in a process of its own: a login counts for a whole process."""
    program = (
        "import sys; from passport.keystore.pkcs11 import Pkcs11Keystore; "
        "from passport.keystore.token_uri import parse_token_uri; "
        "Pkcs11Keystore(parse_token_uri(sys.argv[1]), sys.stdin.read())"
    )
    return subprocess.run(
        [sys.executable, "-c", program, address],
        input=pin,
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_wrong_pin_is_refused_and_told_to_nobody(token):
    answer = refused_without_session(token, "9999-wrong")

    assert answer.returncode != 0
    assert "refuses the PIN (PinIncorrect)" in answer.stderr
    assert "9999-wrong" not in answer.stderr


def test_without_a_pin_no_token_is_asked(token):
    with pytest.raises(KeystorePassphraseError, match="needs its PIN"):
        Pkcs11Keystore(parse_token_uri(token), "")


@pytest.mark.usefixtures("token")
def test_a_token_that_is_not_there_is_named():
    address = parse_token_uri(f"pkcs11:token=nowhere?module-path={softhsm_module()}")

    with pytest.raises(KeystoreUnavailableError, match="the token nowhere cannot be used"):
        Pkcs11Keystore(address, PIN)


def test_without_the_library_the_refusal_says_what_to_install(token, monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11.util.ec", None)

    with pytest.raises(Exception, match=r"open-battery-passport\[pkcs11\]") as refused:
        a_token_keystore(token)

    assert refused.value.code == "keystore-library-missing"


@pytest.mark.usefixtures("token")
def test_an_installation_signs_with_keys_and_log_in_the_token(tmp_path):
    pin_file = tmp_path / "pin"
    pin_file.write_text(f"{PIN}\n")
    own = f"localhost:8000/log-{next(numbers)}-{os.getpid()}"

    passport = an_installation(
        tmp_path / "data",
        keystore=token_uri(pin_source=f"file:{pin_file}"),
        log_origin=own,
        clock=SettableClock(),
    )
    battery_id = register(passport)
    passport.services.change_keys(
        MAKER, "voltra", KeyChange(action=KeyAction.ROTATE, cryptosuite="ecdsa-rdfc-2019")
    )

    signer = passport.services.read_operator(SYSTEM, "voltra").keys[0].key_id
    newest = passport.services.do(SYSTEM, lambda work: work.statements.newest_about(battery_id))
    assert {key_id_of(one.body) for one in newest} == {signer}
    assert isinstance(passport.keys, Pkcs11Keystore)
    assert passport.keys.public_keys(f"log:{own}")
    assert passport.services.clock.now() == NOON
    passport.close()


# --- its address ----------------------------------------------------------------------------------


def test_an_address_names_token_module_and_the_file_of_the_pin():
    uri = parse_token_uri(
        "pkcs11:token=My%20token;serial=12ab?module-path=/usr/lib/m.so&pin-source=file:/run/pin"
    )

    assert (uri.label, uri.serial) == ("My token", "12ab")
    assert (uri.module, uri.pin_file) == (Path("/usr/lib/m.so"), Path("/run/pin"))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("pkcs11:token=a?module-path=/m.so&pin-value=1234", "holds a PIN"),
        ("pkcs11:token=a", "module-path"),
        ("pkcs11:?module-path=/m.so", "token=LABEL"),
        ("pkcs11:token=a;object=b?module-path=/m.so", "object"),
        ("pkcs11:token=a?module-path=/m.so&colour=red", "colour"),
        ("pkcs11:token?module-path=/m.so", "no address of a token"),
        ("pkcs11:token=a?module-path=/m.so&pin-source=pin", "names no file"),
    ],
)
def test_an_address_that_says_too_much_or_too_little_is_refused(address, reason):
    with pytest.raises(InvalidValueError, match=reason):
        parse_token_uri(address)


def test_a_setting_with_a_pin_in_it_is_refused_without_repeating_the_pin():
    with pytest.raises(SettingsRefusedError, match="PASSPORT_KEYSTORE") as refused:
        read_settings(keystore="pkcs11:token=a?module-path=/m.so&pin-value=0815")

    assert "0815" not in str(refused.value)
