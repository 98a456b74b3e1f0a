# SPDX-License-Identifier: Apache-2.0
import unittest

import samples  # puts the importer on the path, so it comes first
from prices import from_genai_prices as source


class FromGenaiPricesTests(unittest.TestCase):
    def convert(self, *models, unpriced=None):
        return source.entries(samples.provider("acme", *models), "acme", unpriced)

    def test_rates_and_fees_keep_their_meaning(self):
        made = source.price(
            {
                "input_mtok": "3", "output_mtok": "15", "cache_read_mtok": "0.3", "cache_write_1h_mtok": "6",
                "cache_audio_read_mtok": "0.5", "output_reasoning_mtok": "7", "web_searches_kcount": "10",
                "storage_searches_kcount": "2.5", "requests_kcount": "5", "audio_hours": "0.04",
                "input_document_kpages": "2", "input_mchars": "22",
            }
        )  # fmt: skip
        self.assertEqual(
            made["rates"],
            samples.rates(input="3", output="15", cache_read="0.3", cache_write_1h="6", cache_read_audio="0.5", reasoning="7"),
        )
        self.assertEqual(
            made["fees"],
            samples.rates(web_search="0.01", file_search="0.0025", request="0.005", audio_hour="0.04", page="0.002", mchar="22"),
        )

    def test_thresholds_of_all_rates_become_one_list(self):
        made = source.price(
            {
                "input_mtok": {"base": "1", "tiers": [{"over": 100, "price": "2"}, {"over": 200, "price": "3"}]},
                "output_mtok": {"base": "4", "tiers": [{"over": 100, "price": "8"}]},
                "cache_read_mtok": "0.1",
            }
        )
        self.assertEqual(made["rates"], samples.rates(input="1", output="4", cache_read="0.1"))
        # Only the highest passed threshold counts, so the output rate is repeated at 200.
        self.assertEqual(
            made["above"],
            [
                {"over": 100, "rates": samples.rates(input="2", output="8")},
                {"over": 200, "rates": samples.rates(input="3", output="8")},
            ],
        )

    def test_dates_windows_and_order_are_kept(self):
        model = samples.model("m", {})
        model["prices"] = [
            {"price": {"input_mtok": "3"}},
            {"from": "2026-01-01", "price": {"input_mtok": "2"}},
            {"hours_utc": "16:00-00:00", "price": {"input_mtok": "1"}},
        ]
        prices = self.convert(model)[0]["prices"]
        self.assertEqual([p.get("from") for p in prices], [None, "2026-01-01", "2026-01-01"])
        self.assertEqual(prices[2]["windows"], [{"hours_utc": ["16:00-00:00"]}])

    def test_hours_without_a_dated_price_before_them_hold_at_any_time(self):
        model = samples.model("m", {})
        hours = {"hours_utc": "16:00-00:00", "price": {"input_mtok": "1"}}
        model["prices"] = [{"price": {"input_mtok": "3"}}, hours, {"from": "2026-01-01", "price": {"input_mtok": "2"}}]
        self.assertEqual([p.get("from") for p in self.convert(model)[0]["prices"]], [None, None, "2026-01-01"])

    def test_request_contexts_become_variants_and_empty_ones_go(self):
        model = samples.model("m", {"input_mtok": "4"})
        model["variants"] = [
            {"when": {"service_tier": "default"}, "price": {}},
            {"when": {"service_tier": "flex"}, "from": "2026-10-12", "price": {"input_mtok": "2"}},
            {"when": {"processing": "batch"}, "price": {"input_mtok": "1"}},
            {"when": {"speed": "fast"}, "price": {"input_mtok": "8"}},
        ]
        variants = self.convert(model)[0]["variants"]
        self.assertEqual([v["when"] for v in variants], [{"tier": "flex"}, {"tier": "batch"}, {"speed": "fast"}])
        self.assertEqual(variants[0]["from"], "2026-10-12")

    def test_the_id_is_a_name_unless_another_model_answers_to_it(self):
        models = [
            samples.model("M-One", {"input_mtok": "1"}, match={"equals": "m-1"}),
            samples.model("m-two", {"input_mtok": "1"}, match={"starts_with": "m-t"}),
            samples.model("m-two-b", {"input_mtok": "1"}, match={"equals": "m-2b"}),
        ]
        self.assertEqual([e["names"] for e in self.convert(*models)], [["m-1", "m-one"], ["m-two"], ["m-2b"]])

    def test_an_empty_price_is_free_unless_listed(self):
        models = [samples.model("gift", {}), samples.model("unsaid", {})]
        gift, unsaid = self.convert(*models, unpriced={"acme/unsaid": "nobody knows"})
        self.assertEqual(gift["prices"][0]["rates"], samples.rates(input="0", output="0"))
        self.assertEqual(unsaid["prices"][0]["rates"], {})

    def test_what_a_subscription_includes_has_no_price_of_its_own(self):
        models = [
            samples.model("included", {}),
            samples.model("zero", {"input_mtok": "0", "output_mtok": "0"}),
            samples.model("sold", {"input_mtok": "1", "output_mtok": "0"}),
        ]
        rates = [e["prices"][0]["rates"] for e in self.convert(*models, unpriced={"acme/*": "a subscription"})]
        self.assertEqual(rates, [{}, {}, samples.rates(input="1", output="0")])

    def test_a_new_kind_of_price_stops_the_import(self):
        with self.assertRaisesRegex(source.UnknownKeyError, "smell_mtok"):
            self.convert(samples.model("m", {"smell_mtok": "1"}))
        model = samples.model("m", {"input_mtok": "1"})
        model["variants"] = [{"when": {"weather": "rain"}, "price": {"input_mtok": "2"}}]
        with self.assertRaisesRegex(source.UnknownKeyError, "weather"):
            self.convert(model)


if __name__ == "__main__":
    unittest.main()
