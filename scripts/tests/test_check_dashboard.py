# SPDX-License-Identifier: Apache-2.0
"""`check-dashboard` fills in variables as Grafana does, and counts panels that have data."""

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboards.evaluation import all_of, by_regex, filled, panels  # noqa: E402
from dashboards.recorded import bodies  # noqa: E402


class Server:
    """A Prometheus with fixed label values, and data for the queries that are listed."""

    def __init__(self, labels: dict[str, list[str]], queries: set[str] = frozenset()):
        self.labels, self.queries = labels, queries

    def get(self, path: str, **parameters: str) -> Any:
        if path == "labels":
            return sorted(self.labels)
        return self.labels.get(path.split("/")[1], [])

    def has_data(self, query: str) -> bool:
        if query == "broken":
            raise ValueError("parse error")
        return query in self.queries


class Variables(unittest.TestCase):
    def test_every_way_to_write_a_variable_is_filled_in(self):
        values = {"job": "(a|b)", "job_name": "c", "__range": "5m", "__range_s": "300"}
        self.assertEqual(
            filled('x{j=~"$job",n="${job_name}",r=~"${job:regex}",o="[[job]]"}[$__range] / $__range_s', values),
            'x{j=~"(a|b)",n="c",r=~"(a|b)",o="(a|b)"}[5m] / 300')

    def test_all_is_every_option(self):
        server = Server({"model": ["a.b", "c"], "one": ["x"]})
        rows = [
            ({"query": "label_values(m{x=~\"$y\"}, model)", "includeAll": True}, r"(a\\.b|c)"),
            ({"query": {"query": "label_values(model)"}, "includeAll": True, "multi": True}, r"(a\\.b|c)"),
            ({"query": "label_values(one)", "includeAll": True}, "x"),
            ({"query": "label_values(none)", "includeAll": True}, "()"),
            ({"query": "label_values(model)", "includeAll": True, "allValue": ".*"}, ".*"),
            ({"query": "label_values(model)"}, "a.b"),
            ({"query": "label_names(m)"}, "model"),
        ]
        for variable, expected in rows:
            self.assertEqual(all_of({"type": "query", **variable}, {"y": "z"}, server), expected, variable)
        self.assertEqual(all_of({"type": "custom", "query": "1h, 6h"}, {}, server), "1h")
        self.assertEqual(all_of({"type": "interval", "current": {"value": "1m"}}, {}, server), "1m")
        self.assertEqual(by_regex(["a=1", "b=2", "c"], "/(\\w)=.*/"), ["a", "b"])


class Panels(unittest.TestCase):
    def test_a_panel_has_data_if_one_of_its_queries_has(self):
        def panel(title: str, *queries: str, kind: str = "prometheus") -> dict[str, Any]:
            return {"title": title, "type": "stat", "datasource": {"type": kind}, "targets": [{"expr": each} for each in queries]}

        board = {"panels": [
            panel("Full", "a"), {"type": "row", "panels": [panel("Part", "a", "b")]}, panel("Empty", "b"), panel("Bad", "broken"),
            panel("Traces", kind="tempo"), {"type": "text"}]}
        board["panels"][4]["targets"] = [{"query": "{}"}]
        found = {panel.title: panel for panel in panels(board, Server({}, {"a"}))}
        self.assertEqual(list(found), ["Full", "Part", "Empty", "Bad", "Traces"])
        self.assertEqual([(each.has_data, each.is_whole) for each in found.values()],
                         [(True, True), (True, False), (False, False), (False, False), (False, True)])
        self.assertEqual(found["Bad"].queries, [("broken", "parse error")])
        self.assertEqual(found["Traces"].other_source, "tempo")

    def test_a_value_of_ones_own_replaces_all(self):
        board = {"panels": [{"title": "P", "type": "stat", "targets": [{"expr": 'm{x="$x"}'}]}],
                 "templating": {"list": [{"name": "x", "type": "query", "query": "label_values(x)", "includeAll": True}]}}
        server = Server({"x": ["a", "b"]}, {'m{x="b"}'})
        self.assertFalse(panels(board, server)[0].has_data)
        self.assertTrue(panels(board, server, {"x": "b"})[0].has_data)

    def test_the_recorded_bodies_are_there(self):
        all_bodies = list(bodies())
        self.assertGreater(len(all_bodies), 100)
        self.assertTrue(all("content-type" in headers for _, headers in all_bodies))


if __name__ == "__main__":
    unittest.main()
