"""Frameworks, the evidence ledger, roll-up, matrix, coverage and clearances.

May import `notifications`, `people`, `web`, `db`, `clock`; is imported by every domain that trains people.
Pure: `kinds`, `framework`, `facts`, `rollup`, `explain`, `coverage`, `clearing`, `inputs`. Other domains
write through `service.record_evidence` and read through `queries`.
"""
