"""The Regulation as checks."""
