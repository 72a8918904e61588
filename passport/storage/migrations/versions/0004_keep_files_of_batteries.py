"""Keep files of batteries that are registered beside the requests.

How long it locks: not at all, it makes new tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_import",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_passport_import")),
    )
    with op.batch_alter_table("passport_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_import_organisation_begun", ["organisation", "begun_at"], unique=False
        )

    op.create_table(
        "passport_import_file",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_passport_import_file")),
    )
    op.create_table(
        "passport_import_outcome",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column(
            "problems", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_passport_import_outcome")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("passport_import_outcome")
    op.drop_table("passport_import_file")
    with op.batch_alter_table("passport_import", schema=None) as batch_op:
        batch_op.drop_index("ix_passport_import_organisation_begun")

    op.drop_table("passport_import")
