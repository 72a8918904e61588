"""Keep the part ledger.

How long it locks: not at all, it makes two new tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_part",
        sa.Column("part_id", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("part_number", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=True),
        sa.Column("history", sa.String(), nullable=False),
        sa.Column("whereabouts", sa.String(), nullable=False),
        sa.Column("container", sa.String(), nullable=True),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(container IS NULL) = (position IS NULL)",
            name=op.f("ck_passport_part_a_container_has_positions"),
        ),
        sa.CheckConstraint(
            "(container IS NOT NULL) = (whereabouts = 'built-in')",
            name=op.f("ck_passport_part_built_in_has_a_place"),
        ),
        sa.ForeignKeyConstraint(
            ["container"], ["passport_part.part_id"], name=op.f("fk_passport_part_container")
        ),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_passport_part")),
        sa.UniqueConstraint("battery_id", name=op.f("uq_passport_part_battery_id")),
    )
    with op.batch_alter_table("passport_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passport_part_serial"), ["serial"], unique=False)
        batch_op.create_index("uq_passport_part_place", ["container", "position"], unique=True)

    op.create_table(
        "passport_part_move",
        sa.Column("part_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_whereabouts", sa.String(), nullable=True),
        sa.Column("from_container", sa.String(), nullable=True),
        sa.Column("from_position", sa.String(), nullable=False),
        sa.Column("from_holder", sa.String(), nullable=False),
        sa.Column("from_battery", sa.String(), nullable=True),
        sa.Column("from_path", sa.String(), nullable=False),
        sa.Column("to_whereabouts", sa.String(), nullable=False),
        sa.Column("to_container", sa.String(), nullable=True),
        sa.Column("to_position", sa.String(), nullable=False),
        sa.Column("to_holder", sa.String(), nullable=False),
        sa.Column("to_battery", sa.String(), nullable=True),
        sa.Column("to_path", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("origin_status", sa.String(), nullable=True),
        sa.Column("origin_health_percent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"], ["passport_part.part_id"], name=op.f("fk_passport_part_move_part_id")
        ),
        sa.PrimaryKeyConstraint("part_id", "number", name=op.f("pk_passport_part_move")),
    )
    with op.batch_alter_table("passport_part_move", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passport_part_move_from_battery", ["from_battery", "occurred_at"], unique=False
        )
        batch_op.create_index(
            "ix_passport_part_move_to_battery", ["to_battery", "occurred_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_passport_part_move_to_container"), ["to_container"], unique=False
        )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("passport_part_move")
    op.drop_table("passport_part")
