"""Files of batteries become batteries on record: checked, interrupted, gone on with, told of."""

from dataclasses import replace

import pytest
from builders import EV_GTIN, MAKER, NOON, RECYCLER, RIVAL
from builders_import import a_text, a_workbook, pack_rows, rows_of
from sqlalchemy import func, select

from passport.bootstrap.importing import read_import
from passport.domain.actor import SYSTEM
from passport.domain.batch_import import ImportState, RowOutcome
from passport.domain.errors import AccessDeniedError
from passport.domain.identifiers import gs1_battery_id, gs1_model_id
from passport.services.importing import FileUnreadableError
from passport.services.imports import IMPORT_JOB, ImportUnknownError, NewImport, begin_import
from passport.storage.engine import reading
from passport.storage.jobs import SqlJobs
from passport.storage.tables import PassportTable

MODEL = gs1_model_id(EV_GTIN)
MANY = 10_000
PLACES = 23


def serials(count, prefix="FILE"):
    return [f"{prefix}-{number:04}" for number in range(1, count + 1)]


def never():
    return False


def row_counts(record):
    """Return how many rows each table holds, those of the log and of the jobs included."""
    with reading(record.engine) as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in PassportTable.metadata.sorted_tables
        }


def on_record(record, prefix="FILE"):
    batteries = record.services.batteries_of(MAKER, limit=1000)
    names = [battery.battery_id.rpartition("/")[2] for battery in batteries]
    return [name for name in names if name.startswith(prefix)]


def begun(record, data, name="packs.xlsx"):
    return record.imports.begin(MAKER, name, data, MODEL).import_id


# --- checking -------------------------------------------------------------------------------------


def test_a_check_of_a_file_leaves_every_table_as_it_was(record):
    rows = pack_rows(*serials(120), individualMassKilograms="heavy")
    before = row_counts(record)

    results = list(
        record.services.import_batteries(
            MAKER,
            "voltra",
            read_import(a_workbook(*rows), "packs.xlsx").rows,
            is_dry_run=True,
        )
    )

    assert [result.row.outcome for result in results] == [RowOutcome.IN_ORDER] * 119 + [
        RowOutcome.REFUSED
    ]
    assert before["passport_statement"] > 0
    assert row_counts(record) == before


def test_a_check_sees_what_is_on_record_with_another_content(record):
    def results(mass, *, is_dry_run):
        rows = pack_rows("FILE-0001", individualMassKilograms=mass)
        entered = read_import(a_text(*rows), "packs.csv").rows
        return [
            result.row
            for result in record.services.import_batteries(
                MAKER, "voltra", entered, is_dry_run=is_dry_run
            )
        ]

    assert results("431.8", is_dry_run=False)[0].outcome is RowOutcome.REGISTERED
    assert results("431.8", is_dry_run=True)[0].outcome is RowOutcome.IN_ORDER

    (other,) = results("432", is_dry_run=True)

    assert other.outcome is RowOutcome.REFUSED
    assert "on record with another content" in other.problems[0].message


def test_three_bad_cells_of_ten_thousand_rows_are_named_and_nothing_else():
    rows = pack_rows(*serials(MANY, "MANY"))
    head = rows[0]
    assert len(head) == PLACES
    serial, postal, day = (
        head.index(name)
        for name in (
            "serial",
            "manufacturingFacility.address.postalCode",
            "placedOnMarketOn",
        )
    )
    rows[17][serial], rows[4_711][postal], rows[MANY][day] = 17, 1067, 46_000

    results = list(read_import(a_workbook(*rows), "packs.xlsx").rows)

    assert len(results) == MANY
    wrong = [(row.number, one.column, one.message) for row in results for one in row.problems]
    assert [(number, column, message[:13]) for number, column, message in wrong] == [
        (17, "serial", "cell B18: hol"),
        (4_711, "manufacturingFacility.address.postalCode", "cell J4712: h"),
        (MANY, "placedOnMarketOn", "cell C10001: "),
    ]


# --- beside the requests --------------------------------------------------------------------------


def test_a_long_file_is_registered_beside_the_requests(record):
    rows = pack_rows(*serials(70), individualMassKilograms="heavy")
    import_id = begun(record, a_workbook(*rows))
    assert record.imports.read(MAKER, import_id).state is ImportState.RUNNING
    assert on_record(record) == []

    assert record.run_due_imports(never) == 1

    ended = record.imports.read(MAKER, import_id)
    assert ended.state is ImportState.DONE
    assert (ended.total, ended.registered, ended.known, ended.refused) == (70, 69, 0, 1)
    assert on_record(record) == serials(69)
    (refused,) = record.imports.refused(MAKER, import_id)
    assert (refused.number, refused.problems[0].column) == (70, "individualMassKilograms")
    told = rows_of(record.imports.report(MAKER, import_id))
    assert [row[0] for row in told] == ["result", *["registered"] * 69, "refused"]
    assert "heavy" in told[-1]
    assert record.run_due_imports(never) == 0


