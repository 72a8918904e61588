"""Random changes to passports: bytes, JSON, statements, proofs, receipts and lists.

A forger here has no key of a trusted party, but keys of his own.
"""

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from builders_signing import a_key

from fuzzing.corpus import Corpus
from passport.domain.errors import PassportError
from passport.signing.instants import parse_instant
from passport.signing.multibase import decode_base58btc, encode_base58btc
from passport.signing.proofs import create_proof
from passport.signing.selective_disclosure_values import (
    DerivedProofValue,
    decode_derived_proof,
    encode_derived_proof,
)

_ORDER = 2**252 + 27742317777372353535851937790883648493
_TOKENS = [
    *(b"null", b"true", b"1e309", b"-0", b"0.1", b"9007199254740993", b"{}", b"[]", b'""'),
    *(b'"@context":', b'"@id":', b'"proof":', b'"\\u0000"', b'"\\ud800"', b"\xed\xa0\x80", b"\x7f"),
    *(
        b'"@type":"@json"',
        b'"@graph":[]',
        b'"@reverse":{}',
        b'"type":',
        b"\\u2028",
        b"\xf0\x9f\x94\x8b",
    ),
]
_VALUES: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**53, "", " ", "@id", "@type", "_:b0", "#", "0", "-0", "1e3"),
    *([], {}, [[]], [{}], {"@value": "x"}, {"@id": "urn:x"}, {"id": "urn:x"}, "https://x.example/"),
]
_KEYS = [
    *("@context", "@id", "id", "@type", "type", "@graph", "@included", "@reverse", "@nest"),
    *("@value", "@language", "proof", "expires", "domain", "nonce", "previousProof", "validUntil"),
    *("credentialStatus", "termsOfUse", "evidence", "holder", "name", "description", "issuer"),
    *("https://w3id.org/open-battery-passport/battery#massKilograms", "unknownTerm", "__proto__"),
]
_CLAIMS = [
    *("alg", "typ", "cty", "kid", "iss", "sub", "jti", "exp", "nbf", "iat", "aud", "nonce"),
    *("crit", "b64", "jwk", "x5c", "vc", "proof"),
]
_RARE_CHARACTERS = "\u2028\u00e9\U0001f50b\u0430\x7f\x00\u200b"
_OWN_DID = "did:web:forger.example"

