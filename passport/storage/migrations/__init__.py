"""How Alembic runs for this package and its neighbours; the changes are in ``versions``."""
