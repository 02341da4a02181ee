"""Curricula as files: read the whole set, report every fault with its place, load a valid set in one go.

Stands above the domains because one load reaches all of them; it knows their definitions and calls
their `service.load_…`, and owns no table.
"""
