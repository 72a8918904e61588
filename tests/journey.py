"""The people and companies of the journey: what they type, send and read, from outside."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import httpx
import orjson
import polars as pl
from builders_contents import an_example
from builders_recycling import a_report_document
from servers import Server
from typer.testing import CliRunner

import bms_ingest.demo_data
from bms_ingest.decoders.columns import ColumnMap, decode_table, read_table
from bms_ingest.decoders.frame_json import encode_batch
from bms_ingest.frame import Frame
from passport.cli import app

CELL = Path(bms_ingest.demo_data.__file__).parent / "nasa_b0029.parquet"
SERIES, PARALLEL = 100, 103
MAP = f"""
series = {SERIES}
parallel = {PARALLEL}
[source]
data_set = "NASA PCoE Battery Data Set"
measured_cell = "B0029"
scaling = "One cell, times {SERIES} in series and {PARALLEL} in parallel; moved by whole days"
"""

EV_GTIN = "09506000134352"
SECOND_LIFE_GTIN = "09506000134376"
PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Company:
    """An organisation of the journey, and what it does."""

    slug: str
    name: str
    country: str
    role: str


MAKER = Company("voltra", "Voltra Packs", "DE", "operator")
INTEGRATOR = Company("again", "Again Energy", "NL", "second-life")
COLLECTIVE = Company("collective", "Battery Collective NL", "NL", "operator")
COLLECTOR = Company("yard", "Yard Collection", "NL", "collector")
RECYCLER = Company("melt", "Melt Recycling", "BE", "recycler")
AUTHORITY = Company("watch", "Market Watch", "NL", "authority")
HOUSE = Company("house", "This service", "NL", "administrator")
COMPANIES = (MAKER, INTEGRATOR, COLLECTIVE, COLLECTOR, RECYCLER, AUTHORITY, HOUSE)


@dataclass
class Life:
    """A running service, the companies that call it, and what they keep from step to step."""

    server: Server
    folder: Path
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    @property
    def visitor(self) -> httpx.Client:
        """Somebody whom nobody knows."""
        return self._clients[""]

    def of(self, company: Company) -> httpx.Client:
        """Return the programs of a company, with its key."""
        return self._clients[company.slug]

    def command(
        self, *arguments: object, program: str = "passport", typed: str = "", code: int = 0
    ) -> CompletedProcess[str]:
        """Run a command beside the server and see that it ends as it should."""
        ended = self.server.run(*arguments, program=program, typed=typed)
        assert ended.returncode == code, f"{program} {arguments}: {ended.stdout}{ended.stderr}"
        return ended

    def quick_command(self, *arguments: object) -> str:
        """Run a command inside this process, which spares starting another; return its output."""
        ended = CliRunner().invoke(
            app, [str(one) for one in arguments], env=self.server.settings, catch_exceptions=False
        )
        assert ended.exit_code == 0, f"passport {arguments}: {ended.output}"
        return ended.stdout

    def join(self, *companies: Company) -> None:
        """Add companies with a key each, by commands beside the running server."""
        for company in companies:
            self.quick_command(
                "operator", "add", company.name, "--slug", company.slug, "--role", company.role,
                "--id", f"https://{company.slug}.example.com/", "--country", company.country,
            )  # fmt: skip
            self.quick_command("operator", "key", company.slug, "-o", self.key_file(company))
            self.call(company)

    def call(self, company: Company) -> None:
        """Open the connection of a company's programs, with the key in its file."""
        self._clients[company.slug] = httpx.Client(
            base_url=self.server.url,
            headers={"Authorization": f"Bearer {self.key_file(company).read_text()}"},
            timeout=60,
        )

    def key_file(self, company: Company) -> Path:
        """Return the file with the key of a company's programs."""
        return self.folder / f"{company.slug}.key"

    def file(self, name: str, content: bytes | str | dict[str, Any]) -> Path:
        """Write a file that somebody has on the desk."""
        path = self.folder / name
        if isinstance(content, dict):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@contextmanager
def a_life(server: Server, folder: Path) -> Iterator[Life]:
    """Let a life begin at a running server, and hang up afterwards."""
    with ExitStack() as opened:
        life = Life(server, folder)
        life._clients[""] = httpx.Client(base_url=server.url, timeout=60)
        opened.callback(lambda: [client.close() for client in life._clients.values()])
        yield life


def answered(answer: httpx.Response, status: int = 200) -> Any:
    """Return the JSON of an answer that must have this status."""
    assert answer.status_code == status, f"{answer.request.url}: {answer.text}"
    return answer.json()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal, as a program reads them."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def presentation(client: httpx.Client, address: str) -> dict[str, Any]:
    """Return the passport behind a QR code, as a program of this reader gets it."""
    answer = client.get(address, headers={"Accept": "application/vp"})
    assert answer.headers["content-type"] == "application/vp", answer.text
    return orjson.loads(answer.content)


def kinds(shown: dict[str, Any]) -> list[str]:
    """Return the kinds of the statements in a presentation."""
    return [credential["type"][1] for credential in shown["verifiableCredential"]]


