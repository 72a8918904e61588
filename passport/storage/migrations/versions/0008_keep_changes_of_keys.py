"""Keep changes of keys that wait for a second person, and places for outside signatures.

How long it locks: the table of operators for as long as a column with a constant default takes to
be added, which rewrites nothing on PostgreSQL; SQLite copies that table, one row an operator.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TREE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_key_proposal",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("change", _TREE, nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_passport_key_proposal")),
    )
    with op.batch_alter_table("passport_key_proposal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_key_proposal_operator", ["operator", "proposed_at"], unique=False
        )
    op.create_table(
        "passport_reserved_place",
        sa.Column("status_list", sa.String(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "status_list", "status_index", name=op.f("pk_passport_reserved_place")
        ),
    )
    with op.batch_alter_table("passport_operator", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("key_revision", sa.Integer(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("passport_operator", schema=None) as batch_op:
        batch_op.drop_column("key_revision")
    op.drop_table("passport_reserved_place")
    with op.batch_alter_table("passport_key_proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_passport_key_proposal_operator")
    op.drop_table("passport_key_proposal")
