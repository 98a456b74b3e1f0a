# SPDX-License-Identifier: Apache-2.0
"""Processes beside an attack that measure what others notice of it."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).resolve().parent.parent
_running: set[subprocess.Popen[str]] = set()


class Helper:
    """A module of the subclass's package that runs until it is asked for its result."""

    def __init__(self, module: str, *arguments: object) -> None:
        package = type(self).__module__.rpartition(".")[0]
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", f"{package}.{module}", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(_TESTS)},
        )
        _running.add(self._process)
        if self._process.stdout is None or self._process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{module} did not start")

    def result(self, seconds: float = 60) -> dict[str, Any]:
        """Ends it and returns what it found."""
        output, _ = self._process.communicate(timeout=seconds)
        _running.discard(self._process)
        result: dict[str, Any] = json.loads(output)
        return result

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        _running.discard(self._process)


class Prober(Helper):
    """Scrapes all the time."""

    def __init__(self, port: int, interval: float = 0.1) -> None:
        super().__init__("prober", port, interval)


class SteadySender(Helper):
    """Sends small batches all the time, from an address of its own."""

    def __init__(self, port: int, seed: int, source: str = "127.0.0.2") -> None:
        super().__init__("steady_sender", port, source, seed)


@atexit.register
def _kill_all() -> None:
    for process in list(_running):
        process.kill()
