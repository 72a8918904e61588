"""Keep documents, and which statements name them.

How long it locks: three new tables; then every statement on record is read once for the documents
that it names, which takes about a minute for a million of them.
"""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATEMENTS = sa.table(
    "passport_statement",
    sa.column("about", sa.String),
    sa.column("point", sa.String),
    sa.column("issuer", sa.String),
    sa.column("body", sa.LargeBinary),
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_document",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_passport_document")),
    )
    op.create_table(
        "passport_document_upload",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", "organisation", name=op.f("pk_passport_document_upload")),
    )
    op.create_index(
        op.f("ix_passport_document_upload_organisation"),
        "passport_document_upload",
        ["organisation"],
    )
    references = op.create_table(
        "passport_document_reference",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "digest", "about", "point", "issuer", name=op.f("pk_passport_document_reference")
        ),
    )
    found = {
        (digest, about, point, issuer)
        for about, point, issuer, body in op.get_bind().execute(
            sa.select(_STATEMENTS).execution_options(yield_per=1000)
        )
        if b"documentDigest" in body
        for digest in _digests_in(json.loads(bytes(body))["credentialSubject"])
    }
    if found:
        names = ("digest", "about", "point", "issuer")
        op.bulk_insert(references, [dict(zip(names, one, strict=True)) for one in sorted(found)])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("passport_document_reference")
    op.drop_table("passport_document_upload")
    op.drop_table("passport_document")


def _digests_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("documentDigest"), str):
            yield value["documentDigest"]
        for one in value.values():
            yield from _digests_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _digests_in(one)
