"""Private keys in encrypted files: the embedded default.

A random master key opens everything; it is stored encrypted under the passphrase (Argon2id, once
per start). Each operator's key has a file of its own: a data key encrypted under the master key,
and the secret encrypted under the data key. So thousands of operators cost one derivation, and a
change of the passphrase rewrites one file.

Whoever has both the folder and the passphrase has the keys: keep them apart.
"""

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import orjson
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from passport.domain.errors import PassportError
from passport.durable import replace_file, sync_folder, write_beside
from passport.signing.did import PublishedKey
from passport.signing.errors import KeyMalformedError
from passport.signing.keys import (
    EDDSA_RDFC_2022,
    KeyKind,
    SigningKey,
    kind_of_new_key,
    new_secret,
    open_signing_key,
    parse_multikey,
)

_MASTER_FILE = "master.json"
_KEY_SIZE, _NONCE_SIZE, _SALT_SIZE = 32, 12, 16
_KEY_FILE = re.compile(r"key-([0-9]+)\.json")
_FORMAT = 1


class KeystoreError(PassportError):
    """The keystore cannot be used."""

    code = "keystore"


class KeystorePassphraseError(KeystoreError):
    """The passphrase does not open the keystore."""

    code = "keystore-passphrase"


class KeystoreDamagedError(KeystoreError):
    """A file of the keystore was changed, cut off or mixed up."""

    code = "keystore-damaged"


class KeyNotHeldError(KeystoreError):
    """This keystore holds no private key of this name."""

    code = "key-not-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDerivation:
    """Cost of trying one passphrase (RFC 9106, second recommended option).

    Attributes:
        memory_kib: Memory [KiB].
        rounds: Passes over the memory.
        lanes: Threads.
    """

    memory_kib: int = 65_536
    rounds: int = 3
    lanes: int = 4


class FileKeystore:
    """KeyStore in a folder; one object serves all threads, several processes share the folder."""

    def __init__(
        self, folder: Path, passphrase: str, *, derivation: KeyDerivation | None = None
    ) -> None:
        """Open the keystore, or begin it where there is none.

        Raises:
            KeystorePassphraseError: The passphrase is empty, or not the one it was begun with.
            KeystoreDamagedError: The file of the master key cannot be read.
        """
        if not passphrase:
            raise KeystorePassphraseError("the keystore needs a passphrase; set one")
        self._folder = folder
        self._unlocked: dict[str, SigningKey] = {}
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        master_file = folder / _MASTER_FILE
        if not master_file.exists():
            _begin(master_file, passphrase, derivation or KeyDerivation())
        self._master_key = _open_master(master_file, passphrase)

    def create(
        self, operator_did: str, cryptosuite: str = EDDSA_RDFC_2022, kind: KeyKind | None = None
    ) -> str:
        """Make a key with an id that was never used, and return the id; see ``KeyStore.create``."""
        kind = kind_of_new_key(cryptosuite, kind)
        secret = new_secret(kind)
        folder = self._operator_folder(operator_did)
        folder.mkdir(exist_ok=True, mode=0o700)
        sync_folder(self._folder)
        with self._lock:
            number = 1 + max(_numbers(folder), default=0)
            while True:
                key_id = f"{operator_did}#key-{number}"
                key = open_signing_key(key_id, kind, secret)
                content = self._sealed(key_id, key.public_key_multibase, secret)
                if _write_once(folder / f"key-{number}.json", content):
                    self._unlocked[key_id] = key
                    return key_id
                number += 1

    def signing_key(self, key_id: str) -> SigningKey:
        """Return a key to sign with.

        Raises:
            KeyNotHeldError: There is no such key here.
            KeystoreDamagedError: Its file was changed.
        """
        key = self._unlocked.get(key_id)
        if key is None:
            key = self._open_key(key_id)
            with self._lock:
                self._unlocked[key_id] = key
        return key

    def public_key_multibase(self, key_id: str) -> str:
        """Return the public half of a key as Multikey text.

        Raises:
            KeyNotHeldError: There is no such key here.
        """
        return self.signing_key(key_id).public_key_multibase

    def public_keys(self, operator_did: str) -> Sequence[PublishedKey]:
        """Return every key ever made for an operator, oldest first."""
        numbers = sorted(_numbers(self._operator_folder(operator_did)))
        key_ids = [f"{operator_did}#key-{number}" for number in numbers]
        return [
            PublishedKey(key_id=key_id, public_key_multibase=self.public_key_multibase(key_id))
            for key_id in key_ids
        ]

    def change_passphrase(
        self, passphrase: str, *, derivation: KeyDerivation | None = None
    ) -> None:
        """Encrypt the master key under another passphrase; the keys stay as they are.

        Raises:
            KeystorePassphraseError: The passphrase is empty.
        """
        if not passphrase:
            raise KeystorePassphraseError("the keystore needs a passphrase; set one")
        content = _locked_master(self._master_key, passphrase, derivation or KeyDerivation())
        replace_file(self._folder / _MASTER_FILE, content)

    def _operator_folder(self, operator_did: str) -> Path:
        return self._folder / hashlib.sha256(operator_did.encode()).hexdigest()[:40]

    def _sealed(self, key_id: str, multibase: str, secret: bytes) -> bytes:
        data_key = secrets.token_bytes(_KEY_SIZE)
        name = f"{key_id} {multibase}".encode()
        return orjson.dumps(
            {
                "format": _FORMAT,
                "key_id": key_id,
                "public_key_multibase": multibase,
                "data_key": _encrypt(self._master_key, data_key, name),
                "secret": _encrypt(data_key, secret, name),
            }
        )

    def _open_key(self, key_id: str) -> SigningKey:
        did, _, fragment = key_id.partition("#")
        path = self._operator_folder(did) / f"{fragment}.json"
        if not _KEY_FILE.fullmatch(path.name) or not path.exists():
            raise KeyNotHeldError(f"this keystore holds no private key {key_id}")
        sealed = _read_object(path)
        multibase = str(sealed.get("public_key_multibase"))
        # The public key says what kind of secret this is; it is sealed together with it.
        name = f"{key_id} {multibase}".encode()
        try:
            data_key = _decrypt(self._master_key, sealed["data_key"], name)
            secret = _decrypt(data_key, sealed["secret"], name)
            return open_signing_key(key_id, parse_multikey(multibase).kind, secret)
        except (InvalidTag, KeyError, ValueError, KeyMalformedError) as error:
            raise KeystoreDamagedError(
                f"{path} is not as it was written; restore it from a backup"
            ) from error


