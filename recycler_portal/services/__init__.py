"""Use cases of the end of life, one verb each."""
