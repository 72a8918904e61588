"""Documents that statements named before this version could keep them are opened by them, too."""

import json

from builders import EV_GTIN, MAKER, NOON, an_installation
from builders_contents import a_content
from sqlalchemy import Engine, insert, select

from passport.domain.identifiers import gs1_model_id
from passport.storage.engine import make_engine, reading, writing
from passport.storage.migrate import downgrade, passport_source, upgrade
from passport.storage.tables import PassportTable

TABLES = PassportTable.metadata.tables


def references(database: Engine) -> list[tuple[str, ...]]:
    table = TABLES["passport_document_reference"]
    with reading(database) as connection:
        return sorted(tuple(row) for row in connection.execute(select(table)))


def test_the_references_made_from_old_statements_are_those_that_were_written_with_them(
    tmp_path, database_url
):
    record = an_installation(tmp_path, database_url)
    content = a_content(
        "ev-pack-model", declarationOfConformity=[{"documentDigest": "sha256:" + "a" * 64}]
    )
    record.services.amend_model(MAKER, gs1_model_id(EV_GTIN), content)
    record.close()
    engine = make_engine(database_url)
    written = references(engine)

    downgrade(engine, passport_source(), "0002")
    upgrade(engine, passport_source())

    assert references(engine) == written
    assert ("sha256:" + "a" * 64, f"01/{EV_GTIN}", "1", "voltra") in written
    engine.dispose()


def test_statements_that_name_no_document_leave_no_reference(empty_database: Engine):
    upgrade(empty_database, passport_source(), "0002")
    body = json.dumps({"credentialSubject": {"massKilograms": "1"}}).encode()
    with writing(empty_database) as connection:
        connection.execute(
            insert(TABLES["passport_leaf"]).values(
                digest=b"\x01" * 32, kind="ModelPublicStatement", created_at=NOON
            )
        )
        connection.execute(
            insert(TABLES["passport_statement"]).values(
                statement_id="1",
                iri="https://x.example/1",
                kind="ModelPublicStatement",
                series="s",
                version=1,
                about="01/1",
                point="1",
                issuer="voltra",
                digest=b"\x01" * 32,
                body=body,
                issued_at=NOON,
                status_list="l",
                status_index=1,
            )
        )

    upgrade(empty_database, passport_source())

    assert references(empty_database) == []
