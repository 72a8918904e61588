"""What somebody wants verified, taken apart: a statement, a presentation, a bundle, or foreign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import orjson

from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.contexts import (
    STATEMENT_CONTEXTS,
    are_statement_contexts,
    context_bytes,
    version_of_context,
)
from passport.linked_data.documents import parse_document, statements_of
from passport.services.bundle import (
    LARGEST_BUNDLE,
    Bundle,
    MalformedBundleError,
    is_bundle,
    parse_bundle,
)
from passport.signing.jose import is_envelope, is_token, token_in, unverified_content

_PRESENTATION: Final = "VerifiablePresentation"
_PRESENTATION_MEMBERS: Final = frozenset({"@context", "type", "verifiableCredential"})
_SIGNED_MEMBERS: Final = _PRESENTATION_MEMBERS | {"id", "holder", "proof"}
_KINDS: Final = frozenset(kind.value for kind in StatementKind)


class InputUnknownError(PassportError):
    """What is to be verified is neither a statement, nor a presentation, nor a bundle."""

    code = "verification-input"


class UnsignedMemberError(PassportError):
    """A presentation says something itself, which nobody has signed."""

    code = "unsigned-member"


class UnexpectedContextError(PassportError):
    """A statement is not written in the words of a battery passport alone."""

    code = "unexpected-context"


class InputKind(Enum):
    """What came."""

    STATEMENT = auto()
    PRESENTATION = auto()
    BUNDLE = auto()
    FOREIGN = auto()
    """A credential of others, no statement of a battery passport."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What came, taken apart; nothing in it is verified.

    Attributes:
        statements: Bytes of each statement.
        document: The whole, parsed; for a token what it holds.
        bundle: What came along; it claims to be complete.
        token: The signed presentation, where it came as token.
    """

    kind: InputKind
    statements: Sequence[bytes]
    document: Mapping[str, Any]
    bundle: Bundle | None = None
    token: bytes = b""

    @property
    def is_signed_presentation(self) -> bool:
        """Whether who presents it has signed it."""
        is_one = _PRESENTATION in _types(self.document)
        return is_one and (bool(self.token) or "proof" in self.document)

    @property
    def is_presentation(self) -> bool:
        """Whether the statements claim to be one passport."""
        return self.kind in {InputKind.PRESENTATION, InputKind.BUNDLE}

    @property
    def about(self) -> str:
        """What it is, in words."""
        match self.kind:
            case InputKind.FOREIGN:
                return "a credential of others, no battery passport"
            case InputKind.STATEMENT:
                return "one statement, not the whole of a battery passport"
            case InputKind.PRESENTATION | InputKind.BUNDLE:
                return f"a battery passport of {len(self.statements)} statements"


def take_apart(data: bytes) -> Input:
    """Find out what came.

    Raises:
        MalformedDocumentError: It is no JSON object that can be read in one way only.
        MalformedBundleError: It is a bundle, but not as bundles are written.
        InputUnknownError: It is none of these.
        UnsignedMemberError: A presentation says something that nobody signed.
        UnknownContextError: A presentation names a context that is not pinned.
    """
    if is_token(data):
        return _token(data.strip())
    document = parse_document(data, largest=LARGEST_BUNDLE)
    if is_bundle(document):
        return _bundle(document)
    if _PRESENTATION in _types(document):
        return _presentation(document, statements_of(data))
    if "VerifiableCredential" in _types(document):
        kind = InputKind.FOREIGN if is_foreign(document) else InputKind.STATEMENT
        return Input(kind=kind, statements=[data], document=document)
    raise InputUnknownError(
        f"a document of type {document.get('type')!r} is no statement, presentation or bundle of "
        "a passport"
    )


def _presentation(
    document: Mapping[str, Any], statements: Sequence[bytes], token: bytes = b""
) -> Input:
    if not token:
        require_presentation(document)
    if not statements:
        raise InputUnknownError("the presentation holds no statement")
    are_foreign = all(is_foreign(_shown(parse_document(one))) for one in statements)
    return Input(
        kind=InputKind.FOREIGN if are_foreign else InputKind.PRESENTATION,
        statements=statements,
        document=document,
        token=token,
    )


def _token(data: bytes) -> Input:
    content = unverified_content(data)
    if _PRESENTATION in _types(content):
        shown = content.get("verifiableCredential", [])
        statements = [orjson.dumps(one) for one in (shown if isinstance(shown, list) else [shown])]
        return _presentation(content, statements, data)
    kind = InputKind.FOREIGN if is_foreign(content) else InputKind.STATEMENT
    return Input(kind=kind, statements=[data], document=content)


def _shown(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a member of a presentation says, unverified, also where it is a token."""
    return unverified_content(token_in(document)) if is_envelope(document) else document


