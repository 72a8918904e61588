"""Tables of the end of life."""
