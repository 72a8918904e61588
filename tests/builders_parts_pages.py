"""Pages about parts with everything on them that they can show."""

from passport.ui.forms import FormState
from passport.ui.shell import Shell
from passport.ui.views.common import Badge, LineItem, Link, Notice, Tone
from passport.ui.views.structure import Bench, PartBranch, PartPage, StructurePage

ADDRESS = "/structure/01/09506000134352/21/EV72-2A"


def parts_pages(shell: Shell) -> dict[str, tuple[str, object, Shell]]:
    """Name -> template, view value and frame."""
    return {
        "parts": ("structure.html", a_structure_page(), shell),
        "parts-wrong": ("structure.html", a_refused_structure_page(), shell),
        "parts-none": ("structure.html", an_empty_structure_page(), shell),
        "part": ("part.html", a_part_page(), shell),
    }


def a_structure_page() -> StructurePage:
    swap = Link(text="Swap", href=f"{ADDRESS}?position=R1/M2#bench")
    held = Badge(text="From another battery", tone=Tone.HELD)
    doubtful = Badge(text="Out of waste", tone=Tone.WARNING)
    passport = Link(text="Its own passport", href="/01/09506000134352/21/EV72-2B")
    modules = (
        PartBranch(position="R1/M1", level="Module", serial="VM-1", swap=swap),
        PartBranch(
            position="R1/M2",
            level="Module",
            serial="VM-2",
            note="Out of serial EV72-2C, whose state of health was 81.5 % then",
            badge=held,
            swap=swap,
        ),
    )
    pack = PartBranch(
        position="P1", level="Pack", serial="EV72-2B", badge=doubtful, passport=passport, swap=swap
    )
    rack = PartBranch(
        position="R1", level="Rack", serial="R-1", holds="holds 2 parts", swap=swap, parts=modules
    )
    return StructurePage(
        name="EV-72 Gen 2",
        serial="EV72-2A",
        battery=Link(text="Health and events of this battery", href="/condition/1"),
        level="System",
        address=ADDRESS,
        done="The part was swapped.",
        notices=(
            Notice(title="1 of 2 modules come from another battery", tone=Tone.HELD),
            Notice(title="The declared values are older", text="Measure.", tone=Tone.WARNING),
        ),
        parts=(rack, pack),
        bench=a_bench(FormState.of({"do": "swap", "position": "R1/M2"})),
        upload="/structure-file/1",
        changes=(
            LineItem(title="Module VM-2: into R1/M2", href="/operators/voltra/parts/VM-2"),
            LineItem(title="3 parts came on record", detail="8 February 2027"),
        ),
    )


def a_refused_structure_page() -> StructurePage:
    page = a_structure_page()
    errors = {"in": "Scan or type the serial number", "reason": "Choose why"}
    return StructurePage(
        name=page.name,
        serial=page.serial,
        battery=page.battery,
        level=page.level,
        address=page.address,
        parts=page.parts,
        bench=a_bench(FormState.of({"do": "swap"}, errors)),
        upload=page.upload,
        upload_form=FormState.of({}, {"file": "row 2, level: level is 'modul'"}),
    )


def an_empty_structure_page() -> StructurePage:
    page = a_structure_page()
    return StructurePage(
        name=page.name,
        serial=page.serial,
        battery=page.battery,
        level="Electric vehicle battery",
        address=page.address,
        upload=page.upload,
    )


def a_bench(form: FormState) -> Bench:
    return Bench(
        action=ADDRESS,
        kinds=(("swap", "Swap a part for another"), ("take-out", "Take a part out")),
        reasons=(("fault", "Faulty or damaged"), ("wear", "Worn out")),
        destinations=(("store", "Into our store"), ("waste", "To waste")),
        histories=(("new", "New"), ("unknown", "Used, nobody knows where")),
        levels=(("module", "Module"), ("cell", "Cell")),
        form=form,
    )


def a_part_page() -> PartPage:
    return PartPage(
        level="Module",
        serial="VM-2",
        part_number="VM-12S",
        place="At R1/M2",
        battery=Link(text="In serial EV72-2A", href=ADDRESS),
        notices=(Notice(title="It was recycled with its battery", tone=Tone.NEUTRAL),),
        steps=(LineItem(title="Into R1/M2 of serial EV72-2A", detail="8 February 2027"),),
    )
