"""Statements that an operator signs outside, with a key that this service never holds.

Models and batteries are prepared: numbered, their places on the status lists kept for them. What
comes back signed runs through the very same registration, which builds each document once more; it
is taken if it says exactly the same and the operator's published key signed it. So it does not
matter who prepared it: a document of another series, version, place or content is another document.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from passport.domain.actor import Actor
from passport.domain.battery import BatteryModel
from passport.domain.errors import ConflictError, PassportError
from passport.domain.identifiers import parse_model_id
from passport.domain.organisation import Operator
from passport.linked_data.documents import digest_of, digest_text, parse_document
from passport.services.current import CLOCKS_DIFFER_BY
from passport.services.desk import StatementDesk
from passport.services.did_history import did_document
from passport.services.importing import read_entry
from passport.services.issue import (
    NewBattery,
    NewModel,
    Registration,
    add_model,
    register_battery,
)
from passport.services.keys_register import key_id_of
from passport.services.operators import read_operator, require_acts_for
from passport.services.ports import Work
from passport.signing.did import DidDocuments
from passport.signing.errors import KeyUnknownError
from passport.signing.instants import parse_instant
from passport.signing.prepared import (
    LISTS,
    PreparedDocument,
    PreparedEntry,
    PreparedFileError,
    PreparedHead,
)
from passport.signing.proofs import verify_proofs
from passport.signing.status_list import LIST_SIZE

PREPARED_HOLDS_FOR = timedelta(days=30)
"""How long a place is kept; later the statement is prepared again."""
BATTERY, MODEL = "battery", "model"
_PROOF_MEMBERS = frozenset(
    {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
)
_UUID_7 = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class SignedOutsideError(ConflictError):
    """A statement that was signed outside is not the one that this service would register."""

    code = "signed-outside"


class KeyHeldHereError(ConflictError):
    """The operator's key is held here; there is nothing to sign outside."""

    code = "key-held-here"


@dataclass(frozen=True, slots=True)
class _Standing:
    """A clock that stands: everything about one battery is of one instant."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What became of one entry: prepared, on record already, or refused.

    Attributes:
        entry: The line to be signed; ``None`` where there is nothing to sign.
        refusal: Why it was refused.
    """

    number: int
    entry: PreparedEntry | None = None
    refusal: PassportError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedBatch:
    """Everything that was prepared together.

    Attributes:
        head: First line of the file.
        lists: Status lists that begin with it; ``None`` where there are some already.
        places: Places to be kept, by their list: for which statement.
    """

    head: PreparedHead
    lists: PreparedEntry | None
    results: Sequence[Prepared]
    places: Mapping[str, Mapping[int, str]]


# --- preparing ------------------------------------------------------------------------------------


class _PreparingPen:
    """Signs nothing: it keeps what would be signed."""

    def __init__(self) -> None:
        self.documents: list[PreparedDocument] = []
        self.lists: list[PreparedDocument] = []
        self._digests: dict[str, int] = {}

    def statement_id(self, series_iri: str) -> str | None:  # noqa: ARG002 - the desk chooses
        """Let the desk choose."""
        return None

    def place(self, series_iri: str) -> int | None:  # noqa: ARG002 - the desk chooses
        """Let the desk choose."""
        return None

    def sign(self, document: Mapping[str, object], *, at: datetime) -> bytes:  # noqa: ARG002
        """Keep a document; the bytes returned stand for it until it is signed."""
        if "series" not in document:
            self.lists.append(PreparedDocument(document=document, fill={}))
            return orjson.dumps(document)
        fill = {
            pointer: self._digests[text]
            for pointer, text in _texts(document, "")
            if text in self._digests
        }
        body = orjson.dumps(document)
        self._digests[digest_text(digest_of(body))] = len(self.documents)
        self.documents.append(PreparedDocument(document=document, fill=fill))
        return body

    def begin(self) -> None:
        """Begin the next model or battery."""
        self.documents = []
        self._digests = {}


