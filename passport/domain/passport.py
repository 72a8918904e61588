"""The signed statements a passport consists of."""

from enum import StrEnum

from passport.domain.access import Point


class StatementKind(StrEnum):
    """What one signed statement is about; the value is its type in linked data."""

    MODEL_PUBLIC = "ModelPublicStatement"
    MODEL_RESTRICTED = "ModelRestrictedStatement"
    MODEL_AUTHORITY = "ModelAuthorityStatement"
    PRODUCTION = "ProductionStatement"
    """One model, plant and year, or one batch."""
    ITEM_PUBLIC = "ItemPublicStatement"
    ITEM_DECLARED = "ItemDeclaredStatement"
    """Values at placing on the market and at each change of status."""
    CONDITION = "ConditionStatement"
    """Values at one instant; a later one does not supersede an earlier one."""
    INDEX = "PassportIndex"
    """What one audience finds in the passport of one battery."""
    EVENT = "EventStatement"
    """One thing that happened to one battery."""

    @property
    def subject_class(self) -> str:
        """Type of what the statement is about."""
        return _SUBJECT_CLASSES.get(self, "Battery")

    @property
    def is_about_model(self) -> bool:
        """Whether it is about a model or its production, not about one battery.

        A battery and somebody else's model may have the same name; the kind tells them apart.
        """
        return self in _SUBJECT_CLASSES

    @property
    def is_of_one_instant(self) -> bool:
        """Whether values of several such statements must never be read as one.

        The nodes inside such a statement are named after the statement; in all others they are
        named after the model or battery, so that they keep their name from version to version.
        """
        return self in _OF_ONE_INSTANT

    @property
    def point(self) -> Point | None:
        """Point of Annex XIII that decides who reads it; an index and an event say so themselves.

        Source: Regulation (EU) 2023/1542, Annex XIII.
        """
        return _POINTS.get(self)


_SUBJECT_CLASSES = {
    StatementKind.MODEL_PUBLIC: "BatteryModel",
    StatementKind.MODEL_RESTRICTED: "BatteryModel",
    StatementKind.MODEL_AUTHORITY: "BatteryModel",
    StatementKind.PRODUCTION: "ProductionRun",
}
_OF_ONE_INSTANT = frozenset(
    {
        StatementKind.ITEM_DECLARED,
        StatementKind.CONDITION,
        StatementKind.INDEX,
        StatementKind.EVENT,
    }
)
_POINTS = {
    StatementKind.MODEL_PUBLIC: Point.PUBLIC,
    StatementKind.MODEL_RESTRICTED: Point.RESTRICTED,
    StatementKind.MODEL_AUTHORITY: Point.AUTHORITY,
    StatementKind.PRODUCTION: Point.PUBLIC,
    StatementKind.ITEM_PUBLIC: Point.PUBLIC,
    StatementKind.ITEM_DECLARED: Point.INDIVIDUAL,
    StatementKind.CONDITION: Point.INDIVIDUAL,
}
