"""Keep each version of an operator's DID document, as it was served.

How long it locks: not at all, it makes a new table. Operators on record get their first version
when the service starts next.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_did_document",
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("did", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["passport_leaf.digest"],
            name=op.f("fk_passport_did_document_digest_passport_leaf"),
        ),
        sa.PrimaryKeyConstraint("operator", "version", name=op.f("pk_passport_did_document")),
        sa.UniqueConstraint("digest", name=op.f("uq_passport_did_document_digest")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("passport_did_document")
