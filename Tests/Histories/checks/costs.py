# SPDX-License-Identifier: Apache-2.0
"""Costs by period and group, in every form and page by page."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .. import calendars
from ..asking import LINE_KEYS, ROLLUP_KEYS, Asker, Kept, Period
from ..sums import MEASURES, Condition, Sums, chosen

PATH = "/api/v1/costs"


@dataclass(frozen=True)
class Question:
    """What is asked, and the rows that have to come, in their order."""

    period: Period
    granularity: str
    keys: Sequence[str]
    measures: Sequence[str]
    conditions: Sequence[Condition]
    order: Sequence[str]

    def parameters(self, **more: str) -> dict[str, str]:
        parameters = {"granularity": self.granularity, "group_by": ",".join(self.keys), "measures": ",".join(self.measures),
                      "where": ",".join(condition.text for condition in self.conditions), "order_by": ",".join(self.order)}
        return {name: value for name, value in (dict(self.period.parameters) | parameters | more).items() if value}

    def rows(self, kept: Kept) -> list[tuple[int, tuple[str, ...], Sums]]:
        """Begin of the period, values and sums of each row."""
        groups = defaultdict(list)
        for call in chosen(kept.within(self.period.first, self.period.last), self.conditions):
            begin = self.period.first
            if self.granularity != "total":
                begin = calendars.begin(self.granularity, call.minute, self.period.zone)
            groups[begin, tuple(map(call.value, self.keys))].append(call)
        rows = [(begin, names, Sums(calls)) for (begin, names), calls in groups.items()]
        rows.sort(key=lambda row: (row[0], row[1]))
        for field in reversed(self.order or self._usual_order):
            name = field.removeprefix("-")
            rows.sort(key=lambda row: self._place(row, name), reverse=field != name)
        return rows

    @property
    def _usual_order(self) -> list[str]:
        first = "cost" if "cost" in self.measures or not self.measures else self.measures[0]
        return ([] if self.granularity == "total" else ["time"]) + [f"-{first}"]

    def _place(self, row: tuple[int, tuple[str, ...], Sums], name: str) -> Any:
        if name == "time":
            return row[0]
        return row[1][self.keys.index(name)] if name in self.keys else row[2].place(name)

    def line(self, row: tuple[int, tuple[str, ...], Sums], as_number: bool) -> dict[str, Any]:
        """A row as the answer has it; none of them is provisional."""
        begin, names, sums = row
        line: dict[str, Any] = {} if self.granularity == "total" else {"time": calendars.text(begin, self.period.zone)}
        line |= {key: name or None for key, name in zip(self.keys, names, strict=True)}
        for measure in self.measures or ("cost", "tokens", "calls"):
            line[measure] = sums.value(measure, as_number)
            if measure == "cost":
                line["known_cost"] = sums.value("known_cost", as_number)
                line |= {"reason": sums.reason} if sums.reason else {}
        return line


def random_question(kept: Kept, first: int, last: int, of_rollups: bool = False) -> Question:
    """A question about some minutes or a part of them; one that roll-ups answer alone is about whole quarters of an hour."""
    rng, period = kept.rng, kept.period(first, last)
    if of_rollups:
        period = replace(period, first=period.first // 15 * 15, last=-(-period.last // 15) * 15)
    calls = kept.within(period.first, period.last)
    shortest = 1 if period.last - period.first < 9_000 * 60 else 2
    granularity = rng.choice(("total", *calendars.GRANULARITIES[shortest:]))
    keys, conditions = kept.keys(6, calls), kept.conditions(calls)
    if of_rollups:
        known = {*LINE_KEYS, rng.choice(ROLLUP_KEYS)}
        keys = [key for key in keys if key in known]
        conditions = [condition for condition in conditions if condition.key in known]
    measures = rng.sample(MEASURES, rng.choice([0, 1, 3, len(MEASURES)]))
    fields = [*keys, *(measures or ["cost", "tokens", "calls"]), *([] if granularity == "total" else ["time"])]
    order = [rng.choice(["", "-"]) + name for name in rng.sample(fields, rng.randrange(min(3, len(fields)) + 1))]
    return Question(period, granularity, keys, measures, conditions, order)


def check(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """Compares one answer, its pages and its other forms."""
    yield from _check(kept, asker, random_question(kept, first, last))


def check_rollups(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """The same from roll-ups alone, of a service that keeps no calls."""
    yield from _check(kept, asker, random_question(kept, first, last, of_rollups=True))


def _check(kept: Kept, asker: Asker, question: Question) -> Iterator[str]:
    rows = question.rows(kept)
    form = kept.rng.choice(["json", "json", "pages", "flat", "csv"])
    if form == "flat":
        answer = asker.json(PATH, question.parameters(limit="10000", format="flat"))
        yield from _different(answer, [question.line(row, True) for row in rows])
    elif form == "csv":
        yield from _different_text(asker.text(PATH, question.parameters(limit="10000", format="csv")), question, rows)
    else:
        limit = 10_000 if form == "json" else kept.rng.randrange(max(1, len(rows) // 6), 1 + max(1, len(rows)))
        yield from _pages(asker, question, rows, limit)


def _pages(asker: Asker, question: Question, rows: list[tuple[int, tuple[str, ...], Sums]], limit: int) -> Iterator[str]:
    got: list[Any] = []
    cursor = ""
    while True:
        answer = asker.json(PATH, question.parameters(limit=str(limit), cursor=cursor))
        got += answer["rows"]
        if answer["provisional"]:
            yield "the answer is provisional, and the calls are days old"
        if (answer["from"], answer["to"]) != question.period.texts:
            yield f"the answer is about {answer['from']} to {answer['to']}, not {' to '.join(question.period.texts)}"
        is_last = len(got) >= len(rows)
        if answer["truncated"] == is_last or (answer["next"] is None) != is_last:
            yield f"behind {len(got)} of {len(rows)} rows, truncated is {answer['truncated']} and next {answer['next']}"
        cursor = answer["next"] or ""
        if not cursor:
            break
    yield from _different(got, [question.line(row, False) for row in rows])


def _different(got: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> Iterator[str]:
    if len(got) != len(wanted):
        yield f"{len(got)} rows instead of {len(wanted)}"
    for index, (one, other) in enumerate(zip(got, wanted)):
        if one != other:
            yield f"row {index} is {_shown(one, other)} instead of {_shown(other, one)}"
            return


def _shown(line: dict[str, Any], other: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in line.items() if other.get(key, "") != value}, default=str)


def _different_text(text: str, question: Question, rows: list[tuple[int, tuple[str, ...], Sums]]) -> Iterator[str]:
    got = list(csv.DictReader(io.StringIO(text)))
    wanted = []
    for row in rows:
        line = question.line(row, True)
        if "known_cost" in line:
            line.setdefault("reason", None)
        wanted.append({key: _cell(key, value, question.keys) for key, value in line.items()})
    yield from _different(got, wanted)


def _cell(key: str, value: Any, keys: Sequence[str]) -> str:
    if value is None:
        return ""
    # What a spreadsheet might take for a formula.
    return f"'{value}" if key in keys and value[0] in "=+-@\t\r" else f"{value:f}" if isinstance(value, Decimal) else str(value)
