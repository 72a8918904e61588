"""The yard in words: lists, the form of an intake, the card of a battery."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from passport.ui.forms import FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Table, Tone
from recycler_portal.domain.intake import Answering, Intake
from recycler_portal.domain.task import Task, TaskKind
from recycler_portal.domain.waste_battery import Damage, Origin, Packaging, Stream
from recycler_portal.forms import KNOWN, UNKNOWN
from recycler_portal.pages.views import IntakeCard, IntakePage, ShownPhoto, TaskView, YardPage
from recycler_portal.rules.handling import HandlingRules

_STREAMS = {
    Stream.LEAD: "Lead",
    Stream.NICKEL_CADMIUM: "Nickel-cadmium",
    Stream.NICKEL_METAL_HYDRIDE: "Nickel-metal hydride",
    Stream.SODIUM_NICKEL_CHLORIDE: "Sodium nickel chloride",
    Stream.SODIUM_SULPHUR: "Sodium sulphur",
    Stream.SODIUM_ION: "Sodium-ion",
    Stream.LITHIUM_COBALT_NICKEL: "Lithium with cobalt or nickel",
    Stream.LITHIUM_IRON_PHOSPHATE: "Lithium iron phosphate",
    Stream.LITHIUM_TITANATE_MANGANESE: "Lithium titanate or manganese",
    Stream.LITHIUM_METAL: "Lithium metal",
    Stream.LITHIUM_DAMAGED: "Damaged lithium",
    Stream.UNKNOWN_QUARANTINE: "Quarantine, handled as lithium",
}
_PACKAGING = {
    Packaging.NONE: "No packing instruction by road; protect the terminals",
    Packaging.SP598: "Special provision 598: upright, dry outside, secured, terminals protected",
    Packaging.P801: "P801: acid- and alkali-proof, leak-proof box",
    Packaging.P408: "P408: strong packaging, cells kept from touching",
    Packaging.P909: "P909: approved drum, box or jerrican; terminals protected",
    Packaging.P908: "P908: one per inner packaging, non-combustible padding, leak-proof",
    Packaging.LP904: "LP904: one large battery, non-combustible padding, leak-proof",
    Packaging.P911: "P911: tested packaging that holds back fire, gas and fragments",
    Packaging.LP906: "LP906: tested large packaging that holds back fire, gas and fragments",
}
_WARNINGS = {
    "DO_NOT_MOVE": ("Do not move it", "Only a competent person decides about the next step."),
    "THERMAL_EVENT": ("It may burn or explode", "Call the fire service: 112."),
    "CORROSIVE_LEAK": ("It leaks", "What leaks is corrosive or toxic. Do not touch or breathe it."),
    "RECALL": ("Recalled type", "The maker called this type back for its safety."),
    "HV_OVER_60V": (
        "Dangerous voltage",
        "More than 60 V: only people trained for high voltage touch the terminals.",
    ),
    "HOT_SODIUM": ("It may be hot inside", "Ask the maker how to cool it down. No water."),
}
_REASONED = {
    "chemistry": "Chemistry",
    "stream": "Stream",
    "packaging": "Packaging",
    "un_number": "UN number",
    "waste_code": "Waste code",
    "damaged_defective": "Condition",
    "must_hold": "Hold",
}
_CONDITIONS = {
    Damage.NONE: "No damage seen",
    Damage.DAMAGED: "Damaged, or cannot be diagnosed",
    Damage.CRITICAL: "Critical until a competent person has assessed it",
}


def yard_page(intakes: Sequence[Intake], tasks: Sequence[Task], *, is_recycler: bool) -> YardPage:
    """Say what stands in the yard."""
    actions = [Link(text="Take a battery in", href="/yard/intake")]
    if is_recycler:
        actions.append(Link(text="Batches", href="/recycling"))
    return YardPage(
        tasks=tuple(_task(one) for one in tasks),
        held=tuple(intake_item(one) for one in intakes if one.is_held),
        ready=tuple(intake_item(one) for one in intakes if not one.is_held),
        actions=tuple(actions),
    )


def _task(task: Task) -> TaskView:
    return TaskView(
        item=LineItem(
            title=task.text,
            href=f"/yard/intakes/{task.about}",
            detail=f"Since {moment(task.created_at)}",
        ),
        done="" if task.kind is TaskKind.HOLD else f"/yard/tasks/{task.task_id}/done",
    )


def intake_item(intake: Intake) -> LineItem:
    """Say one battery of the yard in a line."""
    decision = intake.decision
    known = decision.chemistry or "Unknown battery"
    mass = intake.observation.mass
    weight = f", {measure(mass)} kg" if mass is not None else ""
    return LineItem(
        title=intake.intake_id,
        href=f"/yard/intakes/{intake.intake_id}",
        detail=f"{known}{weight}; {intake.observation.site}, {moment(intake.taken_in_at)}",
        badge=Badge(text=_STREAMS[decision.stream], tone=_tone(intake)),
    )


def intake_page(form: FormState, rules: HandlingRules) -> IntakePage:
    """Make the page on which a battery is taken in."""
    return IntakePage(
        form=form,
        kinds=(
            (KNOWN, "It has a code I can scan or read"),
            (UNKNOWN, "I do not know this battery"),
        ),
        origins=(
            (Origin.MUNICIPAL, "A household, or a municipal collection point"),
            (Origin.OTHER, "A company: garage, dismantler, shop, fleet"),
        ),
        acute_signs=tuple(
            (row.sign.value, row.text) for row in rules.signs.values() if row.is_acute
        ),
        other_signs=tuple(
            (row.sign.value, row.text) for row in rules.signs.values() if not row.is_acute
        ),
    )


def intake_card(intake: Intake, rules: HandlingRules, form: FormState) -> IntakeCard:
    """Say what is to be done with a battery."""
    tone = _tone(intake)
    return IntakeCard(
        number=intake.intake_id,
        battery=_battery(intake),
        badge=Badge(text=_STREAMS[intake.decision.stream], tone=tone),
        tone=tone,
        icon="fire" if intake.decision.damage is Damage.CRITICAL else tone.value,
        headline=intake.decision.headline,
        steps=intake.decision.instructions,
        notices=tuple(_notices(intake)),
        facts=(*_chemistry_facts(intake, rules), *_handling_facts(intake)),
        seen=_seen_facts(intake, rules),
        reasons=_reasons(intake),
        photos=tuple(
            ShownPhoto(
                src=f"/yard/intakes/{intake.intake_id}/photos/{position}",
                alternative=photo.shows or f"Photo {position + 1} of the battery at its intake",
            )
            for position, photo in enumerate(intake.observation.photos)
        ),
        chemistries=tuple(_chemistries_to_choose(rules)),
        release=form if intake.is_held and intake.is_waiting else None,
        release_action=f"/yard/intakes/{intake.intake_id}/release",
    )


def _chemistries_to_choose(rules: HandlingRules) -> Iterator[tuple[str, str]]:
    """Yield what a person may say that a held battery is; last, what has no row of its own."""
    yield from ((row.chemistry, row.chemistry) for row in rules.chemistries)
    for one in rules.registered:
        if one.family is not None and rules.row_of(one) is None:
            yield one.code, f"{one.label} (no handling row)"


def moment(instant: datetime) -> str:
    """Write an instant for a page.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 11, 21, 9, 5, tzinfo=UTC))
    '21 November 2026, 09:05 UTC'
    """
    return f"{instant.day} {instant:%B %Y, %H:%M} UTC"


def measure(value: Decimal) -> str:
    """Write a number without the zeros at its end.

    >>> measure(Decimal("410.50"))
    '410.5'
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tone(intake: Intake) -> Tone:
    if intake.decision.damage is Damage.CRITICAL:
        return Tone.DANGER
    if intake.is_held:
        return Tone.HELD
    return Tone.WARNING if intake.decision.damage is Damage.DAMAGED else Tone.INFORMATION


