# SPDX-License-Identifier: Apache-2.0
"""Peers that send or read slowly, or not at all: each may cost only itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..service import Setup
from ..siege import Bars, Siege
from ..wire import Connection, NoAnswer, chunked, head, post


@contextmanager
def crowd(
    siege: Siege, count: int, port: int | None = None, receive_buffer: int | None = None
) -> Iterator[list[Connection]]:
    """Many connections at once; those that the server refuses are left out."""
    connections: list[Connection] = []
    try:
        for _ in range(count):
            try:
                connections.append(Connection(port or siege.service.otlp, timeout=10, receive_buffer=receive_buffer))
            except OSError:
                continue
        siege.field.figure("connections", len(connections), "")
        yield connections
    finally:
        for connection in connections:
            connection.close()


def hold(seconds: float, every: float, act: Callable[[int], None]) -> None:
    """Acts again and again, at a steady pace, for so long."""
    begun = time.monotonic()
    turn = 0
    while time.monotonic() - begun < seconds:
        act(turn)
        turn += 1
        time.sleep(max(0.0, begun + turn * every - time.monotonic()))


def _drip(field: Field, opening: Callable[[int], bytes], drop: bytes) -> None:
    """Many connections that open a request and go on byte by byte, beside a sender that behaves."""
    with (
        field.siege(bars=Bars(rise=128)) as siege,
        crowd(siege, field.size(1000, 100)) as connections,
    ):
        for number, connection in enumerate(connections):
            connection.offer(opening(number))
        siege.send_beside()

        def act(turn: int) -> None:
            for connection in connections:
                connection.offer(drop)

        hold(field.size(8, 1), 0.25, act)
        siege.end_beside()


@attack("slow-headers", short=True)
def slow_headers(field: Field) -> None:
    """1,000 senders whose headers come byte by byte, beside one that behaves."""
    _drip(field, lambda _: b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a")


@attack("slow-bodies", short=True)
def slow_bodies(field: Field) -> None:
    """1,000 senders whose bodies come byte by byte, declared or in chunks, beside one that behaves."""
    declared = head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Content-Length": "1000000"})
    streamed = head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Transfer-Encoding": "chunked"})
    # 1, CR, LF, 1, CR, LF: a chunk of the one byte '1', dripped as six bytes each time.
    _drip(field, lambda number: declared if number % 2 else streamed, b"1\r\n1\r\n")


@attack("budget-holders")
def budget_holders(field: Field) -> None:
    """Connections that declare large bodies and send nothing, or the first byte: no other sender may be refused."""
    for opening in (b"", b"\x1f"):
        for declared, coding in ((20 << 20, "gzip"), (8 << 20, "gzip"), (20 << 20, "identity"), (5, "gzip")):
            headers = {"Content-Type": otlp.PROTOBUF, "Content-Length": str(declared)}
            if coding == "gzip":
                headers["Content-Encoding"] = coding
            with (
                field.siege(bars=Bars(rise=96), label=f"{declared} bytes of {coding}") as siege,
                crowd(siege, field.random.choice((4, 64, 300))) as connections,
            ):
                for connection in connections:
                    connection.offer(head("/v1/traces", headers=headers) + opening)
                siege.send_beside()
                large = otlp.packed(otlp.request([otlp.call(field.random) for _ in range(2000)]))
                for _ in range(5):
                    answer = siege.service.post_packed(large, source="127.0.0.3")
                    field.expect(answer.status == 200, f"a large body beside the holders was answered {answer.status}")
                    siege.take(2000 if answer.status == 200 else 0)
                hold(1.5, 0.5, lambda _: None)
                siege.end_beside()


@attack("stalled-bodies")
def stalled_bodies(field: Field) -> None:
    """Bodies that send half of what they declare and stall: held memory is bounded, and small bodies are served."""
    with (
        field.siege(bars=Bars(rise=256 + 128)) as siege,
        crowd(siege, 64) as connections,
    ):
        body = otlp.request([otlp.call(field.random) for _ in range(60_000)])
        size, half = len(body), body[: len(body) // 2]
        for connection in connections:
            connection.socket.settimeout(1)
            connection.offer(
                head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Content-Length": str(size)}) + half
            )
        siege.send_beside()
        hold(3, 0.5, lambda _: None)
        siege.end_beside()


def send_in_step(connections: list[Connection], data: bytes, seconds: float = 8) -> None:
    """Sends the same bytes on all connections, each of them a piece ahead at most; gives up where the server does."""
    sent = dict.fromkeys(connections, 0)
    for connection in connections:
        connection.socket.setblocking(False)
    begun = time.monotonic()
    while sent and time.monotonic() - begun < seconds:
        before = sum(sent.values())
        for connection in list(sent):
            try:
                sent[connection] += connection.socket.send(data[sent[connection] : sent[connection] + (256 << 10)])
            except BlockingIOError:
                continue
            except OSError:
                del sent[connection]
                continue
            if sent[connection] == len(data):
                del sent[connection]
        if sum(sent.values()) == before:
            time.sleep(0.02)


@attack("crowd-of-bodies")
def crowd_of_bodies(field: Field) -> None:
    """500 senders whose bodies of 3 MB, declared or in chunks, stop one byte before their end."""
    size = 3_000_000
    declared = head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Content-Length": str(size)})
    streamed = head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Transfer-Encoding": "chunked"})
    body = bytes(size - 1)
    for opening, label in (
        (declared, "declared"),
        (streamed + b"%x\r\n" % size, "one chunk"),
        (post(b"") * 3 + declared, "behind others"),
    ):
        with (
            field.siege(bars=Bars(rise=256 + 128, sender=1.0), label=label) as siege,
            crowd(siege, 500) as connections,
        ):
            siege.send_beside()
            send_in_step(connections, opening + body)
            siege.end_beside()


@attack("one-byte-chunks", short=True)
def one_byte_chunks(field: Field) -> None:
    """A flood of bodies in chunks of one byte on several connections, each exact in the end."""
    with field.siege(bars=Bars(rise=128)) as siege:
        calls, count = field.size(2000, 100), field.size(16, 4)
        opening = head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Transfer-Encoding": "chunked"})
        for _ in range(field.size(3, 1)):
            bodies = [otlp.request([otlp.call(field.random) for _ in range(calls)]) for _ in range(count)]
            floods = [opening + chunked(body, 1) for body in bodies]
            statuses: list[int] = []
            threads = [threading.Thread(target=_send, args=(siege, flood, statuses)) for flood in floods]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            field.expect(statuses == [200] * count, f"bodies in chunks of one byte were answered {statuses}")
            siege.take(calls * statuses.count(200))


def _send(siege: Siege, data: bytes, statuses: list[int]) -> None:
    try:
        with Connection(siege.service.otlp, timeout=60) as connection:
            statuses.append(connection.ask(data).status)
    except (OSError, NoAnswer):
        statuses.append(0)


@attack("silent-scrapers")
def silent_scrapers(field: Field) -> None:
    """300 scrapers that ask for a large page again and again and read nothing of it."""
    limits = {"series": 1_000_000, "unknown_models": 100_000, "values": {"model": 100_000}}
    setup = Setup({"billing": {"settle": "200ms"}, "limits": limits, "http": {"idle_timeout": "10s"}})
    with field.siege(setup, Bars(rise=320)) as siege:
        names = 4000
        for first in range(0, names, 1000):
            spans = [otlp.call(field.random, f"page-{number:05}", "") for number in range(first, first + 1000)]
            siege.service.post_packed(otlp.packed(otlp.request(spans)))
        siege.accepted = names
        page = len(siege.service.settled().text)
        field.figure("page", page / (1 << 20), "MiB")
        idle = siege.service.descriptors
        with crowd(siege, 300, siege.service.web, receive_buffer=4096) as connections:
            codings: tuple[dict[str, str], ...] = (
                {},
                {"Accept-Encoding": "gzip"},
                {"Accept": "application/openmetrics-text;version=1.0.0"},
            )
            for number, connection in enumerate(connections):
                connection.offer(head("/metrics", method="GET", headers=codings[number % 3]) * 8)
            hold(5, 0.5, lambda _: None)
            # Connections that do not take their answers are given up in the end.
            field.await_(
                "the silent scrapers to be given up",
                lambda: siege.service.descriptors < idle + 150 or None,
                seconds=75,
                every=0.5,
            )


@attack("silent-senders")
def silent_senders(field: Field) -> None:
    """200 senders that never read their answers, with 400 requests each that are answered at length."""
    # 80,000 requests at once are a flood by themselves: the other sender must be served, within a longer bar.
    with (
        field.siege(bars=Bars(rise=128, sender=1.0)) as siege,
        crowd(siege, 200, receive_buffer=4096) as connections,
    ):
        siege.send_beside()
        refused = post(b"\xff" * 20) * 400
        for connection in connections:
            connection.socket.settimeout(0.05)
            connection.offer(refused)
        hold(3, 0.5, lambda _: None)
        siege.end_beside()
