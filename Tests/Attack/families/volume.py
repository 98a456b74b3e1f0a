# SPDX-License-Identifier: Apache-2.0
"""Bodies within the limits that ask for as much memory or time as they can."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..service import Setup
from ..siege import Bars, Siege

MEBIBYTE = 1 << 20
CALLS = 524_288
"""The most spans that one body may have."""

_SOON = Setup({"billing": {"settle": "1s"}})

_ABOVE = 96
"""MiB that one body may raise memory above its inflated size."""

_TOGETHER = 256 + 128
"""MiB that the process may take while eight bodies are in work."""


def smallest_calls(number: int, count: int = CALLS) -> bytes:
    """A body of calls that state nothing but that they are; ids depend on the number of the body."""
    prefix = otlp.text(9, otlp.attribute("gen_ai.operation.name", "chat"))
    trace = b"\x0a\x10" + b"T" + number.to_bytes(7, "big")
    spans = bytearray()
    size = 2 + 16 + 2 + 8 + len(prefix)
    opening = b"\x12" + otlp.varint(size) + trace
    for index in range(1, count + 1):
        identity = index.to_bytes(8, "big")
        spans += opening + identity + b"\x12\x08" + identity + prefix
    scope = otlp.text(1, otlp.text(1, b"attack")) + bytes(spans)
    return otlp.text(1, otlp.text(1, b"") + otlp.text(2, scope))


def tiny_attributes(key: str, value: bytes, size: int = 64 * MEBIBYTE - 1024) -> bytes:
    """A body of one span with as many equal attributes as fit."""
    item = otlp.text(9, otlp.text(1, key.encode()) + value)
    span = otlp.text(1, b"T" * 16) + otlp.text(2, key.encode()[:8].ljust(8, b"S")) + item * (size // len(item))
    return otlp.text(1, otlp.text(2, otlp.text(2, span)))


def _one(field: Field, body: bytes, label: str, spans: int | None) -> None:
    """One body alone: memory may rise by its inflated size and a little."""
    inflated = len(body) / MEBIBYTE
    packed = otlp.packed(body, 6)
    with field.siege(_SOON, Bars(rise=inflated + _ABOVE), label) as siege:
        answer = siege.service.post_packed(packed)
        # A body with too much in it may be refused, but as such and not as unreadable.
        field.expect(answer.status in (200, 413), f"{label}: answered {answer.status}")
        siege.accepted = None if spans is None else spans if answer.status == 200 else 0
        field.figure("inflated", inflated, "MiB")


@attack("smallest-calls", folder=True)
def one_of_smallest(field: Field) -> None:
    """524,288 calls in one body of 2.3 MB."""
    _one(field, smallest_calls(1), "one", CALLS)


@attack("tiny-attributes")
def tiny(field: Field) -> None:
    """64 MiB of tiny attributes in one span: wanted keys, unknown keys, with and without values."""
    for key, value in (
        ("success", b""),
        ("gen_ai.usage.input_tokens", otlp.text(2, otlp.any_value(1))),
        ("gen_ai.request.model", otlp.text(2, otlp.any_value("gpt-4o"))),
        ("x", b""),
    ):
        _one(field, tiny_attributes(key, value), key, 1)


def distinct_keys(words: str, size: int) -> tuple[bytes, int]:
    """A body of spans with a thousand attributes each, no two with the same key, and how many; the words end each key."""
    attributes = bytearray()
    spans = bytearray()
    number = 0
    while len(spans) < size:
        number += 1
        attributes += otlp.text(9, otlp.attribute(f"acme{number}.{words}", 1))
        if number % 1000 == 0:
            identity = otlp.text(1, number.to_bytes(16, "big")) + otlp.text(2, number.to_bytes(8, "big"))
            spans += otlp.text(2, identity + bytes(attributes))
            attributes.clear()
    return otlp.text(1, otlp.text(2, bytes(spans))), number // 1000


@attack("distinct-keys", short=True)
def ever_new_keys(field: Field) -> None:
    """60 MiB of keys that nobody sent before, of words that are told apart letter by letter, and of others."""
    size = field.size(60 * MEBIBYTE, MEBIBYTE)
    for label, words in (
        ("run-together", "inputoutputcachereadwritetokentokentokentokenz"),
        ("usage", "llm.usage.input_tokens"),
        ("others", "some.thing.or.other"),
    ):
        body, spans = distinct_keys(words, size)
        bars = Bars(rise=len(body) / MEBIBYTE + _ABOVE, cpu=field.patience(3))
        with field.siege(_SOON, bars, label) as siege:
            field.expect(siege.service.post_packed(otlp.packed(body)).status == 200, f"{label}: was refused")
            siege.accepted = spans


@attack("tiny-parts")
def tiny_parts(field: Field) -> None:
    """64 MiB of empty events, links, scopes, resources, or of resource attributes."""
    size = 60 * MEBIBYTE
    head = otlp.text(1, b"T" * 16) + otlp.text(2, b"S" * 8)
    team = otlp.text(1, otlp.attribute("team", "a"))
    bodies: dict[str, tuple[bytes, int]] = {
        "events": (otlp.text(1, otlp.text(2, otlp.text(2, head + b"\x5a\x00" * (size // 2)))), 1),
        "links": (otlp.text(1, otlp.text(2, otlp.text(2, head + b"\x6a\x00" * (size // 2)))), 1),
        "scopes": (otlp.text(1, b"\x12\x00" * (size // 2)), 0),
        "resources": (b"\x0a\x00" * (size // 2), 0),
        "resource attributes": (
            otlp.text(1, otlp.text(1, team * (size // len(team)))),
            0,
        ),
    }
    for name, (body, spans) in bodies.items():
        _one(field, body, name, spans)


@attack("json-calls", folder=True)
def json_calls(field: Field) -> None:
    """JSON bodies of as many small calls as fit."""
    operation = '{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}'
    parts = []
    for index in range(1, field.size(300_000, 5000)):
        ids = f'"traceId":"{(7 << 64) + index:032x}","spanId":"{index:016x}"'
        parts.append(f'{{{ids},"attributes":[{operation}]}}')
    body = ('{"resourceSpans":[{"scopeSpans":[{"spans":[' + ",".join(parts) + "]}]}]}").encode()
    inflated = len(body) / MEBIBYTE
    with field.siege(_SOON, Bars(rise=inflated + _ABOVE)) as siege:
        answer = siege.service.post(otlp.packed(body, 6), {"Content-Type": otlp.JSON, "Content-Encoding": "gzip"})
        field.expect(answer.status in (200, 413), f"answered {answer.status}")
        siege.accepted = len(parts) if answer.status == 200 else 0


def eight_at_once(siege: Siege, make: Callable[[int], bytes]) -> int:
    """Sends eight bodies at once and returns how many were taken; the others must be told to come again."""
    bodies = [otlp.packed(make(number), 6) for number in range(8)]
    statuses: list[int] = []

    def send(body: bytes) -> None:
        statuses.append(siege.service.post_packed(body).status)

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    siege.field.expect(set(statuses) <= {200, 413, 503}, f"eight at once were answered {sorted(statuses)}")
    return statuses.count(200)


@attack("smallest-calls-8", folder=True)
def eight_of_smallest(field: Field) -> None:
    """Eight bodies of 524,288 calls at once, with two workers and with eight."""
    for workers in (2, 8):
        setup = Setup({"billing": {"settle": "1s"}, "otlp": {"workers": workers}})
        with field.siege(setup, Bars(rise=None, peak=_TOGETHER), f"{workers} workers") as siege:
            taken = eight_at_once(siege, lambda number: smallest_calls(number + 1))
            field.figure("taken of 8", taken, "")
            field.expect(taken >= 2, f"{workers} workers: {taken} of 8 bodies were taken")
            siege.accepted = taken * CALLS


_KEYS = ("success", "gen_ai.usage.input_tokens", "stream", "gen_ai.request.model")


@attack("tiny-attributes-8")
def eight_of_tiny(field: Field) -> None:
    """Eight bodies of 64 MiB of tiny attributes at once, with two workers and with eight."""
    for workers in (2, 8):
        setup = Setup({"billing": {"settle": "1s"}, "otlp": {"workers": workers}})
        with field.siege(setup, Bars(rise=None, peak=_TOGETHER), f"{workers} workers") as siege:
            siege.accepted = None
            eight_at_once(siege, lambda number: tiny_attributes(_KEYS[number % 4], b""))
