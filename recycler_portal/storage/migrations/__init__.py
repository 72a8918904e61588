"""The history of the tables of the end of life."""
