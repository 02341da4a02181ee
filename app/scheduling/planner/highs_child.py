"""Solve one mixed-integer program with HiGHS; run as a script, in a process of its own.

HiGHS and OR-Tools can't be loaded into one process, and a process can be ended at any moment. Standard input
is an `npz` archive of the arrays of a program (see `highs.py`); standard output is one JSON object per line:
``{"kind": "plan", "objective", "ones"}``, ``{"kind": "bound", "value"}`` and, last, ``{"kind": "end", …}``.
The file imports nothing of the application, so that it starts fast.
"""

import io
import json
import sys
from typing import Any

import highspy
import numpy as np


def say(**message: Any) -> None:
    """Write one message to the parent."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def load(data: Any) -> highspy.Highs:
    """Return a solver that holds the program."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(data["cost"]), len(data["row_low"])
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = data["cost"], data["lower"], data["upper"]
    lp.row_lower_, lp.row_upper_ = data["row_low"], data["row_high"]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = data["starts"], data["index"]
    lp.a_matrix_.value_ = data["value"]
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    if data["whole"].any():
        lp.integrality_ = [kinds[int(w)] for w in data["whole"]]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", int(data["seed"]))
    solver.setOptionValue("time_limit", float(data["seconds"]))
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", float(data["step"]) * 0.99)
    if int(data["nodes"]) >= 0:
        solver.setOptionValue("mip_max_nodes", int(data["nodes"]))
    solver.passModel(lp)
    if len(data["start"]):
        known = np.nonzero(data["whole"])[0].astype(np.int32)
        values = np.zeros(lp.num_col_)
        values[data["start"]] = 1.0
        solver.setSolution(len(known), known, values[known])
    return solver


def main() -> None:
    """Read, solve, report."""
    data = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    whole = data["whole"].astype(bool)
    solver = load(data)
    best_bound = float("inf")

    def improved(event: Any) -> None:
        values = np.asarray(event.data_out.mip_solution)
        ones = np.nonzero(whole & (values > 0.5))[0].tolist()
        say(kind="plan", objective=event.data_out.objective_function_value, ones=ones)

    def bounded(event: Any) -> None:
        nonlocal best_bound
        value = float(event.data_out.mip_dual_bound)
        if value < best_bound - 1e-6 and abs(value) < 1e18:
            best_bound = value
            say(kind="bound", value=value)

    solver.cbMipImprovingSolution.subscribe(improved)
    solver.cbMipInterrupt.subscribe(bounded)
    solver.run()
    info, status = solver.getInfo(), solver.modelStatusToString(solver.getModelStatus())
    message: dict[str, Any] = {"kind": "end", "status": status}
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = np.asarray(solver.getSolution().col_value)
        message["ones"] = np.nonzero(whole & (values > 0.5))[0].tolist()
        message["objective"] = info.objective_function_value
    if whole.any() and abs(info.mip_dual_bound) < 1e18:
        message["bound"] = info.mip_dual_bound
    elif status == "Optimal":
        message["bound"] = info.objective_function_value
    say(**message)


if __name__ == "__main__":
    main()
