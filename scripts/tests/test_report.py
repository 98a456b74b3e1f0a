# SPDX-License-Identifier: Apache-2.0
import unittest

import samples  # puts the importer on the path, so it comes first
from prices import book, report


def made(version, *entries):
    header = {
        "version": version,
        "date": "2026-06-01",
        "sources": [{"name": "genai-prices", "version": "1"}, {"name": "litellm", "version": version}],
    }
    return book.parse(book.render(header, list(entries)))


class ReportTests(unittest.TestCase):
    def test_names_with_the_same_change_are_one_row(self):
        old = made("1", samples.entry("a", samples.price(input="2", output="8"), names=["a", "b"]))
        new = made("2", samples.entry("a", samples.price(input="3", output="8", cache_read="0.3"), names=["a", "b"]))
        page = report.changes(old, new)
        self.assertIn("| acme | `a`, `b` | input | 2 | 3 |", page)
        self.assertIn("| acme | `a`, `b` | cache_read | - | 0.3 |", page)
        self.assertNotIn("output", page)
        self.assertIn("- litellm: 1 to 2", page)

    def test_a_name_that_moves_to_another_entry_at_the_same_price_is_no_change(self):
        price = samples.price(input="2", output="8")
        old = made("1", samples.entry("a", price, names=["a", "b"]))
        new = made("2", samples.entry("a", price), samples.entry("b", price))
        self.assertIn("## Changed prices\n\nNone.", report.changes(old, new))

    def test_today_counts_and_names_come_and_go(self):
        announced = dict(samples.price(input="9"), **{"from": "2027-01-01"})
        old = made("1", samples.entry("a", samples.price(input="2")), samples.entry("gone", samples.price(input="1")))
        new = made("2", samples.entry("a", samples.price(input="2"), announced), samples.entry("new", samples.price(input="1")))
        page = report.changes(old, new)
        self.assertIn("## Changed prices\n\nNone.", page)
        self.assertIn("## New names\n\n- acme (1): `new`", page)
        self.assertIn("## Names that are gone\n\n- acme (1): `gone`", page)

    def test_fees_thresholds_and_surcharges_count(self):
        old = made("1", samples.entry("a", samples.price(input="2")))
        dear = samples.price(input="2", fees={"web_search": "0.01"}, above=[{"over": 9, "rates": samples.rates(input="4")}])
        gov = {"when": {"data_residency": "fedramp"}, "by": samples.rates(x="1.1")["x"]}
        page = report.changes(old, made("2", samples.entry("a", dear, multipliers=[gov])))
        self.assertIn("| fee web_search | - | 0.01 |", page)
        self.assertIn("| input above 9 | - | 4 |", page)
        self.assertIn("| data_residency=fedramp factor on all tokens | - | 1.1 |", page)


if __name__ == "__main__":
    unittest.main()
