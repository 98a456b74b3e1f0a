# SPDX-License-Identifier: Apache-2.0
"""How calls fare: rate, errors, durations and the speed of answers, for those who run the applications."""

from grafana_foundation_sdk.models import dashboard

from source.assembly import assemble
from source.coverage import SECONDS_COVERED
from source.layout import Row, Section
from source.panels import heat_panel, lines_panel, stat_panel
from source.parts import COUNT, DOLLARS, SECONDS, SHARE, Looks, Query
from source.queries import (CALLS, COST, DURATION, ERRORS, FIRST_TOKEN, PER_TOKEN, RANGE, TOKENS, Family, gained, quantile, rate,
                            ratio, share)
from source.tables import Column, table_panel
from source.variables import MODEL, OPERATION, TEMPO

_SECONDS = Looks(SECONDS, 2)
_ERRORS = Looks(SHARE, 2, highest=1, steps=[(None, "green"), (0.01, "orange"), (0.05, "red")])
_NO_CALL = "No call in this range"
_NO_ERROR = "No call failed in this range"
_NO_STREAM = "No streamed answer in this range reported the time of its first token"
_BUCKETS = "Estimated from buckets, so exact to the next bucket bound only."
_STREAMED = "Only streamed answers whose spans report the time to the first token."
_CLICK = "Points of exemplars link to a trace in Tempo; this version of the exporter has no exemplars."


def _headline() -> Row:
    return Row(4, [
        stat_panel("Calls per second", "Calls a second, including failed ones, over the part of this range that has "
                                       "data.", _NO_CALL,
                   Looks("reqps", 2), Query(f"{gained(CALLS.where())} / {SECONDS_COVERED}")),
        stat_panel("Failed calls", "Share of calls whose spans report an error. A call that the client library repeats after an "
                   "error may be several calls.", _NO_CALL, _ERRORS,
                   Query(share(gained(ERRORS.where()), gained(CALLS.where())))),
        stat_panel("Duration, median", "Half of the calls in this range took at most this long, failed ones included. "
                                       f"{_BUCKETS}",
                   _NO_CALL, _SECONDS, Query(quantile(0.5, DURATION, window=RANGE))),
        stat_panel("Duration, p95", f"95 % of the calls in this range took at most this long, failed ones included. {_BUCKETS}",
                   _NO_CALL, _SECONDS, Query(quantile(0.95, DURATION, window=RANGE))),
        stat_panel("First token, p95", f"95 % of streamed answers began within this time. {_STREAMED} {_BUCKETS}", _NO_STREAM,
                   _SECONDS, Query(quantile(0.95, FIRST_TOKEN, window=RANGE))),
        stat_panel("Output speed", "Output tokens a second while an answer streams, on average: 1 divided by the average time "
                   f"per output token. {_STREAMED}", _NO_STREAM, Looks("suffix: tokens/s", 0), Query(_speed(window=RANGE)))])


def _speed(*by: str, window: str) -> str:
    count, seconds = (rate(PER_TOKEN.named(ending).where(), *by, window=window) for ending in ("_count", "_sum"))
    return f"{count} / ({seconds} > 0)"


def _average(family: Family, *by: str) -> str:
    total, count = (gained(family.named(ending).where(), *by) for ending in ("_sum", "_count"))
    return f"{total} / ({count} > 0)"


def _traffic() -> list[Row]:
    return [
        Row(9, [
            lines_panel("Call rate by model", "Calls a second, including failed ones.", _NO_CALL, Looks("reqps", 2),
                        Query(rate(CALLS.where(), "model"), "{{model}}"), stacked=True),
            lines_panel("Call rate by operation", "Calls a second, including failed ones.", _NO_CALL, Looks("reqps", 2),
                        Query(rate(CALLS.where(), "operation"), "{{operation}}"), stacked=True)]),
        Row(9, [
            lines_panel("Errors by type", "Failed calls a second. The type is that of the span's error or exception; `_OTHER` if "
                        "it has none.", _NO_ERROR, Looks("reqps", 3), Query(rate(ERRORS.where(), "error_type"), "{{error_type}}"),
                        stacked=True),
            lines_panel("Share of failed calls", "Failed calls as a share of all calls, for each model that had an error in "
                                                 "this range.",
                        _NO_ERROR, Looks(SHARE, 2, highest=1),
                        Query(ratio(rate(ERRORS.where(), "model"), rate(CALLS.where(), "model")), "{{model}}"))])]


def _latency() -> list[Row]:
    quantiles = [Query(quantile(share, DURATION), name) for share, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))]
    return [
        Row(9, [
            lines_panel("Duration of calls", f"Quantiles over all calls, failed ones included. {_BUCKETS} "
                                             f"{_CLICK}", _NO_CALL, _SECONDS,
                        *quantiles, exemplars=True),
            heat_panel("Durations", "How many calls took how long: the darker, the more. Two bands mean two kinds of "
                                    "calls.", _NO_CALL,
                       Looks(SECONDS), Query(rate(DURATION.named("_bucket").where(), "le"), "{{le}}"))]),
        Row(9, [
            lines_panel("Duration by model, p95", "95 % of the calls of a model take at most this long. "
                                                  f"{_BUCKETS}", _NO_CALL, _SECONDS,
                        Query(quantile(0.95, DURATION, "model"), "{{model}}")),
            lines_panel("Time to first token by model, p95", f"95 % of streamed answers begin within this time. {_STREAMED} "
                                                             f"{_CLICK}",
                        _NO_STREAM, _SECONDS, Query(quantile(0.95, FIRST_TOKEN, "model"), "{{model}}"), exemplars=True)]),
        Row(9, [
            lines_panel("Output speed by model", f"Output tokens a second while an answer streams, on average. {_STREAMED}",
                        _NO_STREAM, Looks("suffix: tokens/s", 0), Query(_speed("model", window="$__rate_interval"), "{{model}}"),
                        calculations=("mean", "min")),
            lines_panel("Time per output token, p95", f"Time between two tokens of an answer. {_STREAMED} {_BUCKETS}", _NO_STREAM,
                        Looks(SECONDS, 3), Query(quantile(0.95, PER_TOKEN, "model"), "{{model}}"))])]


def _table() -> Row:
    by = ("model", "operation")
    return Row(11, [table_panel(
        "Models", "Each model and operation in this range. Averages, not quantiles; failed calls included.", _NO_CALL,
        {"model": "Model", "operation": "Operation"},
        Column("Calls", f"{gained(CALLS.where(), *by)} > 0", Looks(COUNT)),
        Column("Failed", share(gained(ERRORS.where(), *by), gained(CALLS.where(), *by)), _ERRORS),
        Column("Average duration", _average(DURATION, *by), _SECONDS),
        Column("Average first token", _average(FIRST_TOKEN, *by), _SECONDS),
        Column("Tokens per call", ratio(gained(TOKENS.where(), *by), gained(CALLS.where(), *by)), Looks(COUNT, 0)),
        Column("Cost per call", ratio(gained(COST.where(), *by), gained(CALLS.where(), *by)), Looks(DOLLARS, 4)))])


def build() -> dashboard.Dashboard:
    """The dashboard `engineering`."""
    return assemble(
        "engineering", "Engineering", "Rate, errors, durations and speed of model calls.", [
            Section("This range", [_headline()]),
            Section("Traffic and errors", _traffic()),
            Section("Latency", _latency()),
            Section("Table", [_table()]),
        ], [MODEL, OPERATION, TEMPO], since="now-6h", refresh="1m")
