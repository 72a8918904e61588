"""Contexts are pinned copies; nothing is fetched."""

import hashlib
import json
from pathlib import Path

import pytest
from pyld import jsonld

from passport.linked_data import contexts
from passport.linked_data.contexts import (
    STATEMENT_CONTEXTS,
    ContextChangedError,
    UnknownContextError,
    context_bytes,
    context_document,
    known_contexts,
    load_context,
)

ROOT = Path(__file__).parents[3]


def test_the_credentials_context_is_the_one_that_the_recommendation_prints():
    digest = hashlib.sha256(context_bytes("https://www.w3.org/ns/credentials/v2")).hexdigest()

    assert digest == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"


@pytest.mark.parametrize("iri", sorted(known_contexts()))
def test_each_pinned_context_is_there_unchanged(iri):
    assert "@context" in context_document(iri)


def test_an_unknown_context_is_refused_and_not_fetched():
    with pytest.raises(UnknownContextError, match=r"https://example\.com/my-context") as refusal:
        context_document("https://example.com/my-context")

    assert refusal.value.code == "unknown-context"


def test_a_changed_context_file_is_refused(monkeypatch, tmp_path):
    folder = tmp_path / "contexts"
    folder.mkdir()
    (folder / "map.json").write_text(
        json.dumps({"https://x.example/": {"file": "x.jsonld", "sha256": "00"}})
    )
    (folder / "x.jsonld").write_text('{"@context": {}}')
    monkeypatch.setattr(contexts, "schema_file", tmp_path.joinpath)
    known_contexts.cache_clear()
    try:
        with pytest.raises(ContextChangedError, match=r"x\.jsonld has SHA-256"):
            context_document("https://x.example/")
    finally:
        known_contexts.cache_clear()


def test_pyld_expands_with_the_pinned_contexts_alone():
    document = {
        "@context": list(STATEMENT_CONTEXTS),
        "id": "https://id.example.com/01/1",
        "massKilograms": "12.50",
    }

    expanded = jsonld.expand(document, {"documentLoader": load_context})

    assert expanded[0]["https://w3id.org/open-battery-passport/battery#massKilograms"] == [
        {"@type": "http://www.w3.org/2001/XMLSchema#decimal", "@value": "12.50"}
    ]


def test_the_vocabulary_defines_every_word_of_the_context():
    vocabulary = json.loads((ROOT / "schemas" / "vocabulary" / "battery.jsonld").read_text())
    context = context_document(STATEMENT_CONTEXTS[1])["@context"]
    words = {
        value["@id"] if isinstance(value, dict) else value
        for name, value in context.items()
        if not name.startswith("@")
    }

    described = {
        node["@id"]: node for node in jsonld.expand(vocabulary, {"documentLoader": load_context})
    }

    assert words <= set(described)
    mass = described["https://w3id.org/open-battery-passport/battery#massKilograms"]
    assert mass["http://qudt.org/schema/qudt/ucumCode"] == [{"@value": "kg"}]


def test_each_copy_is_named_in_the_notice():
    notice = (ROOT / "schemas" / "contexts" / "NOTICE.md").read_text()
    stems = {entry["file"].split("-v")[0] for entry in known_contexts().values()}

    assert all(stem.split("-")[0] in notice for stem in stems)