def test_a_process_that_ends_leaves_the_rest_to_the_next(record):
    import_id = begun(record, a_workbook(*pack_rows(*serials(120))))
    answers = iter([False, True])

    record.run_due_imports(lambda: next(answers))

    left = record.imports.read(MAKER, import_id)
    assert (left.state, left.tried, left.last_number) == (ImportState.RUNNING, 50, 50)
    assert record.run_due_imports(never) == 1
    ended = record.imports.read(MAKER, import_id)
    assert (ended.state, ended.registered, ended.known) == (ImportState.DONE, 120, 0)
    assert on_record(record) == serials(120)


def test_what_a_killed_process_registered_and_did_not_count_is_found_not_doubled(record):
    rows = pack_rows(*serials(60))
    import_id = begun(record, a_workbook(*rows))
    uncounted = read_import(a_text(*rows[:31]), "packs.csv").rows
    assert len(list(record.services.import_batteries(MAKER, "voltra", uncounted))) == 30

    record.imports.run(import_id, never)

    ended = record.imports.read(MAKER, import_id)
    assert (ended.state, ended.registered, ended.known) == (ImportState.DONE, 30, 30)
    assert on_record(record) == serials(60)


def test_a_file_whose_runner_is_gone_is_gone_on_with_at_the_next_start(record):
    import_id = begun(record, a_workbook(*pack_rows(*serials(3))))
    jobs = SqlJobs(record.engine, record.services.clock)
    jobs.run_due({IMPORT_JOB: lambda _: None})  # the job is gone, the file is not at its end
    assert record.run_due_imports(never) == 0

    assert record.imports.resume() == 1

    assert record.run_due_imports(never) == 1
    assert record.imports.read(MAKER, import_id).state is ImportState.DONE
    assert record.imports.resume() == 0


def test_of_two_runners_of_one_file_one_stops(record):
    import_id = begun(record, a_workbook(*pack_rows(*serials(120))))
    asked = []

    def go_on_elsewhere():
        if not asked:
            asked.append("once")
            record.imports.run(import_id, never)
        return False

    record.imports.run(import_id, go_on_elsewhere)

    ended = record.imports.read(MAKER, import_id)
    assert (ended.state, ended.registered, ended.known) == (ImportState.DONE, 120, 0)
    assert on_record(record) == serials(120)


def test_a_file_that_cannot_be_read_any_more_stops_with_the_reason(record):
    new = NewImport(file_name="packs.csv", body=b"name;price\n", model_id=None, total=1)
    kept = record.services.do(MAKER, lambda work: begin_import(MAKER, new, work=work))

    record.run_due_imports(never)

    stopped = record.imports.read(MAKER, kept.import_id)
    assert stopped.state is ImportState.STOPPED
    assert "no column gtin or identifier" in stopped.reason


def test_a_file_that_cannot_be_read_is_not_kept(record):
    before = row_counts(record)

    for name, data in (("packs.csv", b"name;price\n1;2\n"), ("packs.pdf", b"%PDF")):
        with pytest.raises(FileUnreadableError):
            record.imports.begin(MAKER, name, data, MODEL)

    assert row_counts(record) == before


def test_a_file_is_its_organisations_alone(record):
    import_id = begun(record, a_workbook(*pack_rows("FILE-0001")))

    assert [one.import_id for one in record.imports.all_of(MAKER)] == [import_id]
    assert record.imports.all_of(RIVAL) == []
    for actor in (RIVAL, SYSTEM):
        for ask in (record.imports.read, record.imports.refused, record.imports.report):
            with pytest.raises(ImportUnknownError):
                ask(actor, import_id)
    with pytest.raises(AccessDeniedError):
        record.imports.begin(RECYCLER, "a.csv", a_text(*pack_rows("FILE-0002")), MODEL)


def test_a_file_is_registered_in_the_roles_and_limits_of_who_sent_it(record):
    limited = replace(MAKER, scopes=frozenset({"battery:write"}), name="key 1")
    import_id = record.imports.begin(
        limited, "a.csv", a_text(*pack_rows("FILE-0001")), MODEL
    ).import_id

    kept = record.imports.read(MAKER, import_id)

    assert kept.actor == limited
    assert kept.begun_at == NOON


def test_batteries_of_the_makers_own_identifiers_get_the_model_that_was_chosen(record):
    rows = pack_rows("FILE-0001")
    place = rows[0].index("gtin")
    rows[0][place], rows[1][place] = "identifier", "PACK-7"
    serial = rows[0].index("serial")
    for row in rows:
        del row[serial]
    import_id = begun(record, a_text(*rows), "packs.csv")

    record.run_due_imports(never)

    assert record.imports.refused(MAKER, import_id) == []
    assert record.imports.read(MAKER, import_id).registered == 1


def test_a_template_for_a_model_on_record_can_be_filled_in_and_registered(record):
    head, example = rows_of(record.imports.template(MAKER, MODEL))
    filled = [{"EXAMPLE": "FILE-0001"}.get(cell, cell) for cell in example]

    entered = read_import(a_workbook(head, filled), "packs.xlsx").rows
    (result,) = record.services.import_batteries(MAKER, "voltra", entered)

    assert result.problems == ()
    assert result.registration.battery_id == gs1_battery_id(EV_GTIN, "FILE-0001")
