"""Keep drafts of battery models.

How long it locks: not at all, it makes a new table.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TREE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_IS_OPEN = sa.text("state IN ('draft', 'in-review', 'approved')")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_model_draft",
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("content", _TREE, nullable=False),
        sa.Column("base", _TREE, nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_by", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("comments", _TREE, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_passport_model_draft")),
    )
    with op.batch_alter_table("passport_model_draft", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_model_draft_operator", ["operator", "changed_at"], unique=False
        )
        batch_op.create_index(
            "uq_passport_model_draft_open",
            ["operator", "model_id"],
            unique=True,
            postgresql_where=_IS_OPEN,
            sqlite_where=_IS_OPEN,
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("passport_model_draft", schema=None) as batch_op:
        batch_op.drop_index("uq_passport_model_draft_open")
        batch_op.drop_index("ix_passport_model_draft_operator")
    op.drop_table("passport_model_draft")
