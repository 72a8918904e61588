"""Keep what authorities stamped of the log.

How long it locks: not at all, it makes a new table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_time_stamp",
        sa.Column(
            "size",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", "number", name=op.f("pk_passport_time_stamp")),
    )


def downgrade() -> None:
    """Take the change back; the stamps are lost, and with them what they prove."""
    op.drop_table("passport_time_stamp")
