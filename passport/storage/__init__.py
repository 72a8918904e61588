"""The database of the record, on SQLite or PostgreSQL."""
