"""What is committed says nothing of the machine it was written on, and leaves no loose end."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 600
# A table written by a program for programs; people read schemas/terms.csv.
GENERATED = {ROOT / "passport" / "domain" / "term_table.py"}

# With one letter in brackets each, so that this file does not find itself.
REGISTRY_HOSTS = (
    r"pyp[i]\.org",
    r"pythonhoste[d]\.org",
    r"registry\.npmj[s]",
    r"registry\.yarnpk[g]",
    r"deb\.debia[n]",
)
MACHINE_PATHS = re.compile(r"(^|[^a-z.])/(wor[k]|far[m]|roo[t])/", re.MULTILINE)
LOOSE_ENDS = re.compile(
    r"pytest\.mark\.(ski[p]|xfai[l])|pytest\.ski[p]\(|TOD[O]|FIXM[E]|NotImplementedErro[r]"
)
BROAD_EXCEPT = re.compile(r"except( Exception| BaseException)?:")


def _tracked(*patterns):
    # A copy without its history, as in the image, is checked as it lies there.
    if not (ROOT / ".git").exists():
        return [path for pattern in patterns or ("**/*",) for path in ROOT.glob(pattern)]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _text(path):
    return path.read_bytes().decode("utf-8", errors="replace")


def _having(pattern, paths):
    return [str(path.relative_to(ROOT)) for path in paths if re.search(pattern, _text(path))]


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_no_file_names_a_package_registry(host):
    assert _having(host, _tracked()) == []


def test_no_file_names_a_folder_of_the_machine():
    assert _having(MACHINE_PATHS, _tracked()) == []


def test_nothing_is_skipped_or_left_for_later():
    assert _having(LOOSE_ENDS, _tracked("*.py")) == []


def test_no_handler_catches_everything():
    assert _having(BROAD_EXCEPT, _tracked("*.py")) == []


def test_no_module_is_too_long_to_read():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked("*.py")
        if (lines := len(_text(path).splitlines())) > LONGEST_MODULE and path not in GENERATED
    }

    assert long == {}


def test_test_files_have_names_of_their_own():
    names = [path.name for path in _tracked("tests/**/test_*.py", "tests/test_*.py")]

    assert sorted(names) == sorted(set(names))
