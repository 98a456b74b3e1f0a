# SPDX-License-Identifier: Apache-2.0
"""One trace, one span, one session, and the export of a period."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from ..asking import Asker, Kept
from ..kept import Call, femtodollars, microseconds, read, read_lines
from ..sums import Sums
from .overviews import bill_faults


def trace(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """A trace has all of its calls, also those outside the minutes."""
    some = _some(kept, first, last)
    if some is None:
        return
    calls = [call for call in kept.calls if call.trace == some.trace]
    answer = asker.json(f"/api/v1/traces/{some.trace.upper() if kept.rng.random() < 0.2 else some.trace}")
    yield from bill_faults(answer, Sums(calls), "trace")
    yield from _times(answer, calls)
    counted = [read(span) for span in answer["spans"] if "cost" in span]
    if sorted(counted, key=_identity) != sorted(calls, key=_identity):
        yield "the spans of the trace are other ones than the export has"
    if len(answer["spans"]) - len(counted) != answer["dropped_spans"]:
        yield f"dropped_spans is {answer['dropped_spans']}, and {len(answer['spans']) - len(counted)} are listed"
    if [span["start"] for span in answer["spans"]] != sorted((span["start"] for span in answer["spans"]), key=microseconds):
        yield "the spans of the trace are not in the order of their start"


def span(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """A span is the call that the export has."""
    some = _some(kept, first, last)
    if some and read(asker.json(f"/api/v1/spans/{some.trace}/{some.span}")) != some:
        yield "the span is another one than the export has"


def session(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """A session has all of its calls, and its traces all of theirs."""
    some = _some(kept, first, last)
    if some is None or not some.value("session"):
        return
    name = some.value("session")
    calls = [call for call in kept.calls if call.value("session") == name]
    answer = asker.json(f"/api/v1/sessions/{quote(name, safe='')}")
    yield from bill_faults(answer, Sums(calls), "session")
    yield from _times(answer, calls)
    traces = {call.trace for call in calls}
    rows = {row["trace"]: row for row in answer["rows"]}
    if set(rows) != traces or len(answer["rows"]) != len(traces):
        yield f"{len(answer['rows'])} rows are about {len(rows)} traces, and the session has {len(traces)}"
    if answer["traces"] != len(traces):
        yield f"traces is {answer['traces']} instead of {len(traces)}"
    for id_ in traces & set(rows):
        own = Sums(call for call in kept.calls if call.trace == id_)
        yield from (f"trace {id_}: {fault}" for fault in bill_faults(rows[id_], own, "trace"))


def export(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """An export has the calls of its minutes, in the order of these, in both forms."""
    period = kept.period(first, last)
    wanted = kept.within(period.first, period.last)
    lines = read_lines(asker.text("/api/v1/export", dict(period.parameters) | {"format": "jsonl"}))
    if sorted(lines, key=_identity) != sorted(wanted, key=_identity):
        yield f"{len(lines)} lines are other calls than the {len(wanted)} of the period"
    if [call.minute for call in lines] != [call.minute for call in wanted]:
        yield "the lines are not in the order of their minutes"
    rows = list(csv.DictReader(io.StringIO(asker.text("/api/v1/export", period.parameters))))
    cells = [(row["trace"], row["span"], femtodollars(row["cost"]) if row["cost"] else None, int(row["input"]), row["model"])
             for row in rows]
    if cells != [(call.trace, call.span, call.cost, call.tokens.get("input", 0), call.facts["model"]) for call in lines]:
        yield "the rows of the spreadsheet are not those of the JSON lines"


def _some(kept: Kept, first: int, last: int) -> Call | None:
    calls = kept.within(first, last)
    return kept.rng.choice(calls) if calls else None


def _identity(call: Call) -> tuple[str, str]:
    return call.trace, call.span


def _times(answer: dict[str, str], calls: Sequence[Call]) -> Iterator[str]:
    wanted = (min(call.start for call in calls), max(call.end for call in calls))
    if (microseconds(answer["start"]), microseconds(answer["end"])) != wanted:
        yield f"the times are {answer['start']} to {answer['end']}"
