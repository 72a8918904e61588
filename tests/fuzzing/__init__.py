"""Passports as attackers hand them over: random changes, and what may be said of them at most."""
