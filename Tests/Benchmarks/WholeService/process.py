# SPDX-License-Identifier: Apache-2.0
"""The two processes of a measurement: the service on one core, the sender on another."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from Attack.service import Failed, Service, Setup

from .sender import Order, Sent

SERVICE_CORE, SENDER_CORE = 0, 1
SETTLE = 2
"""The settle window, in seconds: at full speed it is full sooner, as it would be with the default of 10 s."""

_TESTS = Path(__file__).resolve().parents[2]
_senders: set[subprocess.Popen[str]] = set()


@contextmanager
def running(binary: Path, settings: Mapping[str, Any] | None = None) -> Iterator[Service]:
    """A service that is ready; it is killed at the end, without waiting for a last scrape."""
    prologue = f"ulimit -Sn 1024\ntaskset -cp {SERVICE_CORE} $$ >/dev/null"
    service = Service(binary, Setup({"billing": {"settle": f"{SETTLE}s"}} | dict(settings or {}), prologue=prologue))
    try:
        service.wait_ready(every=0.002)
        yield service
    finally:
        service.kill()


class Sender:
    """A sender that has its requests in memory and waits for ``begin``."""

    def __init__(self, order: Order) -> None:
        self._process = subprocess.Popen(
            ["taskset", "-c", str(SENDER_CORE), sys.executable, "-B", "-m", f"{__package__}.sender"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(_TESTS)},
        )
        _senders.add(self._process)
        self._tell(json.dumps(asdict(order)))
        if self._process.stdout is None or self._process.stdout.readline() != "ready\n":
            raise Failed("the sender did not start")

    def begin(self) -> None:
        """Lets it send."""
        self._tell("begin")

    def result(self, seconds: float = 120) -> Sent:
        """Waits until all is answered.

        Raises ``Failed`` when the sender could not go on or the time is over.
        """
        try:
            output, _ = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise Failed(f"not every request was answered within {seconds:g} s") from None
        finally:
            _senders.discard(self._process)
        if self._process.returncode != 0:
            raise Failed("the sender could not go on")
        return Sent(**json.loads(output))

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()


def cpu_seconds(service: Service) -> float:
    """The CPU time of all threads of the service, to the nanosecond; none of them ends while it serves."""
    total = 0
    for thread in Path(f"/proc/{service.pid}/task").iterdir():
        try:
            total += int((thread / "schedstat").read_text().split()[0])
        except OSError:
            continue  # it has ended
    return total / 1e9


def wake_ups(service: Service) -> int:
    """How often threads of the service have waited for something."""
    total = 0
    for thread in Path(f"/proc/{service.pid}/task").iterdir():
        for line in (thread / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                total += int(line.split()[1])
    return total


@atexit.register
def _kill_all() -> None:
    for process in list(_senders):
        process.kill()
