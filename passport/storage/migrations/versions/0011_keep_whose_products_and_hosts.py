"""Keep the GS1 prefixes of an operator's products and the hosts it used before.

How long it locks: the table of operators for as long as two columns with a constant default take to
be added, which rewrites nothing on PostgreSQL; SQLite copies that table, one row an operator.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TREE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("passport_operator", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gtin_prefixes", _TREE, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("former_hosts", _TREE, server_default="[]", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("passport_operator", schema=None) as batch_op:
        batch_op.drop_column("former_hosts")
        batch_op.drop_column("gtin_prefixes")
