"""Which form of a passport a reader asks for.

Source: RFC 9110, section 12.5.1; GS1 Digital Link, linkType; RFC 9264, linksets.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from passport.web.errors import LinkTypeUnknownError


class Form(StrEnum):
    """Forms of a passport; the value is the media type it is sent as."""

    PAGE = "text/html"
    PRESENTATION = "application/vp"
    PRESENTATION_JSON_LD = "application/ld+json"
    PRESENTATION_OLD_NAME = "application/vp+ld+json"
    PRESENTATION_JSON = "application/json"
    LINKSET = "application/linkset+json"
    TURTLE = "text/turtle"


PRESENTATIONS = frozenset(
    {
        Form.PRESENTATION,
        Form.PRESENTATION_JSON_LD,
        Form.PRESENTATION_OLD_NAME,
        Form.PRESENTATION_JSON,
    }
)
_TOKEN = "application/vc+jwt"  # noqa: S105 - a media type
_DOCUMENTS = frozenset({"application/vc", "application/ld+json", "application/json"})
_LINKSET_NAMES = frozenset({"linkset", "all"})
_DEFAULT_NAMES = frozenset(
    {
        "gs1:defaultLink",
        "https://gs1.org/voc/defaultLink",
        "https://ref.gs1.org/voc/defaultLink",
        "gs1:pip",
        "https://gs1.org/voc/pip",
        "https://ref.gs1.org/voc/pip",
    }
)
_HIGHEST_QUALITY = 1.0


@lru_cache(maxsize=1024)
def form_for(accept: str) -> Form:
    """Return the form that an ``Accept`` header likes best; the page where it likes none.

    >>> form_for("application/vp, text/html;q=0.5")
    <Form.PRESENTATION: 'application/vp'>
    >>> form_for("*/*"), form_for("image/png")
    (<Form.PAGE: 'text/html'>, <Form.PAGE: 'text/html'>)
    """
    ranges = list(_ranges(accept)) or [("*/*", _HIGHEST_QUALITY)]
    liked = [(_quality(form, ranges), -place, form) for place, form in enumerate(Form)]
    quality, _, form = max(liked)
    return form if quality > 0 else Form.PAGE


def wants_token(accept: str) -> bool:
    """Whether an ``Accept`` header names tokens, and likes them better than signed documents.

    >>> wants_token("application/vc+jwt"), wants_token("application/vc, application/vc+jwt;q=0.9")
    (True, False)
    >>> wants_token("*/*"), wants_token("application/*")
    (False, False)
    """
    ranges = list(_ranges(accept))
    as_token = max((quality for name, quality in ranges if name == _TOKEN), default=0.0)
    as_document = max((quality for name, quality in ranges if name in _DOCUMENTS), default=0.0)
    return as_token > as_document


def form_of_link_type(link_type: str) -> Form | None:
    """Return the form that a link type asks for; nothing for the default link.

    Raises:
        LinkTypeUnknownError: No link of this type starts here.
    """
    if link_type in _LINKSET_NAMES:
        return Form.LINKSET
    if not link_type or link_type in _DEFAULT_NAMES:
        return None
    raise LinkTypeUnknownError(
        f"no link of type {link_type} starts here; ask for linkType=linkset to see all"
    )


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        if name:
            yield name, _quality_in(parameters)


def _quality_in(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(float(parameter[2:]), _HIGHEST_QUALITY)
            except ValueError:
                return 0.0
    return _HIGHEST_QUALITY


def _quality(form: Form, ranges: list[tuple[str, float]]) -> float:
    """Return the quality of the most specific range that a form falls into."""
    kind = form.value.partition("/")[0]
    for wanted in (form.value, f"{kind}/*", "*/*"):
        for name, quality in ranges:
            if name == wanted:
                return quality
    return 0.0