def _battery(intake: Intake) -> Link | None:
    if intake.battery_id is None:
        return None
    if not intake.is_on_record:
        return Link(text=intake.battery_id, href="")
    return Link(text="Passport of this battery", href=f"/{intake.battery_id}")


def _notices(intake: Intake) -> list[Notice]:
    notices = [
        Notice(title=_WARNINGS[one][0], text=_WARNINGS[one][1], tone=Tone.DANGER)
        for one in intake.decision.warnings
    ]
    match intake.answering:
        case Answering.FOUND:
            notices.append(Notice(title="Answers for this battery", text=intake.responsible))
        case Answering.ORPHAN:
            notices.append(
                Notice(
                    title="Nobody answers for this battery",
                    text="It is an orphan. Any producer of its category must take it back free of"
                    " charge (Art. 61); your list of tasks says what to do.",
                    tone=Tone.WARNING,
                )
            )
        case Answering.ASKED:
            notices.append(
                Notice(
                    title="The passport is being told",
                    text="Who answers for the battery will stand here in a moment.",
                    tone=Tone.NEUTRAL,
                )
            )
        case Answering.REFUSED:
            notices.append(
                Notice(
                    title="The passport did not take this up",
                    text="Your list of tasks says why.",
                    tone=Tone.WARNING,
                )
            )
        case Answering.NO_PASSPORT:
            notices.append(
                Notice(
                    title="No passport",
                    text="This battery has no record of its own. Keep its card and its photos.",
                    tone=Tone.NEUTRAL,
                )
            )
    if intake.left_at is not None:
        notices.append(
            Notice(title="Not here any more", text=f"It left on {moment(intake.left_at)}.")
        )
    if intake.batch:
        notices.append(
            Notice(
                title="In recycling",
                link=Link(text=f"Batch {intake.batch}", href=f"/recycling/{intake.batch}"),
            )
        )
    return notices


