"""Keep whom documents concern.

How long it locks: not at all, it makes a new table. Documents kept before concern nobody until a
second life names them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_attachment_reader",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "digest", "organisation", name=op.f("pk_passport_attachment_reader")
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("passport_attachment_reader")
