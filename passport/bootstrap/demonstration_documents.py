"""Documents of the demonstration: drawings, a declaration and a test report, all invented."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from passport.bootstrap.services import PassportServices
from passport.domain.actor import Actor
from passport.services.documents import NewDocument, document_node

_FILES = Path(__file__).parent / "demonstration_files"
_STEPS: Sequence[Mapping[str, object]] = (
    {
        "workMinutes": "15",
        "protectiveEquipment": ["insulating-gloves", "face-shield", "insulating-mat"],
        "removedPartNumbers": ["VP-SP-02"],
    },
    {"workMinutes": "25", "protectiveEquipment": ["safety-footwear", "cut-resistant-gloves"]},
    {"workMinutes": "40", "protectiveEquipment": ["insulating-gloves", "chemical-gloves"]},
    {
        "workMinutes": "35",
        "protectiveEquipment": ["insulating-gloves", "safety-footwear"],
        "removedPartNumbers": ["VP-M10-206"],
    },
)
"""What the steps of the example say besides: time, protection, parts."""
_STEP_WITH_DRAWING = 1


def with_documents(
    services: PassportServices, actor: Actor, content: Mapping[str, Any]
) -> dict[str, Any]:
    """Keep the invented documents and return a model's content that names them.

    Args:
        services: Where they are kept.
        actor: Acts for the maker of the model.
        content: Content of the model, which names documents elsewhere.
    """
    declaration = NewDocument(
        content=_bytes_of("declaration-of-conformity.pdf"),
        file_name="declaration-of-conformity.pdf",
        title="EU declaration of conformity VP-EV75",
        kind="declaration-of-conformity",
        language="en",
        issuer="Voltra Packs (fictional)",
        version="1",
        valid_from=date(2026, 9, 18),
    )
    diagram = NewDocument(
        content=_bytes_of("exploded-diagram.png"),
        file_name="exploded-diagram.png",
        title="Exploded diagram VP-EV75",
        kind="exploded-diagram",
        language="en",
    )
    screws = NewDocument(
        content=_bytes_of("lid-screws.png"),
        file_name="lid-screws.png",
        title="Order of the lid screws",
        kind="drawing",
        language="en",
    )
    report = NewDocument(
        content=_bytes_of("test-report.pdf"),
        file_name="test-report.pdf",
        title="Performance and durability of VP-EV75",
        kind="test-report",
        language="en",
        issuer="Example Test House (fictional)",
        valid_until=date(2031, 9, 18),
    )
    steps = [
        {**step, **more} for step, more in zip(content["disassemblySteps"], _STEPS, strict=True)
    ]
    steps[_STEP_WITH_DRAWING]["stepDrawings"] = [_keep(services, actor, screws)]
    return {
        **content,
        "declarationOfConformity": [
            _keep(services, actor, declaration),
            *content["declarationOfConformity"][1:],
        ],
        "explodedDiagrams": [_keep(services, actor, diagram)],
        "disassemblySteps": steps,
        "testReports": [content["testReports"][0] | _keep(services, actor, report)],
    }


def _bytes_of(file_name: str) -> bytes:
    return (_FILES / file_name).read_bytes()


def _keep(services: PassportServices, actor: Actor, new: NewDocument) -> dict[str, object]:
    stored = services.add_document(actor, actor.organisation, new)
    return document_node(stored, services.read_operator(actor, actor.organisation).base_url)
