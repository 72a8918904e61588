"""Each command of the record: what it prints, and how it ends."""

import csv
import io
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from builders import EV_GTIN, SECOND_LIFE_GTIN
from builders_contents import SCHEMAS, a_content, an_example
from builders_import import a_workbook, pack_rows, rows_of

from passport import cli
from passport.bootstrap.import_progress import ImportProgress
from passport.domain.errors import PassportError, Problem
from passport.services.importing import ImportResult

PACK = f"{EV_GTIN}/EV75-000001"
PATH = f"01/{EV_GTIN}/21/EV75-000001"
IRI = f"http://localhost:8000/{PATH}"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: bytes
    err: str

    @property
    def json(self):
        return orjson.loads(self.out)

    @property
    def lines(self):
        return [orjson.loads(line) for line in self.out.splitlines()]


Passport = Callable[..., Ended]


SETTINGS = {
    "PASSPORT_DATA": "data",
    "PASSPORT_KEYSTORE_PASSPHRASE": "a passphrase of these tests",
    "PASSPORT_EXTENSIONS": "",
}
"""A folder of its own, without the neighbours of the record."""


@pytest.fixture(scope="module")
def stock(tmp_path_factory) -> Path:
    """Give a folder with two companies, two models and one pack, made by commands."""
    folder: Path = tmp_path_factory.mktemp("stock")
    again = ("Again", "--id", "https://again.example.com/", "--role", "second-life")
    ev_model = SCHEMAS / "examples" / "ev-pack-model.json"
    with pytest.MonkeyPatch.context() as patch:
        _prepare(patch, folder)
        for command in (
            ("operator", "add", "Voltra", "--id", "https://voltra.example.com/"),
            ("operator", "add", *again),
            ("model", "add", ev_model, "--operator", "voltra"),
            ("model", "add", a_file("model.json", a_second_life_model()), "--operator", "again"),
            ("register", a_file("pack.json", a_pack()), "--operator", "voltra"),
        ):
            assert _run(patch, command) == 0, command
    return folder / "data"


@pytest.fixture
def passport(tmp_path, monkeypatch, capsysbinary) -> Passport:
    """Give the command `passport` on an empty folder."""
    _prepare(monkeypatch, tmp_path)

    def run(*arguments: object) -> Ended:
        capsysbinary.readouterr()
        code = _run(monkeypatch, arguments)
        said = capsysbinary.readouterr()
        return Ended(code, said.out, said.err.decode())

    return run


@pytest.fixture
def stocked(stock, passport) -> Passport:
    """Give the command on a folder that is stocked."""
    shutil.copytree(stock, "data")
    return passport


