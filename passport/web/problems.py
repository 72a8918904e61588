"""Refusals and faults as answers: problem documents for programs, pages for people.

Source: RFC 9457, Problem Details for HTTP APIs.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from uuid_utils import uuid7

from passport.bootstrap.restoring import (
    BackupDamagedError,
    BackupTooOldError,
    OtherLogError,
    RestoreTargetError,
)
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    ContentRefusedError,
    InvalidIdentifierError,
    InvalidValueError,
    NotFoundError,
    NotSignedInError,
    PassportCeasedError,
    PassportError,
    Problem,
)
from passport.exchange.codes import PhotoRefusedError
from passport.exchange.label_drawing import LabelTextError
from passport.exchange.labels import LabelUnreadableError
from passport.keystore.files import KeystoreError
from passport.linked_data.canonical import (
    BlankNodeError,
    JsonLdSyntaxError,
    LanguageTagError,
    MalformedIriError,
)
from passport.linked_data.contexts import ContextChangedError, UnknownContextError
from passport.linked_data.credentials import CredentialMalformedError
from passport.linked_data.documents import MalformedDocumentError
from passport.linked_data.json_rules import (
    ControlCharacterError,
    EmptyValueError,
    FloatValueError,
    InlineContextError,
    LoneSurrogateError,
    NullValueError,
    UndefinedTermError,
    UnsafeIntegerError,
)
from passport.linked_data.nquads import NQuadsSyntaxError
from passport.linked_data.rdf_canon import TooComplexError
from passport.services.bundle import MalformedBundleError
from passport.services.importing import FileUnreadableError
from passport.services.monitoring import MonitorStateError
from passport.services.trust import TrustFileError
from passport.services.verification_input import (
    InputUnknownError,
    UnexpectedContextError,
    UnsignedMemberError,
)
from passport.settings import SettingsRefusedError
from passport.signing.did import DidDocumentError
from passport.signing.errors import AlreadySignedError, KeyMalformedError, ProofError
from passport.signing.merkle_tree import LogRewrittenError, ReceiptRefusedError
from passport.signing.prepared import PreparedFileError
from passport.signing.selective_disclosure_statements import (
    DisclosurePointerError,
    NotSeparableError,
)
from passport.signing.status_list import StatusListError, StatusListFullError
from passport.signing.time_stamps import TimeStampError
from passport.signing.web_reader import AddressRefusedError, UnreachableError
from passport.signing.witness_client import WitnessRefusedError
from passport.storage.errors import (
    LogBrokenError,
    NotLoggedYetError,
    StaleWriteError,
    StoreUnusableError,
)
from passport.storage.witness_state import WitnessStateError
from passport.ui.problem_pages import ProblemPage, problem_page
from passport.ui.request import PageAnswer
from passport.ui.scanning import CodeRefusedError
from passport.ui.views.common import Link
from passport.web.errors import (
    AddressUnknownError,
    DeletionRefusedError,
    FaultError,
    HostUnknownError,
    RequestInvalidError,
    RequestRefusedError,
    RequestTooLargeError,
    TooManyAttemptsError,
)
from passport.web.wire import place_of

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 1

log = structlog.get_logger()

STATUS: Mapping[type[PassportError], HTTPStatus] = {
    # What was sent
    InvalidValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidIdentifierError: HTTPStatus.BAD_REQUEST,
    ContentRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    RequestRefusedError: HTTPStatus.BAD_REQUEST,
    RequestTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HostUnknownError: HTTPStatus.MISDIRECTED_REQUEST,
    MalformedDocumentError: HTTPStatus.BAD_REQUEST,
    FileUnreadableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PhotoRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CodeRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    LabelTextError: HTTPStatus.UNPROCESSABLE_ENTITY,
    # Who sent it
    NotSignedInError: HTTPStatus.UNAUTHORIZED,
    AccessDeniedError: HTTPStatus.FORBIDDEN,
    TooManyAttemptsError: HTTPStatus.TOO_MANY_REQUESTS,
    # What is on record
    NotFoundError: HTTPStatus.NOT_FOUND,
    PassportCeasedError: HTTPStatus.GONE,
    ConflictError: HTTPStatus.CONFLICT,
    DeletionRefusedError: HTTPStatus.CONFLICT,
    NotLoggedYetError: HTTPStatus.SERVICE_UNAVAILABLE,
    StaleWriteError: HTTPStatus.SERVICE_UNAVAILABLE,
    # Signed documents that somebody sends
    ProofError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AlreadySignedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CredentialMalformedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DisclosurePointerError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotSeparableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DidDocumentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyMalformedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PreparedFileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReceiptRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    StatusListError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TimeStampError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TrustFileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    MalformedBundleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InputUnknownError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnsignedMemberError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnexpectedContextError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownContextError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UndefinedTermError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InlineContextError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NullValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
    FloatValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnsafeIntegerError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ControlCharacterError: HTTPStatus.UNPROCESSABLE_ENTITY,
    LoneSurrogateError: HTTPStatus.UNPROCESSABLE_ENTITY,
    EmptyValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
    MalformedIriError: HTTPStatus.UNPROCESSABLE_ENTITY,
    LanguageTagError: HTTPStatus.UNPROCESSABLE_ENTITY,
    BlankNodeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    JsonLdSyntaxError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NQuadsSyntaxError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooComplexError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AddressRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnreachableError: HTTPStatus.BAD_GATEWAY,
    WitnessRefusedError: HTTPStatus.BAD_GATEWAY,
    # What is wrong on our side
    StoreUnusableError: HTTPStatus.INTERNAL_SERVER_ERROR,
    LogBrokenError: HTTPStatus.INTERNAL_SERVER_ERROR,
    LogRewrittenError: HTTPStatus.INTERNAL_SERVER_ERROR,
    KeystoreError: HTTPStatus.INTERNAL_SERVER_ERROR,
    SettingsRefusedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ContextChangedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    StatusListFullError: HTTPStatus.INTERNAL_SERVER_ERROR,
    LabelUnreadableError: HTTPStatus.INTERNAL_SERVER_ERROR,
    FaultError: HTTPStatus.INTERNAL_SERVER_ERROR,
    # What only whoever runs the service does at a console; an address that met it would be at fault
    BackupDamagedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    BackupTooOldError: HTTPStatus.INTERNAL_SERVER_ERROR,
    OtherLogError: HTTPStatus.INTERNAL_SERVER_ERROR,
    RestoreTargetError: HTTPStatus.INTERNAL_SERVER_ERROR,
    MonitorStateError: HTTPStatus.INTERNAL_SERVER_ERROR,
    WitnessStateError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Refusals by kind; one that is not named has the status of the kind it belongs to."""


