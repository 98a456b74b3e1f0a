# SPDX-License-Identifier: Apache-2.0
"""What the counters have to be, and whether they ever go down."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from Attack.exposition import Page
from Attack.known import KnownCall, Prices
from Attack.service import Service
from Attack.wire import Connection, NoAnswer, head

Totals = Mapping[tuple[str, ...], Fraction]
"""Sums by family and labels."""

_costs: dict[KnownCall, Fraction | None] = {}
"""The dollars of all calls so far: all prices come from one book."""

_GROWING = ("_total", "_bucket", "_count", "_sum")


def totals(calls: Sequence[KnownCall], prices: Prices) -> Totals:
    """What the page has to show for these calls, each counted once."""
    unknown = sorted(set(calls) - _costs.keys(), key=repr)
    _costs.update(zip(unknown, prices.costs(unknown), strict=True))
    sums: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for call in calls:
        sums["llm_requests_total", call.model] += 1
        sums["llm_request_duration_seconds_count", call.model] += 1
        sums["llm_tokens_used_total", call.model, "input"] += call.input - call.cached
        sums["llm_tokens_used_total", call.model, "output"] += call.output
        if call.cached:
            sums["llm_tokens_used_total", call.model, "cache_read"] += call.cached
        sums["llm_cost_dollars_total", call.model] += _costs[call] or 0
    return sums


def shown(page: Page) -> Totals:
    """The same of a page."""
    sums: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for family, *names in (
        ("llm_requests_total", "model"),
        ("llm_request_duration_seconds_count", "model"),
        ("llm_tokens_used_total", "model", "token_type"),
        ("llm_cost_dollars_total", "model"),
    ):
        for labels, value in page.samples(family):
            if value:
                sums[family, *(labels[name] for name in names)] += value
    return sums


def differences(got: Totals, wanted: Totals) -> Iterator[str]:
    """What differs."""
    for key in sorted(set(got) | set(wanted)):
        if got.get(key, 0) != wanted.get(key, 0):
            is_by = float(got.get(key, Fraction(0)) - wanted.get(key, Fraction(0)))
            yield f"{' '.join(key)} is {float(got.get(key, 0)):.12g}, {abs(is_by):.9g} too {'high' if is_by > 0 else 'low'}"


def above(got: Totals, bound: Totals, words: str) -> Iterator[str]:
    """What is higher than a bound."""
    for key, value in got.items():
        if value > bound.get(key, 0):
            yield f"{' '.join(key)} is {float(value):.12g}, and only {float(bound.get(key, 0)):.12g} {words}"


def call_lines(page: Page) -> set[str]:
    """The lines about calls, which are equal on the pages of two processes with the same calls.

    Traces and sessions end by the clock, which two processes do not share.
    """
    others = r"llm_cost_exporter_|llm_price_book|llm_(unpriced_)?(traces?|sessions?)_"
    return {
        line
        for line in page.text.splitlines()
        if re.match(r"(llm_|gen_ai_)", line) and not re.match(others, line)
    }


def series(text: str) -> Iterator[tuple[str, float]]:
    """The series about calls that must not go down, with their values."""
    for line in text.splitlines():
        if not line.startswith("llm_") or line.startswith("llm_cost_exporter_"):
            continue
        name, _, value = line.rpartition(" ")
        if name.partition("{")[0].endswith(_GROWING):
            yield name, float(value)


def falls(values: Iterable[tuple[str, float]], before: dict[str, float]) -> Iterator[str]:
    """The series that are lower than before, or gone; ``before`` becomes what they are now."""
    now = dict(values)
    for name, value in before.items():
        if name not in now:
            yield f"{name} is gone after {value:g}"
        elif now[name] < value:
            yield f"{name} fell from {value:.12g} to {now[name]:.12g}"
    before.update(now)


class Watcher(threading.Thread):
    """Asks for the page all the time, through all lives of a service, and notes each series that falls."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._ending = threading.Event()
        self._before: dict[str, float] = {}
        self.pages = 0
        self.falls: list[str] = []

    def run(self) -> None:
        while not self._ending.wait(0.05):
            try:
                with Connection(self._port, timeout=10) as connection:
                    answer = connection.ask(head("/metrics", method="GET"))
            except (OSError, NoAnswer):
                continue
            if answer.status == 200:
                self.pages += 1
                self.falls += falls(series(answer.body.decode()), self._before)

    def finish(self) -> None:
        self._ending.set()
        self.join(30)


def await_page(service: Service, is_right: Callable[[Totals], bool], seconds: float) -> Totals:
    """Waits until the page shows what it should; returns what it shows in the end.

    A call that is decided is priced and stored before it is counted, so that it may be missing for a moment although no span
    waits. A page is only looked at when nothing waits.
    """
    deadline = time.monotonic() + seconds
    while True:
        page = service.page()
        is_done = page.pending == 0 and page.total("llm_cost_exporter_storage_backlog_calls") == 0
        got = shown(page)
        if (is_done and is_right(got)) or time.monotonic() > deadline:
            return got
        time.sleep(0.05)


def await_totals(service: Service, wanted: Totals, seconds: float = 30) -> list[str]:
    """Waits until the page shows these; returns what differs in the end."""
    return list(differences(await_page(service, lambda got: not list(differences(got, wanted)), seconds), wanted))
