# SPDX-License-Identifier: Apache-2.0
"""Whether the rows of a folder agree with each other, and with the counters of the page."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from Attack.exposition import Page
from Attack.service import Service

from .packed import sums

Sums = Mapping[str, Fraction]
"""Calls, tokens by class, and dollars."""

_MACHINE = 5
"""The source of the lines of machines that are paid by the clock."""


def faults(folder: Path, page: Page | None = None) -> list[str]:
    """What does not hold in the rows of a folder, which no process may write meanwhile.

    With a page, all that was counted until then must be in the rows.
    """
    if not (folder / "ledger.db").exists():
        return []
    with TemporaryDirectory(prefix="rows-") as place:
        # Opening a database repairs it: the service has to do that itself.
        for name in ("ledger.db", "ledger.db-wal"):
            if (folder / name).exists():
                shutil.copy(folder / name, place)
        database = sqlite3.connect(Path(place) / "ledger.db")
        try:
            return list(_faults(database, page))
        except sqlite3.Error as error:
            return [f"the rows cannot be read: {error}"]
        finally:
            database.close()


def await_rows(folder: Path, service: Service, seconds: float = 60) -> list[str]:
    """Waits until the rows have what the page shows; returns what does not hold in the end."""
    deadline = time.monotonic() + seconds
    while True:
        page = service.page()
        is_done = page.pending == 0 and page.total("llm_cost_exporter_storage_backlog_calls") == 0
        found = faults(folder, page) if is_done else ["calls wait for the rows"]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def _faults(database: sqlite3.Connection, page: Page | None) -> Iterator[str]:
    names = [row[1] for row in database.execute("PRAGMA table_info(totals)")]
    if not names:
        return  # The process ended before it had made the tables.
    classes = names[names.index("drops") + 1 : names.index("micros")]
    counted = _totals(database, classes, "counted")
    calls = _sums(database, classes, "COUNT(*)", "calls")
    yield from _unequal("calls and removed ones", _plus(calls, _totals(database, classes, "calls_removed")), counted)
    lines = "SELECT id FROM lines WHERE source = ?"
    rollups = _sums(
        database, classes, "SUM(calls)", f"rollups WHERE dimension = 0 AND line NOT IN ({lines})", _MACHINE
    )
    removed = _totals(database, classes, "rollups_removed")
    rollups = _plus(rollups, _packed(database, classes))
    yield from _unequal("roll-ups and removed ones", _plus(rollups, removed), counted)
    traces = database.execute("SELECT SUM(calls), SUM(drops) FROM all_traces").fetchone()
    rows = [database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("calls", "drops")]
    if [count or 0 for count in traces] != rows:
        yield f"traces have {traces} calls and dropped spans, and the rows {rows}"
    if page is not None:
        everything = _plus(counted, _totals(database, classes, "before"))
        everything = _plus(everything, {"dollars": _totals(database, classes, "machines")["dollars"]})
        shown = {"calls": page.total("llm_requests_total"), "dollars": page.total("llm_cost_dollars_total")}
        shown |= {name: page.total("llm_tokens_used_total", token_type=name) for name in classes}
        yield from _unequal("the rows", everything, {key: Fraction(value) for key, value in shown.items()})


def _totals(database: sqlite3.Connection, classes: list[str], what: str) -> Sums:
    return _sums(database, classes, "SUM(calls)", "totals WHERE what = ?", what)


def _sums(database: sqlite3.Connection, classes: list[str], count: str, rest: str, *values: object) -> Sums:
    columns = [count, *(f"SUM({name})" for name in [*classes, "micros", "rest"])]
    row = database.execute(f"SELECT {', '.join(columns)} FROM {rest}", values).fetchone()
    calls, *tokens, micros, rest_of_dollars = (Fraction(value or 0) for value in row)
    own = {"calls": calls, "dollars": micros / 10**6 + rest_of_dollars / 10**15}
    return own | dict(zip(classes, tokens, strict=True))


def _packed(database: sqlite3.Connection, classes: list[str]) -> Sums:
    machines = {row[0] for row in database.execute("SELECT id FROM lines WHERE source = ?", (_MACHINE,))}
    total = dict.fromkeys(["calls", *classes, "dollars"], Fraction())
    for packed in sums(database, classes, 0):
        if packed.get("line", 0) in machines:
            continue
        for name in ["calls", *classes]:
            total[name] += packed.get(name, 0)
        total["dollars"] += Fraction(packed.get("micros", 0), 10**6) + Fraction(packed.get("rest", 0), 10**15)
    return total


def _plus(one: Sums, other: Sums) -> Sums:
    return {key: one.get(key, Fraction()) + other.get(key, Fraction()) for key in {*one, *other}}


def _unequal(name: str, got: Sums, wanted: Sums) -> Iterator[str]:
    for key in sorted({*got, *wanted}):
        if got.get(key, 0) != wanted.get(key, 0):
            yield f"{key} of {name}: {float(got.get(key, 0)):.15g} instead of {float(wanted.get(key, 0)):.15g}"
