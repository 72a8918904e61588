"""The vocabulary in the docs is the vocabulary of the code and of what is signed."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "vocabulary.md").read_text()
WORDS, _, TERMS = DOCS.partition("## Terms")
with (ROOT / "schemas" / "terms.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))
SOURCES = "\n".join(
    path.read_text()
    for package in ("passport", "bms_ingest", "recycler_portal")
    for path in (ROOT / package).rglob("*.py")
)


def _line(row):
    source = row["source"].replace("Regulation (EU) 2023/1542, ", "").replace("|", "/")
    return f"| `{row['term']}` | {row['label_en']} | {row['annex_xiii']} | {source} |"


def _column(number):
    lines = [line for line in WORDS.splitlines() if line.startswith("| ") and "---" not in line]
    return {
        word
        for line in lines[1:]
        for word in re.findall(r"`([^`]+)`", line.strip("|").split("|")[number])
    }


def test_each_term_of_the_table_stands_in_the_docs_as_the_table_has_it():
    lines = TERMS.splitlines()

    assert [_line(row) for row in ROWS if _line(row) not in lines] == []


def test_the_docs_have_no_term_that_the_table_has_not():
    documented = re.findall(r"^\| `(\w+)` \|", TERMS, re.MULTILINE)

    assert set(documented) - {row["term"] for row in ROWS} == set()


def test_each_word_of_linked_data_is_one_that_is_signed():
    signed = {row["term"] for row in ROWS} | {row["value_class"] for row in ROWS}
    signed |= {row["statement"] for row in ROWS}

    known = "\n".join(signed) + "\nVerifiableCredential\nBattery\nBatteryModel"
    assert {word for word in _column(3) if word not in known.replace(" ", "\n").split()} == set()


def test_each_word_of_the_code_is_found_in_the_code():
    missing = {word for word in _column(2) if word.rpartition(".")[2] not in SOURCES}

    assert missing == set()
