"""Pages about the law itself: its calendar, its data points, what this software does about it."""

from dataclasses import dataclass

from passport.ui.charts import Chart
from passport.ui.views.common import Badge, Link, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a field."""

    value: str
    text: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPage:
    """The calendar of duties: what begins when, and what waits for which act.

    Attributes:
        timeline: The days drawn on a line, with the same days in a table.
        undetermined: Duties whose day nobody knows.
        acts: What they wait for.
    """

    today: str
    timeline: Chart
    undetermined: Table
    acts: Table
    certainty: Table
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPointsPage:
    """What is asked of which kind of battery on a day, data point by data point."""

    on: str
    kinds: tuple[Choice, ...]
    lives: tuple[Choice, ...]
    summary: str
    table: Table
    letters: Table
    days: tuple[Link, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationRow:
    """One obligation, and what this software does about it.

    Attributes:
        places: Where it stands: modules of the source, or addresses that lead there.
        tests: Names of tests that show it.
    """

    number: str
    obligation: str
    legal_point: str
    actor: str
    when: str
    places: tuple[Link, ...]
    tests: tuple[str, ...]
    state: Badge
    reason: str
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClausesPage:
    """The clause matrix."""

    summary: str
    rows: tuple[ObligationRow, ...]
    certainty: Table