def subjects(shown: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return what the statements of one kind say."""
    return [
        credential["credentialSubject"]
        for credential in shown["verifiableCredential"]
        if credential["type"][1] == kind
    ]


def placed_on() -> str:
    """Return a day of placing on the market before the readings begin."""
    return (datetime.now(UTC).date() - timedelta(days=30)).isoformat()


def today() -> str:
    """Return the day."""
    return date.today().isoformat()  # noqa: DTZ011 - the day as a person writes it


def a_pack(serial: str) -> dict[str, Any]:
    """Return an EV pack as its maker enters it."""
    content = {**an_example("ev-pack")["content"], "serialNumber": serial}
    return {"gtin": EV_GTIN, "serial": serial, "placedOnMarketOn": placed_on(), "content": content}


def some_packs_as_table(serials: Sequence[str], bad_mass: str) -> str:
    """Return packs as a spreadsheet saves them; the last one has a mass that is none."""
    rows = [_row_of_table(a_pack(serial)) for serial in serials]
    rows[-1]["individualMassKilograms"] = bad_mass
    written = io.StringIO()
    table = csv.DictWriter(written, rows[0], delimiter=";")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _row_of_table(pack: dict[str, Any]) -> dict[str, str]:
    content = pack["content"]
    plain = {name: value for name, value in content.items() if isinstance(value, str)}
    facility = content["manufacturingFacility"]
    address = {f"manufacturingFacility.address.{k}": v for k, v in facility["address"].items()}
    return {
        "gtin": pack["gtin"],
        "serial": pack["serial"],
        "placedOnMarketOn": pack["placedOnMarketOn"],
        **plain,
        "manufacturingFacility.facilityName": facility["facilityName"],
        "manufacturingFacility.facilityIdentifier": facility["facilityIdentifier"],
        **address,
    }


def a_model() -> dict[str, Any]:
    """Return the maker's EV model."""
    return an_example("ev-pack-model")


def a_second_life_model() -> dict[str, Any]:
    """Return the integrator's model of a stationary battery."""
    content = {
        **an_example("stationary-battery-model")["content"],
        "modelIdentifier": "AGAIN-120",
        "modelName": {"en": "Again 120"},
        "chemistry": "NMC",
        "chemistryName": {"en": "Lithium nickel manganese cobalt oxide with graphite"},
    }
    return {"gtin": SECOND_LIFE_GTIN, "content": content}


def a_batch(intake: str) -> dict[str, Any]:
    """Return the worked lithium batch as a recycler enters it, in kilograms for its tonnes."""
    rows = a_report_document("rl-1")["input"]["rows"]
    return {
        "site": "Antwerp",
        "country": "BE",
        "family": "lithium-based",
        "main_chemistry": "NMC622",
        "intakes": [intake],
        "wet_mass_kg": "102",
        "water_kg": "2",
        "rows": [
            {
                "substance": row["substance"],
                "mass_kg": str(row["m_input"]),
                "recovery_basis_kg": str(row["rm_basis"]) if "rm_basis" in row else None,
            }
            for row in rows
        ],
    }


def the_steps() -> list[dict[str, Any]]:
    """Return what the two facilities made of the worked batch."""
    return [
        {
            "name": step["step"],
            "operator": step["operator"],
            "country": step["country"],
            "outputs": [
                {
                    "substance": one["substance"],
                    "mass_kg": str(one["m"]),
                    "recovered_mass_kg": str(one.get("rm_m", 0)),
                    "label": one.get("note", ""),
                }
                for one in step["outputs"]
            ],
            "intermediates": [
                {"label": one["label"], "mass_kg": str(one["m"]), "next_step": one["next_step"]}
                for one in step.get("intermediate", [])
            ],
        }
        for step in a_report_document("rl-1")["steps"]
    ]


def first_readings(folder: Path, operations: int) -> Path:
    """Write the first operations of the NASA cell as a table, moved to last week."""
    path = folder / "first.parquet"
    _moved_cell().filter(pl.col("seq") <= operations).write_parquet(path)
    return path


def later_frames(folder: Path, battery: str, after: int) -> tuple[Path, int]:
    """Write the later operations as a gateway sends them: integer frames, one a line."""
    table = _moved_cell().filter(pl.col("seq") > after)
    frames = list(decode_table(table, battery, ColumnMap(series=SERIES, parallel=PARALLEL)))
    return write_frames(folder / "later.jsonl", battery, frames), len(frames)


def write_frames(path: Path, battery: str, frames: Sequence[Frame]) -> Path:
    """Write frames as a gateway keeps them, one a line."""
    batch = orjson.loads(encode_batch(battery, frames))
    path.write_bytes(b"\n".join(_line(battery, batch["fields"], row) for row in batch["rows"]))
    return path


def _line(battery: str, names: list[str], row: list[object]) -> bytes:
    read = {name: value for name, value in zip(names, row, strict=True) if value is not None}
    return orjson.dumps({"battery": battery, **read})


def _moved_cell() -> pl.DataFrame:
    """Return the cell's record moved by whole days, so that it ended a day ago."""
    table = read_table(CELL)
    last = table["start"].max()
    assert isinstance(last, datetime)
    return table.with_columns(pl.col("start") + timedelta(days=(datetime.now(UTC) - last).days - 1))
