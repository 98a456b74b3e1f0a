# SPDX-License-Identifier: Apache-2.0
"""The queries of a dashboard: of its variables, its annotations and its panels, as Grafana would ask them."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .intervals import seconds, steps
from .server import QueryError, Server
from .variables import UnknownVariable, Values, Window, default, kept

_FUNCTION = re.compile(r"^\s*(label_values|label_names|query_result|metrics)\((.*)\)\s*$", re.S)
_ANNOTATION_STEP = 60.0
_MOST_POINTS = 11_000
"""Annotations have Grafana's own interval, which only this number of points makes longer."""
_FAILURES = (QueryError, UnknownVariable, OSError)
_STORED_LENGTH = 200
"""Characters of a query in messages."""


@dataclass(frozen=True)
class Result:
    """What a query gave.

    Attributes:
        where: The file, the panel and the query's letter.
        query: The query as it was sent.
        values: How many series or values there are, of which at least one sample is a number.
        series: The series of an instant query.
        error: The server's message.
    """

    where: str
    query: str
    values: int
    series: tuple[tuple[dict[str, str], float], ...] = ()
    error: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.error or 'empty'}: {' '.join(self.query.split())[:_STORED_LENGTH]}"


class Dashboard:
    """A dashboard over a server."""

    def __init__(self, path: Path, server: Server, now: float, scrape: float) -> None:
        self.name = path.stem
        self._server = server
        self._scrape = scrape
        self._content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self._now = now
        self._window = Window(_time(self._content["time"]["from"], now), now)
        self._values = Values()

    def results(self) -> Iterator[Result]:
        """Asks every query; panels by label once for each label."""
        yield from self._variables()
        yield from self._annotations()
        labels = self._found.get("label", [])
        for label in labels or [""]:
            if label:
                self._values.chosen["label"] = label
            for panel in _panels(self._content["panels"]):
                yield from self._panel(panel, label)

    def _variables(self) -> Iterator[Result]:
        self._found: dict[str, list[str]] = {}
        for variable in self._content.get("templating", {}).get("list", []):
            name = variable["name"]
            found: list[str] = []
            if variable["type"] == "query" and variable["datasource"]["type"] == "prometheus":
                query = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
                text, values, error = self._ask_variable(query)
                found = kept(variable, values)
                yield Result(f"{self.name}: variable {name}", text, len(found), error=error)
            self._found[name] = found
            self._values.chosen[name] = default(variable, found)

    def _ask_variable(self, query: str) -> tuple[str, list[str], str]:
        replaced = self._values.replace(query, self._window, steps(self._window.seconds, self._scrape, 24, None, None))
        match = _FUNCTION.match(replaced)
        if not match:
            return replaced, [], "this form of a variable's query is not known"
        function, inner = match.groups()
        start, end = self._window.start, self._window.end
        try:
            if function == "label_values":
                selector, _, label = inner.rpartition(",")
                return replaced, self._server.label_values(label.strip(), selector.strip() or None, start, end), ""
            if function == "label_names":
                return replaced, self._server.label_names(inner.strip() or None, start, end), ""
            series = self._server.instant(inner, end)
        except _FAILURES as error:
            return replaced, [], str(error)
        return replaced, [_as_text(entry) for entry in series], ""

    def _annotations(self) -> Iterator[Result]:
        for mark in self._content.get("annotations", {}).get("list", []):
            if not mark.get("expr"):
                continue
            length = self._window.seconds
            every = steps(length, _ANNOTATION_STEP, 24, _MOST_POINTS, mark.get("step"))
            query = self._values.replace(mark["expr"], self._window, every)
            yield self._ask(f"{self.name}: annotation {mark['name']}", query, self._window, every.step)

    def _panel(self, panel: dict[str, Any], label: str) -> Iterator[Result]:
        window = Window(_time(panel["timeFrom"], self._now), self._now) if panel.get("timeFrom") else self._window
        for target in panel.get("targets", []):
            query = target.get("expr", "")
            # A panel that does not use the chosen label is asked once.
            if not query or (label and "$label" not in query and label != self._found["label"][0]):
                continue
            least = target.get("interval") or panel.get("interval")
            if least:
                least = self._values.replace(least, window, steps(window.seconds, self._scrape, 24, None, None))
            every = steps(window.seconds, self._scrape, panel["gridPos"]["w"], panel.get("maxDataPoints"), least)
            where = f"{self.name}: {panel['title']}: {target.get('refId', '')}"
            if label and "$label" in query:
                where += f" by {label}"
            text = self._values.replace(query, window, every)
            if target.get("instant") and not target.get("range"):
                yield self._ask(where, text, window, None)
            else:
                yield self._ask(where, text, window, every.step)

    def _ask(self, where: str, query: str, window: Window, step: float | None) -> Result:
        try:
            if step is None:
                series = self._server.instant(query, window.end)
                return Result(
                    where, query, sum(is_number(entry["value"][1]) for entry in series),
                    tuple((entry["metric"], float(entry["value"][1])) for entry in series),
                )
            entries = self._server.range(query, window.start, window.end, step)
            return Result(where, query, sum(any(is_number(value) for _, value in entry["values"]) for entry in entries))
        except _FAILURES as error:
            return Result(where, query, 0, error=str(error))


def _panels(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for panel in panels:
        yield panel
        yield from _panels(panel.get("panels") or [])


def _time(text: str, now: float) -> float:
    """A start of a range: `now-7d`, `now/d`, `now/M` or `7d`."""
    if text in ("now/d", "now/M"):
        today = datetime.fromtimestamp(now, timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        return (today if text == "now/d" else today.replace(day=1)).timestamp()
    return now - seconds(text.removeprefix("now-"))


def is_number(text: str) -> bool:
    return text not in ("NaN", "+Inf", "-Inf")


def _as_text(entry: dict[str, Any]) -> str:
    """A series as `query_result` shows it."""
    metric = dict(entry["metric"])
    name = metric.pop("__name__", "")
    labels = ",".join(f'{key}="{value}"' for key, value in sorted(metric.items()))
    return f"{name}{{{labels}}} {entry['value'][1]} {round(float(entry['value'][0]) * 1000)}"
