"""The commands `passport document`: what they print, and how they end."""

import hashlib
import sys

import orjson
import pytest

from passport import cli

PDF = b"%PDF-1.7 declaration"
DIGEST = f"sha256:{hashlib.sha256(PDF).hexdigest()}"


@pytest.fixture
def run(tmp_path, monkeypatch, capsysbinary):
    """Give the command `passport` on a folder with one operator."""
    monkeypatch.setenv("PASSPORT_KEYSTORE_PASSPHRASE", "a passphrase of these tests")
    monkeypatch.setenv("PASSPORT_EXTENSIONS", "")
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int | str | None, bytes, str]:
        capsysbinary.readouterr()
        monkeypatch.setattr(sys, "argv", ["passport", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsysbinary.readouterr()
        return ended.value.code, said.out, said.err.decode()

    assert command("operator", "add", "Voltra", "--id", "https://voltra.example.com/")[0] == 0
    (tmp_path / "declaration.pdf").write_bytes(PDF)
    return command


def add(run, *more: object):
    return run("document", "add", "declaration.pdf", "--operator", "voltra", *more)


def test_a_document_is_printed_as_the_node_that_names_it(run):
    code, out, _ = add(
        run,
        *("--title", "Konformitätserklärung", "--kind", "declaration-of-conformity"),
        *("--language", "de", "--issuer", "Voltra", "--version", "2"),
        *("--valid-from", "2026-01-01", "--valid-until", "2030-12-31"),
    )

    assert code == 0
    assert orjson.loads(out) == {
        "documentKind": "declaration-of-conformity",
        "documentTitle": {"de": "Konformitätserklärung"},
        "documentUrl": f"http://localhost:8000/documents/{DIGEST.replace(':', '-')}",
        "documentDigest": DIGEST,
        "documentMediaType": "application/pdf",
        "documentLanguage": "de",
        "documentIssuer": "Voltra",
        "documentVersion": "2",
        "documentValidFrom": "2026-01-01",
        "documentValidUntil": "2030-12-31",
    }


def test_the_list_names_each_document_and_where_it_is_named(run):
    assert run("document", "list", "--operator", "voltra")[:2] == (0, b"")
    assert add(run)[:2] == add(run)[:2]

    code, out, _ = run("document", "list", "--operator", "voltra")
    as_json = run("document", "list", "--operator", "voltra", "--json")

    assert (code, out.decode()) == (0, f"{DIGEST}  declaration.pdf  named nowhere\n")
    assert orjson.loads(as_json[1])["documentDigest"] == DIGEST
    assert orjson.loads(as_json[1])["namedBy"] == []


def test_what_is_no_document_is_refused_with_its_reason(run, tmp_path, monkeypatch):
    (tmp_path / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")

    svg = run("document", "add", "drawing.svg", "--operator", "voltra")
    unknown_kind = add(run, "--kind", "novel")
    monkeypatch.setenv("PASSPORT_MAX_DOCUMENT_BYTES", "10")
    too_large = add(run)

    assert (svg[0], unknown_kind[0], too_large[0]) == (1, 1, 1)
    assert "can run scripts" in svg[2]
    assert "declaration-of-conformity" in unknown_kind[2]
    assert "more than 10 bytes" in too_large[2]
    assert run("document", "add", "none.pdf", "--operator", "voltra")[0] == 2
