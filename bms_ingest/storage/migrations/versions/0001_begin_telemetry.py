"""Begin telemetry.

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
        "ingest_condition",
        sa.Column("condition_id", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("measured_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column(
            "harmful", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("statement_iri", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("condition_id", name=op.f("pk_ingest_condition")),
    )
    with op.batch_alter_table("ingest_condition", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ingest_condition_battery", ["battery_id", "measured_ms"], unique=False
        )
        batch_op.create_index(
            "ix_ingest_condition_unsigned",
            ["created_ms"],
            unique=False,
            postgresql_where=sa.text("statement_iri IS NULL"),
            sqlite_where=sa.text("statement_iri IS NULL"),
        )

    op.create_table(
        "ingest_day",
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("overflown", sa.Boolean(), nullable=False),
        sa.Column("traits_digest_hex", sa.String(), nullable=False),
        sa.Column("frame_count", sa.Integer(), nullable=False),
        sa.Column("stretches", sa.LargeBinary(), nullable=False),
        sa.Column("readings_digest_hex", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("battery_id", "day", name=op.f("pk_ingest_day")),
    )
    op.create_table(
        "ingest_ledger",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("frame_count", sa.Integer(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("record_length", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("folded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_ledger")),
        sa.UniqueConstraint(
            "segment", "record_offset", name=op.f("uq_ingest_ledger_segment_record_offset")
        ),
    )
    with op.batch_alter_table("ingest_ledger", schema=None) as batch_op:
        batch_op.create_index("ix_ingest_ledger_day", ["battery_id", "day"], unique=False)
        batch_op.create_index(
            "ix_ingest_ledger_range", ["battery_id", "epoch", "first_seq"], unique=False
        )
        batch_op.create_index(
            "ix_ingest_ledger_unfolded",
            ["battery_id"],
            unique=False,
            postgresql_where=sa.text("NOT folded"),
            sqlite_where=sa.text("NOT folded"),
        )

    op.create_table(
        "ingest_quarantine",
        sa.Column("digest_hex", sa.String(), nullable=False),
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest_hex", name=op.f("pk_ingest_quarantine")),
    )
    with op.batch_alter_table("ingest_quarantine", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ingest_quarantine_battery", ["battery_id", "received_ms"], unique=False
        )

    op.create_table(
        "ingest_source",
        sa.Column("battery_id", sa.String(), nullable=False),
        sa.Column("data_set", sa.String(), nullable=False),
        sa.Column("measured_cell", sa.String(), nullable=False),
        sa.Column("scaling", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("battery_id", name=op.f("pk_ingest_source")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("ingest_source")
    with op.batch_alter_table("ingest_quarantine", schema=None) as batch_op:
        batch_op.drop_index("ix_ingest_quarantine_battery")

    op.drop_table("ingest_quarantine")
    with op.batch_alter_table("ingest_ledger", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ingest_ledger_unfolded",
            postgresql_where=sa.text("NOT folded"),
            sqlite_where=sa.text("NOT folded"),
        )
        batch_op.drop_index("ix_ingest_ledger_range")
        batch_op.drop_index("ix_ingest_ledger_day")

    op.drop_table("ingest_ledger")
    op.drop_table("ingest_day")
    with op.batch_alter_table("ingest_condition", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ingest_condition_unsigned",
            postgresql_where=sa.text("statement_iri IS NULL"),
            sqlite_where=sa.text("statement_iri IS NULL"),
        )
        batch_op.drop_index("ix_ingest_condition_battery")

    op.drop_table("ingest_condition")
