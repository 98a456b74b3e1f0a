# SPDX-License-Identifier: Apache-2.0
"""How far the figures can be trusted: what has no price, what is estimated, what was counted once and what was not read."""

from grafana_foundation_sdk.models import dashboard

from source.assembly import assemble
from source.common import data_begin_panel, link
from source.layout import Row, Section
from source.panels import bars_panel, lines_panel, stat_panel
from source.parts import COUNT, DATE, DOLLARS, SHARE, Looks, Query
from source.queries import (CALLS, DISCREPANCY, ESTIMATED, REPORTED, SOURCE_COST, TOKENS, UNPRICED_CALLS,
                            UNPRICED_TOKENS, WITHOUT_USAGE, Family, bars, exporter, gained, or_0, share)
from source.tables import Column, table_panel
from source.variables import BAR, MODEL, OPERATION

_MONEY = Looks(DOLLARS, 2)
_COUNT = Looks(COUNT, 0)
_ALARM = Looks(COUNT, 0, steps=[(None, "green"), (1, "orange")])
_NO_CALL = "No call in this range"
_UP = "The exporter was not scraped in this range"
_ALL_PRICED = "Every call in this range has a known price"
_SPANS = exporter("spans_total")
_ANOMALIES = exporter("usage_anomalies_total")
_WORDS = exporter("read_by_words_total")
_UNREAD = exporter("unread_usage_spans_total")
_BOOK_DATE = Family("llm_price_book_timestamp_seconds")
_BOOK = Family("llm_price_book_info")
_RATES = Family("llm_price_dollars_per_million_tokens", ("model",))


def _unpriced_share(degree: float) -> Looks:
    return Looks(SHARE, 2, highest=1, steps=[(None, "green"), (degree / 10, "orange"), (degree, "red")])


def _headline() -> Row:
    return Row(5, [
        stat_panel("Calls without a price", "Share of calls that have tokens or billed units and no known price. They add "
                   "nothing to dollars. The filter by operation does not apply to them.", _NO_CALL, _unpriced_share(0.01),
                   Query(share(gained(UNPRICED_CALLS.where()), gained(CALLS.where())))),
        stat_panel("Tokens without a price", "Share of tokens that belong to calls without a known price.",
                   "No token in this range", _unpriced_share(0.01),
                   Query(share(gained(UNPRICED_TOKENS.where()), gained(TOKENS.where())))),
        stat_panel("Estimated dollars", "Share of dollars that rest on an assumption. Filters by model and operation do not "
                                        "apply.",
                   "No priced call in this range",
                   Looks(SHARE, 1, highest=1, steps=[(None, "green"), (0.05, "orange"), (0.2, "red")]),
                   Query(share(gained(SOURCE_COST.where('source="estimated"')), gained(SOURCE_COST.where())))),
        stat_panel("Calls without usage", "Share of calls that succeeded and report no token counts, so that their cost is "
                   "unknown. Often a streamed call that did not ask for usage.", _NO_CALL,
                   Looks(SHARE, 1, highest=1, steps=[(None, "green"), (0.01, "orange"), (0.1, "red")]),
                   Query(share(gained(WITHOUT_USAGE.where()), gained(CALLS.where())))),
        stat_panel("Age of prices", "Days since the date of the price book. Orange after 60 days, red after 90: new models then "
                   "have no price.", _UP, Looks("d", 0, steps=[(None, "green"), (60, "orange"), (90, "red")]),
                   Query(f"max(time() - {_BOOK_DATE.where()}) / 86400")),
        data_begin_panel()])


def _unpriced() -> list[Row]:
    by = ("model", "provider", "reason")
    return [
        Row(9, [
            table_panel("Calls without a price, by model", "What to add to your price files. The provider is the one that the "
                        "span reports. The page `/api/v1/unpriced` of the exporter has the same list with hints.", _ALL_PRICED,
                        {"model": "Model", "provider": "Provider", "reason": "Reason"},
                        Column("Calls", f"{gained(UNPRICED_CALLS.where(), *by)} > 0", _COUNT),
                        Column("Tokens", f"{gained(UNPRICED_TOKENS.where(), *by)} > 0", Looks(COUNT))),
            bars_panel("Calls without a price, over time", "Each bar is the interval that begins at its left edge, by reason.",
                       _ALL_PRICED, _COUNT, Query(bars(UNPRICED_CALLS.where(), "reason"), "{{reason}}"))], (14, 10))]


def _estimates() -> list[Row]:
    return [
        Row(9, [
            bars_panel("Dollars by source", "`computed` from the price book, `reported` by the span, `estimated` on an "
                                            "assumption.",
                       "No priced call in this range", _MONEY, Query(bars(SOURCE_COST.where(), "source"), "{{source}}")),
            bars_panel("Estimated dollars by reason", "Why a cost is an estimate. docs/metrics.md of the exporter explains each "
                                                      "reason.",
                       "No estimate in this range", _MONEY, Query(bars(ESTIMATED.where(), "reason"), "{{reason}}"))]),
        Row(9, [
            lines_panel("Reported against computed", "Dollars an hour by which costs that spans report are above or below the "
                        "price book's figures. Only calls that report a cost.", "No span reported a cost that differs from the "
                                                                                "price book",
                        Looks(DOLLARS, 4), Query(f"3600 * sum by (direction) (rate({DISCREPANCY.where()}[$__rate_interval]))",
                                                 "{{direction}}")),
            table_panel("Reported costs by model", "Costs that spans report in this range, whether or not they are in the "
                        "totals, and by how much they are above or below the price book's figures.", "No span reported a "
                                                                                                 "cost", {"model": "Model"},
                        Column("Reported", gained(REPORTED.where(), "model"), _MONEY),
                        Column("Above the book", _differing("reported_higher"), _MONEY),
                        Column("Below the book", _differing("reported_lower"), _MONEY),
                        links={"Model": link("engineering", "model")})])]