Change = Callable[["Forger", dict[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """One file to be verified.

    Attributes:
        how: The changes that made it, for whoever repeats it.
    """

    data: bytes
    how: str


class Forger:
    """Makes one file after the other; the same seed makes the same files."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - forgeries are to be repeated, not kept secret
        self.corpus = corpus
        self._parsed = [json.loads(bundle) for bundle in corpus.bundles]
        self._statements = [
            json.loads(_unpacked(text)) for bundle in self._parsed for text in bundle["statements"]
        ]
        self._key = a_key("rival", _OWN_DID)

    def forgeries(self) -> Iterator[Forgery]:
        """Make files without end."""
        while True:
            form = self.random.random()
            if form < 0.25:
                yield self._of_bytes()
            elif form < 0.35:
                yield self._of_token()
            elif form < 0.45:
                yield self._of_part()
            else:
                yield self._of_documents()

    # Bytes

    def _of_bytes(self) -> Forgery:
        data, names = bytearray(self._a_file()), []
        for _ in range(self.random.choice((1, 1, 1, 2, 4))):
            change = self.random.choice((_flip, _cut, _insert, _repeat, _truncate, _splice))
            names.append(change.__name__)
            change(self, data)
        return Forgery(data=bytes(data), how=" ".join(names))

    def _a_file(self) -> bytes:
        match self.random.randrange(5):
            case 0:
                return self.random.choice(self.corpus.bundles)
            case 1:
                return self.random.choice(self.corpus.tokens)
            case 2:
                return self.random.choice(self.corpus.parts)
            case 3:
                bundle = self.random.choice(self._parsed)
                return json.dumps(bundle["presentation"], separators=(",", ":")).encode()
            case _:
                return _unpacked(self.random.choice(self.random.choice(self._parsed)["statements"]))

    # Statements in other forms

    def _of_token(self) -> Forgery:
        """Change header or content; keep the signature, or sign with an own key."""
        head, payload, signature = self.random.choice(self.corpus.tokens).decode().split(".")
        parts = [json.loads(_unpacked(head)), json.loads(_unpacked(payload))]
        place = self.random.randrange(3)
        if place < len(parts) and self.random.random() < 0.5:
            parts[place][self.random.choice(_CLAIMS)] = self.random.choice([*_VALUES, _OWN_DID])
        elif place < len(parts):
            self.change_somewhere(parts[place])
        signing_input = ".".join(_packed(_dumped(part)) for part in parts)
        if self.random.random() < 0.5:
            signature = _packed(self._key.sign(signing_input.encode("utf-8", "surrogatepass")))
        return Forgery(data=f"{signing_input}.{signature}".encode(), how="token")

    def _of_part(self) -> Forgery:
        """Change what a part of a statement shows, its proof, or what stands in its proof."""
        part = json.loads(self.random.choice(self.corpus.parts))
        match self.random.randrange(4):
            case 0:
                self.change_somewhere(part)
            case 1:
                self.change_somewhere(part["credentialSubject"])
            case 2:
                self.change_somewhere(part["proof"])
            case _:
                proof = part["proof"]
                value = decode_derived_proof(proof["proofValue"])
                proof["proofValue"] = encode_derived_proof(self._other_value(value))
        return Forgery(data=_dumped(part), how="part")

    def _other_value(self, value: DerivedProofValue) -> DerivedProofValue:
        signatures, places = list(value.signatures), list(value.mandatory_indexes)
        match self.random.randrange(5):
            case 0:
                self.random.shuffle(signatures)
            case 1:
                signatures = signatures[:-1]
            case 2:
                places = sorted(self.random.sample(range(len(places) + 3), len(places)))
            case 3:
                return replace(value, labels={0: self.random.randbytes(32)})
            case _:
                key = bytearray(value.public_key)
                key[self.random.randrange(len(key))] ^= 1 << self.random.randrange(8)
                return replace(value, public_key=bytes(key))
        return replace(value, signatures=signatures, mandatory_indexes=places)

    def other_file(self) -> bytes:
        """Return another file to take parts from."""
        return self._a_file()

    # Documents

    def _of_documents(self) -> Forgery:
        bundle = copy.deepcopy(self.random.choice(self._parsed))
        changes = self.random.choices(_CHANGES, k=self.random.choice((1, 1, 1, 2, 3)))
        for change in changes:
            change(self, bundle)
        names = [change.__name__ for change in changes]
        if self.random.random() < 0.9:
            _show_what_is_signed(bundle)
        form = self.random.random()
        if form < 0.1:
            return Forgery(data=_dumped(bundle["presentation"]), how=" ".join([*names, "shown"]))
        if form < 0.2 and bundle["statements"]:
            data = _unpacked(self.random.choice(bundle["statements"]))
            return Forgery(data=data, how=" ".join([*names, "alone"]))
        if form < 0.35:
            names.append("envelope")
            self.change_somewhere(bundle)
        return Forgery(data=_dumped(bundle), how=" ".join(names))

    def edit_statement(
        self, bundle: dict[str, Any], edit: Callable[[dict[str, Any]], None]
    ) -> None:
        """Change one statement of a bundle, and mostly hand over its receipt to the new bytes."""
        if not bundle["statements"]:
            return
        place = self.random.randrange(len(bundle["statements"]))
        before = _unpacked(bundle["statements"][place])
        statement = json.loads(before)
        edit(statement)
        after = _dumped(statement)
        bundle["statements"][place] = _packed(after)
        if self.random.random() < 0.8:
            old, new = (hashlib.sha256(data).hexdigest() for data in (before, after))
            if old in bundle["receipts"]:
                bundle["receipts"][new] = bundle["receipts"].pop(old)

    def a_statement(self) -> dict[str, Any]:
        """Return any genuine statement."""
        return copy.deepcopy(self.random.choice(self._statements))

    def another_bundle(self) -> dict[str, Any]:
        """Return any genuine bundle; it is not to be changed."""
        return self.random.choice(self._parsed)

    def mutate(self, value: Any) -> Any:
        """Return something else in the place of a value."""
        match value:
            case str() if value and self.random.random() < 0.8:
                return self._other_text(value)
            case list() if value and self.random.random() < 0.7:
                return self._other_list(value)
            case dict() if value and self.random.random() < 0.7:
                return self._other_object(value)
            case _:
                return self.random.choice(_VALUES)

    def change_somewhere(self, tree: Any) -> None:
        """Change one place in a tree of JSON, chosen by chance."""
        places = list(_places(tree))
        if places:
            parent, key = self.random.choice(places)
            parent[key] = self.mutate(parent[key])

    def sign_anew(self, statement: dict[str, Any]) -> None:
        """Sign a statement with a key that nobody trusts."""
        statement.pop("proof", None)
        created = parse_instant("2026-11-01T00:00:00Z")
        try:
            statement["proof"] = create_proof(statement, key=self._key, created=created)
        except PassportError:
            statement["proof"] = {}
        if self.random.random() < 0.5:
            statement["issuer"] = _OWN_DID

    def _other_text(self, text: str) -> str:
        place = self.random.randrange(len(text))
        head, tail = text[:place], text[place + 1 :]
        others: Sequence[Callable[[], str]] = (
            lambda: head + self.random.choice("0123456789abcXYZ:/#. ") + tail,
            lambda: head + tail,
            lambda: head + self.random.choice(_RARE_CHARACTERS) + tail,
            text.swapcase,
            lambda: text + self.random.choice((" ", "/", "#", ".", "0", "%00")),
            lambda: text.replace("0", "1", 1),
            lambda: text.replace(".", "-", 1).replace("l", "1", 1),
            lambda: self.random.choice(list(_texts(self.a_statement()))),
        )
        return self.random.choice(others)()

    def _other_list(self, value: list[Any]) -> Any:
        entries = list(value)
        match self.random.randrange(5):
            case 0:
                entries.pop(self.random.randrange(len(entries)))
            case 1:
                entries.append(copy.deepcopy(self.random.choice(entries)))
            case 2:
                self.random.shuffle(entries)
            case 3:
                entries.append(self.random.choice(_VALUES))
            case _:
                return [entries]
        return entries

    def _other_object(self, value: dict[str, Any]) -> Any:
        members = dict(value)
        name = self.random.choice(list(members))
        match self.random.randrange(5):
            case 0:
                del members[name]
            case 1:
                members[self.random.choice(_KEYS)] = self.random.choice(_VALUES)
            case 2:
                members[self.random.choice(_KEYS)] = members.pop(name)
            case 3:
                members[name + self.random.choice(("", "s", " ", "\u200b"))] = members.pop(name)
            case _:
                return [members, copy.deepcopy(members)]
        return members


# --- changes to bytes -----------------------------------------------------------------------------


def _flip(forger: Forger, data: bytearray) -> None:
    if data:
        data[forger.random.randrange(len(data))] ^= 1 << forger.random.randrange(8)


def _cut(forger: Forger, data: bytearray) -> None:
    begin = forger.random.randrange(len(data) + 1)
    del data[begin : begin + forger.random.choice((1, 2, 8, 64, 512))]


def _insert(forger: Forger, data: bytearray) -> None:
    place = forger.random.randrange(len(data) + 1)
    data[place:place] = forger.random.choice(_TOKENS)


def _repeat(forger: Forger, data: bytearray) -> None:
    begin = forger.random.randrange(len(data) + 1)
    part = data[begin : begin + forger.random.choice((1, 8, 64, 512))]
    data[begin:begin] = part


def _truncate(forger: Forger, data: bytearray) -> None:
    del data[forger.random.randrange(len(data) + 1) :]


def _splice(forger: Forger, data: bytearray) -> None:
    other = forger.other_file()
    begin = forger.random.randrange(len(other))
    place = forger.random.randrange(len(data) + 1)
    data[place:] = other[begin:]


# --- changes to documents -------------------------------------------------------------------------


def _change_a_value(forger: Forger, bundle: dict[str, Any]) -> None:
    forger.edit_statement(bundle, lambda one: forger.change_somewhere(one["credentialSubject"]))


def _change_anything(forger: Forger, bundle: dict[str, Any]) -> None:
    forger.edit_statement(bundle, forger.change_somewhere)


def _change_the_proof(forger: Forger, bundle: dict[str, Any]) -> None:
    def edit(statement: dict[str, Any]) -> None:
        forger.change_somewhere(statement.get("proof"))

    forger.edit_statement(bundle, edit)


def _take_the_proof_of_another(forger: Forger, bundle: dict[str, Any]) -> None:
    def edit(statement: dict[str, Any]) -> None:
        statement["proof"] = forger.a_statement()["proof"]

    forger.edit_statement(bundle, edit)


def _add_a_proof(forger: Forger, bundle: dict[str, Any]) -> None:
    def edit(statement: dict[str, Any]) -> None:
        statement["proof"] = [statement.get("proof"), forger.a_statement()["proof"]]

    forger.edit_statement(bundle, edit)


def _write_the_signature_otherwise(forger: Forger, bundle: dict[str, Any]) -> None:
    def edit(statement: dict[str, Any]) -> None:
        proof = statement.get("proof")
        if not isinstance(proof, dict):
            return
        try:
            signature = decode_base58btc(str(proof.get("proofValue")))
        except PassportError:
            return
        second = int.from_bytes(signature[32:], "little") + _ORDER
        if second < 2**256:
            proof["proofValue"] = encode_base58btc(signature[:32] + second.to_bytes(32, "little"))

    forger.edit_statement(bundle, edit)


def _sign_with_an_own_key(forger: Forger, bundle: dict[str, Any]) -> None:
    def edit(statement: dict[str, Any]) -> None:
        forger.change_somewhere(statement.get("credentialSubject"))
        forger.sign_anew(statement)

    forger.edit_statement(bundle, edit)


def _add_a_statement(forger: Forger, bundle: dict[str, Any]) -> None:
    other = forger.another_bundle()
    place = forger.random.randrange(len(other["statements"]))
    text = other["statements"][place]
    bundle["statements"].append(text)
    bundle["receipts"] |= other["receipts"]
    known = set(bundle["statusLists"])
    bundle["statusLists"] += [one for one in other["statusLists"] if one not in known]


def _swap_a_statement(forger: Forger, bundle: dict[str, Any]) -> None:
    _add_a_statement(forger, bundle)
    _leave_a_statement_out(forger, bundle)


def _leave_a_statement_out(forger: Forger, bundle: dict[str, Any]) -> None:
    if bundle["statements"]:
        bundle["statements"].pop(forger.random.randrange(len(bundle["statements"])))


def _swap_receipts(forger: Forger, bundle: dict[str, Any]) -> None:
    digests = list(bundle["receipts"])
    receipts = list(bundle["receipts"].values())
    forger.random.shuffle(receipts)
    bundle["receipts"] = dict(zip(digests, receipts, strict=True))


def _change_a_receipt(forger: Forger, bundle: dict[str, Any]) -> None:
    forger.change_somewhere(bundle["receipts"])


def _change_a_list(forger: Forger, bundle: dict[str, Any]) -> None:
    lists = bundle["statusLists"]
    place = forger.random.randrange(len(lists))
    status_list = json.loads(_unpacked(lists[place]))
    forger.change_somewhere(status_list)
    lists[place] = _packed(_dumped(status_list))


def _change_the_keys(forger: Forger, bundle: dict[str, Any]) -> None:
    forger.change_somewhere(bundle["didDocuments"])


def _change_the_history(forger: Forger, bundle: dict[str, Any]) -> None:
    history = bundle.get("didHistory", {})
    place = forger.random.randrange(4)
    if place == 0 or not _is_history(history):
        forger.change_somewhere(history)
        return
    for versions in history.values():
        version = forger.random.choice(versions)
        if place == 1:
            document = json.loads(_unpacked(version["document"]))
            forger.change_somewhere(document)
            version["document"] = _packed(_dumped(document))
        elif place == 2:
            version["receipt"] = forger.random.choice(["", *bundle["receipts"].values()])
        else:
            versions.reverse()


def _is_history(history: Any) -> bool:
    """Whether an earlier change left the shape of a history."""
    try:
        return all(
            isinstance(json.loads(_unpacked(version["document"])), dict)
            for versions in history.values()
            for version in [*versions, versions[0]]
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False


def _change_the_stamps(forger: Forger, bundle: dict[str, Any]) -> None:
    stamps = bundle.get("timeStamps", {})
    tokens = stamps.get("tokens") if isinstance(stamps, dict) else None
    is_whole = isinstance(tokens, list) and tokens and isinstance(tokens[0], str)
    place = forger.random.randrange(4)
    if place == 0 or not is_whole:
        forger.change_somewhere(stamps)
    elif place == 1:
        token = bytearray(tokens[0], "utf-8", "surrogatepass")
        token[forger.random.randrange(len(token))] ^= 1 << forger.random.randrange(7)
        stamps["tokens"] = [token.decode("utf-8", "replace")]
    elif place == 2:
        stamps["tokens"] = [*tokens, tokens[0]]
    else:
        receipts = forger.another_bundle()["receipts"].values()
        stamps["checkpoint"] = forger.random.choice(list(receipts)).partition("\n\n")[2]


def _bring_an_own_context(forger: Forger, bundle: dict[str, Any]) -> None:
    def edit(statement: dict[str, Any]) -> None:
        own: Any = forger.random.choice(
            (
                {"massKilograms": "https://x.example/other"},
                {"@vocab": "https://x.example/"},
                {"@version": 1.1, "@protected": False, "massKilograms": None},
                "https://x.example/context",
            )
        )
        contexts = statement.get("@context")
        contexts = list(contexts) if isinstance(contexts, list) else [contexts]
        contexts.insert(forger.random.randrange(len(contexts) + 1), own)
        statement["@context"] = contexts

    forger.edit_statement(bundle, edit)


_CHANGES: Sequence[Change] = (
    *(_change_a_value, _change_a_value, _change_anything, _change_anything),
    *(_change_the_proof, _take_the_proof_of_another, _add_a_proof, _write_the_signature_otherwise),
    *(_sign_with_an_own_key, _add_a_statement, _swap_a_statement, _leave_a_statement_out),
    *(_swap_receipts, _change_a_receipt, _change_a_list, _change_the_keys, _bring_an_own_context),
    *(_change_the_history, _change_the_stamps),
)


def _show_what_is_signed(bundle: dict[str, Any]) -> None:
    """Let the presentation show the statements as they are now, as an attentive forger does."""
    shown = [json.loads(_unpacked(text)) for text in bundle["statements"]]
    bundle["presentation"]["verifiableCredential"] = shown


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        inside = node.items() if isinstance(node, dict) else ()
        if isinstance(node, list):
            inside = enumerate(node)
        for key, value in inside:
            yield node, key
            waiting.append(value)


def _texts(tree: Any) -> Iterator[str]:
    yield "x"
    for parent, key in _places(tree):
        if isinstance(parent[key], str):
            yield parent[key]


def _dumped(value: Any) -> bytes:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", errors="surrogatepass")


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
