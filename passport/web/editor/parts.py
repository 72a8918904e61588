"""The fields of a form for each term, with what was typed and what is wrong in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeGuard

from passport.domain.content import Datatype, Term, codes_of, terms_in
from passport.linked_data.terms import term_rows
from passport.ui.views.editor import FormPart, Option, PartKind
from passport.web.editor.fields import HIDDEN_PARTS

MAIN_LANGUAGE = "en"
LANGUAGES = (
    ("bg", "Bulgarian"),
    ("hr", "Croatian"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("et", "Estonian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("de", "German"),
    ("el", "Greek"),
    ("hu", "Hungarian"),
    ("ga", "Irish"),
    ("it", "Italian"),
    ("lv", "Latvian"),
    ("lt", "Lithuanian"),
    ("mt", "Maltese"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("es", "Spanish"),
    ("sv", "Swedish"),
)
"""The official languages of the Union, by English name."""
_LANGUAGE_NAMES = dict(LANGUAGES)
_COMMON_PARTS: Mapping[str, tuple[str, ...]] = {
    "Document": (
        "documentTitle",
        "documentKind",
        "documentIdentifier",
        "documentUrl",
        "documentDigest",
        "documentLanguage",
        "documentIssuer",
        "documentIssuedOn",
    ),
    "Substance": ("substanceName", "casNumber", "massPercent", "hazardClasses", "component"),
    "Facility": ("facilityName", "address"),
}
"""Parts that most people need; of other classes these are all that hold no node."""
_INPUT_MODES = {
    Datatype.DECIMAL: "decimal",
    Datatype.INTEGER: "numeric",
    Datatype.IRI: "url",
    Datatype.EMAIL: "email",
}
_HINTS = {
    Datatype.DATE: "Year, month, day: 2027-02-18",
    Datatype.YEAR_MONTH: "Year and month: 2027-02",
    Datatype.IRI: "A whole address, with https:// or urn:",
    Datatype.COUNTRY: "Two capitals: DE",
    Datatype.CAS: "Such as 7439-93-2",
    Datatype.DIGEST: "sha256: and 64 hexadecimal digits; the page of a document shows it",
}


def definition_of(term: Term) -> str:
    """Return what a term means."""
    return _DEFINITIONS[term.name]


_DEFINITIONS = {row.name: row.cells["definition_en"] for row in term_rows()}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMaker:
    """Makes the fields of one form.

    Attributes:
        errors: What is wrong, by field.
        added: Paths at which an empty row, or a language, was asked for.
        codes: Codes beside those of the table, by list: what an operator added.
    """

    errors: Mapping[str, str] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def part(self, term: Term, value: object) -> FormPart:
        """Return the fields of a term, empty where there is no value."""
        return self._part(term, term.name, value, label=term.label)

    def _part(
        self, term: Term, path: str, value: object, *, label: str, hint: str = ""
    ) -> FormPart:
        if not term.is_many:
            return self._one(term, path, value, label=label, hint=hint)
        values = value if isinstance(value, list) else []
        if term.datatype is Datatype.CODE:
            return FormPart(
                kind=PartKind.CHOICES,
                name=path,
                label=label,
                hint=hint,
                error=self._errors_below(path),
                options=self._options(term, values),
                is_needed=term.is_needed,
            )
        return self._rows(term, path, values, label=label, hint=hint)

    def _rows(
        self, term: Term, path: str, values: list[object], *, label: str, hint: str
    ) -> FormPart:
        count = len(values) + (path in self.added)
        if not values and term.datatype is not Datatype.NODE:
            count = max(count, 1)
        rows = tuple(
            self._one(
                term,
                f"{path}.{place}",
                values[place - 1] if place <= len(values) else None,
                label=f"{label} {place}",
            )
            for place in range(1, count + 1)
        )
        return FormPart(
            kind=PartKind.ROWS,
            name=path,
            label=label,
            hint=hint,
            error=self.errors.get(path, ""),
            parts=rows,
            add=f"Add {'another' if values else 'the first'}: {_within_words(label)}",
            is_needed=term.is_needed,
        )

    def _one(self, term: Term, path: str, value: object, *, label: str, hint: str = "") -> FormPart:
        match term.datatype:
            case Datatype.NODE:
                return self._node(term, path, value, label=label, hint=hint)
            case Datatype.LANGUAGE_MAP:
                return self._languages(term, path, value, label=label, hint=hint)
            case Datatype.CODE | Datatype.BOOLEAN:
                return FormPart(
                    kind=PartKind.CHOICE,
                    name=path,
                    label=label,
                    hint=hint,
                    error=self.errors.get(path, ""),
                    options=self._options(term, [] if value is None else [value]),
                    is_needed=term.is_needed,
                )
            case _:
                return self._line(term, path, value, label=label, hint=hint)

    def _line(self, term: Term, path: str, value: object, *, label: str, hint: str) -> FormPart:
        text = "" if value is None else str(value)
        kind = PartKind.TEXT if "\n" in text else PartKind.LINE
        if term.datatype is Datatype.DATE and _is_day_or_nothing(text):
            kind = PartKind.DATE
        return FormPart(
            kind=kind,
            name=path,
            label=label,
            hint=" ".join(filter(None, (hint, _HINTS.get(term.datatype, "")))),
            value=text,
            unit=term.unit_label,
            error=self.errors.get(path, ""),
            input_mode=_INPUT_MODES.get(term.datatype, ""),
            is_needed=term.is_needed,
        )

    def _languages(
        self, term: Term, path: str, value: object, *, label: str, hint: str
    ) -> FormPart:
        texts = {str(one): str(text) for one, text in value.items()} if _is_map(value) else {}
        asked = [one for one, _ in LANGUAGES if f"{path}.{one}" in self.added]
        shown = dict.fromkeys([MAIN_LANGUAGE, *texts, *asked] if texts or asked else ["en"])
        if MAIN_LANGUAGE not in texts and texts:
            shown.pop(MAIN_LANGUAGE)
        return FormPart(
            kind=PartKind.LANGUAGES,
            name=path,
            label=label,
            hint=hint,
            error=self.errors.get(path, ""),
            is_needed=term.is_needed,
            parts=tuple(
                FormPart(
                    kind=PartKind.TEXT,
                    name=f"{path}.{language}",
                    label=_LANGUAGE_NAMES.get(language, language),
                    value=texts.get(language, ""),
                    error=self.errors.get(f"{path}.{language}", ""),
                    language=language,
                )
                for language in shown
            ),
            languages=tuple(one for one in LANGUAGES if one[0] not in shown),
        )

    def _node(self, term: Term, path: str, value: object, *, label: str, hint: str) -> FormPart:
        node = value if _is_map(value) else {}
        known = terms_in(term.value_class)
        common = set(_common_parts(term.value_class))
        made = {
            name: self._part(
                part,
                f"{path}.{name}",
                node.get(name),
                label=part.label,
                hint=_hint_of(part),
            )
            for name, part in known.items()
        }
        return FormPart(
            kind=PartKind.NODE,
            name=path,
            label=label,
            hint=hint,
            error=self.errors.get(path, ""),
            is_needed=term.is_needed,
            parts=tuple(part for name, part in made.items() if name in common),
            more=tuple(part for name, part in made.items() if name not in common),
            hidden=tuple(
                (f"{path}.{name}", str(node[name])) for name in HIDDEN_PARTS if name in node
            ),
        )

    def _options(self, term: Term, chosen: list[object]) -> tuple[Option, ...]:
        texts = [_code_text(one) for one in chosen]
        known = dict(_codes(term)) | dict(self.codes.get(term.code_list, {}))
        unknown = {text: f"{text} (not known)" for text in texts if text not in known}
        labels = known | unknown
        # What is chosen of several comes first and keeps its order, so that saving changes nothing.
        order = dict.fromkeys([*texts, *labels]) if term.is_many else labels
        return tuple(
            Option(value=code, text=labels[code], is_chosen=code in texts) for code in order
        )

    def _errors_below(self, path: str) -> str:
        found = [
            text
            for name, text in self.errors.items()
            if name == path or name.startswith(f"{path}.")
        ]
        return "; ".join(found)


def _hint_of(part: Term) -> str:
    """Return what a part of a node means, unless its label says it already."""
    meaning = definition_of(part)
    return "" if meaning.rstrip(".").lower() == part.label.lower() else meaning


def _codes(term: Term) -> Iterator[tuple[str, str]]:
    if term.datatype is Datatype.BOOLEAN:
        yield from (("true", "Yes"), ("false", "No"))
    else:
        yield from codes_of(term.code_list).items()


def _code_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _common_parts(node_class: str) -> Iterator[str]:
    if node_class in _COMMON_PARTS:
        yield from _COMMON_PARTS[node_class]
        return
    for name, part in terms_in(node_class).items():
        if part.datatype is not Datatype.NODE or part.is_needed or part.value_class == _ADDRESS:
            yield name


_ADDRESS = "PostalAddress"


def _is_map(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def _is_day_or_nothing(text: str) -> bool:
    try:
        return not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _within_words(label: str) -> str:
    """Return a label as it stands within a sentence; an abbreviation in front stays as it is."""
    first = label.partition(" ")[0]
    return label if first.isupper() else label[:1].lower() + label[1:]
