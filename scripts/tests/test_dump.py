# SPDX-License-Identifier: Apache-2.0
import datetime
import importlib
import sys
import types
import unittest
from decimal import Decimal
from unittest import mock

import samples  # noqa: F401  (puts the importer on the path, so it comes first)


class Plain:
    """Stands for the data classes of genai-prices, whose fields are all that is read."""

    def __init__(self, **fields):
        vars(self).update(fields)


class Tiered(Plain):
    pass


def load():
    """The dump script, with stand-ins for the package that only its own environment has."""
    package = types.ModuleType("genai_prices")
    data = types.ModuleType("genai_prices.data")
    data.providers = []
    kinds = types.ModuleType("genai_prices.types")
    kinds.TieredPrices = Tiered
    modules = {"genai_prices": package, "genai_prices.data": data, "genai_prices.types": kinds}
    with mock.patch.dict(sys.modules, modules):
        sys.modules.pop("prices.dump_genai_prices", None)
        return importlib.import_module("prices.dump_genai_prices")


class DumpTests(unittest.TestCase):
    dump = load()

    def test_prices_are_text_and_absent_ones_are_left_out(self):
        tiered = Tiered(base=Decimal("1.50"), tiers=[Plain(start=200000, price=Decimal("3"))])
        made = self.dump.price(Plain(input_mtok=tiered, output_mtok=Decimal("6"), cache_read_mtok=None, _hidden=1))
        self.assertEqual(
            made, {"input_mtok": {"base": "1.50", "tiers": [{"over": 200000, "price": "3"}]}, "output_mtok": "6"}
        )

    def test_a_float_is_refused(self):
        with self.assertRaisesRegex(TypeError, "float"):
            self.dump.price(Plain(input_mtok=0.1))

    def test_clauses_nest(self):
        match = Plain(or_=[Plain(equals="a"), Plain(and_=[Plain(regex="b")])])
        self.assertEqual(self.dump.clause(match), {"or": [{"equals": "a"}, {"and": [{"regex": "b"}]}]})

    def test_constraints_become_dates_or_hours(self):
        utc = datetime.timezone.utc
        self.assertEqual(self.dump.constraint(None), {})
        self.assertEqual(self.dump.constraint(Plain(start_date=datetime.date(2026, 2, 1))), {"from": "2026-02-01"})
        hours = Plain(start_time=datetime.time(16, 30, tzinfo=utc), end_time=datetime.time(0, 30, tzinfo=utc))
        self.assertEqual(self.dump.constraint(hours), {"hours_utc": "16:30-00:30"})

    def test_hours_of_another_zone_are_refused(self):
        east = datetime.timezone(datetime.timedelta(hours=8))
        hours = Plain(start_time=datetime.time(1, tzinfo=east), end_time=datetime.time(2, tzinfo=east))
        with self.assertRaisesRegex(ValueError, "UTC"):
            self.dump.constraint(hours)


if __name__ == "__main__":
    unittest.main()