def _chemistry_facts(intake: Intake, rules: HandlingRules) -> Iterator[Fact]:
    chemistry, family = intake.decision.chemistry, intake.decision.chemistry_family
    if chemistry is not None:
        named = rules.find_registered(chemistry)
        yield Fact(
            name="Chemistry",
            values=(chemistry if named is None else named.label,),
            note=f"Family for recycling: {family or 'not decided'}",
        )


def _handling_facts(intake: Intake) -> tuple[Fact, ...]:
    decision = intake.decision
    code = decision.waste_code
    return (
        Fact(name="Stream", values=(_STREAMS[decision.stream],)),
        Fact(name="Condition", values=(_CONDITIONS[decision.damage],)),
        Fact(name="Packaging", values=(_PACKAGING[decision.packaging],)),
        Fact(
            name="UN number",
            values=(f"{decision.un_number} WASTE {decision.proper_name}",),
            note="" if decision.reasons["un_number"].certain else "Assumed; not certain",
        ),
        Fact(
            name="Waste code",
            values=(f"{code}{' (hazardous)' if decision.is_hazardous else ''}",) if code else (),
            absent="" if code else "None is certain. Handle it as hazardous waste.",
        ),
    )


def _seen_facts(intake: Intake, rules: HandlingRules) -> tuple[Fact, ...]:
    seen = intake.observation
    possible = (
        ("Where and when", f"{seen.site} ({seen.country}), {moment(intake.taken_in_at)}"),
        ("By", intake.taken_in_by),
        ("Collected in", intake.collected_in),
        ("Marks", seen.marks),
        ("Mass", "" if seen.mass is None else f"{measure(seen.mass)} kg"),
        (
            "Size",
            ""
            if seen.dimensions_mm is None
            else " x ".join(measure(one) for one in seen.dimensions_mm) + " mm",
        ),
        ("Voltage measured", "" if seen.voltage is None else f"{measure(seen.voltage)} V"),
        ("Signs", ", ".join(rules.signs[one].text for one in sorted(seen.signs))),
        ("Remark", seen.note),
        (
            "Released",
            f"by {intake.release.by}: {intake.release.reason}" if intake.release else "",
        ),
    )
    return tuple(Fact(name=name, values=(text,)) for name, text in possible if text)


def _reasons(intake: Intake) -> Table:
    return Table(
        caption="Why",
        head=("What", "Rule", "Where it is written", "From", "Certain"),
        rows=tuple(
            (
                _REASONED[member],
                reason.rule,
                reason.source,
                ", ".join(f"{name}: {value}" for name, value in reason.inputs.items()) or "-",
                "yes" if reason.certain else "no",
            )
            for member, reason in intake.decision.reasons.items()
        ),
    )
