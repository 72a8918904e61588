"""Begin the end of life.

How long it locks: not at all, it makes new tables only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "eol_batch",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("main_chemistry", sa.String(), nullable=False),
        sa.Column("wet_mass_kg", sa.String(), nullable=False),
        sa.Column("water_kg", sa.String(), nullable=False),
        sa.Column("rows", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_eol_batch")),
        sa.UniqueConstraint(
            "organisation", "request_key", name=op.f("uq_eol_batch_organisation_request_key")
        ),
    )
    with op.batch_alter_table("eol_batch", schema=None) as batch_op:
        batch_op.create_index(
            "ix_eol_batch_organisation_opened_at", ["organisation", "opened_at"], unique=False
        )

    op.create_table(
        "eol_intake",
        sa.Column("intake_id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=True),
        sa.Column("marks", sa.String(), nullable=False),
        sa.Column("mass_kg", sa.String(), nullable=True),
        sa.Column(
            "dimensions_mm", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("measured_voltage_v", sa.String(), nullable=True),
        sa.Column(
            "signs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "decision", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("collected_in", sa.String(), nullable=False),
        sa.Column("taken_in_by", sa.String(), nullable=False),
        sa.Column("taken_in_at", sa.BigInteger(), nullable=False),
        sa.Column("answering", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.Column("release_reason", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("intake_id", name=op.f("pk_eol_intake")),
        sa.UniqueConstraint(
            "organisation", "request_key", name=op.f("uq_eol_intake_organisation_request_key")
        ),
    )
    with op.batch_alter_table("eol_intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_eol_intake_battery_id"), ["battery_id"], unique=False)
        batch_op.create_index(
            "ix_eol_intake_organisation_taken_in_at", ["organisation", "taken_in_at"], unique=False
        )

    op.create_table(
        "eol_outbox",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("intake_id", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_eol_outbox")),
    )
    with op.batch_alter_table("eol_outbox", schema=None) as batch_op:
        batch_op.create_index("ix_eol_outbox_done_at", ["done_at"], unique=False)

    op.create_table(
        "eol_task",
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_eol_task")),
    )
    with op.batch_alter_table("eol_task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_eol_task_organisation_done_at", ["organisation", "done_at"], unique=False
        )

    op.create_table(
        "eol_batch_battery",
        sa.Column("intake_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("mass_kg", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["eol_batch.batch_id"], name=op.f("fk_eol_batch_battery_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["eol_intake.intake_id"], name=op.f("fk_eol_batch_battery_intake_id")
        ),
        sa.PrimaryKeyConstraint("intake_id", name=op.f("pk_eol_batch_battery")),
    )
    with op.batch_alter_table("eol_batch_battery", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_eol_batch_battery_batch_id"), ["batch_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_eol_batch_battery_battery_id"), ["battery_id"], unique=False
        )

    op.create_table(
        "eol_photo",
        sa.Column("intake_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["eol_intake.intake_id"], name=op.f("fk_eol_photo_intake_id")
        ),
        sa.PrimaryKeyConstraint("intake_id", "position", name=op.f("pk_eol_photo")),
    )
    op.create_table(
        "eol_step",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("is_preparation", sa.Boolean(), nullable=False),
        sa.Column("cadmium_waste_kg", sa.String(), nullable=True),
        sa.Column("mercury_waste_kg", sa.String(), nullable=True),
        sa.Column(
            "intermediates",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["eol_batch.batch_id"], name=op.f("fk_eol_step_batch_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_eol_step")),
        sa.UniqueConstraint(
            "batch_id", "request_key", name=op.f("uq_eol_step_batch_id_request_key")
        ),
    )
    op.create_table(
        "eol_fraction",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("substance", sa.String(), nullable=False),
        sa.Column("mass_kg", sa.String(), nullable=False),
        sa.Column("recovered_mass_kg", sa.String(), nullable=False),
        sa.Column("in_slag", sa.Boolean(), nullable=False),
        sa.Column("in_third_country", sa.Boolean(), nullable=False),
        sa.Column("has_evidence", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id", "number"],
            ["eol_step.batch_id", "eol_step.number"],
            name=op.f("fk_eol_fraction_batch_id_number"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", "position", name=op.f("pk_eol_fraction")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("eol_fraction")
    op.drop_table("eol_step")
    op.drop_table("eol_photo")
    with op.batch_alter_table("eol_batch_battery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_eol_batch_battery_battery_id"))
        batch_op.drop_index(batch_op.f("ix_eol_batch_battery_batch_id"))

    op.drop_table("eol_batch_battery")
    with op.batch_alter_table("eol_task", schema=None) as batch_op:
        batch_op.drop_index("ix_eol_task_organisation_done_at")

    op.drop_table("eol_task")
    with op.batch_alter_table("eol_outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_eol_outbox_done_at")

    op.drop_table("eol_outbox")
    with op.batch_alter_table("eol_intake", schema=None) as batch_op:
        batch_op.drop_index("ix_eol_intake_organisation_taken_in_at")
        batch_op.drop_index(batch_op.f("ix_eol_intake_battery_id"))

    op.drop_table("eol_intake")
    with op.batch_alter_table("eol_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_eol_batch_organisation_opened_at")

    op.drop_table("eol_batch")