def prepare(
    actor: Actor,
    operator: str,
    entries: Sequence[tuple[int, NewBattery | NewModel]],
    *,
    work: Work,
) -> PreparedBatch:
    """Prepare models or batteries to be signed outside; the unit of work must not be committed.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
        KeyHeldHereError: The operator's key is held here.
    """
    owner = _read_outsider(actor, operator, work=work)
    pen = _PreparingPen()
    at = work.clock.now().replace(microsecond=0)
    own_work = replace(work, clock=_Standing(at), desks={})
    desk = StatementDesk(own_work, owner, pen=pen)
    own_work.desks[owner.slug] = desk
    if _has_refused_lists(owner, work=work):
        desk.lists.sign_anew()
    results = []
    for number, new in entries:
        pen.begin()
        try:
            _register(actor, owner, new, work=own_work)
        except PassportError as refusal:
            results.append(Prepared(number=number, refusal=refusal))
            continue
        entry = PreparedEntry(
            number=number,
            kind=BATTERY if isinstance(new, NewBattery) else MODEL,
            entered=_entered(new),
            documents=tuple(pen.documents),
        )
        results.append(Prepared(number=number, entry=entry if pen.documents else None))
    prepared = [one.entry for one in results if one.entry is not None]
    lists = PreparedEntry(number=0, kind=LISTS, entered={}, documents=tuple(pen.lists))
    key = owner.current_key
    return PreparedBatch(
        head=PreparedHead(
            operator=owner.did, key_id=key.key_id, public_key=key.public_key_multibase
        ),
        lists=lists if pen.lists else None,
        results=results,
        places=_places(prepared),
    )


def keep_places(places: Mapping[str, Mapping[int, str]], *, work: Work) -> None:
    """Keep places of status lists for what is being signed outside."""
    now = work.clock.now()
    for status_list, statements in places.items():
        work.key_changes.reserve_places(
            status_list, statements, now=now, until=now + PREPARED_HOLDS_FOR
        )


# --- accepting ------------------------------------------------------------------------------------


class _AcceptingPen:
    """Takes what was signed outside, where it is exactly what would be signed here."""

    def __init__(
        self,
        owner: Operator,
        signed: Sequence[bytes],
        lists: Sequence[bytes],
        *,
        work: Work,
        now: datetime,
    ) -> None:
        self._owner = owner
        self._keys = DidDocuments({owner.did: did_document(owner)})
        self._work = work
        self._now = now
        self._bodies = {_name_of(parse_document(body)): body for body in (*signed, *lists)}
        self._left = {_name_of(parse_document(body)) for body in signed}
        if len(self._left) != len(signed):
            raise SignedOutsideError("two of the documents are of one series")
        work.key_changes.require_unchanged(owner)

    @property
    def instant(self) -> datetime:
        """The one instant from which all of them hold.

        Raises:
            SignedOutsideError: There are several, or it is too long ago, or lies ahead.
        """
        stated = {_document_text(self._document(name), "validFrom") for name in self._left}
        if len(stated) != 1:
            raise SignedOutsideError("the documents of one entry hold from one instant on")
        instant = parse_instant(stated.pop())
        if not self._now - PREPARED_HOLDS_FOR <= instant <= self._now + CLOCKS_DIFFER_BY:
            raise SignedOutsideError(
                f"it was prepared for {instant.isoformat()}; prepare it again, it holds for "
                f"{PREPARED_HOLDS_FOR.days} days"
            )
        return instant

    def statement_id(self, series_iri: str) -> str | None:
        """Return the id in the statement of a series that came back."""
        iri = _document_text(self._document(series_iri), "id")
        statement_id = iri.rpartition("/")[2]
        if not _UUID_7.fullmatch(statement_id):
            raise SignedOutsideError(f"{iri} ends in no UUID of version 7")
        if self._work.statements.find(statement_id) is not None:
            raise SignedOutsideError(f"the statement {statement_id} is on record already")
        return statement_id

    def place(self, series_iri: str) -> int | None:
        """Return the place in the statement of a series, if it is free or was kept for it."""
        document = self._document(series_iri)
        try:
            group, place = _place_of(document)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise SignedOutsideError(f"{series_iri} has no place on a status list") from error
        if not 0 <= place < LIST_SIZE:
            # No bit could ever be set there: the statement could not be withdrawn.
            raise SignedOutsideError(f"place {place} is outside a list of {LIST_SIZE} places")
        kept = self._work.key_changes.reserved(group, [place], self._now)
        is_kept_for_it = kept.get(place) == _document_text(document, "id").rpartition("/")[2]
        if not is_kept_for_it and self._work.statements.taken(group, [place]):
            raise SignedOutsideError(f"place {place} of {group} is another statement's")
        self._work.key_changes.release_place(group, place)
        return place

    def sign(self, document: Mapping[str, object], *, at: datetime) -> bytes:  # noqa: ARG002
        """Return the bytes that came back for a document.

        Raises:
            SignedOutsideError: They say something else, or their proof is none of the usual form.
            ProofError: The operator's key did not sign them.
        """
        name = _name_of(document)
        found = self._document(name)
        proof = found.pop("proof", None)
        expected = orjson.loads(orjson.dumps(document))
        if _differences(found, expected):
            raise SignedOutsideError(
                f"{name}: what was signed differs from what is registered here in "
                f"{', '.join(_differences(found, expected))}"
            )
        self._check_proof(proof)
        verify_proofs({**found, "proof": proof}, keys=self._keys, at=self._now)
        self._left.discard(name)
        return self._bodies[name]

    def require_all_used(self) -> None:
        """Refuse what came back without belonging to the entry.

        Raises:
            SignedOutsideError: With its series.
        """
        if self._left:
            raise SignedOutsideError(
                f"{', '.join(sorted(self._left))} does not belong to this entry"
            )

    def _document(self, name: str) -> dict[str, object]:
        body = self._bodies.get(name)
        if body is None:
            raise SignedOutsideError(f"nothing was signed for {name}")
        return parse_document(body)

    def _check_proof(self, proof: object) -> None:
        if not isinstance(proof, Mapping) or set(proof) != _PROOF_MEMBERS:
            raise SignedOutsideError(
                f"a proof has exactly the members {', '.join(sorted(_PROOF_MEMBERS))}"
            )
        if proof["verificationMethod"] != self._owner.current_key.key_id:
            raise KeyUnknownError(
                f"{proof['verificationMethod']} is not the key that {self._owner.slug} signs with "
                f"now: {self._owner.current_key.key_id}"
            )
        if parse_instant(proof["created"]) > self._now + CLOCKS_DIFFER_BY:
            raise SignedOutsideError(f"the proof was made at {proof['created']}, which lies ahead")


