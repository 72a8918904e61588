"""Frozen contexts and schemas never change; a new version only adds; old statements stay valid."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builders_contents import a_statement

from passport.linked_data.generation import context_document
from passport.linked_data.terms import CONTEXT_VERSION, context_file, schema_file
from passport.linked_data.versions import (
    FrozenVersionError,
    Version,
    all_versions,
    frozen_files,
    lost_in_schema,
    lost_words,
    require_later,
)

ROOT = Path(__file__).parents[3]
OLDER_STATEMENT = """
import json, sys
from passport.linked_data.canonical import pinned_canonicalizer
from passport.linked_data.contexts import are_statement_contexts
from passport.linked_data.schemas import check_statement
document = json.load(sys.stdin)
print(json.dumps({
    "problems": [problem.message for problem in check_statement(document)],
    "canonical": pinned_canonicalizer().canonize(document).decode(),
    "accepted": are_statement_contexts(document["@context"]),
}))
"""


@pytest.fixture
def copied(tmp_path):
    """The part of the repository that is generated and generates, to be changed freely."""
    for folder in ("passport", "schemas"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "vocabulary.md", tmp_path / "docs")
    return tmp_path


def generate(folder, *arguments):
    return run(folder, "-m", "passport.linked_data.generation", *arguments)


def run(folder, *arguments, given=""):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def next_major():
    return f"{int(CONTEXT_VERSION.partition('.')[0]) + 1}.0.0"


def add_a_term(folder):
    row = (
        "colour,Colour,Colour of the case.,model,ModelPublicStatement,,1(a),text,,,,0,,,,voluntary"
    )
    with (folder / "schemas" / "terms.csv").open("a") as file:
        file.write(f"{row}\n")


def test_each_frozen_file_has_the_bytes_that_were_frozen():
    for entry in frozen_files():
        found = hashlib.sha256(schema_file(entry.file).read_bytes()).hexdigest()
        assert found == entry.sha256, entry.file


def test_each_frozen_version_is_listed_with_its_context_and_pinned_to_the_same_bytes():
    pinned = json.loads(schema_file("contexts/map.json").read_bytes()).values()
    frozen = {entry.file: entry.sha256 for entry in frozen_files()}
    for version in all_versions():
        path = context_file(version.number)
        if version.frozen_on is not None:
            assert {"file": path.rpartition("/")[2], "sha256": frozen[path]} in pinned


def test_today_s_terms_say_all_that_earlier_versions_say():
    for version in all_versions():
        older = json.loads(schema_file(context_file(version.number)).read_bytes())
        assert list(lost_words(older, context_document())) == []


def test_freezing_takes_one_command_and_a_frozen_version_is_not_frozen_again(copied):
    frozen = generate(copied, "--freeze", next_major())
    again = generate(copied, "--freeze", next_major())

    assert (frozen.returncode, frozen.stderr) == (0, "")
    assert again.returncode == 1
    assert "is frozen since" in again.stderr
    digest = hashlib.sha256((copied / "schemas" / context_file(next_major())).read_bytes())
    listed = (copied / "schemas" / "frozen.csv").read_text()
    assert f"{next_major()},{context_file(next_major())},{digest.hexdigest()}\n" in listed
    assert f"{CONTEXT_VERSION},{context_file(CONTEXT_VERSION)}," in listed
    assert generate(copied).returncode == 0, "nothing changes when nothing changed"


def test_a_new_term_is_refused_by_a_frozen_version_and_taken_by_the_next(copied):
    generate(copied, "--freeze", next_major())
    before = (copied / "schemas" / context_file(next_major())).read_bytes()
    add_a_term(copied)

    refused = generate(copied)
    raised = generate(copied, "--raise", next_major().replace(".0.0", ".1.0"))

    assert refused.returncode == 1
    assert "raise the version first" in refused.stderr
    assert (raised.returncode, raised.stderr) == (0, "")
    newer = copied / "schemas" / context_file(next_major().replace(".0.0", ".1.0"))
    assert "colour" in newer.read_text()
    assert (copied / "schemas" / context_file(next_major())).read_bytes() == before
    assert generate(copied).returncode == 0


def test_a_version_that_takes_a_word_away_is_not_frozen(copied):
    generate(copied, "--freeze", next_major())
    table = copied / "schemas" / "terms.csv"
    rows = table.read_text().splitlines(keepends=True)
    table.write_text("".join(row for row in rows if not row.startswith("cycleLifeReferenceTest,")))

    refused = generate(copied, "--freeze", next_major().replace(".0.0", ".1.0"))

    assert refused.returncode == 1
    assert "takes away or changes: cycleLifeReferenceTest" in refused.stderr


def test_a_statement_signed_with_an_older_version_keeps_its_bytes_and_its_schema(copied):
    document = a_statement()
    before = run(copied, "-c", OLDER_STATEMENT, given=json.dumps(document))
    generate(copied, "--freeze", next_major())

    after = run(copied, "-c", OLDER_STATEMENT, given=json.dumps(document))
    newer = json.dumps(document).replace(f"{CONTEXT_VERSION}.jsonld", f"{next_major()}.jsonld")
    signed_today = run(copied, "-c", OLDER_STATEMENT, given=newer)

    assert after.stderr == ""
    assert json.loads(after.stdout) == json.loads(before.stdout)
    assert json.loads(after.stdout)["problems"] == []
    assert json.loads(after.stdout)["accepted"] is True
    assert json.loads(signed_today.stdout)["problems"] == []


@pytest.mark.parametrize("number", ["1.0", "v2.0.0", "0.0.1", "01.0.0", ""])
def test_a_version_comes_after_the_last_one_and_has_three_numbers(number):
    with pytest.raises(FrozenVersionError) as refusal:
        require_later(number, Version("0.1.0", None))

    assert refusal.value.code == "frozen-version"


SCHEMA = {
    "properties": {"a": {"enum": ["x", "y"]}, "b": {"type": "string"}},
    "required": ["a", "b"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({}, []),
        ({"required": ["a"]}, []),
        ({"properties": {**SCHEMA["properties"], "c": {}}}, []),
        ({"properties": {"a": {"enum": ["x", "y", "z"]}, "b": {"type": "string"}}}, []),
        ({"properties": {"a": {"enum": ["x"]}, "b": {"type": "string"}}}, ["/properties/a/enum/y"]),
        ({"properties": {"a": {"enum": ["x", "y"]}}}, ["/properties/b"]),
        (
            {"properties": {"a": {"enum": ["x", "y"]}, "b": {"type": "object"}}},
            ["/properties/b/type"],
        ),
        ({"required": ["a", "b", "c"]}, ["/required/c"]),
        ({"additionalProperties": True}, ["/additionalProperties"]),
    ],
)
def test_what_a_newer_schema_refuses_and_an_older_one_lets_pass_is_named(change, lost):
    assert list(lost_in_schema(SCHEMA, {**SCHEMA, **change})) == lost


def test_a_need_that_comes_up_where_there_was_none_is_named():
    assert list(lost_in_schema({"type": "object"}, {"type": "object", "required": ["a"]})) == [
        "/required"
    ]