def _begin(path: Path, passphrase: str, derivation: KeyDerivation) -> None:
    # Another process may begin the keystore at the same time: the first file written counts.
    _write_once(path, _locked_master(secrets.token_bytes(_KEY_SIZE), passphrase, derivation))


def _locked_master(master_key: bytes, passphrase: str, derivation: KeyDerivation) -> bytes:
    salt = secrets.token_bytes(_SALT_SIZE)
    return orjson.dumps(
        {
            "format": _FORMAT,
            "kdf": "argon2id",
            "salt": base64.b64encode(salt).decode(),
            "memory_kib": derivation.memory_kib,
            "rounds": derivation.rounds,
            "lanes": derivation.lanes,
            "master_key": _encrypt(_derive(passphrase, salt, derivation), master_key, b"master"),
        }
    )


def _open_master(path: Path, passphrase: str) -> bytes:
    content = _read_object(path)
    try:
        derivation = KeyDerivation(
            memory_kib=_number(content["memory_kib"]),
            rounds=_number(content["rounds"]),
            lanes=_number(content["lanes"]),
        )
        salt = base64.b64decode(str(content["salt"]), validate=True)
        return _decrypt(_derive(passphrase, salt, derivation), content["master_key"], b"master")
    except InvalidTag as error:
        raise KeystorePassphraseError(
            f"the passphrase does not open the keystore in {path.parent}"
        ) from error
    except (KeyError, ValueError) as error:
        raise KeystoreDamagedError(f"{path} is not as it was written: {error}") from error


def _derive(passphrase: str, salt: bytes, derivation: KeyDerivation) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=derivation.rounds,
        memory_cost=derivation.memory_kib,
        parallelism=derivation.lanes,
        hash_len=_KEY_SIZE,
        type=Type.ID,
    )


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(f"{value!r} is no whole number")  # noqa: TRY004 - one reading error
    return value


def _encrypt(key: bytes, data: bytes, name: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, data, name)).decode()


def _decrypt(key: bytes, text: object, name: bytes) -> bytes:
    sealed = base64.b64decode(str(text), validate=True)
    return AESGCM(key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], name)


def _numbers(folder: Path) -> list[int]:
    if not folder.is_dir():
        return []
    matches = (_KEY_FILE.fullmatch(path.name) for path in folder.iterdir())
    return [int(match.group(1)) for match in matches if match]


def _read_object(path: Path) -> Mapping[str, object]:
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise KeystoreDamagedError(f"{path} is cut off or no keystore file") from error
    if not isinstance(content, dict):
        raise KeystoreDamagedError(f"{path} is no keystore file")
    return content


def _write_once(path: Path, content: bytes) -> bool:
    """Write a new file whole or not at all; tell whether it was not there before."""
    temporary = write_beside(path, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    sync_folder(path.parent)
    return True
