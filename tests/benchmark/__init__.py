"""Figures beside peers and limits, measured in the same run: ``make bench``."""
