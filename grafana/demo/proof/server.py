# SPDX-License-Identifier: Apache-2.0
"""Asks Prometheus."""
from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any


class QueryError(Exception):
    """Prometheus refuses a query; the text is its message."""


@dataclass(frozen=True)
class Server:
    """A Prometheus server."""

    url: str

    def instant(self, query: str, time: float) -> list[dict[str, Any]]:
        """The series of an instant query."""
        data = self._ask("query", {"query": query, "time": repr(time)})
        return [{"metric": {}, "value": data["result"]}] if data["resultType"] == "scalar" else data["result"]

    def range(self, query: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """The series of a range query, whose points are multiples of the step, as Grafana aligns them.

        The last point is the first one at or after the end, which Grafana shows a step later.
        """
        first, last = start - start % step, end + -end % step
        return self._ask("query_range", {"query": query, "start": repr(first), "end": repr(last), "step": repr(step)})["result"]

    def label_values(self, label: str, selector: str | None, start: float, end: float) -> list[str]:
        """The values of a label."""
        return self._ask(f"label/{label}/values", self._match(selector, start, end))

    def label_names(self, selector: str | None, start: float, end: float) -> list[str]:
        """The names of labels."""
        return self._ask("labels", self._match(selector, start, end))

    def rules(self) -> list[dict[str, Any]]:
        """The rules that the server evaluates, with their state."""
        return [rule for group in self._ask("rules", {})["groups"] for rule in group["rules"]]

    def _match(self, selector: str | None, start: float, end: float) -> dict[str, str]:
        return {"start": repr(start), "end": repr(end)} | ({"match[]": selector} if selector else {})

    def _ask(self, path: str, arguments: dict[str, str]) -> Any:
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            body = error.read().decode(errors="replace")
            try:
                raise QueryError(json.loads(body)["error"]) from None
            except (ValueError, KeyError):
                raise QueryError(body[:300]) from None
