"""What proves when a statement existed, and whose key signed it: log, witnesses, time stamps.

A signature holds for as long as its key and its suite do. Afterwards it counts only with proof
from outside that it is older: its place in a trusted log, and the time by which others had signed
that state of the log. Logs and witnesses sign with Ed25519: once that is broken, they prove only
what an authority had stamped before, the log's signature included.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Final, Protocol

from passport.domain.errors import PassportError
from passport.linked_data.documents import parse_document
from passport.services.bundle import ArchivedDidDocument, Bundle
from passport.services.trust import Trust
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.signing.did import DidDocuments, parse_did_document
from passport.signing.errors import (
    KeyEndedUnprovenError,
    KeyRevokedError,
    KeyUnknownError,
    SuiteRetiredError,
)
from passport.signing.instants import instant_text
from passport.signing.keys import KeyKind, VerificationKey
from passport.signing.merkle_tree import LogRewrittenError, ReceiptRefusedError, verify_inclusion
from passport.signing.proofs import read_issuer
from passport.signing.time_stamps import verify_time_stamps
from passport.signing.transparency_log import (
    Checkpoint,
    parse_receipt,
    split_note,
    verify_checkpoint,
    verify_extension,
    without_cosignatures,
)
from passport.signing.witness import parse_witness_key, verify_cosignatures

CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)


class HistoryBrokenError(ReceiptRefusedError):
    """Versions of a DID document do not follow each other as they stand in the log."""

    code = "did-history-broken"


class Online(Protocol):
    """Fetches what did not come along; left out, nothing is fetched."""

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return the key behind a verification method."""
        ...

    def read(self, url: str) -> bytes:
        """Return a document."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A place in a trusted log, proven by a receipt.

    Attributes:
        existed_by: When others had signed this state of the log; ``None`` where nobody did. Of
            witnesses only while their kind of signature holds.
    """

    checkpoint: Checkpoint
    index: int
    existed_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    """A checkpoint whose signature holds, and who else signed it by when."""

    checkpoint: Checkpoint
    witnessed_by: datetime | None
    witnesses: int


