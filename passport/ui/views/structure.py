"""What a battery is made of: its parts as a tree, the bench where they are changed, history."""

from dataclasses import dataclass

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, LineItem, Link, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class PartBranch:
    """One part in the tree and what it holds.

    Attributes:
        holds: How many parts it holds, in words; empty where it holds none.
        note: Where it comes from, where it did not come new.
        passport: Its own passport, where it has one.
        swap: The bench with this part on it, where this reader may change parts.
    """

    position: str
    level: str
    serial: str
    holds: str = ""
    note: str = ""
    badge: Badge | None = None
    passport: Link | None = None
    swap: Link | None = None
    parts: tuple["PartBranch", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The form with which parts are changed, made for gloves: few fields, large choices."""

    action: str
    kinds: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    destinations: tuple[tuple[str, str], ...]
    histories: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    form: FormState = EMPTY_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPage:
    """Where one part is, and how it came there.

    Attributes:
        place: Where it is, in words.
        battery: The parts of the battery it is in, where it is in one.
    """

    level: str
    serial: str
    place: str
    steps: tuple[LineItem, ...]
    part_number: str = ""
    battery: Link | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StructurePage:
    """What one battery is made of, for a reader who may know.

    Attributes:
        at: Day asked about; empty for now.
        done: What was done a moment ago.
        upload: Where a file with the parts is sent, where this reader may record them.
    """

    name: str
    serial: str
    battery: Link
    level: str
    address: str
    at: str = ""
    at_words: str = ""
    done: str = ""
    notices: tuple[Notice, ...] = ()
    parts: tuple[PartBranch, ...] = ()
    bench: Bench | None = None
    upload: str = ""
    upload_form: FormState = EMPTY_FORM
    changes: tuple[LineItem, ...] = ()
