"""Search for shadowing and rotation plans: pure functions from a problem to a plan with a bound.

This package owns the search, its relaxation and its reasons. It imports the standard library, numpy,
numba and its solvers, nothing of Flask, SQLAlchemy or the rest of the application, so a plan can be
computed from a file, in a test or in a child process. The checker beside it shares no code with it on
purpose.

For shadowing, call `shadowing.solve`, `bound`, `repair`, `explain`, `greedy_spreadsheet`,
`greedy_scarcity` and, once after an installation, `warm_up`. They take a decoded ``shadowing/1``
document and raise `instance.InstanceError` when it can't be planned.
"""