def accept(
    actor: Actor,
    head: PreparedHead,
    entry: PreparedEntry,
    lists: Sequence[bytes],
    *,
    work: Work,
) -> Registration | BatteryModel:
    """Put one model or battery on record with the statements that its operator signed outside.

    The same again changes nothing.

    Args:
        actor: Acts for the operator.
        head: First line of the file.
        entry: The model or battery with what was signed.
        lists: Status lists that begin with the file, signed.
        work: The unit of work.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
        KeyHeldHereError: The operator's key is held here.
        SignedOutsideError: What was signed is not what would be registered.
        ProofError: The operator's key did not sign it.
        PassportError: What `register_battery` or `add_model` refuses.
    """
    owner = _read_outsider(actor, head.operator, work=work)
    if not entry.signed:
        raise PreparedFileError(f"entry {entry.number} is not signed yet: `passport sign` does it")
    pen = _AcceptingPen(owner, entry.signed, lists, work=work, now=work.clock.now())
    own_work = replace(work, clock=_Standing(pen.instant), desks={})
    own_work.desks[owner.slug] = StatementDesk(own_work, owner, pen=pen)
    was_known = _is_known(entry, work=work)
    registered = _register(actor, owner, _read_entered(entry), work=own_work)
    if not was_known:
        pen.require_all_used()
    return registered


def accept_lists(actor: Actor, head: PreparedHead, lists: PreparedEntry, *, work: Work) -> None:
    """Take status lists that an operator signed anew because its former key was compromised.

    Lists that begin with a file are taken with the first model or battery of it, not here.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
        KeyHeldHereError: The operator's key is held here.
        SignedOutsideError: What was signed are not the lists of the operator.
        ProofError: The operator's key did not sign them.
    """
    owner = _read_outsider(actor, head.operator, work=work)
    if not _has_refused_lists(owner, work=work):
        return
    pen = _AcceptingPen(owner, lists.signed, (), work=work, now=work.clock.now())
    own_work = replace(work, clock=_Standing(pen.instant), desks={})
    StatementDesk(own_work, owner, pen=pen).lists.sign_anew()
    pen.require_all_used()


