# SPDX-License-Identifier: Apache-2.0
"""What model calls cost, whether the budget holds, who spends and why it changed: for those who answer for the bill."""

from grafana_foundation_sdk.models import dashboard

from source import drivers
from source.assembly import assemble
from source.common import data_begin_panel, link
from source.coverage import (BEFORE_COVERED, COVERED, IS_THIS_MONTH, IS_TODAY, SECONDS_LEFT_OF_MONTH, WEEK_AGO_COVERED, existed,
                             first_sample, only, unless)
from source.layout import Row, Section
from source.panels import bars_panel, lines_panel, stat_panel
from source.parts import COUNT, DATE, DOLLARS, SHARE, Looks, Query
from source.queries import (BUILD, CALLS, COST, PROVIDER_COST, RANGE, SOURCE_COST, UNPRICED_CALLS, bars, bars_by_label, by_label,
                            gained, ratio, share)
from source.tables import Column, table_panel
from source.variables import BAR, BUDGET, LABEL, LABEL_VALUE, MODEL, OPERATION, PROVIDER

_MONEY = Looks(DOLLARS, 2)
_PER_CALL = Looks(DOLLARS, 4)
_CALLS = Looks(COUNT)
# More spending is red, less is green.
_CHANGE = Looks(SHARE, 1, lowest=None, steps=[(None, "green"), (0, "text"), (0.1, "orange"), (0.3, "red")])
_EFFECT = Looks(DOLLARS, 2, lowest=None, steps=[(None, "green"), (-0.005, "text"), (0.005, "red")])
_BUDGET = Looks(SHARE, 0, steps=[(None, "green"), (0.8, "orange"), (1, "red")])
_LEFT = Looks(DOLLARS, 2, lowest=None, steps=[(None, "red"), (0, "text")])

_ABSOLUTE = "Needs a time range relative to now, and the exporter scraped in it"
_NO_BUDGET = "Needs a budget above 0 and a time range relative to now"
_NO_COST = "No priced call in this range"
_NO_WEEKS = "Needs 14 days of data"
_NO_BEFORE = "No data for the whole period before"
_LIST = "Dollars are at list prices, unless your price files say otherwise; calls without a known price add nothing."
_TIME_ZONE = "in the time zone of the dashboard"

_TOTAL = gained(COST.where())
# After a restart no series of cost exists until the next call.
_SPENT = f"({_TOTAL} or 0 * count(last_over_time({BUILD.where()}[{RANGE}])))"
# Without a value while the variable is empty or 0.
_LIMIT = "(vector($budget+0) > 0)"
# Average of the last seven days, or of the days that exist, from one day on.
_HOURLY_BASIS = f"(time() - {first_sample('7d')})"
_PACE = f"({gained(COST.where(), window='7d')} / clamp_max({_HOURLY_BASIS} >= 86400, 604800))"
_FORECAST = f"({_SPENT} + {_PACE} * {SECONDS_LEFT_OF_MONTH})"
_WEEK = gained(COST.where(), window="7d")
_WEEK_BEFORE = gained(COST.where(), window="7d", offset="7d")


def _this_month(expression: str, name: str) -> tuple[Query, Query]:
    """A figure of the month, under another name if the data do not reach back to the first day."""
    month = only(expression, IS_THIS_MONTH)
    return Query(f"({month}) and on () {COVERED}", name), Query(unless(month, COVERED), "since data begins")


def _runs_out() -> str:
    seconds = f"(({_LIMIT} - {_SPENT} > 0) / {_PACE})"
    return only(f"(time() + ({seconds} < {SECONDS_LEFT_OF_MONTH})) * 1000", IS_THIS_MONTH)


