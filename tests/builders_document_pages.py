"""Example view values: an operator's documents, and a battery on the bench."""

from typing import Any

from passport.ui.forms import FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Table, Tone
from passport.ui.views.documents import (
    DismantlingPage,
    DocumentsPage,
    Drawing,
    OwnDocument,
    Step,
)

ADDRESS = f"/documents/sha256-{'ab' * 32}"


def some_papers() -> tuple[LineItem, ...]:
    return (
        LineItem(
            title="EU declaration of conformity, SW-DOC-7",
            href=ADDRESS,
            detail="German; PDF, 240 kB; issued by Stromwerk GmbH; valid until 31 October 2026",
            badge=Badge(text="Expired", tone=Tone.WARNING),
        ),
        LineItem(title="Report on due diligence", detail="English; PDF"),
    )


def an_own_document(**changed: Any) -> OwnDocument:
    return OwnDocument(
        **{
            "title": "Exploded diagram EV-72",
            "href": ADDRESS,
            "detail": "Exploded diagram; English; PNG picture, 1.2 MB",
            "anchor": "abababababab",
            "reference": '{\n  "documentKind": "exploded-diagram",\n'
            f'  "documentDigest": "sha256:{"ab" * 32}"\n}}',
            "where": (
                LineItem(
                    title="01/09506000134352",
                    href="/01/09506000134352",
                    detail="Annex XIII point 2: read with a legitimate interest",
                ),
            ),
            "is_named_more": True,
            **changed,
        }
    )


def a_documents_page(**changed: Any) -> DocumentsPage:
    return DocumentsPage(
        **{
            "action": "/operator/documents",
            "kinds": (("exploded-diagram", "Exploded diagram"), ("other", "Another document")),
            "accept": "application/pdf,.step",
            "largest": "25.0 MB",
            "documents": (
                an_own_document(),
                an_own_document(
                    title="Draft",
                    anchor="cdcdcdcdcdcd",
                    where=(),
                    is_named_more=False,
                    badge=Badge(text="Named nowhere: only you read it"),
                ),
            ),
            **changed,
        }
    )


def a_refused_documents_page() -> DocumentsPage:
    return a_documents_page(
        documents=(),
        form=FormState(
            values={"title": ("Drawing",), "kind": ("exploded-diagram",)},
            errors={"file": "drawing.svg is a page or drawing that can run scripts (HTML, SVG)"},
        ),
    )


def a_dismantling_page(**changed: Any) -> DismantlingPage:
    return DismantlingPage(
        **{
            "name": "EV-72 Gen 2",
            "kind": "Electric vehicle battery",
            "serial": "EV72-2A/0017",
            "back": Link(text="Restricted page of this battery", href="/condition/1"),
            "safety": ("Work only when voltage-free has been proved.", "Never work alone."),
            "overview": (
                Fact(name="Number of cells", values=("192",)),
                Fact(name="Work", values=("1 h 35 min",), note="3 of 4 steps say how long"),
            ),
            "tools": ("Torx 30", "insulated socket 13 mm", "lifting frame VP-LF-1"),
            "equipment": ("Insulating gloves for work under voltage", "Face shield"),
            "fastenings": Table(
                caption="Fastenings to undo",
                head=("Kind", "Number"),
                rows=(("screw M6, Torx 30", "48"), ("screw M8", "not said")),
                numeric=frozenset({1}),
            ),
            "drawings": (Drawing(title="Exploded diagram: PDF, 240 kB", href=ADDRESS),),
            "steps": (
                Step(
                    number="1",
                    instruction="Pull the service plug, wait ten minutes, prove that it is dead.",
                    warning="The terminals of each module stay under voltage.",
                    facts=(Fact(name="Tools", values=("two-pole voltage tester",)),),
                ),
                Step(number="2", instruction="Undo the screws of the lid and lift it."),
            ),
            "documents": some_papers(),
            **changed,
        }
    )


def an_empty_dismantling_page() -> DismantlingPage:
    return DismantlingPage(
        name="EV-72 Gen 2",
        kind="Electric vehicle battery",
        back=Link(text="Page of this model", href="/01/09506000134352"),
        notices=(Notice(title="No instructions are on record", text="Ask its maker."),),
    )
