"""Forged passports, each with the reason for which it has to be refused."""
