"""Bytes and tables to frames, one file a protocol."""
