"""Changes of the tables of the end of life, in their order."""
