# SPDX-License-Identifier: Apache-2.0
"""Figures in the shape of Langfuse's metrics: sums, averages, extremes and counts by period and group."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from .. import calendars
from ..asking import Asker, Kept
from ..kept import Call

PATH = "/api/public/metrics"

_FIELDS = {"providedModelName": "model", "userId": "user", "sessionId": "session", "traceId": "trace", "environment": "environment",
           "agent": "agent", "team": "team", "tier": "tier"}


def _tokens(call: Call, *endings: str) -> Fraction:
    return Fraction(sum(count for name, count in call.tokens.items() if name.startswith(endings)))


_MEASURES: dict[str, Callable[[Call], Fraction | None]] = {
    "totalCost": lambda call: Fraction(call.cost or 0, 10**15) if call.has_price else None,
    "totalTokens": lambda call: _tokens(call, ""),
    "inputTokens": lambda call: _tokens(call, "input", "cache"),
    "outputTokens": lambda call: _tokens(call, "output", "reasoning"),
    "latency": lambda call: None if call.duration is None else Fraction(call.duration, 1_000),
}
_AGGREGATIONS: dict[str, Callable[[Sequence[Fraction]], Fraction | None]] = {
    "sum": lambda values: sum(values, Fraction()), "count": lambda values: Fraction(len(values)),
    "avg": lambda values: sum(values, Fraction()) / len(values) if values else None,
    "max": lambda values: max(values, default=None), "min": lambda values: min(values, default=None)}


def metrics(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """The rows of an answer, in any order."""
    rng, period = kept.rng, kept.period(first, last)
    fields = rng.sample(list(_FIELDS), rng.randrange(1, 4))
    pairs = rng.sample([(measure, aggregation) for measure in _MEASURES for aggregation in _AGGREGATIONS], rng.randrange(1, 4))
    granularity = rng.choice(["", "day", "week", "month"])
    query: dict[str, Any] = {
        "view": "observations", "dimensions": [{"field": field} for field in fields],
        "metrics": [{"measure": measure, "aggregation": aggregation} for measure, aggregation in pairs], "filters": [],
        "fromTimestamp": calendars.text(period.first, "UTC"), "toTimestamp": calendars.text(period.last, "UTC")}
    if granularity:
        query["timeDimension"] = {"granularity": granularity}
    answer = asker.json(PATH, {"query": json.dumps(query), "tz": period.zone})
    groups: dict[tuple[str, ...], list[Call]] = defaultdict(list)
    for call in kept.within(period.first, period.last):
        time = [] if not granularity else [
            str(calendars.local(calendars.begin(granularity, call.minute, period.zone), period.zone).date())]
        groups[*time, *(call.value(_FIELDS[field]) for field in fields)].append(call)
    got = {}
    for row in answer["data"]:
        time = [row["time_dimension"][:10]] if granularity else []
        got[*time, *(row[field] or "" for field in fields)] = [row[f"{aggregation}_{measure}"] for measure, aggregation in pairs]
    if len(got) != len(answer["data"]) or set(got) != set(groups):
        yield f"{len(answer['data'])} rows instead of {len(groups)}"
    for names, calls in groups.items():
        for (measure, aggregation), number in zip(pairs, got.get(names, [])):
            values = [value for call in calls if (value := _MEASURES[measure](call)) is not None]
            wanted = _AGGREGATIONS[aggregation](values)
            if not _is_close(number, wanted):
                yield f"{aggregation} of {measure} of {names} is {number} instead of {None if wanted is None else float(wanted)}"
                return


def _is_close(number: Any, wanted: Fraction | None) -> bool:
    """Averages are rounded, as are times to the microsecond."""
    if number is None or wanted is None:
        return (number or 0) == (wanted or 0)
    return abs(Fraction(number) - wanted) <= Fraction(1, 10**6) * max(1, abs(wanted))
