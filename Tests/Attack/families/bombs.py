# SPDX-License-Identifier: Apache-2.0
"""Little that becomes much: gzip bombs, members by the thousand, and values nested without end."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from collections.abc import Iterator

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..siege import Bars, Siege

MEBIBYTE = 1 << 20
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def endless(block: bytes, compressed_size: int) -> bytes:
    """A member that inflates to copies of a block until it has the given size; it has no end of its own."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    return _HEADER + once * (compressed_size // len(once))


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "20 GB of zeros", endless(bytes(MEBIBYTE), 19 * MEBIBYTE)
    yield "10 GB of one attribute", endless(otlp.request([b""]) * 20_000, 15 * MEBIBYTE)
    yield "members of 1 MiB", gzip.compress(bytes(MEBIBYTE), 9) * 15_000
    yield "a million empty members", gzip.compress(b"") * (19 * MEBIBYTE // 20)
    yield "members of one byte", gzip.compress(b"\n") * (19 * MEBIBYTE // 21)
    yield "gzip in gzip in gzip", gzip.compress(gzip.compress(gzip.compress(bytes(64 * MEBIBYTE))))
    yield "a name of 18 MB", b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + b"n" * (18 * MEBIBYTE)
    yield "300 extra fields", (b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\xff\xff" + bytes(65535)) * 300
    yield "a length that lies", gzip.compress(bytes(60 * MEBIBYTE))[:-4] + b"\x01\x00\x00\x00"
    yield "junk behind the end", gzip.compress(b"") + b"junk" * 1000
    yield "stored blocks of nothing", _HEADER + b"\x00\x00\x00\xff\xff" * (3 * MEBIBYTE)


@attack("gzip-bombs")
def gzip_bombs(field: Field) -> None:
    """Bodies of at most 20 MiB that inflate to gigabytes, or to nothing in a million pieces; four at once."""
    # A small body may wait for bombs that keep both workers of a small machine busy; it must not be starved.
    with field.siege(bars=Bars(rise=256 + 128, sender=1.0)) as siege:
        siege.send_beside()
        for name, bomb in _bombs():
            statuses: list[int] = []
            threads = [threading.Thread(target=_throw, args=(siege, bomb, statuses)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # Members without content make an empty body, which is no mistake.
            right = {400, 413, 503} | ({200} if "empty" in name else set())
            field.expect(set(statuses) <= right, f"{name}: answered {sorted(set(statuses))}")


def _throw(siege: Siege, bomb: bytes, statuses: list[int]) -> None:
    try:
        statuses.append(siege.service.post_packed(bomb).status)
    except OSError:
        statuses.append(413)  # the service closes the connection while the bomb is being sent


_KEYS = (b"gen_ai.usage.input_tokens", b"langfuse.observation.usage_details", b"unknown.key", b"gen_ai.input.messages")


def _nested_values(depth: int, kind: str) -> bytes:
    """A string in so many arrays or maps, built from the inside without recursion."""
    value = otlp.any_value("deep")
    for _ in range(depth):
        value = (
            otlp.text(5, otlp.text(1, value))
            if kind == "array"
            else otlp.text(6, otlp.text(1, otlp.text(1, b"k") + otlp.text(2, value)))
        )
    return value


@attack("deep-protobuf", short=True)
def deep_protobuf(field: Field) -> None:
    """AnyValue in arrays and maps up to 20,000 deep, under keys that are wanted and others, in spans and resources."""
    with field.siege(bars=Bars(rise=160)) as siege:
        for depth in field.size((1, 31, 32, 33, 100, 1000, 10_000, 20_000), (1, 33, 1000)):
            for kind in ("array", "map"):
                nested = otlp.text(2, _nested_values(depth, kind))
                for key in _KEYS:
                    span = otlp.call(field.random) + otlp.text(9, otlp.text(1, key) + nested)
                    status = siege.service.post(otlp.request([span])).status
                    field.expect(status in (200, 400), f"{key!r} in {depth} of {kind}: {status}")
                    siege.take(status == 200)
                resource = otlp.text(1, otlp.text(1, otlp.text(1, otlp.text(1, b"team") + nested)))
                status = siege.service.post(resource).status
                field.expect(status in (200, 400), f"a resource in {depth} of {kind}: {status}")


@attack("deep-json", short=True)
def deep_json(field: Field) -> None:
    """JSON arrays and objects up to millions deep, closed and open, at the top, in values and in quoted texts."""
    headers = {"Content-Type": otlp.JSON}
    with field.siege(bars=Bars(rise=256)) as siege:
        for depth in field.size((10, 100, 9_999, 10_001, 100_000, 1_000_000, 9_000_000), (10, 10_001, 200_000)):
            for opening, closing in (("[", "]"), ('{"a":', "}"), ('{"arrayValue":{"values":[', "]}}")):
                if depth * len(opening + closing) > 19 * MEBIBYTE:
                    continue
                nested = opening * depth + "1" + closing * depth
                for text in (nested, opening * depth, _json_span(field, nested), _json_span(field, opening * depth)):
                    status = siege.service.post(text.encode(), headers).status
                    field.expect(status in (200, 400), f"{opening} {depth} deep: {status}")
                    siege.take(status == 200 and text.startswith('{"resourceSpans"'))
                quoted = [("langfuse.observation.type", "generation"), ("langfuse.observation.usage_details", nested)]
                status = siege.service.post(otlp.request([otlp.span(field.random, quoted)])).status
                field.expect(status == 200, f"a text {depth} deep in a quoted value: {status}")
                siege.take(status == 200)


def _json_span(field: Field, value: str) -> str:
    """A JSON request of one call with a raw JSON text as the value of an attribute."""
    trace, identity = field.random.randbytes(16).hex(), field.random.randbytes(8).hex()
    attributes = [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
    ]
    written = json.dumps(attributes)[:-1] + ',{"key":"gen_ai.usage.input_tokens","value":' + value + "}]"
    span = f'{{"traceId":"{trace}","spanId":"{identity}","kind":3,"attributes":{written}}}'
    return f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}'
