# SPDX-License-Identifier: Apache-2.0
"""Where a request ends: smuggling, bodies cut short, and what HTTP/1.1 demands of a server."""

from __future__ import annotations

import gzip
import random
import socket
import struct
import zlib

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..siege import Bars, Siege
from ..wire import Answer, Connection, NoAnswer, chunked, head, post
from .framing_shapes import BOTH, FIRST, NEXT, REFUSED, WAITS, Shape, shapes

_SMALL = Bars(rise=96)


@attack("smuggling", short=True)
def smuggling(field: Field) -> None:
    """124 shapes of requests whose end is ambiguous, a proper request behind each."""
    with field.siege(bars=_SMALL) as siege:
        tried = 0
        for shape in shapes():
            outcome = _try(siege, shape, field.random)
            tried += 1
            if outcome not in shape.allowed:
                field.fail(f"{shape.name}: {outcome}, right would be {' or '.join(sorted(shape.allowed))}")
        field.figure("shapes", tried, "")


def _try(siege: Siege, shape: Shape, rng: random.Random) -> str:
    """Sends a shape with another request behind it and says what became of both."""
    before = siege.service.page().received
    bodies = [otlp.request([otlp.call(rng, input=number)]) for number in (rng.randrange(1, 900), 1000)]
    statuses: list[int] = []
    ending = ""
    with Connection(siege.service.otlp, timeout=3) as connection:
        connection.offer(shape.make(bodies[0]) + post(bodies[1]))
        try:
            while len(statuses) < 2:
                statuses.append(connection.answer().status)
            # Nothing may come behind the second answer; asking once more shows it.
            connection.send(head("/nowhere", method="GET"))
            third = connection.answer().status
            ending = "" if third in (404, 405) else f", then {third}"
        except (NoAnswer, OSError) as error:
            ending = ", no answer" if "deadline" in str(error) else ""
    if ending == ", no answer" and not statuses:
        ending, statuses = "", [0]
    taken = siege.service.page().received - before
    siege.take(taken)
    if statuses == [0]:
        return WAITS if taken == 0 else f"{taken} taken without an answer"
    is_ok = [status == 200 for status in statuses]
    outcomes = {
        (0, (False,)): REFUSED,
        (0, (False, False)): REFUSED,
        (0, ()): REFUSED,
        (1, (True,)): FIRST,
        (1, (True, False)): FIRST,
        (1, (False, True)): NEXT,
        (2, (True, True)): BOTH,
    }
    outcome = outcomes.get((taken, tuple(is_ok)))
    return f"{taken} taken, answers {statuses}{ending}" if outcome is None or ending else outcome


@attack("cut-bodies", short=True, folder=True)
def cut_bodies(field: Field) -> None:
    """Bodies that end too early: cut connections, resets, and damaged contents of the declared length."""
    with field.siege(bars=_SMALL) as siege:
        body = otlp.request([otlp.call(field.random) for _ in range(3)])
        packed = otlp.packed(body, 9)
        for whole, headers in ((body, {}), (packed, {"Content-Encoding": "gzip"})):
            for at in range(1, len(whole), field.size(3, 41)):
                status = siege.service.post(whole[:at], headers).status
                field.expect(status == 400, f"{len(whole)} bytes cut at {at}: {status}")
        for at in range(0, len(packed), field.size(5, 41)):
            flipped = bytearray(packed)
            flipped[at] ^= 1 << field.random.randrange(8)
            status = siege.service.post_packed(bytes(flipped)).status
            # Some bits of gzip mean nothing, such as those of the time and behind the end of the last block.
            right = 200 if _inflated(bytes(flipped)) == body else 400
            field.expect(status == right, f"a bit of byte {at} flipped: {status}, not {right}")
            siege.take(3 if status == 200 else 0)
        for number in range(field.size(400, 60)):
            whole = (
                post(body)
                if number % 2
                else head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Transfer-Encoding": "chunked"})
                + chunked(body, 50)
            )
            with Connection(siege.service.otlp) as connection:
                connection.send(whole[: field.random.randrange(1, len(whole) - 1)])
                if number % 4 < 2:  # a reset instead of an end
                    linger = struct.pack("ii", 1, 0)
                    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _inflated(data: bytes) -> bytes | None:
    """What another reader of gzip makes of it."""
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None


