"""Frameworks, the evidence ledger, roll-up, matrix, coverage and clearances."""