def _prepare(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for name, value in SETTINGS.items():
        patch.setenv(name, value)
    patch.chdir(folder)


def _run(patch: pytest.MonkeyPatch, arguments: Sequence[object]) -> int:
    patch.setattr(sys, "argv", ["passport", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def a_pack(serial: str = "EV75-000001", **changed: object) -> dict[str, object]:
    content = a_content("ev-pack", serialNumber=serial, **changed)
    return {
        "gtin": EV_GTIN,
        "serial": serial,
        "placedOnMarketOn": "2026-11-01",
        "content": content,
    }


def a_second_life_model() -> dict[str, object]:
    return {"gtin": SECOND_LIFE_GTIN, "content": a_content("stationary-battery-model")}


def a_file(name: str, value: object) -> Path:
    path = Path(name)
    path.write_bytes(value if isinstance(value, bytes) else orjson.dumps(value, default=str))
    return path


def a_table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def a_row(serial: str, **changed: str) -> dict[str, str]:
    columns = {}

    def put(name: str, value: object) -> None:
        if isinstance(value, dict):
            reason = value.get("absent")
            if reason:
                columns[name] = f"!{reason}"
            else:
                for part, one in value.items():
                    put(f"{name}.{part}", one)
        elif isinstance(value, list):
            for number, one in enumerate(value, start=1):
                put(f"{name}.{number}", one)
        else:
            columns[name] = str(value)

    for name, value in a_content("ev-pack", serialNumber=None).items():
        put(name, value)
    known = {"gtin": EV_GTIN, "serial": serial, "placedOnMarketOn": "2026-11-01", **columns}
    return {**known, **changed}


# --- organisations and models ---------------------------------------------------------------------


def test_an_operator_is_added_with_key_and_did_and_stands_in_the_trust_file(passport):
    ended = passport(
        "operator", "add", "Voltra Packs", "--id", "https://v.example/", "--country", "DE", "--json"
    )

    assert ended.code == 0
    did = "did:web:localhost%3A8000:operators:voltra-packs"
    assert ended.json == {"slug": "voltra-packs", "did": did, "key": f"{did}#key-1"}
    assert did in orjson.loads(Path("data/trust.json").read_bytes())["dids"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("Voltra", "--id", "no uri"),
        ("Voltra", "--id", "urn:lei:529900T8BM49AURSDO56"),
        ("Voltra", "--id", "https://v.example/", "--country", "Germany"),
        ("Voltra", "--id", "https://v.example/", "--slug", "Not A Slug"),
    ],
)
def test_an_operator_of_another_form_is_refused(passport, arguments):
    ended = passport("operator", "add", *arguments)

    assert ended.code == 1
    assert ended.err.startswith("refused (invalid-")


def test_an_operator_is_added_once(stocked):
    ended = stocked("operator", "add", "Voltra", "--id", "https://voltra.example.com/")

    assert (ended.code, ended.err.partition(":")[0]) == (1, "refused (conflict)")


def test_a_key_goes_into_a_file_that_nobody_else_reads(stocked):
    ended = stocked("operator", "key", "voltra", "-o", "key", "--scope", "telemetry:write")

    assert ended.code == 0
    assert Path("key").read_text().startswith("obp_")
    assert Path("key").stat().st_mode & 0o777 == 0o600
    assert Path("key").read_text() not in ended.err + ended.out.decode()
    assert stocked("operator", "key", "voltra", "-o", "key").code == 2
    assert stocked("operator", "key", "nobody", "-o", "other").code == 1
    assert not Path("other").exists()


def test_a_model_is_added_and_is_the_same_when_it_is_added_again(stocked):
    file = SCHEMAS / "examples/ev-pack-model.json"

    ended = stocked("model", "add", file, "--operator", "voltra", "--json")

    assert (ended.code, ended.json["model"]) == (0, f"01/{EV_GTIN}")
    other = an_example("ev-pack-model")
    other["content"]["massKilograms"] = "1"
    assert stocked("model", "add", a_file("m.json", other), "--operator", "voltra").code == 1
    assert stocked("model", "add", a_file("n.json", {}), "--operator", "voltra").code == 1
    assert stocked("model", "add", "missing.json", "--operator", "voltra").code == 2


# --- registering ----------------------------------------------------------------------------------


def test_a_table_with_one_bad_row_keeps_the_good_ones_and_names_row_and_column(stocked):
    table = a_table(a_row("T-1"), a_row("T-2", individualMassKilograms="heavy"), a_row("T-3"))
    file = a_file("packs.csv", table)

    ended = stocked("register", file, "--operator", "voltra")

    assert ended.code == 1
    assert [line["battery"].rpartition("/")[2] for line in ended.lines] == ["T-1", "T-3"]
    assert set(ended.lines[0]) == {"battery", "passport", "qr"}
    assert "row 2, column individualMassKilograms:" in ended.err
    assert "2 accepted, 1 refused" in ended.err
    assert stocked("status", f"{EV_GTIN}/T-1").code == 0
    assert stocked("status", f"{EV_GTIN}/T-2").code == 1


def test_the_same_file_again_goes_on_where_it_stopped(stocked):
    file = a_file("packs.csv", a_table(a_row("T-1"), a_row("T-2")))
    first = stocked("register", file, "--operator", "voltra")
    more = a_file("packs.csv", a_table(a_row("T-1"), a_row("T-2"), a_row("T-3")))

    again = stocked("register", more, "--operator", "voltra")

    assert (first.code, again.code) == (0, 0)
    assert again.lines[:2] == first.lines


def test_a_dry_run_checks_and_stores_nothing(stocked):
    file = a_file("packs.csv", a_table(a_row("T-1"), a_row("T-2", manufacturedOn="soon")))

    ended = stocked("register", file, "--operator", "voltra", "--dry-run")

    assert (ended.code, ended.out) == (1, b"")
    assert "row 2, column manufacturedOn" in ended.err
    assert stocked("status", f"{EV_GTIN}/T-1").code == 1


def test_lines_of_json_are_a_file_too(stocked):
    lines = b"\n".join([orjson.dumps(a_pack("J-1")), b"{broken", orjson.dumps(a_pack("J-2"))])

    ended = stocked("register", a_file("packs.jsonl", lines), "--operator", "voltra")

    assert (ended.code, len(ended.lines)) == (1, 2)
    assert "row 2" in ended.err


def test_a_file_that_cannot_be_read_is_refused_or_not_tried(stocked):
    assert stocked("register", a_file("packs.txt", b"x"), "--operator", "voltra").code == 1
    assert stocked("register", "missing.csv", "--operator", "voltra").code == 2
    assert stocked("register", a_file("p.json", a_pack("K-1"))).code == 2


def test_a_workbook_is_registered_and_its_bad_cell_named_as_the_spreadsheet_names_it(stocked):
    rows = pack_rows("X-1", "X-2", "X-3")
    rows[2][rows[0].index("serial")] = 17
    file = a_file("packs.xlsx", a_workbook(*rows))

    ended = stocked("register", file, "--operator", "voltra")

    assert ended.code == 1
    assert [line["battery"].rpartition("/")[2] for line in ended.lines] == ["X-1", "X-3"]
    assert "row 2, column serial: cell B3: holds the number 17" in ended.err


def test_errors_are_written_beside_the_rows_and_put_right_there(stocked):
    rows = pack_rows("E-1", "E-2", individualMassKilograms="heavy")
    file = a_file("packs.xlsx", a_workbook(*rows))

    first = stocked("register", file, "--operator", "voltra", "--errors", "wrong.xlsx")

    head, good, bad = rows_of(Path("wrong.xlsx").read_bytes())
    assert (first.code, good[0], bad[0]) == (1, "registered", "refused")
    assert "heavy" in bad[1]
    bad[head.index("individualMassKilograms")] = "431.8"
    right = a_file("right.xlsx", a_workbook(head, bad))
    again = stocked("register", right, "--operator", "voltra", "--errors", "rest.csv")
    assert (again.code, len(again.lines)) == (0, 1)
    assert Path("rest.csv").read_text("utf-8-sig").splitlines()[1].startswith("registered,,")
    once_more = stocked("register", right, "--operator", "voltra", "--errors", "rest.csv")
    assert once_more.lines == again.lines
    assert "already on record" in Path("rest.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("file", "errors", "said"),
    [
        ("packs.csv", "packs.csv", "is the file of batteries itself"),
        ("packs.csv", "wrong.pdf", "ends in neither .xlsx nor .csv"),
        ("packs.json", "wrong.xlsx", "is no table"),
    ],
)
def test_errors_are_refused_where_they_cannot_be_written(stocked, file, errors, said):
    a_file("packs.csv", a_table(a_row("T-1")))
    a_file("packs.json", a_pack("T-1"))
    before = Path(file).read_bytes()

    ended = stocked("register", file, "--operator", "voltra", "--errors", errors)

    assert ended.code == 1
    assert said in ended.err
    assert Path(file).read_bytes() == before
    assert stocked("status", f"{EV_GTIN}/T-1").code == 1


def test_a_template_is_written_for_a_model_and_stands_alone(stocked):
    made = stocked("register", "--template", EV_GTIN, "-o", "packs.xlsx")

    assert (made.code, made.out) == (0, b"")
    assert rows_of(Path("packs.xlsx").read_bytes())[0][:2] == ["gtin", "serial"]
    assert stocked("register", "--template", "09506000134345", "-o", "x.xlsx").code == 1
    assert stocked("register", "--template", EV_GTIN).code == 2
    assert stocked("register", "--template", EV_GTIN, "packs.xlsx", "-o", "x.xlsx").code == 2
    assert stocked("register", "--operator", "voltra").code == 2


def test_progress_is_told_at_most_once_a_second():
    quarters_s = iter(number / 4 for number in range(13))
    said: list[str] = []
    progress = ImportProgress(total=1_000, say=said.append, clock=lambda: next(quarters_s))
    results = [
        ImportResult(number=number, registration=None, problems=(Problem(message="no"),))
        for number in range(1, 13)
    ]

    assert list(progress.follow(results)) == results

    assert said == [f"{done} of 1,000 rows, {done} refused, 4 rows/s" for done in (4, 8, 12)]


# --- showing and verifying ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "points"),
    [
        ("public", {"1"}),
        ("legitimate-interest", {"1", "2", "4"}),
        ("authority", {"1", "2", "3"}),
        ("operator", {"1", "2", "3", "4"}),
        ("owner", {"1", "4"}),
    ],
)
def test_each_audience_is_shown_what_it_reads(stocked, audience, points):
    ended = stocked("show", PACK, "--audience", audience)

    kinds = {one["type"][1] for one in ended.json["verifiableCredential"]}
    assert ended.code == 0
    assert ("ModelRestrictedStatement" in kinds) is ("2" in points)
    assert ("ModelAuthorityStatement" in kinds) is ("3" in points)
    assert ("ItemDeclaredStatement" in kinds) is ("4" in points)


def test_a_bundle_verifies_offline_with_the_trust_file_and_not_without(stocked):
    assert stocked("show", PACK, "--bundle", "pack.json").code == 0

    trusted = stocked("verify", "pack.json", "--offline", "--trust", "data/trust.json")
    stranger = stocked("verify", "pack.json", "--offline")

    assert (trusted.code, trusted.json["verified"]) == (0, True)
    assert (stranger.code, stranger.json["verified"]) == (1, False)
    assert stranger.json["problems"]
    assert set(trusted.json) >= {"verified", "checks", "problems"}


def test_a_changed_byte_is_found(stocked):
    stocked("show", PACK, "--bundle", "pack.json")
    bundle = orjson.loads(Path("pack.json").read_bytes())
    bundle["presentation"]["verifiableCredential"][0]["validFrom"] = "2020-01-01T00:00:00Z"

    ended = stocked("verify", a_file("bad.json", bundle), "--offline", "--trust", "data/trust.json")

    assert (ended.code, ended.json["verified"]) == (1, False)


@pytest.mark.parametrize("at", ["2030-01-01", "2030-01-01T12:00:00", "2030-01-01T12:00:00Z"])
def test_the_instant_asked_about_is_written_as_people_do(stocked, at):
    stocked("show", PACK, "--bundle", "pack.json")

    ended = stocked("verify", "pack.json", "--offline", "--trust", "data/trust.json", "--at", at)

    # The lists of today say nothing of 2030, and that is the only thing that is missing.
    assert ended.code == 1
    assert {problem["code"] for problem in ended.json["problems"]} == {
        "status-list",
        "status-list-ended",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.json", "--offline"),
        ("https://localhost:1/x", "--offline"),
        ("pack.json", "--offline", "--trust", "missing.json"),
        ("pack.json", "--offline", "--at", "yesterday"),
    ],
)
def test_what_could_not_be_tried_is_no_verdict(stocked, arguments):
    stocked("show", PACK, "--bundle", "pack.json")

    ended = stocked("verify", *arguments)

    assert (ended.code, ended.out) == (2, b"")