def _headline() -> Row:
    today = stat_panel(
        "Today", f"Cost since midnight {_TIME_ZONE}, and at the same hours a week ago. {_LIST} Empty if the dashboard has an "
        "absolute range, because Grafana then ignores the panel's own range.", _ABSOLUTE, _MONEY,
        Query(only(_SPENT, IS_TODAY), "today"),
        Query(only(only(gained(COST.where(), offset="7d"), IS_TODAY), WEEK_AGO_COVERED), "a week ago"), since="now/d", named=True)
    month = stat_panel(
        "Month to date", f"Cost since the first day of the month {_TIME_ZONE}. If the stored data do not reach back that far, "
        f"the figure is called 'since data begins', and the time of the first sample is next to it. {_LIST}", _ABSOLUTE, _MONEY,
        *_this_month(_SPENT, "month to date"),
        Query(unless(only(f"{first_sample()} * 1000", IS_THIS_MONTH), COVERED), "data since"),
        since="now/M", named=True, each={"data since": Looks(DATE)})
    forecast = stat_panel(
        "Forecast for the month", "Month to date, plus the average per hour of the last seven days for each hour that is left. "
        "The seven days contain each weekday once. Needs one day of data; with fewer than seven, it takes the average of these. "
        "Days before the data begin are missing.", "Needs a day of data and a time range relative to now", _MONEY,
        *_this_month(_FORECAST, "end of the month"), since="now/M", named=True)
    used = stat_panel(
        "Budget used", "Month to date as a share of the variable `budget`, and the share that the forecast reaches at the end of "
        "the month. Orange from 80 %, red from 100 %.", _NO_BUDGET, _BUDGET,
        *_this_month(f"{_SPENT} / {_LIMIT}", "used"),
        Query(only(f"{_FORECAST} / {_LIMIT}", IS_THIS_MONTH), "forecast"), since="now/M", named=True)
    left = stat_panel(
        "Budget left", "The variable `budget` minus the month to date. Red if overspent. Too high if the data begin after the "
        "first day of the month; the name says so. If the pace of the last seven days uses the budget up before the month ends, "
        "the panel also shows when.",
        _NO_BUDGET, _LEFT, *_this_month(f"{_LIMIT} - {_SPENT}", "left"), Query(_runs_out(), "runs out"),
        since="now/M", named=True, each={"runs out": Looks(DATE, lowest=None, steps=[(None, "red")])})
    week = stat_panel(
        "Change against last week", "Cost of the last seven days against the seven days before. Needs data from 14 days ago.",
        _NO_WEEKS, _CHANGE, Query(only(f"{_WEEK} / ({_WEEK_BEFORE} > 0) - 1", existed("14d"))))
    return Row(6, [today, month, forecast, used, left, week])


def _range() -> Row:
    cost = stat_panel(
        "Cost in this range", f"Cost in the time range of the dashboard, by the filters above. {_LIST} If the range begins "
        "before the data, the figure is called 'since data begins'.", _NO_COST, _MONEY,
        Query(only(_TOTAL, COVERED), "whole range"), Query(unless(_TOTAL, COVERED), "since data begins"), named=True)
    calls = stat_panel("Calls", "Calls in this range, including failed ones and calls without a price.", "No call in this range",
                       _CALLS, Query(gained(CALLS.where())))
    each = stat_panel(
        "Cost per call", "Cost in this range divided by all calls, including failed ones and calls without a price, which add "
                         "no dollars.",
        _NO_COST, _PER_CALL, Query(ratio(_TOTAL, gained(CALLS.where()))))
    unpriced = stat_panel(
        "Calls without a price", "Share of calls that have tokens or billed units and no known price: their cost is "
        "missing in every figure here. The filter by operation does not apply to them. The dashboard Trust lists them.",
        "No call in this range", Looks(SHARE, 2, highest=1, steps=[(None, "green"), (0.001, "orange"), (0.01, "red")]),
        Query(share(gained(UNPRICED_CALLS.where()), gained(CALLS.where()))))
    estimated = stat_panel(
        "Estimated cost", "Share of dollars that rest on an assumption, such as the price of a similar model. Filters by model "
        "and operation do not apply. The dashboard Trust has the reasons.", _NO_COST,
        Looks(SHARE, 1, highest=1, steps=[(None, "green"), (0.05, "orange"), (0.2, "red")]),
        Query(share(gained(SOURCE_COST.where('source="estimated"')), gained(SOURCE_COST.where()))))
    return Row(4, [cost, data_begin_panel(), calls, each, unpriced, estimated])


