# SPDX-License-Identifier: Apache-2.0
import unittest

import samples  # puts the importer on the path, so it comes first
from prices import same_price

TODAY = "2026-06-01"
PRICE = samples.price(input="2", output="8")
OTHER = samples.price(input="2", output="9")


def pairs(word, *providers, price=PRICE):
    """For each provider a model with and without a word behind its name."""
    for number, provider in enumerate(providers):
        yield samples.entry(f"m{number}", PRICE, provider=provider)
        yield samples.entry(f"m{number}-{word}", price, provider=provider)


class SamePriceTests(unittest.TestCase):
    def words(self, *entries, other_products=()):
        return same_price.words(list(entries), TODAY, set(other_products))

    def test_a_word_at_equal_rates_is_listed(self):
        self.assertEqual(self.words(*pairs("beta", "a", "a", "b")), ["beta"])

    def test_names_of_one_entry_have_equal_rates(self):
        entries = [samples.entry("m", PRICE, provider=p, names=[f"m{p}", f"m{p}:beta"]) for p in "abc"]
        self.assertEqual(self.words(*entries), ["beta"])

    def test_two_pairs_or_one_provider_are_not_enough(self):
        self.assertEqual(self.words(*pairs("beta", "a", "b")), [])
        self.assertEqual(self.words(*pairs("beta", "a", "a", "a")), [])

    def test_one_pair_at_another_price_is_enough_to_leave_a_word_out(self):
        entries = [*pairs("beta", "a", "a", "b"), *pairs("beta", "c", price=OTHER)]
        self.assertEqual(self.words(*entries), [])

    def test_long_requests_and_fees_count_as_well(self):
        fee = samples.price(input="2", output="8", fees={"web_search": "0.01"})
        step = samples.price(input="2", output="8", above=[{"over": 1, "rates": samples.rates(input="4")}])
        for price in (fee, step):
            with self.subTest(price=price):
                self.assertEqual(self.words(*pairs("beta", "a", "a", "b", price=price)), [])

    def test_free_models_prove_nothing(self):
        free = samples.price(input="0", output="0")
        entries = [
            samples.entry(f"m{end}", free, provider=provider) for provider in "abc" for end in ("", "-beta")
        ]
        self.assertEqual(self.words(*entries), [])

    def test_a_word_that_names_another_product_is_left_out(self):
        self.assertEqual(self.words(*pairs("max", "a", "a", "b"), other_products=["max"]), [])
