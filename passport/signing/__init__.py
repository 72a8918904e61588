"""Proofs, keys, DIDs, status lists and the log."""
