# SPDX-License-Identifier: Apache-2.0
"""The example for Alertmanager: amtool accepts it, alerts reach their receivers, and those that are explained are held back."""

import re
import unittest
from typing import Any

import yaml

from test_rules import ROOT, alerts, tool

FILE = ROOT / "grafana/alertmanager/alertmanager.yaml"


class Alertmanager(unittest.TestCase):
    def setUp(self):
        self.settings: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    def test_amtool_accepts_it(self):
        checked = tool("amtool", "check-config", FILE)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("3 receivers", checked.stdout)

    def test_each_alert_reaches_the_receivers_of_its_severity(self):
        wanted = {"critical": "pager,slack", "warning": "slack", "info": "email"}
        seen = set()
        for rule in alerts():
            labels = {"alertname": rule["alert"], **rule["labels"]}
            if labels["severity"] in seen:
                continue
            seen.add(labels["severity"])
            routed = tool("amtool", "config", "routes", "test", "--config.file", FILE, *(f"{key}={value}" for key, value in labels.items()))
            self.assertEqual(routed.stdout.strip(), wanted[labels["severity"]], routed.stderr)
        self.assertEqual(seen, set(wanted))

    def test_inhibitions_name_alerts_that_exist_and_hold_back_no_critical_alert_of_another_cause(self):
        known = {rule["alert"] for rule in alerts()}
        severities = {rule["alert"]: rule["labels"]["severity"] for rule in alerts()}
        for inhibition in self.settings["inhibit_rules"]:
            named = re.findall(r"LLM\w+", str(inhibition))
            self.assertGreater(len(named), 0)
            self.assertLessEqual(set(named), known)
            for source in re.findall(r"LLM\w+", str(inhibition["source_matchers"])):
                self.assertEqual(severities[source], "critical")
        (down,) = [rule for rule in self.settings["inhibit_rules"] if "Down" in str(rule)]
        self.assertEqual(down["target_matchers"], ['component="llm-cost-exporter"', 'severity=~"warning|info"'])

    def test_secrets_are_in_files(self):
        text = re.sub(r"(?m)^#.*$", "", FILE.read_text(encoding="utf-8"))
        self.assertEqual(re.findall(r"(?:password|api_url|credentials|token|secret): ", text), [])
        self.assertEqual(len(re.findall(r"(?:password|api_url|credentials)_file: /etc/alertmanager/secrets/", text)), 3)


if __name__ == "__main__":
    unittest.main()