def test_what_is_no_passport_is_not_verified(passport):
    for content in (b"", b"{}", b"[1]", b'{"type": "VerifiablePresentation"}'):
        ended = passport("verify", a_file("x.json", content), "--offline")
        assert (ended.code, ended.json["verified"]) == (1, False)


def test_canonical_n_quads_are_sorted_lines(passport, stocked):
    document = stocked("show", PACK).json["verifiableCredential"][0]

    ended = passport("canonize", a_file("x.json", document))

    lines = ended.out.decode().splitlines()
    assert ended.code == 0
    assert lines == sorted(lines)
    assert all(line.endswith(" .") for line in lines)


# --- labels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label_format", "begins"),
    [("svg", b"<"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("zpl", b"^XA")],
)
def test_a_label_is_made_in_each_format(stocked, label_format, begins):
    ended = stocked("label", PACK, "--format", label_format, "-o", "label")

    assert ended.code == 0
    assert Path("label").read_bytes().startswith(begins)


def test_a_label_needs_a_passport(stocked):
    assert stocked("label", f"{EV_GTIN}/NOBODY", "--format", "svg").code == 1
    assert stocked("label", PACK, "--format", "docx").code == 2


# --- the life -------------------------------------------------------------------------------------


def test_the_status_says_where_a_battery_stands(stocked):
    ended = stocked("status", IRI, "--json")

    assert ended.json == {
        "battery": PATH,
        "passport": IRI,
        "state": "active",
        "status": "original",
        "responsible": "voltra",
        "predecessors": [],
        "successors": [],
    }
    assert "original" in stocked("status", PACK).out.decode()
    assert stocked("status", "nonsense").code == 1