def _differing(direction: str) -> str:
    differing = gained(DISCREPANCY.where(f'direction="{direction}"'), "model")
    return f"{differing} or 0 * {gained(REPORTED.where(), 'model')}"


def _counting() -> list[Row]:
    repeated = 'outcome=~"duplicate|twin|repeats_children"'
    return [
        Row(4, [
            stat_panel("Counted and suppressed", "Spans that were counted as calls in this range, and spans that repeat a "
                       "counted call: sent again, twins, and agents above their calls. A system that adds up all spans would "
                       "count these too.", _UP, _COUNT,
                       Query(or_0(gained(_SPANS.where('outcome="counted"'))), "counted"),
                       Query(or_0(gained(_SPANS.where(repeated))), "suppressed"), named=True),
            stat_panel("Anomalies", "Contradictory or impossible numbers in calls, in this range. Filters by model and operation "
                       "do not apply.", _UP, _ALARM, Query(or_0(gained(_ANOMALIES.where())))),
            stat_panel("Unproven agents", "Agents that began before the oldest remembered span, so that the exporter cannot "
                       "tell whether they repeat their calls; it does not count them.", _UP, _ALARM,
                       Query(or_0(gained(_SPANS.where('outcome="unproven"'))))),
            stat_panel("Late, with more tokens", "Spans sent again with more tokens after the first copy was counted: the "
                       "surplus is missing.", _UP, _ALARM, Query(or_0(gained(exporter("settle_late_larger_total").where())))),
            stat_panel("Decided early", "Spans that were decided early because the settle window was full: twins may count "
                                        "twice.", _UP,
                       _ALARM, Query(or_0(gained(exporter("settle_early_total").where())))),
            stat_panel("Invalid spans", "Spans without a proper trace or span id; they are not counted.", _UP, _ALARM,
                       Query(or_0(gained(_SPANS.where('outcome="invalid"')))))]),
        Row(9, [
            bars_panel("Spans by outcome", "All spans that arrived, by what became of them. `not_a_model_call` are the other "
                       "spans of your applications.", _UP, _COUNT, Query(bars(_SPANS.where(), "outcome"), "{{outcome}}")),
            bars_panel("Anomalies by kind", "docs/metrics.md of the exporter explains each kind, and what is counted then.",
                       "No anomaly in this range", _COUNT, Query(bars(_ANOMALIES.where(), "anomaly"), "{{anomaly}}"))])]


def _reading() -> list[Row]:
    return [
        Row(8, [
            table_panel("Usage that is not read", "Spans with a token count under a key that the exporter does not read, by "
                        "instrumentation scope: these tokens are missing. The exporter's log names the keys; list them "
                        "under `attributes` in its settings.", "No usage is left unread",
                        {"scope": "Scope"}, Column("Spans", f"{gained(_UNREAD.where(), 'scope')} > 0", _ALARM)),
            table_panel("Read by words alone", "Spans that were counted as calls only because of the words in their attribute "
                        "keys, by instrumentation scope. Check one with the command `explain`.", "No span was read by words "
                                                                                                 "alone",
                        {"scope": "Scope"}, Column("Spans", f"{gained(_WORDS.where(), 'scope')} > 0", _COUNT)),
            table_panel("Other signals, not kept", "Bodies of metrics and logs that were accepted and not kept. Switch them off "
                        "in the SDK, or send them elsewhere.", "No other signal arrived", {"signal": "Signal", "scope": "Scope"},
                        Column("Bodies", f"{gained(exporter('other_signal_bodies_total').where(), 'signal', 'scope')} > "
                                         "0", _COUNT))])]


def _prices() -> list[Row]:
    return [
        Row(10, [
            table_panel("Price book in force", "Version and sources of the price book of each instance; sources include your "
                        "price files. Different versions on two instances price the same call differently.", _UP,
                        {"instance": "Instance", "version": "Version", "sources": "Sources"},
                        Column("Date of the book",
                               f"max by (instance, version, sources) ({_BOOK.where()} * on (job, instance) group_left () "
                               f"{_BOOK_DATE.where()}) * 1000", Looks(DATE))),
            table_panel("Rates in force", "Dollars per million tokens of the latest call of each model, at the default tier and "
                        "below the steps of long context.", "No call had a known price",
                        {"model": "Model", "provider": "Provider", "token_type": "Class"},
                        Column("Dollars per million", f"max by (model, provider, token_type) ({_RATES.where()})",
                               Looks(DOLLARS, 3)))])]


def build() -> dashboard.Dashboard:
    """The dashboard `trust`."""
    return assemble(
        "trust", "Trust", "How far the figures can be trusted: unpriced, estimated, suppressed, late, contradictory and "
                          "unread.", [
            Section("At a glance", [_headline()]),
            Section("Without a price", _unpriced()),
            Section("Estimated and reported", _estimates()),
            Section("Counted once", _counting()),
            Section("Not read", _reading()),
            Section("Prices", _prices()),
        ], [MODEL, OPERATION, BAR])
