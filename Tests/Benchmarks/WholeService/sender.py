# SPDX-License-Identifier: Apache-2.0
"""Sends a file of requests over keep-alive connections: ``python -m Benchmarks.WholeService.sender``.

One JSON object on standard input says what to send, ``ready`` on standard output that all is in memory, and a line on
standard input that it may begin. The result is one JSON object. It is one loop over bare sockets, since at full speed
it has to take less of its core than the service takes of the other one.
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
    connections: int
    rate: float = 0
    """Requests a second; 0 means as fast as answers come."""
    seconds: float = 0
    """How long to send, from the first request again after the last one; 0 means each request once."""


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


def send(order: Order, requests: memoryview) -> Sent:
    """Sends all of it and waits for all answers."""
    poll = select.epoll()
    idle = deque(_Connection(order.port) for _ in range(order.connections))
    by_descriptor = {connection.socket.fileno(): connection for connection in idle}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    statuses: Counter[str] = Counter()
    latencies: list[float] = []
    starts = [0, *order.ends[:-1]]
    begun = now = time.perf_counter()
    sent = answered = 0
    count = len(order.ends)

    def more() -> bool:
        return now < begun + order.seconds if order.seconds else sent < count

    while more() or answered < sent:
        due = begun + sent / order.rate if order.rate else 0.0
        while idle and more() and now >= due:
            connection = idle.popleft()
            connection.rest = requests[starts[sent % count] : order.ends[sent % count]]
            connection.begun = due or now
            sent += 1
            due = begun + sent / order.rate if order.rate else 0.0
            if not connection.write():
                poll.modify(connection.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)
        for descriptor, events in poll.poll(max(0.0, due - now) if order.rate and idle and more() else None):
            connection = by_descriptor[descriptor]
            if events & select.EPOLLOUT and connection.write():
                poll.modify(descriptor, select.EPOLLIN)
            if events & ~select.EPOLLOUT and (status := connection.status()) is not None:
                statuses[status] += 1
                latencies.append(time.perf_counter() - connection.begun)
                answered += 1
                idle.append(connection)
        now = time.perf_counter()
    latencies.sort()
    return Sent(now - begun, dict(statuses), latencies[len(latencies) // 2], latencies[len(latencies) * 99 // 100])


def main() -> None:
    order = Order(**json.loads(sys.stdin.readline()))
    with open(order.path, "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, prot=mmap.PROT_READ)
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asdict(send(order, memoryview(mapped)))))


if __name__ == "__main__":
    main()
