"""What a verifier may say: nothing that was not signed, and nothing left out, is ever "verified".

Knows nothing of proofs. It compares what was accepted with the files that left the service, as
JSON in which the order of keys and entries does not count.
"""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fuzzing.corpus import Corpus

Form = tuple[Any, ...] | str | int | bool | None


class FalseVerdictError(AssertionError):
    """The verifier accepted what nobody signed like this."""


class Judge:
    """Knows every genuine statement of a corpus, and which ones make a passport."""

    def __init__(self, corpus: Corpus) -> None:
        self._passports = [
            {form_of(statement) for statement in statements_in(json.loads(bundle))}
            for bundle in corpus.bundles
        ]
        self._genuine = set().union(*self._passports)
        self._statements = [
            statement
            for bundle in corpus.bundles
            for statement in statements_in(json.loads(bundle))
        ]
        self._tokens = frozenset(corpus.tokens)
        self._statements += [
            json.loads(_bytes(one.decode().split(".")[1])) for one in corpus.tokens
        ]

    def require_genuine(self, data: bytes) -> None:
        """Check a file that the verifier called genuine.

        Raises:
            FalseVerdictError: It says what was not signed, mixes batteries, leaves out what its
                index lists, or has two readings.
        """
        if not data.lstrip().startswith(b"{"):
            # A token signs its bytes, so there is no other writing of it.
            if data.strip() not in self._tokens:
                raise FalseVerdictError("nobody signed this token")
            return
        document = json.loads(data, object_pairs_hook=_without_duplicates)
        _require_silent(document)
        if _is_part(document):
            if not any(_is_within(document, one) for one in self._statements):
                raise FalseVerdictError("no statement has this part")
            return
        statements = statements_in(document)
        forms = {form_of(statement) for statement in statements}
        if not forms:
            raise FalseVerdictError("nothing was stated, and it was called genuine")
        if unknown := forms - self._genuine:
            raise FalseVerdictError(f"nobody signed {min(map(str, unknown))[:2000]}")
        if len(statements) > 1 and not self._is_one_battery(statements):
            raise FalseVerdictError("the statements are about several batteries or models")
        if is_presentation(document) and (missing := _missing(statements)):
            raise FalseVerdictError(f"an index lists {missing}, which was left out")

    def _is_one_battery(self, statements: Sequence[Mapping[str, Any]]) -> bool:
        """One battery's statements of several audiences may stand together."""
        batteries = {_battery(statement) for statement in statements} - {None}
        return len(batteries) <= 1


def _require_silent(document: Mapping[str, Any]) -> None:
    """Nobody signed a presentation of the corpus, so it may say nothing itself."""
    if not is_presentation(document):
        return
    shown = document.get("presentation", document)
    said = shown.keys() - {"@context", "type", "verifiableCredential"}
    if said or form_of(shown.get("type")) != "VerifiablePresentation":
        raise FalseVerdictError(f"the presentation itself says {sorted(said) or shown.get('type')}")


def _is_part(document: Mapping[str, Any]) -> bool:
    proof = form_of_proof(document)
    return isinstance(proof, dict) and proof.get("cryptosuite") == "ecdsa-sd-2023"


def form_of_proof(document: Mapping[str, Any]) -> object:
    """Return the one proof of a document, also where it stands in a list."""
    proof = document.get("proof")
    return proof[0] if isinstance(proof, list) and len(proof) == 1 else proof


def _is_within(part: object, whole: object) -> bool:
    """Tell whether all that a part says stands in a whole, at the same place."""
    match part:
        case dict():
            return isinstance(whole, dict) and all(
                name == "proof" or (name in whole and _is_within(value, whole[name]))
                for name, value in part.items()
            )
        case list():
            entries = whole if isinstance(whole, list) else [whole]
            return all(any(_is_within(one, other) for other in entries) for one in part)
        case _:
            return whole in (part, [part])


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise FalseVerdictError("a key stands twice, so the file has two readings")
    return members


def is_presentation(document: Mapping[str, Any]) -> bool:
    """Tell whether the file claims to be a whole passport."""
    return "statements" in document or "verifiableCredential" in document


def statements_in(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the statements of a bundle, of a presentation, or the one that the file is."""
    if "statements" in document:
        return [json.loads(_bytes(text)) for text in document["statements"]]
    if "verifiableCredential" in document:
        shown = document["verifiableCredential"]
        return shown if isinstance(shown, list) else [shown]
    return [document]


def form_of(value: object) -> Form:
    """Return a statement without its proof as a value that ignores order and lists of one."""
    if isinstance(value, dict):
        inside = {name: form_of(one) for name, one in value.items() if name != "proof"}
        return ("object", *sorted(inside.items(), key=str))
    if isinstance(value, list):
        entries = sorted({str(one): one for one in map(form_of, value)}.values(), key=str)
        return entries[0] if len(entries) == 1 else ("list", *entries)
    return value  # type: ignore[return-value] - JSON has nothing else


def _battery(statement: Mapping[str, Any]) -> str | None:
    subject = statement["credentialSubject"]["id"]
    return subject if "/21/" in subject and "#" not in subject else None


def _missing(statements: Iterable[Mapping[str, Any]]) -> list[str]:
    statements = list(statements)
    present = {one["id"] for one in statements}
    listed = {
        entry["statement"]
        for one in statements
        for entry in one["credentialSubject"].get("statements", [])
    }
    return sorted(listed - present)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
