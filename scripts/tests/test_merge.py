# SPDX-License-Identifier: Apache-2.0
import unittest

import samples  # puts the importer on the path, so it comes first
from prices.compare import covers, differences, today_price
from prices.merge import Merger

TODAY = "2026-06-01"


def theirs(name, *prices, **more):
    return samples.entry(name, *(prices or (samples.price(input="2", output="8"),)), source="litellm", **more)


def ours(name, *prices, **more):
    return samples.entry(name, *(prices or (samples.price(input="2", output="8"),)), **more)


def merge(base, rows, fallbacks=None):
    merger = Merger(base, TODAY, fallbacks or {})
    merger.add_all(rows)
    merger.take_over_history()
    return merger


BATCH = {"when": {"tier": "batch"}} | samples.price(input="1", output="4")


class MergeTests(unittest.TestCase):
    def test_a_name_that_only_one_source_has_is_taken_over(self):
        merger = merge([ours("a")], [theirs("b")])
        self.assertEqual([e["id"] for e in merger.entries], ["acme/a", "acme/b"])
        self.assertEqual(merger.conflicts, [])

    def test_equal_rates_add_the_name_and_the_missing_pieces(self):
        base = ours("a", match=[{"prefix": "a-"}])
        row = theirs(
            "a-2",
            samples.price(input="2", output="8", fees={"web_search": "0.01"}),
            variants=[BATCH],
            multipliers=[{"when": {"endpoint": "regional"}, "by": "1.1"}],
            kind="embedding",
        )
        merger = merge([base], [row])
        self.assertEqual((len(merger.entries), merger.merged), (1, 1))
        self.assertEqual(base["names"], ["a", "a-2"])
        self.assertEqual(base["prices"][0]["fees"], samples.rates(web_search="0.01"))
        self.assertEqual(base["variants"], [BATCH])
        self.assertEqual(base["multipliers"], row["multipliers"])
        self.assertEqual(base["kind"], "embedding")

    def test_own_pieces_are_not_replaced(self):
        own = {"when": {"tier": "batch"}} | samples.price(input="1.5")
        base = ours("a", samples.price(input="2", output="8", fees={"audio_hour": "0.1"}), variants=[own])
        merge([base], [theirs("a", samples.price(input="2", fees={"audio_second": "0.00003"}), variants=[BATCH])])
        self.assertEqual(base["variants"], [own])
        self.assertEqual(base["prices"][0]["fees"], samples.rates(audio_hour="0.1"))

    def test_different_rates_keep_genai_prices_for_an_exact_name(self):
        merger = merge([ours("a")], [theirs("a", samples.price(input="3", output="8"))])
        self.assertEqual(len(merger.entries), 1)
        (conflict,) = merger.conflicts
        self.assertEqual((conflict["kept"], conflict["match"], conflict["rates"]), ("genai-prices", "exact", {"input": ["2", "3"]}))

    def test_different_rates_keep_litellm_where_only_a_pattern_matched(self):
        merger = merge([ours("a", match=[{"contains": "a"}])], [theirs("eu.a", samples.price(input="3"))])
        self.assertEqual([e["names"] for e in merger.entries], [["a"], ["eu.a"]])
        self.assertEqual(merger.conflicts[0]["kept"], "litellm")

    def test_a_free_row_never_displaces_a_priced_pattern(self):
        merger = merge([ours("a", match=[{"prefix": "a"}])], [theirs("a-2", samples.price(input="0", output="0"))])
        self.assertEqual(len(merger.entries), 1)

    def test_plain_bedrock_names_stay_with_genai_prices(self):
        base = ours("r", match=[{"contains": "claude"}], provider="aws.bedrock")
        rows = [
            theirs("anthropic.claude-1", samples.price(input="3"), provider="aws.bedrock"),
            theirs("eu.anthropic.claude-1", samples.price(input="3"), provider="aws.bedrock"),
        ]
        merger = merge([base], rows)
        self.assertEqual([e["names"][0] for e in merger.entries], ["r", "eu.anthropic.claude-1"])

    def test_a_difference_past_a_threshold_is_listed_but_does_not_part_a_snapshot(self):
        long = [{"over": 200000, "rates": samples.rates(input="4")}]
        base = ours("a", match=[{"prefix": "a-"}])
        merger = merge([base], [theirs("a-1", samples.price(input="2", output="8", above=long), variants=[BATCH])])
        self.assertEqual(merger.conflicts[0]["rates"], {"input>200000": ["2", "4"]})
        self.assertEqual((base["names"], base["variants"]), (["a", "a-1"], [BATCH]))
        self.assertEqual(base["prices"][0]["above"], [])

    def test_modality_rates_do_not_outlive_tiers_and_thresholds(self):
        row = samples.price(input="2", output="8", output_image="40")
        plain, tiered = ours("a"), ours("b", variants=[dict(BATCH, **samples.price(input="1", output="4"))])
        long = ours("c", samples.price(input="2", output="8", above=[{"over": 9, "rates": samples.rates(output="8")}]))
        batch = {"when": {"tier": "batch"}} | samples.price(input="1", output="4", output_image="20")
        priced = ours("d", variants=[dict(BATCH, **samples.price(input="1", output="4"))])
        merge([plain, tiered, long, priced], [theirs(n, row) for n in "abc"] + [theirs("d", row, variants=[batch])])
        for entry in (plain, tiered, long, priced):
            self.assertEqual(entry["prices"][0]["rates"]["output_image"], 40)
        # What was billed there before, unless litellm says what it is.
        self.assertEqual(tiered["variants"][0]["rates"]["output_image"], 4)
        self.assertEqual(long["prices"][0]["above"][0]["rates"]["output_image"], 8)
        self.assertEqual(priced["variants"][0]["rates"]["output_image"], 20)

    def test_modality_rates_stay_out_when_another_row_brings_variants(self):
        base = ours("a", match=[{"prefix": "a-"}])
        rows = [
            theirs("a-1", samples.price(input="2", output_image="40")),
            theirs("a-2", samples.price(input="2"), variants=[BATCH]),
        ]
        merge([base], rows)
        self.assertNotIn("output_image", base["prices"][0]["rates"])

    def test_a_name_without_a_cache_rate_takes_none_from_the_others(self):
        row = samples.price(input="2", output="8", cache_read="0.2")
        rule = [{"prefix": "b-"}]
        whole, partly = ours("a"), ours("b", names=["b", "b-old", "b-new", "b-2"], match=rule)
        rows = [theirs("a", row), theirs("b-old", row), theirs("b-new", row), theirs("b-2")]
        merger = merge([whole, partly], rows)
        self.assertIn("cache_read", whole["prices"][0]["rates"])
        self.assertEqual(
            [(e["id"], e["names"], e["match"], "cache_read" in e["prices"][0]["rates"]) for e in merger.entries],
            [
                ("acme/a", ["a"], [], True),
                # The first keeps id and rules.
                ("acme/b", ["b", "b-2"], rule, False),
                ("acme/b-old", ["b-old", "b-new"], [], True),
            ],
        )

    def test_parts_of_an_entry_have_no_rate_in_common_by_accident(self):
        row = samples.price(input="2", output="8", cache_read="0.2")
        merger = merge([ours("a", names=["a", "a-1"])], [theirs("a-1", row)])
        first, second = merger.entries
        second["prices"][0]["rates"]["input"] = 9
        self.assertEqual(first["prices"][0]["rates"]["input"], 2)

    def test_a_cache_rate_stays_out_of_tiers_that_have_none(self):
        row = theirs("a", samples.price(input="2", output="8", cache_read="0.2"))
        flex = {"when": {"tier": "flex"}} | samples.price(input="1", output="4")
        base = ours("a", variants=[flex])
        merge([base], [row])
        self.assertEqual(base["prices"][0]["rates"]["cache_read"], samples.rates(x="0.2")["x"])
        self.assertEqual(base["variants"][0]["rates"]["cache_read"], 1)

    def test_a_rate_that_is_billed_anyway_is_not_added(self):
        base = ours("a")
        merge([base], [theirs("a", samples.price(input="2", output="8", cache_read="2.0001", input_audio="2"))])
        # A rate of its own for audio says that its price is known.
        self.assertEqual(base["prices"][0]["rates"], samples.rates(input="2", output="8", input_audio="2"))

    def test_a_price_with_a_history_is_not_filled(self):
        base = ours("a", samples.price(input="5"), dict(samples.price(input="2"), **{"from": "2026-05-01"}))
        merge([base], [theirs("a", samples.price(input="2", cache_read="0.2"))])
        self.assertEqual([set(price["rates"]) for price in base["prices"]], [{"input"}, {"input"}])

    def test_another_name_joins_the_entry_of_the_model(self):
        base = ours("a", names=["a", "a-1"])
        rows = [theirs("b"), theirs("b-latest", same_as=("acme", "b")), theirs("a-latest", same_as=("acme", "a-1"))]
        merger = merge([base], rows)
        self.assertEqual([e["names"] for e in merger.entries], [["a", "a-1", "a-latest"], ["b", "b-latest"]])

    def test_genai_prices_knows_better_what_another_name_means(self):
        base = ours("a", match=[{"prefix": "a-"}])
        other = ours("c", samples.price(input="9"))
        merger = merge([base, other], [theirs("a-latest", samples.price(input="9"), same_as=("acme", "c"))])
        self.assertEqual([e["names"] for e in merger.entries], [["a"], ["c"]])

    def test_a_zero_that_is_no_price_changes_nothing_that_is_known(self):
        free = ours("f", samples.price(input="0", output="0"), match=[{"prefix": "f-"}])
        base = ours("a", match=[{"prefix": "a-"}])
        unpriced = [theirs(n, {"rates": {}, "above": [], "fees": {}}, unpriced=True) for n in ("a-1", "f-1", "z")]
        merger = merge([base, free], unpriced, {"acme": ["acme"]})
        # Where genai-prices says free, the 0 was a price.
        self.assertEqual([e["names"] for e in merger.entries], [["a"], ["f", "f-1"], ["z"]])
        self.assertEqual(merger.entries[2]["prices"][0]["rates"], {})

    def test_a_reseller_takes_over_the_history_of_the_original(self):
        cut = [samples.price(input="5"), dict(samples.price(input="2", output="8"), **{"from": "2026-05-01"})]
        base = ours("a", *cut, variants=[BATCH])
        flex = {"when": {"tier": "flex"}} | samples.price(input="1.5")
        row = theirs("a", samples.price(input="2", fees={"web_search": "1"}), provider="cloud", variants=[flex])
        merge([base], [row], {"cloud": ["acme"]})
        self.assertEqual(row["dates_from"], "acme/a")
        self.assertEqual([p.get("from") for p in row["prices"]], [None, "2026-05-01"])
        self.assertEqual(row["prices"][0]["fees"], samples.rates(web_search="1"))
        self.assertEqual([v["when"]["tier"] for v in row["variants"]], ["flex", "batch"])

    def test_a_reseller_with_a_price_of_its_own_keeps_it(self):
        base = ours("a", samples.price(input="5"), dict(samples.price(input="2"), **{"from": "2026-05-01"}))
        other = theirs("a", samples.price(input="2.2"), provider="cloud")
        richer = theirs("a", samples.price(input="2", input_audio="9"), provider="moon")
        merge([base], [other, richer], {"cloud": ["acme"], "moon": ["acme"]})
        self.assertNotIn("dates_from", other)
        self.assertNotIn("dates_from", richer)

    def test_the_best_pattern_is_the_longest(self):
        short, long = ours("s", match=[{"prefix": "a-"}]), ours("l", match=[{"contains": "a-b"}])
        self.assertEqual(Merger([short, long], TODAY, {}).find("acme", "a-b-c")[0]["id"], "acme/l")


class CompareTests(unittest.TestCase):
    def test_today_is_the_last_dated_price_without_windows(self):
        prices = [
            samples.price(input="1"),
            dict(samples.price(input="2"), **{"from": "2026-01-01"}),
            dict(samples.price(input="3"), **{"from": "2027-01-01"}),
            dict(samples.price(input="4"), windows=[{"hours_utc": ["00:00-01:00"]}]),
        ]
        self.assertEqual(today_price(ours("a", *prices), TODAY)["rates"], samples.rates(input="2"))

    def test_peak_and_off_peak_are_two_faces_of_one_price(self):
        row = theirs("a", samples.price(input="4"), dict(samples.price(input="2"), windows=[{"hours_utc": ["00:00-01:00"]}]))
        self.assertEqual(differences(ours("a"), row, TODAY), {})

    def test_a_rate_is_covered_by_the_one_that_stands_in_for_it(self):
        whole = samples.price(input="2", output="8")
        self.assertTrue(covers(whole, samples.price(output="8", output_audio="8", cache_read="2")))
        self.assertFalse(covers(whole, samples.price(output_audio="9")))


if __name__ == "__main__":
    unittest.main()
