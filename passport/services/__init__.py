"""Use cases, one verb each: they take an actor and what they need, and return values."""