def _types(document: Mapping[str, Any]) -> Sequence[object]:
    types = document.get("type")
    return types if isinstance(types, list) else [types]


def _bundle(document: Mapping[str, Any]) -> Input:
    bundle = parse_bundle(document)
    if not bundle.statements:
        raise MalformedBundleError("the bundle holds no statement")
    require_presentation(document["presentation"])
    return Input(
        kind=InputKind.BUNDLE,
        statements=bundle.statements,
        document=document["presentation"],
        bundle=bundle,
    )


def is_foreign(document: Mapping[str, Any]) -> bool:
    """Tell whether a credential neither uses our words nor claims to be one of our statements."""
    contexts, kinds = document.get("@context"), _types(document)
    named = contexts if isinstance(contexts, list) else [contexts]
    ours = any(isinstance(one, str) and version_of_context(one) for one in named)
    return not ours and not any(isinstance(one, str) and one in _KINDS for one in kinds)


def require_presentation(document: Mapping[str, Any]) -> None:
    """Refuse a presentation that says more than its statements do, unless it is signed itself.

    Raises:
        UnsignedMemberError: It does.
        UnknownContextError: It names a context that is not pinned.
    """
    allowed = _SIGNED_MEMBERS if "proof" in document else _PRESENTATION_MEMBERS
    if unsigned := document.keys() - allowed:
        raise UnsignedMemberError(
            f"the presentation itself says {', '.join(sorted(unsigned))}, which nobody signed"
        )
    types = _types(document)
    if _PRESENTATION not in types or ("proof" not in document and len(types) > 1):
        raise UnsignedMemberError(
            f"the presentation calls itself {document.get('type')!r}, which nobody signed; it is a "
            f"{_PRESENTATION}"
        )
    contexts = document.get("@context")
    for context in contexts if isinstance(contexts, list) else [contexts]:
        if not isinstance(context, str):
            raise UnsignedMemberError("the presentation brings a context of its own")
        context_bytes(context)


def require_statement_contexts(document: Mapping[str, Any]) -> None:
    """Refuse a statement that is not written in the words of a battery passport alone.

    Raises:
        UnknownContextError: It names a context that is not pinned.
        UnexpectedContextError: It names others, or the known ones in another order.
    """
    contexts = document.get("@context")
    for context in contexts if isinstance(contexts, list) else [contexts]:
        if isinstance(context, str):
            context_bytes(context)
    if not are_statement_contexts(contexts):
        raise UnexpectedContextError(
            f"a statement names the contexts {', '.join(STATEMENT_CONTEXTS)}; "
            f"this one {_difference(contexts)}"
        )


def _difference(contexts: object) -> str:
    """Return in words how contexts differ from those of a statement."""
    if not isinstance(contexts, list):
        return "names no list of them"
    if not all(isinstance(one, str) for one in contexts):
        return "brings a definition of its own"
    if more := [one for one in contexts if one not in STATEMENT_CONTEXTS]:
        return f"also names {', '.join(more)}"
    if missing := [one for one in STATEMENT_CONTEXTS if one not in contexts]:
        return f"does not name {', '.join(missing)}"
    return "names them in another order, or one of them twice"
