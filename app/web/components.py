"""Offer every component macro to every template as `ui.<name>`, without imports."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import Environment

from app.web.formatting import time_tag
from app.web.icons import icon
from app.web.lanes import week_places
from app.web.levels import heat_cell, heat_head, level_bars, level_chip, level_name
from app.web.staffing import below_floor, staffing_chart

FILES = (
    "actions",
    "forms",
    "surfaces",
    "feedback",
    "people",
    "measures",
    "tables",
    "schedule",
)


class Components:
    """Look up a component macro by its name, in the files of `web/components`."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._file_of: dict[str, str] = {}
        self.icon = icon
        self.level = level_chip
        self.level_name = level_name
        self.level_bars = level_bars
        self.time = time_tag
        self.heat_cell = heat_cell
        self.heat_head = heat_head
        self.below_floor = below_floor
        self.staffing_chart = staffing_chart
        self.week_places = week_places

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._file_of:
            self._index()
        if name not in self._file_of:
            raise AttributeError(f"no component is called {name}")
        macro = getattr(self._env.get_template(self._file_of[name]).module, name)
        if not self._env.auto_reload:
            setattr(self, name, macro)  # found without this function from now on
        return macro

    def names(self) -> list[str]:
        """Return the names of all macros."""
        self._index()
        return sorted(self._file_of)

    def _index(self) -> None:
        for file in FILES:
            path = f"web/components/{file}.html"
            module = self._env.get_template(path).module
            self._file_of.update({name: path for name in vars(module) if not name.startswith("_")})


def init_app(app: Flask) -> None:
    """Make `ui` a global of the templates."""
    app.jinja_env.globals["ui"] = Components(app.jinja_env)
