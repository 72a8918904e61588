"""What a model says of its chemistry: checked against the known ones, and completed from them."""

from collections.abc import Iterator, Mapping

from passport.domain.chemistry import OTHER, Chemistries, Chemistry
from passport.domain.content import Content, absence_of
from passport.domain.errors import Problem
from passport.linked_data.values import problem

DERIVED = frozenset(
    {"chemistryName", "carrierIon", "cathodeMaterial", "anodeMaterial", "electrolyteState"}
)
"""Terms that the service completes from the table of chemistries; what an operator says wins."""


def check_chemistry(content: Content, chemistries: Chemistries) -> Iterator[Problem]:
    """Yield what is wrong with the chemistry of a model.

    A chemistry that is not published has to be described: who reads the passport elsewhere does
    not have the table that knows its code.

    Args:
        content: Values of the model by term, normalised.
        chemistries: Those that this installation knows.
    """
    code = content.get("chemistry")
    if not isinstance(code, str):
        return
    known = chemistries.find(code)
    if known is None:
        yield problem(unknown_chemistry(code, chemistries), "/chemistry")
    elif code == OTHER or code not in chemistries.published:
        described = {**_told(known), **content}
        for name in sorted(DERIVED - described.keys()):
            yield problem(
                f"{name} is missing: {code} is not in the published list of chemistries, so its "
                'passport says it in words; give it, or write {"absent": "notProvided"}',
                f"/{name}",
            )


def complete_chemistry(content: Content, chemistries: Chemistries) -> dict[str, object]:
    """Return a model's content with what the table of chemistries tells beside its code."""
    known = chemistries.find(str(content.get("chemistry", "")))
    return dict(content) if known is None else {**_told(known), **content}


def is_same_entry(entered: Content, recorded: Content) -> bool:
    """Whether a content on record was entered as this one, and completed since."""
    completed = recorded.keys() - entered.keys()
    return completed <= DERIVED and all(
        name in recorded and recorded[name] == value for name, value in entered.items()
    )


def words_of_chemistry(content: Content, chemistries: Chemistries) -> str:
    """Return the chemistry of a model in words, from the table or from what its passport says."""
    code = content.get("chemistry")
    if not isinstance(code, str):
        return ""
    known = chemistries.find(code)
    if known is not None and code != OTHER:
        return known.label
    named = content.get("chemistryName")
    if isinstance(named, Mapping) and absence_of(named) is None and named:
        return str(named.get("en") or next(iter(named.values())))
    return code


def _told(known: Chemistry) -> dict[str, object]:
    if known.code == OTHER:
        return {}
    told: dict[str, object] = {
        "chemistryName": {"en": known.label},
        "carrierIon": known.carrier_ion,
        "cathodeMaterial": known.cathode,
        "anodeMaterial": known.anode,
        "electrolyteState": known.electrolyte_state,
    }
    return {name: value for name, value in told.items() if value}


def unknown_chemistry(code: str, chemistries: Chemistries) -> str:
    """Say that a chemistry is not known, which ones are near, and how it becomes known."""
    near = chemistries.near(code)
    hint = f"did you mean {', '.join(near)}?" if near else "none of a similar name is known."
    return (
        f"chemistry: {code!r} is no code known here; {hint} A new chemistry needs a row in the "
        "file that PASSPORT_CHEMISTRIES names"
    )
