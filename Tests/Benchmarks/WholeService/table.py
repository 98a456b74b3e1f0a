# SPDX-License-Identifier: Apache-2.0
"""The tables, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .figures import Sample, Spread, median, ratios, wrong

BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
"""Around the table of a page."""


class Titled(Protocol):
    """What a row needs of its load."""

    name: str
    title: str

    @property
    def unit(self) -> str: ...


@dataclass
class Row:
    """One load and its runs, one sample a round. ``before`` is empty without a baseline."""

    load: Titled
    now: list[Sample]
    before: list[Sample]


def figures(rows: Sequence[Row]) -> str:
    """One binary: what each load takes."""
    header = ["load", "median", "range", "unit", "peak memory, MiB", "p50, ms", "p99, ms", "core busy"]
    lines = []
    for row in rows:
        spread = Spread.of([sample.value for sample in row.now])
        measured = [
            number(spread.median),
            f"{number(spread.low)} to {number(spread.high)}",
            row.load.unit,
            number(median(row.now, lambda sample: sample.peak)),
            number(median(row.now, lambda sample: sample.p50)),
            number(median(row.now, lambda sample: sample.p99)),
            percent(median(row.now, lambda sample: sample.busy)),
        ]
        lines.append([row.load.title, *measured])
    return markdown(header, lines)


def comparison(rows: Sequence[Row]) -> str:
    """Two binaries: the medians of both, and the ratios of each round's pair."""
    header = ["load", "unit", "before", "now", "ratio", "range", "peak memory, MiB", "p50, ms", "p99, ms", "core busy"]
    lines = []
    for row in rows:
        ratio, pair = ratios(row.now, row.before), (row.before, row.now)
        measured = [
            *(number(median(samples, lambda sample: sample.value)) for samples in pair),
            f"{ratio.median:.2f}",
            f"{ratio.low:.2f} to {ratio.high:.2f}",
            arrow([number(median(samples, lambda sample: sample.peak)) for samples in pair]),
            arrow([number(median(samples, lambda sample: sample.p50)) for samples in pair]),
            arrow([number(median(samples, lambda sample: sample.p99)) for samples in pair]),
            arrow([percent(median(samples, lambda sample: sample.busy)) for samples in pair]),
        ]
        lines.append([row.load.title, row.load.unit, *measured])
    return markdown(header, lines)


def multiples(rows: Sequence[Row], compared: Sequence[tuple[str, str]]) -> str:
    """One line for each pair of loads that were both measured: the first as a multiple of the second."""
    by_name = {row.load.name: row for row in rows}
    lines = []
    for first, second in compared:
        if first in by_name and second in by_name:
            over, under = by_name[first], by_name[second]
            for word, samples, others in (("before", over.before, under.before), ("now", over.now, under.now)):
                if samples:
                    ratio = ratios(samples, others)
                    range = f"{ratio.low:.2f} to {ratio.high:.2f}"
                    lines.append(f"{first} / {second}, {word}: {ratio.median:.2f} ({range})")
    return "\n".join(lines)


def verdict(rows: Sequence[Row]) -> str:
    """What was wrong, one line for each load and binary, or that nothing was."""
    lines = [
        f"WRONG {row.load.name}, {word}: {wrong(samples)}"
        for row in rows
        for word, samples in (("before", row.before), ("now", row.now))
        if wrong(samples)
    ]
    return "\n".join(lines) or "Every call was counted exactly, and every body was answered 200."


def placed(page: str, table: str) -> str:
    """The text of a page with the table between its two marks.

    Raises ``ValueError`` where the page has no such marks.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def number(value: float | None) -> str:
    """Three digits, so that equal figures of different size are equally exact; empty for what was not measured."""
    if value is None:
        return ""
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def percent(share: float | None) -> str:
    """A share of one; empty for what was not measured."""
    return "" if share is None else f"{share:.0%}"


def arrow(texts: Sequence[str]) -> str:
    """Before and now; nothing where nothing was measured."""
    return " → ".join(text for text in texts if text)


def markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table whose columns are padded, so that it can be read as it is."""
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]

    def written(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([written(header), written(["-" * width for width in widths]), *map(written, lines)])
