"""What one reader was given of a passport, taken apart by statement; nothing else is at hand.

A page is made from these contents alone. What is not in them, this reader may not see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passport.domain.battery import Category
from passport.domain.content import Content, absence_of, codes_of
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.passport import StatementKind
from passport.linked_data.documents import content_of, parse_document
from passport.services.disclosure import Disclosure
from passport.services.ports import SignedStatement
from passport.web.pages.words import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A signed statement with its content."""

    signed: SignedStatement
    document: Mapping[str, Any]
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The statements one reader was given about one battery."""

    disclosure: Disclosure
    statements: Sequence[ReadStatement]

    @classmethod
    def of(cls, disclosure: Disclosure) -> "Record":
        """Read what was disclosed."""
        return cls(disclosure=disclosure, statements=[read(one) for one in disclosure.statements])

    def all(self, kind: StatementKind) -> list[ReadStatement]:
        """Return the statements of one kind, in reading order."""
        return [one for one in self.statements if one.signed.kind is kind]

    def content(self, kind: StatementKind) -> Content:
        """Return the content of the first statement of a kind; empty where there is none."""
        return next((one.content for one in self.all(kind)), {})

    @property
    def battery_id(self) -> BatteryId:
        """The battery."""
        return self.disclosure.battery.battery_id

    @property
    def index(self) -> Content:
        """Header of the passport: state, responsible operator, links."""
        return self.content(StatementKind.INDEX)

    @property
    def item(self) -> Content:
        """What everybody may know of this battery."""
        return self.content(StatementKind.ITEM_PUBLIC)

    @property
    def model(self) -> Content:
        """What everybody may know of its model."""
        return self.content(StatementKind.MODEL_PUBLIC)

    @property
    def name(self) -> str:
        """What people call the battery."""
        return model_name(self.model) or "Battery"

    @property
    def kind(self) -> str:
        """Category in words."""
        return kind_text(self.model, self.disclosure.battery.category)

    @property
    def serial(self) -> str:
        """Serial number, or the maker's own identifier."""
        return serial_of(self.battery_id)

    @property
    def signer(self) -> str:
        """Name of the operator that answers for the passport."""
        party = self.index.get("responsibleOperator")
        if isinstance(party, Mapping) and party.get("partyName"):
            return str(party["partyName"])
        maker = self.model.get("manufacturer")
        return str(maker.get("partyName", "")) if isinstance(maker, Mapping) else ""


def read(signed: SignedStatement) -> ReadStatement:
    """Read one signed statement."""
    document = parse_document(signed.body)
    return ReadStatement(signed=signed, document=document, content=content_of(document))


def model_name(content: Content) -> str:
    """Return the trade name of a model, or its identifier."""
    name = content.get("modelName")
    if name and absence_of(name) is None:
        return in_language(name)
    return str(content.get("modelIdentifier", ""))


def kind_text(content: Content, category: Category) -> str:
    """Return a category, or its sub-type, in words."""
    sub_type = codes_of("sub-type").get(str(content.get("subType", "")))
    return sub_type or codes_of("category")[category.value]
