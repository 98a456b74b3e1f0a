# SPDX-License-Identifier: Apache-2.0
"""Prometheus' rules: promtool accepts and tests them, and their names, thresholds, labels and pages hold together.

That they name families, labels and values that exist is tested by test_catalogue.py.
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "grafana/prometheus"
SHIPPED = [RULES / name for name in ("thresholds.yaml", "recording.yaml", "alerts.yaml")]
TESTS = sorted(RULES.glob("tests/*.yaml"))
sys.path.insert(0, str(ROOT / "grafana"))


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a program that scripts/test-tools has unpacked."""
    program = ROOT / ".build/test-tools/bin" / name
    assert program.exists(), f"{name} is not in .build/test-tools; run scripts/test-tools"
    return subprocess.run([program, *arguments], capture_output=True, text=True)


def rules(*files: Path) -> list[dict[str, Any]]:
    """All rules of files, in order."""
    return [rule for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return rules(RULES / "alerts.yaml")


def texts(rule: dict[str, Any]) -> list[str]:
    """The expression of a rule, and the queries in its annotations."""
    return [rule["expr"], *re.findall(r"\{\{.*?\}\}", " ".join(rule.get("annotations", {}).values()))]


def names(rule: dict[str, Any], pattern: str) -> set[str]:
    return {name for text in texts(rule) for name in re.findall(pattern, text)}


class Promtool(unittest.TestCase):
    def test_promtool_accepts_the_paste_for_prometheus(self):
        page = (ROOT / "grafana/README.md").read_text(encoding="utf-8")
        (paste,) = [block for block in re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S) if "rule_files" in block]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "prometheus.yml"
            file.write_text(paste, encoding="utf-8")
            checked = tool("promtool", "check", "config", file)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertEqual(set(yaml.safe_load(paste)), {"rule_files", "alerting", "scrape_configs"})
        self.assertEqual(yaml.safe_load(paste)["scrape_configs"][0]["job_name"], "llm-cost-exporter")

    def test_promtool_accepts_each_file(self):
        for file in [*SHIPPED, *RULES.glob("examples/*.yaml")]:
            checked = tool("promtool", "check", "rules", file)
            self.assertEqual(checked.returncode, 0, checked.stderr)
            self.assertIn(f"SUCCESS: {len(rules(file))} rules found", checked.stdout)

    def test_each_unit_test_passes(self):
        self.assertGreater(len(TESTS), 8)
        with ThreadPoolExecutor(2) as pool:
            for file, tested in zip(TESTS, pool.map(lambda file: tool("promtool", "test", "rules", file), TESTS)):
                self.assertEqual(tested.returncode, 0, f"{file.name}: {tested.stdout}{tested.stderr}")


class Dashboards(unittest.TestCase):
    def test_an_average_day_is_the_same_as_on_the_dashboard_spend(self):
        from source.boards.spend import _PACE as a_second
        shown = f"86400 * {re.sub(r'[$][a-z]+', '.*', a_second)}"
        # An exporter that runs day and night, from one day on; and one that runs eight hours a day and begins anew each morning.
        days = " ".join(["0+0.0842x95 _x192"] * 10)
        worlds = [("0+0.0275x2600", "1x2600", ("30h", "60h", "168h", "198h")),
                  (f"_x107 {days}", f"_x107 {re.sub('0[+][0-9.]+x', '1x', days)}", ("36h", "84h", "186h", "234h"))]
        tests = [{"interval": "5m", "input_series": [
            {"series": 'llm_cost_exporter_build_info{instance="a",job="j"}', "values": up},
            {"series": 'llm_cost_by_source_dollars_total{instance="a",job="j",source="computed"}', "values": dollars},
            {"series": 'llm_cost_dollars_total{instance="a",job="j",model="m",operation="chat"}', "values": dollars}],
            "promql_expr_test": [{"eval_time": time, "expr": f"round(all:llm_cost_dollars:daily_average7d / on () ({shown}), 0.01)",
                                  "exp_samples": [{"labels": "{}", "value": 1}]} for time in times]}
            for dollars, up, times in worlds]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "test.yaml"
            file.write_text(json.dumps({"rule_files": [str(SHIPPED[1])], "evaluation_interval": "6h", "tests": tests}))
            tested = tool("promtool", "test", "rules", file)
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)


