# SPDX-License-Identifier: Apache-2.0
import json
import unittest

import samples  # puts the importer on the path, so it comes first
from prices import book, checks, make
from prices.providers import ProviderTable, ProviderTableError

TABLE = {
    "gateways": ["router"],
    "providers": {
        "gcp.x": {"genai_prices": ["x"], "litellm": ["xy", "xz*"], "strip": ["x/"], "aliases": ["ex"], "hosts": [".x.com"],
                  "fallback": ["acme", "nobody"], "unambiguous": ["x-"]},
    },
}  # fmt: skip


def made(**more):
    genai = [samples.provider("acme", samples.model("m", {"input_mtok": "2", "output_mtok": "8"}))]
    arguments = {
        "genai": genai,
        "litellm": {"x/M-2": samples.row("xy")},
        "pins": samples.PINS,
        "exclusions": samples.NOTHING_EXCLUDED,
        "table": ProviderTable(TABLE),
    } | more
    return make.make(**arguments)


class BookTests(unittest.TestCase):
    def test_the_header_is_one_line_and_each_model_another(self):
        lines = made().text.split("\n")
        self.assertTrue(lines[0].startswith('{"format":"pricebook/1","version":"test.1","date":"2026-06-01","currency":"USD",'))
        self.assertTrue(lines[0].endswith(',"models":['))
        self.assertEqual(
            lines[1:],
            [
                '{"id":"acme/m","provider":"acme","names":["m"],"prices":[{"rates":{"input":"2","output":"8"}}],'
                '"source":"genai-prices"},',
                '{"id":"gcp.x/m-2","provider":"gcp.x","names":["m-2"],"prices":[{"rates":{"input":"2","output":"8"}}],'
                '"source":"litellm"}',
                "]}",
                "",
            ],
        )

    def test_the_same_input_gives_the_same_bytes(self):
        self.assertEqual(made().text, made().text)

    def test_the_header_names_sources_counts_and_providers(self):
        header = json.loads(made().text)
        self.assertEqual([s["name"] for s in header["sources"]], ["genai-prices", "litellm"])
        self.assertEqual((header["counts"]["models"], header["counts"]["from_litellm"]), (2, 1))
        self.assertEqual(header["gateways"], ["router"])
        self.assertEqual(
            header["providers"]["gcp.x"],
            {"aliases": ["ex", "gcp.x", "x", "xy"], "hosts": [".x.com"], "fallback": ["acme"], "unambiguous": ["x-"]},
        )

    def test_a_name_that_would_need_escaping_is_refused(self):
        for name in ('a"b', "a\\b", "a\nb", "é"):
            with self.subTest(name=name), self.assertRaises(book.BookError):
                book.render({}, [samples.entry(name, samples.price(input="1"))])

    def test_another_format_is_not_read(self):
        with self.assertRaisesRegex(book.BookError, "pricebook/9"):
            book.parse('{"format":"pricebook/9"}')


class CheckTests(unittest.TestCase):
    def errors(self, *entries):
        return checks.errors(list(entries), {"acme": {}})

    def test_a_good_entry_passes(self):
        self.assertEqual(self.errors(samples.entry("a", samples.price(input="1"))), [])

    def test_each_mistake_is_named(self):
        step = {"rates": samples.rates(input="1")}
        price = samples.price(input="1")
        cases = {
            "is taken twice": [samples.entry("a", price), samples.entry("a", price)],
            "'b' is acme/a's, too": [samples.entry("a", price, names=["b"]), samples.entry("b", price)],
            "is not lower case": [samples.entry("A", price)],
            "not in the provider table": [samples.entry("a", price, provider="else")],
            "neither a name nor a rule": [samples.entry("a", price, names=[])],
            "is negative": [samples.entry("a", samples.price(input="-1"))],
            "a fee is negative": [samples.entry("a", samples.price(fees={"request": "-1"}))],
            "more than 9 decimals": [samples.entry("a", samples.price(input="0.1234567891"))],
            "not ascending": [samples.entry("a", samples.price(above=[{"over": 2, **step}, {"over": 1, **step}]))],
            "dates": [samples.entry("a", price, {**price, "from": "2026-02-01"}, {**price, "from": "2026-01-01"})],
            "does not compile": [samples.entry("a", price, match=[{"all": [{"regex": "("}]}])],
        }
        for expected, entries in cases.items():
            with self.subTest(expected):
                self.assertTrue(any(expected in line for line in self.errors(*entries)), self.errors(*entries))

    def test_a_wrong_book_is_not_made(self):
        genai = [samples.provider("acme", samples.model("m", {"input_mtok": "-2"}))]
        with self.assertRaisesRegex(checks.CheckError, "acme/m: .* is negative"):
            made(genai=genai)

    def test_an_unbelievable_rate_stops_unless_it_is_listed(self):
        genai = [samples.provider("acme", samples.model("m", {"input_mtok": "1500"}))]
        with self.assertRaisesRegex(checks.CheckError, r"acme/m: \$1500"):
            made(genai=genai)
        result = made(genai=genai, exclusions=samples.NOTHING_EXCLUDED | {"unit_mistakes": {"acme/m": "per thousand"}})
        self.assertEqual(result.excluded, [{"id": "acme/m", "highest": "1500", "reason": "per thousand"}])
        self.assertNotIn('"id":"acme/m","provider"', result.text)

    def test_odd_rates_are_warnings(self):
        entry = samples.entry("a", samples.price(input="1", cache_read="2", cache_write="1.5"))
        self.assertEqual(len(checks.warnings([entry])), 2)

    def test_lines_of_another_shape_are_found(self):
        good = made().text
        self.assertEqual(checks.lines(good), [])
        self.assertTrue(checks.lines(good.replace('"models":[\n', '"models":[')))
        self.assertTrue(checks.lines(good.replace('"names":["m"],"prices"', '"kind":"x","names":["m"],"prices"')))
        self.assertTrue(checks.lines(good.replace("]}\n", "]}")))


