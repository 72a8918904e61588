"""Where readings come from that were not measured on the battery they stand for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementSource:
    """Where readings come from that were not measured on the battery itself.

    Attributes:
        data_set: Name of the published data set.
        measured_cell: Cell (or bank) the readings were taken from.
        scaling: How they stand for this battery, in English.
        source_url: Where the data set is.
    """

    data_set: str
    measured_cell: str
    scaling: str
    source_url: str = ""

    def node(self) -> dict[str, object]:
        """Return the content of a ``MeasurementSource``."""
        node: dict[str, object] = {
            "dataSet": self.data_set,
            "measuredCell": self.measured_cell,
            "scaling": {"en": self.scaling},
        }
        return node | ({"sourceUrl": self.source_url} if self.source_url else {})
