"""Measurements, printed as tables. Not tests: nothing fails when it is slow."""
