# SPDX-License-Identifier: Apache-2.0
"""Each question of the dashboard Traces and users has an answer of the service, with the columns of its panel.

The service is the program that the variable SERVICE names, by default the debug build.
"""

import json
import os
import random
import sys
import time
import unittest
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests"))

from Attack import otlp  # noqa: E402
from Attack.service import Service, Setup, poll  # noqa: E402

PROGRAM = Path(os.environ.get("SERVICE", ROOT / ".build/debug/llm-cost-exporter")).resolve()
BOARD = json.loads((ROOT / "grafana/dashboards/traces-and-users.json").read_bytes())
CALLS = 40
# Names that a URL or a pattern might take for something else.
USERS = ("ada", "Zoë & Söhne", "50 % off + more", "=1+1")


def targets() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """All questions, of panels and variables, with the kind of their panel."""
    for panel in BOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], panel["type"], target
    for variable in BOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", "variable", variable["query"]["infinityQuery"]


class Dashboard(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if not PROGRAM.exists():
            raise unittest.SkipTest(f"{PROGRAM} does not exist")
        folder = TemporaryDirectory(prefix="dashboard-")
        cls.addClassCleanup(folder.cleanup)
        cls.service = Service(PROGRAM, Setup({"billing": {"settle": "200ms"}}, ledger=Path(folder.name) / "folder"))
        cls.addClassCleanup(cls.service.kill)
        cls.service.wait_ready()
        rng = random.Random(1)
        spans = [otlp.call(rng, "gpt-4o" if index else "nobody-knows", input=100 + index, output=10, more={
            "gen_ai.usage.cache_read.input_tokens": 40, "user.id": USERS[index % len(USERS)], "session.id": f"chat/{index % 7}",
            "gen_ai.agent.name": "planner" if index % 3 else "writer"}) for index in range(CALLS)]
        answer = cls.service.post(otlp.request(spans))
        assert answer.status == 200, answer
        poll("the stored calls", lambda: cls.ask("/api/v1/summary", {}).get("totals", {}).get("calls") == CALLS, 30)

    @classmethod
    def ask(cls, path: str, parameters: Mapping[str, str]) -> Any:
        query = urllib.parse.urlencode(parameters)
        answer = cls.service.get(f"{path}?{query}", headers={"Host": "127.0.0.1"})
        return json.loads(answer.body)

    def rows(self, target: Mapping[str, Any], **chosen: str) -> list[dict[str, Any]]:
        """The rows of an answer as Infinity finds them, with values for the variables."""
        now = time.time()
        values = {"__from": str(round((now - 3600) * 1000)), "__to": str(round((now + 60) * 1000)),
                  "__timezone": "Europe/Berlin", "granularity": "hour", "user": "*"} | chosen
        parameters = {each["key"]: each["value"] for each in target["url_options"]["params"]}
        for name, value in values.items():
            parameters = {key: text.replace(f"${{{name}}}", value) for key, text in parameters.items()}
        self.assertNotIn("$", "".join(parameters.values()))
        answer = self.ask(target["url"], parameters)
        self.assertNotIn("error", answer)
        rows = answer[target["root_selector"]] if target["root_selector"] else answer
        return rows if isinstance(rows, list) else [rows]

    def test_each_question_has_rows_with_the_columns_of_its_panel(self):
        self.assertGreater(len(list(targets())), 6)
        for title, _, target in targets():
            with self.subTest(title):
                rows = self.rows(target)
                self.assertGreater(len(rows), 0)
                for column in target["columns"]:
                    values = [value_of(row, column["selector"]) for row in rows]
                    self.assertTrue(any(value is not None for value in values), column)
                    for value in values:
                        if value is not None:
                            self.check(column, value)

    def check(self, column: Mapping[str, str], value: Any) -> None:
        """A value is one of the column's type, or a text that Infinity reads as one."""
        if column["type"] == "number":
            self.assertGreaterEqual(float(value), 0)
        elif column["type"] == "timestamp":
            self.assertRegex(value, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
        else:
            self.assertIsInstance(value, str)

    def test_what_a_variable_offers_can_be_chosen(self):
        (offered,) = [self.rows(target) for title, _, target in targets() if title == "variable user"]
        self.assertEqual({row["user"] for row in offered}, set(USERS))
        for user in USERS:
            for title, kind, target in targets():
                if kind != "variable" and "${user}" in json.dumps(target):
                    with self.subTest(f"{title}: {user}"):
                        self.assertEqual({row["user"] for row in self.rows(target, user=user)}, {user})

    def test_figures_are_those_of_the_calls(self):
        found = {title: self.rows(target) for title, _, target in targets()}
        (totals,) = found["Totals"]
        self.assertEqual([totals[name] for name in ("calls", "traces", "sessions", "users", "unpriced")], [CALLS, CALLS, 7, 4, 1])
        for title in ("Users", "Average cost by agent", "Cost by user over time"):
            self.assertAlmostEqual(sum(row["known_cost"] for row in found[title]), float(totals["known_cost"]), msg=title)
        costs = [row["total_estimated_cost"] for row in found["Dearest traces"]]
        self.assertEqual(costs, sorted(costs, reverse=True))
        averages = [row["average_cost"] for row in found["Average cost by agent"]]
        self.assertEqual(averages, sorted(averages, reverse=True))


def value_of(row: Mapping[str, Any], selector: str) -> Any:
    """A member of a row, or of an object within it."""
    found: Any = row
    for name in selector.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


if __name__ == "__main__":
    unittest.main()
