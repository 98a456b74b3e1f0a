# SPDX-License-Identifier: Apache-2.0
"""Dashboards and alerts name metrics that exist, and ask the questions of grafana/README.md."""

import json
import re
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
GRAFANA = ROOT / "grafana"
DASHBOARDS = sorted(GRAFANA.glob("dashboards/*.json"))


def families(expression: str) -> set[str]:
    """The families of a query, without the endings that Prometheus' histograms add."""
    return {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\bllm_\w+", expression)}


class Grafana(unittest.TestCase):
    def setUp(self):
        # The Swift tests compare this page with the program.
        metrics = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
        self.known = set(re.findall(r"^\| `(llm_\w+)`", metrics, re.M))
        page = (GRAFANA / "README.md").read_text(encoding="utf-8")
        self.questions = {query.replace("\\|", "|") for query in re.findall(r"^\| [^|]+ \| `(.*)` \|$", page, re.M)}
        self.panels = [panel for path in DASHBOARDS for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]]

    def test_each_panel_asks_a_question_of_the_page(self):
        self.assertGreaterEqual(len(self.questions), 10)
        self.assertGreaterEqual(len(self.panels), 10)
        for panel in self.panels:
            (target,) = panel["targets"]
            self.assertIn(target["expr"].replace("[$__rate_interval]", "[5m]"), self.questions, panel["title"])

    def test_each_family_exists(self):
        self.assertGreaterEqual(len(self.known), 50)
        for question in self.questions:
            self.assertLessEqual(families(question), self.known, question)

    def test_panels_have_ids_of_their_own_and_do_not_overlap(self):
        self.assertEqual(len({panel["id"] for panel in self.panels}), len(self.panels))
        cells = [(x, y) for grid in (panel["gridPos"] for panel in self.panels)
                 for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])]
        self.assertEqual(len(cells), len(set(cells)))
        self.assertLess(max(x for x, _ in cells), 24)

    def test_alerts_ask_for_families_that_exist(self):
        (alerts,) = yaml.safe_load_all((GRAFANA / "alerts.yaml").read_text(encoding="utf-8"))
        rules = [rule for group in alerts["groups"] for rule in group["rules"]]
        self.assertGreaterEqual(len(rules), 4)
        for rule in rules:
            self.assertLessEqual(families(rule["expr"]), self.known, rule["alert"])
            self.assertIn("summary", rule["annotations"])
        prometheus = (ROOT / "packaging/docker/prometheus.yaml").read_text(encoding="utf-8")
        self.assertIn("job_name: llm-cost-exporter\n", prometheus)


if __name__ == "__main__":
    unittest.main()
