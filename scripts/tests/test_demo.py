# SPDX-License-Identifier: Apache-2.0
"""The simulated company is the same at each run, and the proof asks as Grafana asks."""

import json
import sys
import unittest
from collections import Counter
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "grafana"))

from demo import models, otlp  # noqa: E402
from demo.ledger import Ledger  # noqa: E402
from demo.proof.intervals import seconds, steps  # noqa: E402
from demo.proof.rules import Rule  # noqa: E402
from demo.proof.variables import UnknownVariable, Values, Window, default, kept  # noqa: E402
from demo.spans import SECOND  # noqa: E402
from demo.week import DAY, HOUR, Week  # noqa: E402

# A Wednesday, 17:00 UTC.
NOW = int(datetime(2026, 11, 4, 17, tzinfo=timezone.utc).timestamp())


def bodies(week: Week) -> list[str]:
    spans = [span for trace in week.traces() for span in trace]
    return [body for body, _ in otlp.bodies(spans, week.seed)]


class Company(unittest.TestCase):
    week = Week(NOW, days=7, volume=0.1)

    def test_the_same_week_has_the_same_spans_and_another_seed_others(self):
        self.assertEqual(bodies(self.week), bodies(Week(NOW, days=7, volume=0.1)))
        self.assertNotEqual(bodies(self.week), bodies(Week(NOW, days=7, volume=0.1, seed=2)))

    def test_spans_are_within_the_week_and_bodies_in_order(self):
        ends = []
        for body in bodies(self.week):
            spans = [span for scope in json.loads(body)["resourceSpans"][0]["scopeSpans"] for span in scope["spans"]]
            ends.append(max(int(span["endTimeUnixNano"]) for span in spans))
            self.assertTrue(all(int(span["startTimeUnixNano"]) < int(span["endTimeUnixNano"]) for span in spans))
        self.assertEqual(ends, sorted(ends))
        self.assertEqual((ends[0], ends[-1]), (self.week.start * SECOND, self.week.end * SECOND))

    def test_a_span_id_is_used_once(self):
        ids = Counter(span.span_id for trace in self.week.traces() for span in trace)
        self.assertEqual(max(ids.values()), 1)

    def test_the_events_are_in_the_week(self):
        for hour in range(24):
            week = Week(NOW + hour * HOUR, days=7)
            self.assertLess(week.end - week.loop, DAY + 2 * HOUR)
            self.assertLess(week.loop + 90 * 60, week.end)
            self.assertTrue(week.start < week.failure < week.failure + HOUR < week.end)

    def test_the_ledger_is_the_sum_of_tokens_and_prices(self):
        ledger = Ledger(self.week.price_change)
        for trace in self.week.traces():
            ledger.add(trace)
        total = Decimal(0)
        for trace in self.week.traces():
            for span in trace:
                call = span.call
                if not call or not call.model.is_priced:
                    continue
                if call.reported_microdollars is not None:
                    total += Decimal(call.reported_microdollars) / 1_000_000
                    continue
                day = datetime.fromtimestamp(call.end / SECOND, timezone.utc).date()
                is_new = call.model.new_rates and day >= self.week.price_change
                rates = call.model.new_rates if is_new else call.model.rates
                for kind, count in call.tokens.items():
                    whole = {"reasoning": "output", "cache_read": "input", "cache_write": "input"}.get(kind, kind)
                    total += count * Decimal(rates.get(kind, rates[whole])) / 1_000_000
        self.assertEqual(ledger.dollars, total)
        self.assertEqual({"counted", "twin", "repeats_children", "not_a_model_call"}, set(ledger.fates))
        self.assertEqual(ledger.fates["counted"], sum(ledger.calls.values()))

    def test_every_priced_model_is_in_the_price_file(self):
        text = models.price_file(self.week.price_change)
        for model in models.ALL:
            self.assertEqual(f'names: ["{model.name}"]' in text, model.is_priced)
        self.assertIn(f"from: {self.week.price_change}", text)


class Queries(unittest.TestCase):
    def test_intervals_are_those_of_grafana(self):
        # Range, scrape interval, columns, points and smallest interval; step and $__rate_interval.
        rows = [
            ((6 * HOUR, 15, 24, None, None), (15, 60)),
            ((7 * DAY, 15, 24, None, None), (300, 315)),
            ((7 * DAY, 15, 12, None, None), (600, 615)),
            ((7 * DAY, 15, 24, 1_000, "1h"), (3_600, 3_615)),
            ((30 * DAY, 60, 8, None, None), (3_600, 3_660)),
            ((HOUR, 60, 24, None, None), (60, 240)),
        ]
        for arguments, expected in rows:
            found = steps(*arguments)
            self.assertEqual((found.step, found.rate), expected, arguments)
        self.assertEqual(seconds("1h30m"), 5_400)

    def test_variables_are_replaced_and_unknown_ones_are_an_error(self):
        values = Values({"job": ".*", "label": "team"})
        window, every = Window(0, 7_200), steps(7_200, 15, 24, None, None)
        query = 'label_replace(sum by ($label) (rate(a{job=~"${job}"}[$__rate_interval])), "x", "$1", "[[label]]", "(.*)")'
        self.assertEqual(
            values.replace(query + "[$__range:]", window, every),
            'label_replace(sum by (team) (rate(a{job=~".*"}[60s])), "x", "$1", "team", "(.*)")[7200s:]')
        with self.assertRaises(UnknownVariable):
            values.replace("$unknown", window, every)

    def test_variables_open_with_what_the_dashboard_stores(self):
        everything = {"type": "query", "current": {"value": ["$__all"]}}
        self.assertEqual(default({**everything, "allValue": ".*"}, ["a"]), ".*")
        self.assertEqual(default(everything, ["a.b", "c"]), r"(a\\.b|c)")
        self.assertEqual(default({"type": "query"}, ["first", "second"]), "first")
        self.assertEqual(default({"type": "custom", "query": "1h,6h"}, []), "1h")
        self.assertEqual(kept({"regex": "/^(?!(job|model)$).+$/"}, ["job", "team", "model"]), ["team"])
        self.assertEqual(kept({"regex": '/="([^"]+)"/'}, ['{team="a"} 1 2', '{team="b"} 1 2']), ["a", "b"])

    def test_an_alert_reads_what_it_does_not_expect_to_be_absent(self):
        expression = 'all:cost:increase1h{a="llm_text"} > scalar(llm_threshold:x) or absent(llm_y_total) and up == 0'
        rule = Rule("f", "r", expression, True)
        self.assertEqual(rule.inputs, ["all:cost:increase1h", "llm_threshold:x", "up"])


if __name__ == "__main__":
    unittest.main()
