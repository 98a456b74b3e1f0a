# SPDX-License-Identifier: Apache-2.0
"""The past of the simulated company is in the ledger of the service, and each address that `make demo` prints has something.

The service is the program that the variable SERVICE names, by default the debug build.
"""

import csv
import os
import re
import sys
import time
import unittest
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "grafana"))

from demo import past, told, tools  # noqa: E402
from demo.children import Children  # noqa: E402
from demo.stage import Ports, Stage  # noqa: E402
from demo.week import Week  # noqa: E402

PROGRAM = Path(os.environ.get("SERVICE", ROOT / ".build/debug/llm-cost-exporter")).resolve()
STEP = 1800


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if not PROGRAM.exists():
            raise unittest.SkipTest(f"{PROGRAM} does not exist")
        folder = TemporaryDirectory(prefix="demo-")
        cls.addClassCleanup(folder.cleanup)
        children = Children(Path(folder.name))
        cls.addClassCleanup(children.end)
        cls.stage = Stage(tools.find(PROGRAM), children, Path(folder.name), Ports.free())
        cls.week = Week(int(time.time()) - 3 * STEP - 20, days=7, volume=0.05)
        cls.stage.write_settings(cls.week.price_change)
        stage = cls.stage
        cls.made = past.make(stage.tools, cls.week, stage.target, stage.settings, STEP, stage.folder, stage.blocks)
        stage.keep_past(cls.made.sent)
        stage.start_exporter(keeps=True)

    def get(self, url: str) -> str:
        with urllib.request.urlopen(url, timeout=30) as answer:
            self.assertEqual(answer.status, 200)
            return answer.read().decode()

    def test_the_ledger_has_the_calls_and_dollars_of_the_books(self):
        text = told.past(self.made, self.week, self.stage, 1)
        self.assertRegex(text, r"ledger \$\d+\.\d+: equal$")
        users = {row["user"] or "": row["calls"] for row in self.stage.ask(f"costs?from={self.week.start}&group_by=user")["rows"]}
        booked: dict[str, int] = {}
        for (*_, user), calls in self.made.ledger.calls.items():
            booked[user] = booked.get(user, 0) + calls
        self.assertEqual(users, booked)

    def test_each_page_that_is_printed_shows_calls(self):
        text = told.links(self.stage, self.week, self.made)
        pages = re.findall(rf"^  [a-z ,]+? +({self.stage.web}/\S*)$", text, re.M)
        self.assertEqual(len(pages), 10, text)
        for page in pages:
            with self.subTest(page):
                found = self.get(page)
                if "/api/" not in page and not page.endswith("/metrics"):
                    self.assertIn("<tbody>", found)

    def test_each_export_that_is_printed_has_rows(self):
        text = told.links(self.stage, self.week, self.made)
        exports = re.findall(r"curl -o \w+\.csv '(\S+)'", text)
        self.assertEqual(len(exports), 2)
        for export in exports:
            rows = list(csv.DictReader(self.get(export).splitlines()))
            self.assertGreater(len(rows), 50)
        calls = sum(self.made.ledger.calls.values())
        self.assertEqual(len(self.get(exports[0].replace("now-7d", str(self.week.start))).splitlines()), calls + 1)


if __name__ == "__main__":
    unittest.main()
