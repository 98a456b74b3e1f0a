# SPDX-License-Identifier: Apache-2.0
"""Alerts for Prometheus name metrics that exist."""

import re
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def families(expression: str) -> set[str]:
    """The families of a query, without the endings that Prometheus' histograms add."""
    return {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\bllm_\w+", expression)}


class Alerts(unittest.TestCase):
    def test_alerts_ask_for_families_that_exist(self):
        # The Swift tests compare this page with the program.
        known = set(re.findall(r"^\| `(llm_\w+)`", (ROOT / "docs/metrics.md").read_text(encoding="utf-8"), re.M))
        self.assertGreaterEqual(len(known), 50)
        (alerts,) = yaml.safe_load_all((ROOT / "grafana/alerts.yaml").read_text(encoding="utf-8"))
        rules = [rule for group in alerts["groups"] for rule in group["rules"]]
        self.assertGreaterEqual(len(rules), 4)
        for rule in rules:
            self.assertLessEqual(families(rule["expr"]), known, rule["alert"])
            self.assertIn("summary", rule["annotations"])
        prometheus = (ROOT / "packaging/docker/prometheus.yaml").read_text(encoding="utf-8")
        self.assertIn("job_name: llm-cost-exporter\n", prometheus)


if __name__ == "__main__":
    unittest.main()