class Evidence:
    """What came along with the statements, checked once for all of them."""

    def __init__(
        self,
        trust: Trust,
        bundle: Bundle | None,
        *,
        now: datetime,
        online: Online | None,
        report: VerificationReport,
    ) -> None:
        """Check what holds for all statements: time stamps, witnesses, archived keys, the log.

        Args:
            trust: Whom to believe.
            bundle: What came along; ``None`` where only statements did.
            now: The verifier's clock. What a key or a suite is worth has changed by now, whatever
                instant is asked about.
            online: Fetches keys that are not at hand.
            report: Where findings go.

        Raises:
            DidDocumentError: A trusted DID document does not say whose keys it holds.
        """
        self.now = now
        self._trust = trust
        self._bundle = bundle
        self._online = online
        self._report = report
        self._notes: dict[str, _Note] = {}
        self._known = trust.keys(bundle.did_documents if bundle else {})
        self._witness_keys = tuple(parse_witness_key(key) for key in trust.witnesses)
        broken = [at for suite, at in trust.retired.items() if _is_ed25519(suite) and at <= now]
        self._logs_broken_at = min(broken, default=None)
        self.stamped_text, self.stamped_at = self._check_time_stamps()
        self._unproven: set[str] = set()
        self._archived = self._read_histories()

    # The log

    def find_entry(self, digest: bytes) -> LogEntry | None:
        """Return where an entry stands in a trusted log; ``None`` where no receipt came along.

        Raises:
            ReceiptRefusedError: The receipt proves nothing.
        """
        receipt = self._bundle.receipts.get(digest) if self._bundle else None
        return None if receipt is None else self._proven(receipt, digest)

    def check_log(self) -> None:
        """Compare the states of each log that came along with each other and with those kept."""
        seen = [note.checkpoint for note in self._notes.values()]
        kept = [verify_checkpoint(note, self._trust.logs) for note in self._trust.kept_checkpoints]
        # Each with the next larger one: whoever brings thousands shall not have all pairs compared.
        in_order = sorted(seen, key=lambda checkpoint: (checkpoint.origin, checkpoint.size))
        for one, other in pairwise(in_order):
            self._compare(one, other, is_kept=False)
        for one, other in product(seen, kept):
            self._compare(one, other, is_kept=True)
        if any(one.origin == other.origin for one in seen for other in kept):
            self._report.passed(Check.LOG, "the log goes on from the checkpoint that you keep")
        self._count_witnesses()

    def _proven(self, receipt: str, digest: bytes) -> LogEntry:
        index, path, text = parse_receipt(receipt)
        note = self._note(text)
        verify_inclusion(digest, index, note.checkpoint.head, path)
        times = []
        if note.witnessed_by is not None and self._logs_broken_at is None:
            times.append(note.witnessed_by)
        if self.stamped_at is not None and split_note(text)[0] == self.stamped_text:
            times.append(self.stamped_at)
        return LogEntry(
            checkpoint=note.checkpoint, index=index, existed_by=min(times, default=None)
        )

    def _note(self, text: str) -> _Note:
        if text not in self._notes:
            checkpoint = verify_checkpoint(text, self._trust.logs)
            times = sorted(verify_cosignatures(text, self._witness_keys).values())
            quorum = self._trust.witness_quorum
            self._notes[text] = _Note(
                checkpoint=checkpoint,
                witnessed_by=times[quorum - 1] if len(times) >= quorum else None,
                witnesses=len(times),
            )
        return self._notes[text]

    def _compare(self, one: Checkpoint, other: Checkpoint, *, is_kept: bool) -> None:
        if one.origin != other.origin:
            return
        if one.size == other.size:
            if one.root != other.root:
                where = "you keep the other one" if is_kept else "the bundle holds both"
                self._forked(
                    f"two trees of {one.size} entries under one name, {one.origin}; {where}"
                )
            return
        old, new = sorted((one, other), key=lambda checkpoint: checkpoint.size)
        path = self._path_between(old, new)
        if path is None:
            if is_kept:
                self._report.found(
                    Check.LOG,
                    Finding.LOG_EXTENSION_MISSING,
                    f"nothing proves that the tree of {new.size} entries of {new.origin} begins "
                    f"with that of {old.size}; you keep one of them",
                )
            return
        try:
            verify_extension(old, new, path)
        except LogRewrittenError as error:
            self._forked(str(error))
        except PassportError as error:
            self._report.refused(Check.LOG, error)

    def _path_between(self, old: Checkpoint, new: Checkpoint) -> tuple[bytes, ...] | None:
        if old.size == 0:
            return ()
        for extension in self._bundle.log_extensions if self._bundle else ():
            sizes = (extension.origin, extension.old_size, extension.new_size)
            if sizes == (old.origin, old.size, new.size):
                return tuple(extension.path)
        return None

    def _forked(self, what: str) -> None:
        self._report.found(Check.LOG, Finding.LOG_FORKED, what)

    def _count_witnesses(self) -> None:
        if not self._witness_keys:
            return
        for note in self._notes.values():
            if note.witnessed_by is None:
                self._report.found(
                    Check.LOG,
                    Finding.WITNESSES_MISSING,
                    f"{note.witnesses} of your witnesses cosigned the checkpoint of "
                    f"{note.checkpoint.origin} with {note.checkpoint.size} entries; you ask for "
                    f"{self._trust.witness_quorum}",
                )
            else:
                self._report.passed(
                    Check.LOG,
                    f"your witnesses had cosigned the log by {instant_text(note.witnessed_by)}",
                )

    # Time

    def _check_time_stamps(self) -> tuple[str, datetime | None]:
        stamped = self._bundle.time_stamps if self._bundle else None
        if stamped is None:
            return "", None
        if not self._trust.time_stamp_authorities:
            self._report.not_checked(
                Check.TIME, "time stamps came along, but the trust file names no authority for them"
            )
            return "", None
        try:
            text, _ = split_note(stamped.note)
            verify_checkpoint(without_cosignatures(stamped.note), self._trust.logs)
            at = verify_time_stamps(
                stamped.note, stamped.tokens, self._trust.time_stamp_authorities, at=self.now
            )
        except PassportError as error:
            self._report.refused(Check.TIME, error)
            return "", None
        self._report.passed(Check.TIME, f"the log was stamped at {instant_text(at)}")
        return text, at

    # Keys

    def keys_for(self, entry: LogEntry | None, *, on: datetime | None = None) -> "EvidencedKeys":
        """Return the keys that count for something that stands at a place in the log.

        Args:
            entry: The place; ``None`` where it stands in no log.
            on: The day that decides what a key is worth; the verifier's clock when not given.
        """
        return EvidencedKeys(
            self._known,
            self._archived,
            online=self._online,
            entry=entry,
            evidence=self,
            on=on or self.now,
        )

    def is_archived(self, did: str) -> bool:
        """Whether a party is believed by what the log kept of it, as one that may be gone."""
        return did in self._trust.history_dids

    def require_known(self, verification_method: str) -> None:
        """Refuse keys that only versions list which anybody could have made up by now.

        Raises:
            SuiteRetiredError: Signatures of logs are broken, and nothing proves this key older.
        """
        if verification_method in self._unproven and self._logs_broken_at is not None:
            raise SuiteRetiredError(
                f"logs prove nothing since {instant_text(self._logs_broken_at)}, and no time stamp "
                f"proves that {verification_method} was in one before: ask for a bundle with time "
                "stamps"
            )

    def require_counts(
        self, key: VerificationKey, entry: LogEntry | None, on: datetime
    ) -> VerificationKey:
        """Return a key as it stands for a statement at a place in the log.

        Raises:
            KeyRevokedError: It was compromised, and the statement is not proven to be older.
            KeyEndedUnprovenError: It has ended, and the statement was not logged.
        """
        if key.revoked_at is not None:
            if not self._is_older_than_compromise(key, entry):
                raise KeyRevokedError(
                    f"{key.key_id} was revoked at {instant_text(key.revoked_at)}: anybody may "
                    "hold it, and nothing proves that this was signed before"
                )
            key = replace(key, revoked_at=None)
        if key.expires_at is not None and key.expires_at < on and entry is None:
            raise KeyEndedUnprovenError(
                f"{key.key_id} ended at {instant_text(key.expires_at)}, and no log receipt proves "
                "that this was signed before: ask for a bundle"
            )
        return key

    def require_suites(
        self, document: Mapping[str, object], entry: LogEntry | None, *, on: datetime | None = None
    ) -> None:
        """Refuse suites that are broken by now, unless what they signed is proven to be older.

        A document to which its issuer made a proof of another suite as well stands by that one.

        Args:
            document: The document; its proofs hold.
            entry: Its place in the log.
            on: The day that decides; the verifier's clock when not given.

        Raises:
            SuiteRetiredError: Its suites are broken, and it is not proven to be older.
        """
        retired = self._trust.retired
        if not retired:
            return
        issuer, proofs = read_issuer(document), document.get("proof")
        suites = {
            str(proof.get("cryptosuite"))
            for proof in (proofs if isinstance(proofs, list) else [proofs])
            if isinstance(proof, Mapping)
            and str(proof.get("verificationMethod")).partition("#")[0] == issuer
        }
        day = on or self.now
        broken = {suite for suite in suites if suite in retired and retired[suite] <= day}
        if not broken or broken != suites:
            return
        suite = max(broken, key=retired.__getitem__)
        since = retired[suite]
        if entry is None or entry.existed_by is None or entry.existed_by >= since:
            proven = entry.existed_by if entry is not None else None
            lack = (
                "no time stamp proves that this was signed before"
                if proven is None
                else f"that this was signed is proven only of {instant_text(proven)}"
            )
            raise SuiteRetiredError(
                f"{suite} proves nothing since {instant_text(since)}, and {lack}: ask for a bundle "
                "with time stamps"
            )

    def require_kind(self, kind: KeyKind) -> None:
        """Refuse what a key of a broken kind signed outside of the log, such as a token.

        Raises:
            SuiteRetiredError: A suite of such keys is retired.
        """
        for suite, since in self._trust.retired.items():
            is_of_kind = _is_ed25519(suite) is (kind is KeyKind.ED25519)
            if is_of_kind and since <= self.now:
                raise SuiteRetiredError(
                    f"keys of {kind} prove nothing since {instant_text(since)}, and a token is in "
                    "no log: ask for a bundle with time stamps"
                )

    def _is_older_than_compromise(self, key: VerificationKey, entry: LogEntry | None) -> bool:
        if entry is None or key.revoked_at is None:
            return False
        if entry.existed_by is not None and entry.existed_by < key.revoked_at:
            return True
        # The size is that of the party's own log: with several logs nobody knows which one.
        only_log = {log.origin for log in self._trust.logs} == {entry.checkpoint.origin}
        size = key.revoked_from_log_size
        is_before = size is not None and entry.index < size
        return only_log and is_before and self._log_proves(entry)

    def _log_proves(self, entry: LogEntry) -> bool:
        """Whether anybody but the log could not have made up this entry by now."""
        broken_at = self._logs_broken_at
        return broken_at is None or (entry.existed_by is not None and entry.existed_by < broken_at)

    def _read_histories(self) -> Mapping[str, VerificationKey]:
        keys: dict[str, VerificationKey] = {}
        for did in self._trust.history_dids:
            versions = self._bundle.did_history.get(did, ()) if self._bundle else ()
            known: dict[str, VerificationKey] = {}
            try:
                self._read_history(did, versions, into=known)
            except PassportError as error:
                self._report.refused(Check.PROOFS, error, statement=did)
            keys |= known
        return keys

    def _read_history(
        self, did: str, versions: Sequence[ArchivedDidDocument], *, into: dict[str, VerificationKey]
    ) -> None:
        entry: LogEntry | None = None
        for version in versions:
            entry = self._follow(version, entry)
            listed = parse_did_document(parse_document(version.document), did)
            if self._log_proves(entry):
                into |= listed
            else:
                # Anybody could have made this version up: it may end keys, and brings none.
                into |= {name: _ended(into[name], listed[name]) for name in into if name in listed}
                self._unproven |= listed.keys() - into.keys()

    def _follow(self, version: ArchivedDidDocument, before: LogEntry | None) -> LogEntry:
        entry = self._proven(version.receipt, hashlib.sha256(version.document).digest())
        if before is not None and (
            entry.checkpoint.origin != before.checkpoint.origin or entry.index <= before.index
        ):
            raise HistoryBrokenError(
                f"entry {entry.index} of {entry.checkpoint.origin} does not come after entry "
                f"{before.index} of {before.checkpoint.origin}"
            )
        return entry


