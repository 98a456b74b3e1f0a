# SPDX-License-Identifier: Apache-2.0
"""Questions about many calls of thirty days, and a year of them as a file."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from Attack.service import Failed, Service, Setup, poll
from Attack.wire import HOST

from .figures import Figure
from .recovery import filling

_DAYS = 30
_TIMES = 5
_BARS = {
    "cost by day and model, 30 days": ("/api/v1/costs?from=now-30d&granularity=day&group_by=model", 150),
    "ten dearest traces of 7 days": ("/api/v1/top?by=trace&from=now-7d&limit=10", 100),
    "one trace": ("/api/v1/traces/{trace}", 5),
    "cost by user, 7 days": ("/api/v1/costs?from=now-7d&granularity=total&group_by=user", 200),
}
"""Each question, and the milliseconds that its answer may take."""
_EXPORT = "/api/v1/export?format=csv&from=now-365d"
_MOST_GROWTH = 32
"""The MiB by which memory may grow while a year is exported: flat, except for the pages that the reader keeps."""


def measure(binary: Path, place: Path, calls: int, say: Callable[[str], None]) -> list[Figure]:
    """Fills a folder with calls of thirty days, and asks each question.

    Raises ``Failed`` when the service does not take the calls, or a question is not answered.
    """
    with TemporaryDirectory(dir=place) as folder:
        data = Path(folder) / "data"
        service = Service(binary, Setup({"billing": {"settle": "2s"}}, ledger=data))
        try:
            service.wait_ready()
            answered = filling(service, calls, say, days=_DAYS)
            poll("rows of all calls", lambda: _has_rows(service, answered), seconds=600, every=1)
            stored = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
            say(f"{answered:,} calls of {_DAYS} days, {stored / 2**20:,.0f} MiB on disk")
            title = f"{answered / 1e6:.1f} million calls of {_DAYS} days"
            figures = [Figure(f"{title}: bytes on disk for each", "bytes", 200, stored / answered, stored / answered)]
            for what, (target, bar) in _BARS.items():
                waits = [_asked(service, target) for _ in range(_TIMES)]
                say(f"{what}: {[round(wait * 1000) for wait in waits]} ms")
                wait = statistics.median(waits) * 1000
                figures.append(Figure(f"{title}: {what}", "ms", bar, wait, wait))
            return [*figures, _export(service, title, say)]
        finally:
            service.kill()


def _has_rows(service: Service, calls: int) -> bool:
    page = service.page()
    return page.pending == 0 and page.total("llm_cost_exporter_ledger_calls") >= calls


def _asked(service: Service, target: str) -> float:
    """The seconds until a question is answered; each question about a trace is about another one."""
    if "{trace}" in target:
        top = json.loads(_get(service, "/api/v1/top?by=trace&from=now-20d&to=now-19d&limit=100"))
        target = target.format(trace=top["rows"][time.monotonic_ns() % len(top["rows"])]["trace"])
    begun = time.monotonic()
    _get(service, target)
    return time.monotonic() - begun


def _get(service: Service, target: str) -> bytes:
    answer = service.get(target, timeout=60, headers={"Host": HOST})
    if answer.status != 200:
        raise Failed(f"{target} was answered {answer.status}")
    return answer.body


def _export(service: Service, title: str, say: Callable[[str], None]) -> Figure:
    before, begun = service.memory(), time.monotonic()
    connection = http.client.HTTPConnection(HOST, service.web, timeout=600)
    connection.request("GET", _EXPORT)
    answer = connection.getresponse()
    size = lines = 0
    most = before
    while chunk := answer.read(1 << 20):
        size, lines = size + len(chunk), lines + chunk.count(b"\n")
        most = max(most, service.memory())
    connection.close()
    say(f"a year as CSV: {lines:,} lines, {size / 2**20:,.0f} MiB in {time.monotonic() - begun:.0f} s")
    return Figure(f"{title}: memory while a year is exported, the rise", "MiB", _MOST_GROWTH, most - before, most, before)
