"""Passports as they are sent to the public: made once for each version, then from memory.

What is kept is keyed by battery and form, and good for one head (`passport.storage.heads`): the
next view after anything is published about the battery makes it anew. Readers who are signed in
get what their points allow; that is made for each of them and never kept.
"""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from passport.bootstrap import Passport
from passport.domain.access import Point
from passport.domain.errors import PassportNotFoundError
from passport.domain.identifiers import BatteryId, battery_iri
from passport.domain.passport import StatementKind
from passport.domain.status import PassportState
from passport.linked_data.canonical import pinned_canonicalizer
from passport.linked_data.documents import parse_document
from passport.services.disclosure import Disclosure
from passport.storage.heads import PassportHead, PassportHeads, heads_of
from passport.ui.request import Caller, Frame
from passport.ui.views.common import Link
from passport.web.negotiation import PRESENTATIONS, Form
from passport.web.pages.battery import annulled_page, public_page, tombstone_page
from passport.web.pages.papers import paper_lines
from passport.web.pages.record import Record
from passport.web.verdicts import Verdicts

_LARGEST_CACHE = 96 * 1024 * 1024
"""Bytes of answers that one process keeps."""
_MOST_ADDRESSES = 8192
_LONGEST_ADDRESS = 512
_VARY = b"Accept, Accept-Language, Cookie, Authorization"
_OPEN_BESIDE = (
    (Point.INDIVIDUAL, "State of health and events of this battery"),
    (Point.RESTRICTED, "Detailed composition and dismantling of the model"),
    (Point.AUTHORITY, "Test reports of the model"),
)
_GS1 = "https://gs1.org/voc/"


Address = tuple[bytes, bytes, bytes]
"""Path, query and ``Accept`` of a view, as they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One form of one passport, ready to be sent.

    Attributes:
        log_size: Size of the log for which it was last found to be current.
        head: Version it was made of.
        day: Day it was made on: a document may have expired by the next.
    """

    battery_id: BatteryId
    status: int
    etag: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    head: PassportHead | None = None
    log_size: int = -1
    day: date = date.min


