# SPDX-License-Identifier: Apache-2.0
"""Figures of the dashboard Spend against known spending: the five effects, and ranges that the stored data do not cover."""

import json
import random
import re
import subprocess
import tempfile
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PANELS = {panel["title"]: panel for panel in json.loads((ROOT / "grafana/dashboards/spend.json").read_bytes())["panels"]}
EFFECTS = ("volume", "mix of models", "tokens per call", "cache share", "price")
SERVICE = 'job="llm-cost-exporter",instance="a:9464"'
HOUR, DAY = 3600, 86400


def query(title: str, legend: str, seconds: int, budget: str = "1000") -> str:
    """A query of the dashboard, as Grafana asks it for a range of some seconds."""
    (found,) = [target["expr"] for target in PANELS[title]["targets"] if target["legendFormat"] == legend]
    values = {"__range": f"{seconds}s", "__range_s": str(seconds), "budget": budget}
    return re.sub(r"\$([a-z_]+)", lambda name: values.get(name[1], ".*"), found)


def is_about(expression: str, value: float, tolerance: float = 1e-6) -> str:
    return f"abs(({expression}) - ({value!r})) < bool {tolerance}"


def check(series: dict[str, str], step: str, expected: list[tuple[int, str, bool | None]]) -> str:
    """What promtool objects to. Each expectation is a time, an expression and its truth, or `None` if it has no value."""
    tests = [{"eval_time": f"{seconds}s", "expr": expression,
              "exp_samples": [] if truth is None else [{"labels": "{}", "value": int(truth)}]}
             for seconds, expression, truth in expected]
    world: dict[str, Any] = {"evaluation_interval": "1h", "tests": [{
        "interval": step, "promql_expr_test": tests,
        "input_series": [{"series": name, "values": values} for name, values in series.items()]}]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.yaml"
        path.write_text(json.dumps(world), encoding="utf-8")
        done = subprocess.run([ROOT / ".build/test-tools/bin/promtool", "test", "rules", path], capture_output=True, text=True,
                              timeout=120)
    return done.stdout + done.stderr if done.returncode else ""


@dataclass
class Spending:
    """What one model and operation gains a minute."""

    calls: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    prices: dict[str, float] = field(default_factory=dict)
    fee: float = 0

    def dollars(self) -> dict[str, float]:
        priced = {kind: count * self.prices[kind] for kind, count in self.tokens.items() if kind in self.prices}
        return priced | ({"fee": self.fee} if self.fee else {})

    def cost(self) -> float:
        return sum(self.dollars().values())


def groups(tokens: dict[str, float]) -> dict[bool, float]:
    """Sums over the classes of input and over those of output."""
    sums = {True: 0.0, False: 0.0}
    for kind, count in tokens.items():
        sums[kind == "input" or kind.startswith(("cache_", "input_"))] += count
    return sums


def known_effects(before: dict[str, Spending], now: dict[str, Spending]) -> dict[str, float]:
    """The effects from the spending itself, by the definition in grafana/README.md."""
    names = set(before) | set(now)
    calls = [sum(period[name].calls for name in period) for period in (before, now)]
    old = {name for name in names if name in before and before[name].calls and before[name].cost()}
    base = sum(spending.cost() for spending in before.values())
    volume = base * calls[1] / calls[0]
    mix = per_call = split = sum(now[name].cost() for name in now if name not in old)
    for name in old:
        was, is_now = before[name], now.get(name, Spending())
        growth = is_now.calls / was.calls
        mix += was.cost() * growth
        fee = was.fee * growth
        spent = {kind: value for kind, value in was.dollars().items() if kind != "fee"}
        spends = {kind: value for kind, value in is_now.dollars().items() if kind != "fee"}
        tokens = [groups(period.tokens) for period in (was, is_now)]
        dollars = [groups(period) for period in (spent, spends)]
        per_call += fee + sum(tokens[1][group] * dollars[0][group] / tokens[0][group] if dollars[0][group] else dollars[1][group]
                              for group in (True, False))
        split += fee + sum(count * spent[kind] / was.tokens[kind] if kind in spent else spends.get(kind, 0)
                           for kind, count in is_now.tokens.items())
    total = sum(spending.cost() for spending in now.values())
    return dict(zip(EFFECTS, (volume - base, mix - volume, per_call - mix, split - per_call, total - split)))


def random_spending(random_: random.Random, priced: bool) -> Spending:
    kinds = random_.sample(["input", "cache_read", "cache_write", "output", "reasoning"], random_.randint(2, 5))
    return Spending(calls=random_.randint(1, 9), tokens={kind: random_.randint(1, 999) for kind in kinds},
                    prices={kind: random_.randint(1, 99) / 1e4 for kind in kinds} if priced else {},
                    fee=random_.choice([0, 0, 0.25]))


class Drivers(unittest.TestCase):
    def series(self, before: dict[str, Spending], now: dict[str, Spending]) -> dict[str, str]:
        """Counters that gain evenly for an hour as before, and for an hour as now. A new series begins at 0 in between."""
        found: dict[str, list[float]] = {}
        for period, spendings in enumerate((before, now)):
            for name, spending in spendings.items():
                operation = "_idle" if name == "idle" else "chat"
                labels = f'{SERVICE},model="{name}",operation="{operation}"'
                gains = {f"llm_requests_total{{{labels}}}": float(spending.calls)} if spending.calls else {}
                if spending.cost():
                    gains[f"llm_cost_dollars_total{{{labels}}}"] = spending.cost()
                for family, values in (("llm_tokens_used_total", spending.tokens),
                                       ("llm_token_cost_dollars_total", spending.dollars())):
                    gains |= {f'{family}{{{labels},token_type="{kind}"}}': float(value) for kind, value in values.items()}
                for series, gain in gains.items():
                    found.setdefault(series, [0, 0])[period] = gain
        build = {f'llm_cost_exporter_build_info{{{SERVICE},version="1"}}': "1+0x120"}
        return build | {series: f"0+{was:.9f}x59 {60 * was:.9f}+{now:.9f}x60" if was else f"_x60 0+{now:.9f}x60"
                        for series, (was, now) in found.items()}

    def test_the_five_effects_are_those_of_the_definition_and_add_up(self):
        for seed in range(4):
            random_ = random.Random(seed)
            names = [f"model-{index}" for index in range(4)]
            before = {name: random_spending(random_, name != "model-3") for name in names[:3] + ["gone"]}
            now = {name: random_spending(random_, True) for name in names}
            # A model that had no price gets one, which is part of the mix, and machines are idle for longer.
            before["model-3"], now["model-3"] = random_spending(random_, False), random_spending(random_, True)
            before["idle"], now["idle"] = Spending(fee=0.5), Spending(fee=0.75)
            now["new"] = random_spending(random_, True)
            effects = known_effects(before, now)
            costs = {name: 60 * sum(spending.cost() for spending in period.values())
                     for name, period in (("before", before), ("now", now))}
            self.assertAlmostEqual(costs["before"] + 60 * sum(effects.values()), costs["now"])
            expected = [(2 * HOUR, is_about(query("What drove the change", name, HOUR), 60 * value, 1e-4), True)
                        for name, value in effects.items()]
            expected += [(2 * HOUR, is_about(query("What drove the change", name, HOUR), value, 1e-4), True)
                         for name, value in costs.items()]
            with self.subTest(seed=seed):
                self.assertEqual(check(self.series(before, now), "1m", expected), "")

    def test_without_data_for_the_period_before_there_are_no_effects(self):
        spending = {"model": random_spending(random.Random(1), True)}
        expected = [(2 * HOUR, query("What drove the change", name, 90 * 60), None) for name in (*EFFECTS, "before", "now")]
        self.assertEqual(check(self.series(spending, spending), "1m", expected), "")


class Ranges(unittest.TestCase):
    """The clock of these tests begins at midnight of the first day of January, in UTC. A dollar is spent every five minutes."""

    def series(self, begins: int = 0, started: int = 0) -> dict[str, str]:
        missing, samples = begins // 300, (31 * DAY - begins) // 300
        start = f"_x{missing} " if missing else ""
        return {
            f'llm_cost_dollars_total{{{SERVICE},model="m",operation="chat"}}': f"{start}0+1x{samples}",
            f'llm_cost_exporter_build_info{{{SERVICE},version="1"}}': f"{start}1+0x{samples}",
            f"process_start_time_seconds{{{SERVICE}}}": f"{start}{started}+0x{samples}"}

    def test_a_month_with_all_its_data_has_its_name_and_a_forecast(self):
        now = 10 * DAY + 5 * HOUR
        spent, month = now / 300, 31 * DAY / 300
        self.assertEqual(check(self.series(), "5m", [
            (now, is_about(query("Month to date", "month to date", now), spent, 1.1), True),
            (now, query("Month to date", "since data begins", now), None),
            (now, query("Month to date", "data since", now), None),
            (now, is_about(query("Forecast for the month", "end of the month", now), month, 2.2), True),
            (now, is_about(query("Budget used", "used", now), spent / 1000, 0.002), True),
            (now, is_about(query("Budget used", "forecast", now), month / 1000, 0.003), True),
            (now, is_about(query("Budget left", "left", now), 1000 - spent, 1.1), True),
            (now, query("Budget left", "runs out", now), None),
            (3 * HOUR, is_about(query("Month to date", "month to date", 3 * HOUR), 36, 1.1), True),
            # Half a day of data is too little for a forecast.
            (12 * HOUR, query("Forecast for the month", "end of the month", 12 * HOUR), None)]), "")

    def test_a_month_whose_first_days_are_lost_is_called_otherwise_and_shows_since_when(self):
        now, begins = 12 * DAY, 10 * DAY
        series = self.series(begins, started=DAY)
        self.assertEqual(check(series, "5m", [
            (now, query("Month to date", "month to date", now), None),
            (now, is_about(query("Month to date", "since data begins", now), 2 * DAY / 300, 1.1), True),
            (now, is_about(query("Month to date", "data since", now), begins * 1000, 301_000), True),
            (now, query("Budget used", "used", now), None),
            (now, query("Cost in this range", "whole range", now), None),
            (now, is_about(query("Cost in this range", "since data begins", now), 2 * DAY / 300, 1.1), True),
            (now, is_about(query("Cost in this range", "whole range", DAY), 288, 1.1), True),
            (now, is_about(query("Data since", "of the range", now), 2 / 12, 0.001), True),
            # Two days of data give the pace of these days.
            (now, is_about(query("Forecast for the month", "since data begins", now), 21 * DAY / 300, 5), True)]), "")

    def test_a_service_that_began_within_the_month_has_spent_nothing_before(self):
        now, begins = 12 * DAY, 10 * DAY
        self.assertEqual(check(self.series(begins, started=begins - 60), "5m", [
            (now, is_about(query("Month to date", "month to date", now), 2 * DAY / 300, 1.1), True),
            (now, query("Month to date", "since data begins", now), None)]), "")

    def test_a_budget_that_ends_before_the_month_says_when(self):
        # 288 dollars a day: 1000 are spent in the fourth day.
        now = 2 * DAY
        self.assertEqual(check(self.series(), "5m", [
            (now, is_about(query("Budget left", "runs out", now), 1000 * 1000 * 300, 600_000), True)]), "")

    def test_a_budget_of_nothing_has_no_share_and_no_rest(self):
        now = 10 * DAY
        self.assertEqual(check(self.series(), "5m", [
            (now, query(title, legend, now, budget), None)
            for budget in ("", "0")
            for title, legend in [("Budget used", "used"), ("Budget used", "forecast"), ("Budget left", "left"),
                                  ("Budget left", "runs out")]]), "")

    def test_a_day_without_calls_since_a_restart_costs_nothing(self):
        # The restart is ten minutes before midnight, and the next call has not come.
        now, restart = 10 * DAY + HOUR, 10 * DAY - 600
        series = self.series()
        cost = f'llm_cost_dollars_total{{{SERVICE},model="m",operation="chat"}}'
        series[cost] = f"0+1x{restart // 300 - 1} stale"
        self.assertEqual(check(series, "5m", [
            (now, is_about(query("Today", "today", HOUR), 0), True),
            (now, is_about(query("Month to date", "month to date", now), restart / 300, 1.1), True)]), "")

    def test_today_and_the_month_are_empty_in_a_range_that_is_not_theirs(self):
        now = 10 * DAY + 5 * HOUR
        self.assertEqual(check(self.series(), "5m", [
            (now, is_about(query("Today", "today", 5 * HOUR), 60, 1.1), True),
            (now, is_about(query("Today", "a week ago", 5 * HOUR), 60, 1.1), True),
            (now, query("Today", "today", 5 * HOUR + 137), None),
            (now, query("Today", "today", 3 * DAY), None),
            (now, query("Month to date", "month to date", 5 * HOUR + 137), None),
            (now, query("Month to date", "month to date", 5 * DAY), None),
            # Too early for the same hours a week ago.
            (3 * DAY + 5 * HOUR, query("Today", "a week ago", 5 * HOUR), None)]), "")

    def test_the_change_against_last_week_needs_two_weeks_of_data(self):
        self.assertEqual(check(self.series(), "5m", [
            (15 * DAY, is_about(query("Change against last week", "__auto", DAY), 0), True),
            (13 * DAY, query("Change against last week", "__auto", DAY), None)]), "")


if __name__ == "__main__":
    unittest.main()
