"""The record starts, and passes its own life, where its neighbours do not exist."""

import subprocess
import sys
import textwrap
from pathlib import Path

BLOCKED = """
import sys

class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"bms_ingest", "recycler_portal"}:
            raise ModuleNotFoundError(f"no module named {name!r}", name=name)

sys.meta_path.insert(0, Nowhere())
"""
LIFE = """
from pathlib import Path

from builders import *
from builders_life import recycle, require_verified, standing
from passport.domain.status import PassportState

record = an_installation(Path("data"))
register(record)
record.services.record_condition(MAKER, PACK, a_condition(), NOON)
give_second_life(record)
require_verified(record, NEW_LIFE, Audience.LEGITIMATE_INTEREST)
recycle(record, NEW_LIFE)
assert standing(record).state is PassportState.CEASED
record.close()
assert not {name for name in sys.modules if name.startswith(("bms_ingest", "recycler_portal"))}
print("lived")
"""
SHOWN = """
from passport.bootstrap import open_passport

passport = open_passport(keystore="memory:")
passport.load_demonstration(print)
passport.load_demonstration(print)
passport.close()
print("shown")
"""
SERVED = """
from starlette.testclient import TestClient

from passport.bootstrap import open_passport
from passport.web.app import make_app

passport = open_passport(keystore="memory:")
with TestClient(make_app(passport), base_url="http://localhost:8000") as client:
    assert client.get("/healthz").status_code == 200
    assert client.get("/openapi.json").status_code == 200
    assert client.get("/log/checkpoint").status_code == 200
passport.close()
print("served")
"""
COMMAND = """
from passport.cli import main

sys.argv = ["passport", "operator", "add", "Voltra", "--id", "https://voltra.example.com/"]
main()
"""


def alone(program: str, folder: Path) -> str:
    """Run a program where no neighbour can be imported; return what it printed."""
    tests = Path(__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(BLOCKED + program)],
        cwd=folder,
        env={"PYTHONPATH": f"{tests.parent}:{tests}", "PASSPORT_EXTENSIONS": "", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_record_lives_its_life_alone(tmp_path):
    assert alone(LIFE, tmp_path).endswith("lived\n")


def test_the_demonstration_loads_alone_and_twice(tmp_path):
    assert alone(SHOWN, tmp_path).endswith("shown\n")


def test_the_service_starts_alone(tmp_path):
    assert alone(SERVED, tmp_path).endswith("served\n")


def test_the_command_line_works_alone(tmp_path):
    assert "did:web:localhost%3A8000:operators:voltra" in alone(COMMAND, tmp_path)