def _has_refused_lists(owner: Operator, *, work: Work) -> bool:
    """Whether a status list of an operator is, or will be, refused until it is signed anew.

    It was signed with a key that is compromised since, or by this service until some day.
    """
    refused = {key.key_id for key in owner.keys if key.revoked_at is not None}
    return any(
        one.valid_until is not None or key_id_of(one.body) in refused
        for one in work.status_lists.of_operator(owner.slug)
    )


def _is_known(entry: PreparedEntry, *, work: Work) -> bool:
    new = _read_entered(entry)
    if isinstance(new, NewModel):
        return work.passports.find_model(new.model_id) is not None
    return work.passports.find(new.battery_id) is not None


def _read_outsider(actor: Actor, operator: str, *, work: Work) -> Operator:
    owner = read_operator(operator, work=work)
    require_acts_for(actor, owner, work=work)
    if not owner.signs_outside:
        raise KeyHeldHereError(
            f"the key of {owner.slug} is held here: register its batteries, and they are signed"
        )
    return owner


def _register(
    actor: Actor, owner: Operator, new: NewBattery | NewModel, *, work: Work
) -> Registration | BatteryModel:
    if isinstance(new, NewModel):
        return add_model(actor, owner.slug, new, work=work)
    return register_battery(actor, owner.slug, new, work=work)


def _entered(new: NewBattery | NewModel) -> dict[str, object]:
    if isinstance(new, NewModel):
        return {"model": new.model_id, "content": _plain(new.content)}
    named = {"identifier": new.battery_id.removeprefix("id/")}
    if new.battery_id.startswith("01/"):
        _, gtin, _, serial = new.battery_id.split("/", 3)
        named = {"gtin": gtin, "serial": serial}
    more = {"model": new.model_id, "holder": new.holder}
    return {
        **named,
        **{name: value for name, value in more.items() if value},
        "placedOnMarketOn": new.placed_on_market_on.isoformat(),
        "content": _plain(new.content),
    }


def _read_entered(entry: PreparedEntry) -> NewBattery | NewModel:
    if entry.kind == MODEL:
        content = entry.entered.get("content")
        if not isinstance(content, Mapping):
            raise PreparedFileError(f"entry {entry.number} has no content")
        return NewModel(
            model_id=parse_model_id(str(entry.entered.get("model", ""))), content=content
        )
    if entry.kind != BATTERY:
        raise PreparedFileError(f"entry {entry.number} is a {entry.kind!r}, no model or battery")
    row = read_entry(entry.entered, entry.number)
    if row.entry is None or row.problems:
        raise PreparedFileError("; ".join(problem.message for problem in row.problems))
    return row.entry


def _plain(content: Mapping[str, object]) -> Mapping[str, object]:
    """Return a content as JSON holds it: numbers as their exact text."""
    plain: Mapping[str, object] = orjson.loads(orjson.dumps(content, default=str))
    return plain


def _places(entries: Sequence[PreparedEntry]) -> dict[str, dict[int, str]]:
    places: dict[str, dict[int, str]] = {}
    for entry in entries:
        for one in entry.documents:
            group, place = _place_of(one.document)
            places.setdefault(group, {})[place] = one.document["id"].rpartition("/")[2]
    return places


def _place_of(document: Mapping[str, Any]) -> tuple[str, int]:
    """Return on which group of lists a statement has its place, and the place."""
    entry = document["credentialStatus"][0]
    return str(entry["statusListCredential"]).rpartition("/")[2], int(entry["statusListIndex"])


def _name_of(document: Mapping[str, object]) -> str:
    """Return what a document is found by: its series, or a status list's own name."""
    return str(document.get("series") or document.get("id"))


def _document_text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise SignedOutsideError(f"a signed document's {name} is {value!r}, not a text")
    return value


def _texts(value: object, pointer: str) -> Sequence[tuple[str, str]]:
    match value:
        case str():
            return [(pointer, value)]
        case Mapping():
            return [
                found for name, one in value.items() for found in _texts(one, f"{pointer}/{name}")
            ]
        case list():
            return [
                found
                for place, one in enumerate(value)
                for found in _texts(one, f"{pointer}/{place}")
            ]
    return []


def _differences(found: Mapping[str, object], expected: Mapping[str, object]) -> Sequence[str]:
    names = {*found, *expected}
    return sorted(name for name in names if _exact(found.get(name)) != _exact(expected.get(name)))


def _exact(value: object) -> bytes:
    # Python takes `true` for 1; whoever reads what was signed does not.
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
