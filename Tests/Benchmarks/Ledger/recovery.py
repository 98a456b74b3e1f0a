# SPDX-License-Identifier: Apache-2.0
"""A service that is killed under load with many calls behind it, and started again."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from Attack.service import Failed, Service, Setup

from .figures import Figure

_FILLERS = 2
_STARTS = 5
_TESTS = Path(__file__).resolve().parents[2]


class _Filler:
    """A process that sends bodies; ``answered`` rises while it does."""

    def __init__(self, port: int, seed: int, *dated: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", f"{__package__}.filler", str(port), *map(str, (seed, *dated))],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(_TESTS)},
        )
        self.answered = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self.answered = int(line)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def measure(binary: Path, place: Path, calls: int, say: Callable[[str], None]) -> list[Figure]:
    """Fills a folder, kills the service under load and starts it again.

    Raises ``Failed`` when the service does not take the calls, or lacks some afterwards.
    """
    with TemporaryDirectory(dir=place) as folder:
        data = Path(folder) / "data"
        answered, peak = _fill(binary, data, calls, say)
        stored = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
        starts = [_start(binary, data, answered) for _ in range(_STARTS)]
    none = statistics.median(_start(binary, None, 0)[0] for _ in range(_STARTS))
    seconds = statistics.median(seconds for seconds, _ in starts)
    say(f"{answered:,} calls, {stored / 2**20:,.0f} MiB on disk, peak {peak:.0f} MiB, starts {[round(s, 2) for s, _ in starts]}")
    memory = max(memory for _, memory in starts)
    title = f"{answered / 1e6:.1f} million calls"
    return [
        Figure(f"{title}: start after a kill under load", "s", 3, seconds, seconds, none),
        Figure(f"{title}: bytes on disk for each", "bytes", 200, stored / answered, stored / answered),
        Figure(f"{title}: peak memory of a start, the rise", "MiB", 120, memory - _bare(binary), memory, _bare(binary)),
    ]


def _fill(binary: Path, data: Path, calls: int, say: Callable[[str], None]) -> tuple[int, float]:
    """Returns how many calls were answered, and the peak of the memory."""
    service = _service(binary, data)
    fillers: list[_Filler] = []
    try:
        service.wait_ready()
        fillers = _fillers(service)
        _wait(fillers, calls, say)
        peak = service.memory(peak=True)
        service.signal(signal.SIGKILL)
        service.wait_end(30)
        time.sleep(0.5)  # The last answers are read.
        return sum(filler.answered for filler in fillers), peak
    finally:
        for filler in fillers:
            filler.end()
        service.kill()


def filling(service: Service, calls: int, say: Callable[[str], None], days: int) -> int:
    """Sends calls whose ends spread over `days` days up to now; returns how many were answered.

    Raises ``Failed`` when the service does not take them.
    """
    fillers = _fillers(service, calls // _FILLERS, days)
    try:
        _wait(fillers, calls // _FILLERS * _FILLERS, say)
        return sum(filler.answered for filler in fillers)
    finally:
        for filler in fillers:
            filler.end()


def _fillers(service: Service, *dated: int) -> list[_Filler]:
    return [_Filler(service.otlp, seed, *dated) for seed in range(_FILLERS)]


def _wait(fillers: Sequence[_Filler], calls: int, say: Callable[[str], None]) -> None:
    begun, told = time.monotonic(), 0
    while (answered := sum(filler.answered for filler in fillers)) < calls:
        if time.monotonic() - begun > 60 + calls / 10_000:
            raise Failed(f"only {answered:,} calls were taken")
        if answered - told >= 1_000_000:
            told = answered
            say(f"{answered:,} calls after {time.monotonic() - begun:.0f} s")
        time.sleep(0.05)


def _start(binary: Path, data: Path | None, answered: int) -> tuple[float, float]:
    """Starts the service and kills it again; returns the seconds until it was ready, and its memory."""
    begun = time.monotonic()
    service = _service(binary, data)
    try:
        service.wait_ready(every=0.005)
        seconds = time.monotonic() - begun
        memory = service.memory(peak=True)
        page = service.page()
        counted = int(page.total("llm_requests_total")) + page.pending
        counted += int(page.total("llm_cost_exporter_storage_backlog_calls"))
        if counted < answered:
            raise Failed(f"{answered:,} calls were answered, and only {counted:,} are there after the start")
        return seconds, memory
    finally:
        service.kill()


def _bare(binary: Path) -> float:
    service = _service(binary, None)
    try:
        service.wait_ready()
        return service.memory(peak=True)
    finally:
        service.kill()


def _service(binary: Path, data: Path | None) -> Service:
    folder = ("--storage.path", str(data)) if data else ()
    return Service(binary, Setup({"billing": {"settle": "2s"}}, arguments=folder))
