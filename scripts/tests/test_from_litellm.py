# SPDX-License-Identifier: Apache-2.0
import json
import unittest
from pathlib import Path

import samples  # puts the importer on the path, so it comes first
from prices import from_litellm as source
from prices.providers import ProviderTable


class FromLitellmTests(unittest.TestCase):
    table = ProviderTable({"providers": {"x_ai": {"litellm": ["xai"], "strip": ["xai/"]}}})

    def convert(self, **rows):
        return source.entries(rows, self.table)[0]

    def rates_of(self, table=None, free=None, **row):
        (key,) = row
        entries, _ = source.entries({key: samples.row("acme") | row[key]}, table or self.table, free)
        return entries[0]["prices"][0]["rates"], entries[0].get("unpriced", False)

    def test_a_zero_is_no_price(self):
        zero = {"input_cost_per_token": "0.0", "output_cost_per_token": "0", "cache_read_input_token_cost": "0"}
        self.assertEqual(self.rates_of(m=zero), ({}, True))
        self.assertEqual(source.entries({"m": samples.row("acme") | zero}, self.table)[1]["zero_is_no_price"], ["m"])

    def test_a_zero_is_a_price_where_something_says_free(self):
        zero = {"input_cost_per_token": "0", "output_cost_per_token": "0"}
        free = (samples.rates(input="0", output="0"), False)
        for name in ("m:free", "m-free", "free/m"):
            self.assertEqual(self.rates_of(**{name: zero}), free)
        self.assertEqual(self.rates_of(m=zero, free={"acme/m": "looked up"}), free)
        for name in ("freedom", "carefree-1"):
            self.assertEqual(self.rates_of(**{name: zero}), ({}, True))
        own = ProviderTable({"providers": {"acme": {"own_machines": True}}})
        self.assertEqual(self.rates_of(own, m=zero), free)
        self.assertEqual(self.rates_of(own, **{"m:120b-cloud": zero}), ({}, True))
        # What is billed otherwise costs nothing by the token.
        self.assertEqual(self.rates_of(m=zero | {"mode": "rerank", "input_cost_per_query": "0.002"}), free)

    def test_a_zero_beside_other_rates_is_a_placeholder(self):
        made, _ = self.rates_of(m={"output_cost_per_token": "0", "cache_creation_input_token_cost": "0"})
        self.assertEqual(made, samples.rates(input="2"))
        made, _ = self.rates_of(m={"mode": "embedding", "output_cost_per_token": "0"})
        self.assertEqual(made, samples.rates(input="2", output="0"))
        made, _ = self.rates_of(m={"cache_read_input_token_cost": "0"})
        self.assertEqual(made, samples.rates(input="2", output="8", cache_read="0"))

    def test_a_retired_model_keeps_its_price_until_the_source_has_it_again(self):
        now = {"m": samples.row("acme")}
        before = {"m": samples.row("acme", input_cost_per_token="9e-06"), "old": samples.row("acme")}
        made, _ = source.entries(source.with_retired(now, before), self.table)
        self.assertEqual([(e["names"], e["prices"][0]["rates"]["input"]) for e in made], [(["m"], 2), (["old"], 2)])

    def test_every_retired_row_has_a_price(self):
        file = Path(source.__file__).with_name("retired.json")
        rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
        made, skipped = source.entries(rows, ProviderTable.load())
        self.assertTrue(all(e["prices"][0]["rates"] or e["prices"][0]["fees"] for e in made))
        # Rows with and without their provider's prefix are one.
        self.assertEqual(len(made) + len(skipped["same_name"]), len(rows))

    def test_another_name_is_the_row_it_names(self):
        rows = {"m": samples.row("acme"), "acme/m-latest": {"alias_of": "m"}, "n": {"alias_of": "gone"}, "o": {"alias_of": "n"}}
        made, skipped = source.entries(rows, self.table)
        self.assertEqual([(e["names"], e.get("same_as")) for e in made], [(["m"], None), (["m-latest"], ("acme", "m"))])
        self.assertEqual(skipped["lost_alias"], ["n", "o"])

    def test_a_row_of_its_own_says_more_than_another_name(self):
        rows = {"m": samples.row("acme"), "acme/n": {"alias_of": "m"}, "n": samples.row("acme", input_cost_per_token="3e-06")}
        made, _ = source.entries(rows, self.table)
        self.assertEqual([(e["names"], e.get("same_as")) for e in made], [(["m"], None), (["n"], None)])
        self.assertEqual([e["prices"][0]["rates"]["input"] for e in made], [2, 3])

    def one(self, source_provider="acme", **more):
        return self.convert(m=samples.row(source_provider, **more))[0]

    def test_prices_per_token_become_prices_per_million(self):
        made = self.one(
            cache_read_input_token_cost="2e-07",
            cache_creation_input_token_cost="2.5e-06",
            cache_creation_input_token_cost_above_1hr="4e-06",
            cache_creation_input_token_cost_above_12hr="5e-06",
            input_cost_per_audio_token="1e-05",
            cache_read_input_image_token_cost="3e-07",
        )
        self.assertEqual(
            made["prices"][0]["rates"],
            samples.rates(
                input="2", output="8", cache_read="0.2", cache_write="2.5", cache_write_1h="4", cache_write_12h="5",
                input_audio="10", cache_read_image="0.3",
            ),
        )  # fmt: skip

    def test_thresholds_and_tiers_come_in_either_order(self):
        made = self.one(
            input_cost_per_token_above_200k_tokens="4e-06",
            input_cost_per_token_priority="3e-06",
            input_cost_per_token_above_200k_tokens_priority="6e-06",
            output_cost_per_token_batches="4e-06",
            output_cost_per_token_priority="9e-06",
            output_cost_per_token_priority_above_200k_tokens="1e-05",
        )
        self.assertEqual(made["prices"][0]["above"], [{"over": 200000, "rates": samples.rates(input="4")}])
        batch, priority = made["variants"]
        self.assertEqual((batch["when"], batch["rates"]), ({"tier": "batch"}, samples.rates(output="4")))
        self.assertEqual(priority["rates"], samples.rates(input="3", output="9"))
        self.assertEqual(priority["above"], [{"over": 200000, "rates": samples.rates(input="6", output="10")}])

    def test_a_tier_without_long_context_rates_is_billed_at_the_standard_ones(self):
        made = self.one(
            input_cost_per_token_above_200k_tokens="4e-06",
            input_cost_per_token_flex="1e-06",
            input_cost_per_token_batches="1e-06",
        )
        batch, flex = made["variants"]
        self.assertEqual(flex["above"], [{"over": 200000, "rates": samples.rates(input="4")}])
        self.assertEqual(batch["above"], [])

    def test_a_zero_beside_a_price_is_a_placeholder_in_tiers_only(self):
        made = self.one(
            cache_read_input_token_cost="0", input_cost_per_token_flex="0", output_cost_per_token_flex="4e-06"
        )
        self.assertEqual(made["variants"][0]["rates"], samples.rates(output="4"))
        self.assertEqual(made["prices"][0]["rates"]["cache_read"], 0)

    def test_an_inclusive_threshold_moves_down_by_one(self):
        made = self.one("xai", input_cost_per_token_above_200k_tokens="4e-06")
        self.assertEqual(made["provider"], "x_ai")
        self.assertEqual(made["prices"][0]["above"][0]["over"], 199999)

    def test_ranges_become_a_base_and_thresholds(self):
        ranges = [
            {"range": ["0", "32000"], "input_cost_per_token": "1e-06", "output_cost_per_token": "2e-06"},
            {"range": ["32000", "128000.0"], "input_cost_per_token": "3e-06", "output_cost_per_token": "4e-06"},
        ]
        price = self.one(tiered_pricing=ranges)["prices"][0]
        self.assertEqual(price["rates"], samples.rates(input="1", output="2"))
        self.assertEqual(price["above"], [{"over": 32000, "rates": samples.rates(input="3", output="4")}])

    def test_a_reasoning_rate_goes_only_when_it_says_nothing(self):
        same = self.one(output_cost_per_reasoning_token="8e-06")
        self.assertNotIn("reasoning", same["prices"][0]["rates"])
        other = self.one(output_cost_per_reasoning_token="9e-06")
        self.assertIn("reasoning", other["prices"][0]["rates"])

    def test_off_peak_lays_its_rates_over_the_base(self):
        rule = {"hours_utc": "16:00-00:00", "input_cost_per_token": "1e-06"}
        made = self.one(off_peak_pricing=rule, input_cost_per_token_above_200k_tokens="4e-06")
        self.assertEqual(made["prices"][1]["rates"], samples.rates(input="1", output="8"))
        self.assertEqual(made["prices"][1]["above"], [])

    def test_fees_keep_the_unit_of_the_source(self):
        made = self.one(
            search_context_cost_per_query={"search_context_size_medium": "0.01", "search_context_size_low": "0.005"},
            google_maps_grounding_cost_per_query="0.025",
            input_cost_per_character="1.5e-05",
            input_cost_per_image="0.001",
            output_cost_per_second="0.0",
        )
        # A token-priced chat model takes images as tokens.
        self.assertEqual(made["prices"][0]["fees"], samples.rates(web_search="0.01", maps_search="0.025", mchar="15"))
        rerank = self.one(mode="rerank", input_cost_per_query="0.002")
        self.assertEqual(rerank["prices"][0]["fees"], samples.rates(rerank_search="0.002"))
        picture = self.one(mode="image_generation", output_cost_per_image="0.04")
        self.assertEqual((picture["prices"][0]["fees"], picture["kind"]), (samples.rates(image="0.04"), "image_generation"))

    def test_regional_surcharges_become_multipliers(self):
        made = self.one(
            regional_processing_uplift_multiplier_eu="1.1",
            fedramp_uplift_multiplier="1.1",
            regional_endpoint_uplift_multiplier="1.1",
            provider_specific_entry={"us": "1.1", "fast": "2.0", "other": "x"},
        )
        when = [m["when"] for m in made["multipliers"]]
        self.assertEqual(
            when,
            [
                {"data_residency": "eu"}, {"data_residency": "fedramp"}, {"endpoint": "regional"}, {"inference_geo": "us"},
                {"speed": "fast"},
            ],
        )  # fmt: skip

    def test_fireworks_has_a_default_for_cached_input(self):
        self.assertEqual(self.one("fireworks_ai")["prices"][0]["rates"]["cache_read"], 1)

    def test_rows_that_are_no_models_are_listed_by_reason(self):
        rows = {
            "sample_spec": {"litellm_provider": "one of …"},
            "acme/eu/1-month-commitment/m": samples.row("acme"),
            "acme/nothing": {"litellm_provider": "acme", "mode": "chat"},
            "acme/m": samples.row("acme"),
        }
        made, skipped = source.entries(rows, self.table)
        self.assertEqual([e["id"] for e in made], ["acme/m"])
        self.assertEqual(skipped["no_provider"], ["sample_spec"])
        self.assertEqual(skipped["capacity"], ["acme/eu/1-month-commitment/m"])
        self.assertEqual(skipped["no_price"], ["acme/nothing"])

    def test_two_rows_of_one_name_are_joined(self):
        rows = {
            "m": samples.row("acme", cache_read_input_token_cost="1e-07"),
            "acme/M": samples.row("acme", regional_endpoint_uplift_multiplier="1.1"),
            "free": samples.row("acme", input_cost_per_token="1e-06"),
            "acme/free": samples.row("acme", input_cost_per_token="0.0", output_cost_per_token="0.0"),
        }
        made, skipped = source.entries(rows, self.table)
        free, joined = made
        self.assertEqual(skipped["same_name"], ["acme/free", "m"])
        self.assertEqual(joined["prices"][0]["rates"], samples.rates(input="2", output="8", cache_read="0.1"))
        self.assertEqual(len(joined["multipliers"]), 1)
        self.assertEqual(free["prices"][0]["rates"], samples.rates(input="1", output="8"))


if __name__ == "__main__":
    unittest.main()
