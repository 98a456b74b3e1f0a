# SPDX-License-Identifier: Apache-2.0
"""The dearest ones, totals, changes, and the values of dimensions."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .. import calendars
from ..asking import KEYS, LINE_KEYS, Asker, Kept, Period, Refused
from ..kept import Call, femtodollars
from ..sums import CLASSES, Sums, chosen

_LAST = 68_374_080
"""1 January 2100, behind all calls, in minutes since 1970."""


def top(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """The dearest traces, sessions, calls and groups; the order of equal ones is not asked for."""
    rng, period = kept.rng, kept.period(first, last)
    by = rng.choice(["trace", "session", "call", rng.choice([key for key in KEYS if key != "session"])])
    order, limit = rng.choice(["cost", "tokens", "calls", "duration"]), rng.choice([1, 3, 10, 1000])
    answer = asker.json("/api/v1/top", dict(period.parameters) | {"by": by, "order_by": order, "limit": str(limit)})
    subjects = _subjects(kept, period, by)
    sure = {name: calls for name, calls in subjects.items() if by != "trace" or _is_within(calls, period)}
    place = _place(by, order)
    got, names = [], set()
    for row in answer["rows"]:
        name = (row["trace"], row["span"]) if by == "call" else row[by] or ""
        if name in names or name not in subjects:
            yield f"the {by} {name!r} is {'there twice' if name in names else 'not one of the period'}"
            continue
        names.add(name)
        calls = subjects[name]
        got.append(place(calls))
        yield from (f"{by} {name!r}: {fault}" for fault in bill_faults(row, Sums(calls), by))
    wanted = sorted((place(calls) for name, calls in subjects.items() if name in names or name in sure), reverse=True)[:limit]
    # Whether a trace is one of the period depends on the call that ended first, which is not known here.
    if answer["truncated"] != (len(subjects) > limit) and len(sure) == len(subjects):
        yield f"truncated is {answer['truncated']} for {len(subjects)} rows and a limit of {limit}"
    if got != wanted:
        yield f"by {order}: {got[:12]} instead of {wanted[:12]}, of {len(subjects)}"


def _subjects(kept: Kept, period: Period, by: str) -> Mapping[Any, Sequence[Call]]:
    """What a question compares, with the calls that belong to it."""
    within = kept.within(period.first, period.last)
    groups: dict[Any, list[Call]] = defaultdict(list)
    if by == "call":
        return {(call.trace, call.span): [call] for call in within}
    if by not in ("trace", "session"):
        for call in within:
            groups[call.value(by)].append(call)
        return groups
    for call in kept.calls:
        if call.value(by):
            groups[call.value(by)].append(call)
    if by == "trace":
        # A trace belongs to the period in which the call ended that came first, and any of them may have.
        names = {call.trace for call in within}
        return {name: calls for name, calls in groups.items() if name in names}
    first, last = period.first * 60_000_000, period.last * 60_000_000
    return {name: calls for name, calls in groups.items()
            if min(call.start for call in calls) < last and max(call.end for call in calls) >= first}


def _is_within(calls: Sequence[Call], period: Period) -> bool:
    return all(period.first <= call.minute < period.last for call in calls)


def _place(by: str, order: str) -> Callable[[Sequence[Call]], int]:
    def place(calls: Sequence[Call]) -> int:
        sums = Sums(calls)
        if order == "duration" and by in ("trace", "session"):
            return max(call.end for call in calls) - min(call.start for call in calls)
        # All calls are one call.
        return sums.known if order == "calls" and by == "call" else sums.place(order)
    return place


def bill_faults(row: Mapping[str, Any], sums: Sums, by: str) -> Iterator[str]:
    """What does not hold of the figures that a trace, session, call or group has."""
    wanted: dict[str, Any] = {"cost": sums.value("cost"), "known_cost": sums.value("known_cost")}
    # Nothing was priced again.
    wanted |= {"adjusted_cost": wanted["cost"], "known_adjusted_cost": wanted["known_cost"]}
    if by in ("trace", "session"):
        tokens = {name: 0 for name in ("input", "output", "cache_read", "cache_write", "reasoning")}
        for name in tokens:
            tokens[name] = sums.value(name)
        wanted |= {"calls": len(sums.calls), "unpriced_calls": sums.unpriced, "failed_calls": sums.value("failed"),
                   "estimated_calls": sums.value("estimated"), "tokens": tokens}
        # Unknown is not free.
        is_known = sums.known != 0 or sums.unpriced == 0
        wanted["total_estimated_cost"] = sums.value("known_cost", True) if is_known else None
    elif by != "call":
        wanted |= {name: sums.value(name) for name in ("tokens", "calls", "failed", "unpriced", "duration")}
    for name, value in wanted.items():
        if row[name] != value:
            yield f"{name} is {row[name]!r} instead of {value!r}"


def summary(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """Totals of a period and of the one before; the forecast, which is about the present, has no calls."""
    period = kept.period(first, last)
    before = time.time()
    answer = asker.json("/api/v1/summary", period.parameters)
    earlier = Period(2 * period.first - period.last, period.first, period.zone, {})
    for name, got, at in (("totals", answer, period), ("before", answer["before"], earlier)):
        if (got["from"], got["to"]) != at.texts:
            yield f"{name} is about {got['from']} to {got['to']} instead of {' to '.join(at.texts)}"
        yield from (f"{name}: {fault}" for fault in _totals(kept, got["totals"], at))
    yield from _forecast(kept, answer["forecast"], period.zone, before)


def _totals(kept: Kept, got: Mapping[str, Any], period: Period) -> Iterator[str]:
    calls = kept.within(period.first, period.last)
    sums = Sums(calls)
    names = ("cost", "known_cost", "calls", "failed", "unpriced", "estimated", "streamed", "tokens", *CLASSES)
    wanted = {name: sums.value(name) for name in names}
    wanted["sessions"] = len(_subjects(kept, period, "session"))
    wanted["users"] = len({call.value("user") for call in calls} - {""})
    traces = _subjects(kept, period, "trace").values()
    if not sum(_is_within(calls, period) for calls in traces) <= got["traces"] <= len(traces):
        yield f"traces is {got['traces']}, with {len(traces)} in the period or a part of it"
    for name, value in wanted.items():
        if got[name] != value:
            yield f"{name} is {got[name]!r} instead of {value!r}"


def _forecast(kept: Kept, got: Sequence[Mapping[str, Any]], zone: str, before: float) -> Iterator[str]:
    minutes = {int(before // 60), int(time.time() // 60)}
    for line in got:
        faults = []
        for minute in minutes:
            begin = calendars.begin(line["of"], minute, zone)
            end = calendars.end(line["of"], begin, zone)
            spent = Sums(kept.within(begin, minute)).known
            if (line["from"], line["to"], femtodollars(line["so_far"])) != (
                calendars.text(begin, zone), calendars.text(end, zone), spent):
                faults.append(f"the forecast {dict(line)} is not about {calendars.text(begin, zone)} with {spent} so far")
        if len(faults) == len(minutes):
            yield faults[0]


def changes(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """The sums of both periods, which are whole quarters of an hour, and parts that add up to the change."""
    rng, period = kept.rng, kept.period(first, last)
    keys = rng.sample([*LINE_KEYS, rng.choice(["user", "team", "agent"])], rng.randrange(3))
    conditions = [one for one in kept.conditions(kept.within(first, last)) if one.key in LINE_KEYS]
    parameters = {"group_by": ",".join(keys), "where": ",".join(one.text for one in conditions)}
    begin, end = period.first // 15 * 15, -(-period.last // 15) * 15
    before, before_end, is_refused = begin - (end - begin), begin, False
    if rng.random() < 0.5:
        stated, length = first - rng.randrange(10_000), period.last - period.first
        parameters["before"] = str(stated * 60)
        shared = min(stated + length, period.last) - max(stated, period.first)
        is_refused = shared > (length // 10 if stated < period.first else 0)
        # Periods that share no minute share none when they are rounded.
        before = stated // 15 * 15
        if stated >= period.last:
            before = max(before, end)
            before_end = before + end - begin
        else:
            before = min(before, begin - (end - begin)) if shared <= 0 else before
            before_end = min(before + end - begin, begin)
    asked = dict(period.parameters) | {key: text for key, text in parameters.items() if text}
    if is_refused:
        try:
            asker.json("/api/v1/changes", asked)
        except Refused as refusal:
            if "would overlap the period of the question" not in str(refusal):
                raise
        else:
            yield "the periods overlap"
        return
    answer = asker.json("/api/v1/changes", asked)
    sums = []
    for names, at in (
        (("before_from", "before_to"), Period(before, before_end, period.zone, {})),
        (("from", "to"), Period(begin, end, period.zone, {}))):
        if (answer[names[0]], answer[names[1]]) != at.texts:
            yield f"{names[0]} and {names[1]} are {answer[names[0]]} and {answer[names[1]]} instead of {' and '.join(at.texts)}"
        sums.append(_groups(chosen(kept.within(at.first, at.last), conditions), keys or ["model"]))
    known = [sum(group.known for group in groups.values()) for groups in sums]
    for name, wanted in (("known_cost_before", known[0]), ("known_cost", known[1]), ("change", known[1] - known[0])):
        if femtodollars(answer[name]) != wanted:
            yield f"{name} is {answer[name]} instead of {wanted} femtodollars"
    if sum(map(femtodollars, answer["parts"].values())) != known[1] - known[0]:
        yield f"the parts {answer['parts']} do not add up to {known[1] - known[0]} femtodollars"
    wanted_rows = {}
    for names in {*sums[0], *sums[1]}:
        one, other = (groups.get(names, Sums([])) for groups in sums)
        wanted_rows[names] = (one.known, other.known, len(one.calls) - one.unpriced, len(other.calls) - other.unpriced)
    got_rows = {tuple(row[key] or "" for key in keys or ["model"]): (
        femtodollars(row["before"]), femtodollars(row["after"]), row["calls_before"], row["calls_after"]) for row in answer["rows"]}
    if got_rows != wanted_rows:
        yield f"the rows are {got_rows} instead of {wanted_rows}"


def _groups(calls: Sequence[Call], keys: Sequence[str]) -> dict[tuple[str, ...], Sums]:
    groups = defaultdict(list)
    for call in calls:
        groups[tuple(map(call.value, keys))].append(call)
    return {names: Sums(group) for names, group in groups.items()}


def values(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """The values of a key, in their order."""
    rng, period = kept.rng, kept.period(first, last)
    key = rng.choice(KEYS)
    calls = kept.within(period.first, period.last)
    found = sorted({call.value(key) for call in calls} - {""})
    prefix = rng.choice(found)[: rng.randrange(4)] if found else ""
    found = [value for value in found if value.startswith(prefix)]
    limit = rng.choice([1, 5, 10_000])
    answer = asker.json(f"/api/v1/dimensions/{key}/values", dict(period.parameters) | {"prefix": prefix, "limit": str(limit)})
    if (answer["values"], answer["truncated"]) != (found[:limit], len(found) > limit):
        yield f"the values are {answer['values']}, truncated {answer['truncated']}, instead of {found[:limit]} of {len(found)}"
