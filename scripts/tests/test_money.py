# SPDX-License-Identifier: Apache-2.0
import unittest
from decimal import Decimal

import samples  # puts the importer on the path, so it comes first
from prices import money


class MoneyTests(unittest.TestCase):
    def test_float_noise_of_the_sources_is_removed(self):
        self.assertEqual(money.text(money.tidy(money.parse("0.18000000000000002"))), "0.18")
        self.assertEqual(money.text(money.per_million("1.0000000000000001e-07")), "0.1")
        self.assertEqual(money.text(money.per_million("0.0000029999900000000002")), "2.99999")

    def test_a_third_keeps_nine_decimals(self):
        self.assertEqual(money.text(money.per_million("8.333333333333334e-08")), "0.083333333")

    def test_text_is_plain(self):
        for number, expected in (("1E+3", "1000"), ("15.0", "15"), ("0E-9", "0"), ("-0", "0"), ("0.0036250", "0.003625")):
            self.assertEqual(money.text(Decimal(number)), expected)

    def test_prices_of_thousands_are_divided_exactly(self):
        self.assertEqual(money.text(money.per_one_of_thousand("2.5")), "0.0025")

    def test_a_float_is_refused(self):
        with self.assertRaisesRegex(money.PriceNumberError, "parse_float=str"):
            money.parse(0.1)

    def test_what_is_no_number_is_refused(self):
        for value in ("", "free", "NaN", "Infinity", True, None):
            with self.assertRaises(money.PriceNumberError):
                money.parse(value)

    def test_a_tenth_of_a_percent_is_no_difference(self):
        self.assertFalse(money.differ(Decimal("1"), Decimal("1.001")))
        self.assertTrue(money.differ(Decimal("1"), Decimal("1.002")))
        self.assertFalse(money.differ(Decimal(0), Decimal(0)))


if __name__ == "__main__":
    unittest.main()