class Names(unittest.TestCase):
    def setUp(self):
        # The Swift tests compare this file with the program.
        families = json.loads((ROOT / "grafana/families.json").read_text(encoding="utf-8"))
        self.families = {family["name"]: family for family in families}
        self.assertGreaterEqual(len(self.families), 50)

    def family(self, name: str, where: str) -> dict[str, Any]:
        """The family of a series of the exporter."""
        found = re.sub("_(bucket|sum|count)$", "", name) if name not in self.families else name
        self.assertTrue(found in self.families, f"{where}: there is no family {name}")
        return self.families[found]

    def check(self, name: str, matchers: str, where: str) -> None:
        """A selector names a family, labels that it has, and values that these can have."""
        family = self.family(name, where)
        for label, sign, value in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', matchers):
            self.assertIn(label, [*family["labels"], "job", "instance", "le", "team"], f"{where}: {name}")
            known = family["values"].get(label)
            if known:
                chosen = [one for one in known if re.fullmatch(value, one)]
                self.assertGreater(len(chosen), 0, f"{where}: {name}: {label}{sign}{value}")

    def test_counters_are_increased_and_gauges_are_not(self):
        for rule in rules(*SHIPPED, *RULES.glob("examples/*.yaml")):
            for function, name in re.findall(r"\b(increase|rate)\((llm_\w+)", rule["expr"]):
                self.assertIn(self.family(name, rule["expr"])["type"], ("counter", "histogram"), rule["expr"])

    def test_the_unit_tests_feed_series_that_the_exporter_can_have(self):
        for file in TESTS:
            for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
                for series in test["input_series"]:
                    found = re.fullmatch(r"((?:llm|process)_\w+)(?:\{([^}]*)\})?", series["series"])
                    if found and not found[1].startswith("llm_threshold"):
                        self.check(found[1], found[2] or "", f"{file.name}: {test['name']}")

    def test_each_recorded_name_is_recorded_before_it_is_read_and_has_three_parts(self):
        seen: set[str] = set()
        for rule in rules(*SHIPPED):
            read = names(rule, r"\b(?:llm_threshold:|[a-z_]+:llm_\w+:)\w+")
            # A rule may read what it recorded itself a moment ago.
            self.assertLessEqual(read - {rule.get("record")}, seen, rule.get("alert") or rule["record"])
            if "record" in rule:
                self.assertNotIn(rule["record"], seen)
                self.assertRegex(rule["record"], r"^(llm_threshold:\w+|\w+:llm_\w+:\w+)$")
                seen.add(rule["record"])

    def test_only_alerts_on_up_name_a_job(self):
        for rule in rules(*SHIPPED):
            for matcher in names(rule, r"\w*\{[^{}]*\bjob=[^{}]*\}"):
                self.assertEqual(matcher, 'up{job="llm-cost-exporter"}', rule)
        prometheus = (ROOT / "packaging/docker/prometheus.yaml").read_text(encoding="utf-8")
        self.assertIn("job_name: llm-cost-exporter\n", prometheus)

    def test_counters_are_never_summed_or_subtracted_before_their_increase(self):
        for rule in rules(*SHIPPED, *RULES.glob("examples/*.yaml")):
            self.assertNotRegex(rule["expr"], r"\b(i?delta|deriv|irate|idelta)\(")
            text = re.sub(r'"[^"]*"', '""', rule["expr"])
            # A counter is a range, or only asked whether it exists.
            for counter in re.finditer(
                    r"(?:\b(absent\(|unless on \(job, instance\) ))?\bllm_\w+_(?:total|bucket)\b(?:\{[^}]*\})?(\[)?", text):
                self.assertTrue(counter[1] or counter[2], rule["expr"])

    def test_each_group_states_an_interval_within_which_samples_stay_fresh(self):
        for file in [*SHIPPED, *RULES.glob("examples/*.yaml")]:
            for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
                self.assertIn(group["interval"], ("1m", "2m", "4m"), group["name"])


