# SPDX-License-Identifier: Apache-2.0
"""Asks each query of a dashboard as Grafana would, with every variable at All, and says which panels have data."""

from __future__ import annotations

import json
import math
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Panels that have no query of their own.
SILENT = frozenset(["row", "text", "news", "dashlist", "alertlist"])
CALL = re.compile(r"(label_values|label_names|query_result|metrics)\((.*)\)", re.S)


class Prometheus:
    """A server, asked over its HTTP interface."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")

    def get(self, path: str, **parameters: str) -> Any:
        """The data of an answer; a refused query is a ValueError with the server's words."""
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error).get("error", str(error))) from None

    def has_data(self, query: str) -> bool:
        """Whether a query has a value that is a number now."""
        result = self.get("query", query=query)
        if result["resultType"] == "scalar":
            return not math.isnan(float(result["result"][1]))
        return any(not math.isnan(float(series["value"][1])) for series in result["result"])


@dataclass
class Panel:
    """What became of one panel."""

    title: str
    # For each query whether it has data, or the reason for which it cannot be asked.
    queries: list[tuple[str, bool | str]] = field(default_factory=list)
    # Another data source than Prometheus, such as tempo.
    other_source: str = ""

    @property
    def has_data(self) -> bool:
        return any(answer is True for _, answer in self.queries)

    @property
    def is_whole(self) -> bool:
        return all(answer is True for _, answer in self.queries)


def panels(board: dict[str, Any], prometheus: Prometheus, chosen: dict[str, str] | None = None, window: str = "5m") -> list[Panel]:
    """Every panel with queries, asked over a window that ends now; `chosen` has values of variables that do not stand at All."""
    values = {"__rate_interval": "1m", "__interval": "15s", "__range": window, "__interval_ms": "15000", "__range_s": "300",
              "__range_ms": "300000", "__from": "0", "__to": "0"}
    for variable in board.get("templating", {}).get("list", []):
        if variable["type"] != "datasource":
            own = (chosen or {}).get(variable["name"])
            values[variable["name"]] = all_of(variable, values, prometheus) if own is None else own
    found = []
    for panel in each_panel(board):
        asked = Panel(panel.get("title") or f"(panel {panel.get('id')})")
        for target in panel.get("targets", []):
            source = target.get("datasource") or panel.get("datasource") or {}
            kind = source.get("type", "prometheus") if isinstance(source, dict) else str(source)
            if kind != "prometheus":
                asked.other_source = kind
            elif target.get("expr"):
                query = filled(target["expr"], values)
                try:
                    asked.queries.append((query, prometheus.has_data(query)))
                except ValueError as error:
                    asked.queries.append((query, str(error)))
        if asked.queries or asked.other_source:
            found.append(asked)
    return found


def each_panel(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels that show something, those of collapsed rows included."""
    for panel in board.get("panels", []):
        yield from panel.get("panels", [])
        if panel.get("type") not in SILENT:
            yield panel


def filled(text: str, values: dict[str, str]) -> str:
    """A query with values for its variables, longer names first."""
    for name in sorted(values, key=len, reverse=True):
        text = re.sub(rf"\$\{{{name}(:\w+)?\}}|\[\[{name}\]\]|\${name}\b", lambda _, value=values[name]: value, text)
    return text


def all_of(variable: dict[str, Any], values: dict[str, str], prometheus: Prometheus) -> str:
    """The value of a variable when everything is chosen, or its first value if it has no All."""
    if variable["type"] != "query":
        query = variable.get("query")
        first = query.split(",")[0].strip() if isinstance(query, str) else ""
        return first or str(variable.get("current", {}).get("value", ""))
    if variable.get("includeAll") and variable.get("allValue"):
        return str(variable["allValue"])
    query = variable.get("query")
    options = options_of(filled(query.get("query", "") if isinstance(query, dict) else query or "", values), prometheus)
    if variable.get("regex"):
        options = by_regex(options, variable["regex"])
    if not variable.get("includeAll") and not variable.get("multi"):
        return options[0] if options else ""
    escaped = [re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\\\1", option) for option in options]
    # Without options Grafana writes empty brackets, which also match series that lack the label.
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def options_of(query: str, prometheus: Prometheus) -> list[str]:
    """The options of a variable."""
    call = CALL.fullmatch(query.strip())
    if call is None:
        return []
    if call[1] == "label_values":
        selector, comma, label = call[2].rpartition(",")
        parameters = {"match[]": selector} if comma else {}
        return prometheus.get(f"label/{label.strip()}/values", **parameters)
    if call[1] == "label_names":
        return prometheus.get("labels", **({"match[]": call[2]} if call[2].strip() else {}))
    if call[1] == "metrics":
        return [name for name in prometheus.get("label/__name__/values") if re.search(call[2], name)]
    result = prometheus.get("query", query=call[2])["result"]
    return [f"{series['metric']} {series['value'][1]}" for series in result]


def by_regex(options: list[str], regex: str) -> list[str]:
    """What a variable's regular expression leaves of its options: the first group, or else all of a match."""
    pattern = re.compile(regex.strip("/"))
    matches = [pattern.search(option) for option in options]
    return list(dict.fromkeys(match[1] if pattern.groups else match[0] for match in matches if match))
