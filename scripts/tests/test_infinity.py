# SPDX-License-Identifier: Apache-2.0
"""Panels that ask the service over Infinity have a heading and a unit for each column, and links that lead somewhere."""

import json
import re
import unittest
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
KIND = "yesoreyeram-infinity-datasource"
BOARDS = {path.name: json.loads(path.read_bytes()) for path in sorted((ROOT / "grafana/dashboards").glob("*.json"))}
PANELS: list[dict[str, Any]] = [panel for board in BOARDS.values() for panel in board["panels"]
                                if panel.get("datasource", {}).get("type") == KIND]


def overrides(panel: dict[str, Any], property_: str) -> dict[str, Any]:
    """What overrides of single columns say of a property, by column."""
    return {override["matcher"]["options"]: entry["value"] for override in panel["fieldConfig"]["overrides"]
            for entry in override["properties"] if entry["id"] == property_}


class Columns(unittest.TestCase):
    def test_there_are_panels(self):
        self.assertEqual({panel["type"] for panel in PANELS}, {"stat", "table", "timeseries"})
        self.assertGreater(len(PANELS), 5)

    def test_a_question_comes_from_the_backend_about_the_range_and_zone_of_the_dashboard(self):
        for panel in PANELS:
            (target,) = panel["targets"]
            with self.subTest(panel["title"]):
                self.assertEqual((target["parser"], target["source"], target["type"]), ("backend", "url", "json"))
                parameters = {each["key"]: each["value"] for each in target["url_options"]["params"]}
                self.assertEqual([parameters[name] for name in ("from", "to", "tz")], ["${__from}", "${__to}", "${__timezone}"])
                self.assertRegex(target["url"], r"^/api/v1/\w+$")

    def test_columns_keep_their_names_until_the_panel_renames_them(self):
        for panel in PANELS:
            for column in panel["targets"][0]["columns"]:
                self.assertEqual(column["selector"], column["text"], panel["title"])

    def test_each_column_of_a_table_has_a_heading_and_each_number_a_unit(self):
        for panel in PANELS:
            if panel["type"] != "table":
                continue
            with self.subTest(panel["title"]):
                (organize,) = [step["options"] for step in panel["transformations"]]
                columns = {column["selector"]: column["type"] for column in panel["targets"][0]["columns"]}
                headings = organize["renameByName"]
                self.assertEqual(set(headings), set(columns))
                self.assertEqual(organize["indexByName"], {name: index for index, name in enumerate(columns)})
                self.assertEqual(len(set(headings.values())), len(headings))
                self.assertEqual(set(overrides(panel, "unit")), {headings[name] for name in columns if columns[name] == "number"})
                self.assertEqual(set(overrides(panel, "noValue")), set(headings.values()))

    def test_each_big_number_has_a_name_and_a_unit(self):
        for panel in PANELS:
            if panel["type"] == "stat":
                columns = {column["selector"] for column in panel["targets"][0]["columns"]}
                self.assertEqual(set(overrides(panel, "unit")), columns)
                self.assertEqual(set(overrides(panel, "displayName")), columns)


class Links(unittest.TestCase):
    def test_traces_and_sessions_lead_to_their_pages(self):
        links = {(panel["title"], heading): link["url"] for panel in PANELS
                 for heading, (link,) in overrides(panel, "links").items()}
        cell = "${__value.text:percentencode}"
        for title, heading, page in (("Dearest traces", "Trace", "traces"), ("Dearest sessions", "Session", "sessions"),
                                     ("Dearest calls", "Trace", "traces")):
            self.assertEqual(links[title, heading], f"${{pages}}/{page}/{cell}")
        board = BOARDS["traces-and-users.json"]
        self.assertTrue(links["Users", "User"].startswith(f"/d/{board['uid']}?var-user={cell}&"))
        names = {variable["name"] for variable in board["templating"]["list"]}
        for url in links.values():
            self.assertLessEqual(set(re.findall(r"\$\{([a-z]+)", url)), names)

    def test_the_address_of_the_pages_and_of_the_data_source_is_where_the_service_listens_by_default(self):
        (pages,) = [variable["query"] for variable in BOARDS["traces-and-users.json"]["templating"]["list"]
                    if variable["name"] == "pages"]
        (source,) = yaml.safe_load((ROOT / "grafana/provisioning/datasources/infinity.yaml").read_text("utf-8"))["datasources"]
        self.assertEqual((source["type"], source["url"], source["jsonData"]["allowedHosts"]), (KIND, pages, [pages]))
        prometheus = (ROOT / "grafana/README.md").read_text("utf-8")
        self.assertIn(f'targets: ["{pages.removeprefix("http://")}"]', prometheus)


if __name__ == "__main__":
    unittest.main()
