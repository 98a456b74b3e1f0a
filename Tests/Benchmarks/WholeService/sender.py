# SPDX-License-Identifier: Apache-2.0
"""Sends a file of requests over keep-alive connections: ``python -m Benchmarks.WholeService.sender``.

It reads one JSON object on standard input, which says what to send, writes ``ready`` once all is in memory and the service is
warm, and begins after the next line on standard input. The result is one JSON object on standard output. It is one loop over
bare sockets, since at full speed it has to take less of its core than the service takes of the other one.
"""

from __future__ import annotations

import json
import mmap
import select
import socket
import sys
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field

from Attack.wire import HOST


@dataclass(frozen=True)
class Order:
    """What to send."""

    port: int
    path: str
    ends: list[int]
    """Where each request of the file ends, in bytes."""
    connections: int
    warm: int = 0
    """How many of the requests are sent before it is ready, as fast as answers come."""
    rate: float = 0
    """Of the others, requests a second; 0 means as fast as answers come."""
    seconds: float = 0
    """How long to send, from the first of them again after the last one; 0 means each request once."""


@dataclass
class Sent:
    """What came of it."""

    wall: float = 0
    """Seconds from the first request to the last answer."""
    statuses: dict[str, int] = field(default_factory=dict)
    p50: float = 0
    """Seconds between request and answer; at a rate, from when the request was due."""
    p99: float = 0


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.rest = memoryview(b"")
        self.read = b""
        self.begun = 0.0

    def write(self) -> bool:
        """Writes what the socket takes; whether that was all."""
        try:
            while self.rest:
                self.rest = self.rest[self.socket.send(self.rest) :]
        except BlockingIOError:
            return False
        return True

    def status(self) -> str | None:
        """The status of the answer, once it is whole.

        Raises ``ConnectionError`` when the service closed the connection.
        """
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the service closed a connection")
        self.read += data
        head, found, body = self.read.partition(b"\r\n\r\n")
        if not found:
            return None
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if len(body) < length:
            return None
        self.read = b""
        return head[9:12].decode()


class Loop:
    """Sends requests and reads their answers, over all connections."""

    def __init__(self, order: Order, requests: memoryview) -> None:
        self._requests, self._ends = requests, order.ends
        self._poll = select.epoll()
        self._idle = deque(_Connection(order.port) for _ in range(order.connections))
        self._by_descriptor = {connection.socket.fileno(): connection for connection in self._idle}
        for descriptor in self._by_descriptor:
            self._poll.register(descriptor, select.EPOLLIN)

    def send(self, first: int, end: int, rate: float = 0, seconds: float = 0) -> Sent:
        """Sends the requests from ``first`` up to ``end``, which it excludes, and waits for all answers.

        Raises ``ConnectionError`` when the service closes a connection.
        """
        statuses: Counter[str] = Counter()
        latencies: list[float] = []
        idle, count = self._idle, end - first
        begun = now = time.perf_counter()
        sent = answered = 0

        def more() -> bool:
            return now < begun + seconds if seconds else sent < count

        while more() or answered < sent:
            due = begun + sent / rate if rate else 0.0
            while idle and more() and now >= due:
                self._begin(idle.popleft(), first + sent % count, due or now)
                sent += 1
                due = begun + sent / rate if rate else 0.0
            sleeps = max(0.0, due - now) if rate and idle and more() else None
            for descriptor, events in self._poll.poll(sleeps):
                connection = self._by_descriptor[descriptor]
                if events & select.EPOLLOUT and connection.write():
                    self._poll.modify(descriptor, select.EPOLLIN)
                if events & ~select.EPOLLOUT and (status := connection.status()) is not None:
                    statuses[status] += 1
                    latencies.append(time.perf_counter() - connection.begun)
                    answered += 1
                    idle.append(connection)
            now = time.perf_counter()
        latencies.sort()
        return Sent(now - begun, dict(statuses), latencies[answered // 2], latencies[answered * 99 // 100])

    def _begin(self, connection: _Connection, index: int, begun: float) -> None:
        connection.rest = self._requests[self._ends[index - 1] if index else 0 : self._ends[index]]
        connection.begun = begun
        if not connection.write():
            self._poll.modify(connection.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)


def main() -> None:
    order = Order(**json.loads(sys.stdin.readline()))
    with open(order.path, "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, prot=mmap.PROT_READ)
    loop = Loop(order, memoryview(mapped))
    warmed = loop.send(0, order.warm).statuses if order.warm else {}
    print("ready", flush=True)
    sys.stdin.readline()
    sent = loop.send(order.warm, len(order.ends), order.rate, order.seconds)
    sent.statuses = dict(Counter(sent.statuses) + Counter(warmed))
    print(json.dumps(asdict(sent)))


if __name__ == "__main__":
    main()