class SentAnswer(Response):
    """Sends bytes as they are, or only that the reader has them already."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status_code = answer.status
        self.background = None
        self.raw_headers = answer.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        del receive
        answer = self._answer
        if answer.status == HTTPStatus.OK and _has_it(scope, answer.etag):
            kept = [pair for pair in answer.headers if pair[0] != b"content-length"]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})


def _has_it(scope: Scope, etag: bytes) -> bool:
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            # The weak comparison that RFC 9110, section 13.1.2, asks for.
            known = [one.strip().removeprefix(b"W/") for one in value.split(b",")]
            return etag in known or known == [b"*"]
    return False


@dataclass(slots=True)
class PassportViews:
    """Answers for the resolver of one process."""

    passport: Passport
    frame: Frame
    verdicts: Verdicts
    _heads: PassportHeads | None = None
    _kept: OrderedDict[tuple[BatteryId, Form], Answer] = field(default_factory=OrderedDict)
    _kept_bytes: int = 0
    _making: dict[tuple[BatteryId, Form], asyncio.Lock] = field(default_factory=dict)
    _addresses: dict[Address, tuple[BatteryId, Form]] = field(default_factory=dict)

    async def find_kept(self, address: Address) -> Answer | None:
        """Return what everybody may see under an address, if it is in memory and still good."""
        key = self._addresses.get(address)
        kept = None if key is None else self._kept.get(key)
        if key is None or kept is None or not self._is_good(kept, await self.heads.log_size()):
            return None
        if key in self._kept:  # another view may have put it out meanwhile
            self._kept.move_to_end(key)
        return kept

    def remember(self, address: Address, battery_id: BatteryId, form: Form) -> None:
        """Note what an address that everybody may ask stands for."""
        if sum(map(len, address)) > _LONGEST_ADDRESS:
            return
        if len(self._addresses) >= _MOST_ADDRESSES:
            self._addresses.clear()
        self._addresses[address] = battery_id, form

    async def answer(self, caller: Caller, battery_id: BatteryId, form: Form) -> Answer:
        """Return a passport as its reader may see it.

        Raises:
            PassportNotFoundError: None is registered, or the log has not taken it yet.
        """
        if caller.actor.is_anonymous:
            return await self.for_public(battery_id, form)
        return await run_in_threadpool(self._make, caller, battery_id, form)

    async def for_public(self, battery_id: BatteryId, form: Form) -> Answer:
        """Return a passport as everybody may see it.

        Raises:
            PassportNotFoundError: None is registered, or the log has not taken it yet.
        """
        key = battery_id, form
        log_size = await self.heads.log_size()
        kept = self._kept.get(key)
        if kept is not None and self._is_good(kept, log_size):
            self._kept.move_to_end(key)
            return kept
        async with self._making.setdefault(key, asyncio.Lock()):
            try:
                return await self._renew(key, log_size)
            finally:
                self._making.pop(key, None)

    @property
    def heads(self) -> PassportHeads:
        """The connection that heads are asked on; opened by the first who asks."""
        if self._heads is None:
            self._heads = heads_of(self.passport.engine)
        return self._heads

    async def close(self) -> None:
        """Give the connection back."""
        if self._heads is not None:
            await self._heads.close()

    async def _renew(self, key: tuple[BatteryId, Form], log_size: int) -> Answer:
        battery_id, form = key
        head = await self.heads.find(battery_id)
        if head is None or not head.logged:
            raise PassportNotFoundError(battery_id)
        kept = self._kept.get(key)
        today = self._today()
        if kept is None or kept.head != head or kept.day != today:
            kept = await run_in_threadpool(self._make, Caller(), battery_id, form)
        answer = Answer(
            battery_id=battery_id,
            status=kept.status,
            etag=kept.etag,
            headers=kept.headers,
            body=kept.body,
            head=head,
            log_size=log_size,
            day=today,
        )
        self._keep(key, answer)
        return answer

    def _is_good(self, kept: Answer, log_size: int) -> bool:
        return kept.log_size == log_size and kept.day == self._today()

    def _today(self) -> date:
        return self.passport.services.clock.now().date()

    def _keep(self, key: tuple[BatteryId, Form], answer: Answer) -> None:
        before = self._kept.pop(key, None)
        self._kept_bytes += len(answer.body) - (len(before.body) if before else 0)
        self._kept[key] = answer
        while self._kept_bytes > _LARGEST_CACHE and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= len(oldest.body)

    def _make(self, caller: Caller, battery_id: BatteryId, form: Form) -> Answer:
        disclosure = self.passport.services.disclose(caller.actor, battery_id)
        if all(one.about != battery_id for one in disclosure.statements):
            raise PassportNotFoundError(battery_id)  # the log has not taken it yet
        is_over = disclosure.battery.state is PassportState.CEASED
        return _answer(
            battery_id,
            form,
            self._body(caller, disclosure, form),
            status=HTTPStatus.GONE if is_over else HTTPStatus.OK,
            is_public=caller.actor.is_anonymous,
        )

    def _body(self, caller: Caller, disclosure: Disclosure, form: Form) -> bytes:
        if form in PRESENTATIONS:
            return disclosure.presentation
        match form:
            case Form.LINKSET:
                return orjson.dumps(linkset_of(disclosure))
            case Form.TURTLE:
                return turtle_of(disclosure)
            case _:
                return self._page(caller, disclosure)

    def _page(self, caller: Caller, disclosure: Disclosure) -> bytes:
        battery = disclosure.battery
        record = Record.of(disclosure)
        checked = self.verdicts.check(disclosure)
        # A visitor's page holds no form, so that one copy serves all of them.
        session = "" if caller.actor.is_anonymous else caller.session
        shell = self.frame.shell(caller.actor, f"/{battery.battery_id}", session=session)
        match battery.state:
            case PassportState.CEASED:
                tombstone = tombstone_page(record, checked)
                return self.frame.pages.render("tombstone.html", tombstone, shell=shell)
            case PassportState.ANNULLED:
                page = annulled_page(record, checked)
            case _:
                standing = self.passport.services.read_standing(caller.actor, battery.battery_id)
                restricted = _restricted_part(disclosure)
                public = [record.item, record.model, record.content(StatementKind.PRODUCTION)]
                page = public_page(
                    record,
                    checked,
                    status=standing.status,
                    restricted=restricted,
                    documents=paper_lines(self.passport.services, caller.actor, public),
                )
        return self.frame.pages.render("battery_public.html", page, shell=shell)


def _restricted_part(disclosure: Disclosure) -> Link | None:
    """Say what this reader may see beside the public part, and where; nothing if it is nothing."""
    open_parts = [words for point, words in _OPEN_BESIDE if point in disclosure.points]
    if not open_parts:
        return None
    return Link(
        text="Condition and events"
        if Point.INDIVIDUAL in disclosure.points
        else "Restricted part of the passport",
        href=f"/condition/{disclosure.battery.battery_id}",
        note=f"{'; '.join(open_parts)}. This is open to you.",
    )


def _answer(
    battery_id: BatteryId, form: Form, body: bytes, *, status: HTTPStatus, is_public: bool
) -> Answer:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    charset = "; charset=utf-8" if form in {Form.PAGE, Form.TURTLE} else ""
    audience = "public" if is_public else "private"
    headers = [
        (b"content-type", f"{form.value}{charset}".encode()),
        (b"etag", etag),
        (b"vary", _VARY),
        # Kept, but asked for again before each use: a passport can end any day.
        (b"cache-control", f"{audience}, no-cache".encode()),
        (b"link", f'</{battery_id}>; rel="canonical"'.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    return Answer(battery_id=battery_id, status=status.value, etag=etag, headers=headers, body=body)


def linkset_of(disclosure: Disclosure) -> dict[str, object]:
    """Return where one can go from a battery's identifier.

    Source: RFC 9264, section 4.2; GS1-Conformant Resolver, linkset.
    """
    battery = disclosure.battery
    iri = battery_iri(battery.base_url, battery.battery_id)
    base = battery.base_url.rstrip("/")
    page = {
        "href": iri,
        "title": "Battery passport",
        "type": Form.PAGE.value,
        "hreflang": ["en"],
    }
    signed = {
        "href": iri,
        "title": "Signed battery passport",
        "type": Form.PRESENTATION.value,
    }
    return {
        "linkset": [
            {
                "anchor": iri,
                f"{_GS1}defaultLink": [page],
                f"{_GS1}pip": [page],
                "alternate": [signed, {**signed, "type": Form.TURTLE.value, "title": "RDF"}],
                "collection": [
                    {
                        "href": f"{base}/{battery.model_id}",
                        "title": "Battery model",
                        "type": Form.PAGE.value,
                    }
                ],
                "describedby": [
                    {
                        "href": f"{base}/batteries/{battery.battery_id}/bundle",
                        "title": "Passport with everything to check it offline",
                        "type": "application/json",
                    }
                ],
            }
        ]
    }


def turtle_of(disclosure: Disclosure) -> bytes:
    """Return what the statements say, as triples; the proofs stay with the signed form."""
    lines: set[bytes] = set()
    for statement in disclosure.statements:
        document = parse_document(statement.body)
        del document["proof"]
        lines.update(pinned_canonicalizer().canonize(document).splitlines(keepends=True))
    return b"".join(sorted(lines))
