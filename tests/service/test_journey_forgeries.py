"""What `passport verify` refuses of a life's files, each by its own message and exit code 1."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from builders_signing import a_key, read_json
from journey import EV_GTIN, MAKER, Life, a_life, a_model, a_pack, answered
from node_peer import a_node_peer
from servers import Server, running

from passport.signing.did import PublishedKey, build_did_document
from passport.signing.multibase import encode_base58btc

PACK, OTHER = (f"01/{EV_GTIN}/21/EV75-{number}" for number in (1, 2))
ITEM = "ItemPublicStatement"
RIVAL_DID = "did:web:rival.example.com"
RIVAL_KEY = a_key("rival", RIVAL_DID)
SECRET_KEY_PREFIX = b"\x80\x26"


@dataclass(frozen=True)
class Evidence:
    """Files that left a service, and the forger's key.

    Attributes:
        bundle: Of the pack; ``other`` of the maker's other pack, ``elsewhere`` of a pack at
            another installation with a log of its own.
    """

    life: Life
    trust: Path
    bundle: dict[str, Any]
    other: dict[str, Any]
    elsewhere: dict[str, Any]

    def statement(self) -> dict[str, Any]:
        """Return the statement about the pack that everybody reads."""
        return orjson.loads(item_of(self.bundle))

    def verify(self, content: object, code: int) -> dict[str, Any]:
        """Verify a file in a process of its own, without network; see its exit code."""
        data = content if isinstance(content, bytes) else orjson.dumps(content)
        file = self.life.file("suspect.json", data)
        ended = self.life.command("verify", file, "--offline", "--trust", self.trust, code=code)
        report: dict[str, Any] = orjson.loads(ended.stdout)
        return report


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Give the files of a short life; the server goes on while they are looked at."""
    here, elsewhere = (tmp_path_factory.mktemp(name) for name in ("here", "elsewhere"))
    with (
        running(Server(data=here / "data")) as server,
        running(Server(data=elsewhere / "data")) as other_server,
        a_life(server, here) as life,
        a_life(other_server, elsewhere) as other_life,
    ):
        bundle, other = bundles_of(life, "EV75-1", "EV75-2")
        (foreign,) = bundles_of(other_life, "EV75-1")
        trust = life.file("trust.json", trusting_the_rival_too(life))
        yield Evidence(life=life, trust=trust, bundle=bundle, other=other, elsewhere=foreign)


def bundles_of(life: Life, *serials: str) -> list[dict[str, Any]]:
    """Register packs at a new service and take their bundles away."""
    life.join(MAKER)
    model = life.file("model.json", a_model())
    life.quick_command("model", "add", model, "--operator", MAKER.slug)
    for serial in serials:
        answered(life.of(MAKER).post("/api/v1/batteries", json=a_pack(serial)), 201)
    addresses = [f"/batteries/01/{EV_GTIN}/21/{serial}/bundle" for serial in serials]
    return [answered(life.visitor.get(address)) for address in addresses]


def trusting_the_rival_too(life: Life) -> dict[str, Any]:
    """Return a trust file in which the forger is somebody known: its keys are not refused."""
    trusted = answered(life.visitor.get("/trust.json"))
    published = PublishedKey(
        key_id=RIVAL_KEY.key_id, public_key_multibase=RIVAL_KEY.public_key_multibase
    )
    trusted["dids"][RIVAL_DID] = build_did_document(RIVAL_DID, [published])
    return trusted


def item_of(bundle: Mapping[str, Any]) -> bytes:
    """Return the bytes of the battery's public statement in a bundle."""
    (found,) = [one for one in map(from_base64, bundle["statements"]) if is_item(one)]
    return found


def is_item(statement: bytes) -> bool:
    return ITEM in orjson.loads(statement)["type"]


def with_item(bundle: Mapping[str, Any], other: bytes) -> dict[str, Any]:
    """Return a bundle that holds, and shows, another battery's public statement."""
    signed = [from_base64(text) for text in bundle["statements"]]
    signed = [other if is_item(one) else one for one in signed]
    shown = {**bundle["presentation"], "verifiableCredential": list(map(orjson.loads, signed))}
    return {**bundle, "statements": list(map(to_base64, signed)), "presentation": shown}


def from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def without_proof(evidence: Evidence) -> object:
    document = evidence.statement()
    del document["proof"]
    return document


def with_no_proofs(evidence: Evidence) -> object:
    return {**evidence.statement(), "proof": []}


def with_an_unknown_term(evidence: Evidence) -> object:
    document = evidence.statement()
    document["credentialSubject"]["previousOwners"] = "none"
    return document


def with_a_changed_byte(evidence: Evidence) -> object:
    return item_of(evidence.bundle).replace(b"431.8", b"431.9")


def with_anothers_key(evidence: Evidence) -> object:
    """Sign the maker's statement with a rival's key, by software that refuses nobody."""
    document = evidence.statement()
    del document["proof"]
    seed = bytes.fromhex(read_json("keys", "ed25519.json")["rival"])
    key = {
        "@context": "https://w3id.org/security/multikey/v1",
        "id": RIVAL_KEY.key_id,
        "type": "Multikey",
        "controller": RIVAL_DID,
        "publicKeyMultibase": RIVAL_KEY.public_key_multibase,
        "secretKeyMultibase": encode_base58btc(SECRET_KEY_PREFIX + seed),
    }
    with a_node_peer() as peer:
        return peer.sign(document, key)["credential"]


def with_an_unknown_context(evidence: Evidence) -> object:
    document = evidence.statement()
    return {**document, "@context": [*document["@context"], "https://example.com/more.jsonld"]}


def with_a_receipt_of_another_log(evidence: Evidence) -> object:
    ours = evidence.bundle["receipts"]
    foreign = next(iter(evidence.elsewhere["receipts"].values()))
    return {**evidence.bundle, "receipts": {**ours, next(iter(ours)): foreign}}


def with_a_statement_of_another_battery(evidence: Evidence) -> object:
    swapped = with_item(evidence.bundle, item_of(evidence.other))
    receipts = {**evidence.bundle["receipts"], **evidence.other["receipts"]}
    return {**swapped, "receipts": receipts}


FORGERIES = {
    without_proof: ("proof-missing", "carries no proof"),
    with_no_proofs: ("proof-empty", "proof is empty"),
    with_an_unknown_term: ("undefined-term", "previousOwners"),
    with_a_changed_byte: ("proof-invalid", "did not sign"),
    with_anothers_key: ("issuer-mismatch", "was signed by did:web:rival.example.com"),
    with_an_unknown_context: ("unknown-context", "https://example.com/more.jsonld"),
    with_a_receipt_of_another_log: ("unknown-log", "no trusted log signed this checkpoint"),
    with_a_statement_of_another_battery: ("statement-of-another-battery", OTHER),
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_file_is_refused_with_a_message_of_its_own(evidence, forge):
    code, words = FORGERIES[forge]

    report = evidence.verify(forge(evidence), code=1)

    assert report["verified"] is False
    told = {problem["code"]: problem["message"] for problem in report["problems"]}
    assert words in told[code]


def test_the_files_that_were_forged_verify_as_they_were(evidence):
    assert evidence.verify(evidence.bundle, code=0)["verified"]
    assert evidence.verify(item_of(evidence.bundle), code=0)["verified"]


def test_a_trust_file_that_is_none_means_that_it_could_not_be_tried(evidence):
    file = evidence.life.file("suspect.json", evidence.bundle)
    trust = evidence.life.file("broken.json", "{")

    ended = evidence.life.command("verify", file, "--offline", "--trust", trust, code=2)

    assert "trust file" in ended.stderr
