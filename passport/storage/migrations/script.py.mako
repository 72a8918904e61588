"""${message}.

How long it locks: write it here, for a million batteries.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    ${upgrades}


def downgrade() -> None:
    """Take it back."""
    ${downgrades}