def test_an_event_is_reported_by_the_responsible_or_by_whom_is_named(stocked):
    details = a_file("e.json", {"occurredAt": "2026-11-02T10:00:00Z", "reason": "fuse"})

    ended = stocked("event", PACK, "repair", "--file", details, "--json")

    assert (ended.code, ended.json["reported_by"]) == (0, "voltra")
    assert stocked("event", PACK, "repair", "--operator", "again").code == 1
    assert stocked("event", PACK, "explosion").code == 2
    assert stocked("event", PACK, "annulled").code == 1


def test_waste_becomes_recycled_from_the_console(stocked):
    for name, role in (("Yard", "collector"), ("Melt", "recycler")):
        stocked("operator", "add", name, "--id", f"https://{name}.example/", "--role", role)
    country = a_file("w.json", {"country": "NL"})
    batch = a_file("b.json", {"batch": "B-1"})

    waste = stocked("event", PACK, "waste", "--operator", "yard", "--file", country, "--json")

    assert (waste.code, waste.json["responsibility"]) == (0, None)
    orphan = stocked("event", PACK, "recycled", "--file", batch)
    assert (orphan.code, "--operator" in orphan.err) == (1, True)
    recycling = ("--operator", "melt", "--file", batch)
    assert stocked("event", PACK, "recycled", *recycling).code == 1
    assert stocked("event", PACK, "recycling-started", *recycling).code == 0
    assert stocked("event", PACK, "recycled", *recycling).code == 0
    assert stocked("status", PACK, "--json").json["state"] == "ceased"
    ceased = stocked("event", PACK, "repair", "--operator", "voltra")
    assert (ceased.code, "passport-ceased" in ceased.err) == (1, True)


