"""The page for everything that did not work: what happened, and what to do now."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from passport.ui.views.common import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """One problem for a person.

    Attributes:
        status: HTTP status, ready to print.
        title: What happened, in a few words.
        what_happened: The refusal's own sentence.
        what_to_do: What the reader can do about it.
        code: Stable code, to look up or to quote.
        actions: Where to go from here.
    """

    status: str
    title: str
    what_happened: str
    what_to_do: str
    code: str
    actions: tuple[Link, ...] = ()


_BY_CODE: Mapping[str, tuple[str, str]] = {
    "passport-not-found": (
        "No passport under this identifier",
        "Compare what you entered with the label. Old and small batteries often have none.",
    ),
    "not-signed-in": ("Please sign in", "This part is only for people who are signed in."),
    "csrf-refused": (
        "The page was open for too long",
        "Go back, load the page again and send the form once more. Nothing was changed.",
    ),
    "idempotency-conflict": (
        "This was sent before with another content",
        "Look at what is on record already. To change it, start anew.",
    ),
    "transition-refused": (
        "The law gives no way from here to there",
        "Look at the battery's status and choose an operation that starts from it.",
    ),
}

_BY_STATUS: Mapping[HTTPStatus, tuple[str, str]] = {
    HTTPStatus.FORBIDDEN: (
        "Not open to you",
        "If you repair, re-use or recycle a battery, or own it, ask for access to it.",
    ),
    HTTPStatus.NOT_FOUND: (
        "Nothing here",
        "Check the address, or scan the label again. If a link led here, it is out of date.",
    ),
    HTTPStatus.CONFLICT: (
        "This contradicts what is on record",
        "Load the page again to see what is on record now, then decide.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "This is too large",
        "Send a smaller file: a photo at a lower resolution, a table in parts.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "Something in it is not valid",
        "Correct what is named above and send it again. Nothing was stored.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many requests",
        "Wait a minute and try again.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Out of service for a moment",
        "Nothing is lost. Try again in a minute.",
    ),
}
_OTHER_REFUSAL = ("This could not be done", "Correct what is named above and try again.")
_OUR_FAULT = (
    "Something broke on our side",
    "Nothing was stored by halves. Try again; if it stays, tell us and quote the code below.",
)


def problem_page(
    status: HTTPStatus, code: str, detail: str, *, actions: tuple[Link, ...] = ()
) -> ProblemPage:
    """Say a refusal or a fault in words somebody can act on.

    Args:
        status: Status the answer has.
        code: Stable code of the refusal.
        detail: The refusal's message; for a fault of ours, the identifier of the request.
        actions: Where to go; the first page and the scanner where nothing is given.
    """
    other = _OUR_FAULT if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _OTHER_REFUSAL
    title, what_to_do = _BY_CODE.get(code) or _BY_STATUS.get(status, other)
    return ProblemPage(
        status=f"{status.value} {status.phrase}",
        title=title,
        what_happened=_sentence(detail),
        what_to_do=what_to_do,
        code=code,
        actions=actions
        or (Link(text="Scan a battery", href="/scan"), Link(text="First page", href="/")),
    )


def _sentence(detail: str) -> str:
    text = detail[:1].upper() + detail[1:]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