def _is_ed25519(suite: str) -> bool:
    return suite.startswith("eddsa")


def _ended(key: VerificationKey, later: VerificationKey) -> VerificationKey:
    """Return a key with the ends that a later version gives it, never without those it has."""
    ends = [end for end in (key.expires_at, later.expires_at) if end is not None]
    ended = replace(key, expires_at=min(ends, default=None))
    if key.revoked_at is not None:
        return ended
    return replace(
        ended,
        revoked_at=later.revoked_at,
        revoked_from_log_size=later.revoked_from_log_size,
    )


class EvidencedKeys:
    """KeyResolver: trusted documents, then the archive, then the network; ended keys with proof."""

    def __init__(  # noqa: PLR0913 - where keys come from, and what decides whether they count
        self,
        known: DidDocuments,
        archived: Mapping[str, VerificationKey],
        *,
        online: Online | None,
        entry: LogEntry | None,
        evidence: Evidence,
        on: datetime,
    ) -> None:
        self._on = on
        self._known = known
        self._archived = archived
        self._online = online
        self._entry = entry
        self._evidence = evidence

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return a key that somebody trusted vouches for, as it counts for this statement.

        Raises:
            KeyUnknownError: Nobody vouches for it.
            KeyRevokedError: It was compromised before the statement is proven to exist.
            KeyEndedUnprovenError: It has ended, and nothing proves the statement to be older.
        """
        return self._evidence.require_counts(self._find(verification_method), self._entry, self._on)

    def _find(self, verification_method: str) -> VerificationKey:
        archived = self._archived.get(verification_method)
        if archived is not None:
            return archived
        did = verification_method.partition("#")[0]
        if self._evidence.is_archived(did):
            self._evidence.require_known(verification_method)
            raise KeyUnknownError(
                f"no DID document of {did} that a trusted log proves has the key "
                f"{verification_method}"
            )
        try:
            return self._known.resolve(verification_method)
        except KeyUnknownError:
            if self._online is None:
                raise
        return self._online.resolve(verification_method)
