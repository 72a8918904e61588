"""Keep every version of a status list, and lists for more purposes than withdrawing.

How long it locks: the lists of operators, for as long as it takes to copy that table; there are a
few rows for each operator. Lists on record withdraw, and get their first version when they are
signed next, at the start of the service.
"""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TREE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_LISTS = sa.table(
    "passport_status_list",
    sa.column("list_id", sa.String()),
    sa.column("group_id", sa.String()),
    sa.column("purpose", sa.String()),
    sa.column("body", sa.LargeBinary()),
    sa.column("valid_from", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("passport_status_list", schema=None) as batch_op:
        batch_op.alter_column("revoked", new_column_name="marked", existing_type=_TREE)
        batch_op.add_column(sa.Column("group_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("purpose", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_LISTS.c.list_id, _LISTS.c.body)).all():
        signed_at = datetime.fromisoformat(json.loads(row.body)["validFrom"])
        connection.execute(
            sa.update(_LISTS)
            .where(_LISTS.c.list_id == row.list_id)
            .values(group_id=row.list_id, purpose="revocation", valid_from=signed_at)
        )
    with op.batch_alter_table("passport_status_list", schema=None) as batch_op:
        batch_op.alter_column("group_id", nullable=False, existing_type=sa.String())
        batch_op.alter_column("purpose", nullable=False, existing_type=sa.String())
        batch_op.alter_column(
            "valid_from", nullable=False, existing_type=sa.DateTime(timezone=True)
        )
    op.create_table(
        "passport_status_list_version",
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["passport_leaf.digest"],
            name=op.f("fk_passport_status_list_version_digest_passport_leaf"),
        ),
        sa.PrimaryKeyConstraint(
            "list_id", "revision", name=op.f("pk_passport_status_list_version")
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_passport_status_list_version_digest")),
    )


def downgrade() -> None:
    """Take the change back; lists for other purposes than withdrawing go."""
    op.drop_table("passport_status_list_version")
    op.execute(sa.delete(_LISTS).where(_LISTS.c.purpose != "revocation"))
    with op.batch_alter_table("passport_status_list", schema=None) as batch_op:
        batch_op.drop_column("valid_until")
        batch_op.drop_column("valid_from")
        batch_op.drop_column("purpose")
        batch_op.drop_column("group_id")
        batch_op.alter_column("marked", new_column_name="revoked", existing_type=_TREE)
