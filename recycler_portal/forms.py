"""What somebody entered on a page, to a request; a mistake is named at its field."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import uuid4

from pydantic import ValidationError

from passport.domain.errors import InvalidIdentifierError
from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms, Volts
from passport.ui.forms import CSRF_FIELD, FormState
from passport.ui.scanning import CodeRefusedError, ForeignCode, ModelCode, OwnCode, read_code
from recycler_portal.domain.batch import Batch
from recycler_portal.domain.errors import PhotoRefusedError
from recycler_portal.domain.intake import Observation
from recycler_portal.domain.recovery import ChemistryFamily
from recycler_portal.domain.waste_battery import Origin, Sign
from recycler_portal.services.photos import MOST_PHOTOS, read_photo
from recycler_portal.services.ports import PhotoContent, Request
from recycler_portal.services.take_in import NewIntake
from recycler_portal.services.treat import BatchInput, NewBatch, NewStep
from recycler_portal.wire import BatchInputBody, NewBatchBody, NewStepBody

OUTPUT_LINES = 8
"""Lines for output fractions on the page of a step; a step with more is recorded in parts."""
KNOWN, UNKNOWN = "known", "unknown"

_KEY_FIELD = "request_key"
_LARGEST_MEASURE = Decimal(10) ** 6
_LONGEST_TEXT = 2000
_COUNTRY_LETTERS = 2

Texts = Mapping[str, Sequence[str]]


class FormRefused(Exception):  # noqa: N818 - no refusal of a use case: the page is shown again
    """Something on the form is to be corrected."""

    def __init__(self, state: FormState) -> None:
        super().__init__("the form is to be corrected")
        self.state = state


@dataclass(frozen=True, slots=True)
class Entered:
    """The texts of a form, several of one name in their order."""

    texts: Texts

    def one(self, name: str) -> str:
        """Return a text without the spaces around it; empty where there is none."""
        return next(iter(self.texts.get(name, ())), "").strip()

    def many(self, name: str) -> Sequence[str]:
        """Return every text of a name."""
        return self.texts.get(name, ())

    def refused(self, errors: Mapping[str, str], problem: str = "") -> FormRefused:
        """Return the refusal that shows the form again."""
        return FormRefused(FormState(values=self.kept(), errors=errors, problem=problem))

    def kept(self) -> Texts:
        """Return what may stand in the form when it is shown again."""
        return {name: texts for name, texts in self.texts.items() if name != CSRF_FIELD}

    def request(self) -> Request:
        """Return key and fingerprint: the same form sent twice is one request."""
        digest = hashlib.sha256()
        for name, texts in sorted(self.kept().items()):
            digest.update(repr((name, tuple(texts))).encode())
        return Request(key=self.one(_KEY_FIELD) or str(uuid4()), digest=digest.digest())


def new_form(problem: str = "", **prefilled: str) -> FormState:
    """Return an empty form with a key of its own, and what is known already."""
    values = {_KEY_FIELD: (str(uuid4()),)}
    values.update({name: (text,) for name, text in prefilled.items() if text})
    if "code" in values:
        values["kind"] = (KNOWN,)
    return FormState(values=values, problem=problem)


def read_intake_form(
    entered: Entered, photos: Sequence[bytes], *, own_hosts: frozenset[str], day: date
) -> NewIntake:
    """Read the page of an intake.

    Raises:
        FormRefused: Something is to be corrected.
    """
    errors: dict[str, str] = {}
    is_known = entered.one("kind") != UNKNOWN
    code = _code(entered, own_hosts, errors) if is_known else None
    battery_id, elsewhere = _battery_named(code)
    kept = _photos(photos, errors)
    mass = _measure(entered, "mass_kg", errors)
    voltage = _measure(entered, "measured_voltage_v", errors)
    observation = Observation(
        site=_required(entered, "site", "Name the site.", errors),
        country=_country(entered, errors),
        day=day,
        origin=Origin.MUNICIPAL if entered.one("origin") == Origin.MUNICIPAL else Origin.OTHER,
        battery_id=battery_id,
        marks=_text(" ".join((entered.one("marks"), elsewhere)).strip(), "marks", errors),
        mass=None if mass is None else Kilograms(mass),
        dimensions_mm=_dimensions(entered, errors),
        voltage=None if voltage is None else Volts(voltage),
        signs=_signs(entered),
        note=_text(entered.one("note"), "note", errors),
    )
    if errors:
        raise entered.refused(errors)
    return NewIntake(
        observation=observation,
        model_id=code.model_id if isinstance(code, ModelCode) else None,
        photos=kept,
        request=_with_photos(entered, kept),
    )


def read_batch_form(entered: Entered, substances: Sequence[str]) -> NewBatch:
    """Read the page on which a batch begins.

    Raises:
        FormRefused: Something is to be corrected.
    """
    if not entered.many("intakes"):
        raise entered.refused({"intakes": "Choose at least one battery."})
    try:
        body = NewBatchBody.model_validate(
            {
                "site": entered.one("site"),
                "country": entered.one("country").upper(),
                "family": entered.one("family") or ChemistryFamily.OTHER.value,
                "main_chemistry": entered.one("main_chemistry"),
                "intakes": tuple(entered.many("intakes")),
                **_input_fields(entered, substances),
            }
        )
    except ValidationError as error:
        raise entered.refused(_by_field(error, substances=substances)) from error
    return body.new_batch(entered.request().key)


def read_input_form(entered: Entered, substances: Sequence[str]) -> BatchInput:
    """Read the page on which the input of a batch is corrected.

    Raises:
        FormRefused: Something is to be corrected.
    """
    try:
        body = BatchInputBody.model_validate(_input_fields(entered, substances))
    except ValidationError as error:
        raise entered.refused(_by_field(error, substances=substances)) from error
    return body.batch_input()


def _input_fields(entered: Entered, substances: Sequence[str]) -> dict[str, object]:
    return {
        "wet_mass_kg": _number(entered, "wet_mass_kg"),
        "water_kg": _number(entered, "water_kg") or "0",
        "rows": [
            {
                "substance": substance,
                "mass_kg": _number(entered, f"mass-{substance}"),
                "recovery_basis_kg": _number(entered, f"basis-{substance}"),
            }
            for substance in substances
        ],
    }


def input_form(batch: Batch) -> FormState:
    """Return the form with what went into a batch filled in."""
    values = {"wet_mass_kg": str(batch.wet_mass), "water_kg": str(batch.water)}
    for row in batch.rows:
        values[f"mass-{row.substance}"] = "" if row.mass is None else str(row.mass)
        if row.recovery_basis is not None:
            values[f"basis-{row.substance}"] = str(row.recovery_basis)
    return new_form(**values)


def read_step_form(entered: Entered) -> NewStep:
    """Read the page on which a step is recorded.

    Raises:
        FormRefused: Something is to be corrected.
    """
    intermediates = []
    if entered.one("intermediate_label") or entered.one("intermediate_mass_kg"):
        intermediates.append(
            {
                "label": entered.one("intermediate_label"),
                "mass_kg": _number(entered, "intermediate_mass_kg"),
                "next_step": entered.one("next_step"),
            }
        )
    try:
        body = NewStepBody.model_validate(
            {
                "name": _required(entered, "name", "", {}),
                "operator": entered.one("operator"),
                "country": entered.one("country").upper(),
                "is_preparation": entered.one("is_preparation") == "yes",
                "outputs": tuple(_outputs(entered)),
                "intermediates": tuple(intermediates),
            }
        )
    except ValidationError as error:
        raise entered.refused(_by_field(error, lines=_filled_lines(entered))) from error
    if not body.name:
        raise entered.refused({"name": "Name the step."})
    return body.new_step(entered.request().key)


def _filled_lines(entered: Entered) -> list[int]:
    return [
        line
        for line in range(OUTPUT_LINES)
        if entered.one(f"substance-{line}") or entered.one(f"output-{line}")
    ]


def _outputs(entered: Entered) -> Iterator[dict[str, object]]:
    for line in _filled_lines(entered):
        kind = entered.one(f"kind-{line}")
        yield {
            "substance": entered.one(f"substance-{line}"),
            "mass_kg": _number(entered, f"output-{line}"),
            "recovered_mass_kg": _number(entered, f"recovered-{line}") or "0",
            "in_slag": kind == "slag",
            "in_third_country": kind in {"third-country", "third-country-proven"},
            "has_evidence": kind == "third-country-proven",
            "label": entered.one(f"label-{line}"),
        }


def _by_field(
    error: ValidationError, *, substances: Sequence[str] = (), lines: Sequence[int] = ()
) -> dict[str, str]:
    """Name each mistake at the field it was made in."""
    return {_field_of(one["loc"], substances, lines): f"{one['msg']}." for one in error.errors()}


def _field_of(place: tuple[int | str, ...], substances: Sequence[str], lines: Sequence[int]) -> str:
    match place:
        case ("rows", int(row), member):
            return f"{'basis' if member == 'recovery_basis_kg' else 'mass'}-{substances[row]}"
        case ("outputs", int(row), "recovered_mass_kg"):
            return f"recovered-{lines[row]}"
        case ("outputs", int(row), *_):
            return f"output-{lines[row]}"
        case ("intermediates", *_):
            return "intermediate_mass_kg"
        case _:
            return str(place[0])


def _code(
    entered: Entered, own_hosts: frozenset[str], errors: dict[str, str]
) -> OwnCode | ModelCode | ForeignCode | None:
    try:
        return read_code(entered.one("code"), own_hosts=own_hosts)
    except (CodeRefusedError, InvalidIdentifierError) as error:
        errors["code"] = f"{error}. If there is no readable code, choose that you do not know it."
        return None


def _battery_named(
    code: OwnCode | ModelCode | ForeignCode | None,
) -> tuple[BatteryId | None, str]:
    """Return the battery a code names, and the code itself where it names no battery of ours."""
    if code is None:
        return None, ""
    if isinstance(code, ModelCode):
        return None, f"[code: {code.model_id}]"
    if isinstance(code, ForeignCode):
        # A GTIN with serial number names one battery in the world; other identifiers do not. A
        # suspicious label makes no battery waste: what carries it is held as unknown.
        is_worldwide = code.battery_id is not None and code.battery_id.startswith("01/")
        is_trusted = is_worldwide and not code.warnings
        return (code.battery_id if is_trusted else None), f"[code: {code.address}]"
    return code.battery_id, ""


def _photos(photos: Sequence[bytes], errors: dict[str, str]) -> tuple[PhotoContent, ...]:
    if len(photos) > MOST_PHOTOS:
        errors["photos"] = f"Send at most {MOST_PHOTOS} photos."
        return ()
    try:
        return tuple(read_photo(photo) for photo in photos)
    except PhotoRefusedError as error:
        errors["photos"] = f"{error}."
        return ()


def _with_photos(entered: Entered, photos: Sequence[PhotoContent]) -> Request:
    request = entered.request()
    digest = hashlib.sha256(request.digest + "".join(one.digest for one in photos).encode())
    return Request(key=request.key, digest=digest.digest())


def _dimensions(
    entered: Entered, errors: dict[str, str]
) -> tuple[Decimal, Decimal, Decimal] | None:
    length, width, height = (
        _measure(entered, name, errors) for name in ("length_mm", "width_mm", "height_mm")
    )
    if length is None or width is None or height is None:
        return None
    return length, width, height


def _signs(entered: Entered) -> frozenset[Sign]:
    ticked = {*entered.many("danger"), *entered.many("signs")}
    return frozenset(sign for sign in Sign if sign.value in ticked)


def _country(entered: Entered, errors: dict[str, str]) -> str:
    country = entered.one("country").upper()
    if not (len(country) == _COUNTRY_LETTERS and country.isalpha() and country.isascii()):
        errors["country"] = "Write two letters, like NL."
    return country


def _required(entered: Entered, name: str, message: str, errors: dict[str, str]) -> str:
    text = entered.one(name)
    if not text:
        errors[name] = message
    return _text(text, name, errors)


def _text(text: str, name: str, errors: dict[str, str]) -> str:
    if len(text) > _LONGEST_TEXT:
        errors[name] = f"Write at most {_LONGEST_TEXT} characters."
    if any(ord(character) < ord(" ") and character not in "\t\r\n" for character in text):
        errors[name] = "Type it again: it holds a control character."
    return text


def _measure(entered: Entered, name: str, errors: dict[str, str]) -> Decimal | None:
    text = _number(entered, name)
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value < _LARGEST_MEASURE or "e" in text.lower():
        errors[name] = "Write a number, like 12.5."
        return None
    return value


def _number(entered: Entered, name: str) -> str | None:
    """Return what stands in a field for a number; people write a comma as well as a point."""
    return entered.one(name).replace(",", ".") or None