class ChangeTests(unittest.TestCase):
    def changes(self, before, after):
        def entries(rates):
            return [samples.entry(f"m{i}", samples.price(input=rate)) for i, rate in enumerate(rates)]

        return checks.changes(book.parse(book.render({}, entries(before))), entries(after), "2026-06-01")

    def test_a_few_small_changes_pass(self):
        self.assertEqual(self.changes(["1"] * 40, ["1"] * 38 + ["2"] * 2), [])

    def test_many_changes_of_one_provider_stop(self):
        found = self.changes(["1"] * 10, ["1"] * 9 + ["2"])
        self.assertEqual(found, ["acme: 1 of 10 rates changed", "  acme/m9 input: 1 -> 2"])

    def test_one_steep_change_stops(self):
        self.assertIn("  acme/m0 input: 1 -> 3.5", self.changes(["1"] * 40, ["3.5"] + ["1"] * 39))
        self.assertIn("  acme/m0 input: 1 -> 0", self.changes(["1"] * 40, ["0"] + ["1"] * 39))

    def test_new_and_gone_models_are_no_changes(self):
        self.assertEqual(self.changes(["1"], ["1", "2"]), [])
        self.assertEqual(self.changes(["1", "2"], ["1"]), [])


class ProviderTableTests(unittest.TestCase):
    def test_ids_of_both_sources_are_translated(self):
        table = ProviderTable(TABLE)
        self.assertEqual(table.from_genai_prices("x"), "gcp.x")
        self.assertEqual(table.from_genai_prices("other"), "other")
        self.assertEqual(table.from_litellm("xy", "x/A/B"), ("gcp.x", "a/b"))
        self.assertEqual(table.from_litellm("xz-models", "bare"), ("gcp.x", "bare"))
        # Only the provider's own prefix goes, and only once.
        self.assertEqual(table.from_litellm("plex", "plex/plex/sonar"), ("plex", "plex/sonar"))

    def test_a_spelling_belongs_to_one_provider(self):
        for second in ({"aliases": ["ex"]}, {"hosts": [".x.com"]}, {"aliases": ["router"]}, {"unambiguous": ["x-y"]}):
            table = {**TABLE, "providers": {**TABLE["providers"], "acme": second}}
            with self.subTest(second), self.assertRaises(ProviderTableError):
                ProviderTable(table).for_book({"acme", "gcp.x"}, {})

    def test_the_real_table_is_consistent(self):
        table = ProviderTable.load()
        providers = table.for_book(set(table.rows), {})
        for spelling, expected in (
            ("az.ai.openai", "azure.ai.openai"), ("azure", "azure.ai.openai"), ("az.ai.inference", "azure.ai.inference"),
            ("google", "gcp.gemini"), ("gemini", "gcp.gemini"), ("gcp.gen_ai", "gcp.gemini"), ("vertex_ai", "gcp.vertex_ai"),
            ("xai", "x_ai"), ("openai.responses", "openai"), ("anthropic.messages", "anthropic"), ("bedrock", "aws.bedrock"),
            ("aws", "aws.bedrock"), ("aws_bedrock", "aws.bedrock"), ("ollama", "ollama"), ("mistral_ai", "mistral_ai"),
            ("moonshot_ai", "moonshot_ai"), ("ibm.watsonx.ai", "ibm.watsonx.ai"),
        ):  # fmt: skip
            with self.subTest(spelling):
                self.assertEqual([p for p, row in providers.items() if spelling in row["aliases"]], [expected])
        for provider, row in providers.items():
            for name in row["aliases"]:
                self.assertEqual(name, name.lower())


if __name__ == "__main__":
    unittest.main()