def status_of(refusal: PassportError) -> HTTPStatus:
    """Return the status of a refusal.

    A neighbour's own kind may say it by ``http_status``; otherwise it counts as wrong content.
    """
    if isinstance(refusal, RequestRefusedError):
        return HTTPStatus(refusal.status)
    own = getattr(type(refusal), "http_status", None)
    if isinstance(own, HTTPStatus):
        return own
    for kind in type(refusal).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.UNPROCESSABLE_ENTITY


def wants_page(request: Request) -> bool:
    """Whether a person in front of a browser asks, and not a program."""
    path = request.scope["path"]
    is_api = path.startswith(("/api/", "/v1/"))
    return not is_api and "text/html" in request.headers.get("accept", "")


def answer_refusal(request: Request, refusal: PassportError) -> Response:
    """Return the answer to a request that was refused."""
    status = status_of(refusal)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("refused_by_fault", code=refusal.code, path=request.scope["path"])
    if wants_page(request):
        return _refusal_page(request, refusal, status)
    body: dict[str, object] = _document(request, status, refusal.code, str(refusal))
    if isinstance(refusal, ContentRefusedError) and refusal.problems:
        body["problems"] = [place_of(problem) for problem in refusal.problems]
    return _problem(status, body, _headers_of(refusal, status))


def answer_fault(request: Request, error: Exception) -> Response:
    """Return the answer to a bug: no details, but a number that the log has, too."""
    number = str(uuid7())
    log.error("request_failed", request=number, path=request.scope["path"], exc_info=error)
    return answer_refusal(request, FaultError(f"try again, and quote {number} if it stays"))


def install(app: FastAPI) -> None:
    """Have every refusal and fault of an application answered here."""
    app.add_exception_handler(PassportError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_fault)


