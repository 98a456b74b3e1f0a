# SPDX-License-Identifier: Apache-2.0
"""The committed dashboards are those of grafana/source, complete, and right across restarts and instances."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana/dashboards"
sys.path.insert(0, str(ROOT / "grafana"))

from grafana_foundation_sdk.cog.encoder import JSONEncoder  # noqa: E402
from grafana_foundation_sdk.cog.plugins import register_default_plugins  # noqa: E402
from grafana_foundation_sdk.models.dashboard import Dashboard  # noqa: E402
from source.collection import files  # noqa: E402

register_default_plugins()

DASHBOARDS: dict[str, dict[str, Any]] = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
BUILT_IN = {"__all", "__url_time_range", "__value", "__range", "__range_s", "__interval", "__rate_interval", "__from", "__to",
            "__timezone", "__field"}


def panels() -> list[tuple[str, dict[str, Any]]]:
    """All panels that show data, with the names of their dashboards and themselves for messages."""
    return [(f"{name}: {panel['title']}", panel) for name, board in DASHBOARDS.items() for panel in board["panels"]
            if panel["type"] not in ("row", "text")]


def asks_prometheus(panel: dict[str, Any]) -> bool:
    """Whether a panel asks Prometheus, and not the service."""
    return panel["datasource"]["type"] == "prometheus"


def queries() -> list[tuple[str, str]]:
    """All queries of Prometheus, of panels and annotations."""
    found = [(where, target["expr"]) for where, panel in panels() if asks_prometheus(panel) for target in panel["targets"]]
    return found + [(f"{name}: {mark['name']}", mark["expr"]) for name, board in DASHBOARDS.items()
                    for mark in board["annotations"]["list"]]


def as_grafana_asks(expression: str, label: str = "team") -> str:
    """A query with values for the variables."""
    values = {"__range": "6h", "__range_s": "21600", "__interval": "1h", "__rate_interval": "1m", "label": label, "budget": "1000"}
    return re.sub(r"\$([a-z_]+)", lambda found: values.get(found[1], ".*"), expression)


class Source(unittest.TestCase):
    def test_the_source_makes_the_committed_bytes(self):
        made = files()
        self.assertEqual(sorted(made), sorted(DASHBOARDS), "run make dashboards")
        for name, text in made.items():
            self.assertEqual(text.encode(), (FOLDER / name).read_bytes(), f"{name}: run make dashboards")

    def test_a_dashboard_is_the_same_after_it_went_through_the_models(self):
        for name, board in DASHBOARDS.items():
            again = json.loads(json.dumps(Dashboard.from_json(json.loads((FOLDER / name).read_bytes())), cls=JSONEncoder))
            for mark in board["annotations"]["list"]:
                # Fields of Grafana's Prometheus data source that the models do not know.
                for field in ("step", "titleFormat", "textFormat"):
                    self.assertTrue(mark.pop(field))
            self.maxDiff = None
            self.assertEqual(again, board, name)

    def test_the_schema_is_one_that_grafana_10_to_13_read(self):
        for name, board in DASHBOARDS.items():
            self.assertLessEqual(board["schemaVersion"], 41, name)
            self.assertFalse({"id", "__inputs", "apiVersion", "kind"} & set(board), name)
            self.assertEqual(board["uid"], f"llm-cost-exporter-{name.removesuffix('.json')}")


class Page(unittest.TestCase):
    def test_the_page_names_panels_that_exist(self):
        page = (ROOT / "grafana/README.md").read_text(encoding="utf-8").split("## What to open")[1].split("\n## ")[0]
        titles = {board["title"].removeprefix("LLM cost / "): {panel["title"] for panel in board["panels"]}
                  for board in DASHBOARDS.values()}
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")][2:]
        self.assertGreater(len(rows), 8)
        self.assertEqual({name for row in rows for name in row[1].split(", ")}, set(titles))
        for _, boards, names in rows:
            known = set().union(*(titles[board] for board in boards.split(", ")))
            self.assertLessEqual(set(names.split("; ")), known, boards)


class Panels(unittest.TestCase):
    def test_each_panel_says_what_it_shows_in_which_unit_and_why_it_may_be_empty(self):
        self.assertGreater(len(panels()), 60)
        for where, panel in panels():
            defaults = panel["fieldConfig"]["defaults"]
            self.assertGreater(len(panel["description"]), 20, where)
            self.assertGreater(len(defaults["noValue"]), 10, where)
            self.assertTrue(defaults["unit"], where)

    def test_panels_have_no_variable_where_grafana_fills_in_none(self):
        for where, panel in panels():
            for field in ("interval", "timeFrom"):
                self.assertNotIn("$", panel.get(field, ""), where)
            self.assertNotIn("$", panel["fieldConfig"]["defaults"]["noValue"], where)

    def test_each_column_with_a_query_has_a_name_and_a_unit(self):
        tables = [(where, panel) for where, panel in panels() if panel["type"] == "table" and asks_prometheus(panel)]
        self.assertGreater(len(tables), 5)
        for where, panel in tables:
            (organize,) = [step["options"] for step in panel["transformations"] if step["id"] == "organize"]
            fields = [field for field in organize["renameByName"] if field.startswith("Value #")] or ["Value"]
            columns = [organize["renameByName"][field] for field in fields]
            self.assertEqual(organize["renameByName"]["Value"], columns[0], where)
            self.assertEqual(len(columns), len(panel["targets"]), where)
            units = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]
                     if any(entry["id"] == "unit" for entry in override["properties"])}
            self.assertEqual(units, set(columns), where)
            # A cell without a value shows a word of its own, not the text for a table without rows.
            blanks = {override["matcher"]["options"]: entry["value"] for override in panel["fieldConfig"]["overrides"]
                      for entry in override["properties"] if entry["id"] == "noValue"}
            self.assertEqual(set(blanks), set(organize["renameByName"].values()), where)
            self.assertLess(max(map(len, blanks.values())), 4, where)
            self.assertIn(panel["options"]["sortBy"][0]["displayName"], columns, where)

    def test_panels_fill_the_grid_without_overlap(self):
        for name, board in DASHBOARDS.items():
            grids = [panel["gridPos"] for panel in board["panels"]]
            cells = Counter((x, y) for grid in grids for x in range(grid["x"], grid["x"] + grid["w"])
                            for y in range(grid["y"], grid["y"] + grid["h"]))
            bottom = max(grid["y"] + grid["h"] for grid in grids)
            self.assertEqual(cells, Counter((x, y) for x in range(24) for y in range(bottom)), name)

    def test_names_and_ids_are_unique(self):
        self.assertEqual(len({board["uid"] for board in DASHBOARDS.values()}), len(DASHBOARDS))
        for name, board in DASHBOARDS.items():
            for key in ("id", "title"):
                values = [panel[key] for panel in board["panels"]]
                self.assertEqual(len(set(values)), len(values), f"{name}: {key}")

    def test_names_of_series_decide_their_colours(self):
        for where, panel in panels():
            if panel["type"] in ("timeseries", "bargauge"):
                self.assertEqual(panel["fieldConfig"]["defaults"]["color"]["mode"], "palette-classic-by-name", where)


class Queries(unittest.TestCase):
    def test_each_variable_is_defined_on_its_dashboard(self):
        for name, board in DASHBOARDS.items():
            defined = {variable["name"] for variable in board["templating"]["list"]}
            used = set(re.findall(r"\$\{?([a-z_]+)", json.dumps([board["panels"], board["annotations"], board["templating"]])))
            self.assertLessEqual(used - BUILT_IN, defined, name)
            # Tempo is there for links from exemplars.
            self.assertLessEqual(defined - used, {"tempo"}, name)

    def test_regular_expressions_of_variables_choose_what_they_should(self):
        (variables,) = [{variable["name"]: variable for variable in board["templating"]["list"]}
                        for name, board in DASHBOARDS.items() if name == "attribution.json"]
        label = re.compile(variables["label"]["regex"].strip("/"))
        found = ["__name__", "agent", "instance", "job", "job_title", "model", "operation", "team"]
        self.assertEqual([name for name in found if label.search(name)], ["agent", "job_title", "team"])
        # The text that Grafana makes of a series of a query's answer. A series without a value is no choice.
        value = re.compile(variables["label_value"]["regex"].strip("/"))
        answer = ['{team="search & ads"} 3 1795910400000', "{} 2 1795910400000"]
        self.assertEqual([match[1] for match in map(value.search, answer) if match], ["search & ads"])

    def test_counters_are_summed_after_their_increase(self):
        for where, query in queries():
            for counter, after in re.findall(r"(\w+_(?:total|bucket|sum|count)\{[^}]*\})(.?)", query):
                self.assertEqual(after, "[", f"{where}: {counter}")
            for window in re.findall(r"\[([^]]*)\]", query):
                self.assertRegex(window, r"^(\$__(range|rate_interval|interval)|\d+[mhd])(:\d+m)?$", where)
            self.assertNotRegex(query, r"\b(delta|deriv|irate|idelta)\b", where)

    def test_prometheus_parses_each_query_with_and_without_a_label(self):
        rules = [{"record": "query", "expr": as_grafana_asks(query, label), "labels": {"n": f"{index} {label}"}}
                 for label in ("team", "") for index, (_, query) in enumerate(queries())]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rules.yaml"
            path.write_text(json.dumps({"groups": [{"name": "dashboards", "rules": rules}]}), encoding="utf-8")
            checked = subprocess.run([ROOT / ".build/test-tools/bin/promtool", "check", "rules", path], capture_output=True,
                                     text=True, timeout=60)
        self.assertEqual(checked.returncode, 0, checked.stderr[-2000:])
        self.assertIn(f"{len(rules)} rules found", checked.stdout)


if __name__ == "__main__":
    unittest.main()
