"""Hand the arrays to compiled code by reference.

A named tuple of forty arrays is passed to a compiled function field by field, which makes compiling
take minutes. A numba structure is one pointer. Python code keeps reading the named tuples; both share
the same memory.
"""

from __future__ import annotations

from typing import Any

from numba import njit
from numba.core import types
from numba.experimental import structref

from .arrays import Arrays
from .moves import Work
from .patterns import Patterns
from .relax import Sketch
from .state import State


class _Plain(types.StructRef):
    def preprocess_fields(self, fields: Any) -> Any:
        """Forget that a number is a literal, so that all instances share one type."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


@structref.register
class _ArraysType(_Plain): ...


@structref.register
class _StateType(_Plain): ...


@structref.register
class _WorkType(_Plain): ...


@structref.register
class _PatternsType(_Plain): ...


@structref.register
class _SketchType(_Plain): ...


class ArraysBox(structref.StructRefProxy): ...


class StateBox(structref.StructRefProxy): ...


class WorkBox(structref.StructRefProxy): ...


class PatternsBox(structref.StructRefProxy): ...


class SketchBox(structref.StructRefProxy): ...


structref.define_proxy(ArraysBox, _ArraysType, list(Arrays._fields))
structref.define_proxy(StateBox, _StateType, list(State._fields))
structref.define_proxy(WorkBox, _WorkType, list(Work._fields))
structref.define_proxy(PatternsBox, _PatternsType, list(Patterns._fields))
structref.define_proxy(SketchBox, _SketchType, list(Sketch._fields))


@njit(cache=True)
def box_arrays(t: Any) -> Any:
    """Box the problem."""
    return ArraysBox(*t)


@njit(cache=True)
def box_state(t: Any) -> Any:
    """Box a plan."""
    return StateBox(*t)


@njit(cache=True)
def box_work(t: Any) -> Any:
    """Box the scratch memory of a search."""
    return WorkBox(*t)


@njit(cache=True)
def box_patterns(t: Any) -> Any:
    """Box the learners' graphs."""
    return PatternsBox(*t)


@njit(cache=True)
def box_sketch(t: Any) -> Any:
    """Box the scratch memory of an evaluation."""
    return SketchBox(*t)