def _over_time() -> list[Row]:
    text = "Each bar is the cost of the interval that begins at its left edge; the last one is not over yet."
    model = bars_panel("Cost by model", f"{text} {_LIST}", _NO_COST, _MONEY, Query(bars(COST.where(), "model"), "{{model}}"))
    provider = bars_panel(
        "Cost by provider", f"{text} Providers as in the price book. Filters by model and operation do not apply: this family "
        "has no such labels.", _NO_COST, _MONEY, Query(bars(PROVIDER_COST.where(), "provider"), "{{provider}}"))
    operation = bars_panel("Cost by operation", f"{text} `_idle` is the time of machines without calls.", _NO_COST, _MONEY,
                           Query(bars(COST.where(), "operation"), "{{operation}}"))
    label = bars_panel(
        "Cost by label", f"{text} The variable `label` chooses one of your own labels. `(none)` are calls without a value; if it "
        "is all you see, name labels under `labels:` in the exporter's settings.", _NO_COST, _MONEY,
        Query(bars_by_label(COST.where()), "{{value}}"))
    trend = lines_panel(
        "Daily trend", "Cost of each day (24 hours from the point on; the last one is not over yet), and the average of the "
        "seven days before it, where they have data.", _NO_COST, _MONEY,
        Query(gained(COST.where(), window="1d", offset="-1d"), "day"),
        Query(only(f"{gained(COST.where(), window='7d')} / 7", existed("7d")), "average of seven days"))
    for target in trend.targets or []:
        target.interval = "1d"  # type: ignore[attr-defined]
    trend.interval, trend.max_data_points = "1d", 1000
    return [Row(10, [model]), Row(9, [provider, operation]), Row(9, [label, trend])]


def _drivers() -> Row:
    before = only(drivers.BEFORE, BEFORE_COVERED)
    panel = stat_panel(
        "What drove the change", "From left to right: the cost of the period before (as long as this range), five effects that "
        "add up to the change, and the cost of this range. Volume: more or fewer calls. Mix of models: calls moved to dearer or "
        "cheaper models and operations; new ones are here. Tokens per call: longer input or output. Cache share: a different "
        "split of these tokens into classes, above all cached input. Price: dollars per token of a class, and fees and costs "
        "that have no tokens. Each effect is measured with the ones to its left applied.", _NO_BEFORE, _EFFECT,
        Query(before, "before"),
        *(Query(only(effect, BEFORE_COVERED), name) for name, effect in drivers.EFFECTS.items()),
        Query(only(drivers.NOW, BEFORE_COVERED), "now"),
        named=True, each={"before": _MONEY, "now": _MONEY})
    return Row(5, [panel])


def _table() -> Row:
    by = ("model",)
    now, before = by_label(COST.where(), *by), by_label(COST.where(), *by, offset=RANGE)
    return Row(12, [table_panel(
        "Label by model", "One row for each value of the label and model. Share: of all dollars of the table. Change: against "
        "the period before, if it has data; `new` for rows without cost then. Change in dollars also has rows that cost "
        "nothing now. Calls include failed ones and calls without a price.", _NO_COST,
        {"value": "Label", "model": "Model"},
        Column("Cost", f"{now} > 0", _MONEY),
        Column("Share", f"({now} > 0) / on () group_left () sum({now})", Looks(SHARE, 1, highest=1), gauge=True),
        Column("Change", only(f"{now} / ({before} > 0) - 1", BEFORE_COVERED), _CHANGE, empty="new"),
        Column("Change in dollars", only(f"({now} - {before} or {now} or -1 * {before}) != 0", BEFORE_COVERED), _EFFECT),
        Column("Calls", f"{by_label(CALLS.where(), *by)} > 0", _CALLS),
        Column("Cost per call", f"{now} / ({by_label(CALLS.where(), *by)} > 0)", _PER_CALL),
        links={"Label": link("attribution", "label_value", "label"), "Model": link("engineering", "model")})])


def build() -> dashboard.Dashboard:
    """The dashboard `spend`."""
    return assemble(
        "spend", "Spend", "What model calls cost: today, this month against the budget, by model, provider and label, and what "
        "drove the change.", [
            Section("Today and this month", [_headline()]),
            Section("This range", [_range()]),
            Section("Cost over time", _over_time()),
            Section("Why it changed", [_drivers()]),
            Section("Who spends", [_table()]),
        ], [PROVIDER, MODEL, OPERATION, LABEL, LABEL_VALUE, BUDGET, BAR])
