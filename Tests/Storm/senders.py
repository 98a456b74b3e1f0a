# SPDX-License-Identifier: Apache-2.0
"""Senders that repeat each body until it is answered 200, as exporters do, and remember what was sent."""

from __future__ import annotations

import base64
import heapq
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from Attack.helpers import Helper
from Attack.known import KnownCall
from Attack.service import Failed
from Attack.wire import Connection, NoAnswer, post

from .traffic import Batch, Traffic

_PATIENCE = 0.03
"""Seconds before a body is sent again."""


class Record:
    """What senders sent, and what of it was answered; all of its methods may be called by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: list[bytes] = []
        self._sent: list[KnownCall] = []
        self._answered: list[KnownCall] = []

    def begin(self, batch: Batch) -> None:
        """A body is about to be sent for the first time."""
        with self._lock:
            self._sent.extend(batch.calls)

    def answered(self, batch: Batch) -> None:
        """A body was answered 200 for the first time."""
        with self._lock:
            self._bodies.append(batch.body)
            self._answered.extend(batch.calls)

    @property
    def calls_sent(self) -> list[KnownCall]:
        with self._lock:
            return list(self._sent)

    @property
    def calls_answered(self) -> list[KnownCall]:
        with self._lock:
            return list(self._answered)

    @property
    def bodies(self) -> Sequence[bytes]:
        """All answered bodies, in the order of their answers, each once."""
        with self._lock:
            return list(self._bodies)


class PlainSender(threading.Thread):
    """Sends bodies at an interval, over one connection that it opens again when it breaks."""

    def __init__(self, port: int, traffic: Traffic, record: Record, interval: float) -> None:
        super().__init__(daemon=True)
        self._port, self._traffic, self._record, self._interval = port, traffic, record, interval
        self._due: list[tuple[float, int, Batch]] = []
        self._number = 0
        self._ending = threading.Event()
        self._connection: Connection | None = None
        self.refusals: Counter[str] = Counter()
        """Answers other than 200, and broken connections."""
        self.wrong: str | None = None
        """An answer that no retrying sender understands."""

    def run(self) -> None:
        next_body = time.monotonic()
        while not self._ending.is_set() or self._due:
            now = time.monotonic()
            if self._due and (self._due[0][0] <= now or self._ending.is_set()):
                self._send(heapq.heappop(self._due)[2])
            elif not self._ending.is_set() and next_body <= now:
                next_body = now + self._interval
                for delay, batch in self._traffic.next():
                    self._number += 1
                    heapq.heappush(self._due, (now + delay, self._number, batch))
            else:
                time.sleep(0.002)
            if self.wrong:
                return

    def finish(self, seconds: float = 60) -> None:
        """Sends what has to follow, and ends.

        Raises ``Failed`` if something was not taken.
        """
        self._ending.set()
        self.join(seconds)
        if self.is_alive():
            raise Failed(f"a sender was not answered 200 within {seconds:g} s: {dict(self.refusals)}")
        if self.wrong:
            raise Failed(f"a sender was answered {self.wrong}")

    def _send(self, batch: Batch) -> None:
        self._record.begin(batch)
        while True:
            outcome = self._post(batch.body)
            if outcome == "200":
                self._record.answered(batch)
                return
            self.refusals[outcome] += 1
            if outcome.isdigit() and outcome != "503":
                self.wrong = outcome
                return
            time.sleep(_PATIENCE)

    def _post(self, body: bytes) -> str:
        try:
            self._connection = self._connection or Connection(self._port, timeout=20)
            answer = self._connection.ask(post(body))
        except (OSError, NoAnswer):
            self._drop()
            return "no answer"
        if answer.closes:
            self._drop()
        if answer.status == 503 and "retry-after" not in answer.headers:
            return "503 without Retry-After"
        return str(answer.status)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class SdkSender(Helper):
    """An application with the real SDK, in a process of its own."""

    def __init__(self, port: int, seed: int, taken: Path) -> None:
        self._taken = taken
        super().__init__("sdk_sender", port, seed, taken)

    def finish(self) -> list[KnownCall]:
        """Lets it end; returns its calls."""
        result: Sequence[dict[str, int]] = self.result(seconds=180)  # type: ignore[assignment]
        return [KnownCall(**call) for call in result]  # type: ignore[arg-type]

    @property
    def bodies(self) -> list[bytes]:
        """All bodies that were taken, in their order."""
        return [base64.b64decode(line) for line in self._taken.read_text().splitlines()]