def test_a_second_life_comes_from_a_file_with_its_documents(stocked):
    for name in ("bill.pdf", "report.pdf", "plate.png"):
        a_file(name, b"%PDF made up")
    entered = {
        "gtin": SECOND_LIFE_GTIN,
        "serial": "AGAIN-1",
        "operation": "repurposing",
        "placedOnMarketOn": "2026-11-02",
        "content": a_content("stationary-battery", serialNumber="AGAIN-1"),
        "predecessors": [
            {"battery": PACK},
            {
                "plate": {
                    "manufacturer": "Oldvolt",
                    "model": "OV-60",
                    "serial": "1188",
                    "chemistry": "NMC",
                    "manufactured": "2019-03",
                    "ratedCapacityAmpereHours": "150",
                    "photos": ["plate.png"],
                }
            },
        ],
        "evidence": [
            {"kind": "title", "description": "Bill of sale", "file": "bill.pdf"},
            {"kind": "operation", "description": "Report", "file": "report.pdf"},
        ],
    }

    ended = stocked("second-life", a_file("s.json", entered), "--operator", "again", "--json")

    new = f"01/{SECOND_LIFE_GTIN}/21/AGAIN-1"
    assert ended.code == 0, ended.err
    assert ended.json["passport"] == f"http://localhost:8000/{new}"
    status = stocked("status", new, "--json").json
    assert status["predecessors"] == [PATH, "Oldvolt OV-60 1188"]
    assert stocked("status", PACK, "--json").json["successors"] == [new]
    for without in ("operation", "evidence", "predecessors"):
        lacking = {name: value for name, value in entered.items() if name != without}
        file = a_file("lacking.json", lacking)
        assert stocked("second-life", file, "--operator", "again").code == 1
    lost = {**entered, "evidence": [{"kind": "title", "file": "nowhere.pdf"}]}
    assert stocked("second-life", a_file("l.json", lost), "--operator", "again").code == 2


# --- the house ------------------------------------------------------------------------------------


def test_a_store_that_cannot_be_opened_was_not_tried(stocked, monkeypatch):
    monkeypatch.setenv("PASSPORT_KEYSTORE_PASSPHRASE", "another passphrase than before")
    assert stocked("status", PACK).code == 2
    monkeypatch.setenv("PASSPORT_DATABASE_URL", "mysql://x/y")
    assert stocked("status", PACK).code == 2


def test_each_refusal_is_said_with_its_code(stocked, monkeypatch):
    def refuse(*_: object) -> None:
        raise PassportError("no such luck")

    monkeypatch.setattr(cli, "parse_battery_id", refuse)

    ended = stocked("status", PACK)

    assert (ended.code, ended.err.strip()) == (1, "refused (refused): no such luck")