def refusal_behind(error: BaseException) -> PassportError | None:
    """Return the refusal that a framework wrapped into an error of its own."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, PassportError):
        cause = cause.__cause__
    return cause


def _on_refusal(request: Request, error: Exception) -> Response:
    refusal = refusal_behind(error)
    return answer_fault(request, error) if refusal is None else answer_refusal(request, refusal)


def _on_fault(request: Request, error: Exception) -> Response:
    return answer_fault(request, error)


def _on_http(request: Request, error: Exception) -> Response:
    refusal = refusal_behind(error)
    if refusal is None and isinstance(error, HTTPException):
        refusal = _refusal_of(request, error)
    return _on_refusal(request, refusal or error)


def _refusal_of(request: Request, error: HTTPException) -> PassportError:
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return AddressUnknownError(f"there is nothing under {request.scope['path']}")
        case HTTPStatus.METHOD_NOT_ALLOWED as status:
            words = f"{request.method} is not for {request.scope['path']}"
            return RequestRefusedError(words, status)
        case status:
            return RequestRefusedError(str(error.detail), status)


def _on_invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    problems = tuple(_problem_of(one) for one in found)
    words = "; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems[:3])
    return answer_refusal(request, RequestInvalidError(words, problems))


def _problem_of(error: Mapping[str, object]) -> Problem:
    place = error.get("loc", ())
    parts = [str(part) for part in place] if isinstance(place, tuple | list) else []
    where = [part for part in parts[1:] if not part.startswith("~")]
    message = str(error.get("msg", "")).removeprefix("Value error, ")
    return Problem(message=message, path="".join(f"/{part}" for part in where))


def _refusal_page(request: Request, refusal: PassportError, status: HTTPStatus) -> Response:
    if status is HTTPStatus.UNAUTHORIZED and request.method == "GET":
        return RedirectResponse(f"/login?next={request.scope['path']}", HTTPStatus.SEE_OTHER)
    page = problem_page(
        status, refusal.code, _detail(refusal), actions=tuple(_ways_on(request, status))
    )
    response = PageAnswer(request).show("problem.html", page, status=status)
    response.headers.update(_headers_of(refusal, status))
    return response


def _detail(refusal: PassportError) -> str:
    problems = refusal.problems if isinstance(refusal, ContentRefusedError) else ()
    return "; ".join(problem.message for problem in problems) or str(refusal)


_RESTRICTED_PAGES = frozenset({"condition", "structure", "dismantling"})
"""Pages of one battery that need a grant, or a role; the rest of their path is its name."""


def _is_model(name: str) -> bool:
    return name.startswith("01/") and "/21/" not in name


def _ways_on(request: Request, status: HTTPStatus) -> Iterable[Link]:
    path: str = request.scope["path"]
    if status is HTTPStatus.NOT_FOUND and path.startswith("/01/") and "/21/" in path:
        yield Link(text="What is known about the model", href=path.partition("/21/")[0])
        yield Link(text="Scan the label again", href="/scan")
    page, _, battery = path.removeprefix("/").partition("/")
    if status is HTTPStatus.FORBIDDEN and page in _RESTRICTED_PAGES:
        if not _is_model(battery):
            yield Link(text="Ask for access", href=f"/access/{battery}")
        yield Link(text="What everybody sees of it", href=f"/{battery}")
    if status is HTTPStatus.UNAUTHORIZED:
        yield Link(text="Sign in", href="/login")


def _headers_of(refusal: PassportError, status: HTTPStatus) -> dict[str, str]:
    match refusal:
        case TooManyAttemptsError():
            return {"Retry-After": str(refusal.retry_after_s)}
        case _ if status is HTTPStatus.SERVICE_UNAVAILABLE:
            return {"Retry-After": str(_RETRY_AFTER_S)}
        case _ if status is HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": 'Bearer realm="passport"'}
        case _:
            return {}


def _document(request: Request, status: HTTPStatus, code: str, detail: str) -> dict[str, object]:
    base_url = request.app.state.passport.base_url
    page: ProblemPage = problem_page(status, code, detail)
    return {
        "type": f"{base_url}/problems/{code}",
        "title": page.title,
        "status": status.value,
        "detail": detail,
        "code": code,
    }


def _problem(
    status: HTTPStatus, body: Mapping[str, object], headers: Mapping[str, str]
) -> Response:
    return Response(
        orjson.dumps(body), status, {**headers, "Cache-Control": "no-store"}, media_type=MEDIA_TYPE
    )