class Thresholds(unittest.TestCase):
    def setUp(self):
        self.thresholds = [rule["record"] for rule in rules(RULES / "thresholds.yaml")]

    def test_a_threshold_is_a_number_with_a_comment(self):
        for rule in rules(RULES / "thresholds.yaml"):
            self.assertRegex(rule["expr"], r"^vector\([\d.]+\)$")
        lines = (RULES / "thresholds.yaml").read_text(encoding="utf-8").splitlines()
        for before, line in zip(lines, lines[1:]):
            if "- record:" in line:
                self.assertRegex(before, r"^ +# ", line)

    def test_each_threshold_is_read_by_an_alert_or_a_rule_and_watched(self):
        (watch,) = [rule for rule in alerts() if rule["alert"] == "LLMThresholdMissing"]
        read = {name for rule in rules(*SHIPPED) if rule is not watch and rule.get("alert") != watch["alert"]
                for name in names(rule, r"llm_threshold:\w+")}
        self.assertEqual(read, set(self.thresholds))
        for name in self.thresholds:
            short = name.removeprefix("llm_threshold:")
            self.assertIn(f'absent({name}), "threshold", "{short}"', watch["expr"])

    def test_alerts_compare_with_thresholds_and_not_with_numbers_of_their_own(self):
        # Numbers that no user would want to change: nothing at all, one, half a day of data, half a call.
        for rule in alerts():
            for number in re.findall(r"[<>=]=?\s*(?:bool\s+)?(\d[\d.]*)", re.sub(r'"[^"]*"|\{[^}]*\}', "", rule["expr"])):
                self.assertIn(float(number), (0, 1, 0.5), rule["alert"])


class Alerts(unittest.TestCase):
    def setUp(self):
        self.page = (ROOT / "docs/alerts.md").read_text(encoding="utf-8")

    def test_each_alert_says_what_to_do_and_leads_to_its_section(self):
        sections = re.findall(r"^### (\w+)$", self.page, re.M)
        self.assertEqual(sections, [rule["alert"] for rule in alerts()])
        for rule in alerts():
            self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook"}, rule["alert"])
            self.assertEqual(rule["annotations"]["runbook"], f"docs/alerts.md#{rule['alert'].lower()}")
            self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"))
            self.assertEqual(rule["labels"]["component"], "llm-cost-exporter")

    def test_the_page_names_thresholds_that_exist(self):
        short = {rule["record"].removeprefix("llm_threshold:") for rule in rules(RULES / "thresholds.yaml")}
        for section in re.split(r"^### ", self.page, flags=re.M)[1:]:
            title, _, body = section.partition("\n")
            (rule,) = [rule for rule in alerts() if rule["alert"] == title]
            used = {name for name in re.findall(r"`([a-z][a-z0-9_]+)`", body) if name in short}
            wanted = {name.removeprefix("llm_threshold:") for name in names(rule, r"llm_threshold:\w+")} & short
            if title != "LLMThresholdMissing":
                self.assertLessEqual(used, wanted | {"min_calls"}, title)
                self.assertLessEqual(wanted - {"min_calls"}, used, title)

    def test_each_alert_fires_and_stays_silent_in_the_unit_tests(self):
        fires: set[str] = set()
        texts_checked: set[str] = set()
        quiet: set[str] = set()
        for file in TESTS:
            for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
                firing = [re.findall(r'alertname="(\w+)"', str(check["exp_samples"])) for check in test["promql_expr_test"]
                          if "ALERTS" in check["expr"]]
                seen = {alert for moment in firing for alert in moment}
                fires |= seen
                quiet |= {alert for alert in seen if firing and any(alert not in moment for moment in firing)}
                texts_checked |= {check["alertname"] for check in test.get("alert_rule_test", []) if check["exp_alerts"]}
        every = {rule["alert"] for rule in alerts()}
        self.assertEqual(fires, every)
        self.assertEqual(quiet, every)
        self.assertEqual(texts_checked, every)


if __name__ == "__main__":
    unittest.main()
