# SPDX-License-Identifier: Apache-2.0
"""Variables in queries, as Grafana replaces them."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .intervals import Steps, text

_USE = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]")
ALL = "$__all"


class UnknownVariable(Exception):
    """A query uses a variable that neither Grafana nor its dashboard has."""


@dataclass(frozen=True)
class Window:
    """The time range of a dashboard or panel, in seconds since 1970."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


@dataclass
class Values:
    """The values of a dashboard's variables."""

    chosen: dict[str, str] = field(default_factory=dict)

    def replace(self, query: str, window: Window, intervals: Steps) -> str:
        """A query with all variables replaced.

        Raises:
            UnknownVariable: The query uses one that has no value.
        """
        own = {
            "__interval": text(intervals.step),
            "__interval_ms": str(round(intervals.step * 1_000)),
            "__rate_interval": text(intervals.rate),
            "__rate_interval_ms": str(round(intervals.rate * 1_000)),
            "__range": text(window.seconds),
            "__range_s": str(round(window.seconds)),
            "__range_ms": str(round(window.seconds * 1_000)),
            "__from": str(round(window.start * 1_000)),
            "__to": str(round(window.end * 1_000)),
        }

        def value(use: re.Match[str]) -> str:
            name = next(filter(None, use.groups()))
            # `$1` in the arguments of label_replace is no variable.
            if name.isdigit():
                return use.group()
            if name not in own and name not in self.chosen:
                raise UnknownVariable(f"${name}")
            return own.get(name) or self.chosen[name]

        return _USE.sub(value, query)


def default(variable: dict[str, Any], found: list[str]) -> str:
    """The value of a variable as the dashboard opens: what it stores, `All`, or the first value found."""
    current = variable.get("current") or {}
    stored = current.get("value", "")
    first = stored[0] if isinstance(stored, list) and stored else stored
    if first == ALL:
        return str(variable.get("allValue") or "(" + "|".join(map(_escaped, found)) + ")")
    if first:
        return str(first)
    if variable["type"] == "custom" or variable["type"] == "textbox":
        return str(variable.get("query", "")).split(",")[0].strip()
    return found[0] if found else ""


def _escaped(value: str) -> str:
    """A value within a regular expression within a string of PromQL, as Grafana writes it."""
    return re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\\\1", value)


def kept(variable: dict[str, Any], found: list[str]) -> list[str]:
    """The values that a variable's regular expression keeps, in order."""
    expression = variable.get("regex") or ""
    if not expression:
        return sorted(set(found))
    pattern = re.compile(re.sub(r"^/|/\w*$", "", expression))
    matches = [match for match in map(pattern.search, found) if match]
    return sorted({match.group(1) if match.re.groups and match.lastindex else match.group() for match in matches})
