"""Changes of the tables of passport, in their order."""