@attack("http-truth", short=True)
def http_truth(field: Field) -> None:
    """What HTTP/1.1 and 1.0 demand: Host, Content-Length, 100 Continue, the end of connections, empty bodies."""
    with field.siege(bars=_SMALL) as siege:
        body = otlp.request([otlp.call(field.random)])
        fields = f"Content-Type: {otlp.PROTOBUF}\r\nContent-Length: {len(body)}\r\n"
        kind = f"Content-Type: {otlp.PROTOBUF}\r\n"
        refused = {
            "no Host": f"1.1\r\n{fields}",
            "two Hosts": f"1.1\r\nHost: a\r\nHost: b\r\n{fields}",
            "two Hosts in HTTP/1.0": f"1.0\r\nHost: a\r\nHost: b\r\n{fields}",
            "gzip, chunked": f"1.1\r\nHost: a\r\n{kind}Transfer-Encoding: gzip, chunked\r\n",
        }
        for length in (1 << 63, 1 << 64, 10**30, "-1", "1x"):
            refused[f"Content-Length {length}"] = f"1.1\r\nHost: a\r\n{kind}Content-Length: {length}\r\n"
        for name, rest in refused.items():
            data = f"POST /v1/traces HTTP/{rest}\r\n".encode() + (body if fields in rest else b"")
            answer, ends = _exchange(siege, data)
            status = 0 if answer is None else answer.status
            field.expect(status in (400, 501), f"{name}: {status or 'no answer'}, not 400")
            field.expect(ends, f"{name}: the connection stays open")
        for port, method, target in (
            (siege.service.otlp, "POST", "/v1/traces"),
            (siege.service.web, "GET", "/metrics"),
        ):
            with Connection(port, timeout=5) as connection:
                connection.send(f"{method} {target} HTTP/1.1\r\n{kind}\r\n".encode())
                status = connection.answer().status
                field.expect(status == 400, f"{method} {target} without Host: {status}")

        old = f"POST /v1/traces HTTP/1.0\r\n{fields}\r\n".encode() + body
        answer, ends = _exchange(siege, old)
        field.expect(answer is not None and answer.status == 200, "HTTP/1.0 is not served")
        field.expect(ends, "HTTP/1.0 without keep-alive: the connection stays open")
        with Connection(siege.service.otlp, timeout=2) as connection:
            connection.send(f"POST /v1/traces HTTP/1.0\r\n{fields}Expect: 100-continue\r\n\r\n".encode())
            field.expect(_first_bytes(connection) == b"", "HTTP/1.0 got an interim answer")
            connection.send(body)
            field.expect(connection.answer().status == 200, "HTTP/1.0 with Expect is not served")
        with Connection(siege.service.otlp, timeout=5) as connection:
            connection.send(
                head(
                    "/v1/traces",
                    headers={"Content-Length": str(len(body)), "Expect": "100-continue", "Content-Type": otlp.PROTOBUF},
                )
            )
            field.expect(_first_bytes(connection).startswith(b"HTTP/1.1 100 "), "HTTP/1.1 got no 100 Continue")
            connection.send(body)
        for name, nothing in (("plain", b""), ("gzip of nothing", otlp.packed(b""))):
            headers = {"Content-Encoding": "gzip"} if nothing else {}
            status = siege.service.post(nothing, headers).status
            field.expect(status == 200, f"an empty body, {name}: {status}")
        siege.accepted = None


def _exchange(siege: Siege, data: bytes) -> tuple[Answer | None, bool]:
    """The first answer to these bytes, if any, and whether the server then ends the connection."""
    with Connection(siege.service.otlp, timeout=5) as connection:
        connection.offer(data)
        try:
            return connection.answer(), connection.ends()
        except NoAnswer:
            return None, connection.ends()


def _first_bytes(connection: Connection) -> bytes:
    """What comes first, without waiting longer than the connection's deadline."""
    try:
        return connection.socket.recv(4096)
    except TimeoutError:
        return b""


@attack("pipelining", short=True)
def pipelining(field: Field) -> None:
    """Requests sent by the thousand on one connection whose answers are read late, or never."""
    with field.siege(bars=Bars(rise=128)) as siege:
        count = field.size(2000, 200)
        requests = [post(otlp.request([otlp.call(field.random)])) for _ in range(count)]
        with Connection(siege.service.otlp) as reader:
            for at in range(0, count, 50):
                reader.send(b"".join(requests[at : at + 50]))
                statuses = {reader.answer().status for _ in requests[at : at + 50]}
                field.expect(statuses == {200}, f"pipelined requests were answered {statuses}")
        with Connection(siege.service.otlp, timeout=2, receive_buffer=4096) as silent:
            # The server stops to read once it cannot write, or gives the connection up.
            silent.offer(head("/nowhere", method="GET") * field.size(100_000, 5000))
        siege.accepted = count
