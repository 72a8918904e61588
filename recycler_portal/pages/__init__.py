"""Pages of collector and recycler."""
