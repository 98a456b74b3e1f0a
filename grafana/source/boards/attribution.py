# SPDX-License-Identifier: Apache-2.0
"""Who spends: cost and calls by one of the user's own labels, such as team, user, agent or feature."""

from grafana_foundation_sdk.models import dashboard

from source.assembly import assemble
from source.coverage import BEFORE_COVERED, only
from source.common import data_begin_panel, link
from source.layout import Row, Section
from source.panels import bars_panel, ranking_panel, stat_panel, text_panel
from source.parts import COUNT, DOLLARS, SHARE, Looks, Query
from source.queries import CALLS, COST, ERRORS, RANGE, TOKENS, UNPRICED_CALLS, bars_by_label, by_label, gained, ratio, share
from source.tables import Column, table_panel
from source.variables import BAR, LABEL, LABEL_VALUE, MODEL, OPERATION

_MONEY = Looks(DOLLARS, 2)
_PER_CALL = Looks(DOLLARS, 4)
_CHANGE = Looks(SHARE, 1, lowest=None, steps=[(None, "green"), (0, "text"), (0.1, "orange"), (0.3, "red")])
_SETUP = "No priced call with a label: see the last panel for how to set labels up"
_NO_COST = "No priced call in this range"
_VALUES = "`(none)` are calls without a value; if it is all you see, no label is configured under `labels:` in the settings."


def _with_value(expression: str) -> str:
    # Labels can be compared only in selectors; here the name of the label may be empty.
    return f'({expression} unless on (value) label_replace(vector(1), "value", "(none)", "", ""))'


_COST = by_label(COST.where())
_CALLS = by_label(CALLS.where())


def _headline() -> Row:
    return Row(4, [
        stat_panel("Values with cost", "Number of values of the label that had cost in this range.", _SETUP, Looks(COUNT, 0),
                   Query(f"count({_with_value(_COST)} > 0)")),
        stat_panel("Average cost per value", "Cost in this range divided by the number of values that had any: average cost "
                   "per agent, user or team. Calls without a value are left out.", _SETUP, _MONEY,
                   Query(f"avg({_with_value(_COST)} > 0)")),
        stat_panel("Dearest value", "Cost of the value that cost most in this range.", _SETUP, _MONEY,
                   Query(f"topk(1, {_with_value(_COST)} > 0)", "{{value}}"), named=True),
        stat_panel("Cost per call", "Cost in this range divided by calls, for the chosen values, including failed calls and "
                                    "calls without a price.",
                   _NO_COST, _PER_CALL, Query(f"sum({_COST}) / (sum({_CALLS}) > 0)")),
        stat_panel("Cost without a value", "Share of dollars whose calls have no value for this label: nobody can be charged for "
                   "them. 100 % if no label is configured. The filter by label value does not apply.", _NO_COST,
                   Looks(SHARE, 1, highest=1, steps=[(None, "green"), (0.05, "orange"), (0.2, "red")]),
                   Query(_without_value())),
        data_begin_panel()])


def _without_value() -> str:
    empty = gained(COST.where(), "$label")
    marked = f'label_replace({empty}, "valued", "yes", "$label", ".+")'
    return f"(sum({marked} unless on (valued) label_replace(vector(1), \"valued\", \"yes\", \"\", \"\")) or vector(0)) / " \
           f"(sum({empty}) > 0)"


def _rankings() -> list[Row]:
    return [
        Row(12, [
            ranking_panel("Top 20 by cost", f"Dearest values of the label in this range. {_VALUES}", _SETUP, _MONEY,
                          Query(f"sort_desc(topk(20, {_COST} > 0))", "{{value}}")),
            ranking_panel("Top 20 by cost per call", "Values whose calls cost most on average in this range. "
                                                     f"{_VALUES}", _SETUP, _PER_CALL,
                          Query(f"sort_desc(topk(20, {_COST} / ({_CALLS} > 0) > 0))", "{{value}}"))]),
        Row(10, [bars_panel(
            "Cost over time", "Each bar is the cost of the interval that begins at its left edge; the last one is not over yet. "
                              f"{_VALUES}",
            _SETUP, _MONEY, Query(bars_by_label(COST.where()), "{{value}}"))]),
        Row(10, [bars_panel(
            "Cost by model of the chosen values", "What the values chosen above spend on which models.", _SETUP, _MONEY,
            Query(bars_by_label(COST.where(), "model"), "{{model}}"))])]


def _table() -> Row:
    before = by_label(COST.where(), offset=RANGE)
    return Row(12, [table_panel(
        "All values", "One row for each value of the label in this range. Change: against the period before, if it has data; "
        f"`new` for values without cost then. Without a price: calls that have tokens or billed units and no known price. "
        f"{_VALUES}", _SETUP, {"value": "Value"},
        Column("Cost", f"{_COST} > 0", _MONEY),
        Column("Share", f"({_COST} > 0) / on () group_left () sum({_COST})", Looks(SHARE, 1, highest=1), gauge=True),
        Column("Change", only(f"{_COST} / ({before} > 0) - 1", BEFORE_COVERED), _CHANGE, empty="new"),
        Column("Calls", f"{_CALLS} > 0", Looks(COUNT)),
        Column("Cost per call", ratio(_COST, _CALLS), _PER_CALL),
        Column("Tokens", f"{by_label(TOKENS.where())} > 0", Looks(COUNT)),
        Column("Failed", share(by_label(ERRORS.where()), _CALLS), Looks(SHARE, 2, highest=1)),
        Column("Without a price", share(by_label(UNPRICED_CALLS.where()), _CALLS), Looks(SHARE, 2, highest=1)),
        links={"Value": link("attribution", "label_value", "label")})])


_HOW = """Labels come from attributes of spans, of their resource, or of a span above. In the exporter's settings:

```yaml
labels:
  - name: team
    from: [span.team, ancestor.team, resource.team]
  - name: agent
    from: [span.gen_ai.agent.name, ancestor.gen_ai.agent.name]
```

After a restart, new calls have the labels, and the variable **Label** lists them."""


def _how() -> Row:
    return Row(8, [text_panel("How to have labels", "How to give calls labels of your own.", _HOW)])


def build() -> dashboard.Dashboard:
    """The dashboard `attribution`."""
    return assemble(
        "attribution", "Attribution", "Who spends: cost and calls by one of your own labels, chosen by the variable Label.", [
            Section("By the chosen label", [_headline()]),
            Section("Rankings", _rankings()),
            Section("Table", [_table()]),
            Section("Set up", [_how()]),
        ], [MODEL, OPERATION, LABEL, LABEL_VALUE, BAR])
