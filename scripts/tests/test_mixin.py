# SPDX-License-Identifier: Apache-2.0
"""The mixin gives the rules and dashboards of the files, and jsonnet users can add to them."""

import json
import unittest
from pathlib import Path
from typing import Any

import yaml

from test_rules import ROOT, SHIPPED, tool

GRAFANA = ROOT / "grafana"


def evaluated(expression: str) -> Any:
    """What jsonnet makes of an expression in which `mixin` is the mixin."""
    ran = tool("jsonnet", "--jpath", GRAFANA, "-e", f"local mixin = import 'mixin.libsonnet'; {expression}")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def groups(*files: Path) -> list[dict[str, Any]]:
    """The groups of files; expressions without their line ends, which the mixin folds."""
    found = [group for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    return folded(found)


def folded(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for group in groups:
        for rule in group["rules"]:
            rule["expr"] = " ".join(rule["expr"].split())
    return groups


class Mixin(unittest.TestCase):
    maxDiff = None

    def test_rules_and_alerts_are_those_of_the_files(self):
        self.assertEqual(folded(evaluated("mixin.prometheusRules.groups")), groups(*SHIPPED[:2]))
        self.assertEqual(folded(evaluated("mixin.prometheusAlerts.groups")), groups(SHIPPED[2]))

    def test_dashboards_are_those_of_the_folder(self):
        files = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in GRAFANA.glob("dashboards/*.json")}
        self.assertEqual(evaluated("mixin.grafanaDashboards"), files)

    def test_the_manifest_for_the_operator_has_all_groups_and_the_labels_asked_for(self):
        manifest = evaluated("mixin.prometheusRule({release: 'prometheus'})")
        self.assertEqual((manifest["apiVersion"], manifest["kind"]), ("monitoring.coreos.com/v1", "PrometheusRule"))
        self.assertEqual(manifest["metadata"]["labels"], {"app.kubernetes.io/name": "llm-cost-exporter", "release": "prometheus"})
        self.assertEqual(folded(manifest["spec"]["groups"]), groups(*SHIPPED))

    def test_mixins_add_up(self):
        added = evaluated("({prometheusAlerts+:: {groups+: [{name: 'mine', rules: []}]}} + mixin).prometheusAlerts")
        self.assertEqual([added["groups"][0]["name"], len(added["groups"])], ["mine", 5])


if __name__ == "__main__":
    unittest.main()
