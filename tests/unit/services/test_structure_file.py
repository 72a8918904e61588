"""Structures as they are entered: tables and documents, each wrong place named."""

from datetime import UTC, datetime

import pytest

from passport.domain.errors import ContentRefusedError, InvalidValueError
from passport.domain.structure import PartHistory, StructureLevel
from passport.services.structure_file import read_structure_document, read_structure_file


def test_a_table_names_parts_with_what_is_known_of_them():
    table = (
        b"\xef\xbb\xbflevel,serial,position,part_number,battery,history\r\n"
        b"module,0012,M01,VM-12,,unknown\r\n"
        b",,,,,\r\n"
        b"pack,P,P1,,09506000134352/EV75-000001,\r\n"
    )

    used, battery = read_structure_file(table, "parts.csv").parts

    assert (used.serial, used.part_number, used.history) == ("0012", "VM-12", PartHistory.UNKNOWN)
    assert (battery.battery_id, battery.row) == ("01/09506000134352/21/EV75-000001", 3)


def test_parts_in_parts_have_their_position_as_seen_from_the_part_around_them():
    entered = {
        "level": "system",
        "occurredAt": "2027-02-18T10:00:00+01:00",
        "parts": [
            {
                "level": "rack",
                "serial": "R",
                "position": "R2",
                "parts": [{"level": "module", "serial": "M", "position": "M07"}],
            }
        ],
    }

    structure = read_structure_document(entered)

    assert structure.level is StructureLevel.SYSTEM
    assert structure.occurred_at == datetime(2027, 2, 18, 9, tzinfo=UTC)
    assert [part.position for part in structure.parts] == ["R2", "R2/M07"]


def test_each_wrong_cell_is_named_by_row_and_column():
    table = b"level,serial,position\nmodul,A,M1\nmodule,,M 2\n"

    with pytest.raises(ContentRefusedError) as refused:
        read_structure_file(table, "parts.csv")

    assert [(one.row, one.column) for one in refused.value.problems] == [
        (1, "level"),
        (2, "serial"),
        (2, "position"),
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"level,serial\nmodule,A\n", "has not position"),
        (b"level,serial,position,colour\n", "has also colour"),
        (b"\xff\xfe", "no text in UTF-8"),
    ],
)
def test_what_is_no_table_of_parts_is_refused(table, words):
    with pytest.raises(InvalidValueError, match=words):
        read_structure_file(table, "parts.csv")


@pytest.mark.parametrize(
    "entered",
    [
        {},
        {"parts": "M1"},
        {"parts": [], "colour": "red"},
        {"parts": [{"level": "module", "colour": "red"}]},
        {"parts": [], "level": "heap"},
        {"parts": [], "occurredAt": "yesterday"},
        {"parts": [], "occurredAt": "2027-02-18T10:00:00"},
        {"parts": [], "occurredAt": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_document_with_something_else_in_it_is_refused(entered):
    with pytest.raises(InvalidValueError):
        read_structure_document(entered)


def test_a_cell_without_end_is_refused():
    table = b"level,serial,position\nmodule,S1," + b"x" * 200_000

    with pytest.raises(InvalidValueError, match="no table"):
        read_structure_file(table, "parts.csv")
